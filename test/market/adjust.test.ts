import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionsOf, type CorporateAction, eventColumns } from '../../src/market/actions.ts'
import { type AdjustOptions, adjust, adjustByClose, adjustByFactors } from '../../src/market/adjust.ts'
import { readFactors } from '../../src/market/factors.ts'
import { Market } from '../../src/market/market.ts'
import { resample } from '../../src/market/resample.ts'

const DAY = 86400000
const REAL = new URL('../../../shared/data/', import.meta.url)
const day = (text: string) => Date.parse(`${text}T00:00:00Z`)

/** Five days: a 4:1 split on the third, a dividend of 2 on the fourth. */
function fiveDays(): Market {
  const close = [400, 404, 102, 100, 105]
  return Market.from({
    assets: ['A'],
    time: close.map((_, i) => day('2024-07-01') + i * DAY),
    open: close.map((value) => value - 1),
    high: close.map((value) => value + 4),
    low: close.map((value) => value - 2),
    close,
    volume: [10, 20, 80, 40, 60],
  })
}
const EVENTS: CorporateAction[] = [
  { time: '2024-07-03', split: 4 },
  { time: '2024-07-04', dividend: 2 },
]
const round = (values: Float64Array) => [...values].map((value) => Number(value.toFixed(6)))

describe('splits and dividends', () => {
  it('scale what came before to the last shares (backward)', () => {
    const f = 1 - 2 / 102
    const made = adjust(fiveDays(), EVENTS)
    expect(round(made.close)).toEqual(round(Float64Array.of(100 * f, 101 * f, 102 * f, 100, 105)))
    expect(round(made.open)).toEqual(round(Float64Array.of(99.75 * f, 100.75 * f, 101 * f, 99, 104)))
    expect([...made.volume]).toEqual([40, 80, 80, 40, 60])
  })

  it('or what comes after to the first (forward): the same returns', () => {
    const [back, forward] = [adjust(fiveDays(), EVENTS), adjust(fiveDays(), EVENTS, { direction: 'forward' })]
    expect([forward.close[0], forward.high[0], forward.volume[0]]).toEqual([400, 404, 10])
    expect([...forward.volume]).toEqual([10, 20, 20, 10, 15])
    const returns = ({ close }: Market) => round(close.slice(1).map((value, i) => value / close[i]))
    expect(returns(forward)).toEqual(returns(back))
  })

  it('have a choice of what a dividend is worth, or none', () => {
    const close = (options: AdjustOptions) => round(adjust(fiveDays(), EVENTS, options).close)
    const f = 100 / 102
    expect(close({ dividends: 'ex-close' })).toEqual(round(Float64Array.of(100 * f, 101 * f, 102 * f, 100, 105)))
    expect(close({ dividends: 'ignore' })).toEqual([100, 101, 102, 100, 105])
    expect(close({ dividends: 'ignore', splits: false })).toEqual([400, 404, 102, 100, 105])
    expect([...adjust(fiveDays(), EVENTS, { volume: false }).volume]).toEqual([10, 20, 80, 40, 60])
  })

  it('of one day: the dividend is per share after the split', () => {
    const market = Market.from({ assets: ['A'], time: [0, DAY], close: [100, 49] })
    const both = [{ time: DAY, split: 2, dividend: 1 }]
    expect(round(adjust(market, both).close)).toEqual([49, 49])
  })

  it("count from the asset's first bar at their date, in the zone of the bars", () => {
    const market = Market.from({
      assets: ['A', 'B'],
      time: [0, 1, 2, 3].map((i) => day('2024-07-01') + i * DAY),
      close: [8, 10, 8, NaN, 4, 10, 4, 10],
    })
    const made = adjust(market, [
      { asset: 'A', time: '2024-07-03', split: 2 },
      { asset: 'B', time: '2024-07-02', split: 2 },
      { asset: 'B', time: '2024-08-01', split: 5 },
    ])
    expect([...made.close]).toEqual([4, 5, 4, NaN, 4, 10, 4, 10])
    expect(made.remarks).toMatchObject([{ code: 'events_unmatched', count: 1 }])
    const evening = Market.from({
      assets: ['A'],
      time: [0, 1, 2].map((i) => Date.parse('2024-07-02T22:00Z') + i * 3600000),
      close: [8, 8, 4],
    })
    const split = [{ time: '2024-07-03', split: 2 }]
    expect([...adjust(evening, split, { timezone: 'America/New_York' }).close]).toEqual([8, 8, 4])
    expect([...adjust(evening, split, { timezone: 'UTC' }).close]).toEqual([4, 4, 4])
  })

  it('are refused where they cannot be', () => {
    const refused = (events: CorporateAction[], options?: AdjustOptions) => () => adjust(fiveDays(), events, options)
    expect(refused([{ time: '2024-07-03', split: 0 }])).toThrow(
      /split must be above 0.*found 0 and 0 for A at 2024-07-03/,
    )
    expect(refused([{ time: '2024-07-04', dividend: 103 }])).toThrow(
      /below the close before it, found 103 and 102 at asset A, bar 3/,
    )
    expect(refused([{ time: '3 July', split: 2 }])).toThrow(/time must be a date like/)
    expect(refused([{ asset: 'B', time: 0, split: 2 }])).toThrow(/asset "B" is not in it/)
    expect(refused([], { direction: 'sideways' as 'forward' })).toThrow(/direction must be 'backward' or 'forward'/)
    expect(refused([], { dividends: 'half' as 'ignore' })).toThrow(/dividends must be/)
  })

  it('keep bars in order and the value traded, whatever they are', () => {
    const event = fc.record({
      time: fc.integer({ min: 0, max: 6 }).map((i) => day('2024-07-01') + i * DAY),
      split: fc.constantFrom(1, 2, 4, 0.1, 1.5),
      dividend: fc.constantFrom(0, 0.5, 1),
    })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.constantFrom('backward' as const, 'forward' as const),
        (events, direction) => {
          const market = fiveDays()
          const made = adjust(market, events, { direction, dividends: 'ex-close' })
          const stay = adjust(market, events, { direction, dividends: 'ignore' })
          for (let bar = 0; bar < 5; bar++) {
            expect(made.high[bar]).toBeGreaterThanOrEqual(made.close[bar])
            expect(made.low[bar]).toBeLessThanOrEqual(made.open[bar])
            expect(stay.close[bar] * stay.volume[bar]).toBeCloseTo(market.close[bar] * market.volume[bar], 6)
          }
          const anchor = direction === 'backward' ? 4 : 0
          expect(made.close[anchor]).toBe(market.close[anchor])
          for (const one of [market, made, stay]) one.release()
        },
      ),
      { numRuns: 60, seed: 31 },
    )
  })
})

describe('events carried as columns', () => {
  it('stand at their bars, and add up when resampled', () => {
    const market = fiveDays()
    const carried = market.with({ signals: eventColumns(market, EVENTS) })
    expect([...carried.signals.get('split')!.values]).toEqual([1, 1, 4, 1, 1])
    expect([...carried.signals.get('dividend')!.values]).toEqual([0, 0, 0, 2, 0])
    expect(actionsOf(carried, { split: 'split', dividend: 'dividend' })).toEqual([
      { asset: 'A', time: day('2024-07-03'), split: 4, dividend: 0 },
      { asset: 'A', time: day('2024-07-04'), split: 1, dividend: 2 },
    ])
    const week = resample(carried, '1w').market
    expect([week.signals.get('split')!.values[0], week.signals.get('dividend')!.values[0]]).toEqual([4, 2])
    expect([...adjust(carried, actionsOf(carried, { split: 'split' })).signals.keys()]).toEqual(['split', 'dividend'])
    expect(() => actionsOf(carried, { split: 'splits' })).toThrow(/column "splits" is not one/)
  })
})

describe('factor files', () => {
  const TEXT = '20240702,0.9,0.25,404\r\n20240703,0.9,1,102\n20501231,1,1,0\n'

  it('hold up to their date', () => {
    const made = adjustByFactors(fiveDays(), [readFactors(TEXT)])
    expect(round(made.close)).toEqual([90, 90.9, 91.8, 100, 105])
    expect([...made.volume]).toEqual([40, 80, 80, 40, 60])
    const table = { until: [day('2024-07-02')], price: [0.5] }
    expect([...adjustByFactors(fiveDays(), [table]).close]).toEqual([200, 202, 102, 100, 105])
  })

  it('are refused by line', () => {
    expect(() => readFactors('20240702,0.9,0.25,404\n20240702,1,1,0\n', 'A', 'a.csv')).toThrow(
      /found "20240702,1,1,0" at a.csv line 2/,
    )
    expect(() => readFactors('20240702,0.9,0,404')).toThrow(/split factor above 0/)
    expect(() => readFactors('date,price,split')).toThrow(/line 1/)
    expect(() => adjustByFactors(fiveDays(), [{ until: [1, 0], price: [1, 1] }])).toThrow(/dates must increase/)
  })
})

describe('adjusted closes', () => {
  it('give the factor of each bar; without one it is absent', () => {
    const market = fiveDays().with({ signals: { adj: [100, 101, 102, NaN, 105], split: [1, 1, 4, 1, 1] } })
    const made = adjustByClose(market, 'adj', { split: 'split' })
    expect([...made.close]).toEqual([100, 101, 102, NaN, 105])
    expect([...made.open]).toEqual([99.75, 100.75, 101, NaN, 104])
    expect([...made.volume]).toEqual([40, 80, 80, NaN, 60])
    expect([...adjustByClose(market, 'adj').volume]).toEqual([10, 20, 80, NaN, 60])
    expect(adjustByClose(market, 'adj', { direction: 'forward' }).close[0]).toBe(400)
    expect(() => adjustByClose(market, 'adjusted')).toThrow(
      /column "adjusted" is not one of the market. There are adj, split/,
    )
    const wrong = fiveDays().with({ signals: { adj: [100, 101, -1, 1, 1] } })
    expect(() => adjustByClose(wrong, 'adj')).toThrow(
      /must be positive like the close, found -1 and 102 at column adj, asset A, bar 2/,
    )
  })
})

/** An Alpha Vantage file as a market with its columns as signals. */
function alphaVantage(symbol: string): Market {
  const text = gunzipSync(
    readFileSync(new URL(`daily_native_alphavantage/DA-${symbol}-T-2021-04-21.csv.gz`, REAL)),
  ).toString()
  const [head, ...lines] = text.trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(','))
  const column = (name: string) => rows.map((row) => Number(row[head.split(',').indexOf(name)]))
  return Market.from([
    {
      asset: symbol,
      time: rows.map(([date]) => day(date)),
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
      signals: {
        adjusted: column('adjusted_close'),
        dividend: column('dividend_amount'),
        split: column('split_coefficient'),
      },
    },
  ])
}

/** The one entry of a zip of LEAN's, prices times 10,000. */
function lean(symbol: string): Market {
  const bytes = readFileSync(new URL(`daily_lean/${symbol}.zip`, REAL))
  const directory = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  const at = bytes.readUInt32LE(directory + 42)
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  const text = inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(directory + 20))).toString()
  const rows = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','))
  const price = (i: number) => rows.map((row) => Number(row[i]) / 10000)
  const time = rows.map(([date]) => day(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`))
  return Market.from({
    assets: [symbol],
    time,
    open: price(1),
    high: price(2),
    low: price(3),
    close: price(4),
    volume: rows.map((row) => Number(row[5])),
  })
}

const growth = (close: Float64Array) => close.slice(1).map((value, i) => value / close[i])
const worst = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value / b[i] - 1)), 0)

describe.skipIf(!existsSync(REAL))('against vendors (needs ../shared/data)', () => {
  it.each(['AAPL', 'AME', 'APH', 'ATVI', 'CNC', 'CTSH', 'GILD', 'ROL'])(
    "%s: Alpha Vantage's adjusted returns from its events",
    (symbol) => {
      const market = alphaVantage(symbol)
      const actions = actionsOf(market, { split: 'split', dividend: 'dividend' })
      expect(actions.length).toBeGreaterThan(3)
      const vendor = market.signals.get('adjusted')!.values
      const made = adjust(market, actions, { dividends: 'ex-close' })
      // The column has 12 digits.
      expect(worst(growth(made.close), growth(vendor))).toBeLessThan(1e-10)
      expect(worst(made.close, vendor)).toBeLessThan(1e-9)
      const byColumn = adjustByClose(market, 'adjusted', { split: 'split' })
      expect(worst(byColumn.high, made.high)).toBeLessThan(1e-9)
      expect(
        worst(
          byColumn.volume.map((v) => v + 1),
          made.volume.map((v) => v + 1),
        ),
      ).toBeLessThan(1e-9)
      // By the close before, as others do it, a dividend of 1 % is worth at most 0.2 % more or less on its day.
      expect(worst(growth(adjust(market, actions).close), growth(vendor))).toBeLessThan(1e-3)
      for (const one of [market, made, byColumn]) one.release()
    },
  )

  it("AAPL: LEAN's factor file gives the returns of the events that Alpha Vantage has", () => {
    const [market, other] = [lean('aapl'), alphaVantage('AAPL')]
    const factors = readFactors(readFileSync(new URL('daily_lean/aapl.csv', REAL), 'utf8'))
    const made = adjustByFactors(market, [factors])
    const events = actionsOf(other, { split: 'split', dividend: 'dividend' })
    const reference = adjust(
      market,
      events.map(({ time, split, dividend }) => ({ time, split, dividend })),
    )
    expect(events.length).toBeGreaterThan(35)
    // Factors have 7 digits.
    expect(worst(growth(made.close), growth(reference.close))).toBeLessThan(5e-6)
    // Splits 2:1, 2:1, 7:1 and 4:1 since 1998.
    expect(made.volume[0] / market.volume[0]).toBeCloseTo(112, 2)
    for (const one of [market, other, made, reference]) one.release()
  })
})
