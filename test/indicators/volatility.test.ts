import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as oracle from '../oracle/indicators.ts'
import { column, compute, prices, stream, value } from './columns.ts'

const X = Number.NaN

/** Highs and lows around closes; absent where the close is. */
function ranges(close: readonly number[], seed: number) {
  const random = stream(seed)
  const high = close.map((x) => x * (1 + random() * 0.02))
  const low = close.map((x) => x * (1 - random() * 0.02))
  return { high, low }
}

describe('true range', () => {
  it('small columns: inside, gap up, gap down, after an absent bar', () => {
    const high = [11, 12, 20, 8, X, 9]
    const low = [9, 11, 18, 7, X, 8]
    const close = [10, 11, 19, 8, X, 8]
    expect(value('trueRange', [high, low, close])).toEqual([2, 2, 9, 12, X, 1])
  })

  it('bit-equal to the oracle, its average too', () => {
    fc.assert(
      fc.property(column(), fc.integer(), fc.integer({ min: 1, max: 8 }), (close, seed, length) => {
        const { high, low } = ranges(close, seed)
        expect(value('trueRange', [high, low, close])).toEqual(oracle.trueRange(high, low, close))
        expect(value('atr', [high, low, close], { length })).toEqual(oracle.atr(high, low, close, length))
      }),
      { numRuns: 300 },
    )
  })
})

describe('Bollinger bands', () => {
  it('are the average and the deviation of the other kernels', () => {
    const values = prices(5, 900, { hole: 40 })
    const { upper, middle, lower } = compute('bollinger', [values], { length: 20, width: 2.5 })
    const mean = value('sma', [values], { length: 20 })
    const deviation = value('stdev', [values], { length: 20 })
    expect(middle).toEqual(mean)
    expect(upper).toEqual(mean.map((x, t) => x + deviation[t] * 2.5))
    expect(lower).toEqual(mean.map((x, t) => x - deviation[t] * 2.5))
  })

  it('meet where the price is flat', () => {
    const bands = compute('bollinger', [Array.from({ length: 30 }, () => 0.1)])
    for (const band of Object.values(bands)) expect(band.slice(19)).toEqual(Array.from({ length: 11 }, () => 0.1))
  })
})
