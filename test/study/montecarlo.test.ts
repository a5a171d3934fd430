import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeEquities } from '../../data/equities.ts'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { challenge } from '../../src/study/challenge.ts'
import { monteCarlo, monteCarloJson } from '../../src/study/montecarlo.ts'
import { quantiles, sampleOf } from '../../src/study/returns.ts'
import { drawn, grown, PlainRandom } from './plain.ts'

const returns = fc.array(fc.double({ min: -1.2, max: 1.5, noNaN: true }), { minLength: 1, maxLength: 30 })
const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

function someResult() {
  const { assets, time, series } = makeEquities({ bars: 400, assets: 3 })
  const market = Market.from(
    assets.map((asset, k) => {
      const { open, high, low, close, volume } = series[k]
      return { asset, time, open, high, low, close, volume }
    }),
  )
  return backtest(market, 'sma-cross', { parameters: { fast: 5, slow: 20 }, commission: 0.001 })
}

describe('Monte Carlo', () => {
  it('draws and grows what the plain form does, however it draws', () => {
    fc.assert(
      fc.property(
        returns,
        fc.constantFrom('replace' as const, 'shuffle' as const, 'blocks' as const, 'skip' as const),
        seeds,
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (values, draw, seed, block, skip, asked) => {
          const length = draw === 'shuffle' || draw === 'skip' ? Math.min(asked, values.length) : asked
          const found = monteCarlo(values, { draw, seed, block, skip, length, simulations: 6, ruin: 0.5, goal: 1.5 })
          const plain = Array.from({ length: 6 }, (_, row) =>
            grown(drawn(values, length, { draw, seed, block, skip }, row)),
          )
          const close = (a: ArrayLike<number>, b: number[]) => {
            for (const [i, value] of b.entries()) expect(a[i]).toBeCloseTo(value, 9)
          }
          for (const [i, { capital }] of plain.entries())
            expect(Math.abs(found.returns[i] - (capital - 1))).toBeLessThanOrEqual(1e-12 * Math.max(1, capital))
          close(
            found.drawdowns,
            plain.map(({ drawdown }) => drawdown),
          )
          expect(found.ruin).toBe(plain.filter(({ low }) => low <= 0.5).length / 6)
          expect(found.goal).toBe(plain.filter(({ high }) => high >= 1.5).length / 6)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('a simulation is the same however many there are; another seed gives others', () => {
    const values = [0.02, -0.01, 0.005, -0.03, 0.04]
    const [few, many, other] = [{ simulations: 10 }, { simulations: 500 }, { simulations: 10, seed: 2 }].map(
      (options) => monteCarlo(values, options),
    )
    expect(many.returns.slice(0, 10)).toEqual(few.returns)
    expect(other.returns).not.toEqual(few.returns)
    expect(many.returns.length).toBe(500)
  })

  it("has seed 002's keys in percent, and numpy's percentiles", () => {
    const found = monteCarlo([0.1, -0.05], { sample: 'positions' })
    const json = monteCarloJson(found)
    expect(Object.keys(json)).toEqual(['simulations', 'mean_return', 'std_return', 'percentiles'])
    expect(json.simulations).toHaveLength(1000)
    expect(json.simulations[0]).toBeCloseTo(100 * found.returns[0], 9)
    expect(Object.keys(json.percentiles)).toEqual(['5th', '25th', '50th', '75th', '95th'])
    // numpy.percentile([3, 1, 4, 1.5, 9, 2.6], [5, 25, 50, 75, 95])
    const sorted = Float64Array.of(1, 1.5, 2.6, 3, 4, 9)
    const numpy = [1.125, 1.775, 2.8, 3.75, 7.75]
    const plain = quantiles(sorted, [0.05, 0.25, 0.5, 0.75, 0.95])
    for (const [i, value] of numpy.entries()) expect(plain[i]).toBeCloseTo(value, 12)
  })

  it('gains grow, losses ruin, and bands are in order', () => {
    const up = monteCarlo([0.01, 0.02])
    expect([up.ruin, up.goal, up.drawdownPercentiles[95]]).toEqual([0, 1, 0])
    expect(monteCarlo([-1]).percentiles[95]).toBe(-1)
    expect(monteCarlo([-0.5]).ruin).toBe(1)
    const { fan } = monteCarlo([0.1, -0.08, 0.02], { length: 20, paths: 200 })
    for (let i = 0; i <= 20; i++)
      expect([fan[5][i], fan[25][i], fan[50][i], fan[75][i], fan[95][i]]).toEqual(
        [...[fan[5][i], fan[25][i], fan[50][i], fan[75][i], fan[95][i]]].sort((a, b) => a - b),
      )
    expect([fan[50][0], fan[50].length]).toEqual([1, 21])
    expect(monteCarlo([0.01], { paths: 0 }).fan[50]).toHaveLength(0)
    expect(monteCarlo([0.01], { cost: 0.01 }).percentiles[50]).toBeCloseTo(0, 12)
  })

  it('of a result: trades by the equity that they began with, positions by their value, days', () => {
    const result = someResult()
    const { trades } = result.tradeAnalysis()
    const [pnl, bars, value] = ['pnl', 'entryBar', 'value'].map((name) => trades.values(name))
    const own = sampleOf(result, 'trades', 'test')
    expect(own.length).toBe(trades.length)
    for (const [i, one] of own.entries())
      expect(one).toBeCloseTo(pnl[i] / (bars[i] > 0 ? result.equity[bars[i] - 1] : 100_000), 12)
    for (const [i, one] of sampleOf(result, 'positions', 'test').entries())
      expect(one).toBeCloseTo(pnl[i] / value[i], 12)
    expect(sampleOf(result, 'days', 'test')).toEqual(result.equityCurve().returns)
    expect(monteCarlo(result, { sample: 'days' }).options).toMatchObject({
      draw: 'blocks',
      length: result.equityCurve().returns.length,
    })
  })

  it.each([
    [[], {}, 'at least one closed trade is needed'],
    [[0.1, Number.NaN], {}, 'finite returns are needed, found NaN as number 2'],
    [[0.1], { simulations: 0 }, 'monteCarlo.simulations'],
    [[0.1], { draw: 'bootstrap' }, 'replace, shuffle, blocks, skip'],
    [[0.1, 0.2], { draw: 'shuffle', length: 3 }, 'monteCarlo.length: a whole number from 1 to 2'],
    [[0.1], { simulation: 5 }, 'simulations'],
    [[0.1], { seed: -1 }, 'monteCarlo.seed'],
  ])('%j with %j is refused', (values, options, message) => {
    expect(() => monteCarlo(values, options as object)).toThrow(message)
  })
})

describe('the challenge of a funded account', () => {
  it('days as they were: passed, failed by a day, by the drawdown from the start or the peak, or open', () => {
    const own = (values: number[], options = {}) => challenge(values, options).own
    expect(own([0.04, 0.04, 0.03])).toEqual({ outcome: 'passed', days: 3 })
    expect(own([0.04, -0.05, 0.2])).toEqual({ outcome: 'daily loss', days: 2 })
    expect(own([-0.04, -0.04, -0.03])).toEqual({ outcome: 'drawdown', days: 3 })
    expect(own([0.08, -0.04, -0.04, -0.03], { target: 0.5 })).toEqual({ outcome: 'open', days: 4 })
    expect(own([0.08, -0.04, -0.04, -0.03], { target: 0.5, drawdownFrom: 'trailing' })).toEqual({
      outcome: 'drawdown',
      days: 4,
    })
    expect(own([0.04, 0.04, 0.03, 0, 0], { minDays: 5 })).toEqual({ outcome: 'passed', days: 5 })
    expect(own([0.12, 0.001], { consistency: 0.5 })).toEqual({ outcome: 'open', days: 2 })
    expect(own([0.05, 0.05, 0.02], { consistency: 0.5 })).toEqual({ outcome: 'passed', days: 3 })
  })

  it('chances are those of the plain form', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.06, max: 0.06, noNaN: true }), { minLength: 1, maxLength: 20 }),
        seeds,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (values, seed, block, isTrailing) => {
          const counts = { open: 0, passed: 0, 'daily loss': 0, drawdown: 0 }
          for (let row = 0; row < 8; row++) {
            let [capital, peak] = [1, 1]
            let outcome: keyof typeof counts = 'open'
            for (const value of drawn(values, 40, { draw: 'blocks', block, skip: 0, seed }, row)) {
              const made = capital * value
              capital += made
              peak = Math.max(peak, capital)
              if (made <= -0.05) outcome = 'daily loss'
              else if (capital <= (isTrailing ? peak : 1) - 0.1) outcome = 'drawdown'
              else if (capital - 1 >= 0.1) outcome = 'passed'
              if (outcome !== 'open') break
            }
            counts[outcome]++
          }
          const { chances } = challenge(values, {
            seed,
            block,
            days: 40,
            simulations: 8,
            drawdownFrom: isTrailing ? 'trailing' : 'start',
          })
          expect(chances).toEqual(Object.fromEntries(Object.entries(counts).map(([word, count]) => [word, count / 8])))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('refuses rules that say nothing', () => {
    expect(() => challenge([0.1], { dailyLoss: 0 })).toThrow('challenge.dailyLoss')
    expect(() => challenge([], {})).toThrow('at least one day is needed')
    expect(() => challenge([0.1], { drawdownFrom: 'peak' as never })).toThrow('start, trailing')
  })
})

it('random numbers are even', () => {
  const random = new PlainRandom(0, 0)
  const draws = Array.from({ length: 20_000 }, () => random.uniform())
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
})
