/** `--config`: a run's settings from a file, and the summary of a run fed back into another one. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inProcess } from './inprocess.ts'

let folder = ''
let bars = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-config-'))
  bars = join(folder, 'bars.csv')
  const rows = Array.from({ length: 400 }, (_, i) => {
    const close = 100 + 10 * Math.sin(i / 7) + i / 50
    const open = 100 + 10 * Math.sin((i - 1) / 7) + (i - 1) / 50
    const time = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10)
    return [time, open, Math.max(open, close) + 1, Math.min(open, close) - 1, close, 1000].join(',')
  })
  writeFileSync(bars, `time,open,high,low,close,volume\n${rows.join('\n')}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const RUN = () => ['run', '--data', bars, '--trades', '0']
const fingerprint = (text: string) => /fingerprint ([0-9a-f]{64})/.exec(text)?.[1]

async function printed(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await inProcess(...RUN(), ...args)
  expect([status, stderr.split('\n').filter((line) => line.startsWith('fillgrid:'))]).toEqual([0, []])
  return stdout
}

function file(name: string, content: unknown): string {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content))
  return at(name)
}

const SETTINGS = {
  strategy: 'sma-cross',
  parameters: { fast: 3, slow: 9 },
  cash: 5000,
  commission: {
    type: 'tiered',
    tiers: [
      { upTo: 1000, rate: 0.002 },
      { upTo: 'Infinity', rate: 0.001 },
    ],
  },
  account: { type: 'margin', initial: 0.5, maintenance: 0.25 },
  rules: [
    { type: 'stop', distance: 0.03 },
    { type: 'target', distance: 0.1, action: { type: 'exit-fraction', fraction: 0.5 } },
  ],
  quantityStep: 1,
  size: { type: 'value', amount: 3000 },
  from: '2020-03-01',
  cagr: 'periods',
  periodsPerYear: 250,
}
const OPTIONS = [
  ...['--cagr', 'periods', '--periods-per-year', '250'],
  ...['-s', 'sma-cross', '-p', 'fast=3', '-p', 'slow=9', '--cash', '5000', '--commission', 'tiered:1000=0.2%,inf=0.1%'],
  ...['--account', 'margin:50%:25%', '--rule', 'stop:3%', '--rule', 'target:10%:fraction:exit-fraction=50%'],
  ...['--quantity-step', '1', '--size', 'value:3000', '--from', '2020-03-01'],
]

describe('--config', () => {
  it('says what options say', async () => {
    expect(await printed('--config', file('run.json', SETTINGS))).toBe(await printed(...OPTIONS))
  })

  it('takes the summary of a run: the same run, the same fingerprint, in run and in sweep', async () => {
    const before = fingerprint(await printed(...OPTIONS, '--out', at('one')))
    expect(before).toBeDefined()
    const summary = join(at('one'), 'summary.json')
    expect(fingerprint(await printed('--config', summary))).toBe(before)
    expect(fingerprint(await printed('--config', summary, '--out', at('two')))).toBe(before)
    for (const name of ['summary.json', 'trades.arrow', 'equity.arrow'])
      expect(readFileSync(join(at('two'), name)).equals(readFileSync(join(at('one'), name)))).toBe(true)
    const swept = await inProcess('sweep', '--data', bars, '--config', summary, '-g', 'signal=1', '--trades', '0')
    expect([swept.status, swept.stderr]).toEqual([2, expect.stringContaining('signal')])
  })

  it('gives way to options, parameter by parameter, and the chain of rules as a whole', async () => {
    const config = file('run.json', SETTINGS)
    const without = OPTIONS.filter((_, i) => OPTIONS[i] !== '--rule' && OPTIONS[i - 1] !== '--rule')
    const said = without.map((one) => (one === 'fast=3' ? 'fast=4' : one === '5000' ? '7000' : one))
    expect(await printed('--config', config, '-p', 'fast=4', '--cash', '7000', '--stop', '5%')).toBe(
      await printed(...said, '--stop', '5%'),
    )
  })

  it('names file and field of what is wrong, and runs nothing', async () => {
    const cases: [unknown, string][] = [
      [{ ...SETTINGS, colour: 1 }, 'config: "colour" is not a setting'],
      [{ ...SETTINGS, comission: 0.1 }, 'Did you mean commission?'],
      [{ ...SETTINGS, cash: -5 }, 'cash: a finite number above 0, in currency expected, found -5'],
      [{ ...SETTINGS, cash: null }, 'cash: a value expected, found null'],
      [{ ...SETTINGS, account: { type: 'cash', initial: 0.5 } }, 'account'],
      [{ ...SETTINGS, commission: { type: 'tiered', tiers: [{ upTo: null, rate: 1 }] } }, 'commission.tiers[0].rate'],
      [{ ...SETTINGS, from: 'garbage' }, 'from: a time'],
      [{ ...SETTINGS, to: [] }, 'to: a time'],
      [{ ...SETTINGS, band: 'yes' }, 'band: a boolean'],
      [{ ...SETTINGS, verify: 'x' }, 'verify: '],
      [{ ...SETTINGS, size: { type: 'lots', amount: 1 } }, 'size.type'],
      [{ ...SETTINGS, parameters: 5 }, 'parameters'],
      [{ ...SETTINGS, strategy: 5 }, 'strategy'],
      [{ ...SETTINGS, strategy: 'Mine' }, 'names "Mine", which is not built in'],
      [[SETTINGS], 'an object of settings'],
      [{ config: 5 }, 'settings by name under config'],
      [{ format: 'fillgrid result', version: 99, config: SETTINGS }, 'version 99'],
      [{ format: 'something else', version: 1, config: SETTINGS }, 'something else'],
      ['{', 'must hold JSON'],
      ['', 'must hold JSON'],
    ]
    for (const [content, words] of cases) {
      const { status, stdout, stderr } = await inProcess(
        ...RUN(),
        '--config',
        file('bad.json', content),
        '--out',
        at('never'),
      )
      expect([status, stdout, existsSync(at('never'))], words).toEqual([2, '', false])
      expect(stderr).toContain('bad.json')
      expect(stderr).toContain(words)
    }
    const missing = await inProcess(...RUN(), '--config', at('none.json'))
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('none.json')])
    const none = await inProcess(...RUN(), '--config', file('empty.json', {}))
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('a strategy is needed, found none')])
  })
})

it('own hours make a calendar, by the option and in a file', async () => {
  const inspect = (calendar: string) => inProcess('data', 'inspect', bars, '--calendar', calendar)
  expect((await inspect('America/New_York@09:30-16:00')).status).toBe(0)
  const table = file('hours.json', { name: 'mine', zone: 'Europe/Berlin', hours: '09:00-17:30' })
  expect((await inspect(table)).status).toBe(0)
  for (const [calendar, words] of [
    ['Europe/Nowhere@09:30-16:00', 'Nowhere'],
    ['Europe/Berlin@nine', 'calendar'],
    [file('odd.json', { zone: 5 }), 'must hold { name, zone, hours }'],
    [file('torn.json', '{'), 'torn.json'],
  ]) {
    const { status, stderr } = await inspect(calendar)
    expect([status, stderr], calendar).toEqual([2, expect.stringContaining(words)])
  }
})
