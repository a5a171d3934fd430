/** The page of a sweep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { Market } from '../../src/market/market.ts'
import { columnOf, unpack } from '../../src/report/page/decode.ts'
import { plateau, quantile } from '../../src/report/plateau.ts'
import { type Column, Table } from '../../src/results/table.ts'
import { sweepReport } from '../../src/sweep/report.ts'
import { sweep } from '../../src/sweep/sweep.ts'

const column = (name: string): Column => ({ name, field: name, kind: 'f64', unit: '', doc: '' })

describe('the plateau', () => {
  it('has the sets at most a step of values away, and those that differ in one parameter alone', () => {
    const axis = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 })
    const random = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(axis, axis, random, (xs, ys, numbers) => {
        const rows = xs.flatMap((x) => ys.map((y) => ({ x, y, z: numbers.next().value as number })))
        const kept = rows.filter(({ z }) => z > 0.2)
        const table = new Table(
          ['x', 'y', 'z'].map(column),
          new Map(['x', 'y', 'z'].map((name) => [name, Float64Array.from(rows, (row) => row[name as 'x'])])),
          [],
        )
        const ranking = kept.map((row) => rows.indexOf(row)).sort((a, b) => rows[b].z - rows[a].z)
        if (ranking.length === 0) return
        const { steps, neighbours } = plateau(table, ['x', 'y'], 'z', ranking)
        const [sortedX, sortedY] = [xs, ys].map((values) => [...values].sort((a, b) => a - b))
        const at = (row: number) => [sortedX.indexOf(rows[row].x), sortedY.indexOf(rows[row].y)]
        const [bx, by] = at(ranking[0])
        const near = (row: number) => Math.max(Math.abs(at(row)[0] - bx), Math.abs(at(row)[1] - by)) === 1
        expect(neighbours).toEqual(ranking.filter(near))
        const there = (x: number, y: number) => ranking.find((row) => at(row)[0] === x && at(row)[1] === y)
        expect(steps).toEqual([
          { name: 'x', below: there(bx - 1, by), above: there(bx + 1, by) },
          { name: 'y', below: there(bx, by - 1), above: there(bx, by + 1) },
        ])
      }),
    )
  })

  it('is measured by quantiles', () => {
    expect([0, 0.25, 0.5, 1].map((part) => quantile([1, 2, 4, 8, 16], part))).toEqual([1, 2, 4, 16])
    expect(quantile([1, 3], 0.5)).toBe(2)
    expect(quantile([], 0.5)).toBeNaN()
  })
})

describe('the page of a sweep', async () => {
  const market = Market.from([makeMinutes({ bars: 1500 })])
  const space = {
    fast: { from: 5, to: 20, step: 5 },
    slow: { from: 20, to: 60, step: 20 },
    direction: ['long', 'both'],
  }
  const result = await sweep(market, 'sma-cross', space as never, { objective: 'maxDrawdown' })
  const page = sweepReport(result)
  const words = page
    .replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

  it('holds the ranked sets, best first, with their parameters and figures', async () => {
    expect(sweepReport(result)).toBe(page)
    const script = (id: string) => new RegExp(`id="${id}">([^<]*)</script>`).exec(page)?.[1] ?? ''
    const meta = JSON.parse(script('meta'))
    const bytes = await unpack(script('data'))
    expect(meta.parameters).toEqual(['fast', 'slow', 'direction'])
    expect(meta.metrics[0]).toEqual({ name: 'maxDrawdown', label: 'Max drawdown', better: -1 })
    for (const { name } of meta.table) {
      const values = result.table.values(name)
      columnOf(bytes, meta.columns[name]).forEach((found, i) => {
        if (Number.isNaN(values[result.ranking[i]])) expect(found).toBeNaN()
        else expect(found).toBeCloseTo(values[result.ranking[i]], 6)
      })
    }
    expect(meta.histogram.count.reduce((sum: number, n: number) => sum + n, 0)).toBe(result.ranking.length)
  })

  it('says how many were tried, what lies around the best, and what failed', async () => {
    expect(words).toContain(`The best of ${result.ranking.length} sets was chosen by its result`)
    expect(words).toMatch(
      /Of \d+ sets at most one step away in each parameter the median is [\d.]+% and the worst [\d.]+%/,
    )
    expect(words).not.toMatch(/\b(NaN|undefined|null)\b/)
    const none = sweepReport(await sweep(market, 'sma-cross', { fast: [5], slow: [20] }, { minimumTrades: 1e6 }))
    expect(none).toContain('No set is ranked')
    const single = sweepReport(await sweep(market, 'sma-cross', { fast: [5] }))
    expect(single).toContain('No ranked set lies one step away from the best.')
  })
})
