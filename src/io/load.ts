import { existsSync } from 'node:fs'
import { FillgridError, show } from '../errors.ts'
import type { ContextTable } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { csvRows, readCsvContext } from './csv.ts'
import { readInput } from './files.ts'
import { fileError } from './head.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { marketFromRows, type RowTable } from './rows.ts'

/** A file of market data: a path, `SYMBOL=path`, or both apart. What it is, is told by its content, not its name. */
export type MarketInput = string | { path: string; symbol?: string }

/** Options of `loadMarket`; context may be a path. */
export type LoadOptions = ReadOptions<string>

/**
 * A market from files: CSV, gzip of it, Arrow IPC or Feather, mixed as they come. Rows of many symbols, or one file an
 * asset named by `SYMBOL=path` or by the file's stem; several files of one symbol are joined in time.
 *
 * @throws FillgridError file_access, invalid_file (file, line, column), invalid_market, invalid_value, unknown_name, memory_limit
 */
export async function loadMarket(
  inputs: MarketInput | readonly MarketInput[],
  options: LoadOptions = {},
): Promise<Market> {
  const context = typeof options.context === 'string' ? await loadContext(options.context, options) : options.context
  const tables: RowTable[] = []
  for (const input of listed(inputs)) {
    const source = opened(input)
    // The package is large and slow to load; who has no Arrow file does without it.
    if (isArrow(source.bytes)) tables.push((await import('./arrow.ts')).arrowRows(source, options))
    else tables.push(csvRows(source, options))
  }
  return marketFromRows(tables, marketOptions(options, context), rowChoice(options).symbols)
}

/** `loadMarket` for CSV and gzip of it, without waiting. @throws as `loadMarket`; invalid_file for Arrow files */
export function loadMarketSync(inputs: MarketInput | readonly MarketInput[], options: LoadOptions = {}): Market {
  const text = (input: MarketInput) => {
    const source = opened(input)
    if (isArrow(source.bytes))
      throw fileError(
        'text is needed here, found an Arrow file',
        { file: source.file },
        'Use loadMarket, which waits for the reader.',
      )
    return source
  }
  const context =
    typeof options.context === 'string' ? readCsvContext(text(options.context), dropContext(options)) : options.context
  const tables = listed(inputs).map((input) => csvRows(text(input), dropContext(options)))
  return marketFromRows(tables, marketOptions(options, context), rowChoice(options).symbols)
}

async function loadContext(path: string, options: LoadOptions): Promise<ContextTable> {
  const source = opened({ path })
  if (isArrow(source.bytes)) return (await import('./arrow.ts')).readArrowContext(source, options)
  return readCsvContext(source, dropContext(options))
}

function dropContext(options: LoadOptions): ReadOptions {
  const { context: _, ...rest } = options
  return rest
}

function listed(inputs: MarketInput | readonly MarketInput[]): readonly MarketInput[] {
  const list = (Array.isArray(inputs) ? inputs : [inputs]) as readonly MarketInput[]
  if (list.length > 0) return list
  throw new FillgridError(
    'invalid_market',
    'market: at least one file is needed, found none. Name it as PATH or SYMBOL=PATH.',
  )
}

function opened(input: MarketInput): { bytes: Uint8Array; file: string; symbol?: string } {
  const { path, symbol } = parseInput(input)
  const bytes = readInput(path)
  const kind = KINDS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte))
  if (kind) throw fileError(`CSV, gzip of it or Arrow is needed, found ${kind.name}`, { file: path }, kind.way)
  return { bytes, file: path, symbol }
}

/** `SYMBOL=path` taken apart, unless a file has the whole as its name. @throws FillgridError invalid_value for an empty part */
export function parseInput(input: MarketInput): { path: string; symbol?: string } {
  if (typeof input !== 'string') {
    if (input !== null && typeof input === 'object' && typeof input.path === 'string' && input.path !== '') return input
    throw new FillgridError('invalid_value', `market: an input must be a path or SYMBOL=PATH, found ${show(input)}.`)
  }
  const at = input.indexOf('=')
  if (at < 0 || existsSync(input)) {
    if (input !== '') return { path: input }
  } else if (at > 0 && at < input.length - 1) return { symbol: input.slice(0, at), path: input.slice(at + 1) }
  throw new FillgridError('invalid_value', `market: an input must be a path or SYMBOL=PATH, found ${show(input)}.`)
}

function isArrow(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]) || startsWith(bytes, [0xff, 0xff, 0xff, 0xff])
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}

/** Formats that are known by their first bytes and not read. */
const KINDS: readonly { name: string; magic: readonly number[]; way: string }[] = [
  { name: 'a zip archive', magic: [0x50, 0x4b, 0x03, 0x04], way: 'Unpack it first.' },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], way: 'Decompress it first.' },
  { name: 'Parquet', magic: [0x50, 0x41, 0x52, 0x31], way: 'Convert it to Arrow or CSV.' },
  { name: 'Feather 1', magic: [0x46, 0x45, 0x41, 0x31], way: 'Write it again as Feather 2 or Arrow.' },
]
