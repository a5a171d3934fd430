import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as oracle from '../oracle/indicators.ts'
import { column, compute, prices, value } from './columns.ts'

const X = Number.NaN
const run = (name: 'rsi' | 'roc', values: readonly number[], length: number) => value(name, [values], { length })
const macd = (values: readonly number[], fast: number, slow: number, smooth: number) =>
  compute('macd', [values], { fast, slow, smooth })

describe('relative strength', () => {
  it('small columns', () => {
    // Rises 1 and 0, falls 0 and 3: gain 0.5, loss 1.5; then a rise of 2: (0.5 + 2) / 2 and 1.5 / 2.
    expect(run('rsi', [4, 5, 2, 4], 2)).toEqual([X, X, 25, 62.5])
    expect(run('rsi', [4, X, 5, X, 2, 4, X], 2)).toEqual([X, X, X, X, 25, 62.5, X])
    expect(run('rsi', [1, 2, 3, 4], 2)).toEqual([X, X, 100, 100])
    expect(run('rsi', [4, 3, 2, 1], 2)).toEqual([X, X, 0, 0])
  })

  it('is 50 where nothing has moved, and stays where it was when nothing moves any more', () => {
    expect(run('rsi', [7, 7, 7, 7], 2)).toEqual([X, X, 50, 50])
    const [, , first, ...rest] = run('rsi', [4, 5, 2, 2, 2, 2], 2)
    expect(rest).toEqual([first, first, first])
  })

  it('bit-equal to the oracle', () => {
    fc.assert(
      fc.property(column(), fc.integer({ min: 1, max: 12 }), (values, length) => {
        expect(run('rsi', values, length)).toEqual(oracle.rsi(values, length))
      }),
      { numRuns: 400 },
    )
    const long = prices(11, 5000, { hole: 90 })
    expect(run('rsi', long, 14)).toEqual(oracle.rsi(long, 14))
  })
})

describe('rate of change', () => {
  it('small columns, a base of zero', () => {
    expect(run('roc', [2, 3, X, 1, 0, 5, 6], 2)).toEqual([X, X, X, -50, -100, 400, X])
  })

  it('bit-equal to the oracle', () => {
    fc.assert(
      fc.property(column(), fc.integer({ min: 1, max: 12 }), (values, length) => {
        expect(run('roc', values, length)).toEqual(oracle.roc(values, length))
      }),
    )
  })
})

describe('moving average convergence/divergence', () => {
  it('starts where its averages do', () => {
    const { line, signal, histogram } = macd(prices(1, 60), 12, 26, 9)
    const first = (values: number[]) => values.findIndex((x) => !Number.isNaN(x))
    expect([first(line), first(signal), first(histogram)]).toEqual([25, 33, 33])
  })

  it('bit-equal to the oracle but for the first mean of the line, which may be one rounding off', () => {
    fc.assert(
      fc.property(column(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (values, fast, more) => {
        const found = macd(values, fast, fast + more, 3)
        const expected = oracle.macd(values, fast, fast + more, 3)
        expect(found.line).toEqual(expected.line)
        found.signal.forEach((value, t) => {
          const scale = Math.max(
            ...found.line
              .slice(0, t + 1)
              .filter((x) => !Number.isNaN(x))
              .map(Math.abs),
            0,
          )
          if (Number.isNaN(expected.signal[t])) expect(value).toBeNaN()
          else expect(Math.abs(value - expected.signal[t])).toBeLessThanOrEqual(2 ** -52 * scale)
        })
        expect(found.histogram).toEqual(found.line.map((value, t) => value - found.signal[t]))
      }),
      { numRuns: 300 },
    )
  })
})

it('the first k bars give the same values, whatever follows', () => {
  const values = prices(21, 700, { hole: 60 })
  const all = { rsi: run('rsi', values, 14), roc: run('roc', values, 14), macd: macd(values, 5, 12, 4) }
  for (let k = 1; k < 700; k += 23) {
    const some = [...values.slice(0, k), ...prices(k, 50, { wild: 0.4 })]
    expect(run('rsi', some, 14).slice(0, k)).toEqual(all.rsi.slice(0, k))
    expect(run('roc', some, 14).slice(0, k)).toEqual(all.roc.slice(0, k))
    expect(macd(some, 5, 12, 4).histogram.slice(0, k)).toEqual(all.macd.histogram.slice(0, k))
  }
})
