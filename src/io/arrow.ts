import * as arrow from 'apache-arrow'
import { FillgridError, show } from '../errors.ts'
import { type ContextTable, type MarketOptions, PRICE_COLUMNS, type PriceColumn } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import type { Column, Table } from '../results/table.ts'
import { namedRows } from './csv.ts'
import { chooseExtras, fileError, neededRoles, type TableKind } from './head.ts'
import { lz4Decompress } from './lz4.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { marketFromRows, type RowTable } from './rows.ts'
import { type EpochUnit, epochMs, epochUnit, parseDate, stampEnd } from './stamp.ts'

/** An Arrow IPC file or stream (Feather 2 is one), with its name for errors and the symbol of its rows. */
export interface ArrowFile {
  bytes: Uint8Array
  file?: string
  symbol?: string
}

/** Options of `readArrow`; context may be an Arrow table too. */
export type ArrowOptions = ReadOptions<ArrowFile>

// The package leaves codecs to its users; Feather files are compressed with LZ4 unless asked otherwise.
if (!arrow.compressionRegistry.get(arrow.CompressionType.LZ4_FRAME)) {
  arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, { decode: (data) => lz4Decompress(data) })
}

/**
 * A market from Arrow tables with the columns of `readCsv`: by the same names, one asset a table or a symbol column.
 * Stamps may be timestamps, dates, numbers since 1970 or ISO text; nulls are missing values.
 *
 * @throws FillgridError invalid_file, invalid_market, invalid_value, unknown_name, memory_limit
 */
export function readArrow(files: ArrowFile | readonly ArrowFile[], options: ArrowOptions = {}): Market {
  const list = (Array.isArray(files) ? files : [files]) as readonly ArrowFile[]
  const { context } = options
  const table = isArrowFile(context) ? readArrowContext(context, options) : (context as MarketOptions['context'])
  const tables = list.map((file) => arrowRows(file, options))
  return marketFromRows(tables, marketOptions(options, table), rowChoice(options).symbols)
}

function isArrowFile(context: ArrowOptions['context']): context is ArrowFile {
  return (context as Partial<ArrowFile> | undefined)?.bytes instanceof Uint8Array
}

/** The rows of one Arrow table, its symbol settled. */
export function arrowRows(source: ArrowFile, options: ReadOptions<unknown>): RowTable {
  return namedRows(tableRows(source, options, 'bars'), source.symbol)
}

/** A context table from Arrow: a time column, and every other column that holds numbers. @throws as `readArrow` */
export function readArrowContext(source: ArrowFile, options: ReadOptions<unknown> = {}): ContextTable {
  const { time, signals } = tableRows(source, { timeUnit: options.timeUnit }, 'context')
  return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
}

function tableRows(source: ArrowFile, options: ReadOptions<unknown>, kind: TableKind): RowTable {
  const file = source.file ?? 'arrow'
  const table = open(source.bytes, file)
  const place = { file }
  // Index columns that pandas writes are no data.
  const names = table.schema.fields.map((field) => (field.name.startsWith('__index_level_') ? '' : field.name))
  const roles = neededRoles(names, options.roles, kind, place, false)
  if (table.numRows === 0) throw fileError('at least one row is needed, found none', place, 'Is the file complete?')
  const choice = rowChoice(options)
  const column = (i: number) => table.getChildAt(i) as arrow.Vector
  const { extras, leftOut } = chooseExtras(
    names,
    roles,
    choice.signals ?? true,
    (i) => isNumeric(column(i).type),
    place,
  )

  let time = stamps(column(roles.time!), names[roles.time!], options.timeUnit, file)
  let asset: Int32Array | undefined
  let symbols: string[] = []
  if (roles.symbol !== undefined)
    ({ asset, names: symbols } = symbolColumn(column(roles.symbol), names[roles.symbol], file))
  const prices = new Map<PriceColumn, Float64Array>()
  for (const name of kind === 'bars' ? PRICE_COLUMNS : []) {
    const at = roles[name]
    if (at === undefined) continue
    if (!isNumeric(column(at).type)) {
      throw fileError(
        `${names[at]} must hold numbers, found ${column(at).type}`,
        { file, column: names[at] },
        'Convert the column.',
      )
    }
    prices.set(name, numbers(column(at), names[at], file))
  }
  const missing = prices.get('close')?.findIndex(Number.isNaN) ?? -1
  if (missing >= 0)
    throw fileError(
      `${names[roles.close!]} must be a number, found none`,
      { file, line: missing + 1, column: names[roles.close!] },
      'Mend or leave out the row.',
    )
  const seen = symbols
  const signals = new Map(extras.map((extra) => [extra.name, numbers(column(extra.column), extra.name, file)]))

  const rows = chosenRows(time, asset, symbols, choice)
  if (rows) {
    const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row])
    time = pick(time)
    for (const [name, values] of prices) prices.set(name, pick(values))
    for (const [name, values] of signals) signals.set(name, pick(values))
    if (asset)
      ({ asset, names: symbols } = renumber(
        Int32Array.from(rows, (row) => asset![row]),
        symbols,
      ))
  }
  return {
    file,
    names: symbols,
    seen,
    asset,
    time,
    prices,
    signals,
    line: (row) => (rows ? rows[row] : row) + 1,
    leftOut,
  }
}

function open(bytes: Uint8Array, file: string): arrow.Table {
  if (bytes.length === 0)
    throw fileError('an Arrow table is needed, found an empty file', { file }, 'Is it the right file?')
  try {
    return arrow.tableFromIPC(bytes)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const codec = why.includes('codec')
    throw new FillgridError(
      'invalid_file',
      `file: ${codec ? 'compression must be none or LZ4' : 'an Arrow IPC file or stream is needed'}, found ${show(why)} at ${file}. ` +
        (codec ? 'Write it with another compression.' : 'Is the file complete?'),
      { file },
      { cause },
    )
  }
}

function isNumeric(type: arrow.DataType): boolean {
  return arrow.DataType.isInt(type) || arrow.DataType.isFloat(type) || arrow.DataType.isBool(type)
}

/** A column of numbers as doubles, nulls as NaN. */
function numbers(vector: arrow.Vector, name: string, file: string): Float64Array {
  for (const data of vector.data) {
    const held = (data.values?.length ?? 0) * (arrow.DataType.isBool(data.type) ? 8 : 1)
    if (held < data.length) {
      throw fileError(
        `${name} must have ${data.length} values, found ${held}`,
        { file, column: name },
        'Is the file complete?',
      )
    }
  }
  const out = new Float64Array(vector.length)
  let at = 0
  for (const data of vector.data) {
    const n = data.length
    if (
      arrow.DataType.isBool(data.type) ||
      (arrow.DataType.isFloat(data.type) && data.type.precision === arrow.Precision.HALF)
    ) {
      const part = new arrow.Vector([data])
      for (let i = 0; i < n; i++) out[at + i] = Number(part.get(i) ?? Number.NaN)
    } else if (data.values instanceof BigInt64Array || data.values instanceof BigUint64Array) {
      for (let i = 0; i < n; i++) out[at + i] = Number(data.values[i])
    } else out.set((data.values as Float64Array).subarray(0, n), at)
    if (data.nullCount > 0) for (let i = 0; i < n; i++) if (!data.getValid(i)) out[at + i] = Number.NaN
    at += n
  }
  return out
}

/** Milliseconds UTC of a column of stamps, whatever its type. */
function stamps(vector: arrow.Vector, name: string, unit: EpochUnit | undefined, file: string): Float64Array {
  const { type } = vector
  const bad = (row: number, found: unknown) =>
    fileError(
      `${name} must be a time, found ${show(found)}`,
      { file, line: row + 1, column: name },
      'Mend or leave out the row.',
    )
  let out: Float64Array
  if (arrow.DataType.isUtf8(type) || arrow.DataType.isLargeUtf8(type)) {
    out = new Float64Array(vector.length)
    for (let row = 0; row < out.length; row++) {
      const bytes = new TextEncoder().encode(String(vector.get(row)))
      out[row] = parseDate(bytes, 0, bytes.length)
      if (Number.isNaN(out[row]) || stampEnd < bytes.length) throw bad(row, vector.get(row))
    }
    return out
  }
  if (arrow.DataType.isTimestamp(type)) out = scaled(numbers(vector, name, file), TIME_UNITS[type.unit])
  else if (arrow.DataType.isDate(type))
    out = numbers(vector, name, file).map((value) => (type.unit === arrow.DateUnit.DAY ? value * 86400000 : value))
  else if (isNumeric(type)) {
    const raw = numbers(vector, name, file)
    const found = unit ?? epochUnit(raw[0])
    const other = unit === undefined ? raw.findIndex((value) => epochUnit(value) !== found && !Number.isNaN(value)) : -1
    if (other >= 0) {
      throw fileError(
        `${name} seems to change from ${found} to ${epochUnit(raw[other])}, found ${raw[other]}`,
        { file, line: other + 1, column: name },
        'Pass `timeUnit` if all stamps have one unit.',
      )
    }
    out = scaled(raw, found)
  } else throw fileError(`${name} must hold times, found ${type}`, { file, column: name }, 'Convert the column.')
  const missing = out.findIndex(Number.isNaN)
  if (missing >= 0) throw bad(missing, null)
  return out
}

/** By `TimeUnit`. */
const TIME_UNITS: readonly EpochUnit[] = ['s', 'ms', 'us', 'ns']

function scaled(values: Float64Array, unit: EpochUnit): Float64Array {
  if (unit !== 'ms') for (let i = 0; i < values.length; i++) values[i] = epochMs(values[i], unit)
  return values
}

/** Symbols numbered by their first row. */
function symbolColumn(vector: arrow.Vector, name: string, file: string): { asset: Int32Array; names: string[] } {
  const codes = new Map<string, number>()
  const asset = new Int32Array(vector.length)
  const code = (value: unknown, row: number) => {
    if (value === null || value === undefined || value === '') {
      throw fileError(
        `${name} must be a name, found ${show(value)}`,
        { file, line: row + 1, column: name },
        'Mend or leave out the row.',
      )
    }
    const text = String(value)
    const found = codes.get(text) ?? codes.size
    codes.set(text, found)
    return found
  }
  let at = 0
  for (const data of vector.data) {
    const part = new arrow.Vector([data])
    const words = arrow.DataType.isDictionary(data.type) ? new Map<number, number>() : undefined
    for (let i = 0; i < data.length; i++) {
      const key = words && data.getValid(i) ? Number(data.values[i]) : -1
      const known = key >= 0 ? words!.get(key) : undefined
      const found = known ?? code(part.get(i), at + i)
      if (key >= 0) words!.set(key, found)
      asset[at + i] = found
    }
    at += data.length
  }
  return { asset, names: [...codes.keys()] }
}

/** Rows within the chosen time and symbols; undefined for all. */
function chosenRows(
  time: Float64Array,
  asset: Int32Array | undefined,
  names: readonly string[],
  choice: ReturnType<typeof rowChoice>,
): Int32Array | undefined {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, symbols } = choice
  const wanted = asset && symbols ? names.map((name) => symbols.has(name)) : undefined
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY && !wanted) return undefined
  const rows: number[] = []
  for (let row = 0; row < time.length; row++) {
    if (time[row] >= from && time[row] < to && (!wanted || wanted[asset![row]])) rows.push(row)
  }
  return Int32Array.from(rows)
}

/** The names that are left, numbered by their first row again. */
function renumber(asset: Int32Array, names: readonly string[]): { asset: Int32Array; names: string[] } {
  const next = new Map<number, number>()
  const out = asset.map((old) => {
    const found = next.get(old) ?? next.size
    next.set(old, found)
    return found
  })
  return { asset: out, names: [...next.keys()].map((old) => names[old]) }
}

/**
 * A table as an Arrow IPC file: snake_case names; numbers as float64 and int32, times as timestamp[ms, UTC], assets and
 * words as dictionaries, flags as bool; empty words and missing times are null, undefined numbers NaN.
 * Equal tables give equal bytes.
 */
export function tableToArrow(table: Table): Uint8Array {
  const vectors: Record<string, arrow.Vector> = {}
  table.columns.forEach((column, i) => {
    vectors[column.field] = arrowVector(column, table.values(column.name), table.assets, i)
  })
  return arrow.tableToIPC(new arrow.Table(vectors), 'file')
}

/** An equity curve as an Arrow IPC file: `time` (timestamp[ms, UTC], start of the bar) and `equity` (float64). */
export function equityToArrow(time: Float64Array, equity: Float64Array): Uint8Array {
  if (time.length !== equity.length) {
    throw new FillgridError(
      'invalid_value',
      `equity: time and equity must have equal lengths, found ${time.length} and ${equity.length}.`,
    )
  }
  return arrow.tableToIPC(new arrow.Table({ time: timeVector(time), equity: arrow.makeVector(equity.slice()) }), 'file')
}

// Values are copied: the package cannot write columns whose bytes overlap, nor should a file change while it is written.
function arrowVector(
  column: Column,
  values: Float64Array | Int32Array,
  assets: readonly string[],
  id: number,
): arrow.Vector {
  switch (column.kind) {
    case 'f64':
      return arrow.makeVector(Float64Array.from(values))
    case 'i32':
      return arrow.makeVector(Int32Array.from(values))
    case 'time':
      return timeVector(values)
    case 'asset':
      return wordVector(values, assets, id)
    case 'label':
      return wordVector(values, column.labels ?? [], id)
    case 'bool': {
      const bits = new Uint8Array(Math.ceil(values.length / 8))
      for (let i = 0; i < values.length; i++) if (values[i] !== 0) bits[i >> 3] |= 1 << (i & 7)
      return arrow.makeVector(
        arrow.makeData({ type: new arrow.Bool(), data: bits, length: values.length, nullCount: 0 }),
      )
    }
  }
}

function timeVector(values: Float64Array | Int32Array): arrow.Vector {
  const data = new BigInt64Array(values.length)
  for (let i = 0; i < data.length; i++) if (!Number.isNaN(values[i])) data[i] = BigInt(Math.trunc(values[i]))
  const type = new arrow.Timestamp(arrow.TimeUnit.MILLISECOND, 'UTC')
  return arrow.makeVector(arrow.makeData({ type, data, ...validity(values.length, (i) => !Number.isNaN(values[i])) }))
}

/** Words by number; a number without a word, or with an empty one, is null. The id is explicit: the package counts up otherwise. */
function wordVector(values: Float64Array | Int32Array, words: readonly string[], id: number): arrow.Vector {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), id)
  const dictionary = arrow.vectorFromArray([...words], new arrow.Utf8())
  const known = (i: number) => Boolean(words[values[i]])
  const data = Int32Array.from(values, (value) => (words[value] ? value : 0))
  return arrow.makeVector(arrow.makeData({ type, data, dictionary, ...validity(values.length, known) }))
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
