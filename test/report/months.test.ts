/** Returns by month and year. */
import { describe, expect, it } from 'vitest'
import { monthlyReturns } from '../../src/report/months.ts'

describe('returns by month', () => {
  it('go from the last equity of the month before to its own', () => {
    const days = ['2020-11-30', '2020-12-01', '2020-12-31', '2021-02-01', '2021-02-02']
    const years = monthlyReturns(
      days.map((day) => Date.parse(day)),
      [110, 120, 99, 90, 108],
      100,
    )
    expect([...years.keys()]).toEqual([2020, 2021])
    const close = (year: number) => years.get(year)!.map((value) => Number(value.toFixed(12)))
    const none = Number.NaN
    expect(close(2020)).toEqual([...new Array(10).fill(none), 0.1, -0.1, -0.01])
    expect(close(2021)).toEqual([
      none,
      Number((108 / 99 - 1).toFixed(12)),
      ...new Array(10).fill(none),
      Number((108 / 99 - 1).toFixed(12)),
    ])
  })

  it('are undefined where a month begins with nothing', () => {
    const time = ['2020-01-31', '2020-02-28', '2020-03-31'].map((day) => Date.parse(day))
    const [row] = monthlyReturns(time, [0, 50, 75], 100).values()
    expect(row.slice(0, 3)).toEqual([-1, Number.NaN, 0.5])
    expect(row[12]).toBe(-0.25)
    expect(monthlyReturns([], [], 100).size).toBe(0)
  })
})
