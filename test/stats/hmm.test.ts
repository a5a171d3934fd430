/** Hidden Markov models: against their definition, and against hmmlearn 0.3.3 (record_hmm.py). */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { filterHmm, pathHmm, smoothHmm, trainHmm } from '../../src/study/regimes/hmm.ts'
import type { HmmModel } from '../../src/study/regimes/model.ts'
import * as oracle from '../oracle/hmm.ts'
import '../seed.ts'

interface Recorded {
  states: number
  full: boolean
  rows: number[][]
  means: number[][]
  prior: number
  weight: number
  steps: number
  tolerance: number
  history: number[]
  fitted: Pick<HmmModel, 'start' | 'transitions' | 'means' | 'covariances'>
  score: number
  path: number[]
  filtered: [number, number[]][]
  own: number
}
const recorded: Recorded[] = JSON.parse(gunzipSync(readFileSync(new URL('hmm.json.gz', import.meta.url))).toString())

function near(found: ArrayLike<number>, wanted: ArrayLike<number>, digits = 1e-8): void {
  expect(found.length).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(found[i] - wanted[i]), `${found[i]} for ${wanted[i]} at ${i}`).toBeLessThanOrEqual(
      digits * Math.max(1, Math.abs(wanted[i])),
    )
}

const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat())
const identity = (d: number) => Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0))

/** As the definition takes it. */
function plain(model: HmmModel): oracle.Plain {
  const { features: d } = model
  return {
    ...model,
    covariances: model.covariances.map((line) =>
      Array.from({ length: d }, (_, f) =>
        Array.from({ length: d }, (_, g) => (model.covariance === 'full' ? line[f * d + g] : f === g ? line[f] : 0)),
      ),
    ),
  }
}

describe('hmmlearn 0.3.3', () => {
  it.each(recorded.map((one, i) => [i, one] as const))('series %i', (_, one) => {
    const { states, full, rows, steps, tolerance, prior, weight } = one
    const d = rows[0].length
    const off = 0.1 / (states - 1)
    const from: HmmModel = {
      states,
      features: d,
      covariance: full ? 'full' : 'diagonal',
      start: Array.from({ length: states }, () => 1 / states),
      transitions: Array.from({ length: states }, (_, s) =>
        Array.from({ length: states }, (_, to) => (s === to ? 0.9 : off)),
      ),
      means: one.means,
      covariances: one.means.map(() => (full ? identity(d) : identity(d).slice(0, d).fill(1))),
    }
    const { model, history, logLikelihood } = trainHmm(flat(rows), d, {
      states,
      covariance: from.covariance,
      from,
      iterations: steps,
      tolerance,
      prior,
      priorWeight: weight,
      minimumVariance: 1e-300,
      ridge: 0,
    })
    near(history, one.history)
    near(model.start, one.fitted.start)
    near(model.transitions.flat(), one.fitted.transitions.flat())
    near(model.means.flat(), one.fitted.means.flat())
    near(model.covariances.flat(), one.fitted.covariances.flat())
    near([logLikelihood], [one.score])
    expect([...pathHmm(model, flat(rows)).path]).toEqual(one.path)
    const { probabilities } = filterHmm(model, flat(rows))
    for (const [end, wanted] of one.filtered) near(probabilities.slice(end * states, (end + 1) * states), wanted)
  })

  it('comes to no worse a likelihood from its own starts, in 18 of 20', () => {
    const least = recorded.filter(({ rows, states, full, own }) => {
      const covariance = full ? 'full' : 'diagonal'
      const made = trainHmm(flat(rows), rows[0].length, {
        states,
        covariance,
        iterations: 30,
        tolerance: -1e9,
        prior: 0.01,
        ridge: 0,
      })
      return made.history[29] >= own - 1e-6
    })
    expect(least.length).toBeGreaterThanOrEqual(18)
  })
})

const drawn = fc
  .record({ states: fc.integer({ min: 1, max: 3 }), features: fc.integer({ min: 1, max: 3 }), full: fc.boolean() })
  .chain(({ states, features, full }) => {
    const value = fc.double({ min: -3, max: 3, noNaN: true })
    const share = fc.double({ min: 0.05, max: 1, noNaN: true })
    const list = <T>(of: fc.Arbitrary<T>, length: number) => fc.array(of, { minLength: length, maxLength: length })
    return fc.record({
      rows: fc.array(list(value, features), { minLength: 1, maxLength: 6 }),
      model: fc.record({
        states: fc.constant(states),
        features: fc.constant(features),
        covariance: fc.constant<HmmModel['covariance']>(full ? 'full' : 'diagonal'),
        start: list(share, states).map(chances),
        transitions: list(list(share, states).map(chances), states),
        means: list(list(value, features), states),
        covariances: list(
          full
            ? list(list(value, features), features).map((factor) => positive(factor))
            : list(fc.double({ min: 0.2, max: 5, noNaN: true }), features),
          states,
        ),
      }),
    })
  })

function chances(values: readonly number[]): number[] {
  const sum = values.reduce((a, b) => a + b, 0)
  return values.map((value) => value / sum)
}

/** A matrix times itself, and 0.5 more in the diagonal. */
function positive(factor: readonly (readonly number[])[]): number[] {
  return factor.flatMap((a, f) =>
    factor.map((b, g) => a.reduce((sum, value, i) => sum + value * b[i], 0) + (f === g ? 0.5 : 0)),
  )
}

describe('the definition', () => {
  it('filter, states, path, one step of training', () => {
    fc.assert(
      fc.property(drawn, ({ rows, model }) => {
        const wanted = oracle.filtered(rows, plain(model))
        const { probabilities, logLikelihood } = filterHmm(model, flat(rows))
        near(probabilities, wanted.chances.flat(), 1e-9)
        near([logLikelihood], [wanted.logLikelihood], 1e-9)
        near(smoothHmm(model, flat(rows)).probabilities, oracle.smoothed(rows, plain(model)).states.flat(), 1e-9)
        const { path, logLikelihood: along } = pathHmm(model, flat(rows))
        near([along, oracle.along(rows, plain(model), [...path])], Array(2).fill(oracle.best(rows, plain(model))), 1e-9)
        if (rows.length < 4) return
        const { states, features, covariance } = model
        const made = trainHmm(flat(rows), features, { states, covariance, from: model, iterations: 1, ridge: 0.25 })
        const step = oracle.step(rows, plain(model), covariance === 'diagonal')
        near(made.model.start, step.start, 1e-8)
        near(made.model.transitions.flat(), step.transitions.flat(), 1e-8)
        near(made.model.means.flat(), step.means.flat(), 1e-8)
        const spread = step.covariances.map((matrix) =>
          covariance === 'full'
            ? matrix.flatMap((line, f) => line.map((value, g) => (f === g ? Math.max(1e-6, value) + 0.25 : value)))
            : matrix.map((line, f) => Math.max(1e-6, line[f])),
        )
        near(made.model.covariances.flat(), spread.flat(), 1e-7)
      }),
      { numRuns: 150 },
    )
  })

  it('the filter goes on from where it was, to the last bit', () => {
    const { rows, states } = recorded[4]
    const data = flat(rows)
    const d = rows[0].length
    const { model } = trainHmm(data, d, { states })
    const { probabilities } = filterHmm(model, data)
    const half = filterHmm(model, data.slice(0, 30 * d))
    const rest = filterHmm(model, data.slice(30 * d), half.probabilities.slice(-states))
    expect([...half.probabilities, ...rest.probabilities]).toEqual([...probabilities])
  })

  it('what is far from all states still has chances', () => {
    const model: HmmModel = {
      states: 2,
      features: 1,
      covariance: 'diagonal',
      start: [1, 0],
      transitions: [
        [1, 0],
        [0.5, 0.5],
      ],
      means: [[0], [1000]],
      covariances: [[1], [1]],
    }
    const { probabilities, logLikelihood } = filterHmm(model, Float64Array.of(0, 1000, 1e6))
    expect([...probabilities]).toEqual([1, 0, 1, 0, 1, 0])
    expect(logLikelihood).toBeCloseTo(-0.5 * (3 * Math.log(2 * Math.PI) + 1e6 + 1e12), 0)
  })
})

describe('what is no sample, no option, no model', () => {
  const rows = flat(recorded[0].rows)
  const d = recorded[0].rows[0].length
  it.each<[string, () => unknown, RegExp]>([
    ['NaN', () => trainHmm(Float64Array.of(1, 2, Number.NaN, 4), 1), /found NaN in sample 2, feature 0/],
    ['few samples', () => trainHmm(Float64Array.of(1, 2), 1), /3 states need at least as many samples, found 2/],
    ['constant', () => trainHmm(new Float64Array(100).fill(7), 1), /fewer among 100/],
    ['none', () => trainHmm(new Float64Array(0), 1), /found 0/],
    ['part of a sample', () => trainHmm(new Float64Array(5), 2), /2 a sample, found 5 doubles/],
    ['states', () => trainHmm(rows, d, { states: 1.5 }), /states must be a whole number from 1 to 20, found 1.5/],
    ['an unknown option', () => trainHmm(rows, d, { state: 2 } as object), /state/],
    [
      'other features',
      () => filterHmm({ ...trainHmm(rows, d).model, features: d + 1 }, new Float64Array(0)),
      /must have/,
    ],
    [
      'chances',
      () => filterHmm({ ...trainHmm(rows, d, { states: 2 }).model, start: [0.5, 0.6] }, rows),
      /start must be chances that make 1/,
    ],
    ['no model', () => pathHmm(null as never, rows), /a model expected/],
  ])('%s', (_, work, sentence) => {
    expect(work).toThrow(FillgridError)
    expect(work).toThrow(sentence)
  })

  it('features that follow from others do a full matrix no harm; odd magnitudes neither', () => {
    for (const scale of [1e-3, 1, 1e8]) {
      const twice = flat(recorded[3].rows.map(([a]) => [a * scale, 2 * a * scale, -a * scale]))
      const { logLikelihood } = trainHmm(twice, 3, { covariance: 'full', ridge: 1e-6 * scale * scale })
      expect(Number.isFinite(logLikelihood)).toBe(true)
    }
  })
})
