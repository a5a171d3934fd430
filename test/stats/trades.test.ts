/** Figures of trades against their definitions, on random tables and on random runs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { CostSource } from '../../src/results/costs.ts'
import type { Result } from '../../src/results/result.ts'
import { TRADE_COLUMNS } from '../../src/results/schema.ts'
import { type Column, Table, type Values } from '../../src/results/table.ts'
import { TradeAnalysis } from '../../src/results/tradeanalysis.ts'
import { TRADE_GROUPS, type TradeGroup } from '../../src/results/tradegroups.ts'
import { TRADE_METRICS } from '../../src/results/trademetrics.ts'
import type { TradeSource, TradesPer } from '../../src/results/trips.ts'
import { checkSettings } from '../../src/settings/read.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { failure } from '../engine/script.ts'
import { type ClosedTrade, tradeFigures } from '../oracle/trades.ts'
import { flatToFlat, lotByLot, type Trip } from './trips.ts'

const DAY = 86_400_000

/** Equal but for rounding: 1e-10 of the larger of them, or of what they were summed from. */
function near(found: number, wanted: number, scale = 1): boolean {
  if (Number.isNaN(wanted) || Number.isNaN(found)) return Number.isNaN(wanted) && Number.isNaN(found)
  return found === wanted || Math.abs(found - wanted) <= 1e-10 * Math.max(Math.abs(wanted), Math.abs(found), scale)
}

function expectNear(
  found: Readonly<Record<string, number>>,
  wanted: Readonly<Record<string, number>>,
  scale: number,
): void {
  for (const [name, value] of Object.entries(wanted))
    if (!near(found[name], value, scale)) expect({ [name]: found[name] }).toEqual({ [name]: value })
}

/** Closed trades out of the rows of a table, from the definition. */
function closedOf(trades: Table, trips: readonly Trip[], multipliers: readonly number[], stop?: string): ClosedTrade[] {
  const of = (name: string, row: number) => trades.values(name)[row]
  return trips
    .filter(({ open }) => !open)
    .sort((a, b) => a.rows[a.rows.length - 1] - b.rows[b.rows.length - 1])
    .map(({ rows }) => {
      const sum = (value: (row: number) => number) => rows.reduce((total, row) => total + value(row), 0)
      const units = (row: number) => of('quantity', row) * multipliers[of('asset', row)]
      return {
        pnl: sum((row) => of('pnl', row)),
        value: sum((row) => Math.abs(of('entryPrice', row) * units(row))),
        gross: sum((row) => (of('exitPrice', row) - of('entryPrice', row)) * units(row)),
        bars: of('barsHeld', rows[rows.length - 1]),
        days: (of('exitTime', rows[rows.length - 1]) - of('entryTime', rows[0])) / DAY,
        mfe: Math.max(...rows.map((row) => of('mfe', row))),
        mae: Math.min(...rows.map((row) => of('mae', row))),
        commission: sum((row) => of('commission', row)),
        slippage: sum((row) => of('slippage', row)),
        risk: sum((row) => Math.abs((of('entryPrice', row) - stopAt(trades, row, stop)) * units(row))),
      }
    })
}

/** Of a context where it has one, else that of the run. */
function stopAt(trades: Table, row: number, context: string | undefined): number {
  const given = context ? trades.values(context)[row] : Number.NaN
  return Number.isNaN(given) ? trades.values('entryStop')[row] : given
}

const each = (trades: Table): Trip[] =>
  Array.from({ length: trades.length }, (_, row) => ({ rows: [row], open: false }))

// ---- random tables -----------------------------------------------------------------------------

const money = fc.oneof(
  fc.constantFrom(0, 1, -1, 5, -5, 1e-9, 1e9),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Math.round(x * 1024) / 1024),
)
const row = fc.record({
  asset: fc.nat(2),
  quantity: fc.constantFrom(1, -1, 2.5, -7, 100),
  entryPrice: fc.double({ min: 0.5, max: 1000, noNaN: true }),
  exitPrice: fc.double({ min: 0.5, max: 1000, noNaN: true }),
  pnl: money,
  commission: fc.constantFrom(0, 1, 2.25),
  slippage: fc.constantFrom(0, 0.5, 3),
  mfe: fc.constantFrom(0, 0.01, 0.5),
  mae: fc.constantFrom(0, -0.02, -0.4),
  barsHeld: fc.constantFrom(0, 1, 2, 3, 4, 7, 8, 500),
  entryOrderId: fc.nat(12),
  entryBar: fc.nat(3),
  exitBar: fc.nat(9),
  entryTime: fc.integer({ min: 0, max: 9 }).map((hours) => Date.UTC(2024, 0, 28) + hours * 3_600_000),
  exitTime: fc.integer({ min: 9, max: 999 }).map((hours) => Date.UTC(2024, 0, 28) + hours * 3_600_000),
  ambiguous: fc.nat(1),
  exitReason: fc.nat(4),
  entryTag: fc.constantFrom(0, 7, -2.5),
  initialStop: fc.constantFrom(Number.NaN, 0.25, 400),
  entryStop: fc.constantFrom(Number.NaN, 0.125, 300),
})
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

const CONTEXT: Column = { name: 'initialStop', field: 'initial_stop', kind: 'f64', unit: '', doc: 'Position context.' }

function tableOf(columns: readonly Column[], rows: readonly object[], assets: readonly string[]): Table {
  const values = columns.map((column) => {
    const numbers = rows.map((one) => (one as Record<string, number>)[column.name] ?? 0)
    const whole = column.kind !== 'f64' && column.kind !== 'time'
    return [column.name, (whole ? Int32Array.from(numbers) : Float64Array.from(numbers)) as Values] as const
  })
  return new Table(columns, new Map(values), assets)
}

const ASSETS = ['A', 'B', 'C']
const MULTIPLIERS = [1, 50, 0.5]

function sourceOf(rows: readonly Row[], held: readonly (readonly [number, number])[], lots: boolean) {
  const time = Float64Array.from({ length: 10 }, (_, bar) => Date.UTC(2024, 0, 28) + bar * 37 * 3_600_000)
  const source: CostSource & { zone: string } = {
    trades: tableOf([...TRADE_COLUMNS, CONTEXT], rows, ASSETS),
    fills: tableOf([], [], ASSETS),
    openPositions: tableOf(
      ['entryOrderId', 'entryBar'].map((name) => ({ name, field: name, kind: 'i32' as const, unit: '', doc: '' })),
      held.map(([entryOrderId, entryBar]) => ({ entryOrderId, entryBar })),
      ASSETS,
    ),
    assets: ASSETS,
    multipliers: Float64Array.from(MULTIPLIERS),
    lots,
    time,
    firstBar: 0,
    orders: () => tableOf([], [], ASSETS),
    settings: checkSettings({}),
    instruments: {},
    zone: 'UTC',
  }
  return source
}

const tables = fc.record({
  rows: fc.array(row, { maxLength: 40 }),
  held: fc.array(fc.tuple(fc.nat(12), fc.nat(3)), { maxLength: 4 }),
  lots: fc.boolean(),
  exits: fc.boolean(),
})

describe('on random tables', () => {
  it('every figure is what its formula says, of exits and of round trips', () => {
    const asked = new Set<string>()
    fc.assert(
      fc.property(tables, ({ rows, held, lots, exits }) => {
        const source = sourceOf(rows, held, lots)
        const per: TradesPer | undefined = exits ? 'exit' : undefined
        const { summary } = new TradeAnalysis(source, { per })
        const trips = exits ? each(source.trades) : lotByLot(source as unknown as Result)
        const closed = closedOf(source.trades, trips, MULTIPLIERS, 'initialStop')
        const elapsed = source.time[9] - source.time[0]
        const wanted = { ...tradeFigures(closed, elapsed), openTrades: held.length, numExits: rows.length }
        expect(Object.keys(summary).sort()).toEqual(Object.keys(wanted).sort())
        const scale = closed.reduce((most, { pnl }) => Math.max(most, Math.abs(pnl)), 1)
        expectNear(summary as unknown as Record<string, number>, wanted, 1e-3 * scale)
        for (const [name, value] of Object.entries(wanted)) if (!Number.isNaN(value)) asked.add(name)
      }),
      { numRuns: 400 },
    )
    // None is undefined throughout, but the one that takes a market.
    expect(asked.size).toBe(TRADE_METRICS.length - 1)
  })

  it('each breakdown has every closed trade once, with the figures of its own', () => {
    fc.assert(
      fc.property(
        tables,
        fc.constantFrom(...TRADE_GROUPS.filter((name) => name !== 'exitDetail')),
        ({ rows, held, lots, exits }, by) => {
          const source = sourceOf(rows, held, lots)
          const trips = exits ? each(source.trades) : lotByLot(source as unknown as Result)
          const table = new TradeAnalysis(source, { per: exits ? 'exit' : undefined }).by(by)
          const byKey = new Map<string, Trip[]>()
          for (const trip of trips.filter(({ open }) => !open)) {
            const key = String(keyOf(source, trip, by))
            byKey.set(key, [...(byKey.get(key) ?? []), trip])
          }
          expect([...table].map((one) => String(one[by])).sort()).toEqual([...byKey.keys()].sort())
          for (const found of table) {
            const closed = closedOf(source.trades, byKey.get(String(found[by])) as Trip[], MULTIPLIERS)
            const wanted = tradeFigures(closed, 0)
            const scale = closed.reduce((most, { pnl }) => Math.max(most, Math.abs(pnl)), 1)
            for (const { name } of table.columns.slice(1)) {
              const value = found[name] === null ? Number.NaN : (found[name] as number)
              if (!near(value, wanted[name as keyof typeof wanted], 1e-3 * scale))
                expect({ by, [name]: value }).toEqual({ by, [name]: wanted[name as keyof typeof wanted] })
            }
          }
        },
      ),
      { numRuns: 600 },
    )
  })
})

/** What a group is called in its table, from the definition. */
function keyOf({ trades, time }: TradeSource, { rows }: Trip, by: TradeGroup): unknown {
  const [first, last] = [rows[0], rows[rows.length - 1]]
  const exit = new Date(time[trades.values('exitBar')[last]])
  const bars = trades.values('barsHeld')[last]
  switch (by) {
    case 'year':
      return exit.getUTCFullYear()
    case 'month':
      return exit.toISOString().slice(0, 7)
    case 'weekday':
      return exit.toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' })
    case 'hour':
      return exit.getUTCHours()
    case 'ambiguous':
      return rows.some((at) => trades.values('ambiguous')[at] === 1)
    case 'barsHeld': {
      if (bars < 2) return bars
      const from = 2 ** Math.floor(Math.log2(bars))
      return `${from}-${2 * from - 1}`
    }
    default:
      return trades.cell(trades.column(by), by.startsWith('exit') ? last : first)
  }
}

// ---- real runs ---------------------------------------------------------------------------------

/** Lots that were held at a time: joined wherever one was opened before all others were gone. */
function joined(result: Result): Trip[] {
  const { fills, assets } = result
  const lots = lotByLot(result)
  const positions: Trip[] = []
  for (const asset of assets.keys()) {
    let held = 0
    let orders = new Set<string>()
    const end = (open: boolean) => {
      const mine = lots.filter(({ rows }) => orders.has(entryOf(result.trades, rows[0])))
      if (mine.length > 0) positions.push({ rows: mine.flatMap(({ rows }) => rows).sort((a, b) => a - b), open })
      orders = new Set()
    }
    for (let i = 0; i < fills.length; i++) {
      if (fills.values('asset')[i] !== asset) continue
      const units = (fills.values('side')[i] === 1 ? 1 : -1) * fills.values('quantity')[i]
      if (held * units >= 0) orders.add(`${fills.values('orderId')[i]} ${fills.values('bar')[i]}`)
      held += units
      if (held === 0) end(false)
    }
    if (held !== 0) end(true)
  }
  return positions
}

function entryOf(trades: Table, at: number): string {
  return `${trades.values('entryOrderId')[at]} ${trades.values('entryBar')[at]}`
}

describe('on random runs', () => {
  it('the figures are those of the tables, from flat to flat, by lot and by exit, and those of the summary', () => {
    let several = 0
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.boolean(), (seed, salt, lots) => {
        const over = busyMarket(100, seed)
        try {
          const result = backtest(over, Busy, {
            parameters: { salt },
            commission: 0.001,
            lots: lots ? 'fifo' : 'average',
          })
          const { trades, time } = result
          const elapsed = time[time.length - 1] - time[0]
          const ways: [TradesPer | undefined, Trip[]][] = [
            ['exit', each(trades)],
            ['roundTrip', lots ? joined(result) : flatToFlat(result)],
            [undefined, lotByLot(result)],
            ...(lots ? ([['lot', lotByLot(result)]] as [TradesPer, Trip[]][]) : []),
          ]
          for (const [per, trips] of ways) {
            const analysis = result.tradeAnalysis({ per })
            const closed = closedOf(trades, trips, [1, 1, 1])
            const { edgeRatio, ...wanted } = tradeFigures(closed, elapsed)
            expect(edgeRatio).toBeNaN()
            expectNear(analysis.summary as unknown as Record<string, number>, wanted, 1)
            expect(analysis.trades.length).toBe(closed.length)
            expect([...analysis.trades.values('pnl')]).toEqual(closed.map(({ pnl }) => pnl))
          }
          several += result.tradeAnalysis({ per: 'roundTrip' }).summary.numTrades < trades.length ? 1 : 0
          const { summary } = result.tradeAnalysis()
          const pairs = [
            'numTrades openTrades numExits winningTrades losingTrades winRate profitFactor expectancy avgWin avgLoss',
            'largestWin largestLoss avgBarsHeld',
          ].flatMap((names) => names.split(' '))
          for (const name of pairs)
            expect(near(summary[name as 'pnl'], result.summary[name as 'expectancy']), name).toBe(true)
          expect(near(summary.expectancyReturn, result.summary.avgTradeReturn)).toBe(true)
        } finally {
          over.release()
        }
      }),
      { numRuns: 60 },
    )
    expect(several).toBeGreaterThan(30)
  })
})

describe('bad input', () => {
  const over = busyMarket(60)
  const result = backtest(over, Busy)
  it.each([
    [
      'invalid_value',
      /per must be one of exit, roundTrip, lot, found "trade"/,
      () => result.tradeAnalysis({ per: 'trade' as never }),
    ],
    ['invalid_value', /per: 'lot' is of runs whose positions are lots/, () => result.tradeAnalysis({ per: 'lot' })],
    [
      'unknown_name',
      /stop: "moods" is not a position context of the run. Did you mean mood\?/,
      () => result.tradeAnalysis({ stop: 'moods' }),
    ],
    [
      'unknown_name',
      /"pre" is not an option. Did you mean per\?/,
      () => result.tradeAnalysis({ pre: 'exit' } as never),
    ],
    ['invalid_value', /options expected, found null/, () => result.tradeAnalysis(null as never)],
    [
      'unknown_name',
      /trades by: "months" is not what trades can be broken down by. Did you mean month/,
      () => result.tradeAnalysis().by('months' as never),
    ],
    [
      'invalid_value',
      /'entry' or 'exit' expected, found "open"/,
      () => result.tradeAnalysis().by('hour', 'open' as never),
    ],
    ['unknown_name', /metric: "sqm" is not one. Did you mean sqn/, () => result.tradeAnalysis().figure('sqm')],
    ['invalid_value', /metric: a name expected, found 3/, () => result.tradeAnalysis().figure(3 as never)],
  ] as const)('%s: %s', (code, message, call) => {
    const error = failure(call)
    expect(error.message).toMatch(message)
    expect(error.code).toBe(code)
  })

  it('a zone that is none', () => {
    expect(failure(() => result.tradeAnalysis({ zone: 'Mars/Olympus' })).message).toMatch(/Mars/)
  })
})

it('R multiples come from a position context, that of another name where it is said', () => {
  const over = busyMarket(100)
  const result = backtest(over, Busy)
  const found = result.tradeAnalysis({ stop: 'mood' }).summary
  const wanted = tradeFigures(closedOf(result.trades, flatToFlat(result), [1, 1, 1], 'mood'), 90 * DAY)
  expect(near(found.expectancyR, wanted.expectancyR)).toBe(true)
  expect(wanted.expectancyR).not.toBeNaN()
})
