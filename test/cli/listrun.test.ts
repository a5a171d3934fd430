/** Lists of signals on the command line. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inProcess } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const day = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 86_400_000).toISOString().slice(0, 10)
const bars = file(
  'bars.csv',
  `symbol,date,open,high,low,close\n${Array.from({ length: 60 }, (_, i) => {
    const close = 100 + 10 * Math.sin(i / 6)
    return `EURUSD,${day(i)},${[close - 0.5, close + 1, close - 1, close].map((price) => price.toFixed(2)).join(',')}`
  }).join('\n')}\n`,
)
const list = file(
  'signals.csv',
  `signal_id,Ticker,Date,side,sl_price\na,EURUSD,${day(3)},long,99\nb,EURUSD,${day(5)},long,90\nc,GBPUSD,${day(5)},long,90\n`,
)
const run = (...options: string[]) => inProcess('run', '--data', bars, ...options)

describe('fillgrid run --signals', () => {
  it('trades a list and says what came of it', async () => {
    const { status, stdout, stderr } = await run(
      '--signals',
      list,
      '--overlap',
      'lot',
      '--target',
      '2R',
      '--hold',
      '9',
      '--size',
      'units:10',
    )
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('3 signals: 2 trades, 1 dropped, 0 overlapped')
    expect(stdout).toMatch(/signal id .*entry gap/)
    expect(stderr).toContain('1 of 3 signals dropped, unknown asset; the first:')
    expect(stderr).toContain('signal c in line 4: an asset of the market is needed, found "GBPUSD"')
  })

  it('is JSON, and a folder with the trades of the signals', async () => {
    const out = join(folder, 'out')
    const { status, stdout, stderr } = await run(
      '--signals',
      list,
      '--profile',
      'manager',
      '--instruments',
      'common',
      '--json',
      '--out',
      out,
    )
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout).signals).toMatchObject({
      count: 3,
      trades: 2,
      problems: [{ kind: 'unknown_asset', line: 4, signal_id: 'c' }],
    })
    const [head, first] = readFileSync(join(out, 'signals.csv'), 'utf8').split('\n')
    expect(head).toMatch(/^signal_id,rr,exit,reference_price,entry_gap,/)
    expect(first).toMatch(/^[ab],/)
  })

  it('reads standard input', () => {
    const main = new URL('../../build/src/cli/main.js', import.meta.url).pathname
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'run', '--data', bars, '--signals', '-'], {
      input: readFileSync(list),
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('3 signals: 1 trade, 1 dropped, 1 overlapped')
  })

  it.each([
    [['--overlap', 'lot'], 'no --signals'],
    [['--signals', list, '-s', 'sma-cross'], '--strategy'],
    [['--signals', list, '--entries', 'close > 1'], '--entries'],
    [['--signals', list, '--trail', '5%'], '--trail'],
    [['--signals', list, '--verify', 'lookahead'], '--verify'],
    [['--signals', list, '--stop', 'atr(14)'], "--stop: '5%', '2R', '1.5atr' or a price expected"],
    [['--signals', list, '--slots', '0'], '--slots'],
    [['--signals', list, '--signals-timezone', 'Mars/One'], 'Mars/One'],
    [['--signals', list, '--overlap', 'hedge'], 'hedge'],
  ])('%j is refused', async (options, message) => {
    const { status, stderr } = await run(...options)
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it('a list that may drop nothing is refused, and nothing is written', async () => {
    const out = join(folder, 'none')
    const { status, stderr } = await run('--signals', list, '--problems', 'refuse', '--out', out)
    expect(status).toBe(1)
    expect(stderr).toContain('signal c in line 4')
    expect(() => readFileSync(join(out, 'summary.json'))).toThrow()
  })
})
