/**
 * Changed inputs for every reader. Whatever the bytes are, the outcome is a market that keeps its rules and has every row
 * of the source or says what became of it, or a FillgridError; never another error, never long, never much memory.
 *
 * `npm run fuzz:io -- N` makes N of them from another seed each time; FUZZ_SEED fixes it.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { LENIENT } from '../../src/io/inspect.ts'
import { inspect, type OpenOptions, openMarket } from '../../src/io/load.ts'
import type { Market } from '../../src/market/market.ts'
import { SAMPLES } from './samples.ts'

const RUNS = Number(process.env.FUZZ_IO_RUNS ?? 1200)
const SEED = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ_IO_RUNS ? Date.now() % 1e9 : 20261121))
/** No input is larger than a few hundred kilobytes, so nothing should take longer; the machine may be shared. */
const SLOWEST = 5000
/** Growth of the process over a whole run. */
const MOST_MEMORY = 1.2e9

/** Random numbers that follow from a seed alone (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text)

/** A zip archive of one or more files, as APPNOTE describes it. */
function zip(files: readonly [string, Uint8Array][]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const [name, bytes] of files) {
    const packed = deflateRawSync(bytes)
    const fields = (signature: number, central: boolean) => {
      const head = new DataView(new ArrayBuffer(central ? 46 : 30))
      let p = 0
      const put = (value: number, size: 2 | 4) => {
        if (size === 2) head.setUint16(p, value, true)
        else head.setUint32(p, value, true)
        p += size
      }
      put(signature, 4)
      if (central) put(20, 2)
      for (const value of [20, 0, 8, 0, 0]) put(value, 2)
      for (const value of [crc32(bytes), packed.length, bytes.length]) put(value, 4)
      put(name.length, 2)
      put(0, 2)
      if (central) {
        for (const value of [0, 0, 0]) put(value, 2)
        put(0, 4)
        put(at, 4)
      }
      return new Uint8Array(head.buffer)
    }
    directory.push(fields(0x02014b50, true), utf8(name))
    parts.push(fields(0x04034b50, false), utf8(name), packed)
    at += 30 + name.length + packed.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = new DataView(new ArrayBuffer(22))
  end.setUint32(0, 0x06054b50, true)
  end.setUint16(8, files.length, true)
  end.setUint16(10, files.length, true)
  end.setUint32(12, size, true)
  end.setUint32(16, at, true)
  return Uint8Array.from(Buffer.concat([...parts, ...directory, new Uint8Array(end.buffer)]))
}

/** A Zstandard frame of one block that is not compressed (RFC 8878). */
function zstd(bytes: Uint8Array): Uint8Array {
  const [size, word] = [bytes.length - 256, (bytes.length << 3) | 1]
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x60, size & 255, size >> 8, word & 255, (word >> 8) & 255, word >> 16]
  return Uint8Array.from([...head, ...bytes])
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** A plain table, for the oracle below. */
const PLAIN = ['date,open,high,low,close,volume']
for (let i = 0; i < 20; i++)
  PLAIN.push(`2024-01-${String(i + 1).padStart(2, '0')},${100 + i},${103 + i},${99 + i},${101.5 + i},${1000 * i}`)
const plain = PLAIN.join('\n')

/** What is changed: small whole inputs of every reader. */
interface Original {
  name: string
  file: string
  bytes: Uint8Array
}

const written = new URL('./written/', import.meta.url)
const ORIGINALS: readonly Original[] = [
  ...SAMPLES.map(({ dialect, file, text }) => ({
    name: dialect,
    file,
    bytes: typeof text === 'string' ? utf8(text) : text,
  })),
  ...[1, 2, 3, 4].map(() => ({ name: 'plain', file: 'plain.csv', bytes: utf8(plain) })),
  {
    name: 'utf-16',
    file: 'x.csv',
    bytes: Uint8Array.from([...`\uFEFF${plain}`].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8])),
  },
  { name: 'gzip', file: 'x.csv.gz', bytes: gzipSync(plain) },
  { name: 'zstd', file: 'x.csv.zst', bytes: zstd(utf8(plain)) },
  { name: 'zip', file: 'x.zip', bytes: zip([['x.csv', utf8(plain)]]) },
  {
    name: 'zip of gzip',
    file: 'x.zip',
    bytes: zip([
      ['a.csv.gz', gzipSync(plain)],
      ['b.csv', utf8(plain)],
      ['readme.md', utf8('x')],
    ]),
  },
  {
    name: 'JSON arrays',
    file: 'x.json',
    bytes: utf8('[[1704067200000,1,2,0.5,1.5,10],[1704067260000,1.5,2.5,1,2,20],[1704067320000,2,3,1.5,2.5,30]]'),
  },
  {
    name: 'JSON objects',
    file: 'x.json',
    bytes: utf8('[{"time":"2024-01-01","close":1.5,"note":"a\\u00e9\\n"},{"time":"2024-01-02","close":2,"note":null}]'),
  },
  {
    name: 'JSON columns',
    file: 'x.json',
    bytes: utf8('{"columns":["date","open","close"],"data":[["2024-01-01",1,2],["2024-01-02",2,3]]}'),
  },
  ...(existsSync(written) ? readdirSync(written) : [])
    .filter((name) => /\.(parquet|arrows?)$/.test(name))
    .map((name) => ({ name, file: name, bytes: new Uint8Array(readFileSync(new URL(name, written))) })),
]

const WORDS = [
  'null',
  'NaN',
  '-1',
  '0',
  '1e999',
  '1e-400',
  '"',
  '""',
  '\n',
  '\r\n',
  ',',
  ';',
  '\t',
  '\0',
  '2024-02-30',
  '24:00',
  '99999999999999999999',
  '-',
  '.',
  '\uFEFF',
  'ä',
  'close',
]

/** Some bytes changed, put in, taken out, moved or doubled. */
function change(original: Uint8Array, next: () => number): Uint8Array {
  let bytes = original.slice()
  const int = (n: number) => Math.floor(next() * n)
  const splice = (at: number, out: number, put: Uint8Array) => {
    bytes = Uint8Array.from(
      Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(Math.min(bytes.length, at + out))]),
    )
  }
  // Half of them are changed once and gently, so that many stay markets.
  const gentle = int(2) === 0
  for (let changes = gentle ? 1 : 1 + int(8); changes > 0 && bytes.length > 0; changes--) {
    const at = int(bytes.length)
    switch (gentle ? 8 + int(3) : int(10)) {
      case 0:
        bytes[at] ^= 1 << int(8)
        break
      case 1:
        bytes[at] = int(256)
        break
      case 2:
        splice(at, 1 + int(Math.min(40, bytes.length)), new Uint8Array(0))
        break
      case 3:
        splice(
          at,
          int(3),
          Uint8Array.from({ length: 1 + int(8) }, () => int(256)),
        )
        break
      case 4:
        splice(at, int(6), utf8(WORDS[int(WORDS.length)]))
        break
      case 5: {
        const part = bytes.slice(at, at + int(200))
        splice(int(bytes.length), 0, part)
        break
      }
      case 6:
        bytes = bytes.slice(0, at)
        break
      case 7: {
        // Lengths and counts of binary formats.
        const value = [0, 0xff, 0xffff, 0x7fffffff, 0xffffffff, int(65536)][int(6)]
        for (let k = 0; k < 4 && at + k < bytes.length; k++) bytes[at + k] = (value >>> (8 * k)) & 255
        break
      }
      case 8: {
        // Whole lines in another place, or twice.
        const lines = new TextDecoder('latin1').decode(bytes).split('\n')
        const line = lines[int(lines.length)]
        if (int(2) === 0) lines.splice(lines.indexOf(line), 1)
        lines.splice(int(lines.length + 1), 0, line)
        bytes = Uint8Array.from(lines.join('\n'), (c) => c.charCodeAt(0) & 255)
        break
      }
      default: {
        // A digit for a digit: another number in the same place.
        let digit = at
        while (digit < bytes.length && !(bytes[digit] >= 48 && bytes[digit] <= 57)) digit++
        if (digit < bytes.length) bytes[digit] = 48 + int(10)
      }
    }
  }
  return bytes
}

/** The rules that every market keeps, and that no row went without a word. */
function checkMarket(market: Market, lenient = false): void {
  const { time, open, high, low, close, volume, assetCount, bars, allowNonPositive } = market
  let cells = 0
  for (let bar = 0; bar < bars; bar++) {
    expect(Math.abs(time[bar])).toBeLessThanOrEqual(8.64e15)
    if (bar > 0 && !(time[bar] > time[bar - 1])) throw new Error(`time falls at bar ${bar}`)
    for (let i = bar * assetCount; i < (bar + 1) * assetCount; i++) {
      const prices = [open[i], high[i], low[i], close[i]]
      if (Number.isNaN(close[i])) {
        if (!prices.every(Number.isNaN)) throw new Error(`bar ${bar} is neither there nor absent`)
        continue
      }
      cells++
      const sound = prices.every((price) => Number.isFinite(price) && (allowNonPositive || price > 0))
      if (!sound || high[i] < low[i] || !(volume[i] >= 0))
        throw new Error(`bar ${bar} is none: ${prices}, ${volume[i]}`)
    }
  }
  const { sources, checks } = market.provenance!
  const rows = sources.reduce((sum, source) => sum + source.rows, 0)
  // Rows that could not be read are no rows of the source any more.
  const dropped = checks
    .filter(({ check, policy }) => policy === 'drop' && !['unparsable', 'missing', 'incomplete'].includes(check))
    .reduce((sum, { count }) => sum + count, 0)
  // A row may fail several checks.
  if (cells > rows || cells < rows - dropped || (!lenient && cells !== rows - dropped))
    throw new Error(`${rows} rows less ${dropped} gave ${cells} bars`)
}

/** What plain comma-separated text says, read in the simplest way; undefined where it is not that simple. */
function plainRows(bytes: Uint8Array): Map<string, string[]> | undefined {
  const text = new TextDecoder().decode(bytes)
  const lines = text.split('\n')
  if (lines[0] !== PLAIN[0] || /["\r\0\uFFFD\t;]/.test(text)) return undefined
  const rows = new Map<string, string[]>()
  for (const line of lines.slice(1)) {
    if (line.trim() === '') continue
    const fields = line.split(',').map((field) => field.trim())
    while (fields.length > 6 && fields.at(-1) === '') fields.pop()
    if (fields.slice(1, 5).every((field) => MISSING.has(field.toLowerCase()))) continue
    if (!/^\d{4}-\d\d-\d\d$/.test(fields[0])) return undefined
    const known = rows.get(fields[0])
    if (known && known.join() !== fields.join()) return undefined
    rows.set(fields[0], fields)
  }
  return rows
}

const MISSING = new Set(['', 'nan', 'null', 'none', 'na', 'n/a', '#n/a', '-'])

/** Bars of plain text are the numbers of its rows, and no others. */
function checkPlain(market: Market, bytes: Uint8Array): boolean {
  const rows = plainRows(bytes)
  if (!rows || market.provenance!.sources[0].separator !== ',') return false
  expect(market.bars).toBe(rows.size)
  for (let bar = 0; bar < market.bars; bar++) {
    const fields = rows.get(new Date(market.time[bar]).toISOString().slice(0, 10))
    const close = Number(fields?.[4])
    if (market.close[bar] !== close) throw new Error(`close of ${fields?.join()} is ${market.close[bar]}`)
    if (!MISSING.has(fields![5].toLowerCase()) && market.volume[bar] !== Number(fields![5]))
      throw new Error(`volume of ${fields!.join()}`)
  }
  return true
}

const outcomes = { markets: 0, compared: 0, refused: 0, slowest: 0 }

const folder = mkdtempSync(join(tmpdir(), 'fillgrid-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The ways in which users bring data: bytes, files (which are read in pieces), trades, and a look first. */
type Way = 'bytes' | 'file' | 'ticks' | 'inspect'

async function open(way: Way, name: string, bytes: Uint8Array, options: OpenOptions): Promise<Market | undefined> {
  if (way === 'inspect') {
    // What is looked at is only counted: nothing is refused that can be read at all.
    for (const found of await inspect({ bytes, file: name }, options)) JSON.stringify(found)
    return undefined
  }
  if (way === 'ticks') return openMarket({ bytes, file: name }, { ...options, ticks: { by: 'tick', every: 2 } })
  if (way === 'bytes') return openMarket({ bytes, file: name }, options)
  const path = join(folder, basename(name))
  writeFileSync(path, bytes)
  return openMarket(path, options)
}

async function run(index: number): Promise<void> {
  const next = random(SEED + index * 7919)
  const original = ORIGINALS[Math.floor(next() * ORIGINALS.length)]
  const bytes = change(original.bytes, next)
  const lenient = next() < 0.4
  const chosen = next()
  const way: Way = chosen < 0.6 ? 'bytes' : chosen < 0.8 ? 'file' : chosen < 0.9 ? 'ticks' : 'inspect'
  const begun = performance.now()
  try {
    let market: Market | undefined
    try {
      market = await open(way, original.file, bytes, lenient ? { checks: LENIENT } : {})
    } catch (error) {
      if (!(error instanceof FillgridError)) throw error
      expect(error.message).not.toMatch(/undefined|\[object/)
      outcomes.refused++
    }
    const taken = performance.now() - begun
    outcomes.slowest = Math.max(outcomes.slowest, taken)
    if (taken > SLOWEST) throw new Error(`it took ${Math.round(taken)} ms`)
    if (!market) return
    try {
      outcomes.markets++
      checkMarket(market, lenient)
      if (original.name === 'plain' && !lenient && way !== 'ticks' && checkPlain(market, bytes)) outcomes.compared++
    } finally {
      market.release()
    }
  } catch (error) {
    const shown = Buffer.from(bytes.subarray(0, 3000)).toString('base64')
    throw new Error(
      `input ${index} of seed ${SEED} (${original.name}, ${way}): ${(error as Error).message}\n${shown}`,
      {
        cause: error,
      },
    )
  }
}

describe('changed inputs', () => {
  it('the originals are read as they are', async () => {
    for (const { name, file, bytes } of ORIGINALS) {
      try {
        const market = await openMarket({ bytes, file })
        checkMarket(market)
        market.release()
      } catch (error) {
        // An archive with two tables of one symbol, and what a test of another reader wants refused.
        expect([name, (error as FillgridError).code]).toEqual([name, expect.stringMatching(/^(invalid_|missing_)/)])
      }
    }
  })

  const batch = 400
  for (let from = 0; from < RUNS; from += batch) {
    it(`${from} to ${Math.min(RUNS, from + batch)} of seed ${SEED}`, async () => {
      const before = process.memoryUsage().rss
      for (let index = from; index < Math.min(RUNS, from + batch); index++) await run(index)
      expect(process.memoryUsage().rss - before).toBeLessThan(MOST_MEMORY)
    })
  }

  it('some were markets, some were not, and the plain ones are what they say', () => {
    expect(outcomes.markets).toBeGreaterThan(RUNS / 5)
    expect(outcomes.refused).toBeGreaterThan(RUNS / 5)
    expect(outcomes.compared).toBeGreaterThan(0)
    if (process.env.FUZZ_IO_RUNS) console.log(outcomes)
  })
})

describe('inputs made to do harm', () => {
  const cases: [string, Uint8Array, string][] = [
    ['gzip of zeros', gzipSync(new Uint8Array(20_000_000)), 'x.csv.gz'],
    ['gzip in gzip in gzip in gzip', gzipSync(gzipSync(gzipSync(gzipSync(plain)))), 'x.gz'],
    ['a quote that is never closed', utf8(`${plain}\n"${'x,\n'.repeat(100_000)}`), 'x.csv'],
    [
      'quotes that are never closed',
      utf8(`date,open,high,low,close,note\n${'2024-01-01,1,2,1,1,"\n'.repeat(30_001)}`),
      'x.csv',
    ],
    ['one line', utf8('1,'.repeat(200_000)), 'x.csv'],
    [
      'many columns',
      utf8(`${Array.from({ length: 50_000 }, (_, i) => `c${i}`).join()}\n${'1,'.repeat(50_000)}\n`),
      'x.csv',
    ],
    ['one time', utf8(`time,close\n${'1704067200,5\n'.repeat(60_000)}`), 'x.csv'],
    [
      'one time and other prices',
      utf8(`time,close\n${Array.from({ length: 40_000 }, (_, i) => `1704067200,${i + 1}`).join('\n')}`),
      'x.csv',
    ],
    [
      'many symbols',
      utf8(`time,symbol,close\n${Array.from({ length: 30_000 }, (_, i) => `${1704067200 + i},s${i},5`).join('\n')}`),
      'x.csv',
    ],
    ['many bad rows', utf8(`${plain}\n${'x,x,x,x,x,x\n'.repeat(40_000)}`), 'x.csv'],
    ['far years', utf8('time,close\n0001-01-01 10:00,1\n9999-12-31 10:00,2\n'), 'x.csv'],
    [
      'a zip that says it is huge',
      (() => {
        const bytes = zip([['x.csv', utf8(plain)]])
        new DataView(bytes.buffer).setUint32(bytes.length - 22 - 51 + 24, 0xfffffff0, true)
        return bytes
      })(),
      'x.zip',
    ],
  ]
  it.each(cases)('%s', async (_, bytes, file) => {
    const before = process.memoryUsage().rss
    for (const options of [
      {},
      { timezone: 'America/New_York', checks: { unparsable: 'drop', duplicates: 'drop', order: 'repair' } },
    ] as const) {
      const begun = performance.now()
      try {
        const market = await openMarket({ bytes, file }, options)
        checkMarket(market, true)
        market.release()
      } catch (error) {
        expect(error).toBeInstanceOf(FillgridError)
      }
      expect(performance.now() - begun).toBeLessThan(4 * SLOWEST)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(MOST_MEMORY)
  })
})
