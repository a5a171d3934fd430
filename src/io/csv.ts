import { FillgridError, show } from '../errors.ts'
import { checkPolicies } from '../market/checks.ts'
import { expectFields } from '../market/expect.ts'
import type { ContextTable, MarketOptions } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { placeStamps } from './clock.ts'
import type { Detection } from './detect.ts'
import { fileError } from './head.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { CsvParser } from './parser.ts'
import { keepRows, marketFromRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'

export { tableToCsv } from './csvwrite.ts'

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
  expectFields(options, 'csv', 'options by name')
  const tables = list.map((source) => csvRows(source, options))
  return marketFromRows(tables, marketOptions(options, csvContext(options)), rowChoice(options).symbols)
}

/** The rows of one source, its symbol settled. @throws as `readCsv` */
export function csvRows(source: CsvSource, options: CsvOptions): RowTable {
  return readText(source, options).table
}

/** What `csvRows` reads, with what it was found to be. */
export interface TextRows {
  table: RowTable
  detection: Detection
}

/** Kinds of rows that a text may hold. */
export type TextKind = 'bars' | 'trades' | 'quotes'

/**
 * The rows of one text: moments in UTC, prices scaled, its symbol settled.
 *
 * @param kinds the kinds of rows that are wanted. Default bars
 * @throws as `readCsv`
 */
export function readText(source: CsvSource, options: CsvOptions, kinds?: readonly TextKind[]): TextRows {
  const { bytes, file, symbol } = asFile(source)
  const reader = new TextReader({ file, symbol, size: bytes.length }, options, kinds)
  reader.push(bytes)
  return reader.finish()
}

/** `readText` for text that comes in pieces of any size. */
export class TextReader {
  readonly #parser: CsvParser
  readonly #source: { file: string; symbol?: string }
  readonly #options: ReadOptions<unknown>
  readonly #kinds: readonly TextKind[]
  readonly #from: number
  readonly #to: number

  /** @param source its name, the symbol of its rows, and how many bytes will come (0 for unknown), which sizes the columns */
  constructor(
    source: { file: string; symbol?: string; size: number },
    options: ReadOptions<unknown>,
    kinds: readonly TextKind[] = ['bars'],
  ) {
    const choice = rowChoice(options)
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = choice
    // Stamps may be local times: the rows around the limits are looked at again when they are moments.
    const wide = { ...choice, from: from - 2 * DAY, to: to + 2 * DAY }
    this.#parser = new CsvParser(source.file, options, wide, 'bars', source.size, options.checks)
    this.#source = source
    this.#options = options
    this.#kinds = kinds
    this.#from = from
    this.#to = to
  }

  /** The next piece. @throws as `readCsv` */
  push(bytes: Uint8Array): void {
    this.#parser.push(bytes)
  }

  /** The rows of the whole text. @throws as `readCsv` */
  finish(): TextRows {
    const parser = this.#parser
    const options = this.#options
    const { file, symbol } = this.#source
    const parsed = parser.finish()
    const detection = parser.detection!
    const { spec, dialect } = detection
    const kind = spec.kind ?? 'bars'
    // Who names the close of a table of trades wants its rows as they are.
    const asBars = kind !== 'factors' && options.roles?.close !== undefined
    if (!asBars && (kind === 'factors' || !this.#kinds.includes(kind))) throw otherKind(kind, spec.title, file)

    const policies = checkPolicies(spec.checks, options.checks)
    const placed = placeStamps(parsed, parser.zones, dialect.timezone, dialect.timezoneFrom, policies)
    const scale = dialect.scale ?? 1
    if (scale !== 1) rescale(placed.table, scale, file)
    const [from, to] = [this.#from, this.#to]
    const limited = Number.isFinite(from) || Number.isFinite(to)
    const { table } = placed
    const rows = limited ? keepRows(table, (row) => table.time[row] >= from && table.time[row] < to) : table
    const named = namedRows(rows, symbol, spec.symbol)
    return {
      detection,
      table: {
        ...named,
        owned: true,
        barTime: dialect.barTime,
        checks: spec.checks,
        outcomes: [...parser.outcomes, ...placed.outcomes],
        notes: [...detection.notes, ...placed.notes],
        record: {
          file: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
          format: 'csv',
          dialect: dialect.name,
          encoding: dialect.encoding,
          separator: dialect.separator,
          decimal: dialect.decimal,
          columns: parser.roles,
          timezone: placed.timezone,
          timezoneFrom: placed.from,
          barTime: options.barTime ?? dialect.barTime ?? 'open',
          scale,
          rows: rows.time.length,
        },
      },
    }
  }
}

const DAY = 86400000

/** Multiplies prices; a factor of 1/n divides, so that 1362500 at 0.0001 is 136.25 and nothing beside it. */
function rescale(table: RowTable, scale: number, file: string): void {
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY))
    throw new FillgridError(
      'invalid_value',
      `file: scale must be a positive number, found ${show(scale)} for ${file || 'the text'}.`,
    )
  const divisor = Math.round(1 / scale)
  const divides = scale < 1 && Math.abs(divisor * scale - 1) < 1e-12
  for (const [name, values] of table.prices) {
    if (name === 'volume') continue
    for (let i = 0; i < values.length; i++) values[i] = divides ? values[i] / divisor : values[i] * scale
  }
}

function otherKind(kind: string, title: string, file: string): FillgridError {
  const ways: Record<string, string> = {
    trades: "Make bars of them: `ticks: { by: 'time', every: 60000 }`.",
    quotes: "Make bars of them: `ticks: { by: 'time', every: 60000 }`.",
    factors: 'It goes with the bars of its symbol, as their splits and dividends.',
    bars: 'Read it as bars.',
  }
  return fileError(`bars are needed, found ${kind} (${title})`, { file }, ways[kind])
}

/** Names of freqtrade's files, whatever their format: BTC_USDT-1m, ETH_USDT_USDT-1h-futures. */
const FREQTRADE = '^([A-Z0-9]+_[A-Z0-9]+(?:_[A-Z0-9]+)?)-\\d+[smhdwM](?:-[a-z_]+)?$'

/**
 * Rows with the symbol that the caller gave, else that of their symbol column, else the one in the stem of the file's name.
 *
 * @param pattern regular expression whose first group is the symbol in the stem; by default that of freqtrade's names
 */
export function namedRows(table: RowTable, symbol: string | undefined, pattern: string = FREQTRADE): RowTable {
  if (symbol !== undefined || table.asset) return { ...table, symbol }
  const stem = fileStem(table.file)
  const found = new RegExp(pattern).exec(stem)?.[1]
  if (stem !== '') return { ...table, symbol: found || stem }
  throw new FillgridError(
    'invalid_file',
    'file: a symbol is needed, found no symbol column and no file name. Pass `{ bytes, symbol }`.',
  )
}

/** A context table from CSV text: a time column, and every other column that holds numbers. @throws as `readCsv` */
export function readCsvContext(source: CsvSource, options: CsvOptions = {}): ContextTable {
  const { time, signals } = csvNumbers(source, options, 'context')
  return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
}

/** Rows of a text without prices: a time, of signals a symbol too, and every other column that holds numbers. @throws as `readCsv` */
export function csvNumbers(source: CsvSource, options: ReadOptions<unknown>, kind: 'signals' | 'context'): RowTable {
  const { bytes, file } = asFile(source)
  const { timeUnit, timezone, dateOrder, checks } = options
  const parser = new CsvParser(file, { timeUnit, timezone, dateOrder }, {}, kind, bytes.length, checks)
  parser.push(bytes)
  const parsed = parser.finish()
  const { timezone: clock, timezoneFrom } = parser.detection!.dialect
  return placeStamps(parsed, parser.zones, clock, timezoneFrom, checkPolicies(checks)).table
}

/** The name of a file without folders and endings: 'data/AAPL.csv.gz' is 'AAPL'. */
export function fileStem(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return name.replace(/\.(gz|zip|zst)$/i, '').replace(/\.(csv|tsv|txt|json|arrow|arrows|feather|ipc|parquet)$/i, '')
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
  if (source === null || source === undefined)
    throw new FillgridError('invalid_value', `file: text or bytes are needed, found ${show(source)}.`)
  const {
    bytes,
    file = '',
    symbol,
  } = typeof source === 'string' || source instanceof Uint8Array ? { bytes: source } : source
  if (typeof bytes === 'string') return { bytes: new TextEncoder().encode(bytes), file, symbol }
  if (bytes instanceof Uint8Array) return { bytes, file, symbol }
  throw new FillgridError('invalid_value', `file: text or bytes are needed, found ${show(bytes)}.`)
}
