/** Results in folders and back; every way for such a folder to be damaged. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { sealFolder, writeFolder } from '../../src/io/folder.ts'
import { readResult, resultFolder, TABLE_FILES, writeResult } from '../../src/io/resultfolder.ts'
import { resultSummary } from '../../src/io/resultjson.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Result } from '../../src/results/result.ts'
import { SETTINGS } from '../../src/settings/table.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { resultKinds } from '../engine/resultkinds.ts'
import { expectSame } from '../engine/sameresult.ts'
import { DAY } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { scenarios } from '../oracle/arbitrary.ts'
import { runScenario } from '../properties/runs.ts'

const root = mkdtempSync(join(tmpdir(), 'fillgrid-results-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let made = 0
const fresh = () => join(root, String(made++))

let kinds: [string, Result][]
let good: string
let result: Result
beforeAll(async () => {
  kinds = await resultKinds()
  result = kinds[2][1]
  good = fresh()
  await writeResult(good, result, { files: { 'notes.txt': 'for people' } })
})

/** A copy of the good folder, changed. */
function changed(change: (folder: string) => void): string {
  const folder = fresh()
  cpSync(good, folder, { recursive: true })
  change(folder)
  return folder
}

/** The good result with another summary, under a digest of its own. */
function resealed(edit: (summary: Record<string, unknown>) => unknown, files = resultFolder(result).files): string {
  const summary = structuredClone(resultSummary(result))
  edit(summary)
  const folder = fresh()
  writeFolder(folder, sealFolder(summary, files))
  return folder
}

async function failureOf(folder: string): Promise<FillgridError> {
  const error = await readResult(folder).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(FillgridError)
  return error
}

describe('a folder', () => {
  it('of every kind of result is read as the same', async () => {
    for (const [kind, one] of kinds) {
      const folder = fresh()
      await writeResult(folder, one)
      expect([kind, readdirSync(folder).sort()]).toEqual([kind, [...TABLE_FILES, 'summary.json'].sort()])
      const read = await readResult(folder)
      expectSame(read, one)
      // And what was read is written as the same bytes.
      const again = fresh()
      await writeResult(again, read)
      for (const name of readdirSync(folder))
        expect(readFileSync(join(again, name)).equals(readFileSync(join(folder, name)))).toBe(true)
    }
  })

  it('of random orders is read as the same', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const prices = makeMarket(scenario.market)
        const one = runScenario(scenario, prices)
        if (one) {
          const folder = fresh()
          await writeResult(folder, one)
          expectSame(await readResult(folder), one)
        }
        prices.release()
      }),
      { numRuns: 25 },
    )
  })

  it('has a config that is the run again', async () => {
    const prices = busyMarket(160, 3)
    const config: BacktestConfig = {
      cash: 12345,
      parameters: { salt: 3 },
      commission: {
        type: 'tiered',
        tiers: [
          { upTo: 1000, rate: 0.002 },
          { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
        ],
      },
      slippage: 0.001,
      account: { type: 'margin', initial: 0.5, maintenance: 0.25 },
      rules: [{ type: 'stop', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5 } }],
      size: { type: 'value', amount: 500 },
      from: 20 * DAY,
      to: 100 * DAY,
      band: true,
    }
    const one = backtest(prices, Busy, config)
    const { summary } = resultFolder(one)
    const { strategy, ...again } = JSON.parse(summary).config
    expect(strategy).toBe('Busy')
    const more = ['band', 'from', 'parameters', 'size', 'to']
    expect(Object.keys(again).sort()).toEqual([...Object.keys(SETTINGS), ...more].sort())
    expectSame(backtest(prices, Busy, again), one)
    prices.release()
  })

  it('says in its summary what it is and lists its files', () => {
    const summary = JSON.parse(readFileSync(join(good, 'summary.json'), 'utf8'))
    expect(summary).toMatchObject({ format: 'fillgrid result', version: 6, strategy: 'Busy', first_bar: 0 })
    for (const { field } of METRICS) expect(summary).toHaveProperty(field)
    expect(summary.files.map(({ name }: { name: string }) => name)).toEqual([...TABLE_FILES, 'notes.txt'])
    for (const { name, bytes } of summary.files) expect(readFileSync(join(good, name)).length).toBe(bytes)
    expect(summary.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('needs the tables alone, and may lie anywhere', async () => {
    const folder = changed((copy) => rmSync(join(copy, 'notes.txt')))
    const link = fresh()
    symlinkSync(folder, link, 'dir')
    expectSame(await readResult(link), result)
    // Laid out anew, its summary still says the same.
    const text = readFileSync(join(folder, 'summary.json'), 'utf8')
    writeFileSync(join(folder, 'summary.json'), text.replace(/\n */g, ''))
    expectSame(await readResult(folder), result)
  })
})

describe('a folder that is damaged', () => {
  it.each(TABLE_FILES)('is refused for %s: changed, cut, grown, missing, or something else', async (name) => {
    const flip = (folder: string) => {
      const bytes = readFileSync(join(folder, name))
      bytes[bytes.length >> 1] ^= 1
      writeFileSync(join(folder, name), bytes)
    }
    const cases: [(folder: string) => void, string][] = [
      [flip, 'sha256 '],
      [
        (folder) => writeFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(8)),
        'bytes, as summary.json lists it, expected, found ',
      ],
      [(folder) => writeFileSync(join(folder, name), ' ', { flag: 'a' }), 'bytes, as summary.json lists it, expected'],
      [(folder) => rmSync(join(folder, name)), 'a file, which summary.json lists, expected, found none'],
      [
        (folder) => {
          rmSync(join(folder, name))
          symlinkSync(join(good, name), join(folder, name))
        },
        'a plain file expected',
      ],
    ]
    for (const [change, words] of cases) {
      const folder = changed(change)
      const error = await failureOf(folder)
      expect([error.code, error.place.file]).toEqual(['result_damaged', join(folder, name)])
      expect(error.message).toContain(`${join(folder, name)}: `)
      expect(error.message).toContain(words)
    }
  })

  it('is refused where no summary is, or one that is none', async () => {
    const write = (text: string) => changed((folder) => writeFileSync(join(folder, 'summary.json'), text))
    const cases: [string, string, string][] = [
      [fresh(), 'file_access', 'the summary of a result expected, found none'],
      [changed((folder) => rmSync(join(folder, 'summary.json'))), 'file_access', 'found none'],
      [write(''), 'result_damaged', 'JSON expected'],
      [write('{"format": "fillgrid result"'), 'result_damaged', 'JSON expected'],
      [write('[1]'), 'result_damaged', 'a JSON object expected'],
      [write('null'), 'result_damaged', 'a JSON object expected'],
      [write('{"name": "theirs"}'), 'result_damaged', "format: 'fillgrid result' expected, found undefined"],
      [
        write(`{"format": "fillgrid result", "x": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
        'result_damaged',
        'a summary expected',
      ],
    ]
    for (const [folder, code, words] of cases) {
      const error = await failureOf(folder)
      expect(error.message).toContain(words)
      expect([error.code, error.place.file]).toEqual([code, join(folder, 'summary.json')])
    }
  })

  it.each<[string, string, (text: string) => string]>([
    ['a figure', 'sha256: ', (text) => text.replace(/"final_value": \d+/, '"final_value": 9')],
    ['a setting', 'sha256: ', (text) => text.replace('"timing": "next-open"', '"timing": "next-close"')],
    ['a file of its list', 'sha256: ', (text) => text.replace('trades.arrow', 'grades.arrow')],
    ['its digest', 'sha256: ', (text) => text.replace(/"sha256": "\w+"\n}/, '"sha256": "0"\n}')],
  ])('is refused where %s was changed in its summary', async (_, words, edit) => {
    const folder = changed((copy) => {
      const path = join(copy, 'summary.json')
      const text = readFileSync(path, 'utf8')
      expect(edit(text)).not.toBe(text)
      writeFileSync(path, edit(text))
    })
    const error = await failureOf(folder)
    expect([error.code, error.place.file]).toEqual(['result_damaged', join(folder, 'summary.json')])
    expect(error.message).toContain(words)
  })

  it.each<[string, string, (summary: Record<string, never>) => unknown]>([
    ['result_version', 'summary.json: version: version 6 expected, found 7', (s) => Object.assign(s, { version: 7 })],
    ['result_version', 'version 6 expected, found undefined', (s) => delete s.version],
    [
      'result_damaged',
      'format: "fillgrid result" expected, found "fillgrid sweep"',
      (s) => Object.assign(s, { format: 'fillgrid sweep' }),
    ],
    ['result_damaged', 'result.parameters: an object expected, found undefined', (s) => delete s.config],
    ['result_damaged', 'result.metrics.sharpe: a number expected', (s) => delete s.sharpe],
    ['result_damaged', 'result.fingerprint.config: the digest of', (s) => Object.assign(s.config, { cash: 5 })],
    ['result_damaged', 'result.fingerprint: an object expected', (s) => delete s.fingerprint],
    ['result_damaged', 'result.annual: an object expected, found undefined', (s) => delete s.annual],
    [
      'result_damaged',
      'result.annual.perYear: a number above 0, or NaN, expected, found 0',
      (s) => Object.assign(s.annual, { per_year: 0 }),
    ],
    ['result_damaged', 'result.warnings[0].code: text expected', (s) => Object.assign(s, { warnings: [{}] })],
    ['result_damaged', 'assets, context_names and details: lists of names expected', (s) => delete s.assets],
    [
      'result_damaged',
      'assets, context_names and details: lists of names expected',
      (s) => Object.assign(s, { context_names: [1] }),
    ],
    [
      'result_damaged',
      'result.band.adverse.finalValue: a number expected, found undefined',
      (s) => Object.assign(s, { band: { adverse: {} } }),
    ],
    ['result_damaged', 'a result expected', (s) => Object.assign(s, { band: { adverse: null } })],
    [
      'result_damaged',
      'trades.arrow: column 31: "none" expected, found "mood"',
      (s) => Object.assign(s, { context_names: [] }),
    ],
    [
      'result_damaged',
      'trades.arrow: an Arrow table expected, found "asset has \\"A\\" in row 1"',
      (s) => Object.assign(s, { assets: ['X', 'Y', 'Z'] }),
    ],
  ])('whose digest is right: %s, %s', async (code, words, edit) => {
    const folder = resealed(edit as never)
    const error = await failureOf(folder)
    expect(error.message).toContain(words)
    expect(error.message).toContain(folder)
    expect(error.code).toBe(code)
  })

  it('whose digest is right: tables that are missing, mixed up, or none', async () => {
    const { files } = resultFolder(result)
    const { 'fills.arrow': fills, ...rest } = files
    const cases: [Parameters<typeof resealed>[1], string][] = [
      [rest, 'summary.json: files: an entry for fills.arrow expected, found none'],
      [{ ...files, 'fills.arrow': files['orders.arrow'] }, 'fills.arrow: column 1: "time" expected, found "order_id"'],
      [{ ...files, 'fills.arrow': 'no table' }, 'fills.arrow: an Arrow table expected'],
      [{ ...files, 'fills.arrow': '' }, 'fills.arrow'],
    ]
    for (const [other, words] of cases) {
      const error = await failureOf(resealed(() => 0, other))
      expect(error.message).toContain(words)
    }
    expect(fills).toBeDefined()
  })

  it('is never anything but refused or read as the same, whatever byte is another', async () => {
    const names = readdirSync(good)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat({ max: 254 }), async (name, place, by) => {
        const folder = changed((copy) => {
          const bytes = readFileSync(join(copy, name))
          bytes[place % bytes.length] ^= by + 1
          writeFileSync(join(copy, name), bytes)
        })
        const read = await readResult(folder).catch((thrown) => thrown)
        rmSync(folder, { recursive: true })
        if (!(read instanceof FillgridError)) return expectSame(read, result)
        expect(read.message).toContain(name)
      }),
      { numRuns: 150 },
    )
  })

  it('with any bytes in a table whose digest is right gives an error of ours or a result', async () => {
    const { files } = resultFolder(result)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TABLE_FILES),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        async (name, edits) => {
          const bytes = new Uint8Array(readFileSync(join(good, name)))
          for (const [place, value] of edits) bytes[place % bytes.length] = value
          const folder = resealed(() => 0, { ...files, [name]: bytes })
          const read = await readResult(folder).catch((thrown) => thrown)
          rmSync(folder, { recursive: true })
          if (read instanceof FillgridError) expect(read.message).toContain(folder)
          else expect(read.trades.length).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 150 },
    )
  })
})

it('wrong calls are told from wrong folders', async () => {
  const calls: [() => Promise<unknown>, string, string][] = [
    [() => writeResult(fresh(), result, { format: 'parquet' } as never), 'unknown_name', 'Use writeTables'],
    [() => writeResult(fresh(), result, { overwite: true } as never), 'unknown_name', 'Did you mean overwrite?'],
    [() => writeResult(fresh(), {} as never), 'invalid_value', 'a Result expected'],
    [() => writeResult('', result), 'invalid_value', 'a path expected'],
    [() => readResult(5 as never), 'invalid_value', 'a path expected'],
    [() => writeResult(fresh(), result, { files: { '../x': '' } }), 'invalid_value', 'plain file names'],
    [() => writeResult(fresh(), result, { files: { 'trades.arrow': '' } }), 'invalid_value', 'trades.arrow'],
  ]
  for (const [call, code, words] of calls) {
    const error = (await call().catch((thrown) => thrown)) as FillgridError
    expect(error).toBeInstanceOf(FillgridError)
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)])
  }
})

it('names that files cannot hold are refused, all others are kept', async () => {
  const close = Float64Array.from({ length: 40 }, (_, i) => 100 + 9 * Math.sin(i / 3))
  const named = (name: string) => {
    const prices = Market.from({ assets: [name], time: close.map((_, i) => i), close })
    return backtest(prices, smaCross, { parameters: { fast: 2, slow: 4 } })
  }
  const error = (await writeResult(fresh(), named('X\ud800')).catch((thrown) => thrown)) as FillgridError
  expect([error.code, error.message]).toEqual(['invalid_value', expect.stringContaining('found "X\\ud800"')])
  class Torn extends Busy {
    static override contextNames = ['mood', 'average', '\ufeffmore']
  }
  const torn = (await writeResult(fresh(), backtest(busyMarket(20), Torn)).catch((thrown) => thrown)) as FillgridError
  expect([torn.code, torn.message]).toEqual(['invalid_value', expect.stringContaining('names that UTF-8 keeps')])
  for (const name of ['\ufeffX', 'null', '__proto__', '\u0000', '😀', ' ', 'x'.repeat(5000)]) {
    const folder = fresh()
    await writeResult(folder, named(name))
    expectSame(await readResult(folder), named(name))
  }
})

it('a folder that was copied file by file is the same', async () => {
  const folder = changed(() => {})
  for (const name of readdirSync(good)) copyFileSync(join(good, name), join(folder, name))
  expectSame(await readResult(folder), result)
  expect(existsSync(join(folder, '.fillgrid-lock'))).toBe(false)
})
