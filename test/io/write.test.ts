import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as apache from 'apache-arrow'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import { arrowTable, resultToArrow, toArrow } from '../../src/io/arrow.ts'
import type { SourceTable } from '../../src/io/columns.ts'
import { readFile } from '../../src/io/files.ts'
import { jsonTable } from '../../src/io/json.ts'
import { loadMarket } from '../../src/io/load.ts'
import { parquetTable } from '../../src/io/parquet.ts'
import {
  encodeTable,
  marketTable,
  TABLE_FORMATS,
  type TableFormat,
  writeTable,
  writeTables,
} from '../../src/io/write.ts'
import { Market } from '../../src/market/market.ts'
import { type Column, Table, type Values } from '../../src/results/table.ts'
import { RESULT_TABLES, resultTable } from '../../src/results/tables.ts'
import { smaCross } from '../../src/strategies/sma-cross.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-write-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const day = Date.UTC(2024, 0, 1)
const columns: Column[] = [
  { name: 'entryTime', field: 'entry_time', kind: 'time', unit: '', doc: '' },
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: '' },
  { name: 'pnl', field: 'pnl', kind: 'f64', unit: 'currency', doc: '' },
  { name: 'bars', field: 'bars_held', kind: 'i32', unit: 'bars', doc: '' },
  { name: 'tag', field: 'tag', kind: 'label', labels: ['', 'stop, "quoted"', 'Ziel\n'], unit: '', doc: '' },
  { name: 'open', field: 'open', kind: 'bool', unit: '', doc: '' },
]
const assets = ['A', 'Ö,"x"', 'B\\']

const row = fc.record({
  entryTime: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -1e13, max: 1e13 })),
  asset: fc.nat({ max: 2 }),
  pnl: fc.oneof(fc.double(), fc.constantFrom(-0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2)),
  bars: fc.integer({ min: -2147483648, max: 2147483647 }),
  tag: fc.nat({ max: 2 }),
  open: fc.nat({ max: 1 }),
})
const tables = fc.array(row, { maxLength: 40 }).map((rows) => {
  const values = columns.map(({ name, kind }): [string, Values] => {
    const list = rows.map((one) => one[name as keyof typeof one])
    return [name, kind === 'f64' || kind === 'time' ? Float64Array.from(list) : Int32Array.from(list)]
  })
  return new Table(columns, new Map(values), assets)
})

async function bytesOf(table: Table, format: TableFormat): Promise<Uint8Array> {
  const content = await encodeTable(table, format)
  if (typeof content === 'string') return new TextEncoder().encode(content)
  return content instanceof Uint8Array ? content : new Uint8Array(Buffer.concat([...content]))
}

const READERS: Record<Exclude<TableFormat, 'csv'>, (bytes: Uint8Array) => SourceTable> = {
  arrow: (bytes) => arrowTable(bytes, 'f'),
  parquet: (bytes) => parquetTable(bytes, 'f'),
  json: (bytes) => jsonTable(bytes, 'f'),
}

/** What a column should read as. */
function expectedCells(table: Table, column: Column): unknown[] {
  return Array.from({ length: table.length }, (_, i) => {
    const value = table.values(column.name)[i]
    if (column.kind === 'time') return Number.isNaN(value) ? null : value
    return column.kind === 'f64' ? value : column.kind === 'bool' ? value : table.cell(column, i)
  })
}

describe('write then read is identity', () => {
  it.each(Object.keys(READERS) as (keyof typeof READERS)[])('%s', async (format) => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const bytes = await bytesOf(table, format)
        expect(await bytesOf(table, format)).toEqual(bytes)
        if (format === 'json' && table.length === 0) return
        const read = READERS[format](bytes)
        expect([read.rows, read.columns.map(({ name }) => name)]).toEqual([
          table.length,
          columns.map(({ field }) => field),
        ])
        for (const [i, column] of columns.entries()) {
          const found = read.columns[i]
          const words = column.kind === 'asset' || column.kind === 'label'
          // JSON has times as text, and says nothing about columns without a value.
          const text = found.kind === 'text'
          const { codes, words: list } = text ? found.words() : { codes: new Int32Array(0), words: [] }
          const textCell = (code: number) => (code < 0 ? null : words ? list[code] : Date.parse(list[code]))
          const numberCell = (value: number) => (Number.isNaN(value) && column.kind !== 'f64' ? null : value)
          const cells = text ? Array.from(codes, textCell) : Array.from(found.numbers(), numberCell)
          expect(cells).toEqual(expectedCells(table, column))
        }
      }),
      { numRuns: format === 'parquet' ? 40 : 80 },
    )
  })

  it('csv: every cell is its text', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const text = new TextDecoder().decode(await bytesOf(table, 'csv'))
        const rows = splitCsv(text)
        expect(rows[0]).toEqual(columns.map(({ field }) => field))
        expect(rows.length).toBe(table.length + 1)
        for (let i = 0; i < table.length; i++) {
          for (const [k, column] of columns.entries()) {
            const cell = rows[i + 1][k]
            const value = table.values(column.name)[i]
            if (column.kind === 'f64') expect(cell === '' ? Number.NaN : Number(cell)).toBe(value)
            else expect(cell).toBe(String(table.cell(column, i) ?? ''))
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('other libraries read the same', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const arrow = apache.tableFromIPC(await bytesOf(table, 'arrow'))
        const memory = await toArrow(table)
        const objects = await parquetReadObjects({ file: new Uint8Array(await bytesOf(table, 'parquet')).buffer })
        expect([arrow.numRows, memory.numRows, objects.length]).toEqual([table.length, table.length, table.length])
        for (const column of columns) {
          const expected = expectedCells(table, column)
          const flag = (value: unknown) => (typeof value === 'boolean' ? Number(value) : value)
          const time = (value: unknown) => (value instanceof Date ? value.getTime() : value)
          expect(Array.from(arrow.getChild(column.field)!, flag)).toEqual(expected)
          expect(Array.from(memory.getChild(column.field)!, flag)).toEqual(expected)
          const third = objects.map((one) => time(flag(one[column.field])))
          expect(third.map((value) => value ?? null)).toEqual(expected.map((value) => value ?? null))
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** RFC 4180, independently of the library. */
function splitCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\n') rows.push([])
  }
  return rows.slice(0, -1)
}

const bar = fc.record({
  close: fc.double({ min: 0.5, max: 1000, noNaN: true }),
  up: fc.double({ min: 0, max: 1, noNaN: true }),
  volume: fc.nat(),
})
const markets = fc
  .record({
    count: fc.integer({ min: 1, max: 3 }),
    step: fc.constantFrom(60000, 86400000),
    rows: fc.array(fc.option(bar, { freq: 6 }), { minLength: 6, maxLength: 36 }),
  })
  .filter(({ count, rows }) => rows.slice(0, count).every(Boolean))
  .map(({ count, step, rows }) => {
    const bars = Math.floor(rows.length / count)
    const take = (of: (one: NonNullable<(typeof rows)[number]>) => number) =>
      Float64Array.from({ length: bars * count }, (_, i) => (rows[i] ? of(rows[i]) : Number.NaN))
    return {
      assets: ['AA', 'B-B', 'C/C'].slice(0, count),
      time: Float64Array.from({ length: bars }, (_, i) => day + i * step),
      open: take(({ close }) => close),
      high: take(({ close, up }) => close + up),
      low: take(({ close, up }) => close * (1 - up / 2)),
      close: take(({ close }) => close),
      volume: take(({ volume }) => volume),
      signals: { score: take(({ up }) => up) },
    }
  })

describe('markets', () => {
  it('written in any format are read as the same market, and in any order of their rows', async () => {
    let n = 0
    await fc.assert(
      fc.asyncProperty(
        markets,
        fc.constantFrom(...TABLE_FORMATS),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (columns, format, random) => {
          const market = Market.from(columns)
          const table = marketTable(market)
          const path = join(folder, `${n++}.${format}`)
          await writeTable(path, table)
          const order = Int32Array.from({ length: table.length }, (_, i) => i)
          for (let i = order.length - 1; i > 0; i--) {
            const j = Math.floor((random.next().value as number) * i)
            ;[order[i], order[j]] = [order[j], order[i]]
          }
          const shuffled = new Table(
            table.columns,
            new Map(
              table.columns.map(({ name }): [string, Values] => {
                const values = table.values(name)
                return [name, values.map((_, i) => values[order[i]])]
              }),
            ),
            table.assets,
          )
          const other = join(folder, `${n++}.${format}`)
          await writeTable(other, shuffled)
          for (const [file, options] of [
            [path, {}],
            [other, { sort: true }],
          ] as const) {
            const read = await loadMarket(file, options)
            // Assets without a bar have no row to be read from.
            if (read.assetCount === market.assetCount && read.bars === market.bars)
              expect(read.digest()).toBe(market.digest())
            else expect(read.bars * read.assetCount).toBeLessThan(market.bars * market.assetCount)
            read.release()
          }
          market.release()
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('results', () => {
  const close = Float64Array.from({ length: 300 }, (_, i) => 100 + 10 * Math.sin(i / 9))
  const market = Market.from({ assets: ['A'], time: close.map((_, i) => day + i * 86400000), close })
  const result = backtest(market, smaCross, { parameters: { fast: 3, slow: 9 } })

  it.each(TABLE_FORMATS)('every table as %s, whole or not at all', async (format) => {
    const paths = await writeTables(join(folder, format), result, { format })
    expect(readdirSync(join(folder, format)).sort()).toEqual(RESULT_TABLES.map((name) => `${name}.${format}`).sort())
    for (const [i, path] of paths.entries())
      expect(new Uint8Array(readFile(path))).toEqual(await bytesOf(resultTable(result, RESULT_TABLES[i]), format))
    expect(result.trades.length).toBeGreaterThan(3)
  })

  it('as Arrow in memory: numbers are the arrays of the result', async () => {
    const { trades, equity, positions } = await resultToArrow(result)
    expect(trades.getChild('pnl')!.data[0].values).toBe(result.trades.values('pnl'))
    expect(trades.getChild('entry_bar')!.data[0].values).toBe(result.trades.values('entryBar'))
    expect(equity.getChild('equity')!.data[0].values).toBe(result.equity)
    expect([trades.numRows, positions.numRows]).toEqual([result.trades.length, result.openPositions.length])
    expect(apache.tableFromIPC(apache.tableToIPC(trades)).toArray().length).toBe(result.trades.length)
  })

  it('refuses formats that are none, and names the nearest', async () => {
    const error = await writeTable(join(folder, 'x.parket'), result.trades).catch((found) => found)
    expect(error).toBeInstanceOf(FillgridError)
    expect(error.message).toContain('found "parket". Did you mean parquet?')
    expect(existsSync(join(folder, 'x.parket'))).toBe(false)
  })
})

describe('the cache', () => {
  const csv = 'time,symbol,close,score\n2024-01-01,A,1,5\n2024-01-02,A,2,6\n2024-01-02,B,3,\n'
  const options = () => ({ cache: join(folder, 'cache'), context: join(folder, 'context.csv') })
  const load = async (more: object = {}, path = join(folder, 'bars.csv')) => {
    const market = await loadMarket(path, { ...options(), ...more })
    const out = { digest: market.digest(), remarks: market.remarks, provenance: market.provenance, bars: market.bars }
    market.release()
    return out
  }
  const kept = () => readdirSync(join(folder, 'cache'))

  it('whose folder cannot be written ends nothing, and says so', async () => {
    const path = join(folder, 'uncached.csv')
    writeFileSync(path, csv)
    // A part of its path is a file.
    const market = await loadMarket(path, { cache: join(path, 'cache') })
    const said = market.remarks.filter(({ code }) => code === 'not_cached')
    expect(said).toHaveLength(1)
    expect(said[0].message).toContain('The market is not cached: ')
    expect(said[0].message).toContain('cannot be written')
    expect(market.bars).toBe(2)
    market.release()
  })

  it('gives the same market with all that is known about it, until a source or an option changes', async () => {
    writeFileSync(join(folder, 'bars.csv'), csv)
    writeFileSync(join(folder, 'context.csv'), 'time,vix\n2024-01-01,15\n')
    const first = await load()
    expect(kept()).toHaveLength(1)
    expect(await load()).toEqual(first)
    expect(first.provenance!.sources[0].sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(await load({ from: '2024-01-02' })).toMatchObject({ bars: 1 })
    expect(kept()).toHaveLength(2)
    writeFileSync(join(folder, 'context.csv'), 'time,vix\n2024-01-01,16\n')
    expect((await load()).digest).not.toBe(first.digest)
    writeFileSync(join(folder, 'bars.csv'), csv.replace('2024-01-02,B,3,', '2024-01-02,B,4,'))
    expect((await load()).digest).not.toBe(first.digest)
    expect(kept()).toHaveLength(4)
  })

  it('is passed by where an option is a function, replaced where it is damaged, and does not grow beyond its size', async () => {
    const before = kept()
    const first = await load({ isOpen: () => true })
    expect(kept()).toEqual(before)
    await load()
    const newest = kept().find((name) => !before.includes(name)) ?? before.at(-1)!
    for (const change of [
      (b: Uint8Array) => b.subarray(0, 300),
      (b: Uint8Array) => b.map((x, i) => (i > 1200 ? x ^ 1 : x)),
    ]) {
      for (const name of kept())
        writeFileSync(join(folder, 'cache', name), change(readFileSync(join(folder, 'cache', name))))
      expect((await load()).digest).toBe(first.digest)
      expect((await load()).digest).toBe(first.digest)
    }
    expect(newest).toMatch(/^[0-9a-f]{64}\.arrow$/)
    await load({ cache: { folder: join(folder, 'cache'), maxBytes: 1 }, to: '2024-01-02' })
    expect(kept()).toHaveLength(1)
  })
})
