import { FillgridError, show } from '../errors.ts'
import { expectFields } from '../market/expect.ts'
import type { ContextTable, MarketOptions } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { columnRows, type SourceTable } from './columns.ts'
import { namedRows } from './csv.ts'
import { reading } from './format.ts'
import { fileError } from './head.ts'
import { JsonColumns } from './jsoncolumns.ts'
import { JsonScanner } from './jsonscan.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { marketFromRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'

/** JSON text with its name for errors and the symbol of its rows. */
export interface JsonFile {
  bytes: Uint8Array | string
  file?: string
  symbol?: string
}

/** Options of `readJson`; context may be JSON text too. */
export interface JsonOptions extends ReadOptions<JsonFile> {
  /** Most bytes that the columns may have. Default 2 GiB. */
  limit?: number
}

const NEEDED = 'JSON with rows or columns'
const LIMIT = 2147483648

/**
 * A market from JSON: rows as arrays (`[[1700000000000, 1, 2, 1, 2, 10], ...]`, freqtrade's and Binance's without names, or
 * others with `columns`), rows as objects, columns as arrays (`{"time": [...], "close": [...]}`), or both apart
 * (`{"columns": [...], "data": [[...], ...]}`, also one level deeper). Numbers may stand in quotes. Other parts are passed
 * over.
 *
 * @throws FillgridError invalid_file, invalid_market, invalid_value, unknown_name, memory_limit
 */
export function readJson(files: JsonFile | readonly JsonFile[], options: JsonOptions = {}): Market {
  const list = (Array.isArray(files) ? files : [files]) as readonly JsonFile[]
  for (const file of list)
    if (!isJsonFile(file))
      throw new FillgridError('invalid_value', `json: text or bytes are needed, { bytes }, found ${show(file)}.`)
  expectFields(options, 'json', 'options by name')
  const { context } = options
  const table = isJsonFile(context) ? readJsonContext(context, options) : (context as MarketOptions['context'])
  const tables = list.map((file) => jsonRows(file, options))
  return marketFromRows(tables, marketOptions(options, table), rowChoice(options).symbols)
}

function isJsonFile(context: unknown): context is JsonFile {
  const bytes = (context as Partial<JsonFile> | null | undefined)?.bytes
  return bytes instanceof Uint8Array || typeof bytes === 'string'
}

/** The rows of one JSON text, its symbol settled. */
export function jsonRows(source: JsonFile, options: ReadOptions<unknown> & { limit?: number }): RowTable {
  const file = source.file ?? 'json'
  return reading(file, NEEDED, () =>
    namedRows(columnRows(jsonTable(source.bytes, file, options), options, 'bars'), source.symbol),
  )
}

/** A context table from JSON: a time column, and every other column that holds numbers. @throws as `readJson` */
export function readJsonContext(
  source: JsonFile,
  options: ReadOptions<unknown> & { limit?: number } = {},
): ContextTable {
  const file = source.file ?? 'json'
  return reading(file, NEEDED, () => {
    const table = jsonTable(source.bytes, file, options)
    const { time, signals } = columnRows(table, { timeUnit: options.timeUnit }, 'context')
    return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
  })
}

/** Names of the columns of rows without any, by how many there are. */
const BARE: Readonly<Record<number, { names: readonly string[] }>> = {
  // freqtrade, ccxt and many exchanges.
  6: { names: ['time', 'open', 'high', 'low', 'close', 'volume'] },
  // Trades as freqtrade keeps them.
  7: { names: ['timestamp', 'id', 'type', 'side', 'price', 'amount', 'cost'] },
  // Klines of Binance.
  12: {
    names: [
      ...['open_time', 'open', 'high', 'low', 'close', 'volume', 'close_time', 'quote_volume', 'count'],
      ...['taker_buy_volume', 'taker_buy_quote_volume', ''],
    ],
  },
}

/**
 * The columns of a JSON text, read straight from its bytes.
 *
 * @throws RangeError, FillgridError invalid_file
 */
export function jsonTable(
  source: Uint8Array | string,
  file: string,
  { columns: given, limit = LIMIT }: { columns?: readonly string[]; limit?: number } = {},
): SourceTable {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source
  const scan = new JsonScanner(bytes)
  const table = new JsonColumns(bytes, limit)
  const sides = new JsonColumns(bytes, limit)
  const start = scan.peek()
  if (start === OPEN_LIST) {
    readRows(scan, table)
    if (!table.named) table.name(given ?? bareNames(table.width, table.rows, file))
  } else if (start === OPEN_OBJECT) readParts(scan, table, sides, 0)
  else throw new RangeError('neither a list nor an object')
  scan.end()
  const main = table.width > 0 ? table : sides
  if (main.width === 0) throw fileError('rows or columns are needed, found none', { file }, 'Is it the right file?')
  // Lists that stand beside rows are columns too if they are as long.
  const beside = main === table && sides.rows === table.rows ? sides.columns() : []
  return { file, format: 'json', rows: main.rows, columns: [...main.columns(), ...beside] }
}

const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b

function bareNames(width: number, rows: number, file: string): readonly string[] {
  if (rows === 0) throw fileError('at least one row is needed, found none', { file }, 'Is the file complete?')
  const found = BARE[width]
  if (found) return found.names
  throw fileError(
    `rows without names need 6 columns (time, open, high, low, close, volume), found ${width}`,
    { file },
    'Name them in order with `columns`.',
  )
}

/** A list of rows, all of them lists or all of them objects. */
function readRows(scan: JsonScanner, table: JsonColumns): void {
  scan.list(() => {
    const kind = scan.peek()
    if (kind === OPEN_OBJECT) {
      table.named = true
      scan.object((from, to) => table.take(table.column(from, to), scan))
    } else if (kind === OPEN_LIST) {
      let at = 0
      scan.list(() => table.take(table.at(at++), scan))
    } else throw new RangeError('a row that is neither a list nor an object')
    table.endRow()
  })
}

/** An object: columns by name, or `columns` and `data`, here or one level deeper. */
function readParts(scan: JsonScanner, table: JsonColumns, sides: JsonColumns, depth: number): void {
  let names: string[] | undefined
  let read = false
  scan.object((from, to) => {
    const key = scan.text(from, to)
    const kind = scan.peek()
    if (kind === OPEN_LIST && (key === 'columns' || key === 'data') && (key === 'data' || names === undefined)) {
      if (key === 'columns') {
        names = []
        scan.list(() => names!.push(scan.string()))
      } else if (!read) {
        read = true
        readRows(scan, table)
      } else scan.skip()
    } else if (kind === OPEN_LIST) sides.whole(from, to, scan)
    else if (kind === OPEN_OBJECT && depth === 0) readParts(scan, table, sides, 1)
    else scan.skip()
  })
  if (read && !table.named && names) table.name(names)
}
