/** Indicators of sessions, days, weeks and months over markets: how the bars are cut, and who may ask. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { readExpression } from '../../src/expression/json.ts'
import { parseExpression } from '../../src/expression/parse.ts'
import { printExpression } from '../../src/expression/print.ts'
import { copiedMarket, marketColumns } from '../../src/jobs/executor.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { calendar, defineCalendar } from '../../src/market/calendar.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'
import { expressionPanel } from '../../src/signals/expressions.ts'
import { cacheOf, panelCache, releasePanels } from '../../src/signals/panels.ts'
import { vocabulary } from '../../src/signals/vocabulary.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { type Bars, bars, marketOf } from '../market/minutes.ts'
import { REFERENCES } from '../oracle/indicators/all.ts'
import { stream } from './columns.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

type Every = 'session' | 'day' | 'week' | 'month'

/** When the day of a venue changes, before midnight of its clock. */
const EVENING: Record<string, number> = { CME: 7 * HOUR, FX: 7 * HOUR }

/** What the clocks of a zone show, by the host. */
function wall(utc: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(utc)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'))
}

/** The period of each bar, by its date on the wall, or by the list of all sessions. */
function expectedPeriods(time: readonly number[], every: Every, days: string): number[] {
  const venue = calendar(days)
  if (every === 'session') {
    const sessions = venue.sessions(time[0] - 4 * DAY, time[time.length - 1] + 4 * DAY)
    return time.map((t) => {
      const found = sessions.find(({ parts }) => parts.some(({ open, close }) => open <= t && t < close))
      return found ? found.date : Number.NaN
    })
  }
  return time.map((t) => {
    const date = new Date(wall(t, venue.zone.name) + (EVENING[days] ?? 0))
    const day = Math.floor(date.getTime() / DAY)
    if (every === 'day') return day
    return every === 'week' ? Math.floor((day + 3) / 7) : date.getUTCFullYear() * 12 + date.getUTCMonth()
  })
}

/** An indicator's outputs for one asset of some bars, by its independent version. */
function expected(name: string, data: Bars, asset: number, periods: readonly number[], values: object) {
  const column = (of: number[]) => data.time.map((_, bar) => of[bar * data.assets.length + asset])
  const columns: Record<string, number[]> = {
    open: column(data.open),
    high: column(data.high),
    low: column(data.low),
    close: column(data.close),
    volume: column(data.volume),
    period: [...periods],
  }
  const inputs = (
    {
      vwap: ['high', 'low', 'close', 'volume', 'period'],
      periodPrices: ['open', 'high', 'low', 'close', 'period'],
      volumeProfile: ['high', 'low', 'volume', 'period'],
    } as Record<string, string[]>
  )[name].map((input) => columns[input])
  const here = data.time.map((_, bar) => inputs.every((input) => Number.isFinite(input[bar])))
  const own = REFERENCES[name](
    inputs.map((input) => input.filter((_, bar) => here[bar])),
    values,
  )
  return Object.fromEntries(
    Object.entries(own).map(([output, found]) => {
      let at = 0
      return [output, here.map((present) => (present ? found[at++] : Number.NaN))]
    }),
  )
}

function same(found: readonly number[], wanted: readonly number[], what: string): void {
  expect(found.length).toBe(wanted.length)
  found.forEach((have, bar) => {
    const want = wanted[bar]
    if (!(Math.abs(have - want) <= 1e-10 * Math.abs(want)) && !(Number.isNaN(have) && Number.isNaN(want)))
      expect.fail(`${what} at bar ${bar}: ${have}, expected ${want}`)
  })
}

/** Bars of the end of trading and after it, all night: outside of sessions. */
function withNights(data: Bars): Bars {
  const out: Bars = { ...data, time: [], open: [], high: [], low: [], close: [], volume: [] }
  const width = data.assets.length
  data.time.forEach((t, bar) => {
    const next = data.time[bar + 1]
    const rows: number[] = [t]
    for (let at = t + 2 * HOUR; at < (next ?? t + 9 * HOUR) - HOUR && rows.length < 6; at += 2 * HOUR) rows.push(at)
    for (const at of rows) {
      out.time.push(at)
      for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
        out[name].push(...data[name].slice(bar * width, (bar + 1) * width))
    }
  })
  return out
}

const drawn = bars({
  steps: [300_000, 1_800_000],
  sessions: 4,
  venues: ['NYSE', 'TSE', 'FX', 'CME', '24/7', 'Europe/London'],
})

describe('periods of random markets with gaps and holes, around changes of clocks, and across midnight', () => {
  it.each(['vwap', 'periodPrices', 'volumeProfile'])('%s is its independent version', (name) => {
    fc.assert(
      fc.property(
        drawn,
        fc.constantFrom<Every>('session', 'day', 'week', 'month'),
        fc.boolean(),
        fc.boolean(),
        (plain, every, nights, told) => {
          const raw = nights && plain.time.length < 60 ? withNights(plain) : plain
          const data = { ...raw, time: raw.time.slice(0, 160) }
          const cut = (column: number[]) => column.slice(0, data.time.length * 2)
          const { venue, assets, time } = data
          const columns = {
            open: cut(data.open),
            high: cut(data.high),
            low: cut(data.low),
            close: cut(data.close),
            volume: cut(data.volume),
          }
          fc.pre(columns.volume.some((units) => units > 0))
          // By the market's own calendar, or by a name given to the indicator.
          const market = Market.from({ assets, time, ...columns, ...(told ? { calendar: venue } : {}) })
          const days = told ? 'market' : venue
          const periods = expectedPeriods(time, every, venue)
          const values = { width: 2, bins: 10, share: 0.7 }
          const given = name === 'vwap' ? { width: 2 } : name === 'volumeProfile' ? { bins: 10 } : {}
          try {
            for (const asset of [0, 1]) {
              const wanted = expected(name, data, asset, periods, values)
              for (const [output, column] of Object.entries(wanted)) {
                const panel = panelCache(market).panel(name, { period: every, days, ...given }, output)
                const found = time.map((_, bar) => panel.values[bar * 2 + asset])
                same(found, column, `${output} of asset ${asset}`)
              }
            }
          } finally {
            releasePanels(market)
            market.release()
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('see no later bar', () => {
    fc.assert(
      fc.property(drawn, fc.nat(), fc.constantFrom<Every>('session', 'day', 'week', 'month'), (data, cut, period) => {
        const market = marketOf(data)
        const k = 2 + (cut % (market.bars - 1))
        const part = market.slice(0, Math.min(k, market.bars))
        fc.pre(part.volume.some((units) => units > 0) && part.step < DAY && market.step < DAY)
        const given = { period, days: data.venue }
        for (const [name, output] of [
          ['vwap', 'upper'],
          ['pivots', 'r2'],
          ['volumeProfile', 'poc'],
          ['periodPrices', 'lastClose'],
        ]) {
          const all = panelCache(market)
            .panel(name, given, output)
            .values.slice(0, part.bars * 2)
          expect([...panelCache(part).panel(name, given, output).values]).toEqual([...all])
        }
        for (const one of [part, market]) {
          releasePanels(one)
          one.release()
        }
      }),
      { numRuns: 40 },
    )
  })
})

/** Half-hours of New York around the change of clocks, 10 March 2024, from 08:00 on to 17:30. */
function newYork(options: object = {}): Market {
  const time: number[] = []
  for (const date of ['2024-03-07', '2024-03-08', '2024-03-11', '2024-03-12'])
    for (let k = 0; k < 20; k++)
      time.push(Date.parse(`${date}T${date < '2024-03-10' ? '13' : '12'}:00Z`) + k * HOUR * 0.5)
  const random = stream(5)
  const close = time.map(() => Math.round(10_000 + random() * 1000) / 100)
  const volume = time.map(() => Math.floor(random() * 1000) + 1)
  const high = close.map((price) => price + 0.5)
  const low = close.map((price) => price - 0.25)
  return Market.from({ assets: ['A'], time, open: close, high, low, close, volume, ...options })
}

describe('the days of a market', () => {
  it('are those of its calendar, of UTC without one, or of the calendar or zone that is named', () => {
    const plain = newYork()
    const venue = newYork({ calendar: 'NYSE' })
    const read = (market: Market, given: Record<string, unknown>) => [
      ...panelCache(market).panel('periodPrices', given).values,
    ]
    expect(read(venue, {})).toEqual(read(plain, { days: 'NYSE' }))
    expect(read(venue, { days: 'UTC' })).toEqual(read(plain, {}))
    expect(read(venue, {})).not.toEqual(read(plain, {}))
    // Bars before 09:30 and from 16:00 on are in no session; the day has them.
    expect(read(venue, {}).map((x) => !Number.isNaN(x))).toEqual(
      venue.close.length === 80 ? Array.from({ length: 80 }, (_, i) => i % 20 >= 3 && i % 20 < 16) : [],
    )
    const open = [...venue.open]
    expect(read(venue, { period: 'day' })).toEqual(open.map((_, i) => open[i - (i % 20)]))
    expect(read(venue, { period: 'week' })).toEqual(open.map((_, i) => open[i < 40 ? 0 : 40]))
    expect(read(venue, { period: 'month' })).toEqual(open.map(() => open[0]))
    expect([plain.calendar, venue.calendar?.name, venue.slice(3).calendar?.name]).toEqual([undefined, 'NYSE', 'NYSE'])
    for (const market of [plain, venue]) releasePanels(market)
  })

  it('are the longer bars of expressions: the last session is the one that had closed', () => {
    const market = newYork()
    const cache = cacheOf(market, getEngine())
    const days = resample(market, '1d', { calendar: 'NYSE', outside: 'drop' }).market
    const part = market.slice(0)
    const inside = [...panelCache(part).panel('periodPrices', { days: 'NYSE' }, 'lastHigh').values]
    const seen = Array.from(inside, (value, i) => (i % 20 >= 3 && i % 20 < 16 ? value : Number.NaN))
    expect(inside).toEqual(seen)
    const day = (i: number) => Math.floor(i / 20)
    expect(inside.filter((value) => !Number.isNaN(value))).toEqual(
      inside.flatMap((_, i) => (day(i) > 0 && i % 20 >= 3 && i % 20 < 16 ? [days.high[day(i) - 1]] : [])),
    )
    const weeks = [...cache.panel('periodPrices', { period: 'week', days: 'America/New_York' }, 'lastClose').values]
    const on = expressionPanel(cache, parseExpression("on('1w', close, 'America/New_York')", vocabulary())).values
    expect(weeks.slice(40)).toEqual([...on.slice(40)])
    for (const one of [market, part]) releasePanels(one)
  })

  it('go with it to other threads, with a calendar of its own too', () => {
    const desk = defineCalendar({ name: 'Desk', zone: 'Europe/Paris', hours: '15:00-19:00', closed: '2024 0308' })
    for (const given of ['NYSE', 'Europe/Paris', desk]) {
      const market = newYork({ calendar: given })
      const here = [...panelCache(market).panel('vwap', {}, 'upper').values]
      const attached = Market.attach(structuredClone(market.descriptor()))
      const copied = copiedMarket(structuredClone(marketColumns(market)))
      for (const other of [attached, copied, market.with({ context: { x: market.time } })]) {
        expect([...panelCache(other).panel('vwap', {}, 'upper').values]).toEqual(here)
        expect(other.calendar?.name).toBe(market.calendar?.name)
        releasePanels(other)
      }
      if (given === desk) expect(here.slice(20, 40).every(Number.isNaN)).toBe(true)
      releasePanels(market)
    }
  })

  it('are those of the longer bars that an indicator is taken of', () => {
    const market = newYork({ calendar: 'NYSE' })
    const hours = resample(market, '1h', { calendar: 'NYSE', outside: 'drop' })
    const given = { timeframe: '1h', calendar: 'NYSE', outside: 'drop' } as const
    const spread = panelCache(market).panel('vwap', given).values
    const own = panelCache(hours.market).panel('vwap').values
    // At 16:00 all of the day has been seen: the last half-hour of trading begins at 15:30.
    expect([spread[15], spread[35]]).toEqual([own[6], own[13]])
    for (const one of [market, hours.market]) releasePanels(one)
  })
})

describe('in hooks and expressions', () => {
  it('a hook reads what the panel has, and an expression, whose text reads back', () => {
    const market = newYork({ calendar: 'NYSE' })
    const seen: number[][] = []
    class Reader extends Strategy {
      #one = [] as ReturnType<Strategy['indicator']>[]
      override onStart() {
        this.#one = [
          this.indicator('vwap', { period: 'week', days: 'Europe/Paris', width: 2 }, 'upper'),
          this.expression("vwap('week', 'Europe/Paris', width=2).upper"),
          this.indicator('anchoredVwap', { anchor: '2024-03-08T15:00' }),
          this.expression("anchoredVwap('2024-03-08T15:00')"),
        ]
      }
      override onBar() {
        seen.push(this.#one.map((one) => one.value()))
      }
    }
    backtest(market, Reader)
    const bands = panelCache(market).panel('vwap', { period: 'week', days: 'Europe/Paris', width: 2 }, 'upper').values
    const anchored = panelCache(market).panel('anchoredVwap', { anchor: '2024-03-08T15:00' }).values
    expect(seen).toEqual(Array.from(bands, (band, i) => [band, band, anchored[i], anchored[i]]))
    // 15:00 UTC is the fifth bar of the second day.
    expect(anchored.findIndex((x) => !Number.isNaN(x))).toBe(24)
    const node = parseExpression("vwap('week', 'Europe/Paris', width=2).upper", vocabulary())
    expect(printExpression(node)).toBe("vwap('week', 'Europe/Paris', 2).upper")
    expect(readExpression(JSON.parse(JSON.stringify(node)), vocabulary())).toEqual(node)
    releasePanels(market)
  })
})

describe('what cannot be', () => {
  const market = newYork()
  const refused = (name: string, given: Record<string, unknown>, over = market): [string, string] => {
    try {
      panelCache(over).panel(name, given)
    } catch (error) {
      expect(error).toBeInstanceOf(FillgridError)
      return [(error as FillgridError).code, (error as FillgridError).message]
    }
    throw new Error('nothing was refused')
  }

  it.each([
    [
      'anchoredVwap',
      { anchor: '2024-03-13' },
      'out_of_range',
      "anchoredVwap: anchor must lie in the data, from 2024-03-07T13:00:00.000Z to 2024-03-12T21:30:00.000Z, found 2024-03-13. Take a time of the data, or 'start'.",
    ],
    [
      'anchoredVwap',
      { anchor: '2024-03-07' },
      'out_of_range',
      "anchoredVwap: anchor must lie in the data, from 2024-03-07T13:00:00.000Z to 2024-03-12T21:30:00.000Z, found 2024-03-07. Take a time of the data, or 'start'.",
    ],
    [
      'anchoredVwap',
      { anchor: 'noon' },
      'invalid_value',
      'anchoredVwap: anchor must be milliseconds UTC, ISO 8601 or a Date, found "noon". For example \'2024-01-31\'.',
    ],
    [
      'anchoredVwap',
      { anchor: 5 },
      'invalid_value',
      "anchoredVwap: anchor must be a text, found 5. For example 'start'.",
    ],
    [
      'vwap',
      { period: 'year' },
      'invalid_value',
      'vwap: period must be one of session, day, week, month, found "year".',
    ],
    ['vwap', { days: 'NYZE' }, 'unknown_name', 'vwap: calendar: "NYZE" is not one. Did you mean NYSE'],
    [
      'vwap',
      { days: 'TSE' },
      'invalid_value',
      "vwap: bars in the sessions of TSE expected, found none of 80, the first at 2024-03-07T13:00:00.000Z. Say by `days` whose they are, a calendar or a time zone, or take the period 'day'.",
    ],
    [
      'volumeProfile',
      { bins: 1 },
      'invalid_value',
      'volumeProfile: bins must be a whole number from 2 to 1000, found 1.',
    ],
  ])('%s %j', (name, given, code, message) => {
    const [found, words] = refused(name, given)
    expect(found).toBe(code)
    expect(words.slice(0, message.length)).toBe(message)
  })

  it('bars that are longer than the period, a market without volumes', () => {
    const close = Array.from({ length: 20 }, (_, i) => 100 + i)
    const every = (step: number, volume?: number[]) =>
      Market.from({ assets: ['A'], time: close.map((_, i) => i * step), close, volume })
    expect(refused('periodPrices', {}, every(7 * DAY))).toEqual([
      'invalid_value',
      "periodPrices: timeframe: it must be longer than the bars', found 1d and bars of 1w. Where the bars are shorter than their commonest distance, say so: from: '1m'.",
    ])
    expect(refused('vwap', {}, every(HOUR))[1]).toMatch(/^vwap: a market with volumes expected/)
  })

  it('in an expression', () => {
    const read = (text: string) => () => parseExpression(text, vocabulary())
    expect(read('vwap(week)')).toThrow('is not a column')
    expect(read("vwap('week', 3)")).toThrow(
      "vwap: days must be a text in quotation marks, such as 'market', found a number.",
    )
  })
})

describe('prices of any size', () => {
  it.each([1e-8, 1, 1e12])('times %s', (unit) => {
    const random = stream(9)
    const time = Array.from({ length: 300 }, (_, i) => i * HOUR)
    const close = time.map(() => unit * (1 + random()))
    const market = Market.from({ assets: ['A'], time, close, volume: time.map(() => random() * 1e12) })
    for (const output of ['poc', 'high', 'low', 'lastPoc'] as const) {
      const values = panelCache(market).panel('volumeProfile', {}, output).values
      const kept = values.filter((x) => !Number.isNaN(x))
      expect(kept.length).toBeGreaterThan(200)
      expect(kept.every((x) => x >= unit * 0.9999 && x <= unit * 2.0001)).toBe(true)
    }
    const { values } = panelCache(market).panel('vwap', { period: 'month' })
    expect(values[299] / unit).toBeGreaterThan(1.4)
    expect(values[299] / unit).toBeLessThan(1.6)
    releasePanels(market)
  })

  it('a price that stands still is its own average, without bands, and its own profile; around 0 too', () => {
    const time = Array.from({ length: 50 }, (_, i) => i * HOUR)
    const still = Market.from({ assets: ['A'], time, close: time.map(() => 0.25), volume: time.map((_, i) => i + 0.3) })
    for (const [name, output] of [
      ['vwap', 'value'],
      ['vwap', 'upper'],
      ['vwap', 'lower'],
      ['volumeProfile', 'poc'],
      ['volumeProfile', 'high'],
      ['volumeProfile', 'low'],
    ])
      expect([...panelCache(still).panel(name, {}, output).values]).toEqual(time.map(() => 0.25))
    const close = time.map((_, i) => Math.sin(i))
    const around = Market.from({ assets: ['A'], time, close, volume: time.map(() => 1), allowNonPositive: true })
    const poc = panelCache(around).panel('volumeProfile', { bins: 2 }).values
    expect([...poc].every((x) => Math.abs(x) <= 1)).toBe(true)
    for (const one of [still, around]) releasePanels(one)
  })
})
