/** Files that other libraries wrote: every column is read as they mean it. */
import { readdirSync, readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { arrowTable } from '../../src/io/arrow.ts'
import type { SourceColumn, SourceTable } from '../../src/io/columns.ts'
import { parquetTable } from '../../src/io/parquet.ts'

const folder = new URL('./written/', import.meta.url)
const expected: Record<string, (number | string | null)[]> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
)
const codecs = {
  gzip: (data: Uint8Array, limit: number) => gunzipSync(data, { maxOutputLength: limit }),
  brotli: (data: Uint8Array, limit: number) => brotliDecompressSync(data, { maxOutputLength: limit }),
}

function open(name: string, bytes: Uint8Array): SourceTable {
  return name.endsWith('.parquet') ? parquetTable(bytes, name, { codecs }) : arrowTable(bytes, name)
}

function cells(column: SourceColumn): (number | string | null)[] {
  if (column.kind !== 'text') return Array.from(column.numbers(), (value) => (Number.isNaN(value) ? null : value))
  const { codes, words } = column.words()
  return Array.from(codes, (code) => (code < 0 ? null : words[code]))
}

const files = readdirSync(folder).filter((name) => /\.(parquet|arrows?)$/.test(name))

describe('files written by other libraries', () => {
  it('are there', () => expect(files.length).toBeGreaterThanOrEqual(14))

  it.each(files)('%s', (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)))
    const table = open(name, bytes)
    const seen = new Set<string>()
    for (const column of table.columns) {
      if (!(column.name in expected)) {
        expect([column.name, column.kind]).toEqual([column.name, 'other'])
        continue
      }
      seen.add(column.name)
      const found = cells(column)
      // Nanoseconds are kept to the microsecond.
      const fine = column.name === 'ns' || column.name === 'us'
      const rounded = (value: number | string | null) =>
        fine && typeof value === 'number' ? Math.round(value * 1000) : value
      expect(found.map(rounded)).toEqual(expected[column.name].map(rounded))
    }
    expect(seen.size).toBeGreaterThanOrEqual(Object.keys(expected).length - 1)
    // Bytes of a larger array, at any offset: what is aligned and what is not read alike.
    const shifted = new Uint8Array(bytes.length + 3).subarray(3)
    shifted.set(bytes)
    const again = open(name, shifted)
    for (const [i, column] of table.columns.entries())
      if (column.kind !== 'other') expect(cells(again.columns[i])).toEqual(cells(column))
  })

  it('columns that fit are views of the file', () => {
    const bytes = new Uint8Array(readFileSync(new URL('pyarrow.arrow', folder)))
    const column = arrowTable(bytes, 'f').columns.find(({ name }) => name === 'f64')!
    expect(column.numbers().buffer).toBe(bytes.buffer)
  })

  it('codecs that the host has to bring are asked for', () => {
    const bytes = new Uint8Array(readFileSync(new URL('pyarrow-v2-gzip.parquet', folder)))
    expect(() => parquetTable(bytes, 'f').columns[0].numbers()).toThrow('compression with gzip, which is not read here')
  })

  it('columns beyond the limit are refused', () => {
    const bytes = new Uint8Array(readFileSync(new URL('pyarrow-v1-snappy.parquet', folder)))
    const [time] = parquetTable(bytes, 'f', { limit: 300 }).columns.filter(({ name }) => name === 'time')
    expect(() => time.numbers()).toThrow('more than 300 bytes come out')
    const lz4 = new Uint8Array(readFileSync(new URL('pyarrow-lz4.arrows', folder)))
    const many = arrowTable(lz4, 'f', 100).columns.find(({ name }) => name === 'many')!
    expect(() => many.words()).toThrow(/more than \d+ bytes come out/)
  })
})
