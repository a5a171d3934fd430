/** How many returns make a year, over kinds of calendars (docs/metrics.md). */
import { afterEach, describe, expect, it } from 'vitest'
import { calendar } from '../../src/market/calendar.ts'
import type { MarketOptions } from '../../src/market/input.ts'
import { Market } from '../../src/market/market.ts'
import { commonStep } from '../../src/market/periods.ts'
import { zone } from '../../src/market/zone.ts'
import { stream } from '../indicators/columns.ts'
import { DAY, daily, dates, HOUR, hours, MINUTE, monthly, weekBars } from './calendars.ts'

const made: Market[] = []
afterEach(() => {
  for (const market of made.splice(0)) market.release()
})

function marketOf(time: readonly number[], options: MarketOptions = {}): Market {
  const market = Market.from({ assets: ['A'], time: [...time], close: time.map(() => 1), ...options })
  made.push(market)
  return market
}

const nyse = calendar('NYSE')
const shares = (from: string, to: string) => nyse.sessions(Date.parse(from), Date.parse(to)).map(({ date }) => date)
/** Bars of the sessions of a venue, every so many minutes. */
const venue = (name: string, from: string, to: string, step: number) =>
  calendar(name)
    .sessions(Date.parse(from), Date.parse(to))
    .flatMap(({ parts }) =>
      parts.flatMap(({ open, close }) =>
        Array.from({ length: Math.ceil((close - open) / step) }, (_, i) => open + i * step),
      ),
    )
/** A year of it, and what is left of it without the half in the middle. */
const hole = (time: readonly number[], days = 183) => {
  const from = time[0] + ((time[time.length - 1] - time[0]) / 2 - (days / 2) * DAY)
  return time.filter((utc) => utc < from || utc > from + days * DAY)
}
const irregular = (time: readonly number[], seed: number, part: number) => {
  const random = stream(seed)
  return time.filter(() => random() < part).map((utc) => utc + Math.floor(random() * MINUTE))
}

type Kind = readonly [
  name: string,
  time: readonly number[],
  perYear: number,
  period: 'bar' | 'session',
  periods?: number,
]

const KINDS: readonly Kind[] = [
  ['shares, daily, ten years', shares('2010-01-01', '2019-12-31'), 252, 'bar'],
  ['shares, daily, a year', shares('2023-01-01', '2023-12-31'), 252, 'bar'],
  ['shares, daily, three months', shares('2023-02-01', '2023-04-30'), 252, 'bar'],
  ['shares, daily, three weeks', shares('2023-02-01', '2023-02-21'), 252, 'bar'],
  ['shares, daily, Monday to Wednesday', shares('2023-03-06', '2023-03-08'), 252, 'bar'],
  ['shares, daily, over Christmas', shares('2024-12-20', '2025-01-06'), 252, 'bar'],
  ['weekdays without holidays, two years', daily('2022-01-03', '2023-12-29', [1, 2, 3, 4, 5]), 260, 'bar'],
  ['weekdays of half a year', daily('2022-01-03', '2022-06-30', [1, 2, 3, 4, 5]), 252, 'bar'],
  [
    'daily at the midnights of London',
    daily('2020-01-01', '2023-12-31', [0, 1, 2, 3, 4, 5, 6], 'Europe/London'),
    365,
    'bar',
  ],
  [
    'daily at the midnights of Sydney, weekdays',
    daily('2020-01-01', '2023-12-31', [1, 2, 3, 4, 5], 'Australia/Sydney'),
    260,
    'bar',
  ],
  [
    'daily at the closes of New York, early ones too',
    nyse.sessions(Date.UTC(2015, 0), Date.UTC(2019, 11, 31)).map(({ close }) => close),
    252,
    'bar',
  ],
  ['crypto, daily', daily('2021-01-01', '2023-12-31', [0, 1, 2, 3, 4, 5, 6]), 365, 'bar'],
  ['crypto, daily, ten days', daily('2021-01-01', '2021-01-10', [0, 1, 2, 3, 4, 5, 6]), 365, 'bar'],
  [
    'crypto, hours, a year',
    hours('2023-01-01', '2023-12-31', 'UTC', 0, 24, [0, 1, 2, 3, 4, 5, 6]),
    365,
    'session',
    365,
  ],
  [
    'crypto, minutes, three days',
    hours('2023-01-02', '2023-01-04', 'UTC', 0, 24, [0, 1, 2, 3, 4, 5, 6], MINUTE),
    365,
    'session',
    3,
  ],
  [
    'crypto, minutes, ten days from a Saturday evening',
    hours('2017-11-04', '2017-11-14', 'UTC', 0, 24, [0, 1, 2, 3, 4, 5, 6], MINUTE).slice(23 * 60, -60),
    365,
    'session',
    11,
  ],
  [
    'currencies, minutes, Wednesday to Monday',
    weekBars('2013-12-08', '2013-12-16', 'America/New_York', 17, MINUTE).filter(
      (utc) => utc >= Date.UTC(2013, 11, 11, 15),
    ),
    260,
    'session',
  ],
  [
    'crypto, 4 hours, three weeks',
    hours('2023-01-02', '2023-01-22', 'UTC', 0, 24, [0, 1, 2, 3, 4, 5, 6], 4 * HOUR),
    365,
    'session',
    21,
  ],
  [
    'currencies, hours, Sunday 22:00 to Friday 22:00',
    weekBars('2023-01-01', '2023-12-31', 'UTC', 22, HOUR),
    260,
    'session',
  ],
  [
    'currencies, hours, New York 17:00',
    weekBars('2021-01-01', '2023-12-31', 'America/New_York', 17, HOUR),
    260,
    'session',
  ],
  [
    'currencies, 5 minutes, three weeks',
    weekBars('2023-03-01', '2023-03-21', 'America/New_York', 17, 5 * MINUTE),
    260,
    'session',
    12,
  ],
  ['currencies, 4 hours', weekBars('2023-01-01', '2023-12-31', 'America/New_York', 17, 4 * HOUR), 260, 'session'],
  ['futures with an hour of maintenance', venue('CME', '2022-01-01', '2023-12-31', 15 * MINUTE), 260, 'session'],
  [
    'futures with an hour of maintenance, one winter',
    venue('CME', '2022-12-01', '2023-02-10', 5 * MINUTE),
    260,
    'session',
  ],
  ['shares, minutes', venue('NYSE', '2023-01-01', '2023-03-31', MINUTE), 252, 'session', 62],
  ['shares, 30 minutes, three years', venue('NYSE', '2021-01-01', '2023-12-31', 30 * MINUTE), 252, 'session', 753],
  ['Tokyo with its lunch, minutes', venue('TSE', '2023-01-01', '2023-03-31', MINUTE), 252, 'session'],
  [
    'Sydney hours 10 to 15',
    hours('2023-01-01', '2023-12-31', 'Australia/Sydney', 10, 16, [1, 2, 3, 4, 5]),
    260,
    'session',
    260,
  ],
  [
    'Auckland hours, over midnight UTC',
    hours('2023-01-01', '2023-12-31', 'Pacific/Auckland', 10, 17, [1, 2, 3, 4, 5]),
    260,
    'session',
    260,
  ],
  ['Sunday to Thursday, daily, half a year', daily('2023-01-01', '2023-06-29', [0, 1, 2, 3, 4]), 252, 'bar'],
  [
    'Sunday to Thursday, hours',
    hours('2023-01-01', '2023-06-29', 'Asia/Riyadh', 10, 15, [0, 1, 2, 3, 4]),
    252,
    'session',
  ],
  ['six days a week, half a year', daily('2023-01-02', '2023-06-30', [1, 2, 3, 4, 5, 6]), 6 * 52.18, 'bar'],
  ['weekly, 27 Fridays', dates('2025-02-21', 27, 7), 52, 'bar'],
  ['weekly, two Fridays', dates('2025-02-21', 2, 7), 52, 'bar'],
  [
    'weekly, a Thursday before a holiday',
    [Date.UTC(2025, 3, 11), Date.UTC(2025, 3, 17), Date.UTC(2025, 3, 25)],
    52,
    'bar',
  ],
  ['every second week', dates('2020-01-03', 60, 14), 26, 'bar'],
  ['month ends', monthly('2022-01', 13, 1, true), 12, 'bar'],
  ['month ends, January and February', monthly('2023-01', 2, 1, true), 12, 'bar'],
  ['month beginnings, two', monthly('2023-02', 2, 1, false), 12, 'bar'],
  [
    'months at the midnights of Berlin',
    monthly('2020-01', 40, 1, false).map((utc) => zone('Europe/Berlin').toUtc(utc)),
    12,
    'bar',
  ],
  ['quarters', monthly('2019-03', 20, 3, true), 4, 'bar'],
  ['half years', monthly('2015-06', 12, 6, true), 2, 'bar'],
  ['years', monthly('1990-12', 30, 12, true), 1, 'bar'],
  ['years, two', monthly('1990-12', 2, 12, true), 1, 'bar'],
  ['every three days', dates('2020-01-01', 200, 3), 365.25 / 3, 'bar'],
  ['range bars of a venue', irregular(venue('NYSE', '2022-01-01', '2023-12-31', MINUTE), 5, 0.02), 252, 'session', 501],
  [
    'range bars of currencies',
    irregular(weekBars('2022-01-01', '2023-12-31', 'America/New_York', 17, 5 * MINUTE), 6, 0.05),
    260,
    'session',
  ],
  [
    'range bars round the clock',
    irregular(hours('2022-01-01', '2023-12-31', 'UTC', 0, 24, [0, 1, 2, 3, 4, 5, 6]), 7, 0.4),
    365,
    'session',
  ],
]

describe('kinds of calendars', () => {
  for (const [name, time, perYear, period, periods] of KINDS)
    it(name, () => {
      const market = marketOf(time)
      const { annual } = market
      expect([annual.perYear, annual.period, annual.source], annual.reason).toEqual([perYear, period, 'inferred'])
      if (periods !== undefined) expect(market.periods.count, annual.reason).toBe(periods)
      else if (period === 'bar') expect(market.periods.count).toBe(time.length)
    })

  it('sparse range bars have the rate that they have', () => {
    const { perYear, reason } = marketOf(irregular(daily('2020-01-01', '2023-12-31', [1, 2, 3, 4, 5]), 9, 0.5)).annual
    expect(perYear, reason).toBeGreaterThan(100)
    expect(perYear, reason).toBeLessThan(160)
  })

  for (const [name, time, perYear] of KINDS) {
    const step = commonStep(Float64Array.from(time))
    // Of bars of no fixed length nobody can say when they close.
    if (step % MINUTE !== 0) continue
    it(`${name}: stamped at the close the same`, () => {
      const stamps = time.map((utc) => utc + step)
      const { annual } = marketOf(stamps, { barTime: 'close', barLength: step })
      expect(annual.perYear, annual.reason).toBe(perYear)
    })
  }
})

describe('what changes nothing', () => {
  it('the 364th and the 366th day', () => {
    const all = [0, 1, 2, 3, 4, 5, 6]
    for (const last of ['2021-12-30', '2021-12-31', '2022-01-01', '2022-01-02']) {
      expect(marketOf(daily('2021-01-01', last, all)).annual.perYear).toBe(365)
      expect(marketOf(hours('2021-01-01', last, 'UTC', 0, 24, all)).annual.perYear).toBe(365)
      expect(marketOf(shares('2021-01-01', last)).annual.perYear).toBe(252)
      expect(marketOf(venue('NYSE', '2021-01-01', last, HOUR)).annual.perYear).toBe(252)
      expect(marketOf(weekBars('2021-01-01', last, 'America/New_York', 17, HOUR)).annual.perYear).toBe(260)
    }
  })

  it('one special Saturday, however short the data', () => {
    for (const [from, to, saturday] of [
      ['2025-01-02', '2025-12-31', '2025-02-01'],
      ['2024-01-02', '2024-06-28', '2024-03-02'],
      ['2024-02-20', '2024-03-15', '2024-03-02'],
      ['2024-02-26', '2024-03-05', '2024-03-02'],
    ]) {
      const days = daily(from, to, [1, 2, 3, 4, 5])
      const without = marketOf(days).annual.perYear
      const withIt = [...days, Date.parse(saturday)].sort((a, b) => a - b)
      expect(marketOf(withIt).annual.perYear, `${from} to ${to}`).toBe(without)
      const bars = (stamps: readonly number[]) =>
        stamps.flatMap((day) => Array.from({ length: 25 }, (_, i) => day + 3.75 * HOUR + i * 15 * MINUTE))
      expect(marketOf(bars(withIt)).annual.perYear, `${from} to ${to}`).toBe(marketOf(bars(days)).annual.perYear)
    }
  })

  it('an evening session on a holiday', () => {
    const days = daily('2024-01-01', '2024-12-31', [1, 2, 3, 4, 5]).map((day) => day + 3.75 * HOUR)
    const diwali = Date.UTC(2024, 10, 1)
    const time = days.map((utc) => (Math.floor(utc / DAY) * DAY === diwali ? diwali + 12.75 * HOUR : utc))
    expect(marketOf(time).annual).toMatchObject({ perYear: 260, period: 'bar' })
  })

  it('a hole of half a year', () => {
    const all = [0, 1, 2, 3, 4, 5, 6]
    const series: readonly (readonly number[])[] = [
      shares('2020-01-01', '2021-12-31'),
      shares('2021-01-01', '2021-12-31'),
      daily('2021-01-01', '2021-12-31', all),
      hours('2021-01-01', '2021-12-31', 'UTC', 0, 24, all),
      venue('NYSE', '2021-01-01', '2021-12-31', HOUR),
      weekBars('2021-01-01', '2021-12-31', 'America/New_York', 17, HOUR),
      dates('2020-01-03', 104, 7),
      monthly('2010-01', 60, 1, true),
    ]
    for (const time of series) {
      const cut = hole(time)
      expect(cut.length).toBeLessThan(time.length)
      const [whole, part] = [marketOf(time).annual, marketOf(cut).annual]
      expect(part.perYear, `${part.reason} / ${whole.reason}`).toBe(whole.perYear)
    }
  })

  it('where the data begin and end', () => {
    const all = [0, 1, 2, 3, 4, 5, 6]
    const whole: readonly (readonly [number, readonly number[]])[] = [
      [252, shares('2018-01-01', '2023-12-31')],
      [252, venue('NYSE', '2021-01-01', '2023-12-31', HOUR)],
      [252, venue('LSE', '2021-01-01', '2023-12-31', HOUR)],
      [365, daily('2018-01-01', '2023-12-31', all)],
      [365, hours('2021-01-01', '2023-12-31', 'UTC', 0, 24, all)],
      [260, weekBars('2021-01-01', '2023-12-31', 'America/New_York', 17, HOUR)],
      [260, venue('CME', '2021-01-01', '2023-12-31', HOUR)],
      [52, dates('2018-01-05', 300, 7)],
      [12, monthly('2000-01', 240, 1, true)],
      [4, monthly('1990-03', 120, 3, true)],
    ]
    let compared = 0
    const wrong: string[] = []
    const random = stream(11)
    for (const [perYear, time] of whole)
      for (let i = 0; i < 150; i++) {
        const range = time[time.length - 1] - time[0]
        const days = range / DAY
        // As often short as long, ten days or three periods at least.
        const least = Math.max(10, (3 * days) / time.length)
        const long = least * (days / least) ** random()
        const from = time[0] + random() * (range - long * DAY)
        const part = time.filter((utc) => utc >= from && utc < from + long * DAY)
        if (part.length < 3) continue
        compared++
        const { annual } = marketOf(part)
        const where = `${new Date(part[0]).toISOString()}, ${long.toFixed(1)} days: ${annual.reason}`
        if (annual.perYear !== perYear) wrong.push(`${annual.perYear}, not ${perYear}: ${where}`)
      }
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(1300)
  })

  it('the order of assets, of which the union counts', () => {
    const [us, london] = [
      venue('NYSE', '2023-01-01', '2023-06-30', HOUR),
      venue('LSE', '2023-01-01', '2023-06-30', HOUR),
    ]
    const crypto = daily('2023-01-01', '2023-06-30', [0, 1, 2, 3, 4, 5, 6])
    const table = (asset: string, time: readonly number[]) => ({ asset, time: [...time], close: time.map(() => 1) })
    const of = (...tables: ReturnType<typeof table>[]) => {
      const market = Market.from(tables)
      made.push(market)
      return { ...market.annual, count: market.periods.count }
    }
    expect(of(table('US', us), table('UK', london))).toEqual(of(table('UK', london), table('US', us)))
    expect(of(table('US', us), table('UK', london))).toMatchObject({ perYear: 252, period: 'session', count: 127 })
    const three = [table('US', shares('2023-01-01', '2023-06-30')), table('C', crypto), table('UK', london)]
    expect(of(...three)).toEqual(of(three[2], three[0], three[1]))
    expect(of(three[0], three[1])).toMatchObject({ perYear: 365, period: 'bar', count: 181 })
    expect(of(...three)).toMatchObject({ perYear: 365, period: 'session', count: 181 })
  })

  it('slices have the number of their market, and its periods', () => {
    const market = marketOf(weekBars('2023-01-01', '2023-06-30', 'America/New_York', 17, HOUR))
    for (const [from, to] of [
      [0, 1],
      [3, 40],
      [100, 131],
      [0, market.bars - 1],
    ]) {
      const slice = market.slice(from, to)
      made.push(slice)
      expect(slice.annual).toEqual(market.annual)
      const inside = [...market.periodEnds].filter((end) => end >= from && end < to - 1).map((end) => end - from)
      expect([...slice.periodEnds]).toEqual([...inside, to - from - 1])
    }
  })
})

describe('what is said', () => {
  it('wins over calendars and stamps', () => {
    expect(marketOf(shares('2023-01-01', '2023-12-31'), { periodsPerYear: 250, calendar: 'NYSE' }).annual).toEqual({
      perYear: 250,
      period: 'bar',
      source: 'given',
      reason: 'given as periodsPerYear',
    })
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '252', null])('and must be a number above 0: %s', (given) => {
    expect(() => marketOf([0, DAY], { periodsPerYear: given as number })).toThrow(
      /^market: periodsPerYear must be a number above 0, found .*252 for daily shares/,
    )
  })

  it.each([
    ['NYSE', 252],
    ['LSE', 252],
    ['XETRA', 252],
    ['CME', 260],
    ['FX', 260],
    ['24/7', 365],
  ])('calendar %s: %d', (name, perYear) => {
    const { annual } = marketOf(shares('2023-01-01', '2023-02-28'), { calendar: name })
    expect([annual.perYear, annual.source], annual.reason).toEqual([perYear, 'calendar'])
    expect(annual.reason).toContain(name)
  })

  it('sessions by the trade days of a calendar, weeks by their own rate', () => {
    const hourly = marketOf(venue('CME', '2023-01-01', '2023-01-31', HOUR), { calendar: 'CME' })
    expect(hourly.periods.count).toBe(calendar('CME').sessions(Date.UTC(2023, 0, 1), Date.UTC(2023, 0, 31)).length)
    expect(marketOf(dates('2023-01-06', 30, 7), { calendar: 'NYSE' }).annual).toMatchObject({
      perYear: 52,
      source: 'inferred',
    })
  })

  it('a time zone has days, and no number', () => {
    const minutes = venue('NYSE', '2023-01-01', '2023-03-31', HOUR)
    expect(marketOf(minutes, { calendar: 'America/New_York' }).annual).toMatchObject({
      perYear: 252,
      source: 'inferred',
    })
  })

  it('nothing of one period', () => {
    for (const time of [[Date.UTC(2024, 0, 1)], [0, HOUR, 2 * HOUR].map((utc) => Date.UTC(2024, 0, 1) + utc)]) {
      const { perYear, reason } = marketOf(time).annual
      expect(perYear).toBeNaN()
      expect(reason).toContain('unknown')
    }
  })

  it('a reason that people read', () => {
    expect(marketOf(shares('2010-01-01', '2019-12-31')).annual.reason).toBe(
      'daily bars, of which 251.8 a year are counted',
    )
    expect(marketOf(venue('NYSE', '2023-01-01', '2023-03-31', MINUTE)).annual.reason).toMatch(
      /^sessions \(cut at \d\d:\d\d UTC, in a silent part of the day\), on 5 weekdays$/,
    )
    expect(marketOf(dates('2025-02-21', 27, 7)).annual.reason).toBe('bars about 7 days apart, 52.2 a year counted')
  })
})

it('two million minutes', () => {
  const time = Float64Array.from({ length: 2_000_000 }, (_, i) => Date.UTC(2019, 0, 1) + i * MINUTE)
  const market = Market.from({ assets: ['A'], time, close: new Float64Array(time.length).fill(1) })
  made.push(market)
  expect(market.annual).toMatchObject({ perYear: 365, period: 'session' })
})
