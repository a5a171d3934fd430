/** Sweeps over figures that are worked out when they are asked for. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { backtest } from '../../src/backtest.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { Market } from '../../src/market/market.ts'
import { METRICS } from '../../src/results/metrics.ts'
import { sweep as sweepInNode } from '../../src/sweep/node.ts'
import { sweep } from '../../src/sweep/sweep.ts'

const built = existsSync(builtFile('jobs/worker.js'))
const market = Market.from([makeMinutes({ bars: 6000 })])
const space = { fast: { from: 5, to: 20, step: 5 }, slow: [30, 60] }
const analysis = { benchmark: 'hold', riskFree: 0.02, worst: 3 }
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a sweep', () => {
  it('has any figure of the catalogue, as a backtest of each set has it', async () => {
    const names = ['totalReturn', 'sharpe', 'beta', 'sterlingRatio', 'turnover', 'worst_day']
    const found = await sweep(market, 'sma-cross', space, { objective: 'ulcerIndex', metrics: names, analysis })
    const columns = found.table.columns.map(({ name }) => name)
    expect(columns.slice(3)).toEqual(
      'totalReturn numTrades sharpe beta sterlingRatio turnover worstDay ulcerIndex status reason'.split(' '),
    )
    for (let row = 0; row < found.table.length; row++) {
      const result = backtest(market, 'sma-cross', { parameters: found.parameters(row) })
      for (const name of ['totalReturn', 'sharpe', 'ulcerIndex', 'beta', 'sterlingRatio', 'turnover', 'worstDay'])
        expect([name, found.table.values(name)[row]]).toEqual([name, result.figure(name, analysis)])
      expect(found.table.values('numTrades')[row]).toBe(result.summary.numTrades)
      expect(found.rerun(row).fingerprint).toEqual(result.fingerprint)
    }
    // Less of it is better.
    const ulcer = found.table.values('ulcerIndex')
    for (let i = 1; i < found.ranking.length; i++)
      expect(ulcer[found.ranking[i - 1]]).toBeLessThanOrEqual(ulcer[found.ranking[i]])
    expect(found.ranking.length).toBe(8)
  })

  it('without one keeps the metrics that it had, and the same numbers', async () => {
    const { table } = await sweep(market, 'sma-cross', space, {})
    const more = await sweep(market, 'sma-cross', space, { metrics: [...METRICS.map(({ name }) => name), 'alpha'] })
    for (const { name } of METRICS) expect([...more.table.values(name)]).toEqual([...table.values(name)])
    expect(table.columns.some(({ name }) => name === 'alpha')).toBe(false)
  })

  it.runIf(built)('gives the same on threads and from a journal', async () => {
    const journal = join(folder, 'rows.journal')
    const options = { objective: 'omega', metrics: ['beta'], analysis }
    const here = await sweep(market, 'sma-cross', space, options)
    const there = await sweepInNode(market, 'sma-cross', space, { ...options, workers: 2, journal })
    const again = await sweepInNode(market, 'sma-cross', space, { ...options, workers: 1, journal })
    expect([there.restored, again.restored]).toEqual([0, 8])
    for (const { name } of here.table.columns)
      for (const one of [there, again]) expect([...one.table.values(name)]).toEqual([...here.table.values(name)])
    await expect(
      sweepInNode(market, 'sma-cross', space, {
        ...options,
        analysis: { ...analysis, riskFree: 0 },
        workers: 1,
        journal,
      }),
    ).rejects.toMatchObject({ code: 'journal_mismatch' })
  })

  it.each([
    ['unknown_name', { objective: 'ulcer' }, 'metric: "ulcer" is not one. Did you mean ulcerIndex?'],
    ['unknown_name', { metrics: ['sharpe', 'omgea'] }, 'Did you mean omega?'],
    ['unknown_name', { analysis: { benchmark: 'B' } }, 'market: asset "B" is not in it'],
    ['unknown_name', { analysis: { riskfree: 1 } }, 'Did you mean riskFree?'],
    ['invalid_value', { analysis: { periodsPerYear: 0 } }, 'curve: periodsPerYear must be a number above 0, found 0'],
    ['invalid_value', { analysis: { market } }, 'sweep: analysis takes no market'],
  ])('%s %#', async (code, options, message) => {
    await expect(sweep(market, 'sma-cross', space, options as never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  })
})
