/**
 * Damaged files, column by column: every reader gives a table or a typed error, soon, and makes no more room than its limit.
 * FUZZ_IO_RUNS sets how many changed inputs each reader gets, from another seed each time unless FUZZ_SEED fixes it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FillgridError } from '../../src/errors.ts'
import { arrowRows, arrowTable } from '../../src/io/arrow.ts'
import { sourceOf } from '../../src/io/bytes.ts'
import type { SourceTable } from '../../src/io/columns.ts'
import { crc32 } from '../../src/io/crc32.ts'
import { reading } from '../../src/io/format.ts'
import { jsonRows, jsonTable } from '../../src/io/json.ts'
import { openMarket } from '../../src/io/open.ts'
import { parquetRows, parquetTable } from '../../src/io/parquet.ts'
import { zipEntries } from '../../src/io/zip.ts'
import { zstdPortable } from '../../src/io/zstd.ts'
import { eachZstdPiece } from '../../src/io/zstdstream.ts'
import { changed, changes } from './mutate.ts'

const RUNS = Number(process.env.FUZZ_IO_RUNS ?? 250)
const SEED = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ_IO_RUNS ? Date.now() % 1e9 : 20261121))
const LIMIT = 4 * 2 ** 20
/** A damaged file of some kilobytes is read or refused in milliseconds; a busy machine may take longer. */
const SLOW = 4000

const folder = new URL('./written/', import.meta.url)
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)))
const codecs = { gzip: (data: Uint8Array, limit: number) => gunzipSync(data, { maxOutputLength: limit }) }
const inflate = (data: Uint8Array, limit: number) => inflateRawSync(data, { maxOutputLength: limit })

/** Bytes of all columns of a table. */
function decoded(table: SourceTable): number {
  let bytes = 0
  for (const column of table.columns) {
    if (column.kind === 'other') continue
    bytes += column.kind === 'text' ? column.words().codes.byteLength : column.numbers().byteLength
  }
  return bytes
}

const json = JSON.stringify(
  Array.from({ length: 30 }, (_, i) => ({
    time: 1700000000000 + i * 60000,
    open: '1.5',
    close: i + 0.5,
    note: 'a "b"',
    info: { x: [1] },
  })),
)
const csv = new TextEncoder().encode(
  `time,open,high,low,close,volume\n${Array.from({ length: 40 }, (_, i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')}T${String(Math.floor(i / 28)).padStart(2, '0')}:00:00Z,${i + 1},${i + 2},${i},${i + 1.5},${i * 10}`).join('\n')}\n`,
)

const READERS: [name: string, inputs: Uint8Array[], read: (bytes: Uint8Array) => number][] = [
  [
    'Arrow',
    readdirSync(folder)
      .filter((name) => /\.arrows?$/.test(name))
      .map(file),
    (bytes) => decoded(arrowTable(bytes, 'f', LIMIT)),
  ],
  [
    'Parquet',
    readdirSync(folder)
      .filter((name) => name.endsWith('.parquet') && !name.includes('brotli'))
      .map(file),
    (bytes) => decoded(parquetTable(bytes, 'f', { codecs, limit: LIMIT })),
  ],
  [
    'JSON',
    [
      json,
      '[[1700000000000,1,2,1,2,10],[1700000060000,1,2,1,2,10]]',
      '{"columns":["time","close"],"data":[["2024-01-01",1]]}',
    ].map((text) => new TextEncoder().encode(text)),
    (bytes) => decoded(jsonTable(bytes, 'f', { limit: LIMIT })),
  ],
  ['zstd', [zstdFixture('text.19.zst'), zstdFixture('noise.1.zst')], (bytes) => zstdPortable(bytes, LIMIT).length],
  [
    'zstd in pieces',
    [zstdFixture('text.19.zst'), zstdFixture('noise.1.zst')],
    (bytes) => {
      let length = 0
      eachZstdPiece(sourceOf(bytes), (piece) => {
        length += piece.length
        return length > LIMIT
      })
      return length
    },
  ],
  [
    'zip',
    [zipFixture()],
    (bytes) => zipEntries(bytes, inflate, LIMIT).reduce((sum, entry) => sum + entry.read().length, 0),
  ],
]

function zstdFixture(name: string): Uint8Array {
  const packed = JSON.parse(readFileSync(new URL('packed.json', folder), 'utf8'))
  return new Uint8Array(Buffer.from(packed[name], 'base64'))
}

/** An archive of one deflated file. */
function zipFixture(): Uint8Array {
  const packed = deflateRawSync(csv)
  const out = new DataView(new ArrayBuffer(30 + 5 + packed.length + 46 + 5 + 22))
  const bytes = new Uint8Array(out.buffer)
  const name = new TextEncoder().encode('a.csv')
  out.setUint32(0, 0x04034b50, true)
  out.setUint16(26, 5, true)
  bytes.set(name, 30)
  bytes.set(packed, 35)
  const at = 35 + packed.length
  out.setUint32(at, 0x02014b50, true)
  out.setUint16(at + 10, 8, true)
  out.setUint32(at + 16, crc32(csv), true)
  out.setUint32(at + 20, packed.length, true)
  out.setUint32(at + 24, csv.length, true)
  out.setUint16(at + 28, 5, true)
  bytes.set(name, at + 46)
  out.setUint32(at + 51, 0x06054b50, true)
  out.setUint16(at + 61, 1, true)
  out.setUint32(at + 67, at, true)
  return bytes
}

describe.each(READERS)('%s', (_, inputs, read) => {
  it(`gives a table or a RangeError for ${RUNS} changed files, within its limit, soon`, { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...inputs), changes, (input, list) => {
        const bytes = changed(input, list)
        const start = performance.now()
        try {
          // Every column may use the limit, and words take 4 bytes where numbers take 8.
          expect(read(bytes)).toBeLessThanOrEqual(LIMIT * 8)
        } catch (error) {
          if (!(error instanceof RangeError || error instanceof FillgridError)) throw error
        }
        expect(performance.now() - start).toBeLessThan(SLOW)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})

describe('loading', () => {
  const inputs: [string, Uint8Array][] = [
    ['polars.arrow', file('polars.arrow')],
    ['pyarrow-v2-zstd.parquet', file('pyarrow-v2-zstd.parquet')],
    ['a.json', new TextEncoder().encode(json)],
    ['a.zip', zipFixture()],
    ['a.csv', csv],
  ]
  it(`gives a market or a FillgridError for ${RUNS} changed files of any kind`, { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...inputs), changes, async ([name, input], list) => {
        try {
          const options =
            name.includes('a.') && !name.includes('arrow')
              ? {}
              : { roles: { close: 'f64' } as const, allowNonPositive: true }
          const market = await openMarket({ bytes: changed(input, list), file: name }, options)
          market.release()
        } catch (error) {
          if (!(error instanceof FillgridError)) throw error
        }
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })

  it('errors of damaged files name the file and what it should be', () => {
    const cases: [() => unknown, string][] = [
      [
        () => arrowRows({ bytes: file('polars.arrow').subarray(0, 900), file: 'x.arrow' }, {}),
        'an Arrow IPC file or stream is needed',
      ],
      [
        () => parquetRows({ bytes: file('polars.parquet').subarray(0, 900), file: 'x.parquet' }, {}),
        'a Parquet file is needed',
      ],
      [() => jsonRows({ bytes: '[{', file: 'x.json' }, {}), 'JSON with rows or columns is needed'],
      [
        () => reading('x.zip', 'a zip archive', () => zipEntries(new Uint8Array(50), inflate, 10)),
        'a zip archive is needed',
      ],
    ]
    for (const [work, sentence] of cases) {
      let found: unknown
      try {
        work()
      } catch (error) {
        found = error
      }
      expect(found).toBeInstanceOf(FillgridError)
      expect((found as FillgridError).code).toBe('invalid_file')
      expect((found as FillgridError).message).toMatch(new RegExp(`^file: ${sentence}, found ".*" at x\\.`))
    }
  })
})
