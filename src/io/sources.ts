import { FillgridError, show } from '../errors.ts'
import { type FileHead, hashFile, peekFile } from './chunks.ts'
import type { SourceTable } from './columns.ts'
import type { DuckQuery } from './duckdb.ts'
import {
  contentHash,
  FILE_LIMIT,
  fileExists,
  gunzip,
  inflateRaw,
  isGzip,
  readFile,
  readInput,
  urlPath,
} from './files.ts'
import { reading } from './format.ts'
import { fileError } from './head.ts'
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

/** An input as it was given: bytes, a file that is read when it is needed, or a query. Hashes are made when they are asked for. */
export type Held =
  | { bytes: Uint8Array; file: string; symbol: string | undefined; readonly sha256: string }
  | { path: FileHead; file: string; symbol: string | undefined; readonly sha256: string }
  | { query: DuckQuery; file: string; symbol: string | undefined }

/** Bytes that were taken out of whatever they were wrapped in, or the table that a query gave. */
export interface Source {
  /** The first bytes, at least 64 KiB if there are so many. */
  head: Uint8Array
  /** All bytes; those of a file are read when they are asked for. */
  readonly bytes: Uint8Array
  /** The file, where it can be read in parts. */
  path?: FileHead
  table?: SourceTable
  file: string
  symbol: string | undefined
  /** What the bytes were in, from outside. */
  containers: readonly string[]
  /** Bytes and hash of what lies on disk. */
  size?: number
  readonly sha256?: string
}

/** Layers of wrapping that are taken off. */
const DEPTH = 3

/** Reads an input as it lies. @throws FillgridError file_access, invalid_value, memory_limit */
export async function hold(input: MarketInput): Promise<Held> {
  const named = isNamed(input) ? parseInput(input) : undefined
  if (named && isQuery(named.path)) {
    const { parseDuckQuery } = await import('./duckdb.ts')
    return { query: parseDuckQuery(named.path)!, file: named.path, symbol: named.symbol }
  }
  const { path, file, symbol, ...rest } = await fetched(named ?? input)
  const head = path === undefined ? undefined : peekFile(path)
  const bytes = rest.bytes ?? head?.head ?? readFile(path!)
  if (path !== undefined && starts(bytes.subarray(8, 12), 'DUCK')) return { query: { database: path }, file, symbol }
  let hash: string | undefined
  if (head && !isWrapped(head)) {
    return {
      path: head,
      file,
      symbol,
      get sha256() {
        hash ??= head.sha256 ?? hashFile(head.path)
        return hash
      },
    }
  }
  const whole = head ? readFile(path!) : bytes
  return {
    bytes: whole,
    file,
    symbol,
    get sha256() {
      hash ??= contentHash(whole)
      return hash
    },
  }
}

/** Whether a file has to be unpacked as a whole: anything but a table, or gzip or zstd of one. */
function isWrapped({ head }: FileHead): boolean {
  return CONTAINERS.some(({ is }) => is(head))
}

/** The tables of an input, unpacked; queries are run. @throws FillgridError invalid_file, memory_limit, missing_package */
export async function openSources(held: Held): Promise<Source[]> {
  const { file, symbol } = held
  if ('query' in held) {
    const { duckTable } = await import('./duckdb.ts')
    const table = await duckTable(held.query, FILE_LIMIT)
    const none = new Uint8Array(0)
    return [{ head: none, bytes: none, table, file, symbol, containers: [] }]
  }
  if ('path' in held) {
    const { path } = held
    refuseOthers(path.head, file)
    return [
      {
        head: path.head,
        get bytes() {
          return wholeOf(path, file)
        },
        path,
        file,
        symbol,
        containers: path.packed ? [path.packed] : [],
        size: path.size,
        get sha256() {
          return held.sha256
        },
      },
    ]
  }
  const { bytes } = held
  const parts = unpack(bytes, file, [], { left: FILE_LIMIT })
  for (const part of parts) refuseOthers(part.bytes, part.file)
  return parts.map((part) => ({
    ...part,
    head: part.bytes,
    symbol,
    size: bytes.length,
    get sha256() {
      return held.sha256
    },
  }))
}

/** All bytes of a file, unpacked. */
function wholeOf({ path, packed }: FileHead, file: string): Uint8Array {
  if (packed !== 'zstd') return readInput(path)
  return reading(file, 'whole zstd', () => zstdDecompress(readFile(path), FILE_LIMIT))
}

/** Bytes, or the path of a file. */
type Fetched = { path?: string; bytes?: Uint8Array; file: string; symbol?: string }

async function fetched(input: MarketInput): Promise<Fetched> {
  if (input instanceof Uint8Array) return { bytes: input, file: 'data' }
  if (input instanceof URL) return fetchUrl(input)
  if (input !== null && typeof input === 'object' && 'bytes' in input) {
    if (input.bytes instanceof Uint8Array)
      return { bytes: input.bytes, file: input.file ?? 'data', symbol: input.symbol }
    throw new FillgridError('invalid_value', `market: bytes must be a Uint8Array, found ${show(input.bytes)}.`)
  }
  const { path, symbol } = parseInput(input)
  const url = urlOf(path)
  return url ? { ...(await fetchUrl(url)), symbol } : { path, file: path, symbol }
}

/** The URL that a path is; undefined for the path of a file. @throws FillgridError invalid_value for one that is malformed */
export function urlOf(path: string): URL | undefined {
  if (!ADDRESS.test(path)) return undefined
  try {
    return new URL(path)
  } catch (cause) {
    const message = `market: a URL must have a host and a path, found ${show(path)}. Write it like https://host/bars.csv.`
    throw new FillgridError('invalid_value', message, {}, { cause })
  }
}

async function fetchUrl(url: URL): Promise<Fetched> {
  if (url.protocol === 'file:') {
    const path = urlPath(url)
    return { path, file: path }
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

/** What tables come wrapped in, by its first bytes. */
interface Container {
  name: string
  is(bytes: Uint8Array): boolean
  open(bytes: Uint8Array, file: string, limit: number): { bytes: Uint8Array; file: string }[]
}

export const CONTAINERS: readonly Container[] = [
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
  { name: 'a picture', magic: '\x89PNG', way: 'Is it the right file?' },
  { name: 'a picture', magic: '\xff\xd8\xff', way: 'Is it the right file?' },
  { name: 'a picture', magic: 'GIF8', way: 'Is it the right file?' },
  { name: 'a program', magic: '\x7fELF', way: 'Is it the right file?' },
  { name: 'a PDF', magic: '%PDF', way: 'Is it the right file?' },
]

/** Refuses formats that are known and not read. @throws FillgridError invalid_file */
export function refuseOthers(bytes: Uint8Array, file: string): void {
  const other = OTHERS.find(({ magic }) => starts(bytes, magic))
  if (other) throw fileError(`a table of bars is needed, found ${other.name}`, { file }, other.way)
}

/** Whether bytes begin with some characters of one byte each. */
export function starts(bytes: Uint8Array, magic: string): boolean {
  if (bytes.length < magic.length) return false
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false
  return true
}

/** What has a scheme of its own, as `https://` has. */
const ADDRESS = /^[a-z][a-z\d+.-]+:\/\//i
/** Paths that say that they are paths. */
const PATH = /^(\.{0,2}[\\/]|~[\\/]|[a-z]:[\\/])/i

/** Whether a path is a query or a database for DuckDB. */
export function isQuery(path: string): boolean {
  return /^duckdb:/i.test(path)
}

function isNamed(input: MarketInput): input is string | { path: string; symbol?: string } {
  return typeof input === 'string' || (input !== null && typeof input === 'object' && 'path' in input)
}

/**
 * `SYMBOL=path` taken apart; the path may be a URL or a `duckdb:` query. A file that has the whole as its name is that file;
 * queries, URLs and what begins like a path (`./`, `/`) have no symbol, whatever `=` is in them. Symbols may have a `=` and
 * a `/` where the path behind them is there: `ES=F=es.csv`.
 *
 * @throws FillgridError invalid_value for an empty part
 */
export function parseInput(input: string | { path: string; symbol?: string }): { path: string; symbol?: string } {
  if (typeof input !== 'string') {
    if (input !== null && typeof input === 'object' && typeof input.path === 'string' && input.path !== '') return input
    throw new FillgridError('invalid_value', `market: an input must be a path or SYMBOL=PATH, found ${show(input)}.`)
  }
  const isThere = (path: string) => isQuery(path) || ADDRESS.test(path) || fileExists(path)
  if (!input.includes('=') || PATH.test(input) || isThere(input)) {
    if (input !== '') return { path: input }
  } else {
    const parts = [...input.matchAll(/=/g)].map(({ index }) => [input.slice(0, index), input.slice(index + 1)])
    const [symbol, path] = parts.find((part) => part[0] !== '' && isThere(part[1])) ?? parts[0]
    // A folder like `data/year=2024` that is not there is missing as a whole.
    if (/[\\/]/.test(symbol) && !isThere(path)) return { path: input }
    if (symbol !== '' && path !== '') return { symbol, path }
  }
  throw new FillgridError('invalid_value', `market: an input must be a path or SYMBOL=PATH, found ${show(input)}.`)
}
