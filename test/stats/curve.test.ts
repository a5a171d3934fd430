import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { CURVE_METRICS, CURVE_PLACES } from '../../src/results/curvemetrics.ts'
import type { CurveOptions } from '../../src/results/curveoptions.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { equityCurve } from '../../src/results/owncurve.ts'
import { at } from '../engine/script.ts'
import {
  againstFigures,
  calendarFigures,
  curveFigures,
  deviation,
  distribution,
  fallsOf,
  inverse,
  spanReturns,
} from '../oracle/curve.ts'

const DAY = 86_400_000
const MONDAY = Date.UTC(2023, 0, 2)
const SPANS = ['day', 'week', 'month', 'year'] as const

/**
 * Daily returns of some size, at least two of them different behind the first and one of them negative; whole millionths, as of
 * smaller ones rounding is all that there is.
 */
const returns = fc
  .array(
    fc.integer({ min: -200_000, max: 200_000 }).map((n) => n / 1e6),
    { minLength: 8, maxLength: 120 },
  )
  .filter((list) => list.some((one) => one < -1e-3) && deviation(list.slice(1)) > 1e-4)

const grown = (list: readonly number[], cash = 1000) => {
  let value = cash
  return list.map((one) => {
    value *= 1 + one
    return value
  })
}

const stamps = (n: number, step = DAY, from = MONDAY) => Array.from({ length: n }, (_, i) => from + i * step)

function curve(list: readonly number[], options: CurveOptions = {}, cash = 1000) {
  return equityCurve({ time: stamps(list.length), equity: grown(list, cash), initialValue: cash }, options)
}

function near(found: number, value: number, what: string, bound = 1e-9): void {
  if (!Number.isFinite(value)) expect(found, what).toBeNaN()
  else
    expect(Math.abs(found - value), `${what}: ${found} and ${value}`).toBeLessThanOrEqual(
      bound * Math.max(1e-3, Math.abs(value)),
    )
}

describe('a curve against its definitions', () => {
  it('scalars', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(returns, fc.constantFrom(0, 0.03), fc.constantFrom(0.95, 0.8), (list, freeYear, confidence) => {
        const options = { periodsPerYear: 365, cagr: 'periods', riskFree: freeYear, confidence } as const
        const found = curve(list, options).summary
        const values = grown(list)
        const free = (1 + freeYear) ** (1 / 365) - 1
        const facts = { values, cash: 1000, perYear: 365, free, freeYear, cagr: found.cagr }
        for (const [name, value] of Object.entries(curveFigures(facts, confidence))) {
          seen.add(name)
          // By sums of slices.
          const bound = /Cornish|probabilistic/.test(name) ? 1e-5 : 1e-8
          near(found[name as keyof typeof found], value, name, bound)
        }
      }),
      { numRuns: 60 },
    )
    expect(seen.size).toBeGreaterThan(45)
  })

  it('figures by calendar, over years', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(
        returns,
        fc.integer({ min: -40000, max: 40000 }),
        fc.constantFrom(1, 2, 5, 14, 31, 200),
        (list, from, step) => {
          const time = stamps(list.length, step * DAY, from * DAY)
          const equity = grown(list)
          const found = equityCurve({ time, equity, initialValue: 1000 }).summary
          for (const [name, value] of Object.entries(calendarFigures(time, equity, 1000))) {
            if (!Number.isNaN(value)) seen.add(name)
            near(found[name as keyof typeof found], value, name)
          }
        },
      ),
    )
    expect(seen.size).toBe(26)
  })

  it('against a benchmark', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(returns, fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 120 }), (list, steps) => {
        // Sixty-fourths: the same returns come again and again, 0 among them.
        const theirs = list.map((_, i) => steps[i] / 64)
        const time = stamps(list.length)
        const close = grown(theirs, 50)
        const options = {
          periodsPerYear: 365,
          riskFree: 0.03,
          benchmark: { time: [MONDAY - DAY, ...time], close: [50, ...close] },
        }
        const found = curve(list, options).summary
        const own = grown(list).map((value, i, all) => value / (all[i - 1] ?? 1000) - 1)
        const others = close.map((value, i) => value / (close[i - 1] ?? 50) - 1)
        const free = 1.03 ** (1 / 365) - 1
        // Without spread beta is that of the rounding.
        const parts = [others, others.filter((value) => value > 0), others.filter((value) => value < 0)]
        fc.pre(parts.every((part) => part.length < 2 || deviation(part) > 1e-4))
        for (const [name, value] of Object.entries(againstFigures(own, others, { perYear: 365, free }))) {
          if (!Number.isNaN(value)) seen.add(name)
          near(found[name as keyof typeof found], value, name, 1e-7)
        }
      }),
    )
    expect(seen.size).toBe(14)
  })

  it('the stability of an equity that never moves again is undefined', () => {
    for (const first of [-0.001, -0.0013, -0.0017, 0.3])
      for (const length of [8, 9, 11, 50]) {
        const list = [first, ...new Array<number>(length).fill(0)]
        expect(curve(list).figure('stability')).toBeNaN()
      }
  })

  it('the deflated Sharpe ratio', () => {
    const list = Array.from({ length: 90 }, (_, i) => 0.002 + 0.01 * Math.sin(i * i))
    const [count, variance] = [25, 0.002]
    const plain = curve(list, { periodsPerYear: 365 })
    const sharpe = plain.figure('sharpe') / Math.sqrt(365)
    const error = sharpe / inverse(plain.figure('probabilisticSharpe'))
    const g = 0.5772156649015329
    const luck = Math.sqrt(variance) * ((1 - g) * inverse(1 - 1 / count) + g * inverse(1 - 1 / (count * Math.E)))
    const found = curve(list, { trials: { count, variance } }).figure('deflatedSharpe')
    near(found, distribution((sharpe - luck) / error), 'deflatedSharpe', 1e-6)
    expect(plain.figure('deflatedSharpe')).toBeNaN()
  })

  it('drawdowns, one by one', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 1, max: 12 }), (list, worst) => {
        const found = [...curve(list, { worst }).drawdowns]
        const time = stamps(list.length)
        const iso = (bar: number) => (Number.isNaN(bar) ? null : new Date(time[Math.max(0, bar)]).toISOString())
        const theirs = fallsOf(grown(list), 1000)
          .map((fall, i) => ({ ...fall, i }))
          .sort((a, b) => b.depth - a.depth || a.i - b.i)
          .slice(0, worst)
        expect(found.map(({ start, valley, recovery }) => [start, valley, recovery])).toEqual(
          theirs.map(({ start, valley, end }) => [iso(start), iso(valley), iso(end)]),
        )
        theirs.forEach(({ depth, start, end }, i) => {
          near(found[i].depth as number, depth, 'depth')
          expect(found[i].days).toBe((Number.isNaN(end) ? list.length - 1 : end) - Math.max(0, start))
        })
      }),
    )
  })

  it('returns by day, week, month and year, in all years', () => {
    fc.assert(
      fc.property(
        returns,
        fc.constantFrom(...SPANS),
        fc.integer({ min: -40000, max: 40000 }),
        fc.constantFrom(1, 2, 30),
        (list, span, from, step) => {
          const time = stamps(list.length, step * DAY, from * DAY)
          const equity = grown(list)
          const found = equityCurve({ time, equity, initialValue: 1000 }).by(span)
          const theirs = spanReturns(time, equity, 1000, span)
          expect(Array.from(found.values('start'))).toEqual(theirs.map(([start]) => start))
          theirs.forEach(([, value], i) => {
            near(found.values('return')[i], value, 'return')
          })
        },
      ),
    )
  })

  it('rolling figures are those of the window alone', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 2, max: 10 }), (list, window) => {
        const close = grown(list.map((one, i) => one / 2 + 0.01 * Math.sin(i)))
        const time = stamps(list.length)
        const options = {
          window,
          periodsPerYear: 252,
          benchmark: { time: [MONDAY - DAY, ...time], close: [1000, ...close] },
        }
        const whole = curve(list, options)
        for (const figure of ['sharpe', 'sortino', 'volatility', 'beta'] as const) {
          const found = whole.rolling(figure).values(figure)
          for (let i = 0; i < list.length; i++) {
            if (i < window - 1) {
              expect(found[i]).toBeNaN()
              continue
            }
            const from = i - window + 1
            const before = from === 0 ? 1000 : close[from - 1]
            const part = equityCurve(
              {
                time: time.slice(from, i + 1),
                equity: grown(list).slice(from, i + 1),
                initialValue: from === 0 ? 1000 : grown(list)[from - 1],
              },
              {
                periodsPerYear: 252,
                benchmark: {
                  time: [time[from] - DAY, ...time.slice(from, i + 1)],
                  close: [before, ...close.slice(from, i + 1)],
                },
              },
            )
            near(found[i], part.figure(figure), `${figure} ${i}`)
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  it('a histogram holds every return once', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 1, max: 30 }), (list, bins) => {
        const found = curve(list)
        const rows = [...found.histogram(bins)] as Record<'from' | 'to' | 'count', number>[]
        const all = Array.from(found.returns)
        // A return on an edge may lie on either side of it by its last digit.
        const between = (low: number, high: number) => all.filter((one) => one >= low && one <= high).length
        for (const { from, to, count } of rows) {
          expect(count).toBeGreaterThanOrEqual(between(from + 1e-12, to - 1e-12))
          expect(count).toBeLessThanOrEqual(between(from - 1e-12, to + 1e-12))
        }
        expect(rows.reduce((total, { count }) => total + count, 0)).toBe(list.length)
      }),
    )
  })
})

describe('properties', () => {
  it('another currency changes no ratio', () => {
    fc.assert(
      fc.property(returns, fc.constantFrom(2, 1024, 0.5), (list, times) => {
        const [one, other] = [curve(list).summary, curve(list, {}, 1000 * times).summary]
        for (const { name, unit } of CURVE_METRICS)
          expect([name, other[name]]).toEqual([name, one[name] * (unit === 'currency' ? times : 1)])
        expect(other.maxDrawdownMoney).toBe(one.maxDrawdownMoney * times)
      }),
    )
  })

  it('weeks later all figures but those by calendar are the same', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 1, max: 500 }), (list, weeks) => {
        const equity = grown(list)
        const at = (from: number) =>
          equityCurve({ time: stamps(list.length, DAY, from), equity, initialValue: 1000 }).summary
        const [one, other] = [at(MONDAY), at(MONDAY + weeks * 7 * DAY)]
        for (const { name, place } of CURVE_METRICS)
          if (place.group !== 'spans' || /Day|Week/.test(name)) expect([name, other[name]]).toEqual([name, one[name]])
      }),
    )
  })

  it('a curve on top of itself has the same mean, spread and quantiles, and twice the logarithm of growth', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const options = { moments: 'population', returns: 'log', periodsPerYear: 365, cagr: 'periods' } as const
        const [one, two] = [curve(list, options).summary, curve([...list, ...list], options).summary]
        for (const name of ['avgReturn', 'skew', 'kurtosis', 'positivePeriods', 'cagr', 'sortino', 'omega'] as const)
          near(two[name], one[name], name, 1e-7)
        near(Math.log(1 + two.totalReturn), 2 * Math.log(1 + one.totalReturn), 'growth')
        expect(two.maxDrawdown).toBeGreaterThanOrEqual(one.maxDrawdown * (1 - 1e-12))
      }),
    )
  })

  it('a constant curve has no spread, no drawdown, and no ratio', () => {
    const { summary } = equityCurve({ time: stamps(40), equity: Array(40).fill(7) })
    const zero = [
      'totalReturn',
      'volatility',
      'maxDrawdown',
      'ulcerIndex',
      'timeUnderWater',
      'numDrawdowns',
      'bestDay',
    ] as const
    for (const name of zero) expect([name, summary[name]]).toEqual([name, 0])
    for (const name of [
      'sharpe',
      'sortino',
      'omega',
      'skew',
      'kurtosis',
      'martinRatio',
      'smartSharpe',
      'stability',
    ] as const)
      expect([name, summary[name]]).toEqual([name, Number.NaN])
  })

  it('of one bar, and of what falls below 0, there is no figure that needs more', () => {
    const benchmark = { time: [MONDAY - DAY, ...stamps(3)], close: [100, 101, 100, 102] }
    const of = (equity: number[], given: CurveOptions = {}) =>
      equityCurve({ time: stamps(equity.length), equity, initialValue: 1000 }, given).summary
    const bets = CURVE_METRICS.filter(({ place }) => place.group === 'returns').map(({ name }) => name)
    // One rise is all that is known.
    expect(of([1010])).toMatchObject({
      geometricMean: expect.closeTo(0.01, 12),
      returnsWinRate: 1,
      riskOfRuin: 0,
      outlierWinRatio: 1,
      maxConsecutiveUps: 1,
      maxConsecutiveDowns: 0,
      peakEquity: 1010,
      avgUpYear: expect.closeTo(0.01, 12),
      monthToDate: expect.closeTo(0.01, 12),
    })
    for (const name of [
      'returnsPayoff',
      'returnsKelly',
      'cpcIndex',
      'profitRatio',
      'outlierLossRatio',
      'adjustedSortino',
      'serenityIndex',
      'avgDownDay',
      'last3Months',
      'positive12Months',
    ] as const)
      expect([name, of([1010])[name]]).toEqual([name, Number.NaN])
    // The third return is taken from an equity below 0, and so there is none at all.
    const ruin = of([1010, -5, 3], { benchmark })
    for (const name of bets) expect([name, ruin[name]]).toEqual([name, Number.NaN])
    for (const name of [
      'battingAverage',
      'upBattingAverage',
      'capture',
      'captureRatio',
      'upBeta',
      'betaFragility',
      'serenityIndex',
    ] as const)
      expect([name, ruin[name]]).toEqual([name, Number.NaN])
    expect([ruin.peakEquity, ruin.bestDay]).toEqual([1010, Number.NaN])
    // All is lost in the last period: a return of -1.
    expect(of([1010, 0])).toMatchObject({ geometricMean: -1, returnsWinRate: 0.5, monthToDate: -1 })
  })

  it('another size of numbers changes none of them', () => {
    const list = Array.from({ length: 500 }, (_, i) => 0.02 * Math.sin(i * i))
    for (const cash of [1e-8, 1e12])
      for (const [name, value] of Object.entries(curve(list).summary as unknown as Record<string, number>)) {
        const times = /^(peakEquity|maxDrawdownMoney)$/.test(name) ? cash / 1000 : 1
        near(curve(list, {}, cash).summary[name as keyof typeof CURVE_PLACES] / times, value, name)
      }
  })

  it('against itself: beta and correlation 1, no error, all is captured', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const time = [MONDAY - DAY, ...stamps(list.length)]
        const { summary } = curve(list, { benchmark: { time, close: [1000, ...grown(list)] }, riskFree: 0.02 })
        for (const name of ['beta', 'correlation', 'rSquared'] as const) near(summary[name], 1, name)
        near(summary.alpha, 0, 'alpha')
        expect(
          [summary.trackingError, summary.benchmarkReturn - summary.totalReturn].every((one) => Math.abs(one) < 1e-9),
        ).toBe(true)
        if (list.some((one) => one > 1e-3)) near(summary.upCapture, 1, 'up')
        near(summary.downCapture, 1, 'down')
      }),
    )
  })

  it('days that one of both lacks are left out: the same as of curves that never had them', () => {
    fc.assert(
      fc.property(returns, fc.array(fc.nat(200), { minLength: 1, maxLength: 20 }), (list, holes) => {
        const n = list.length
        const time = stamps(n)
        const kept = time.map((_, i) => i).filter((i) => !holes.includes(i))
        if (kept.length < 3 || deviation(kept.map((i) => i)) === 0) return
        const close = grown(list.map((one, i) => one / 3 + 0.02 * Math.cos(i)))
        const pick = <T>(values: readonly T[]) => kept.map((i) => values[i])
        const equity = grown(list)
        const holed = equityCurve(
          { time, equity, initialValue: 1000 },
          { benchmark: { time: pick(time), close: pick(close) }, periodsPerYear: 365 },
        )
        const first = kept[0]
        const rest = kept.slice(1)
        const fewer = equityCurve(
          { time: rest.map((i) => time[i]), equity: rest.map((i) => equity[i]), initialValue: equity[first] },
          {
            benchmark: { time: pick(time), close: pick(close) },
            periodsPerYear: (365 * rest.length) / (rest[rest.length - 1] - first),
          },
        )
        for (const name of [
          'beta',
          'alpha',
          'correlation',
          'trackingError',
          'informationRatio',
          'upCapture',
          'benchmarkReturn',
        ])
          near(holed.figure(name), fewer.figure(name), name)
      }),
    )
  })
})

describe('curves of runs', () => {
  const n = 130
  const walk = (seed: number) =>
    Array.from({ length: n }, (_, i) => 50 + 10 * Math.sin(i / 9 + seed) + 3 * Math.cos(i * seed))
  const close = Array.from({ length: n }, (_, i) => [walk(1)[i], walk(2)[i]]).flat()
  const market = Market.from({ assets: ['A', 'B'], time: stamps(n), close, instruments: { B: { multiplier: 5 } } })
  const result = backtest(
    market,
    at({
      3: (broker) => {
        broker.submitOrder({ asset: 0, quantity: 300 })
        broker.submitOrder({ asset: 1, side: 'sell', quantity: 100 })
      },
      40: (broker) => void broker.submitOrder({ asset: 0, side: 'sell', quantity: 700 }),
      90: (broker) => void broker.closePosition(1),
    }),
    { account: 'margin' },
  )

  it('without options have the figures of the run to the last bit', () => {
    const { summary } = result.equityCurve()
    for (const name of Object.keys(CURVE_PLACES) as (keyof typeof CURVE_PLACES)[])
      expect([name, summary[name]]).toEqual([name, result.summary[name]])
    for (const { name } of METRICS) expect(result.figure(name)).toBe(result.summary[name])
  })

  it('exposure and turnover by walking over the bars', () => {
    const held = [0, 0]
    const times = [1, 5]
    let traded = 0
    const fills = [...result.fills]
    const shares = Array.from({ length: n }, (_, bar) => {
      for (const fill of fills.filter((one) => one.bar === bar)) {
        const asset = fill.asset === 'A' ? 0 : 1
        held[asset] += (fill.side === 'buy' ? 1 : -1) * (fill.quantity as number)
        traded += (fill.quantity as number) * (fill.price as number) * times[asset]
      }
      const values = held.map((units, asset) => units * close[bar * 2 + asset] * times[asset])
      return {
        net: (values[0] + values[1]) / result.equity[bar],
        gross: (Math.abs(values[0]) + Math.abs(values[1])) / result.equity[bar],
      }
    })
    expect(fills.length).toBeGreaterThan(3)
    const average = (list: number[]) => list.reduce((total, one) => total + one, 0) / list.length
    const found = result.equityCurve().summary
    near(found.netExposure, average(shares.map(({ net }) => net)), 'net')
    near(found.grossExposure, average(shares.map(({ gross }) => gross)), 'gross')
    near(found.maxLeverage, Math.max(...shares.map(({ gross }) => gross)), 'most')
    near(found.turnover, (traded / average([...result.equity])) * (365.25 / (n - 1)), 'turnover')
  })

  it('hold and an asset are what the market has', () => {
    const hold = result.equityCurve({ benchmark: 'hold' })
    near(hold.figure('benchmarkReturn'), result.summary.buyAndHoldReturn, 'hold', 1e-12)
    const asset = result.equityCurve({ benchmark: 'B' })
    near(asset.figure('benchmarkReturn'), close[(n - 1) * 2 + 1] / close[1] - 1, 'B', 1e-12)
    const series = { time: stamps(n), close: close.filter((_, i) => i % 2 === 1) }
    expect(result.equityCurve({ benchmark: series }).figure('beta')).toBe(asset.figure('beta'))
  })

  it('of a result from data are the same, with the market given for what takes it', () => {
    const again = resultFrom(structuredClone(resultData(result)))
    expect(again.equityCurve({ benchmark: 'hold', market }).summary).toEqual(
      result.equityCurve({ benchmark: 'hold' }).summary,
    )
    expect(again.figure('grossExposure')).toBeNaN()
    expect(again.figure('netExposure')).toBe(result.figure('netExposure'))
    expect(() => again.equityCurve({ benchmark: 'hold' })).toThrow(
      'curve.benchmark: the market of the run is needed for "hold", found none.',
    )
  })

  it('of a part of the market take an asset from its last close before', () => {
    const part = backtest(market, at({}), { from: MONDAY + 50 * DAY })
    const found = part.equityCurve({ benchmark: 'A' }).figure('benchmarkReturn')
    near(found, close[(n - 1) * 2] / close[49 * 2] - 1, 'A', 1e-12)
  })

  it('of sessions and their trade dates', () => {
    // From 22:00 to 04:00 UTC: the session is of the next day.
    const time = Array.from({ length: 20 }, (_, day) =>
      [-2, 0, 2, 4].map((hour) => MONDAY + day * DAY + hour * 3_600_000),
    ).flat()
    const hours = Market.from({ assets: ['A'], time, close: time.map((_, i) => 100 + (i % 7)) })
    const run = backtest(hours, at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 100 }) }))
    expect(hours.annual.period).toBe('session')
    const found = run.equityCurve()
    expect(found.returns.length).toBe(20)
    expect(run.summary.periods).toBe(20)
    const days = found.by('day')
    expect(days.length).toBe(20)
    expect(run.date.length).toBe(80)
    expect([...new Set(run.date)]).toEqual([...found.dates])
    expect(found.figure('sharpe')).toBe(run.summary.sharpe)
  })
})

describe('options that do not fit', () => {
  const list = [0.01, -0.02, 0.03, 0.01, -0.01]
  const time = stamps(5)
  const rates = (days: number[], rate = days.map(() => 0.02)) => ({ time: days.map((day) => MONDAY + day * DAY), rate })
  it.each<[string, unknown, string]>([
    ['unknown_name', { benchmrk: 'hold' }, 'curve: "benchmrk" is not one of its options. Did you mean benchmark?'],
    ['invalid_value', null, 'curve: an object of options expected, found null'],
    ['invalid_value', { periodsPerYear: 0 }, 'curve: periodsPerYear must be a number above 0, found 0'],
    ['invalid_value', { returns: 'logs' }, `curve.returns: 'simple' or 'log' expected, found "logs"`],
    ['invalid_value', { confidence: 95 }, 'curve.confidence: a number from 0.5 to below 1 expected, found 95'],
    ['invalid_value', { trials: { count: 1, variance: 1 } }, 'curve.trials: { count, variance } with a count above 1'],
    ['invalid_value', { worst: 0 }, 'curve.worst: a whole number above 0 expected, found 0'],
    ['invalid_value', { window: 1 }, 'curve.window: a whole number of periods, at least 2, expected, found 1'],
    ['invalid_value', { requiredReturn: -2 }, 'curve.requiredReturn: a yearly fraction above -1 expected, found -2'],
    [
      'invalid_value',
      { riskFree: '3%' },
      'curve.riskFree: a yearly fraction above -1, or { time, rate }, expected, found "3%"',
    ],
    ['invalid_value', { riskFree: Number.NaN }, 'curve.riskFree: a yearly fraction above -1'],
    [
      'invalid_value',
      { riskFree: rates([3, 4]) },
      'curve.riskFree: a rate of at most 100 days before each day of the curve expected, found none for 2023-01-02',
    ],
    ['invalid_value', { riskFree: rates([-120]) }, 'found that of 2022-09-04 the last for 2023-01-02. Fill the hole'],
    [
      'invalid_value',
      { riskFree: rates([0, 1], [0.02, Number.NaN]) },
      'curve.riskFree.rate[1]: a fraction above -1 (a day without one is left out) expected, found NaN',
    ],
    [
      'invalid_value',
      { benchmark: { time: [MONDAY], close: [1, 2] } },
      'curve.benchmark: as many values of close as of time',
    ],
    [
      'invalid_value',
      { benchmark: { time: [time[1], time[0]], close: [1, 2] } },
      'curve.benchmark.time[1]: times that increase expected',
    ],
    ['invalid_value', { benchmark: { time, close: [1, 2, 0, 3, 4] } }, 'curve.benchmark.close[2]: a number above 0'],
    [
      'invalid_value',
      { benchmark: { time: [MONDAY + 900 * DAY], close: [1] } },
      'curve.benchmark: at least two days in common with the curve expected, found 0 of 2025-06-20 to 2025-06-20 in 2023-01-02 to 2023-01-06',
    ],
    ['invalid_value', { benchmark: { time: [time[2]], close: [1] } }, 'found 1 of 2023-01-04'],
    [
      'invalid_value',
      { benchmark: 'hold' },
      'curve.benchmark: the market of the run is needed for "hold", found none. Pass `market`',
    ],
    [
      'invalid_value',
      { benchmark: 7 },
      "curve.benchmark: 'hold', the name of an asset or { time, close } expected, found 7",
    ],
    ['invalid_value', { market: {} }, 'curve.market'],
  ])('%s %j', (code, options, message) => {
    const make = () => curve(list, options as CurveOptions)
    expect(make).toThrow(message)
    expect(make).toThrow(expect.objectContaining({ code }))
  })

  it('names that are none', () => {
    const found = curve(list)
    expect(() => found.figure('ulcer')).toThrow('metric: "ulcer" is not one. Did you mean ulcerIndex?')
    expect(() => found.by('hour' as never)).toThrow(
      `curve.by: 'day', 'week', 'month' or 'year' expected, found "hour".`,
    )
    expect(() => found.rolling('alpha' as never)).toThrow(
      "curve.rolling: 'sharpe', 'sortino', 'volatility' or 'beta' expected",
    )
    expect(() => found.rolling('beta')).toThrow("curve.rolling: a benchmark is needed for 'beta', found none")
    expect(() => found.histogram(0)).toThrow(
      'curve.histogram: a whole number of bins from 1 to 10,000 expected, found 0',
    )
  })

  it('curves that are none', () => {
    const wrong = (given: unknown) => () => equityCurve(given as never)
    expect(wrong(undefined)).toThrow('equityCurve: { time, equity } expected')
    expect(wrong({ time, equity: [1] })).toThrow('equityCurve: as many values of equity as of time')
    expect(wrong({ time, equity: [1, 2, 3, Number.NaN, 5] })).toThrow('a number at equity[3]')
    expect(wrong({ time: [2, 1], equity: [1, 2] })).toThrow('times that increase at 1')
    expect(wrong({ time, equity: [0, 1, 2, 3, 4] })).toThrow('an initial value above 0 expected, found 0')
    expect(wrong({ time, equity: [1, 2, 3, 4, 5], cash: 1 })).toThrow('equityCurve: "cash" is not one of its fields')
  })
})
