import { describe, expect, it } from 'vitest'
import { METRICS, metricIndex } from '../../src/results/metrics.ts'
import { rankRows } from '../../src/sweep/rank.ts'
import { SweepRows } from '../../src/sweep/rows.ts'
import { Space } from '../../src/sweep/space.ts'

const space = new Space(
  { fast: { from: 1, to: 3 }, mode: ['a', 'b'], shorts: [true, false], sharpe: [0.5] },
  'fast > 1',
)
const total = space.count

/** All rows of the space filled in pieces, in an order of their own; the sharpe ratio of a row is `sharpe(row)`. */
function filled(
  pieces: [number, number][],
  keep: string[],
  sharpe: (row: number) => number,
  trades = (_: number) => 5,
) {
  const rows = new SweepRows(space.axes, METRICS, new Set(keep), Float64Array.from(space.indexes()))
  for (const [first, count] of pieces) {
    const metrics = new Float64Array(count * METRICS.length)
    for (let i = 0; i < count; i++) {
      metrics[i * METRICS.length + metricIndex('sharpe')] = sharpe(first + i)
      metrics[i * METRICS.length + metricIndex('numTrades')] = trades(first + i)
    }
    rows.finished({ first, count, deaths: 0 }, { metrics, failures: [], elapsedMs: 1 })
  }
  return rows
}

describe('the rows of a sweep', () => {
  it('are the same however they came in', () => {
    const keep = METRICS.map((spec) => spec.name)
    const a = filled([[0, total]], keep, (row) => row).table()
    const b = filled(
      [
        [5, 3],
        [0, 2],
        [2, 3],
      ],
      keep,
      (row) => row,
    ).table()
    for (const column of a.columns) expect(b.values(column.name)).toEqual(a.values(column.name))
    expect(a.length).toBe(8)
    expect(a.columns.map((column) => column.name).slice(0, 5)).toEqual([
      'set',
      'fast',
      'mode',
      'shorts',
      'sharpeParameter',
    ])
    expect(a.columns.at(-2)!.name).toBe('status')
    expect(a.row(0)).toMatchObject({
      set: 4,
      fast: 2,
      mode: 'a',
      shorts: true,
      sharpeParameter: 0.5,
      sharpe: 0,
      status: 'done',
      reason: null,
    })
    expect(a.row(7)).toMatchObject({ set: 11, fast: 3, mode: 'b', shorts: false, sharpe: 7 })
    for (let row = 0; row < 8; row++) {
      const { fast, mode, shorts } = a.row(row)
      expect({ fast, mode, shorts, sharpe: 0.5 }).toEqual(space.at(a.values('set')[row]))
    }
  })

  it('keep only the metrics that are asked for, and only the rows that are finished', () => {
    const rows = filled(
      [
        [6, 2],
        [1, 2],
      ],
      ['sharpe', 'numTrades'],
      (row) => row * 10,
    )
    rows.failed(4, 'it broke')
    const table = rows.table()
    expect(table.columns.map((column) => column.name)).toEqual([
      'set',
      'fast',
      'mode',
      'shorts',
      'sharpeParameter',
      'numTrades',
      'sharpe',
      'status',
      'reason',
    ])
    expect([...table.values('set')]).toEqual([5, 6, 8, 10, 11])
    expect([...table.values('sharpe')]).toEqual([10, 20, Number.NaN, 60, 70])
    expect(table.row(2)).toMatchObject({ sharpe: null, status: 'failed', reason: 'it broke' })
  })

  it('are as many as fit into 4 GiB', () => {
    const most = SweepRows.most(space.axes, new Set(['sharpe']))
    expect(most * (1 + space.axes.length + 3) * 8).toBeLessThan(2 ** 32)
    expect(most).toBeGreaterThan(SweepRows.most(space.axes, new Set(['sharpe', 'calmar'])))
  })
})

describe('the ranking', () => {
  const [sharpe, drawdown, trades] = ['sharpe', 'maxDrawdown', 'numTrades'].map((name) => METRICS[metricIndex(name)])
  const values = [3, 1, Number.NaN, 3, 2, 2, 5, 3]
  const table = filled(
    [[0, 8]],
    METRICS.map((spec) => spec.name),
    (row) => values[row],
    (row) => (row === 6 ? 1 : row),
  ).table()

  it('has the best first, equal ones in their order, and leaves out what is undefined', () => {
    expect([...rankRows(table, sharpe, undefined, 0)]).toEqual([6, 0, 3, 7, 4, 5, 1])
  })

  it('takes the second key, then the order', () => {
    expect([...rankRows(table, sharpe, trades, 0)]).toEqual([6, 7, 3, 0, 5, 4, 1])
    expect([...rankRows(table, drawdown, sharpe, 0)]).toEqual([6, 0, 3, 7, 4, 5, 1, 2])
  })

  it('leaves out sets with too few trades and those that failed', () => {
    expect([...rankRows(table, sharpe, undefined, 2)]).toEqual([3, 7, 4, 5])
    const rows = filled([[0, 3]], ['sharpe', 'numTrades'], (row) => row)
    rows.failed(3, 'x')
    expect([...rankRows(rows.table(), sharpe, undefined, 0)]).toEqual([2, 1, 0])
  })
})
