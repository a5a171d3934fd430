/** Columns of numbers as pages hold them, and the points that charts are given. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PackedColumns, priceScale } from '../../src/report/columns.ts'
import { columnOf } from '../../src/report/page/decode.ts'
import { candles, MOST_POINTS, thin } from '../../src/report/page/thin.ts'

/** What a page reads of a column. */
function through(values: readonly number[], digits?: number): { found: number[]; scale: number } {
  const packed = new PackedColumns()
  packed.add('before', [1, 2.5])
  packed.add('own', values, digits)
  packed.add('after', [Number.NaN, -3])
  expect([...columnOf(packed.bytes, packed.columns.before)]).toEqual([1, 2.5])
  expect([...columnOf(packed.bytes, packed.columns.after)]).toEqual([Number.NaN, -3])
  return { found: [...columnOf(packed.bytes, packed.columns.own)], scale: packed.columns.own.scale }
}

const plain = (values: readonly number[]) => values.map((value) => (value === 0 ? 0 : value))

describe('columns', () => {
  it('of decimals are the same, bit by bit, in few bytes', () => {
    const decimals = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 5 }))
    fc.assert(
      fc.property(fc.array(fc.option(decimals, { nil: null, freq: 10 }), { maxLength: 40 }), (given) => {
        const values = given.map((pair) => (pair === null ? Number.NaN : pair[0] / 10 ** pair[1]))
        const { found, scale } = through(values, 8)
        expect(found).toEqual(plain(values))
        expect(scale).toBeGreaterThan(0)
      }),
    )
  })

  it('of any numbers are the same without a number of digits', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noDefaultInfinity: true }), { maxLength: 40 }), (values) => {
        const { found, scale } = through(values)
        expect(found).toEqual(scale === 0 ? values : plain(values))
      }),
    )
  })

  it('of any numbers are as near as was asked for', () => {
    const size = fc.double({ min: 1e-9, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(size, fc.boolean()), { minLength: 1, maxLength: 40 }), (given) => {
        const values = given.map(([value, minus]) => (minus ? -value : value))
        const most = Math.max(...values.map(Math.abs))
        through(values, 8).found.forEach((found, i) => {
          expect(Math.abs(found - values[i])).toBeLessThanOrEqual(most * 1e-7)
        })
      }),
    )
  })

  it.each([
    [[]],
    [[Number.NaN]],
    [[0]],
    [[1e308, -1e308]],
    [[5e-324, 1e-300]],
    [[2 ** 60]],
    [[1e-8, 3.3e-8]],
    [[1e9, 1e9 + 0.01]],
  ])('of odd numbers come back: %j', (values) => {
    const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    through(values, 8).found.forEach((found, i) => {
      if (Number.isNaN(values[i])) expect(found).toBeNaN()
      else expect(Math.abs(found - values[i])).toBeLessThanOrEqual(most * 1e-7)
    })
  })

  it('of prices keep six digits of the lowest', () => {
    expect(priceScale([[1.25], [2.5]], 6)).toBe(100)
    expect(priceScale([[1 / 3], [1000 / 3]], 6)).toBe(1e6)
    expect(priceScale([[1e-8 / 3], [1e12 / 3]], 6)).toBe(0)
  })
})

describe('points of a chart', () => {
  const rows = 20_011
  const x = Float64Array.from({ length: rows }, (_, i) => i * 10)
  const line = Float64Array.from({ length: rows }, (_, i) =>
    i % 97 === 0 ? Number.NaN : Math.sin(i / 50) + (i === 7777 ? 50 : 0),
  )

  it('are at most so many, ascend, and lose neither the least nor the greatest value', () => {
    for (const [from, to] of [
      [0, rows],
      [3, 5004],
      [100, 15_002],
    ]) {
      const [times, values] = thin(x, [line], from, to)
      expect(times.length).toBeLessThanOrEqual(MOST_POINTS)
      expect(values).toHaveLength(times.length)
      for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1])
      const all = [...line.slice(from, to)].filter(Number.isFinite)
      const kept = values.filter((value) => value !== null)
      expect(Math.max(...kept)).toBe(Math.max(...all))
      expect(Math.min(...kept)).toBe(Math.min(...all))
    }
  })

  it('are all there are where these are few', () => {
    const [times, values] = thin(x, [line], 90, 100)
    expect(times).toEqual([...x.slice(90, 100)])
    expect(values).toEqual([...line.slice(90, 100)].map((value) => (Number.isNaN(value) ? null : value)))
    expect(thin([], [[]], 0, 0)).toEqual([[], []])
  })

  it('of prices are stretches with their first open, last close and what they reached', () => {
    const bars = {
      open: x.map((v) => v + 1),
      high: x.map((v) => v + 4),
      low: x.map((v) => v - 3),
      close: x.map((v) => v + 2),
    }
    const shown = candles(bars, 11, rows)
    const step = Math.ceil((rows - 11) / MOST_POINTS)
    expect(shown.row.length).toBeLessThanOrEqual(MOST_POINTS)
    shown.row.forEach((row, i) => {
      const end = Math.min(rows, row + step)
      expect(row).toBe(11 + i * step)
      expect([shown.open[i], shown.high[i], shown.low[i], shown.close[i]]).toEqual([
        bars.open[row],
        Math.max(...bars.high.slice(row, end)),
        Math.min(...bars.low.slice(row, end)),
        bars.close[end - 1],
      ])
    })
  })
})
