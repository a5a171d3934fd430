/** What is left of a sweep that is killed, whose disk is full, or that fails: real processes of the built command line. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeMinutes } from '../../data/minutes.ts'
import { builtFile } from '../../src/jobs/bundle.ts'
import { inProcess } from './inprocess.ts'

const main = fileURLToPath(builtFile('cli/main.js'))
const folder = mkdtempSync(join(tmpdir(), 'fillgrid-resume-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  const { time, open, high, low, close, volume, bars } = makeMinutes({ bars: 20_000 })
  const row = (i: number) => [new Date(time[i]).toISOString(), open[i], high[i], low[i], close[i], volume[i]].join(',')
  const lines = Array.from({ length: bars }, (_, i) => row(i))
  writeFileSync(join(folder, 'bars.csv'), `timestamp,open,high,low,close,volume\n${lines.join('\n')}\n`)
})

const DATA = ['--data', 'bars.csv', '--strategy', 'sma-cross']
const GRID = ['--grid', 'fast=1:60', '--grid', 'slow=61:130', '--stop', '1%', '--workers', '1']

/** Runs the command line in the folder, in a shell where files may have so many blocks of 1,024 bytes. */
function fillgrid(args: string[], blocks?: number) {
  const command: [string, string[]] =
    blocks === undefined
      ? [process.execPath, [main, ...args]]
      : ['bash', ['-c', `ulimit -f ${blocks}; exec "$@"`, 'bash', process.execPath, main, ...args]]
  const { status, stdout, stderr } = spawnSync(...command, { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** Starts a sweep and waits until some hundred sets are finished. */
async function begun(args: string[], out: string) {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stderr })),
  )
  const kept = () => statSync(join(folder, out, '.fillgrid-sweep.journal'), { throwIfNoEntry: false })
  while ((kept()?.size ?? 0) < 100_000) await new Promise((resolve) => setTimeout(resolve, 20))
  return { child, ended, kept }
}

function contents(name: string): Record<string, string> {
  const files = readdirSync(join(folder, name)).sort()
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, name, file), 'latin1')]))
}

describe.skipIf(!existsSync(main))('a sweep to a folder (needs the built library)', () => {
  it('that is killed goes on with --resume, and leaves what it would have left', async () => {
    const sweep = ['sweep', ...DATA, ...GRID, '--out', 'killed']
    const { child, ended, kept } = await begun(sweep, 'killed')
    child.kill('SIGKILL')
    expect([(await ended).signal, Object.keys(contents('killed'))]).toEqual(['SIGKILL', ['.fillgrid-sweep.journal']])
    // What was finished a second before lies there.
    expect(Date.now() - kept()!.mtimeMs).toBeLessThan(1000)

    // Not gone on with, and not lost, by accident.
    const journal = contents('killed')
    const again = fillgrid(sweep)
    expect([again.status, again.stdout, contents('killed')]).toEqual([1, '', journal])
    expect(again.stderr).toContain(
      'no unfinished sweep may be in the folder, found .fillgrid-sweep.journal in "killed". Add --res',
    )
    const other = fillgrid([...sweep, '--resume', '--cash', '5'])
    expect([other.status, contents('killed')]).toEqual([1, journal])
    expect(other.stderr).toContain(`found other settings in ${join('killed', '.fillgrid-sweep.journal')}`)

    const resumed = fillgrid([...sweep.slice(0, -3), '2', '--out', 'killed', '--resume'])
    expect([resumed.status, resumed.stdout]).toEqual([
      0,
      expect.stringMatching(/^4,200 sets, [\d,]+ of them from before,/),
    ])
    const before = Number(/sets, ([\d,]+) of them/.exec(resumed.stdout)![1].replace(',', ''))
    // A row has some fifty numbers.
    expect([before > 200, before < 4200]).toEqual([true, true])
    expect(fillgrid([...sweep.slice(0, -1), 'whole']).status).toBe(0)
    expect(contents('killed')).toEqual(contents('whole'))
  })

  it('that is interrupted goes on with --resume', async () => {
    const sweep = ['sweep', ...DATA, ...GRID, '--out', 'stopped']
    const { child, ended } = await begun(sweep, 'stopped')
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('stopped: the same command goes on with --resume')])
    expect(Object.keys(contents('stopped'))).toEqual(expect.arrayContaining(['sweep.arrow', '.fillgrid-sweep.journal']))
    expect(fillgrid([...sweep, '--resume']).stdout).toMatch(/^4,200 sets, [\d,]+ of them from before,/)
    expect(existsSync(join(folder, 'stopped/.fillgrid-sweep.journal'))).toBe(false)
  })

  it.skipIf(process.platform === 'win32')(
    'prints its table where it cannot be written, and goes on where it can',
    () => {
      const grid = ['--grid', 'fast=1:20', '--grid', 'slow=61:80', '--workers', '1']
      const sweep = ['sweep', ...DATA, ...grid, '--out', 'full']
      const full = fillgrid(sweep, 64)
      expect([full.status, full.stdout]).toEqual([
        1,
        expect.stringMatching(/^400 sets in [\s\S]*\nfingerprint [0-9a-f]{64}\n$/),
      ])
      expect(full.stderr).toContain('warning: Finished rows could not be kept on disk while the sweep ran (EFBIG')
      expect(full.stderr).toMatch(/fillgrid: file: full.*\.arrow cannot be written, EFBIG/)
      const json = fillgrid([...sweep, '--resume', '--json'], 64)
      expect([json.status, JSON.parse(json.stdout).done]).toEqual([1, 400])
      expect(Object.keys(contents('full'))).toEqual(['.fillgrid-sweep.journal'])
      expect(statSync(join(folder, 'full/.fillgrid-sweep.journal')).size).toBeGreaterThan(32 * 1024)
      const again = fillgrid([...sweep, '--resume'])
      expect([again.status, again.stdout]).toEqual([0, expect.stringMatching(/^400 sets, \d+ of them from before,/)])
      fillgrid([...sweep.slice(0, -1), 'fits'])
      expect(contents('full')).toEqual(contents('fits'))

      const run = fillgrid(['run', ...DATA, '--out', 'run'], 64)
      expect([run.status, run.stdout]).toEqual([1, expect.stringContaining('\nfingerprint ')])
      expect(run.stderr).toContain('cannot be written')
    },
    60_000,
  )

  it('--resume begins anew where there is nothing, says so, and needs the folder', () => {
    const sweep = ['sweep', ...DATA, '--grid', 'fast=3,5', '--workers', '1']
    const none = fillgrid([...sweep, '--resume'])
    expect([none.status, none.stderr]).toEqual([
      2,
      expect.stringContaining('--resume: the folder of the sweep is needed'),
    ])
    const fresh = fillgrid([...sweep, '--resume', '--out', 'fresh'])
    expect([fresh.status, fresh.stdout.slice(0, 7)]).toEqual([0, '2 sets '])
    expect(fresh.stderr).toContain('note: "fresh" has no unfinished sweep, so it begins anew')
    // A finished one leaves nothing to go on with.
    expect(fillgrid([...sweep, '--resume', '--out', 'fresh']).stderr).toContain('begins anew')
    writeFileSync(join(folder, 'fresh/.fillgrid-sweep.journal'), 'mine')
    const mine = fillgrid([...sweep, '--resume', '--out', 'fresh'])
    expect([mine.status, mine.stderr]).toEqual([1, expect.stringContaining('found another file at')])
    expect(contents('fresh')['.fillgrid-sweep.journal']).toBe('mine')
  })
})

describe('a run or sweep that fails', () => {
  it('leaves no folder that it made, and those that were there', async () => {
    mkdirSync(join(folder, 'there'))
    mkdirSync(join(folder, 'used'))
    writeFileSync(join(folder, 'used/notes.txt'), 'mine')
    const body = "{ onBar() { throw new Error('no') } }"
    writeFileSync(
      join(folder, 'thrower.mjs'),
      `import { Strategy } from 'fillgrid'\nexport default class extends Strategy ${body}\n`,
    )
    const before = readdirSync(folder).sort()
    const data = join(folder, 'bars.csv')
    const failing = [
      ['run', '--data', data, '--strategy', 'sma-cross', '--from', '2099'],
      ['run', '--data', `${data}.none`, '--strategy', 'sma-cross'],
      ['run', '--data', data, '--strategy', join(folder, 'thrower.mjs')],
      ['sweep', '--data', data, '--strategy', 'sma-cross', '--grid', 'fast=3,5', '--workers', '1', '--from', '2099'],
      ['sweep', '--data', `${data}.none`, '--strategy', 'sma-cross', '--grid', 'fast=3,5', '--workers', '1'],
    ]
    for (const args of failing)
      for (const out of ['a', 'a/b/c', 'there', 'there/d', 'used/e', 'used']) {
        const { status, stdout } = await inProcess(...args, '--out', join(folder, out))
        expect([args.join(' '), status !== 0, stdout]).toEqual([args.join(' '), true, ''])
      }
    expect(readdirSync(folder).sort()).toEqual(before)
    expect([readdirSync(join(folder, 'there')), contents('used')]).toEqual([[], { 'notes.txt': 'mine' }])
  })
})
