import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ulps } from '../oracle/exact.ts'
import * as oracle from '../oracle/indicators.ts'
import { column, prices, value } from './columns.ts'

const X = Number.NaN
const extreme = (name: 'highest' | 'lowest', values: readonly number[], length: number) =>
  value(name, [values], { length })
const stdev = (values: readonly number[], length: number, ddof: number) => value('stdev', [values], { length, ddof })

describe('highest and lowest', () => {
  it('small columns', () => {
    expect(extreme('highest', [3, 1, 2, 5, 4, 0, 0, 0], 3)).toEqual([X, X, 3, 5, 5, 5, 4, 0])
    expect(extreme('lowest', [3, 1, 2, 5, 4, 6, 7, 8], 3)).toEqual([X, X, 1, 1, 2, 4, 4, 6])
    expect(extreme('highest', [3, X, 1, X, 2, 0], 2)).toEqual([X, X, 3, X, 2, 2])
    expect(extreme('lowest', [2, 1], 5)).toEqual([X, X])
    expect(extreme('lowest', [0, -0, 1], 1)).toEqual([0, 0, 1])
  })

  it('bit-equal to the oracle', () => {
    fc.assert(
      fc.property(column(90), fc.integer({ min: 1, max: 20 }), (values, length) => {
        expect(extreme('highest', values, length)).toEqual(oracle.highest(values, length))
        expect(extreme('lowest', values, length)).toEqual(oracle.lowest(values, length))
      }),
      { numRuns: 400 },
    )
  })

  it('the first k bars give the same values', () => {
    const values = prices(3, 500, { hole: 30 })
    const all = extreme('highest', values, 13)
    for (let k = 1; k < 500; k += 7) expect(extreme('highest', values.slice(0, k), 13)).toEqual(all.slice(0, k))
  })
})

describe('standard deviation', () => {
  it('small columns, both divisors', () => {
    expect(stdev([2, 4, 4, 4, 5, 5, 7, 9], 8, 0)[7]).toBe(2)
    expect(stdev([1, 3, X, 5], 2, 1)).toEqual([X, Math.SQRT2, X, Math.SQRT2])
    expect(stdev([1, 2, 3], 4, 0)).toEqual([X, X, X])
  })

  it('within one ulp of the exact value, but for 2^-100 of the square of the range of all values', () => {
    fc.assert(
      fc.property(column(), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 0, max: 1 }), (values, length, ddof) => {
        const found = stdev(values, length, ddof)
        const own = values.filter((x) => !Number.isNaN(x))
        const range = Math.max(...own) - Math.min(...own)
        oracle.stdev(values, length, ddof).forEach((value, t) => {
          if (ulps(found[t], value) <= 1) return
          expect(Math.abs(found[t] ** 2 - value ** 2), `bar ${t}`).toBeLessThanOrEqual(2 ** -100 * range ** 2)
        })
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    ['of prices', {}],
    ['with holes', { hole: 30 }],
    ['of large prices that hardly move', { tick: 1e-9, wild: 1e-8 }],
  ])('within one ulp over many blocks, %s', (_, options) => {
    const values = prices(4, 1500, options).map((x) => x + 1e4)
    for (const length of [5, 90]) {
      const found = stdev(values, length, 0)
      oracle.stdev(values, length, 0).forEach((value, t) => {
        expect(ulps(found[t], value), `bar ${t}: ${found[t]} for ${value}`).toBeLessThanOrEqual(1)
      })
    }
  })

  it('is 0 in a flat window after any move', () => {
    const values = [...prices(2, 300), ...Array.from({ length: 40 }, () => 123.456)]
    expect(stdev(values, 20, 0).slice(-20)).toEqual(Array.from({ length: 20 }, () => 0))
  })

  it('the first k bars give the same values', () => {
    const values = prices(8, 1200, { hole: 50 })
    const all = stdev(values, 11, 1)
    for (let k = 1; k < 1200; k += 37) expect(stdev(values.slice(0, k), 11, 1)).toEqual(all.slice(0, k))
  })
})
