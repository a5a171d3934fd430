import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Market } from '../../src/market/market.ts'
import { type ResampleOptions, resample, resampleSummary } from '../../src/market/resample.ts'
import { decimalPlaces, Sum } from '../../src/market/sums.ts'
import { type Bars, bars, content, marketOf } from './minutes.ts'

const DAY = 86400000
const MINUTE = 60000
const utc = (text: string) => Date.parse(text)
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)
const cut = (venue: string): ResampleOptions =>
  venue.includes('/') && venue !== '24/7' ? { timezone: venue } : { calendar: venue }

/** One asset's bars, all prices alike. */
function plain(
  stamps: readonly number[],
  volumes: readonly number[] = stamps.map(() => 1),
  close = stamps.map((_, i) => i + 1),
) {
  return Market.from({ assets: ['A'], time: [...stamps], close, volume: [...volumes] })
}
const minutes = (from: string, count: number, step = 1) =>
  Array.from({ length: count }, (_, i) => utc(from) + i * step * MINUTE)
const stamps = (market: Market) => [...market.time].map(iso)

describe('bars within the day', () => {
  it('are opens, highs, lows, closes and sums', () => {
    const market = Market.from({
      assets: ['A', 'B'],
      time: minutes('2024-01-02T10:00Z', 4),
      open: [1, 10, 2, 20, 3, NaN, 4, 40],
      high: [5, 11, 9, 21, 3, NaN, 4, 44],
      low: [0.5, 9, 2, 19, 1, NaN, 4, 36],
      close: [4, 10.5, 3, 20.5, 2, NaN, 4, 42],
      volume: [100, 1, 200, 2, 300, NaN, 400, 4],
    })
    const { market: longer, partial, first, last } = resample(market, '2m')
    expect(content(longer)).toEqual({
      time: minutes('2024-01-02T10:00Z', 2, 2),
      open: [1, 10, 3, 40],
      high: [9, 21, 4, 44],
      low: [0.5, 9, 1, 36],
      close: [3, 20.5, 4, 42],
      volume: [300, 3, 700, 4],
    })
    expect([[...partial], [...first], [...last]]).toEqual([
      [0, 0],
      [0, 2],
      [1, 3],
    ])
  })

  it('begin with the session, and end with it', () => {
    const market = plain(minutes('2024-11-29T14:30Z', 210)) // closes at 13:00 in New York
    const { market: hours, closes, partial } = resample(market, '1h', { calendar: 'NYSE' })
    expect(stamps(hours)).toEqual(['2024-11-29T14:30', '2024-11-29T15:30', '2024-11-29T16:30', '2024-11-29T17:30'])
    expect(iso(closes[3])).toBe('2024-11-29T18:00')
    expect([...hours.volume]).toEqual([60, 60, 60, 30])
    expect([...partial]).toEqual([0, 0, 0, 0])
  })

  it('count from the clock on request', () => {
    const market = plain(minutes('2024-11-29T14:30Z', 210))
    const { market: hours } = resample(market, '1h', { calendar: 'NYSE', align: 'clock' })
    expect(stamps(hours)).toEqual(['2024-11-29T14:30', '2024-11-29T15:00', '2024-11-29T16:00', '2024-11-29T17:00'])
    expect([...hours.volume]).toEqual([30, 60, 60, 60])
  })

  it('do not reach over a break', () => {
    const market = plain([...minutes('2024-07-01T00:00Z', 150), ...minutes('2024-07-01T03:30Z', 150)])
    const { market: hours } = resample(market, '1h', { calendar: 'TSE' })
    expect(stamps(hours).map((text) => text.slice(11))).toEqual(['00:00', '01:00', '02:00', '03:30', '04:30', '05:30'])
    expect([...hours.volume]).toEqual([60, 60, 30, 60, 60, 30])
    expect([...resample(market, '1d', { calendar: 'TSE' }).market.volume]).toEqual([300])
  })

  it('of days with a change of clocks are cut at midnight', () => {
    const market = plain(minutes('2024-03-10T05:00Z', 23 * 60)) // 23 hours in New York
    const { market: parts } = resample(market, '4h', { timezone: 'America/New_York' })
    expect([...parts.volume]).toEqual([240, 240, 240, 240, 240, 180])
    expect([...resample(market, '1d', { timezone: 'America/New_York' }).market.volume]).toEqual([1380])
  })

  it('keep what only began before the open with the session it reaches into', () => {
    const market = plain(minutes('2024-07-01T13:00Z', 7, 60)) // 09:00 to 15:00 in New York, by the clock
    expect([...resample(market, '1d', { calendar: 'NYSE' }).market.volume]).toEqual([7])
    expect(() => resample(market, '2h', { calendar: 'NYSE' })).toThrow(
      /starts at 2024-07-01T15:00.*goes on after.*align: 'clock'/,
    )
    const { market: two } = resample(market, '2h', { calendar: 'NYSE', align: 'clock' })
    expect(stamps(two).map((text) => text.slice(11))).toEqual(['13:30', '14:00', '16:00', '18:00'])
    expect([...two.volume]).toEqual([1, 2, 2, 2])
  })
})

describe('days and longer', () => {
  it("go by the session's date, which may begin the evening before", () => {
    const market = plain(minutes('2024-03-10T21:00Z', 48, 60)) // Sunday evening
    const { market: days, closes } = resample(market, '1d', { calendar: 'FX' })
    expect(stamps(days)).toEqual(['2024-03-11T00:00', '2024-03-12T00:00'])
    expect([...days.volume]).toEqual([24, 24])
    expect(iso(closes[0])).toBe('2024-03-11T21:00')
    const { market: opens } = resample(market, '1d', { calendar: 'FX', stamp: 'open' })
    expect(stamps(opens)).toEqual(['2024-03-10T21:00', '2024-03-11T21:00'])
  })

  it('take daily bars by the date of their midnight stamp, wherever they were traded', () => {
    const dates = ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05', '2024-07-08', '2024-07-09'].map((d) =>
      utc(`${d}T00:00Z`),
    )
    const weeks = resample(plain(dates), '1w', { calendar: 'NYSE' })
    expect(stamps(weeks.market)).toEqual(['2024-07-01T00:00', '2024-07-08T00:00'])
    expect([...weeks.market.volume]).toEqual([4, 2])
    // Closed with Friday's session; Tuesday is not the end of a week.
    expect([...weeks.closes].map(iso)).toEqual(['2024-07-05T20:00', '2024-07-12T20:00'])
    expect([...weeks.partial]).toEqual([0, 1])
    expect(weeks.market.remarks).toMatchObject([{ code: 'partial_bars', count: 1, message: /The last bar of 1w/ }])
    const open = dates.map((date) => date + 13.5 * 3600000)
    expect(content(resample(plain(open), '1w', { calendar: 'NYSE' }).market)).toEqual(content(weeks.market))
  })

  it('have weeks from any day', () => {
    const market = plain(Array.from({ length: 21 }, (_, i) => utc('2024-07-01T00:00Z') + i * DAY))
    const weeks = resample(market, '1w', { weekStart: 'thursday' })
    expect(stamps(weeks.market)).toEqual([
      '2024-06-27T00:00',
      '2024-07-04T00:00',
      '2024-07-11T00:00',
      '2024-07-18T00:00',
    ])
    expect([...weeks.partial]).toEqual([1, 0, 0, 1])
    expect([...resample(market, '1w', { weekStart: 'thursday', partial: 'drop' }).market.volume]).toEqual([7, 7])
  })

  it('end a month with its last session', () => {
    const market = plain(
      Array.from({ length: 60 }, (_, i) => utc('2024-02-01T00:00Z') + i * DAY).filter(
        (date) =>
          ![0, 6].includes(new Date(date).getUTCDay()) &&
          ![utc('2024-02-19T00:00Z'), utc('2024-03-29T00:00Z')].includes(date),
      ),
    )
    const months = resample(market, '1mo', { calendar: 'NYSE' })
    expect(stamps(months.market)).toEqual(['2024-02-01T00:00', '2024-03-01T00:00'])
    expect([...months.closes].map(iso)).toEqual(['2024-02-29T21:00', '2024-03-28T20:00'])
    expect([...months.partial]).toEqual([0, 0])
    expect([...months.market.volume]).toEqual([20, 20])
  })

  it('refuse what does not fit', () => {
    const daily = plain(Array.from({ length: 40 }, (_, i) => utc('2024-07-01T00:00Z') + i * DAY))
    const weekly = resample(daily, '1w').market
    expect(() => resample(weekly, '1mo')).toThrow(/found one of 1w dated 2024-07-29 that goes on after 2024-08-01/)
    expect(() => resample(daily, '1h')).toThrow(/longer than the bars', found 1h and bars of 1d/)
    expect(() => resample(plain(minutes('2024-07-01T00:00Z', 9, 7)), '1h')).toThrow(
      /a multiple of the bars', found 1h and bars of 7m/,
    )
    expect(() => resample(plain(minutes('2024-07-01T02:00Z', 9, 240)), '1d')).toThrow(
      /starts at 2024-07-01T22:00.*calendar/,
    )
    expect(() => resample(daily, '1w', { weekStart: 'mon' as 'monday' })).toThrow(/weekStart must be 'monday' or/)
    expect(() => resample(daily, '1w', { calendar: 'NYSE', timezone: 'UTC' })).toThrow(/Leave one out/)
  })
})

describe('bars outside the sessions', () => {
  const early = [
    ...minutes('2024-07-01T08:00Z', 30),
    ...minutes('2024-07-01T13:30Z', 30),
    ...minutes('2024-07-01T21:00Z', 5),
  ]

  it('are refused, with the first of them', () => {
    expect(() => resample(plain(early), '5m', { calendar: 'NYSE' })).toThrow(
      /bars must lie in the sessions of NYSE, found one at 2024-07-01T08:00.*'drop'.*'extend'/,
    )
  })

  it('are left out and counted on request', () => {
    const { market, outside } = resample(plain(early), '5m', { calendar: 'NYSE', outside: 'drop' })
    expect([market.bars, outside]).toEqual([6, 35])
    expect(market.remarks).toMatchObject([
      { code: 'bars_outside_sessions', count: 35, message: /35 bars lie outside the sessions of NYSE/ },
    ])
    expect(() => resample(plain(minutes('2024-07-01T08:00Z', 9)), '5m', { calendar: 'NYSE', outside: 'drop' })).toThrow(
      /at least one bar must lie/,
    )
  })

  it('are counted to their date on request, still cut from the open', () => {
    const { market } = resample(plain(early), '20m', { calendar: 'NYSE', outside: 'extend' })
    expect(stamps(market).map((text) => text.slice(11))).toEqual(['07:50', '08:10', '13:30', '13:50', '20:50'])
    expect([...resample(plain(early), '1d', { calendar: 'NYSE', outside: 'extend' }).market.volume]).toEqual([65])
  })
})

describe('further columns', () => {
  it('are the last value, or as they are told', () => {
    const market = plain(minutes('2024-07-01T00:00Z', 4)).with({
      signals: { level: [1, NaN, 3, NaN], dividend: [0.5, 0.25, 0, 0], split: [2, 3, 1, 1] },
      context: { rate: [1, 2, 3, 5] },
    })
    const { market: two } = resample(market, '2m', { aggregate: { rate: 'mean' } })
    const signal = (name: string) => [...two.signals.get(name)!.values]
    expect([signal('level'), signal('dividend'), signal('split')]).toEqual([
      [1, 3],
      [0.75, 0],
      [6, 1],
    ])
    expect([...two.context.get('rate')!]).toEqual([1.5, 4])
    expect(() => resample(market, '2m', { aggregate: { leve: 'max' } })).toThrow(/column "leve".*Did you mean level/)
    expect(() => resample(market, '2m', { aggregate: { level: 'most' as 'max' } })).toThrow(/aggregate is one of first/)
  })
})

it('tells what it did', () => {
  const market = plain([...minutes('2024-07-01T13:20Z', 20), ...minutes('2024-07-02T13:30Z', 3)])
  expect(resampleSummary(resample(market, '1d', { calendar: 'NYSE', outside: 'drop' }))).toEqual([
    '2 bars of 1d from 13 bars, sessions of NYSE',
    '2024-07-01T00:00:00.000Z to 2024-07-02T00:00:00.000Z',
    '10 bars lie outside the sessions of NYSE and were left out, the first at 2024-07-01T13:20:00.000Z.',
    'The last bar of 1d is covered by the data in part.',
  ])
})

describe('properties', () => {
  const longer = fc.constantFrom('15m', '1h', '2h', '4h', '1d', '1w', '1mo')
  const align = fc.constantFrom('session' as const, 'clock' as const)
  const outside = fc.constantFrom('error' as const, 'extend' as const)

  it('in two steps or one, the same to the bit', () => {
    fc.assert(
      fc.property(bars(), longer, align, outside, (data, target, align, outside) => {
        const options = { ...cut(data.venue), align, outside }
        const market = marketOf(data)
        const once = resample(market, target, { ...options, from: '1m' })
        const five = resample(market, '5m', { ...options, from: '1m' })
        const twice = resample(five.market, target, { ...options, from: '5m' })
        expect(content(twice.market)).toEqual(content(once.market))
        expect([...twice.closes]).toEqual([...once.closes])
        if (target.endsWith('w') || target.endsWith('mo')) {
          const days = resample(market, '1d', { ...options, from: '1m' })
          expect(content(resample(days.market, target, { ...options, from: '1d' }).market)).toEqual(
            content(once.market),
          )
          days.market.release()
        }
        for (const made of [market, once.market, five.market, twice.market]) made.release()
      }),
      { numRuns: 60, seed: 11 },
    )
  })

  it("keeps every trade: volumes, extremes, and each asset's first open and last close", () => {
    fc.assert(
      fc.property(bars({ volumes: ['shares', 'coins', 'doubles'] }), longer, (data, target) => {
        const market = marketOf(data)
        const made = resample(market, target, { ...cut(data.venue), from: '1m' })
        for (let asset = 0; asset < 2; asset++) {
          const own = (column: Float64Array) =>
            [...column].filter((value, i) => i % 2 === asset && !Number.isNaN(value))
          const [volume, longVolume] = [own(market.volume), own(made.market.volume)]
          const total = exact(volume)
          expect(Math.abs(exact(longVolume) - total)).toBeLessThanOrEqual(total * 1e-15)
          expect(longVolume.length).toBeLessThanOrEqual(volume.length)
          if (volume.length === 0) continue
          expect(Math.max(...own(made.market.high))).toBe(Math.max(...own(market.high)))
          expect(Math.min(...own(made.market.low))).toBe(Math.min(...own(market.low)))
          expect(own(made.market.open)[0]).toBe(own(market.open)[0])
          expect(own(made.market.close).at(-1)).toBe(own(market.close).at(-1))
        }
        for (const one of [market, made.market]) one.release()
      }),
      { numRuns: 60, seed: 12 },
    )
  })

  it('never mixes sessions, and covers each bar once', () => {
    fc.assert(
      fc.property(bars(), longer, align, (data, target, align) => {
        const market = marketOf(data)
        const {
          market: made,
          first,
          last,
          closes,
        } = resample(market, target, { ...cut(data.venue), align, from: '1m' })
        for (let row = 0; row < made.bars; row++) {
          expect(first[row]).toBe(row === 0 ? 0 : last[row - 1] + 1)
          expect(market.time[last[row]] + MINUTE).toBeLessThanOrEqual(closes[row])
          if (row > 0) expect(market.time[first[row]]).toBeGreaterThanOrEqual(closes[row - 1])
          if (target.endsWith('h') || target.endsWith('5m')) {
            expect(made.time[row]).toBeLessThanOrEqual(market.time[first[row]])
            expect(closes[row] - made.time[row]).toBeLessThanOrEqual(4 * 3600000)
          }
        }
        expect(last.at(-1)).toBe(market.bars - 1)
        for (const one of [market, made]) one.release()
      }),
      { numRuns: 60, seed: 13 },
    )
  })

  it('of a part of the data, cut where bars end, is that part of it', () => {
    fc.assert(
      fc.property(bars(), longer, fc.double({ min: 0, max: 1, noNaN: true }), (data, target, where) => {
        const options = { ...cut(data.venue), from: '1m' }
        const market = marketOf(data)
        const { market: made, first } = resample(market, target, options)
        const row = Math.min(made.bars - 1, Math.floor(where * made.bars))
        if (row > 0) {
          const [before, after] = [market.slice(0, first[row]), market.slice(first[row])]
          const parts = [resample(before, target, options).market, resample(after, target, options).market]
          const joined = parts.map(content).reduce((a, b) => mapObject(a, (values, name) => [...values, ...b[name]]))
          expect(joined).toEqual(content(made))
          for (const one of [before, after, ...parts]) one.release()
        }
        for (const one of [market, made]) one.release()
      }),
      { numRuns: 60, seed: 14 },
    )
  })

  it('agrees with grouping by the digits of the local clock', () => {
    fc.assert(
      fc.property(bars({ venues: ['NYSE'] }), fc.constantFrom('30m', '1h', '1d'), (data, target) => {
        const market = marketOf(data)
        const made = resample(market, target, { calendar: 'NYSE', from: '1m' }).market
        expect(naive(data, target)).toEqual(content(made))
        for (const one of [market, made]) one.release()
      }),
      { numRuns: 20, seed: 15 },
    )
  })
})

describe('sums', () => {
  it('find the decimal places', () => {
    const places = (...values: number[]) => decimalPlaces(Float64Array.from(values))
    expect([places(), places(3, 1e15), places(0.1, 0.25), places(1.00000001), places(1 / 3)]).toEqual([0, 0, 2, 8, -1])
    expect(decimalPlaces(Float64Array.from([0.5, 1, 2.25, 3]), 1, 2)).toBe(0)
    expect(places(NaN, 1.5)).toBe(1)
  })

  it('are the decimal sum, in any parts', () => {
    const coins = fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(coins, fc.integer({ min: 1, max: 7 }), (units, size) => {
        const values = units.map((unit) => unit / 1e8)
        const whole = summed(values)
        expect(whole).toBe(units.reduce((a, b) => a + b, 0) / 1e8)
        const parts: number[] = []
        for (let i = 0; i < values.length; i += size) parts.push(summed(values.slice(i, i + size)))
        expect(summed(parts)).toBe(whole)
      }),
      { numRuns: 200, seed: 16 },
    )
  })

  it('are compensated where numbers are no decimals, or too many', () => {
    expect(summed([1e16, 1 / 3, -1e16])).toBeCloseTo(1 / 3, 15)
    expect(summed(Array.from({ length: 10 }, () => 1e15 + 0.5))).toBe(1e16 + 5)
  })
})

function summed(values: number[]): number {
  const sum = new Sum(decimalPlaces(Float64Array.from(values)))
  for (const value of values) sum.add(value)
  return sum.value
}

/** The exact sum, rounded once: doubles as whole multiples of 2^-1074. */
function exact(values: number[]): number {
  const scale = 2n ** 60n
  let sum = 0n
  for (const value of values)
    sum += BigInt(Math.trunc(value)) * scale + BigInt(Math.trunc((value - Math.trunc(value)) * 2 ** 60))
  return Number(sum) / 2 ** 60
}

function mapObject<T extends Record<string, number[]>>(
  object: T,
  map: (values: number[], name: keyof T) => number[],
): T {
  return Object.fromEntries(Object.entries(object).map(([name, values]) => [name, map(values, name)])) as T
}

/** The slow and obvious way: a key per bar from what the clock in New York shows. */
function naive(data: Bars, target: string) {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'America/New_York',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  const groups = new Map<number, number[]>()
  data.time.forEach((at, bar) => {
    const [date, clock] = format.format(at).split(' ')
    const [h, m] = clock.split(':').map(Number)
    const length = target === '30m' ? 30 : 60
    const ahead = (h * 60 + m - 570) % length
    const key = target === '1d' ? utc(`${date}T00:00Z`) : at - ahead * MINUTE
    groups.set(key, [...(groups.get(key) ?? []), bar])
  })
  const out = {
    time: [] as number[],
    open: [] as number[],
    high: [] as number[],
    low: [] as number[],
    close: [] as number[],
    volume: [] as number[],
  }
  for (const [key, members] of groups) {
    out.time.push(key)
    for (let asset = 0; asset < 2; asset++) {
      const own = members.map((bar) => bar * 2 + asset).filter((i) => !Number.isNaN(data.close[i]))
      const none = own.length === 0
      out.open.push(none ? NaN : data.open[own[0]])
      out.high.push(none ? NaN : Math.max(...own.map((i) => data.high[i])))
      out.low.push(none ? NaN : Math.min(...own.map((i) => data.low[i])))
      out.close.push(none ? NaN : data.close[own.at(-1)!])
      out.volume.push(
        none
          ? NaN
          : own.reduce((sum, i) => sum + BigInt(Math.round(data.volume[i] * 1e8)), 0n) === 0n
            ? 0
            : Number(own.reduce((sum, i) => sum + BigInt(Math.round(data.volume[i] * 1e8)), 0n)) / 1e8,
      )
    }
  }
  return out
}
