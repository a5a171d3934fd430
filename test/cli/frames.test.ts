/** Longer bars on the command line, and the options about data that `run` and `sweep` share with `data`. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readMarket } from '../../src/cli/load.ts'
import { openMarket } from '../../src/io/load.ts'
import { inProcess as fillgrid } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-frames-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Two New York days of minutes, one of them before the open, prices counting up. */
const minutes = join(folder, 'A.csv')
const days = ['2024-07-01T13:29:00Z', '2024-07-02T13:30:00Z'].map((start) => Date.parse(start))
writeFileSync(
  minutes,
  `time,open,high,low,close,volume\n${days
    .flatMap((start, day) =>
      Array.from({ length: 390 }, (_, i) => {
        const price = 100 + day + ((i * 7) % 13) / 10
        return `${new Date(start + i * 60000).toISOString()},${price},${price + 1},${price - 1},${price + 0.5},10`
      }),
    )
    .join('\n')}\n`,
)

describe('--delisted', () => {
  it('infer says which assets have ended', async () => {
    const daily = join(folder, 'two.csv')
    writeFileSync(daily, 'time,symbol,close\n2024-01-01,A,1\n2024-01-01,B,1\n2024-01-02,A,2\n2024-01-03,A,3\n')
    for (const [options, times] of [
      [{}, {}],
      [{ delisted: 'infer' }, { B: Date.UTC(2024, 0, 2) }],
    ] as const) {
      const market = await readMarket([daily], options)
      expect(market.delisted).toEqual(times)
      market.release()
    }
    const digest = async (...more: string[]) => {
      const { status, stdout } = await fillgrid('run', '--data', daily, '--strategy', 'sma-cross', '--json', ...more)
      expect(status).toBe(0)
      return JSON.parse(stdout).data_id
    }
    expect(await digest('--delisted', 'infer')).not.toBe(await digest())
    const { status, stderr } = await fillgrid('run', '--data', daily, '--strategy', 'sma-cross', '--delisted', '2024')
    expect([status, stderr]).toEqual([2, expect.stringContaining('Allowed choices are infer')])
  })
})

describe('fillgrid data resample', () => {
  it('makes longer bars, cut by the sessions of a calendar', async () => {
    const out = join(folder, 'hours.csv')
    const made = await fillgrid(
      ...['data', 'resample', minutes, '--timeframe', 'H1', '--calendar', 'NYSE', '--outside', 'drop', '-o', out],
    )
    expect([made.status, made.stdout]).toEqual([
      0,
      `14 bars of 1h from 779 bars, sessions of NYSE\n2024-07-01T13:30:00.000Z to 2024-07-02T19:30:00.000Z, written to ${out}\n`,
    ])
    expect(made.stderr.split('\n')).toEqual([
      'warning: 1 bar lies outside the sessions of NYSE and was left out, the first at 2024-07-01T13:29:00.000Z.',
    ])
    const rows = readFileSync(out, 'utf8').trim().split('\n')
    expect([rows.length, rows[1], rows[7]]).toEqual([
      15,
      '2024-07-01T13:30:00.000Z,A,100.7,102.2,99,100.9,600',
      expect.stringMatching(/^2024-07-01T19:30:00.000Z,A,.*,290$/),
    ])
  })

  it('counts days by a zone, and drops what the data cover in part', async () => {
    const out = join(folder, 'days.csv')
    const { status, stdout } = await fillgrid(
      ...['data', 'resample', minutes, '--timeframe', '1d', '--day-zone', 'Asia/Tokyo', '--partial', 'drop', '-o', out],
    )
    // Midnight in Tokyo is 15:00 UTC: the data begin within a day and end within one.
    expect([status, stdout]).toEqual([
      0,
      `1 bar of 1d from 389 bars, sessions of Asia/Tokyo\n2024-07-02T00:00:00.000Z to 2024-07-02T00:00:00.000Z, written to ${out}\n`,
    ])
  })

  it('says what is wrong', async () => {
    const resample = ['data', 'resample', minutes, '-o', join(folder, 'x.csv')]
    const cases: [string[], number, string][] = [
      [resample, 2, "required option '--timeframe <TF>' not specified"],
      [[...resample, '--timeframe', '1 fortnight'], 2, 'a number and s, m, h, d, w, mo or y is needed'],
      [[...resample, '--timeframe', '90s'], 2, "must be a multiple of the bars', found 90s and bars of 1m"],
      [[...resample, '--timeframe', '1h', '--calendar', 'NYS'], 2, 'Did you mean NYSE'],
      [[...resample, '--timeframe', '1h', '--calendar', 'NYSE'], 1, 'bars must lie in the sessions of NYSE'],
      [[...resample, '--timeframe', '1h', '--week-start', 'someday'], 2, 'Allowed choices are sunday, monday'],
    ]
    for (const [args, status, part] of cases) {
      const outcome = await fillgrid(...args)
      expect([args.join(' '), outcome.status]).toEqual([args.join(' '), status])
      expect(outcome.stderr).toContain(part)
    }
  })

  const klines = fileURLToPath(
    new URL('../../../shared/data/crypto_1m_binance_klines/FILUSDT-1m-2023-05.csv.gz', import.meta.url),
  )
  it.skipIf(!existsSync(klines))('a month of minutes of a coin (needs ../shared/data)', async () => {
    const out = join(folder, 'fil.arrow')
    const made = await fillgrid('data', 'resample', `FIL=${klines}`, '--timeframe', '4h', '-o', out)
    expect(made.stdout).toContain(
      '186 bars of 4h from 44640 bars, sessions of UTC\n2023-05-01T00:00:00.000Z to 2023-05-31T20:00',
    )
    const market = await openMarket(out)
    // As pandas 3.1.1 resamples them.
    expect(market.volume.reduce((a, b) => a + b, 0)).toBeCloseTo(713455835.5, 3)
    expect(market.close.reduce((a, b) => a + b, 0)).toBeCloseTo(867.378, 6)
    market.release()
  })
})

/** Semicolons, commas for points, day first, two rows that say the same, and a stop in Berlin. */
const german = join(folder, 'dax.txt')
writeFileSync(
  german,
  `Tag;Zeit;Kurs;Stueck\n${Array.from({ length: 400 }, (_, i) => {
    const time = new Date(Date.UTC(2024, 0, 2, 9) + i * 300000)
    const [date, clock] = time.toISOString().split('T')
    const row = `${date.split('-').reverse().join('/')};${clock.slice(0, 5)};${String(17000 + 40 * Math.sin(i / 9)).replace('.', ',')};${i}`
    return i === 30 ? `${row}\n${row}` : row
  }).join('\n')}\n`,
)
const READ = [
  ...['--data', `DAX=${german}`, '--columns', 'time=Tag,clock=Zeit,close=Kurs,volume=Stueck', '--date-order', 'dmy'],
  ...['--timezone', 'Europe/Berlin', '--scale', '0.01'],
]

describe('fillgrid run and sweep', () => {
  const run = ['run', '--strategy', 'sma-cross', '--param', 'fast=3', '--param', 'slow=8', '--json']

  it('read text as `data` does, and say what was dropped', async () => {
    const { status, stdout, stderr } = await fillgrid(...run, ...READ)
    expect(status).toBe(0)
    expect(stderr).toContain('warning: 1 row with the time and the values of another row was left out')
    const summary = JSON.parse(stdout)
    expect(summary).toMatchObject({ assets: ['DAX'], start: '2024-01-02T08:00:00.000Z' })
    expect(summary.warnings.map(({ code }: { code: string }) => code)).toContain('rows_dropped')
    const strict = await fillgrid(...run, ...READ, '--check', 'repeated=error')
    expect([strict.status, strict.stderr]).toEqual([1, expect.stringContaining('line 33')])
  })

  it('run on longer bars, from and to included', async () => {
    const hours = ['--timeframe', '1h', '--from', '2024-01-02T09:00Z', '--to', '2024-01-03T09:00Z']
    const { status, stdout, stderr } = await fillgrid(...run, ...READ, ...hours)
    expect([status, JSON.parse(stdout)]).toMatchObject([
      0,
      { start: '2024-01-02T09:00:00.000Z', end: '2024-01-03T08:00:00.000Z' },
    ])
    // What was found in the short bars is still said of the long ones.
    expect(stderr).toContain('1 row with the time and the values of another row was left out')
    const { stdout: swept } = await fillgrid(
      ...['sweep', '--strategy', 'sma-cross', '--grid', 'fast=2:3:1', '--param', 'slow=8', '--workers', '1', '--json'],
      ...[...READ, ...hours],
    )
    expect(JSON.parse(swept)).toMatchObject({ sets: 2, best: { start: '2024-01-02T09:00:00.000Z' } })
  })

  it('refuse options about longer bars where none are asked for', async () => {
    const { status, stderr } = await fillgrid(...run, ...READ, '--outside', 'drop')
    expect([status, stderr]).toEqual([2, expect.stringContaining('--outside: it is about longer bars')])
  })

  it('know the second time from a cache', async () => {
    const cache = join(folder, 'cache')
    const first = await fillgrid(...run, ...READ, '--cache', cache)
    expect(existsSync(cache)).toBe(true)
    expect(await fillgrid(...run, ...READ, '--cache', cache)).toEqual(first)
  })
})
