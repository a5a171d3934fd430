/** Labels of bars: what was knowable, how often they are right, what stands in their way. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { Market } from '../../src/market/market.ts'
import { regimeFeatures } from '../../src/study/regimes/features.ts'
import { filterHmm, trainHmm } from '../../src/study/regimes/hmm.ts'
import { labelRegimes, type RegimeOptions } from '../../src/study/regimes/label.ts'
import type { HmmModel } from '../../src/study/regimes/model.ts'
import { moved, scalingOf, standardised } from '../../src/study/regimes/scaling.ts'
import { bearishBelow, Steady } from '../../src/study/regimes/steady.ts'
import '../seed.ts'

const HOUR = 3_600_000

/** Numbers of the normal distribution, the same for a seed (Park and Miller's row, Box and Muller). */
function normals(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** Hourly closes of three regimes of 120 bars each in turn: 1 up and quiet, 0 flat and very quiet, -1 down and wild. */
function simulated(bars: number, seed = 7) {
  const normal = normals(seed)
  const truth: number[] = []
  const close: number[] = []
  let price = 100
  for (let i = 0; i < bars; i++) {
    const regime = [1, 0, -1][Math.floor(i / 120) % 3]
    price *= 1 + regime * 0.01 + normal() * (regime === 1 ? 0.003 : regime === 0 ? 0.001 : 0.006)
    truth.push(regime)
    close.push(price)
  }
  return { truth, close }
}

function hourly(close: readonly number[]): Market {
  return Market.from({ assets: ['A'], time: close.map((_, i) => Date.UTC(2024, 0, 1) + i * HOUR), close: [...close] })
}

/** Return and its size, each of its own bar. */
function plainFeatures(close: readonly number[]) {
  const returns = close.map((value, i) => (i === 0 ? Number.NaN : value / close[i - 1] - 1))
  return { returns, size: returns.map(Math.abs) }
}

function label(close: readonly number[], options: RegimeOptions = {}, features?: RegimeOptions['features']) {
  const market = hourly(close)
  try {
    return labelRegimes(market, { features: features ?? plainFeatures(close), everyMinutes: 24 * 60, ...options })
  } finally {
    market.release()
  }
}

describe('labels', () => {
  it('three simulated regimes are found: 95 of 100 bars, after warm-up', () => {
    const { truth, close } = simulated(2400)
    const { labels, warnings, trainings, probabilities } = label(close)
    expect(warnings).toEqual([])
    expect(trainings.length).toBeGreaterThan(20)
    // The three regimes are known once each was seen, and again.
    const known = Array.from(labels.keys()).slice(480)
    const right = known.filter((i) => labels[i] === truth[i])
    expect(right.length / known.length).toBeGreaterThanOrEqual(0.95)
    for (const i of known) {
      const { bullish, sideways, bearish } = probabilities
      expect(bullish[i] + sideways[i] + bearish[i]).toBeCloseTo(1, 12)
    }
    const table = [1, 0, -1].map((t) =>
      [1, 0, -1].map((l) => known.filter((i) => truth[i] === t && labels[i] === l).length),
    )
    expect(table).toMatchInlineSnapshot(`
      [
        [
          597,
          2,
          1,
        ],
        [
          0,
          713,
          7,
        ],
        [
          1,
          17,
          582,
        ],
      ]
    `)
  })

  const { close } = simulated(700)
  const options: [string, RegimeOptions][] = [
    ['diagonal', {}],
    ['full', { model: { covariance: 'full' } }],
    ['held', { hysteresis: 0.3, minimumStay: 5, trend: 50 }],
    ['every bar', { everyMinutes: 0, drift: 0, renewEvery: 3, maxSamples: 90 }],
  ]
  it.each(options)('%s: those of the first bars do not change with what follows', (_, given) => {
    const all = label(close, given)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: close.length }), (count) => {
        const part = label(close.slice(0, count), given)
        expect([...part.labels]).toEqual([...all.labels.slice(0, count)])
        expect([...part.probabilities.bullish]).toEqual([...all.probabilities.bullish.slice(0, count)])
      }),
      { numRuns: 4 },
    )
  })

  it("the profile 'seed-000' sees the future: labels of the first bars do change", () => {
    const all = label(close, { profile: 'seed-000' })
    const part = label(close.slice(0, 400), { profile: 'seed-000' })
    expect([...part.labels]).not.toEqual([...all.labels.slice(0, 400)])
  })

  it('features of the seed are there, bars before them unknown', () => {
    const market = hourly(close)
    const features = regimeFeatures(market)
    expect(Object.keys(features)).toEqual([
      'returns',
      'volatility',
      'sma',
      'rsi',
      'macd',
      'macdSignal',
      'macdDifference',
    ])
    const { labels, model } = labelRegimes(market, { everyMinutes: 24 * 60, model: { covariance: 'full' } })
    market.release()
    expect(model?.features).toBe(7)
    // The mean of 200 first, then 50 samples.
    expect(labels.findIndex((value) => !Number.isNaN(value))).toBe(199 + 49)
    close.slice(20).forEach((_, i) => {
      const last = close.slice(i, i + 21)
      const returns = last.slice(1).map((value, j) => value / last[j] - 1)
      const mean = returns.reduce((a, b) => a + b, 0) / 20
      const square = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19
      expect(features.volatility[i + 20]).toBeCloseTo(Math.sqrt(square), 12)
    })
  })

  it('a drift that is never reached trains once; an interval keeps trainings apart', () => {
    expect(label(close, { drift: 1e9 }).trainings.length).toBe(1)
    const { trainings } = label(close, { everyMinutes: 600, drift: 0 })
    const gaps = trainings.slice(1).map(({ bar }, i) => bar - trainings[i].bar)
    expect(gaps.length).toBeGreaterThan(50)
    expect(new Set(gaps)).toEqual(new Set([10]))
    expect(trainings[0].bar).toBe(50)
  })
})

describe('what stands in the way', () => {
  const { close } = simulated(300)
  it.each<[string, RegimeOptions['features'], RegExp]>([
    ['constant features', { a: close.map(() => 3) }, /no training at bar 49.*different samples/],
    ['NaN alone', { a: close.map(() => Number.NaN) }, /50 samples needed, found 0/],
    ['few samples', { a: close.map((value, i) => (i < 30 ? value : Number.NaN)) }, /50 samples needed, found 30/],
  ])('%s: unknown, with a warning', (_, features, sentence) => {
    const { labels, warnings } = label(close, {}, features)
    expect(labels.every(Number.isNaN)).toBe(true)
    expect(warnings[0]).toMatch(sentence)
  })

  it('a bar without a feature is unknown, those about it are not; a shock neither', () => {
    const features = plainFeatures(close)
    const returns = features.returns.map((value, i) => (i === 200 ? Number.NaN : i === 220 ? 1e6 : value))
    const { labels } = label(close, {}, { ...features, returns })
    expect([199, 200, 201, 220, 221].map((i) => Number.isNaN(labels[i]))).toEqual([false, true, false, false, false])
  })

  it('no bars and one', () => {
    expect(label([5]).labels).toEqual(Float64Array.of(Number.NaN))
  })

  it.each<[string, RegimeOptions, RegExp]>([
    ['a word', { state: 3 } as object, /state/],
    ['minSamples', { minSamples: 2000 }, /minSamples must be a whole number from 2 to 1000, found 2000/],
    ['profile', { profile: 'seed' as never }, /profile must be 'seed-000'/],
    ['length', { features: { a: [1, 2] } }, /feature a must have one value for each of 300 bars, found 2/],
    ['no feature', { features: {} }, /at least one feature/],
    ['asset', { asset: 'B' }, /B/],
  ])('options: %s', (_, options, sentence) => {
    const work = () => label(close, options, options.features)
    expect(work).toThrow(FillgridError)
    expect(work).toThrow(sentence)
  })
})

describe('parts', () => {
  it('a model in another scale says the same of the same samples', () => {
    const normal = normals(3)
    const rows = Float64Array.from({ length: 300 }, (_, i) => normal() * 5 + 100 + (i % 3) * (i % 2 ? 4 : 0))
    for (const covariance of ['diagonal', 'full'] as HmmModel['covariance'][]) {
      const [before, after] = [scalingOf(rows.slice(0, 150), 3), scalingOf(rows.slice(150), 3)]
      const { model } = trainHmm(standardised(rows, before), 3, { covariance, states: 2 })
      const one = filterHmm(model, standardised(rows, before)).probabilities
      const other = filterHmm(moved(model, before, after), standardised(rows, after)).probabilities
      one.forEach((chance, i) => {
        expect(other[i]).toBeCloseTo(chance, 9)
      })
    }
  })

  it('a label stays, and follows only what is likelier by enough', () => {
    const run = (margin: number, stay: number, chances: number[]) => {
      const steady = new Steady(margin, stay)
      return chances.map((up) => steady.next(up >= 0.5 ? 1 : -1, (name) => (name === 1 ? up : 1 - up)))
    }
    expect(run(0, 1, [0.9, 0.4, 0.6, 0.1])).toEqual([1, -1, 1, -1])
    expect(run(0.5, 1, [0.9, 0.4, 0.2, 0.6, 0.8])).toEqual([1, 1, -1, -1, 1])
    expect(run(0, 3, [0.9, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9])).toEqual([1, 1, 1, -1, -1, -1, 1])
  })

  it('the trend overrules labels, where the close is not above its mean', () => {
    const labels = Float64Array.of(1, 1, Number.NaN, 0, 1, 1)
    bearishBelow(Float64Array.of(1, 2, 1, 1, Number.NaN, 5), 3, labels)
    expect([...labels]).toEqual([-1, 1, Number.NaN, -1, 1, 1])
  })
})
