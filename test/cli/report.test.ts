/** `fillgrid report` and `fillgrid compare`: pages of runs that are in folders. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inProcess } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-pages-'))
const at = (name: string) => join(folder, name)
const bars = fileURLToPath(new URL('../../data/equities.csv', import.meta.url))
const others = fileURLToPath(new URL('../../data/quarter-hours.csv', import.meta.url))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  for (const [name, ...more] of [['plain'], ['costs', '--commission', '0.001']]) {
    const run = await inProcess('run', '-d', bars, '-s', 'sma-cross', ...more, '--out', at(name))
    expect([run.status, run.stderr]).toEqual([0, expect.not.stringContaining('fillgrid:')])
  }
})

it('the page of a folder with its bars is that which was written with it', async () => {
  const made = await inProcess('report', at('plain'), '-o', at('page.html'), '-d', bars)
  expect(made).toMatchObject({ status: 0, stdout: `${at('page.html')}\n` })
  expect(readFileSync(at('page.html'), 'utf8')).toBe(readFileSync(at('plain/report.html'), 'utf8'))
  const again = await inProcess('report', at('plain'), '-o', at('page.html'))
  expect(again.status).toBe(2)
  expect(again.stderr).toContain(`--out: a new file is needed, found ${JSON.stringify(at('page.html'))}`)
  expect(await inProcess('report', at('plain'), '-o', at('page.html'), '--overwrite')).toMatchObject({ status: 0 })
  expect(readFileSync(at('page.html'), 'utf8')).toContain('the bars of the run are not at hand')
})

it('says how many assets it has bars of, and refuses bars that are not those of the run', async () => {
  const few = await inProcess('report', at('plain'), '-o', at('few.html'), '-d', bars, '--chart-assets', '1')
  expect(few.status).toBe(0)
  expect(readFileSync(at('few.html'), 'utf8')).toContain('those of 3 others were left out')
  const wrong = await inProcess('report', at('plain'), '-o', at('wrong.html'), '-d', others)
  expect(wrong.status).toBe(1)
  expect(wrong.stderr).toContain('report.market: the bars of the run expected')
  expect(existsSync(at('wrong.html'))).toBe(false)
  const none = await inProcess('report', at('plain'), '-o', at('none.html'), '--chart-assets', 'many')
  expect(none.status).toBe(2)
})

it('compares the folders that are named, by names of their own', async () => {
  const made = await inProcess('compare', at('plain'), at('costs'), '-o', at('both.html'))
  expect(made).toMatchObject({ status: 0, stdout: `${at('both.html')}\n` })
  expect(readFileSync(at('both.html'), 'utf8')).toContain('<title>Comparison of plain, costs</title>')
  const twice = await inProcess('compare', at('plain'), at('plain'), '-o', at('twice.html'))
  expect(twice.status).toBe(0)
  expect(readFileSync(at('twice.html'), 'utf8')).toContain('is the same run as')
  const one = await inProcess('compare', at('plain'), '-o', at('one.html'))
  expect([one.status, one.stderr]).toEqual([
    2,
    expect.stringContaining('compare: at least two folders are needed, found 1'),
  ])
  const no = await inProcess('compare', at('plain'), at('nothing'), '-o', at('no.html'))
  expect(no.status).toBe(1)
  expect(existsSync(at('no.html'))).toBe(false)
})
