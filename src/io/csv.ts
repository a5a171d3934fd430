import { FillgridError, show } from '../errors.ts'
import type { ContextTable, MarketOptions } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import type { Table } from '../results/table.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { CsvParser } from './parser.ts'
import { marketFromRows, type RowTable } from './rows.ts'

/** CSV text: as bytes (UTF-8) or a string, with the name it has in errors and the symbol of its rows. */
export interface CsvFile {
  bytes: Uint8Array | string
  /** For errors, and its stem is the symbol where nothing else says it. Default 'csv'. */
  file?: string
  /** The asset of all rows. Default: the symbol column, else the stem of `file`. */
  symbol?: string
}

/** CSV text alone, or with its name and symbol. */
export type CsvSource = Uint8Array | string | CsvFile

/** Options of `readCsv`; context may be CSV text too. */
export type CsvOptions = ReadOptions<CsvSource>

/**
 * A market from CSV text: rows of many symbols (`timestamp,symbol,open,high,low,close,volume`) or one source an asset.
 * Header words in any letter case and order; further numeric columns become signals. Decompress first: this reads text.
 *
 * @param sources the text of one file, or of several: different symbols side by side, the same symbol joined in time
 * @throws FillgridError invalid_file (file and line), invalid_market, invalid_value, unknown_name, memory_limit
 */
export function readCsv(sources: CsvSource | readonly CsvSource[], options: CsvOptions = {}): Market {
  const list = (Array.isArray(sources) ? sources : [sources]) as readonly CsvSource[]
  const tables = list.map((source) => csvRows(source, options))
  return marketFromRows(tables, marketOptions(options, csvContext(options)), rowChoice(options).symbols)
}

/** The rows of one source, its symbol settled. */
export function csvRows(source: CsvSource, options: CsvOptions): RowTable {
  const { bytes, file, symbol } = asFile(source)
  const parser = new CsvParser(file, options, rowChoice(options), 'bars', bytes.length)
  parser.push(bytes)
  return namedRows(parser.finish(), symbol)
}

/** Rows with the symbol that the caller gave, else that of their symbol column, else the stem of the file's name. */
export function namedRows(table: RowTable, symbol: string | undefined): RowTable {
  if (symbol !== undefined || table.asset) return { ...table, symbol }
  const stem = fileStem(table.file)
  if (stem !== '') return { ...table, symbol: stem }
  throw new FillgridError(
    'invalid_file',
    'file: a symbol is needed, found no symbol column and no file name. Pass `{ bytes, symbol }`.',
  )
}

/** A context table from CSV text: a time column, and every other column that holds numbers. @throws as `readCsv` */
export function readCsvContext(source: CsvSource, options: CsvOptions = {}): ContextTable {
  const { bytes, file } = asFile(source)
  const parser = new CsvParser(file, { timeUnit: options.timeUnit }, {}, 'context', bytes.length)
  parser.push(bytes)
  const { time, signals } = parser.finish()
  return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
}

/** The name of a file without folders and endings: 'data/AAPL.csv.gz' is 'AAPL'. */
export function fileStem(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return name.replace(/\.(gz|zip)$/i, '').replace(/\.(csv|tsv|txt|arrow|arrows|feather|ipc)$/i, '')
}

/**
 * A table as CSV text: snake_case header, LF line ends, quotes only where needed. Numbers are written so that they read
 * back as the same doubles; NaN and missing words are empty, times ISO 8601 UTC.
 */
export function tableToCsv(table: Table): string {
  const lines = [table.columns.map((column) => quoted(column.field)).join(',')]
  for (let row = 0; row < table.length; row++) {
    lines.push(
      table.columns
        .map((column) => {
          const cell = table.cell(column, row)
          return cell === null ? '' : typeof cell === 'string' ? quoted(cell) : String(cell)
        })
        .join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function csvContext(options: CsvOptions): MarketOptions['context'] {
  const { context } = options
  if (context === undefined) return undefined
  if (typeof context === 'string' || context instanceof Uint8Array || isFile(context))
    return readCsvContext(context, options)
  return context
}

function isFile(value: object): value is CsvFile {
  const bytes = (value as Partial<CsvFile>).bytes
  return typeof bytes === 'string' || bytes instanceof Uint8Array
}

function asFile(source: CsvSource): { bytes: Uint8Array; file: string; symbol?: string } {
  const {
    bytes,
    file = '',
    symbol,
  } = typeof source === 'string' || source instanceof Uint8Array ? { bytes: source } : source
  if (typeof bytes === 'string') return { bytes: new TextEncoder().encode(bytes), file, symbol }
  if (bytes instanceof Uint8Array) return { bytes, file, symbol }
  throw new FillgridError('invalid_value', `file: text or bytes are needed, found ${show(bytes)}.`)
}
