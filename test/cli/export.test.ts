/** `fillgrid export`: files of a run for other programs, compared with what the dates and equity of its folder say. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { readResult } from '../../src/io/resultfolder.ts'
import { spanReturns } from '../oracle/curve.ts'
import { inProcess } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-export-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

/** Bars of one asset, five minutes or a day apart, so that a day has many bars or one. */
function barsOf(name: string, closes: readonly number[], step: number): string {
  const start = Date.UTC(2024, 0, 1)
  const rows = closes.map((close, i) => {
    const low = Math.min(close, closes[Math.max(0, i - 1)])
    const high = Math.max(close, closes[Math.max(0, i - 1)])
    return `${new Date(start + i * step).toISOString()},${closes[Math.max(0, i - 1)]},${high},${low},${close},1000`
  })
  writeFileSync(at(name), `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`)
  return at(name)
}

const wave = (n: number, size: number) => Array.from({ length: n }, (_, i) => size * (2 + Math.sin(i / 7)))
const DAY = 86400000
const equities = fileURLToPath(new URL('../../data/equities.csv', import.meta.url))

it.each([
  ['several assets', () => equities],
  ['many bars a day', () => barsOf('hours.csv', wave(200, 50), DAY / 24)],
  ['one bar', () => barsOf('one.csv', [10], DAY)],
  ['no trade', () => barsOf('still.csv', Array(30).fill(10), DAY)],
  ['small prices', () => barsOf('small.csv', wave(120, 1e-8), DAY)],
  ['large prices', () => barsOf('large.csv', wave(120, 1e9), DAY)],
])('writes the return of each day for QuantStats: %s', async (name, bars) => {
  const out = at(name.replaceAll(' ', '-'))
  const run = await inProcess('run', '-d', bars(), '-s', 'sma-cross', '-p', 'fast=2', '-p', 'slow=5', '--out', out)
  expect([run.status, run.stderr]).toEqual([0, expect.not.stringContaining('fillgrid:')])
  const made = await inProcess('export', 'quantstats', out, '-o', `${out}.csv`)
  expect(made).toMatchObject({ status: 0, stdout: `${out}.csv\n` })

  const [header, ...rows] = readFileSync(`${out}.csv`, 'utf8').trimEnd().split('\n')
  const result = await readResult(out)
  const expected = spanReturns([...result.date], [...result.equity], result.summary.initialCash, 'day')
  expect(header).toBe('date,return')
  expect(rows).toHaveLength(expected.length)
  for (const [i, row] of rows.entries()) {
    const [date, value] = row.split(',')
    expect(date).toBe(new Date(expected[i][0]).toISOString().slice(0, 10))
    expect(Number(value)).toBeCloseTo(expected[i][1], 12)
  }
  if (name === 'several assets') expect(rows.filter((row) => !row.endsWith(',0')).length).toBeGreaterThan(100)
})

it('replaces no file unasked, and says what is no result', async () => {
  const out = at('several-assets')
  const file = `${out}.csv`
  const again = await inProcess('export', 'quantstats', out, '-o', file)
  expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('--out: a new file is needed, found')])
  expect(await inProcess('export', 'quantstats', out, '-o', file, '--overwrite')).toMatchObject({ status: 0 })
  const none = await inProcess('export', 'quantstats', at('nothing'), '-o', at('none.csv'))
  expect([none.status, existsSync(at('none.csv'))]).toEqual([1, false])
  expect((await inProcess('export', 'quantstats', out)).status).toBe(2)
})
