import { FillgridError, show } from '../errors.ts'
import { expectFields } from '../market/expect.ts'
import type { ContextTable, MarketOptions } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { type ByteSource, holdsBytes, sourceOf } from './bytes.ts'
import { columnRows, type SourceColumn, type SourceTable, WordList, type Words } from './columns.ts'
import { namedRows } from './csv.ts'
import { reading } from './format.ts'
import { marketOptions, type ReadOptions, rowChoice } from './options.ts'
import { type Chunk, type ParquetColumn, type ParquetMeta, parquetMeta } from './parquetmeta.ts'
import { eachPage, type HostCodecs, type Page } from './parquetpage.ts'
import { isDictionary, pageByteArrays, pageNumbers, plainNumbers, readHybrid } from './parquetvalues.ts'
import { marketFromRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'

/** A Parquet file: its bytes, or a source of them, with its name for errors and the symbol of its rows. */
export interface ParquetFile {
  bytes: Uint8Array | ByteSource
  file?: string
  symbol?: string
}

/** Options of `readParquet`; context may be a Parquet file too. */
export interface ParquetOptions extends ReadOptions<ParquetFile> {
  /** Decompression of gzip and brotli, which the host has to bring; `loadMarket` brings Node's. */
  codecs?: HostCodecs
  /** Most bytes that all columns that are read may have together. Default 2 GiB. */
  limit?: number
}

const NEEDED = 'a Parquet file'
const LIMIT = 2147483648

/**
 * A market from Parquet files with the columns of `readCsv`: by the same names, one asset a file or a symbol column.
 * Stamps may be timestamps, dates, numbers since 1970 or ISO text; nulls are missing values; nested columns are left out.
 * Uncompressed, snappy, zstd and lz4 pages are read everywhere.
 *
 * @throws FillgridError invalid_file, invalid_market, invalid_value, unknown_name, memory_limit
 */
export function readParquet(files: ParquetFile | readonly ParquetFile[], options: ParquetOptions = {}): Market {
  const list = (Array.isArray(files) ? files : [files]) as readonly ParquetFile[]
  for (const file of list)
    if (!holdsBytes(file))
      throw new FillgridError(
        'invalid_value',
        `parquet: the bytes of a Parquet file are needed, { bytes }, found ${show(file)}.`,
      )
  expectFields(options, 'parquet', 'options by name')
  const { context } = options
  const table = isParquetFile(context) ? readParquetContext(context, options) : (context as MarketOptions['context'])
  const tables = list.map((file) => parquetRows(file, options))
  return marketFromRows(tables, marketOptions(options, table), rowChoice(options).symbols)
}

function isParquetFile(context: ParquetOptions['context']): context is ParquetFile {
  return holdsBytes(context)
}

/** The rows of one Parquet file, its symbol settled. */
export function parquetRows(source: ParquetFile, options: ReadOptions<unknown> & ParquetOptions): RowTable {
  const file = source.file ?? 'parquet'
  return reading(file, NEEDED, () =>
    namedRows(columnRows(parquetTable(source.bytes, file, options), options, 'bars'), source.symbol),
  )
}

/** A context table from Parquet: a time column, and every other column that holds numbers. @throws as `readParquet` */
export function readParquetContext(
  source: ParquetFile,
  options: ReadOptions<unknown> & ParquetOptions = {},
): ContextTable {
  const file = source.file ?? 'parquet'
  return reading(file, NEEDED, () => {
    const table = parquetTable(source.bytes, file, options)
    const { time, signals } = columnRows(table, { timeUnit: options.timeUnit }, 'context')
    return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
  })
}

/**
 * The columns of a Parquet file, decoded when they are asked for; only the pages of those are read.
 *
 * @throws RangeError for a damaged file, here and where columns are decoded
 */
export function parquetTable(
  bytes: Uint8Array | ByteSource,
  file: string,
  { codecs = {}, limit = LIMIT }: Pick<ParquetOptions, 'codecs' | 'limit'> = {},
): SourceTable {
  const source = bytes instanceof Uint8Array ? sourceOf(bytes) : bytes
  const meta = readFooter(source)
  const budget = { left: limit }
  const room: Room = { bytes: new Uint8Array(0), codes: new Int32Array(0) }
  const columns = meta.columns.map((column, i): SourceColumn => {
    const { kind } = column.meaning
    const reader = new ColumnReader(source, meta, i, codecs, budget, room)
    return {
      name: column.name,
      kind: kind === 'half' || kind === 'decimal' ? 'number' : kind,
      type: column.typeName,
      local: column.meaning.kind === 'time' && column.meaning.local,
      numbers: () => reader.numbers(),
      words: () => reader.words(),
    }
  })
  return { file, format: 'parquet', rows: meta.rows, columns, fresh: true }
}

function startsWithMagic(bytes: Uint8Array, magic: string): boolean {
  return bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === magic
}

function readFooter(source: ByteSource): ParquetMeta {
  const { size } = source
  if (size < 12) throw new RangeError('the end is missing')
  const tail = source.read(size - 8, size)
  if (startsWithMagic(tail.subarray(4), 'PARE')) throw new RangeError('the file is encrypted')
  if (!startsWithMagic(tail.subarray(4), 'PAR1')) throw new RangeError('the end is missing')
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true)
  if (length > size - 12) throw new RangeError('the footer is longer than the file')
  const end = size - 8 - length
  return parquetMeta(source.read(end, size - 8), end)
}

/** What pages and their indices are decoded into, one after the other; columns are never read at the same time. */
interface Room {
  bytes: Uint8Array
  codes: Int32Array
}

/** Reads one column, row group by row group. */
class ColumnReader {
  readonly #source: ByteSource
  readonly #meta: ParquetMeta
  readonly #index: number
  readonly #column: ParquetColumn
  readonly #codecs: HostCodecs
  readonly #budget: { left: number }
  readonly #room: Room

  constructor(
    source: ByteSource,
    meta: ParquetMeta,
    index: number,
    codecs: HostCodecs,
    budget: { left: number },
    room: Room,
  ) {
    this.#source = source
    this.#meta = meta
    this.#index = index
    this.#column = meta.columns[index]
    this.#codecs = codecs
    this.#budget = budget
    this.#room = room
  }

  numbers(): Float64Array {
    const column = this.#column
    const { kind } = column.meaning
    if (kind === 'text' || kind === 'other') throw new RangeError(`${column.name} holds no numbers`)
    const out = new Float64Array(this.#rows(8))
    const outBytes = new Uint8Array(out.buffer)
    let words: Float64Array = new Float64Array(0)
    let at = 0
    this.#each(
      (bytes, count) => {
        words = plainNumbers(bytes, count, column)
      },
      (page) => {
        const size = page.rows * 8
        if (column.physical === 'DOUBLE' && page.encoding === 0 && !page.valid && page.at + size <= page.bytes.length) {
          // Doubles as they are: one copy and no array between.
          outBytes.set(page.bytes.subarray(page.at, page.at + size), at * 8)
          at += page.rows
          return
        }
        const values = page.valid ? new Float64Array(page.values) : out.subarray(at, at + page.rows)
        if (isDictionary(page.encoding)) this.#lookUp(words, page, values)
        else values.set(pageNumbers(page.bytes, page.at, page.encoding, page.values, column))
        placeValues(page, values, out, at, Number.NaN)
        at += page.rows
      },
      () => {
        words = new Float64Array(0)
      },
    )
    return out
  }

  words(): Words {
    const column = this.#column
    if (column.meaning.kind !== 'text') throw new RangeError(`${column.name} holds no text`)
    const out = new Int32Array(this.#rows(4))
    const list = new WordList()
    const decoder = new TextDecoder()
    const numberOf = (source: Uint8Array, from: number, to: number) => list.code(decoder.decode(source.slice(from, to)))
    let words: Int32Array = new Int32Array(0)
    let at = 0
    this.#each(
      (bytes, count) => {
        const found: number[] = []
        pageByteArrays(bytes, 0, 0, count, (source, from, to) => found.push(numberOf(source, from, to)))
        words = Int32Array.from(found)
      },
      (page) => {
        const codes = page.valid ? new Int32Array(page.values) : out.subarray(at, at + page.rows)
        if (isDictionary(page.encoding)) this.#lookUp(words, page, codes)
        else {
          let n = 0
          pageByteArrays(page.bytes, page.at, page.encoding, page.values, (source, from, to) => {
            codes[n++] = numberOf(source, from, to)
          })
        }
        placeValues(page, codes, out, at, -1)
        at += page.rows
      },
      () => {
        words = new Int32Array(0)
      },
    )
    return { codes: out, words: list.words }
  }

  /** The words of a page's indices into the dictionary: a byte with their width, then runs. */
  #lookUp(words: Float64Array | Int32Array, page: Page, out: Float64Array | Int32Array): void {
    const { bytes, at, values } = page
    if (values === 0) return
    if (at >= bytes.length) throw new RangeError('the indices of a page are cut')
    const room = this.#room
    if (room.codes.length < values) room.codes = new Int32Array(values)
    const codes = room.codes.subarray(0, values)
    readHybrid(bytes, at + 1, bytes.length, bytes[at], codes)
    for (let i = 0; i < values; i++) {
      const code = codes[i]
      if (code >= words.length) throw new RangeError(`a page has index ${code} of ${words.length} words`)
      out[i] = words[code]
    }
  }

  /** Rows, once the limit allows so many values. */
  #rows(bytes: number): number {
    const { rows } = this.#meta
    const budget = this.#budget
    if (rows * bytes > budget.left) throw new RangeError(`more than ${budget.left} bytes come out`)
    budget.left -= rows * bytes
    return rows
  }

  #each(dictionary: (bytes: Uint8Array, count: number) => void, page: (page: Page) => void, next: () => void): void {
    for (const { chunks } of this.#meta.groups) {
      const chunk = chunks[this.#index] as Chunk
      next()
      const bytes = this.#source.read(chunk.at, chunk.at + chunk.bytes, true)
      eachPage(bytes, chunk, this.#column.optional, this.#codecs, this.#budget.left, this.#room, dictionary, page)
    }
  }
}

/** Puts the values of a page that has rows without one where they belong. */
function placeValues(
  { rows, valid }: Page,
  values: Float64Array | Int32Array,
  out: Float64Array | Int32Array,
  at: number,
  none: number,
): void {
  if (valid) for (let i = 0, v = 0; i < rows; i++) out[at + i] = valid[i] ? values[v++] : none
}
