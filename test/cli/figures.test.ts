/** Figures that are printed when they are asked for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { loadMarket, readResult } from '../../src/node.ts'
import { CATALOGUE } from '../../src/results/catalogue.ts'
import { inProcess } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const bars = join(folder, 'bars.csv')
const rows = Array.from({ length: 300 }, (_, i) => {
  const date = new Date(Date.UTC(2022, 0, 3) + i * 86_400_000).toISOString().slice(0, 10)
  return `${date},${(100 + 20 * Math.sin(i / 15) + 5 * Math.cos(i)).toFixed(2)}`
})
writeFileSync(bars, `date,close\n${rows.join('\n')}\n`)
const RUN = ['run', '--data', bars, '-s', 'sma-cross', '-p', 'fast=3', '-p', 'slow=12', '--trades', '0']

describe('--metrics', () => {
  it('all prints every figure once, with labels and percent', async () => {
    const { status, stdout } = await inProcess(...RUN, '--metrics', 'all')
    expect(status).toBe(0)
    for (const { label, name } of CATALOGUE) {
      const lines = stdout.match(new RegExp(`^${label.replace(/[|&]/g, '.')} {2,}\\S+$`, 'gm')) ?? []
      // What says the same as another one is left to the files.
      expect(lines, label).toHaveLength(['totalReturnPct', 'maxDrawdownPct', 'avgTrade'].includes(name) ? 0 : 1)
    }
    expect(stdout).toMatch(/^Ulcer index +\d+\.\d\d%$/m)
    expect(stdout).toMatch(/^Deflated Sharpe +-$/m)
    expect(stdout).toMatch(/^Trades +\d+$/m)
    // The short summary has none of them beside that.
    expect(stdout.match(/\bSharpe {2,}/g)).toHaveLength(3)
    expect(stdout.match(/\bWin rate {2,}/g)).toHaveLength(1)
  })

  it('NAMES gives them, in text, in JSON and in the folder, as the library has them', async () => {
    const out = join(folder, 'out')
    const args = [...RUN, '--metrics', 'beta,ulcer_index,deflatedSharpe', '--risk-free', '2%', '--json', '--out', out]
    const { status, stdout } = await inProcess(...args)
    expect(status).toBe(0)
    const market = await loadMarket(bars)
    const result = backtest(market, 'sma-cross', { parameters: { fast: 3, slow: 12 } })
    const analysis = { benchmark: 'hold', riskFree: 0.02 }
    expect(JSON.parse(stdout).figures).toEqual({
      beta: result.figure('beta', analysis),
      ulcer_index: result.figure('ulcerIndex'),
      deflated_sharpe: null,
    })
    const again = await readResult(out)
    expect(again.figure('beta', { ...analysis, market })).toBe(result.figure('beta', analysis))
  })

  it('of a sweep ranks and adds columns', async () => {
    const sweep = [
      'sweep',
      ...RUN.slice(1, 5),
      '-g',
      'fast=3,5',
      '-g',
      'slow=12,20',
      '--workers',
      '1',
      '--json',
      '--trades',
      '0',
    ]
    const { status, stdout } = await inProcess(...sweep, '--objective', 'ulcerIndex', '--metrics', 'tail_ratio')
    expect(status).toBe(0)
    const { ranking, objective } = JSON.parse(stdout)
    expect(objective).toBe('ulcer_index')
    const ulcers = ranking.map((row: Record<string, number>) => row.ulcer_index)
    expect(ulcers).toEqual([...ulcers].sort((a: number, b: number) => a - b))
    expect(ranking.every((row: Record<string, number>) => row.tail_ratio > 0 && row.sharpe !== undefined)).toBe(true)
  })

  it.each([
    ['--metrics', 'omgea', 'metric: "omgea" is not one. Did you mean omega?'],
    ['--risk-free', '3', '--risk-free: a bare number over 1 may mean percent or a fraction'],
  ])('%s %s is refused', async (option, value, message) => {
    const { status, stderr } = await inProcess(...RUN, option, value)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('a benchmark that is no asset names what there is', async () => {
    const { status, stderr } = await inProcess(...RUN, '--metrics', 'beta', '--benchmark', 'SPY')
    expect(status).toBe(1)
    expect(stderr).toContain('market: asset "SPY" is not in it.')
  })
})
