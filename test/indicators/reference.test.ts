/** Every indicator against its independent version, and what every one of them promises, on random bars. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import type { IndicatorSpec } from '../../src/signals/spec.ts'
import { REFERENCES } from '../oracle/indicators/all.ts'
import { compute, stream } from './columns.ts'

type Columns = Record<string, number[]>

/** Bars of one asset in cents, with flat stretches, jumps, bars without volume and, with `hole`, absent bars. */
function bars(seed: number, n: number, { hole = 0, wild = 0.02 } = {}): Columns {
  const random = stream(seed)
  const numbers = stream(seed + 1)
  const out: Columns = { open: [], high: [], low: [], close: [], volume: [], period: [] }
  let period = 19_000
  const cents = (x: number) => Math.max(0.01, Math.round(x * 100) / 100)
  let price = 100
  let flat = 0
  for (let t = 0; t < n; t++) {
    if (flat > 0) flat--
    else if (random() < 0.05) flat = Math.floor(random() * 8)
    const step = flat > 0 ? 0 : wild
    const open = cents(price * (1 + (random() - 0.5) * step))
    const close = cents(open * (1 + (random() - 0.5) * 2 * step))
    const high = cents(Math.max(open, close) * (1 + random() * step * 0.5))
    const low = cents(Math.min(open, close) * (1 - random() * step * 0.5))
    const volume = random() < 0.1 ? 0 : Math.floor(random() * 10_000)
    const absent = hole > 0 && random() < 1 / hole
    if (numbers() < 0.1) period += numbers() < 0.8 ? 1 : 3
    Object.entries({ open, high, low, close, volume, period }).forEach(([name, value]) => {
      out[name].push(absent ? Number.NaN : value)
    })
    price = close
  }
  return out
}

/** The columns that an indicator reads. */
function inputsOf({ inputs }: IndicatorSpec, columns: Columns): number[][] {
  const chosen: Record<string, string> = { source: 'close', other: 'volume' }
  return inputs.map((input) => columns[chosen[input] ?? input])
}

/** Small values of the parameters that the record does not refuse. */
function parameters(indicator: IndicatorSpec): fc.Arbitrary<Record<string, number | string>> {
  const shape = Object.entries(indicator.parameters).map(([name, parameter]) => {
    if (parameter.type === 'choice') return [name, fc.constantFrom(...parameter.choices)] as const
    if (parameter.type === 'text') return [name, fc.constant(parameter.default)] as const
    const { min, max, type } = parameter
    const most = Math.min(max, Math.max(min, parameter.default, 9))
    if (type === 'integer') return [name, fc.integer({ min, max: most })] as const
    // Of fractions most are large; what happens below the default happens often.
    const small = fc.double({ min, max: Math.max(min, parameter.default), noNaN: true })
    return [name, fc.oneof(fc.double({ min, max: most, noNaN: true }), small)] as const
  })
  return fc
    .record(Object.fromEntries(shape) as Record<string, fc.Arbitrary<number | string>>)
    .filter((values) => indicator.refuse?.(values as never) === undefined)
}

/** Applies the independent version to the own bars and puts the gaps back. */
function expected(indicator: IndicatorSpec, inputs: readonly number[][], values: Record<string, unknown>): Columns {
  const here = inputs[0].map((_, t) => inputs.every((column) => Number.isFinite(column[t])))
  const own = REFERENCES[indicator.name](
    inputs.map((column) => column.filter((_, t) => here[t])),
    values,
  )
  return Object.fromEntries(
    indicator.outputs.map((output) => {
      let at = 0
      return [output, here.map((present) => (present ? own[output][at++] : Number.NaN))]
    }),
  )
}

const large = (column: readonly number[]) =>
  Math.max(0, ...column.filter((value) => !Number.isNaN(value)).map(Math.abs))

it('every indicator has an independent version', () => {
  expect(Object.keys(REFERENCES).sort()).toEqual(INDICATORS.map(({ name }) => name).sort())
})

describe.each(INDICATORS.map((indicator) => [indicator.name, indicator] as const))('%s', (name, indicator) => {
  it('is its independent version, on random bars with gaps and random parameters', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom(0, 0, 6, 25),
        parameters(indicator),
        (seed, n, hole, values) => {
          const inputs = inputsOf(indicator, bars(seed, n, { hole }))
          const found = compute(name, inputs, values)
          const wanted = expected(indicator, inputs, values)
          for (const output of indicator.outputs) {
            // What one output is made of is often another one.
            const unit = Math.min(Math.max(...Object.values(wanted).map(large)), Math.max(...inputs.map(large)))
            // Where nothing but 0 is wanted: the rounding of what cancels.
            const least = 1e-12
            found[output].forEach((have, t) => {
              const want = wanted[output][t]
              const close = Math.abs(have - want) <= Math.max(least, 1e-11 * Math.max(Math.abs(want), unit))
              if (!(close || (Number.isNaN(have) && Number.isNaN(want))))
                expect.fail(`${output} at bar ${t} of ${n}: ${have}, expected ${want}`)
            })
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has its first value where the catalogue says, for random parameters', () => {
    fc.assert(
      fc.property(fc.integer(), parameters(indicator), (seed, values) => {
        const found = compute(name, inputsOf(indicator, bars(seed, 200, { wild: 0.05 })), values)
        for (const output of indicator.outputs) {
          const warmup = indicator.warmup(values as never, output)
          const first = found[output].findIndex((x) => !Number.isNaN(x))
          if (first < 0 && indicator.late) continue
          // A value of its own may be undefined where prices stand still.
          expect(first, output).toBeGreaterThanOrEqual(Math.min(warmup, 200) === 200 ? -1 : warmup)
          if (warmup < 150 && !indicator.late) expect(first, output).toBeLessThanOrEqual(warmup + 40)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('the first k bars give the same bits, whatever follows', () => {
    const all = inputsOf(indicator, bars(7, 400, { hole: 30 }))
    // What repaints is held to it with a delay alone.
    const values = indicator.repaints ? { delay: 3 } : {}
    const whole = compute(name, all, values)
    for (const k of [1, 2, 40, 137, 256, 300, 399]) {
      const other = inputsOf(indicator, bars(k, 400, { wild: 0.3 }))
      const swapped = compute(
        name,
        all.map((column, i) => [...column.slice(0, k), ...other[i].slice(k)]),
        values,
      )
      const part = compute(
        name,
        all.map((column) => column.slice(0, k)),
        values,
      )
      for (const output of indicator.outputs) {
        expect(part[output], `${output}, ${k} bars`).toEqual(whole[output].slice(0, k))
        expect(swapped[output].slice(0, k), `${output}, other bars after ${k}`).toEqual(whole[output].slice(0, k))
      }
    }
  })

  it('is a number or NaN on prices that stand still, on no volume, and on one bar', () => {
    for (const n of [1, 2, 300]) {
      const still = Object.fromEntries(
        ['open', 'high', 'low', 'close', 'volume', 'period'].map((c) => [
          c,
          new Array(n).fill(c === 'volume' ? 0 : 0.1),
        ]),
      )
      for (const [output, values] of Object.entries(compute(name, inputsOf(indicator, still))))
        expect(
          values.filter((x) => Math.abs(x) === Number.POSITIVE_INFINITY),
          `${output}, ${n} bars`,
        ).toEqual([])
    }
  })

  it.each([2, 2 ** -27, 2 ** 40])(
    'goes with the unit of prices: times %s they give a power of that times as much, in every bit',
    (by) => {
      if (!indicator.unscaled) scales(name, indicator, ['open', 'high', 'low', 'close'], by, [-2, -1, 0, 1, 2])
    },
  )

  it.each([2, 2 ** -10, 2 ** 20])('goes with the unit of volumes: times %s', (by) => {
    if (indicator.inputs.includes('volume')) scales(name, indicator, ['volume'], by, [-1, 0, 1])
  })
})

/** Holds an indicator to what it gives for some columns times a power of two. */
function scales(name: string, indicator: IndicatorSpec, scaled: string[], by: number, powers: number[]): void {
  const columns = bars(11, 300)
  const once = compute(name, inputsOf(indicator, columns))
  for (const column of scaled) columns[column] = columns[column].map((x) => x * by)
  const found = compute(name, inputsOf(indicator, columns))
  for (const [output, values] of Object.entries(once)) {
    const at = values.findIndex((x) => !Number.isNaN(x) && x !== 0)
    // What is 0 throughout says nothing of its unit.
    const factor = at < 0 ? 1 : found[output][at] / values[at]
    expect(
      powers.map((power) => by ** power),
      output,
    ).toContain(factor)
    expect(found[output], output).toEqual(values.map((x) => x * factor))
  }
}
