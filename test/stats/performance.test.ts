import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../../src/errors.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { METRICS, type MetricName, metricIndex, summarize } from '../../src/results/metrics.ts'
import { prices, stream } from '../indicators/columns.ts'
import { equityMetrics, periodReturns, tradeMetrics } from '../oracle/metrics.ts'

const DAY = 86400000
const MONDAY = Date.UTC(2024, 0, 1)

/** A market whose bars are `step` apart, of one asset with these closes. */
function marketOf(closes: readonly number[], step: number, start = MONDAY): Market {
  return Market.from({
    assets: ['A'],
    time: closes.map((_, i) => start + i * step),
    close: [...closes],
  })
}

/** From the first to the last of so many bars, ms. */
function elapsedOf({ time }: Market, bars: number): number {
  return bars < 2 ? 0 : time[bars - 1] - time[0]
}

/** The summary of a run with this equity and these totals (TOTAL_* by index). */
function summary(
  market: Market,
  equity: readonly number[],
  totals: Record<number, number> = {},
  cash = 1000,
  perYear = market.annual.perYear,
  elapsed = elapsedOf(market, equity.length),
) {
  const { arena, kernels } = getEngine()
  const pointer = arena.allocate(Math.max(8, equity.length * 8), 'a test')
  const written = arena.allocate(L.STAT_BYTES, 'a test')
  arena.f64(pointer, equity.length).set(equity)
  const block = new Float64Array(L.TOTAL_COUNT)
  for (const [index, value] of Object.entries(totals)) block[Number(index)] = value
  const { ends, count } = market.periods
  kernels.equityStats(pointer, equity.length, ends, count, cash, perYear, elapsed, written)
  const stats = arena.f64(written, L.STAT_COUNT)
  const holdReturn = kernels.holdReturn(market.pointers.close, market.bars, market.assetCount)
  const context = { initialCash: cash, holdReturn, openTrades: 2 }
  const found = summarize(METRICS.map((spec) => spec.from(stats, block, context)))
  arena.release(pointer)
  arena.release(written)
  return found
}

describe('by hand', () => {
  it('four days', () => {
    // Returns 0.1, -0.2, 0.25, 0: mean 0.0375, squares of the differences 0.00390625 + 0.05640625 + 0.04515625 + 0.00140625.
    const found = summary(marketOf([1, 1, 1, 1], DAY), [1100, 880, 1100, 1100])
    const deviation = Math.sqrt(0.106875 / 3)
    expect(found.finalValue).toBe(1100)
    expect(found.totalReturn).toBeCloseTo(0.1, 15)
    expect(found.maxDrawdown).toBe(0.2)
    expect(found.maxDrawdownPct).toBe(20)
    expect(found.maxDrawdownMoney).toBe(220)
    expect(found.maxDrawdownBars).toBe(2)
    expect(found.volatility).toBeCloseTo(deviation * Math.sqrt(252), 12)
    expect(found.sharpe).toBeCloseTo((0.0375 / deviation) * Math.sqrt(252), 12)
    expect(found.sortino).toBeCloseTo((0.0375 / Math.sqrt(0.04 / 4)) * Math.sqrt(252), 12)
    expect(found.cagr / (1.1 ** (365.25 / 3) - 1)).toBeCloseTo(1, 9)
    expect(found.calmar / (found.cagr / 0.2)).toBeCloseTo(1, 12)
    expect([found.bars, found.periods]).toEqual([4, 4])
  })

  it('hours: one return a UTC day, from its last equity; drawdown over every bar; 365 days where Saturdays have bars', () => {
    const market = marketOf(
      Array.from({ length: 24 * 6 }, () => 1),
      3600000,
      Date.UTC(2024, 0, 4),
    )
    const equity = Array.from({ length: 24 * 6 }, (_, i) => 1000 + Math.floor(i / 24) * 10 - (i % 24 === 12 ? 500 : 0))
    const found = summary(market, equity)
    const oracle = equityMetrics({
      equity,
      periodEnds: [23, 47, 71, 95, 119, 143],
      initialCash: 1000,
      perYear: 365,
      elapsed: 143 * 3600000,
    })
    expect(found.periods).toBe(6)
    expect(found.sharpe).toBe(oracle.sharpe)
    expect(found.maxDrawdownMoney).toBe(500)
    expect(found.maxDrawdown).toBe(0.5)
  })

  it('a drawdown that begins with the initial cash and does not end', () => {
    const found = summary(marketOf([1, 1, 1], DAY), [900, 950, 800])
    expect([found.maxDrawdown, found.maxDrawdownMoney, found.maxDrawdownBars]).toEqual([0.2, 200, 3])
  })

  it('trades', () => {
    const found = summary(marketOf([1, 1], DAY), [1000, 1000], {
      [L.TOTAL_TRADES]: 5,
      [L.TOTAL_WINS]: 2,
      [L.TOTAL_LOSSES]: 2,
      [L.TOTAL_GROSS_PROFIT]: 60,
      [L.TOTAL_GROSS_LOSS]: 20,
      [L.TOTAL_LARGEST_WIN]: 40,
      [L.TOTAL_LARGEST_LOSS]: 15,
      [L.TOTAL_PNL]: 40,
      [L.TOTAL_BARS_HELD]: 15,
      [L.TOTAL_RETURN_SUM]: 0.5,
      [L.TOTAL_COMMISSION]: 7,
      [L.TOTAL_SLIPPAGE]: 3,
      [L.TOTAL_EXPOSED_BARS]: 1,
      [L.TOTAL_FILLS]: 10,
    })
    expect(found).toMatchObject({
      numTrades: 5,
      winningTrades: 2,
      losingTrades: 2,
      winRate: 0.4,
      profitFactor: 3,
      expectancy: 8,
      avgTrade: 8,
      avgWin: 30,
      avgLoss: -10,
      largestWin: 40,
      largestLoss: -15,
      avgBarsHeld: 3,
      avgTradeReturn: 0.1,
      totalCommission: 7,
      totalSlippage: 3,
      exposure: 0.5,
      numFills: 10,
    })
    const oracle = tradeMetrics([40, 20, 0, -5, -15])
    expect(found).toMatchObject(oracle)
  })

  it('buy and hold: the mean over the assets of what each did between its own first and last bar', () => {
    const X = Number.NaN
    const market = Market.from({
      assets: ['A', 'B', 'C'],
      time: [0, DAY, 2 * DAY],
      close: [10, X, X, 12, 5, X, 15, 4, X],
    })
    expect(summary(market, [1000, 1000, 1000]).buyAndHoldReturn).toBe((0.5 + (4 / 5 - 1)) / 2)
  })
})

describe('what is undefined is NaN, never 0', () => {
  const undefinedOnes = (found: Record<string, number>) =>
    Object.keys(found).filter((name) => Number.isNaN(found[name]))

  it('without trades, spread or drawdown', () => {
    const found = summary(marketOf([1, 1, 1], DAY), [1000, 1000, 1000])
    expect(undefinedOnes(found).sort()).toEqual(
      [
        'sharpe',
        'sortino',
        'calmar',
        'profitFactor',
        'expectancy',
        'avgTrade',
        'avgWin',
        'avgLoss',
        'largestWin',
        'largestLoss',
        'avgTradeReturn',
        'avgBarsHeld',
        'winRate',
        'exitWinRate',
      ].sort(),
    )
    expect([found.maxDrawdown, found.volatility, found.cagr]).toEqual([0, 0, 0])
  })

  it('one period has no deviation', () => {
    const market = marketOf([1], DAY)
    const found = summary(market, [900], {}, 1000, 252)
    expect(found.volatility).toBeNaN()
    expect(found.sharpe).toBeNaN()
    expect(found.sortino).toBeCloseTo(-Math.sqrt(252), 12)
    expect(found.cagr).toBeNaN()
    // Nobody knows how many of it make a year.
    expect(summary(market, [900]).sortino).toBeNaN()
  })

  it('equity that is not positive', () => {
    const found = summary(marketOf([1, 1, 1], DAY), [500, -100, 300])
    for (const name of ['sharpe', 'sortino', 'volatility'] as const) expect(found[name], name).toBeNaN()
    expect(found.maxDrawdown).toBeCloseTo(1.1, 15)
    expect(summary(marketOf([1, 1], DAY), [500, -100]).cagr).toBeNaN()
    expect(summary(marketOf([1, 1], DAY), [500, 0]).calmar).toBeNaN()
  })

  it('a growth beyond all numbers, by days and by periods', () => {
    expect(summary(marketOf([1, 1], DAY), [1e6, 1e6]).cagr).toBeNaN()
    expect(summary(marketOf([1, 1], DAY), [1e6, 1e6], {}, 1000, 252, Number.NaN).cagr).toBeNaN()
  })

  it('a cagr of less than a day', () => {
    expect(summary(marketOf([1, 1], DAY - 1), [1001, 1002]).cagr).toBeNaN()
    expect(summary(marketOf([1, 1], DAY), [1001, 1002]).cagr).toBeCloseTo(1.002 ** 365.25 - 1, 12)
  })
})

describe('what is undefined', () => {
  it('says so in its metric, and when', () => {
    const runs = [
      summary(marketOf([1], DAY), []),
      summary(marketOf([1], DAY), [1e6]),
      summary(marketOf([1, 1], DAY), [1000, 1000]),
      summary(marketOf([1, 1, 1], DAY), [500, -100, 300]),
      summary(marketOf([1, 1], DAY), [500, 0]),
    ]
    const seen = METRICS.filter(({ name }) => runs.some((run) => Number.isNaN(run[name])))
    expect(seen.length).toBeGreaterThanOrEqual(15)
    expect(seen.filter(({ doc }) => !doc.includes('Undefined')).map(({ name }) => name)).toEqual([])
    expect(METRICS.filter(({ doc }) => doc.includes('Undefined')).map(({ name }) => name)).toEqual(
      seen.map(({ name }) => name),
    )
  })
})

describe('against the oracle', () => {
  it('bit-equal but for cagr and calmar, at every length of a run', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -50, max: 3000, noNaN: true }), fc.constantFrom(1000, 900, 1100)), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.constantFrom(3600000 * 7, DAY),
        fc.integer({ min: 0, max: 20 }),
        fc.boolean(),
        (equity, step, more, byPeriods) => {
          const bars = equity.length + more
          const market = marketOf(
            Array.from({ length: bars }, () => 1),
            step,
          )
          const ends = Array.from(getEngine().arena.i32(market.periods.ends, market.periods.count))
          const { perYear } = market.annual
          const elapsed = byPeriods ? Number.NaN : elapsedOf(market, equity.length)
          const facts = { equity, periodEnds: ends, initialCash: 1000, perYear, elapsed }
          const found = summary(market, equity, {}, 1000, perYear, elapsed)
          for (const [name, value] of Object.entries(equityMetrics(facts)) as [MetricName, number][]) {
            if (name !== 'cagr' && name !== 'calmar') expect(found[name], name).toBe(value)
            else if (Number.isNaN(value)) expect(found[name], name).toBeNaN()
            else expect(Math.abs(found[name] - value), name).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(value)))
          }
          expect(periodReturns(facts)).toHaveLength(found.periods)
          market.release()
        },
      ),
      { numRuns: 300 },
    )
  })

  it('over ten thousand minutes', () => {
    const random = stream(3)
    const equity = prices(4, 10000, { wild: 0.002 }).map((x) => x * 10 + random())
    const market = marketOf(equity, 60000)
    const ends = Array.from(getEngine().arena.i32(market.periods.ends, market.periods.count))
    const expected = equityMetrics({
      equity,
      periodEnds: ends,
      initialCash: 1000,
      perYear: market.annual.perYear,
      elapsed: elapsedOf(market, equity.length),
    })
    const found = summary(market, equity)
    for (const name of ['maxDrawdown', 'maxDrawdownMoney', 'maxDrawdownBars', 'sharpe', 'sortino'] as const) {
      expect(found[name], name).toBe(expected[name])
    }
  })
})

describe('the catalogue', () => {
  it('has each name once, in both spellings, with a formula', () => {
    expect(new Set(METRICS.map((spec) => spec.name)).size).toBe(METRICS.length)
    for (const { name, field, doc } of METRICS) {
      expect(field.replace(/_(.)/g, (_, letter) => letter.toUpperCase())).toBe(name)
      expect(doc).toMatch(/\.$/)
    }
  })

  it('has the words of rows S1-46 and S1-47', () => {
    const words =
      'initial_cash final_value total_return total_return_pct max_drawdown max_drawdown_pct num_trades winning_trades ' +
      'losing_trades win_rate total_commission total_slippage sharpe sortino calmar cagr volatility profit_factor ' +
      'expectancy avg_trade avg_win avg_loss largest_win largest_loss'
    for (const word of words.split(' ')) expect(METRICS[metricIndex(word)].field).toBe(word)
  })

  it('an unknown name is answered with a near one', () => {
    expect(() => metricIndex('sharp')).toThrow(FillgridError)
    expect(() => metricIndex('sharp')).toThrow('metric: "sharp" is not one. Did you mean sharpe?')
  })
})
