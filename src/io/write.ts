import { join } from 'node:path'
import { FillgridError, show } from '../errors.ts'
import { PRICE_COLUMNS } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { nearNames } from '../market/names.ts'
import type { Result } from '../results/result.ts'
import { type Column, Table, type Values } from '../results/table.ts'
import { RESULT_TABLES, type ResultTable, resultTable } from '../results/tables.ts'
import { tableColumns } from './arrow.ts'
import { byCode } from './columns.ts'
import { csvParts } from './csvwrite.ts'
import { writeFile } from './files.ts'
import { ipcParts } from './ipcwrite.ts'
import { tableToJson } from './jsonwrite.ts'

/** Formats that tables are written in, by the endings of their files. */
export const TABLE_FORMATS = ['arrow', 'parquet', 'csv', 'json'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

/**
 * Writes a table to a file, whole or not at all. A sweep's table, a result's, a market's: all are the same to it.
 *
 * @param format default: by the ending of the path
 * @throws FillgridError file_access, missing_package (Parquet), unknown_name
 */
export async function writeTable(path: string, table: Table, format: TableFormat = formatOf(path)): Promise<void> {
  writeFile(path, await encodeTable(table, format))
}

/** A table in one of the formats, in parts where it is large. @throws FillgridError missing_package, unknown_name */
export async function encodeTable(
  table: Table,
  format: TableFormat,
): Promise<Uint8Array | string | Iterable<Uint8Array>> {
  switch (format) {
    case 'arrow':
      return ipcParts(tableColumns(table))
    case 'parquet':
      return (await import('./parquetwrite.ts')).tableToParquet(table)
    case 'csv':
      return csvParts(table)
    case 'json':
      return tableToJson(table)
    default:
      throw unknownFormat(format)
  }
}

function formatOf(path: string): TableFormat {
  const ending = /\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? ''
  const known: Record<string, TableFormat> = { feather: 'arrow', ipc: 'arrow' }
  const format = TABLE_FORMATS.find((name) => name === ending) ?? known[ending]
  if (format) return format
  throw unknownFormat(ending)
}

function unknownFormat(format: string): FillgridError {
  const near = nearNames(format, TABLE_FORMATS)
  return new FillgridError(
    'unknown_name',
    `file: a table is written as ${TABLE_FORMATS.join(', ')}, found ${show(format)}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`,
  )
}

/**
 * Writes tables of a result into a folder for other programs, each as a file of its own (`trades.parquet`, ...). What
 * `readResult` reads back `writeResult` writes.
 *
 * @param options `format` (default 'arrow'), `tables` (default all)
 * @returns the paths
 * @throws as `writeTable`
 */
export async function writeTables(
  folder: string,
  result: Result,
  options: { format?: TableFormat; tables?: readonly ResultTable[] } = {},
): Promise<string[]> {
  const { format = 'arrow', tables = RESULT_TABLES } = options
  const paths: string[] = []
  for (const name of tables) {
    const path = join(folder, `${name}.${format}`)
    await writeTable(path, resultTable(result, name), format)
    paths.push(path)
  }
  return paths
}

/**
 * The bars of a market, one row a bar and asset, absent bars left out: `time`, `symbol`, the price columns, then signals by
 * their names. Read back it is the same market, but for context columns.
 */
export function marketTable(market: Market): Table {
  const { assetCount, bars, close } = market
  const present = close.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0)
  const asset = new Int32Array(present)
  const cell = new Int32Array(present)
  const bar = new Int32Array(present)
  let row = 0
  for (let a = 0; a < assetCount; a++) {
    for (let b = 0, i = a; b < bars; b++, i += assetCount) {
      if (Number.isNaN(close[i])) continue
      asset[row] = a
      bar[row] = b
      cell[row++] = i
    }
  }
  const pick = (values: Float64Array) => byCode(cell, values)
  const number = (name: string): Column => ({ name, field: name, kind: 'f64', unit: '', doc: '' })
  const time: Column = { name: 'time', field: 'time', kind: 'time', unit: 'ms UTC', doc: 'Start of the bar.' }
  const symbol: Column = { name: 'symbol', field: 'symbol', kind: 'asset', unit: '', doc: '' }
  const signals = [...market.signals]
  const times = market.time
  return new Table(
    [time, symbol, ...PRICE_COLUMNS.map(number), ...signals.map(([name]) => number(name))],
    new Map<string, Values>([
      ['time', byCode(bar, times)],
      ['symbol', asset],
      ...PRICE_COLUMNS.map((name): [string, Values] => [name, pick(market[name])]),
      ...signals.map(([name, { values }]): [string, Values] => [name, pick(values)]),
    ]),
    market.assets,
  )
}
