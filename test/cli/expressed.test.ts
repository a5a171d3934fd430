/** Exits and sizes that are expressions on the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inProcess } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [one, two] = ['one', 'two'].map((name, shift) => {
  const file = join(folder, `${name}.csv`)
  const rows = Array.from({ length: 300 }, (_, i) => {
    const date = new Date(Date.UTC(2022, 0, 3) + i * 86_400_000).toISOString().slice(0, 10)
    const close = 100 + 20 * Math.sin(i / 15 + shift) + 5 * Math.cos(i)
    return [date, ...[close - 1, close + 2, close - 2, close].map((price) => price.toFixed(2))].join(',')
  })
  writeFileSync(file, `date,open,high,low,close\n${rows.join('\n')}\n`)
  return ['--data', `${name}=${file}`]
})
const ENTRIES = ['--entries', 'close > sma(20)']

async function outcome(...options: string[]): Promise<{ trades: number; outcome: string }> {
  const { status, stdout, stderr } = await inProcess('run', ...one, ...options, '--json')
  expect(status, stderr).toBe(0)
  const { num_trades, fingerprint } = JSON.parse(stdout)
  return { trades: num_trades, outcome: fingerprint.outcome }
}

describe('--stop, --target, --trail, --hold and --size', () => {
  it('that are numbers are rules of the run, and the same as expressions', async () => {
    const plain = await outcome(
      ...ENTRIES,
      '--stop',
      '5%',
      '--target',
      '0.1',
      '--trail',
      '4%',
      '--hold',
      '6',
      '--size',
      '10%',
    )
    expect(plain.trades).toBeGreaterThan(10)
    const texts = ['--stop', 'percent(5)', '--target', '0.1', '--trail', '2 * 2%', '--hold', 'larger(6, days)']
    const size = ['--size', 'percent(share)', '-p', 'days=3', '-p', 'share=10']
    expect(await outcome(...ENTRIES, ...texts, ...size)).toEqual(plain)
    // A hold alone is the time exit of the run, for every strategy.
    const cross = ['-s', 'sma-cross', '-p', 'fast=3', '-p', 'slow=12']
    expect(await outcome(...cross, '--hold', '4')).toEqual(await outcome(...cross, '--rule', 'time:4'))
  })

  it('may name parameters, which are swept', async () => {
    const { status, stdout } = await inProcess(
      ...['sweep', ...one, ...ENTRIES, '--stop', 'wide * atr(14)', '--hold', 'days'],
      ...['-g', 'wide=1,2', '-g', 'days=5,10', '--workers', '1'],
    )
    expect([status, stdout]).toEqual([0, expect.stringContaining('4 sets')])
  })

  it('--target-weight holds a portfolio', async () => {
    const best = await outcome(...two, '--target-weight', 'where(top(roc(10), 1), 0.9, 0)')
    expect(best.trades).toBeGreaterThan(5)
  })

  it.each<[string[], number, string]>([
    [[...ENTRIES, '--stop', '2 * atr(14'], 1, 'found the end.\n  2 * atr(14\n            ^'],
    [[...ENTRIES, '--size', '2 * percnt(10)'], 1, 'Did you mean percent?\n  2 * percnt(10)\n      ^'],
    [[...ENTRIES, '--hold', 'close > 2'], 1, 'a number must stand here, this is a condition'],
    [[...ENTRIES, '--stop', '5'], 2, '--stop: a bare number over 1'],
    [[...ENTRIES, '--hold', '0'], 2, '--hold: a whole number of at least 1'],
    [[...ENTRIES, '--stop', 'atr(14)', '--rule', 'time:3'], 2, 'found --rule beside it'],
    [['-s', 'sma-cross', '--stop', 'atr(14)'], 2, 'Expressions go with --entries'],
    [['-s', 'sma-cross', '--size', 'percent(5)'], 2, 'Expressions go with --entries'],
    [['-s', 'sma-cross', '--hold', 'two'], 2, '--hold: a number is needed, found "two"'],
    [['--target-weight', '1', '--stop', 'atr(14)'], 1, 'targetWeight goes alone, found stopLoss'],
  ])('%j', async (options, status, words) => {
    const failed = await inProcess('run', ...one, ...options)
    expect([failed.status, failed.stderr]).toEqual([status, expect.stringContaining(words)])
  })
})
