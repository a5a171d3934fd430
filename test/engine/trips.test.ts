/** Trades are counted as round trips (semantics 7.10). Worked out by hand. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { flatToFlat, lotByLot, type Trip } from '../stats/trips.ts'
import { Busy, busyMarket } from './busy.ts'
import { at, flat, market } from './script.ts'

const buy = (quantity: number) => ({ asset: 0, side: 'buy' as const, quantity })
const sell = (quantity: number) => ({ asset: 0, side: 'sell' as const, quantity })
type Steps = Record<number, (broker: Broker) => void>

/** The figures of a run, and that those of one without tables are the same. */
function summaryOf(prices: number[], steps: Steps, config: BacktestConfig = {}) {
  const over = market(flat(...prices))
  try {
    const { summary, metrics } = backtest(over, at(steps), config)
    const runner = prepare(over, at(steps), config)
    const bare = runner.metrics({}).slice()
    runner.release()
    expect(bare).toEqual(metrics)
    return summary
  } finally {
    over.release()
  }
}

describe('a position', () => {
  it('that is sold in parts is one trade, won or lost as a whole', () => {
    // 30 bought at 10: 10 sold at 12 (+20), 10 at 11 (+10), 10 at 6 (-40): lost 10, of a value of 300.
    const found = summaryOf([10, 10, 12, 11, 6, 6], {
      0: (broker) => broker.submitOrder(buy(30)),
      1: (broker) => broker.submitOrder(sell(10)),
      2: (broker) => broker.submitOrder(sell(10)),
      3: (broker) => broker.closePosition(0),
    })
    expect(found).toMatchObject({ numTrades: 1, numExits: 3, openTrades: 0, winningTrades: 0, losingTrades: 1 })
    expect(found).toMatchObject({ winRate: 0, profitFactor: 0, expectancy: -10, avgTrade: -10, totalPnl: -10 })
    expect(found.exitWinRate).toBe(2 / 3)
    expect(found).toMatchObject({ largestLoss: -10, avgBarsHeld: 3, avgTradeReturn: -10 / 300 })
    expect([found.largestWin, found.avgWin]).toEqual([Number.NaN, Number.NaN])
  })

  it('that is added to in between is still the same', () => {
    // 10 at 10, 5 sold at 12 (+10), 5 more at 14: average 12. 10 sold at 15 (+30). Closed at the entry price: 50 and 120.
    const found = summaryOf([10, 10, 12, 14, 15, 15], {
      0: (broker) => broker.submitOrder(buy(10)),
      1: (broker) => broker.submitOrder(sell(5)),
      2: (broker) => broker.submitOrder(buy(5)),
      3: (broker) => broker.submitOrder(sell(10)),
    })
    expect(found).toMatchObject({ numTrades: 1, numExits: 2, winningTrades: 1, avgTrade: 40, largestWin: 40 })
    expect(found.avgTradeReturn).toBe(40 / (50 + 120))
  })

  it('that is turned around ends one trade and begins the next', () => {
    // 10 at 10, 4 sold at 12 (+8), turned by 10 at 9 (6 of them: -6, so +2), short 4 at 9, bought back at 8 (+4).
    const found = summaryOf([10, 10, 12, 9, 8, 8], {
      0: (broker) => broker.submitOrder(buy(10)),
      1: (broker) => broker.submitOrder(sell(4)),
      2: (broker) => broker.submitOrder(sell(10)),
      3: (broker) => broker.closePosition(0),
    })
    expect(found).toMatchObject({ numTrades: 2, numExits: 3, winningTrades: 2, avgTrade: 3, largestWin: 4 })
  })

  it('that is never closed is an open trade, whatever of it was sold', () => {
    const found = summaryOf([10, 10, 12, 13, 13], {
      0: (broker) => broker.submitOrder(buy(10)),
      1: (broker) => broker.submitOrder(sell(4)),
      2: (broker) => broker.submitOrder(sell(4)),
    })
    expect(found).toMatchObject({ numTrades: 0, numExits: 2, openTrades: 1, winningTrades: 0, totalPnl: 4 * 2 + 4 * 3 })
    expect(found.exitWinRate).toBe(1)
    for (const name of ['winRate', 'expectancy', 'avgTrade', 'profitFactor', 'avgBarsHeld', 'avgTradeReturn'] as const)
      expect(found[name], name).toBe(Number.NaN)
  })
})

describe('lots', () => {
  it('are a trade each', () => {
    // 10 at 10 and 10 at 12; 15 sold at 14: the first lot (+40), half of the second, which stays open.
    const found = summaryOf(
      [10, 10, 12, 14, 14],
      {
        0: (broker) => broker.submitOrder(buy(10)),
        1: (broker) => broker.submitOrder(buy(10)),
        2: (broker) => broker.submitOrder(sell(15)),
      },
      { lots: 'fifo' },
    )
    expect(found).toMatchObject({ numTrades: 1, numExits: 2, openTrades: 1, avgTrade: 40, totalPnl: 50 })
  })

  it('that go without an exit of their own end with the one before', () => {
    // Next to 1e6 units those of the second lot are dust: the sale of all leaves nothing for it to give.
    const found = summaryOf(
      [10, 10, 10, 20, 20, 20],
      {
        0: (broker) => broker.submitOrder(buy(1e6)),
        1: (broker) => broker.submitOrder(buy(2e-11)),
        2: (broker) => broker.reducePosition(0, 0.5, { lot: 2 }),
        3: (broker) => broker.closePosition(0),
      },
      { lots: 'fifo', cash: 1e9 },
    )
    expect(found).toMatchObject({ numTrades: 2, numExits: 2, openTrades: 0, winningTrades: 2 })
    expect(found.exitWinRate).toBe(1)
    expect(found.avgBarsHeld).toBe((3 + 1) / 2)
    expect(found.avgTradeReturn).toBe(1)
  })
})

/** The figures of closed trades, from the tables. */
function counted({ trades, openPositions }: Result, trips: readonly Trip[]) {
  const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0)
  const closed = trips.filter(({ open }) => !open).map(({ rows }) => sum(rows.map((row) => trades.values('pnl')[row])))
  return {
    numTrades: closed.length,
    winningTrades: closed.filter((x) => x > 0).length,
    losingTrades: closed.filter((x) => x < 0).length,
    numExits: trades.length,
    openTrades: openPositions.length,
  }
}

it('on random runs the counts are those of the tables, from flat to flat or by lot', () => {
  let parts = 0
  fc.assert(
    fc.property(
      fc.nat(1e6),
      fc.nat(1e6),
      fc.boolean(),
      fc.double({ min: 0, max: 0.01, noNaN: true }),
      (seed, salt, lots, commission) => {
        const over = busyMarket(120, seed)
        try {
          const result = backtest(over, Busy, { parameters: { salt }, commission, lots: lots ? 'fifo' : 'average' })
          if (lots) expect(result.summary).toMatchObject(counted(result, lotByLot(result)))
          else {
            expect(result.summary).toMatchObject(counted(result, flatToFlat(result)))
            // What one order has opened from one bar on is one round trip, which is how tables are read.
            expect(lotByLot(result)).toEqual(flatToFlat(result))
          }
          parts += result.summary.numExits - result.summary.numTrades
        } finally {
          over.release()
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(parts).toBeGreaterThan(100)
})
