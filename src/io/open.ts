import { FillgridError, show } from '../errors.ts'
import type { ContextTable } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import type { SourceRecord } from '../market/provenance.ts'
import { readCsvContext, readText } from './csv.ts'
import { type Detection, serviceAnswer } from './detect.ts'
import { contentHash, FILE_LIMIT, fileExists, gunzip, inflateRaw, isGzip, readFile, urlPath } from './files.ts'
import { reading } from './format.ts'
import { fileError } from './head.ts'
import { type Inspection, LENIENT, summarize } from './inspect.ts'

export type { Inspection } from './inspect.ts'

import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { marketFromRows, type RowTable } from './rows.ts'
import { isZip, zipEntries } from './zip.ts'
import { isZstd, zstdDecompress } from './zstd.ts'

/** Bytes with the name they have in errors and the symbol of their rows. */
export interface BytesInput {
  bytes: Uint8Array
  /** Default 'data'; its stem is the symbol where nothing else says it. */
  file?: string
  symbol?: string
}

/**
 * Where data are: a path, `SYMBOL=path`, a file: or http(s): URL, bytes, or one of these with the symbol of its rows. What
 * it is, is told by its content, not its name.
 */
export type MarketInput = string | URL | Uint8Array | { path: string; symbol?: string } | BytesInput

/** Options of `openMarket`; context may be a path. */
export type OpenOptions = ReadOptions<string>

/**
 * A market from files, URLs or bytes: text in any dialect, JSON, Arrow or Feather, Parquet, each also in gzip, zstd or zip,
 * mixed as they come. Rows of many symbols, or one source an asset named by `SYMBOL=path` or by the file; several of one
 * symbol are joined in time.
 *
 * @throws FillgridError file_access, invalid_file (file, line, column), ambiguous_file, invalid_market, invalid_value,
 * unknown_name, memory_limit
 */
export async function openMarket(
  inputs: MarketInput | readonly MarketInput[],
  options: OpenOptions = {},
): Promise<Market> {
  const context = typeof options.context === 'string' ? await openContext(options.context, options) : options.context
  const tables: RowTable[] = []
  for (const input of listed(inputs)) {
    for (const source of await openSources(input))
      tables.push((await readSource(source, withoutContext(options))).table)
  }
  return marketFromRows(tables, marketOptions(options, context), rowChoice(options).symbols)
}

/**
 * What a file, URL or bytes are found to be: format, dialect, columns, zone, range and step of every symbol, and what the
 * checks find. One for every table in it (an archive may have several). Nothing is refused that can be read at all.
 *
 * @param options as for loading; what they fix is not looked for
 * @throws FillgridError where there is nothing that can be read: file_access, invalid_file, ambiguous_file, memory_limit
 */
export async function inspect(input: MarketInput, options: OpenOptions = {}): Promise<Inspection[]> {
  const found: Inspection[] = []
  for (const source of await openSources(input)) {
    const { table, detection } = await readSource(source, { ...withoutContext(options), checks: LENIENT })
    const tables = [{ ...table, checks: detection?.spec.checks }]
    found.push({
      file: source.file,
      record: table.record!,
      title: detection?.spec.title,
      about: detection?.spec.notes ?? [],
      fits: detection?.fits ?? [],
      signals: [...table.signals.keys()],
      leftOut: table.leftOut,
      notes: table.notes ?? [],
      ...summarize(tables, marketOptions(options, undefined)),
    })
  }
  return found
}

/** Bytes that were taken out of whatever they were wrapped in. */
interface Source {
  bytes: Uint8Array
  file: string
  symbol: string | undefined
  containers: readonly string[]
  /** Bytes and hash of what lies on disk. */
  size: number
  sha256: string
}

/** Layers of wrapping that are taken off. */
const DEPTH = 3

async function openSources(input: MarketInput): Promise<Source[]> {
  const { bytes, file, symbol } = await fetched(input)
  const whole = { size: bytes.length, sha256: contentHash(bytes) }
  const sources = unpack(bytes, file, [], { left: FILE_LIMIT }).map((part) => ({ ...part, ...whole, symbol }))
  for (const { bytes, file } of sources) refuseOthers(bytes, file)
  return sources
}

async function fetched(input: MarketInput): Promise<{ bytes: Uint8Array; file: string; symbol?: string }> {
  if (input instanceof Uint8Array) return { bytes: input, file: 'data' }
  if (input instanceof URL) return fetchUrl(input)
  if (input !== null && typeof input === 'object' && 'bytes' in input) {
    if (input.bytes instanceof Uint8Array)
      return { bytes: input.bytes, file: input.file ?? 'data', symbol: input.symbol }
    throw new FillgridError('invalid_value', `market: bytes must be a Uint8Array, found ${show(input.bytes)}.`)
  }
  const { path, symbol } = parseInput(input)
  if (/^(https?|file):\/\//i.test(path)) return { ...(await fetchUrl(new URL(path))), symbol }
  return { bytes: readFile(path), file: path, symbol }
}

async function fetchUrl(url: URL): Promise<{ bytes: Uint8Array; file: string }> {
  if (url.protocol === 'file:') {
    const path = urlPath(url)
    return { bytes: readFile(path), file: path }
  }
  const file = `${url.origin}${url.pathname}`
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new FillgridError(
      'invalid_value',
      `market: a URL must be http:, https: or file:, found ${show(url.protocol)}.`,
    )
  const fail = (why: string, cause?: unknown) =>
    new FillgridError('file_access', `file: ${file} cannot be read, ${why}. Check the address.`, { file }, { cause })
  let response: Response
  try {
    response = await fetch(url)
  } catch (cause) {
    throw fail(((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message, cause)
  }
  if (!response.ok || !response.body) throw fail(`the answer was ${response.status} ${response.statusText}`.trim())
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > FILE_LIMIT)
      throw new FillgridError('memory_limit', `file: ${file} must have at most ${FILE_LIMIT} bytes, found more.`, {
        file,
      })
    parts.push(part)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { bytes, file }
}

/** Names of files in archives that hold tables. */
const TABLES = /\.(csv|tsv|txt|json|arrow|arrows|feather|ipc|parquet|gz|zst)$/i

/** Takes bytes out of gzip, zstd and zip. @param budget bytes that may come out in all */
function unpack(
  bytes: Uint8Array,
  file: string,
  containers: readonly string[],
  budget: { left: number },
): { bytes: Uint8Array; file: string; containers: readonly string[] }[] {
  const kind = CONTAINERS.find(({ is }) => is(bytes))
  if (!kind) return [{ bytes, file, containers }]
  if (containers.length >= DEPTH)
    throw fileError(`at most ${DEPTH} layers of compression are taken off, found more`, { file }, 'Unpack it first.')
  return kind.open(bytes, file, budget.left).flatMap((part) => {
    budget.left -= part.bytes.length
    return unpack(part.bytes, part.file, [...containers, kind.name], budget)
  })
}

interface Container {
  name: string
  is(bytes: Uint8Array): boolean
  open(bytes: Uint8Array, file: string, limit: number): { bytes: Uint8Array; file: string }[]
}

const CONTAINERS: readonly Container[] = [
  { name: 'gzip', is: isGzip, open: (bytes, file, limit) => [{ bytes: gunzip(bytes, file, limit), file }] },
  {
    name: 'zstd',
    is: isZstd,
    open: (bytes, file, limit) => [{ bytes: reading(file, 'whole zstd', () => zstdDecompress(bytes, limit)), file }],
  },
  { name: 'zip', is: isZip, open: unzip },
]

/** The tables of an archive. Notes that vendors put beside them (a text with the name of a table) are passed over. */
function unzip(bytes: Uint8Array, file: string, limit: number): { bytes: Uint8Array; file: string }[] {
  const entries = reading(file, 'a whole zip archive', () => zipEntries(bytes, inflateRaw, limit))
  if (entries.some(({ name }) => name.startsWith('xl/')))
    throw fileError('a table of bars is needed, found an Excel workbook', { file }, 'Save the sheet as CSV.')
  const tables = entries.filter(({ name }) => TABLES.test(name))
  const noted = new Set(
    tables.filter(({ name }) => !/\.txt$/i.test(name)).map(({ name }) => name.replace(/\.\w+$/, '')),
  )
  const chosen = tables.filter(({ name }) => !(/\.txt$/i.test(name) && noted.has(name.replace(/\.\w+$/, ''))))
  if (chosen.length === 0) {
    const found =
      entries.length === 0
        ? 'no file'
        : entries
            .slice(0, 3)
            .map(({ name }) => show(name))
            .join(', ')
    throw fileError(`an archive must hold a table, found ${found}`, { file }, 'Is it the right archive?')
  }
  return chosen.map((entry) => {
    const name = `${file}/${entry.name}`
    return { bytes: reading(name, 'a whole file in the archive', () => entry.read()), file: name }
  })
}

/** Formats by their first bytes; what is none of them is text. */
interface Format {
  name: string
  is(bytes: Uint8Array): boolean
  rows(source: Source, options: ReadOptions): Promise<RowTable>
  context(source: Source, options: ReadOptions): Promise<ContextTable>
}

const FORMATS: readonly Format[] = [
  {
    name: 'arrow',
    is: (bytes) => starts(bytes, 'ARROW1') || (bytes.length > 8 && starts(bytes, '\xff\xff\xff\xff')),
    rows: async (source, options) => (await import('./arrow.ts')).arrowRows(source, options),
    context: async (source, options) => (await import('./arrow.ts')).readArrowContext(source, options),
  },
  {
    name: 'parquet',
    is: (bytes) => starts(bytes, 'PAR1') || starts(bytes, 'PARE'),
    rows: async (source, options) => (await import('./parquet.ts')).parquetRows(source, options),
    context: async (source, options) => (await import('./parquet.ts')).readParquetContext(source, options),
  },
  {
    name: 'json',
    is: (bytes) => /^\s*[[{]/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 64))),
    rows: async (source, options) => {
      const { jsonRows } = await import('./json.ts')
      try {
        return jsonRows(source, options)
      } catch (error) {
        throw serviceAnswer(source.bytes, source.file) ?? error
      }
    },
    context: async (source, options) => (await import('./json.ts')).readJsonContext(source, options),
  },
]

/** Formats that are known by their first bytes and not read. */
const OTHERS: readonly { name: string; magic: string; way: string }[] = [
  { name: 'Feather 1', magic: 'FEA1', way: 'Write it again as Feather 2, Arrow or Parquet.' },
  { name: 'xz', magic: '\xfd7zXZ', way: 'Decompress it first.' },
  { name: 'bzip2', magic: 'BZh', way: 'Decompress it first.' },
  { name: 'lz4', magic: '\x04\x22\x4d\x18', way: 'Decompress it first.' },
  { name: 'a 7z archive', magic: '7z\xbc\xaf', way: 'Unpack it first.' },
  { name: 'a rar archive', magic: 'Rar!', way: 'Unpack it first.' },
  { name: 'HDF5', magic: '\x89HDF', way: 'Write it as Arrow, Parquet or CSV.' },
  { name: 'an SQLite database', magic: 'SQLite format 3', way: 'Export its table as CSV.' },
  { name: 'an old Excel workbook', magic: '\xd0\xcf\x11\xe0', way: 'Save the sheet as CSV.' },
  { name: 'a PDF', magic: '%PDF', way: 'Is it the right file?' },
]

function refuseOthers(bytes: Uint8Array, file: string): void {
  const other = OTHERS.find(({ magic }) => starts(bytes, magic))
  if (other) throw fileError(`a table of bars is needed, found ${other.name}`, { file }, other.way)
}

function starts(bytes: Uint8Array, magic: string): boolean {
  if (bytes.length < magic.length) return false
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false
  return true
}

/** The rows of a source, whatever its format. */
async function readSource(source: Source, options: ReadOptions): Promise<{ table: RowTable; detection?: Detection }> {
  const format = FORMATS.find(({ is }) => is(source.bytes))
  const { file, containers, size, sha256 } = source
  const known = { bytes: size, sha256, ...(containers.length > 0 ? { containers } : {}) }
  if (!format) {
    const { table, detection } = readText(source, options)
    return { table: { ...table, record: { ...table.record!, ...known } }, detection }
  }
  const table = await format.rows(source, options)
  const record: SourceRecord = {
    file: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
    format: format.name,
    ...table.record,
    ...known,
    rows: table.time.length,
  }
  return { table: { ...table, record } }
}

async function openContext(path: string, options: OpenOptions): Promise<ContextTable> {
  const sources = await openSources(path)
  if (sources.length !== 1)
    throw fileError(`context must be one table, found ${sources.length}`, { file: path }, 'Unpack the archive first.')
  const [source] = sources
  const format = FORMATS.find(({ is }) => is(source.bytes))
  const rest = withoutContext(options)
  return format ? format.context(source, rest) : readCsvContext(source, rest)
}

function withoutContext(options: OpenOptions): ReadOptions {
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

/** `SYMBOL=path` taken apart, unless a file has the whole as its name. @throws FillgridError invalid_value for an empty part */
export function parseInput(input: string | { path: string; symbol?: string }): { path: string; symbol?: string } {
  if (typeof input !== 'string') {
    if (input !== null && typeof input === 'object' && typeof input.path === 'string' && input.path !== '') return input
    throw new FillgridError('invalid_value', `market: an input must be a path or SYMBOL=PATH, found ${show(input)}.`)
  }
  const at = input.indexOf('=')
  const url = /^(https?|file):\/\//i
  if (at < 0 || url.test(input) || fileExists(input)) {
    if (input !== '') return { path: input }
  } else if (at > 0 && at < input.length - 1) return { symbol: input.slice(0, at), path: input.slice(at + 1) }
  throw new FillgridError('invalid_value', `market: an input must be a path or SYMBOL=PATH, found ${show(input)}.`)
}

/** `openMarket` for text and gzip of it, without waiting. @throws as `openMarket`; invalid_file for other formats */
export function openMarketSync(inputs: MarketInput | readonly MarketInput[], options: OpenOptions = {}): Market {
  const text = (input: MarketInput) => {
    if (input instanceof URL && input.protocol !== 'file:')
      throw new FillgridError('invalid_value', 'market: a URL takes time to fetch. Use openMarket, which waits for it.')
    const { path, symbol } = input instanceof URL ? { path: urlPath(input), symbol: undefined } : parts(input)
    const raw = typeof path === 'string' ? readFile(path) : path.bytes
    const file = typeof path === 'string' ? path : path.file
    const bytes = isGzip(raw) ? gunzip(raw, file) : raw
    const kind = [...FORMATS.slice(0, 2), ...CONTAINERS].find(({ is }) => is(bytes))
    if (kind)
      throw fileError(
        `text is needed here, found ${kind.name}`,
        { file },
        'Use openMarket, which waits for the reader.',
      )
    refuseOthers(bytes, file)
    return { bytes, file, symbol }
  }
  const rest = withoutContext(options)
  const context = typeof options.context === 'string' ? readCsvContext(text(options.context), rest) : options.context
  const tables = listed(inputs).map((input) => readText(text(input), rest).table)
  return marketFromRows(tables, marketOptions(options, context), rowChoice(options).symbols)
}

function parts(input: Exclude<MarketInput, URL>): {
  path: string | { bytes: Uint8Array; file: string }
  symbol?: string
} {
  if (input instanceof Uint8Array) return { path: { bytes: input, file: 'data' } }
  if (input !== null && typeof input === 'object' && 'bytes' in input)
    return { path: { bytes: input.bytes, file: input.file ?? 'data' }, symbol: input.symbol }
  return parseInput(input)
}
