import type { ContextTable } from '../market/input.ts'
import type { SourceRecord } from '../market/provenance.ts'
import { eachChunk, fileRanges } from './chunks.ts'
import type { SourceTable } from './columns.ts'
import { csvNumbers, namedRows, readCsvContext, readText, type TextKind, TextReader, type TextRows } from './csv.ts'
import type { Detection } from './detect.ts'
import { FILE_LIMIT, hostCodecs } from './files.ts'
import { reading } from './format.ts'
import { serviceAnswer } from './lines.ts'
import type { ReadOptions } from './options.ts'
import type { RowTable } from './rowtable.ts'
import { type Source, starts } from './sources.ts'
import type { TickBars } from './ticks.ts'

/** Formats by their first bytes; what is none of them is text. Readers are loaded when they are needed. */
interface Format {
  name: string
  is(bytes: Uint8Array): boolean
  rows(source: Source, options: ReadOptions): Promise<RowTable>
  context(source: Source, options: ReadOptions): Promise<ContextTable>
  /** The columns themselves, for ticks. */
  table(source: Source, options: ReadOptions): Promise<SourceTable>
}

export const FORMATS: readonly Format[] = [
  {
    name: 'arrow',
    is: (bytes) => starts(bytes, 'ARROW1') || (bytes.length > 8 && starts(bytes, '\xff\xff\xff\xff')),
    rows: async (source, options) => (await import('./arrow.ts')).arrowRows(inParts(source), options),
    context: async (source, options) => (await import('./arrow.ts')).readArrowContext(inParts(source), options),
    table: async (source) => {
      const { arrowTable } = await import('./arrow.ts')
      return reading(source.file, 'an Arrow IPC file or stream', () => arrowTable(inParts(source).bytes, source.file))
    },
  },
  {
    name: 'parquet',
    is: (bytes) => starts(bytes, 'PAR1') || starts(bytes, 'PARE'),
    rows: async (source, options) =>
      (await import('./parquet.ts')).parquetRows(inParts(source), { ...options, ...PARQUET }),
    context: async (source, options) =>
      (await import('./parquet.ts')).readParquetContext(inParts(source), { ...options, ...PARQUET }),
    table: async (source) => {
      const { parquetTable } = await import('./parquet.ts')
      return reading(source.file, 'a Parquet file', () => parquetTable(inParts(source).bytes, source.file, PARQUET))
    },
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
    table: async ({ bytes, file }, options) => {
      const { jsonTable } = await import('./json.ts')
      try {
        return reading(file, 'JSON with rows or columns', () => jsonTable(bytes, file, options))
      } catch (error) {
        throw serviceAnswer(bytes, file) ?? error
      }
    },
  },
]

const PARQUET = { codecs: hostCodecs, limit: FILE_LIMIT }

/** Of a file only the columns that are needed are read. */
function inParts(source: Source) {
  const { path, file, symbol } = source
  return { bytes: path && !path.packed ? fileRanges(path.path, path.size) : source.bytes, file, symbol }
}

/**
 * The rows of a source, whatever its format; with `ticks` bars made of its trades or quotes.
 *
 * @throws FillgridError invalid_file, ambiguous_file, unknown_name, memory_limit
 */
export async function readSource(
  source: Source,
  options: ReadOptions,
  ticks: TickBars | undefined,
): Promise<{ table: RowTable; detection?: Detection }> {
  const { file, symbol, containers, size } = source
  const format = source.table ? undefined : FORMATS.find(({ is }) => is(source.head))
  // A file that is read in pieces is hashed on the way.
  const known = () => ({
    ...(size === undefined ? {} : { bytes: size, sha256: source.sha256 }),
    ...(containers.length > 0 ? { containers } : {}),
  })
  if (!source.table && !format) {
    const text = await textRows(source, options, ticks ? ['bars', 'trades', 'quotes'] : ['bars'])
    const table = ticks ? (await import('./tickrows.ts')).textTickRows(text, options, ticks) : text.table
    return { table: { ...table, record: { ...text.table.record!, ...known() } }, detection: text.detection }
  }
  const table = await typedRows(source, format, symbol, options, ticks)
  const record: SourceRecord = {
    format: format?.name ?? 'duckdb',
    ...table.record,
    file: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
    ...known(),
    rows: table.time.length,
  }
  return { table: { ...table, record } }
}

/** Text of a file is read in pieces and never held whole. */
async function textRows(source: Source, options: ReadOptions, kinds: readonly TextKind[]): Promise<TextRows> {
  const { path, file, symbol } = source
  if (!path) return readText(source, options, kinds)
  const reader = new TextReader({ file, symbol, size: path.content }, options, kinds)
  await eachChunk(path, (bytes) => reader.push(bytes))
  return reader.finish()
}

async function typedRows(
  source: Source,
  format: Format | undefined,
  symbol: string | undefined,
  options: ReadOptions,
  ticks: TickBars | undefined,
): Promise<RowTable> {
  if (ticks) {
    const { columnTickRows } = await import('./tickrows.ts')
    const columns = source.table ?? (await format!.table(source, options))
    return reading(source.file, `whole ${format?.name ?? 'columns'}`, () =>
      columnTickRows(columns, symbol, options, ticks),
    )
  }
  if (!source.table) return format!.rows(source, options)
  const { columnRows } = await import('./columns.ts')
  return namedRows(columnRows(source.table, options, 'bars'), symbol)
}

/** The rows of signals that a source holds: a time, the symbol where it has one, and columns of numbers. @throws as `readSource` */
export async function signalsOf(source: Source, options: ReadOptions): Promise<RowTable> {
  const format = source.table ? undefined : FORMATS.find(({ is }) => is(source.head))
  if (!source.table && !format) return csvNumbers(source, options, 'signals')
  const { columnRows } = await import('./columns.ts')
  const columns = source.table ?? (await format!.table(source, options))
  return reading(source.file, `whole ${format?.name ?? 'columns'}`, () => columnRows(columns, options, 'signals'))
}

/** The context table that a source holds. @throws as `readSource` */
export async function contextOf(source: Source, options: ReadOptions): Promise<ContextTable> {
  if (source.table) {
    const { columnRows } = await import('./columns.ts')
    const { time, signals } = columnRows(source.table, { timeUnit: options.timeUnit }, 'context')
    return { time, columns: Object.fromEntries(signals), carry: options.carryContext }
  }
  const format = FORMATS.find(({ is }) => is(source.head))
  return format ? format.context(source, options) : readCsvContext(source, options)
}
