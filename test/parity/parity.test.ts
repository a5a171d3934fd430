import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Targets, targetSignals, workloadMarket } from '../../bench/strategies.ts'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import type { Result } from '../../src/results/result.ts'
import { defineSignals } from '../../src/strategy/strategy.ts'
import { type ClosedTrade, type CrossData, compareTrades, type Levels } from './compare.ts'
import {
  CROSS_SETS,
  type CrossRecording,
  type Provenance,
  priceDigest,
  readRecording,
  recordedTrades,
} from './recordings.ts'

/** What vectorbt did with the workload, as record_vectorbt.py hashes it. */
interface WorkloadRecording {
  provenance: Provenance
  runs: {
    timing: 'same-close' | 'next-open'
    orders: number
    ordersSha256: string
    closedTrades: number
    openTrades: number
    tradesSha256: string
    pnl: number
    firstOrders: [number, number, number, number][]
    lastOrders: [number, number, number, number][]
  }[]
}

/** SHA-256 of columns, one after the other. */
function sha256(...columns: (Int32Array | Float64Array)[]): string {
  const hash = createHash('sha256')
  for (const column of columns) hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  return hash.digest('hex')
}

/** Filled orders as vectorbt counts them: bar, asset, signed units, price; a reversal is one order of two fills. */
function filledOrders(result: Result): [number, number, number, number][] {
  const { fills } = result
  const [bar, asset, order, side, quantity, price] = ['bar', 'asset', 'orderId', 'side', 'quantity', 'price'].map(
    (name) => fills.values(name),
  )
  const rows = new Map<number, [number, number, number, number]>()
  for (let i = 0; i < fills.length; i++) {
    const units = side[i] === 1 ? quantity[i] : -quantity[i]
    const row = rows.get(order[i])
    if (row) row[2] += units
    else rows.set(order[i], [bar[i], asset[i], units, price[i]])
  }
  return [...rows.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1])
}

describe('the workload in vectorbt', () => {
  const recording = readRecording<WorkloadRecording>('workload.vectorbt.json')
  const market = workloadMarket()

  it('was run on the same prices', () => {
    expect(priceDigest(market)).toBe(recording.provenance.dataSha256)
  })

  for (const run of recording.runs) {
    for (const [driver, strategy] of [
      ['hook', Targets],
      ['signals', targetSignals],
    ] as const) {
      it(`has every order and every trade of the ${driver} driver, ${run.timing}`, () => {
        // So little cash that no digit of the profit is lost.
        const result = backtest(market, strategy, { account: 'unlimited', cash: 1e-6, timing: run.timing })
        const orders = filledOrders(result)
        expect(orders.length).toBe(run.orders)
        expect(orders.slice(0, 10)).toEqual(run.firstOrders)
        expect(orders.slice(-10)).toEqual(run.lastOrders)
        const i32 = (at: 0 | 1) => Int32Array.from(orders, (row) => row[at])
        const f64 = (at: 2 | 3) => Float64Array.from(orders, (row) => row[at])
        expect(sha256(i32(0), i32(1), f64(2), f64(3))).toBe(run.ordersSha256)

        const rows = closedTrades(result).sort((a, b) => a.exitBar - b.exitBar || a.asset - b.asset)
        expect(rows.length).toBe(run.closedTrades)
        expect(result.openPositions.length).toBe(run.openTrades)
        const whole = (name: 'asset' | 'entryBar' | 'exitBar') => Int32Array.from(rows, (row) => row[name])
        const real = (name: 'quantity' | 'entryPrice' | 'exitPrice') => Float64Array.from(rows, (row) => row[name])
        const digest = sha256(
          whole('asset'),
          whole('entryBar'),
          whole('exitBar'),
          real('quantity'),
          real('entryPrice'),
          real('exitPrice'),
        )
        expect(digest).toBe(run.tradesSha256)
        expect(result.equity[market.bars - 1] - 1e-6).toBeCloseTo(run.pnl, 6)
      })
    }
  }
})

/** Closed trades in plain words. */
function closedTrades(result: Result): ClosedTrade[] {
  const { trades } = result
  const names = ['asset', 'entryBar', 'exitBar', 'quantity', 'entryPrice', 'exitPrice', 'pnl'] as const
  const columns = names.map((name) => trades.values(name))
  return Array.from({ length: trades.length }, (_, row) => {
    return Object.fromEntries(names.map((name, i) => [name, columns[i][row]])) as unknown as ClosedTrade
  })
}

const [LONG_ENTRY, LONG_EXIT, SHORT_ENTRY] = [1, 2, 4]

/** The recorded strategy; its flags are handed out as well, for the conditions of the rules. */
function crossOf(settings: CrossRecording['settings'], both: boolean, stops: boolean) {
  return defineSignals({
    name: 'recorded-cross',
    signals: ({ indicator, crossSignals }) => {
      const fast = indicator('sma', { length: settings.fast })
      const slow = indicator('sma', { length: settings.slow })
      const flags = crossSignals(fast, slow, LONG_ENTRY, both ? SHORT_ENTRY : LONG_EXIT)
      return { flags, ...(stops ? { stop: settings.stop, target: settings.target } : {}) }
    },
  })
}

/** Where the averages cross, from the columns themselves. */
function crossData(market: Market, settings: CrossRecording['settings']): CrossData {
  const above = new Uint8Array(market.bars * market.assetCount)
  const below = new Uint8Array(above.length)
  const watch = defineSignals({
    name: 'crossings',
    signals: ({ indicator }) => {
      const fast = indicator('sma', { length: settings.fast }).values
      const slow = indicator('sma', { length: settings.slow }).values
      for (let i = market.assetCount; i < above.length; i++) {
        const before = i - market.assetCount
        if (fast[i] > slow[i] && fast[before] <= slow[before]) above[i] = 1
        if (fast[i] < slow[i] && fast[before] >= slow[before]) below[i] = 1
      }
      return { entries: new Uint8Array(above.length) }
    },
  })
  backtest(market, watch)
  return {
    assets: market.assetCount,
    open: market.open,
    high: market.high,
    low: market.low,
    close: market.close,
    above,
    below,
  }
}

describe('the comparison', () => {
  const recording = readRecording<CrossRecording>('generated-equities.vectorbt.json.gz')
  const run = recording.runs.find((one) => one.direction === 'both' && one.stops)!
  const market = CROSS_SETS[0].market(recording.assets)
  const data = crossData(market, recording.settings)
  const levels: Levels = { stop: recording.settings.stop, target: recording.settings.target, basis: 'fill' }
  const theirs = recordedTrades(run)

  it('takes equal trades as equal', () => {
    expect(compareTrades(theirs, theirs, data, levels)).toEqual({
      same: theirs.length,
      explained: [],
      unexplained: undefined,
    })
  })

  for (const [what, change] of [
    ['a price', (t: ClosedTrade) => ({ ...t, exitPrice: t.exitPrice + 0.01 })],
    ['a bar', (t: ClosedTrade) => ({ ...t, exitBar: t.exitBar + 1 })],
    ['a size', (t: ClosedTrade) => ({ ...t, quantity: t.quantity + 1 })],
    ['a profit', (t: ClosedTrade) => ({ ...t, pnl: t.pnl + 0.01 })],
  ] as const) {
    it(`finds ${what} that no rule explains, wherever it is`, () => {
      for (let i = 0; i < theirs.length; i += 7) {
        const changed = theirs.map((trade, row) => (row === i ? change(trade) : trade))
        expect(compareTrades(changed, theirs, data, levels).unexplained, JSON.stringify(theirs[i])).toBeDefined()
      }
    })
  }

  it('finds a trade that is missing or too many', () => {
    for (let i = 0; i < theirs.length; i += 7) {
      const fewer = theirs.filter((_, row) => row !== i)
      expect(compareTrades(fewer, theirs, data, levels).unexplained, JSON.stringify(theirs[i])).toBeDefined()
    }
  })
})

for (const set of CROSS_SETS) {
  for (const engine of ['vectorbt', 'backtesting'] as const) {
    const title = `SMA cross of ${set.name} in ${engine}${set.missing ? ' (skipped: the real file is not here)' : ''}`
    describe.skipIf(set.missing)(title, () => {
      const recording = readRecording<CrossRecording>(`${set.name}.${engine}.json.gz`)
      const { settings } = recording
      const basis = engine === 'vectorbt' ? 'fill' : 'signal'
      let market: Market
      beforeAll(() => {
        market = set.market(recording.assets)
      })
      afterAll(() => market.release())

      it('was run on the same prices', () => {
        expect(priceDigest(market)).toBe(recording.provenance.dataSha256)
      })

      for (const run of recording.runs) {
        it(`${run.direction}, ${run.stops ? 'with' : 'without'} stop and target: every trade is equal or explained by a rule`, () => {
          const data = crossData(market, settings)
          const result = backtest(market, crossOf(settings, run.direction === 'both', run.stops), {
            account: 'unlimited',
            commission: settings.fee,
            size: { type: 'units', amount: settings.units },
            stopBasis: basis,
          })
          const levels: Levels | undefined = run.stops
            ? { stop: settings.stop, target: settings.target, basis }
            : undefined
          const theirs = recordedTrades(run)
          const { same, explained, unexplained } = compareTrades(closedTrades(result), theirs, data, levels)
          expect(unexplained).toBeUndefined()
          expect(theirs.length).toBeGreaterThan(50)
          if (engine === 'backtesting' || !run.stops) expect(explained).toEqual([])
          // What differs stays the exception: the rules concern single bars.
          expect(same).toBeGreaterThan(0.8 * theirs.length)
        })
      }
    })
  }
}
