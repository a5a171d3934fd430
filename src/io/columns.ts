import { show } from '../errors.ts'
import { PRICE_COLUMNS, type PriceColumn } from '../market/input.ts'
import { chooseExtras, fileError, neededRoles, type TableKind } from './head.ts'
import { type ReadOptions, rowChoice } from './options.ts'
import type { RowTable } from './rows.ts'
import { type EpochUnit, epochMs, epochUnit, parseDate, stampEnd } from './stamp.ts'

/** Words by row, as indices into a list. */
export interface Words {
  /** One a row; -1 where there is none. */
  codes: Int32Array
  words: readonly string[]
}

/** A column of a table that is typed by its file (Arrow, Parquet, JSON, SQL): decoded when it is asked for. */
export interface SourceColumn {
  name: string
  /** Numbers, times (numbers() gives milliseconds UTC), text, or what no market can use. */
  kind: 'number' | 'time' | 'text' | 'other'
  /** The type in the words of the format, for errors. */
  type: string
  /** Numbers that stand as text, which counts where a name or a date is needed. */
  textual?: boolean
  /** One double a row, NaN where there is none. May be a view of the file: not to be written to. */
  numbers(): Float64Array
  /** Text by row. */
  words(): Words
}

/** A table that is typed by its file. */
export interface SourceTable {
  /** The source's name, for errors. */
  file: string
  rows: number
  columns: readonly SourceColumn[]
}

/**
 * The rows of a typed table, by the rules that text has: columns by their names, stamps of every kind, further numbers as
 * signals. Columns that are not needed are not decoded.
 *
 * @throws FillgridError invalid_file (row as line, column), unknown_name
 */
export function columnRows(table: SourceTable, options: ReadOptions<unknown>, kind: TableKind): RowTable {
  const { file, columns } = table
  const place = { file }
  // Index columns that pandas writes are no data.
  const names = columns.map(({ name }) => (name.startsWith('__index_level_') ? '' : name))
  const roles = neededRoles(names, options.roles, kind, place, false)
  if (table.rows === 0) throw fileError('at least one row is needed, found none', place, 'Is the file complete?')
  const choice = rowChoice(options)
  const { extras, leftOut } = chooseExtras(
    names,
    roles,
    choice.signals ?? true,
    (i) => columns[i].kind === 'number',
    place,
  )

  let time = stamps(columns[roles.time!], options.timeUnit, file)
  let asset: Int32Array | undefined
  let symbols: string[] = []
  if (roles.symbol !== undefined) ({ asset, names: symbols } = symbolColumn(columns[roles.symbol], file))
  const prices = new Map<PriceColumn, Float64Array>()
  for (const name of kind === 'bars' ? PRICE_COLUMNS : []) {
    const at = roles[name]
    if (at === undefined) continue
    if (columns[at].kind !== 'number') {
      throw fileError(
        `${names[at]} must hold numbers, found ${columns[at].type}`,
        { file, column: names[at] },
        'Convert the column.',
      )
    }
    prices.set(name, columns[at].numbers())
  }
  const missing = prices.get('close')?.findIndex(Number.isNaN) ?? -1
  if (missing >= 0)
    throw fileError(
      `${names[roles.close!]} must be a number, found none`,
      { file, line: missing + 1, column: names[roles.close!] },
      'Mend or leave out the row.',
    )
  const seen = symbols
  const signals = new Map(extras.map((extra) => [extra.name, columns[extra.column].numbers()]))

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

/** Milliseconds UTC of a column of stamps, whatever its type. @throws FillgridError invalid_file */
export function stamps(column: SourceColumn, unit: EpochUnit | undefined, file: string): Float64Array {
  const { name } = column
  const bad = (row: number, found: unknown) =>
    fileError(
      `${name} must be a time, found ${show(found)}`,
      { file, line: row + 1, column: name },
      'Mend or leave out the row.',
    )
  let out: Float64Array
  if (column.kind === 'text' || (column.textual && looksLikeDate(column.words().words[0]))) {
    const { codes, words } = column.words()
    const known = words.map(dateOf)
    out = Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : known[code]))
    const wrong = out.findIndex(Number.isNaN)
    if (wrong >= 0) throw bad(wrong, words[codes[wrong]] ?? null)
    return out
  }
  if (column.kind === 'time') out = column.numbers()
  else if (column.kind === 'number') {
    const raw = column.numbers()
    const found = unit ?? epochUnit(raw.find((value) => !Number.isNaN(value)) ?? 0)
    const other = unit === undefined ? raw.findIndex((value) => epochUnit(value) !== found && !Number.isNaN(value)) : -1
    if (other >= 0) {
      throw fileError(
        `${name} seems to change from ${found} to ${epochUnit(raw[other])}, found ${raw[other]}`,
        { file, line: other + 1, column: name },
        'Pass `timeUnit` if all stamps have one unit.',
      )
    }
    out = found === 'ms' ? raw : raw.map((value) => epochMs(value, found))
  } else throw fileError(`${name} must hold times, found ${column.type}`, { file, column: name }, 'Convert the column.')
  const missing = out.findIndex(Number.isNaN)
  if (missing >= 0) throw bad(missing, null)
  return out
}

function dateOf(word: string): number {
  const bytes = new TextEncoder().encode(word)
  const ms = parseDate(bytes, 0, bytes.length)
  return stampEnd < bytes.length ? Number.NaN : ms
}

/** Digits like 20240131, which are a day and no second of 1970. */
function looksLikeDate(word: string | undefined): boolean {
  return word !== undefined && /^(1[7-9]|2[01])/.test(word) && !Number.isNaN(dateOf(word))
}

/** Symbols numbered by their first row. */
function symbolColumn(column: SourceColumn, file: string): { asset: Int32Array; names: string[] } {
  const { name } = column
  const bad = (row: number, found: unknown) =>
    fileError(
      `${name} must be a name, found ${show(found)}`,
      { file, line: row + 1, column: name },
      'Mend or leave out the row.',
    )
  const codes = new Map<string, number>()
  const number = (text: string) => {
    const found = codes.get(text) ?? codes.size
    codes.set(text, found)
    return found
  }
  if (column.kind === 'text' || column.textual) {
    const given = column.words()
    const known = new Int32Array(given.words.length).fill(-1)
    const out = given.codes.map((code, row) => {
      if (code < 0 || given.words[code] === '') throw bad(row, code < 0 ? null : '')
      if (known[code] < 0) known[code] = number(given.words[code])
      return known[code]
    })
    return { asset: out, names: [...codes.keys()] }
  }
  if (column.kind !== 'number')
    throw fileError(`${name} must hold names, found ${column.type}`, { file, column: name }, 'Convert the column.')
  const out = Int32Array.from(column.numbers(), (value, row) => {
    if (Number.isNaN(value)) throw bad(row, null)
    return number(String(value))
  })
  return { asset: out, names: [...codes.keys()] }
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
  const rows = new Int32Array(time.length)
  let n = 0
  for (let row = 0; row < time.length; row++) {
    if (time[row] >= from && time[row] < to && (!wanted || wanted[asset![row]])) rows[n++] = row
  }
  return rows.slice(0, n)
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

/** Numbers a list of words: equal words, equal number, by first appearance. */
export class WordList {
  readonly words: string[] = []
  readonly #codes = new Map<string, number>()

  /** The number of a word. */
  code(word: string): number {
    let code = this.#codes.get(word)
    if (code === undefined) {
      code = this.words.push(word) - 1
      this.#codes.set(word, code)
    }
    return code
  }
}
