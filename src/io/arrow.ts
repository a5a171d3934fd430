import type * as arrow from 'apache-arrow'
import { FillgridError, show } from '../errors.ts'
import { expectFields } from '../market/expect.ts'
import type { ContextTable, MarketOptions } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import type { Result } from '../results/result.ts'
import type { Column, Table } from '../results/table.ts'
import { expectTable } from '../results/table.ts'
import { type ByteSource, holdsBytes } from './bytes.ts'
import { columnRows, type SourceTable } from './columns.ts'
import { namedRows } from './csv.ts'
import { reading } from './format.ts'
import { fileError } from './head.ts'
import { openIpc } from './ipc.ts'
import { type IpcColumn, ipcBytes, wholeUnit } from './ipcwrite.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { marketFromRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'

/** An Arrow IPC file or stream (Feather 2 is one): its bytes, or a source of them, with its name for errors and the symbol of its rows. */
export interface ArrowFile {
  bytes: Uint8Array | ByteSource
  file?: string
  symbol?: string
}

/** Options of `readArrow`; context may be an Arrow table too. */
export type ArrowOptions = ReadOptions<ArrowFile>

/** Most bytes that decompressed buffers of a table may have, unless told otherwise: 2 GiB. */
const DECOMPRESSED_LIMIT = 2147483648

/**
 * A market from Arrow tables with the columns of `readCsv`: by the same names, one asset a table or a symbol column.
 * Stamps may be timestamps, dates, numbers since 1970 or ISO text; nulls are missing values.
 *
 * @throws FillgridError invalid_file, invalid_market, invalid_value, unknown_name, memory_limit
 */
export function readArrow(files: ArrowFile | readonly ArrowFile[], options: ArrowOptions = {}): Market {
  const list = (Array.isArray(files) ? files : [files]) as readonly ArrowFile[]
  for (const file of list)
    if (!holdsBytes(file))
      throw new FillgridError(
        'invalid_value',
        isArrowTable(file)
          ? 'arrow: the bytes of an Arrow file are needed, found a table in memory. Give it to `fromArrow`.'
          : `arrow: the bytes of an Arrow file are needed, { bytes }, found ${show(file)}.`,
      )
  expectFields(options, 'arrow', 'options by name')
  const { context } = options
  const table = isArrowFile(context) ? readArrowContext(context, options) : (context as MarketOptions['context'])
  const tables = list.map((file) => arrowRows(file, options))
  return marketFromRows(tables, marketOptions(options, table), rowChoice(options).symbols)
}

/** A table of the apache-arrow package, with its name for errors and the symbol of its rows. */
export interface ArrowTable {
  table: arrow.Table
  file?: string
  symbol?: string
}

/**
 * A market from Arrow tables in memory, of the apache-arrow package, as `readArrow` makes one of files.
 *
 * @throws FillgridError as `readArrow`
 */
export async function fromArrow(
  tables: arrow.Table | ArrowTable | readonly (arrow.Table | ArrowTable)[],
  options: ArrowOptions = {},
): Promise<Market> {
  const list = (Array.isArray(tables) ? tables : [tables]) as readonly (arrow.Table | ArrowTable)[]
  return readArrow(await Promise.all(list.map(tableFile)), options)
}

/** A table in memory as the file that it would be. @throws FillgridError invalid_value @internal */
export async function tableFile(given: arrow.Table | ArrowTable): Promise<ArrowFile & { bytes: Uint8Array }> {
  const { tableToIPC } = await import('apache-arrow')
  const { table, file = 'arrow table', symbol } = isArrowTable(given) ? { table: given } : (given ?? {})
  if (!isArrowTable(table))
    throw new FillgridError(
      'invalid_value',
      `${file}: a Table of the apache-arrow package is needed, found ${show(table ?? given)}.`,
    )
  return { bytes: tableToIPC(table, 'file'), file, symbol }
}

/** By what it has, as a program may hold more than one copy of the package. @internal */
export function isArrowTable(value: unknown): value is arrow.Table {
  return typeof value === 'object' && value !== null && 'schema' in value && 'batches' in value
}

function isArrowFile(context: ArrowOptions['context']): context is ArrowFile {
  return holdsBytes(context)
}

/** The rows of one Arrow table, its symbol settled. @internal */
export function arrowRows(source: ArrowFile, options: ReadOptions<unknown>, limit?: number): RowTable {
  const file = source.file ?? 'arrow'
  return reading(file, NEEDED, () =>
    namedRows(columnRows(arrowTable(source.bytes, file, limit), options, 'bars'), source.symbol),
  )
}

/** A context table from Arrow: a time column, and every other column that holds numbers. @throws as `readArrow` */
export function readArrowContext(source: ArrowFile, options: ReadOptions<unknown> = {}): ContextTable {
  if (!holdsBytes(source))
    throw new FillgridError(
      'invalid_value',
      `context: the bytes of an Arrow file are needed, { bytes }, found ${show(source)}.`,
    )
  expectFields(options, 'context', 'options by name')
  const file = source.file ?? 'arrow'
  return reading(file, NEEDED, () => {
    const { time, signals } = columnRows(arrowTable(source.bytes, file), { timeUnit: options.timeUnit }, 'context')
    return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
  })
}

const NEEDED = 'an Arrow IPC file or stream'

/**
 * The columns of an Arrow table, decoded when they are asked for; those that fit as they are, are views of the bytes.
 *
 * @throws FillgridError invalid_file for an empty file; RangeError for a damaged one, here and where columns are decoded
 * @internal
 */
export function arrowTable(
  bytes: Uint8Array | ByteSource,
  file: string,
  limit: number = DECOMPRESSED_LIMIT,
): SourceTable {
  if ((bytes instanceof Uint8Array ? bytes.length : bytes.size) === 0)
    throw fileError('an Arrow table is needed, found an empty file', { file }, 'Is it the right file?')
  return openIpc(bytes, file, limit)
}

/**
 * A table as an Arrow IPC file: snake_case names; numbers as float64 and int32, times as timestamp[ms, UTC] (microseconds where
 * there are fractions, float64 where those are finer), assets and words as dictionaries, flags as bool; empty words and missing times are null, undefined numbers NaN.
 * Equal tables give equal bytes.
 */
export function tableToArrow(table: Table): Uint8Array {
  expectTable(table, 'tableToArrow')
  return ipcBytes(tableColumns(table))
}

/** An equity curve as an Arrow IPC file: `time` (timestamp[ms, UTC], start of the bar) and `equity` (float64). */
export function equityToArrow(time: Float64Array, equity: Float64Array): Uint8Array {
  if (time.length !== equity.length) {
    throw new FillgridError(
      'invalid_value',
      `equity: time and equity must have equal lengths, found ${time.length} and ${equity.length}.`,
    )
  }
  return ipcBytes([timeColumn('time', time), { name: 'equity', type: 'float64', values: equity }])
}

/** The columns of a table as an Arrow file has them; numbers are the table's own arrays. @internal */
export function tableColumns(table: Table): IpcColumn[] {
  return table.columns.map((column) => ipcColumn(column, table.values(column.name), table.assets))
}

function ipcColumn(column: Column, values: Float64Array | Int32Array, assets: readonly string[]): IpcColumn {
  const name = column.field
  switch (column.kind) {
    case 'f64':
      return { name, type: 'float64', values: doubles(values) }
    case 'i32':
      return { name, type: 'int32', values: values instanceof Int32Array ? values : Int32Array.from(values) }
    case 'time':
      return timeColumn(name, doubles(values))
    case 'asset':
      return { name, type: 'dictionary', values, words: assets }
    case 'label':
      return { name, type: 'dictionary', values, words: column.labels ?? [] }
    case 'bool':
      return { name, type: 'bool', values }
  }
}

/** Times as timestamps; as numbers of milliseconds where they are finer than microseconds. */
function timeColumn(name: string, values: Float64Array): IpcColumn {
  const unit = wholeUnit(values)
  return unit === undefined ? { name, type: 'float64', values } : { name, type: 'timestamp', values, unit }
}

function doubles(values: Float64Array | Int32Array): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values)
}

/** The tables of a result as Arrow tables of the apache-arrow package. */
export interface ArrowResult {
  trades: arrow.Table
  fills: arrow.Table
  orders: arrow.Table
  positions: arrow.Table
  equity: arrow.Table
  ambiguous: arrow.Table
}

/**
 * The tables of a result as Arrow tables in memory. Columns of numbers are the result's own arrays, not copies: do not
 * write to them. Times, words and flags, which Arrow keeps in another form, are made anew.
 */
export async function resultToArrow(result: Result): Promise<ArrowResult> {
  expectFields(result, 'resultToArrow', 'a Result')
  const [trades, fills, orders, positions, ambiguous] = await Promise.all(
    [result.trades, result.fills, result.orders, result.openPositions, result.ambiguousBars].map(toArrow),
  )
  // The package is large and slow to load; who does not ask for its tables does without it.
  const { makeVector, Table: ArrowTable } = await import('apache-arrow')
  const equity = new ArrowTable({ time: await timeVector(result.time), equity: makeVector(result.equity) })
  return { trades, fills, orders, positions, equity, ambiguous }
}

/** One table as an Arrow table in memory, as `resultToArrow` does. */
export async function toArrow(table: Table): Promise<arrow.Table> {
  expectTable(table, 'toArrow')
  const { makeVector, Table: ArrowTable } = await import('apache-arrow')
  const vectors: Record<string, arrow.Vector> = {}
  const seen = new Set<ArrayBufferLike>()
  for (const [id, column] of table.columns.entries()) {
    const values = table.values(column.name)
    // The package cannot write columns whose bytes overlap.
    const own = seen.has(values.buffer) ? values.slice() : values
    seen.add(values.buffer)
    if (column.kind === 'f64' || column.kind === 'i32') vectors[column.field] = makeVector(own)
    else if (column.kind === 'time') vectors[column.field] = await timeVector(values)
    else if (column.kind === 'bool') vectors[column.field] = await flagVector(values)
    else {
      const words = column.kind === 'asset' ? table.assets : (column.labels ?? [])
      vectors[column.field] = await wordVector(values, words, id)
    }
  }
  return new ArrowTable(vectors)
}

async function flagVector(values: ArrayLike<number>): Promise<arrow.Vector> {
  const { Bool, makeData, makeVector } = await import('apache-arrow')
  const data = new Uint8Array(Math.ceil(values.length / 8))
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) data[i >> 3] |= 1 << (i & 7)
  return makeVector(makeData({ type: new Bool(), data, length: values.length, nullCount: 0 }))
}

async function timeVector(values: Float64Array | Int32Array): Promise<arrow.Vector> {
  const { makeData, makeVector, Timestamp, TimeUnit } = await import('apache-arrow')
  const times = doubles(values)
  const unit = wholeUnit(times)
  if (unit === undefined) return makeVector(times)
  const factor = unit === 'us' ? 1000 : 1
  const data = BigInt64Array.from(times, (time) => BigInt(Number.isNaN(time) ? 0 : Math.round(time * factor)))
  const type = new Timestamp(unit === 'us' ? TimeUnit.MICROSECOND : TimeUnit.MILLISECOND, 'UTC')
  return makeVector(makeData({ type, data, ...validity(values.length, (i) => !Number.isNaN(values[i])) }))
}

/** Words by number; a number without a word, or with an empty one, is null. The id is explicit: the package counts up otherwise. */
async function wordVector(
  values: Float64Array | Int32Array,
  words: readonly string[],
  id: number,
): Promise<arrow.Vector> {
  const { Dictionary, Int32, makeData, makeVector, Utf8, vectorFromArray } = await import('apache-arrow')
  const type = new Dictionary(new Utf8(), new Int32(), id)
  const dictionary = vectorFromArray([...words], new Utf8())
  const data = Int32Array.from(values, (value) => (words[value] ? value : 0))
  return makeVector(makeData({ type, data, dictionary, ...validity(values.length, (i) => Boolean(words[values[i]])) }))
}

function validity(
  n: number,
  valid: (i: number) => boolean,
): { length: number; nullCount: number; nullBitmap?: Uint8Array } {
  const nullBitmap = new Uint8Array(Math.ceil(n / 64) * 8)
  let nullCount = 0
  for (let i = 0; i < n; i++) {
    if (valid(i)) nullBitmap[i >> 3] |= 1 << (i & 7)
    else nullCount++
  }
  return nullCount === 0 ? { length: n, nullCount } : { length: n, nullCount, nullBitmap }
}
