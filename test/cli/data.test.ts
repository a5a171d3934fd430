import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { inProcess as fillgrid } from './inprocess.ts'

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-data-'))
afterAll(() => rmSync(folder, { recursive: true }))

const path = join(folder, 'EURUSD60.csv')
writeFileSync(
  path,
  '2024.01.05,22:00,1.10,1.12,1.09,1.11,50\n2024.01.05,23:00,1.11,1.12,1.10,1.11,0\n2024.01.08,00:00,1.11,1.13,1.10,1.12,60\n',
)

describe('fillgrid data inspect', () => {
  it('says what a file is', async () => {
    const { status, stdout, stderr } = await fillgrid('data', 'inspect', path)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual(
      [
        path,
        expect.stringMatching(/^format {4}csv, 119 bytes, SHA-256 [0-9a-f]{16}$/),
        'dialect   metatrader4: MetaTrader 4 history export',
        'text      utf-8, comma between fields, decimal point',
        'columns   time = date, clock = time, open, high, low, close, volume',
        'zone      EET (told by when its weeks open)',
        'bars      EURUSD: 3 bars, 2024-01-05 20:00 to 2024-01-07 22:00, one every 1 h, prices 1.09 to 1.13',
        'assumed   The file does not say its clock; EET was taken: in it 1 of 1 weeks open at 17:00 or 18:00 in New York. --timezone sets another.',
        expect.stringMatching(/^about /),
        expect.stringMatching(/^ +Volume is the number of ticks/),
        'loads     yes',
        '',
        'check       count  policy  what       first of them    ',
        expect.stringMatching(/^─/),
        'zeroVolume      1  keep    no volume  line 2 (volume 0)',
        '',
        '',
      ].map((line) => (typeof line === 'string' ? line.trimEnd() : line)),
    )
  })

  it('takes options', async () => {
    const { stdout } = await fillgrid(
      'data',
      'inspect',
      path,
      '--json',
      '--timezone',
      'UTC',
      '--scale',
      '2',
      '--check',
      'zeroVolume=error',
    )
    const [found] = JSON.parse(stdout)
    expect(found).toMatchObject({
      record: { timezone: 'UTC', timezoneFrom: 'option', scale: 2 },
      symbols: [{ symbol: 'EURUSD', first: '2024-01-05T22:00:00.000Z', highest: 2.26 }],
      refusals: ['zeroVolume'],
    })
  })

  it('goes on with the other files where one cannot be read', async () => {
    const picture = join(folder, 'a.png')
    writeFileSync(picture, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13))
    const noise = join(folder, 'noise.csv')
    writeFileSync(
      noise,
      Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 167 + i) % 256),
    )
    const empty = join(folder, 'empty.csv')
    writeFileSync(empty, '')
    const trades = join(folder, 'trades.csv')
    writeFileSync(trades, '1315922016,5.8,1.0\n1315922024,5.83,3.0\n1315922029,5.9,1.0\n')
    const bad = [picture, noise, empty, trades, folder, join(folder, 'none.csv')]
    const { status, stdout, stderr } = await fillgrid('data', 'inspect', ...bad, path)
    expect([status, stdout.includes('dialect   metatrader4')]).toEqual([1, true])
    expect(stderr.split('\n')).toEqual([
      `fillgrid: file: a table of bars is needed, found a picture at ${picture}. Is it the right file?`,
      `fillgrid: file: a table of bars is needed, found bytes that are no text at ${noise}. Is it the right file?`,
      `fillgrid: file: a header and rows are needed, found nothing at ${empty}. Is it the right file?`,
      `fillgrid: file: bars are needed, found trades (Trades: unix seconds, price, amount) at ${trades}. Make bars of them: --ticks time:60000.`,
      `fillgrid: file: ${folder} must be a file, found a folder. Name the files in it.`,
      `fillgrid: file: ${join(folder, 'none.csv')} cannot be read, there is none. Check the path.`,
    ])
  })

  it('names the rows of files without lines, and the options that would load a file', async () => {
    const file = join(folder, 'A.json')
    writeFileSync(file, '[[1704067200000,1,2,1,2,5],[1704070800000,1,1,2,2,5],[1704070800000,3,4,3,4,5]]')
    const { status, stdout } = await fillgrid('data', 'inspect', file)
    expect(status).toBe(0)
    expect(stdout).toContain('row 2 (high 1 and low 2)')
    expect(stdout).toContain(
      'loads     no: mend the rows, or choose --check duplicates=drop or repair, --check highBelowLow=drop or repair',
    )
  })

  it('says what is wrong with the command line, and with files', async () => {
    const cases: [string[], number, string][] = [
      [['data', 'inspect'], 2, "missing required argument 'FILE'"],
      [['data', 'inspect', path, '--check', 'order'], 2, '--check: NAME=POLICY is needed, found "order"'],
      [['data', 'inspect', path, '--check', 'ordr=keep'], 2, 'Did you mean order?'],
      [['data', 'inspect', path, '--dialect', 'metatrader'], 2, 'Did you mean metatrader4 or metatrader5?'],
      [['data', 'inspect', path, '--columns', 'a,clse=x'], 2, 'ROLE=NAME pairs are needed'],
      [['data', 'inspect', path, '--timezone', 'Mars'], 2, 'is not the IANA name of a time zone'],
      [['data', 'inspect', path, '--decimal', ';'], 2, 'Allowed choices'],
      [['data', 'inspect', path, '--ticks', 'minutes'], 2, '--ticks: BY:EVERY is needed'],
      [['data', 'inspect', join(folder, 'none.csv')], 1, 'cannot be read, there is none'],
      [['data', 'convert', path], 2, '--out'],
      [['data', 'convert', path, '-o', join(folder, 'x.xls')], 2, 'a table is written as'],
      [
        ['data', 'convert', path, '-o', join(folder, 'x.csv'), '--check', 'zeroVolume=error'],
        1,
        'no row may have no volume, found 1',
      ],
    ]
    for (const [args, status, part] of cases) {
      const outcome = await fillgrid(...args)
      expect([args.join(' '), outcome.status]).toEqual([args.join(' '), status])
      expect(outcome.stderr).toContain(part)
    }
  })
})

it('fillgrid data convert writes what it read, and says what it did', async () => {
  const out = join(folder, 'out.csv')
  const { status, stdout, stderr } = await fillgrid('data', 'convert', path, '-o', out, '--check', 'zeroVolume=drop')
  expect([status, stdout]).toEqual([
    0,
    `2 bars of EURUSD, 2024-01-05T20:00:00.000Z to 2024-01-07T22:00:00.000Z, written to ${out}\n`,
  ])
  expect(stderr).toContain('warning: 1 row with no volume was left out, the first at')
  expect(readFileSync(out, 'utf8')).toBe(
    'time,symbol,open,high,low,close,volume\n2024-01-05T20:00:00.000Z,EURUSD,1.1,1.12,1.09,1.11,50\n2024-01-07T22:00:00.000Z,EURUSD,1.11,1.13,1.1,1.12,60\n',
  )
})

it('dialects may come from a file', async () => {
  const file = join(folder, 'mine.json')
  const spec = {
    name: 'mine',
    title: 'Mine',
    source: 'me',
    signs: {},
    columns: ['date', 'time', 'open', 'high', 'low', 'close', 'volume'],
    timezone: 'UTC',
  }
  writeFileSync(file, JSON.stringify(spec))
  expect((await fillgrid('data', 'inspect', path, '--dialect', file)).stdout).toContain('dialect   mine: Mine')
  writeFileSync(file, '{')
  expect((await fillgrid('data', 'inspect', path, '--dialect', file)).stderr).toContain(
    'must hold a description as JSON',
  )
})

it('fillgrid data dialects lists them', async () => {
  const { status, stdout } = await fillgrid('data', 'dialects')
  expect([status, stdout.includes('metatrader4'), stdout.includes('investing.com')]).toEqual([0, true, true])
})
