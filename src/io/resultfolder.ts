import { join } from 'node:path'
import { FillgridError, messageOf, show } from '../errors.ts'
import { onlyNames } from '../market/names.ts'
import {
  checkResult,
  checkResultVersion,
  instrumentsIn,
  RESULT_FORMAT,
  resultFrom,
  type TableColumns,
} from '../results/data.ts'
import type { Result } from '../results/result.ts'
import type { Column, Values } from '../results/table.ts'
import { type Described, RESULT_TABLES, type ResultTable, resultTable, tableColumns } from '../results/tables.ts'
import { tableColumns as arrowColumns, arrowTable } from './arrow.ts'
import type { SourceColumn } from './columns.ts'
import {
  type Folder,
  type FolderFiles,
  fileDamaged,
  readListed,
  readSummary,
  SUMMARY,
  sealFolder,
  writeFolder,
} from './folder.ts'
import { ipcParts } from './ipcwrite.ts'
import { resultHead, resultSummary } from './resultjson.ts'

/** Files of a result that are read back: one Arrow file a table. */
export const TABLE_FILES: readonly string[] = RESULT_TABLES.map(fileOf)

const encoder = new TextEncoder()
/** As words are read back, and names of columns, which may not begin with the mark of an encoding. */
const words = new TextDecoder('utf-8', { ignoreBOM: true })
const columnNames = new TextDecoder()

/** How `writeResult` writes. */
export interface WriteResultOptions {
  /** Replaces an earlier result in the folder, as far as it is still as it was written; false. */
  overwrite?: boolean
  /** Further files for people, by plain names: drawings, pages. They are listed with the others and not read back. */
  files?: FolderFiles
}

/** The folder of a result: its tables, what else is to lie there, and its summary. @param more fields of the summary */
export function resultFolder(
  result: Result,
  files: FolderFiles = {},
  more: Readonly<Record<string, unknown>> = {},
): Folder {
  const taken = Object.keys(files).find((name) => TABLE_FILES.includes(name.toLowerCase()))
  if (taken !== undefined)
    throw new FillgridError(
      'invalid_value',
      `folder: names that no table has expected, found ${show(taken)}. Name the file otherwise.`,
    )
  const keeps = (name: string, how: TextDecoder) => how.decode(encoder.encode(name)) === name
  const torn =
    result.assets.find((name) => !keeps(name, words)) ?? result.contextNames.find((name) => !keeps(name, columnNames))
  if (torn !== undefined)
    throw new FillgridError(
      'invalid_value',
      `folder: names that UTF-8 keeps expected, found ${show(torn)}. Name it otherwise.`,
    )
  const tables = RESULT_TABLES.map((name) => [fileOf(name), ipcParts(arrowColumns(resultTable(result, name)))])
  return sealFolder({ ...resultSummary(result), ...more }, { ...Object.fromEntries(tables), ...files })
}

/**
 * Writes a result into a folder, all of it or nothing: `summary.json` and one Arrow file a table, which `readResult` reads.
 * The folder must be new or empty. With `overwrite` an earlier result is replaced: the files that its summary lists and that
 * are as they were written. What else lies there stays, and where it has a name that is to be written nothing is.
 *
 * @throws FillgridError folder_taken, file_access, invalid_value, unknown_name, released
 */
export async function writeResult(folder: string, result: Result, options: WriteResultOptions = {}): Promise<void> {
  checkPath(folder)
  checkResult(result)
  // Who gave a format gave it to what writes for other programs.
  if ('format' in options || 'tables' in options)
    throw new FillgridError(
      'unknown_name',
      'writeResult: a result is written as Arrow, with all its tables, found `format` or `tables`. Use writeTables for other programs.',
    )
  onlyNames(options, OPTIONS, 'writeResult', 'one of its options')
  writeFolder(folder, resultFolder(result, options.files), options.overwrite === true)
}

/**
 * The result in a folder that `writeResult` or `--out` of the command line has written, equal in every table and figure. It
 * needs no market.
 *
 * @throws FillgridError result_version, result_damaged with file and field, file_access, invalid_value
 */
export async function readResult(folder: string): Promise<Result> {
  checkPath(folder)
  const file = join(folder, SUMMARY)
  const summary = readSummary(folder)
  if (summary.format !== RESULT_FORMAT)
    throw new FillgridError(
      'result_damaged',
      `${file}: format: ${show(RESULT_FORMAT)} expected, found ${show(summary.format)}. Of a sweep in which no set was ranked there is no result; sweep.arrow has its rows.`,
      { file },
    )
  checkResultVersion(summary.version, `${file}: version`, file)
  try {
    const head = resultHead(summary)
    const lists = [head.assets, head.contextNames, head.details]
    if (!lists.every((names) => Array.isArray(names) && names.every((name) => typeof name === 'string')))
      throw fileDamaged(file, 'assets, context_names and details: lists of names expected', show(lists))
    const described = {
      ...head,
      instruments: instrumentsIn(head.instruments, head.assets),
      details: () => head.details,
    }
    const tables = RESULT_TABLES.map((name) => {
      const path = join(folder, fileOf(name))
      return [name, readTable(readListed(folder, summary, fileOf(name)), path, name, described)]
    })
    return resultFrom({ ...head, tables: Object.fromEntries(tables) })
  } catch (error) {
    if (!(error instanceof FillgridError)) throw fileDamaged(file, 'a result expected', show(messageOf(error)))
    if (error.place.file !== undefined) throw error
    throw new FillgridError(error.code, `${file}: ${error.message}`, { file }, { cause: error })
  }
}

const OPTIONS: ReadonlySet<string> = new Set(
  Object.keys({ overwrite: true, files: true } satisfies Record<keyof WriteResultOptions, true>),
)

/** @throws FillgridError invalid_value */
function checkPath(folder: string): void {
  if (typeof folder === 'string' && folder.trim() !== '') return
  throw new FillgridError('invalid_value', `folder: a path expected, found ${show(folder)}. Name a folder.`)
}

function fileOf(name: ResultTable): string {
  return `${name}.arrow`
}

/** The raw values of a table's columns. @throws FillgridError result_damaged */
function readTable(bytes: Uint8Array, file: string, name: ResultTable, result: Described): TableColumns {
  const { assets } = result
  const columns = tableColumns(name, result)
  try {
    const found = arrowTable(bytes, file).columns
    const other = columns.findIndex(({ field }, i) => found[i]?.name !== field)
    if (other >= 0 || found.length !== columns.length) {
      const at = other < 0 ? columns.length : other
      throw fileDamaged(
        file,
        `column ${at + 1}: ${show(columns[at]?.field ?? 'none')} expected`,
        show(found[at]?.name ?? 'none'),
      )
    }
    return Object.fromEntries(columns.map((column, i) => [column.name, valuesOf(column, found[i], assets)]))
  } catch (error) {
    if (error instanceof FillgridError) throw error
    throw fileDamaged(file, 'an Arrow table expected', show(messageOf(error)))
  }
}

/** @throws RangeError for what the column does not hold */
function valuesOf(column: Column, source: SourceColumn, assets: readonly string[]): Values {
  const { kind, field, labels = [] } = column
  const textual = kind === 'label' || kind === 'asset'
  const fits = textual
    ? source.kind === 'text'
    : source.kind === 'number' || (kind === 'time' && source.kind === 'time')
  if (!fits) throw new RangeError(`${field} is ${source.type}`)
  // Copies: views would keep the whole file.
  if (kind === 'time' || kind === 'f64') return source.numbers().slice()
  if (!textual) {
    const numbers = source.numbers()
    const whole = Int32Array.from(numbers)
    const row = whole.findIndex((value, i) => value !== numbers[i])
    if (row >= 0) throw new RangeError(`${field} has ${numbers[row]} in row ${row + 1}`)
    return whole
  }
  const { codes, words: found } = source.words()
  const known = kind === 'asset' ? assets : labels
  const places = found.map((word) => known.indexOf(word))
  const none = known.indexOf('')
  return codes.map((code, row) => {
    const place = code < 0 ? none : places[code]
    if (place < 0) throw new RangeError(`${field} has ${show(found[code] ?? null)} in row ${row + 1}`)
    return place
  })
}
