import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ulps } from '../oracle/exact.ts'
import { ema, rma, sma, wma } from '../oracle/indicators.ts'
import { column, prices, value } from './columns.ts'

const X = Number.NaN
const oracle = { sma, ema, wma, rma }
type Name = keyof typeof oracle
const run = (name: Name, values: readonly number[], length: number) => value(name, [values], { length })

describe('small columns', () => {
  it('sma', () => {
    expect(run('sma', [1, 2, 3, 4, 6], 3)).toEqual([X, X, 2, 3, 13 / 3])
    expect(run('sma', [5, 7], 1)).toEqual([5, 7])
    expect(run('sma', [5, 7], 3)).toEqual([X, X])
  })

  it('ema starts with the mean and moves by 2 / (length + 1)', () => {
    expect(run('ema', [1, 2, 3, 5, 5], 3)).toEqual([X, X, 2, 3.5, 4.25])
  })

  it('wma weighs the last bar most', () => {
    expect(run('wma', [1, 2, 3, 6], 3)).toEqual([X, X, 14 / 6, 26 / 6])
  })

  it('rma moves by 1 / length', () => {
    expect(run('rma', [2, 4, 6, 8], 2)).toEqual([X, 3, 4.5, 6.25])
  })

  it('an absent bar gives NaN and changes nothing', () => {
    for (const name of ['sma', 'ema', 'wma', 'rma'] as const) {
      const whole = run(name, [1, 2, 4, 8, 16], 2)
      const holed = run(name, [X, 1, 2, X, X, 4, Number.POSITIVE_INFINITY, 8, 16, X], 2)
      expect(holed).toEqual([X, whole[0], whole[1], X, X, whole[2], X, whole[3], whole[4], X])
    }
  })
})

describe('against the oracle', () => {
  it('bit-equal on short random columns', () => {
    fc.assert(
      fc.property(column(), fc.integer({ min: 1, max: 12 }), (values, length) => {
        for (const name of ['sma', 'ema', 'wma', 'rma'] as const) {
          expect(run(name, values, length), name).toEqual(oracle[name](values, length))
        }
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    ['calm', {}],
    ['with holes', { hole: 40 }],
    ['wild', { wild: 0.6, tick: 1e-6 }],
  ])('bit-equal over many blocks, %s', (_, options) => {
    // 256 bars are a block of a short window and 4 * length of a long one; pairs of blocks go two at a time.
    for (const [seed, length] of [
      [1, 3],
      [2, 20],
      [3, 70],
      [4, 201],
    ] as const) {
      const values = prices(seed, 2500, options)
      const limit = length > 100 ? 1800 : 2500
      for (const name of ['sma', 'ema', 'wma', 'rma'] as const) {
        expect(run(name, values.slice(0, limit), length), name).toEqual(oracle[name](values.slice(0, limit), length))
      }
    }
  })

  it('values of either sign: within half an ulp of the largest of the window, but for 2^-100 of the largest ever', () => {
    const size = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    const value = fc.oneof(
      fc.constant(0),
      fc.tuple(size, fc.constantFrom(1, -1)).map(([x, sign]) => x * sign),
    )
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 12 }),
        (values, length) => {
          const found = run('sma', values, length)
          oracle.sma(values, length).forEach((expected, t) => {
            const largest = Math.max(...values.slice(Math.max(0, t - length + 1), t + 1).map(Math.abs))
            if (Number.isNaN(expected)) expect(found[t]).toBeNaN()
            else expect(Math.abs(found[t] - expected)).toBeLessThanOrEqual(2 ** -53 * largest + 2 ** -100 * 1e6)
          })
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('what every average promises', () => {
  it('the first k bars give the same values, whatever follows', () => {
    const values = prices(9, 3000, { hole: 200 })
    for (const name of ['sma', 'ema', 'wma', 'rma'] as const) {
      const all = run(name, values, 17)
      for (const k of [1, 16, 17, 18, 255, 256, 257, 513, 768, 1024, 1025, 2047, 2999]) {
        expect(run(name, values.slice(0, k), 17), `${name} ${k}`).toEqual(all.slice(0, k))
        const other = [...values.slice(0, k), ...prices(k, 3000 - k, { wild: 0.5 })]
        expect(run(name, other, 17).slice(0, k), `${name} ${k}`).toEqual(all.slice(0, k))
      }
    }
  })

  it('sma does not drift over a million bars', () => {
    const n = 1_000_000
    const values = prices(5, n, { wild: 0.002 })
    const found = run('sma', values, 50)
    for (let t = n - 40; t < n; t++) {
      expect(ulps(found[t], oracle.sma(values.slice(t - 49, t + 1), 50)[49])).toBe(0)
    }
  })

  it('a price of a billion that passes leaves no trace', () => {
    const values = [...prices(6, 400), 1e9, ...prices(7, 700)]
    expect(run('sma', values, 20)).toEqual(oracle.sma(values, 20))
  })

  it('a flat price is its own average', () => {
    for (const price of [0.1, 1 / 3, 4.123, 98765.4321]) {
      const flat = Array.from({ length: 900 }, () => price)
      for (const name of ['sma', 'ema', 'wma', 'rma'] as const) {
        expect(run(name, flat, 7).slice(6)).toEqual(flat.slice(6))
      }
    }
  })
})
