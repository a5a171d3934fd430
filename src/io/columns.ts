import { show } from '../errors.ts'
import { checkPolicies, MOST_OFFENCES } from '../market/checks.ts'
import { PRICE_COLUMNS, type PriceColumn } from '../market/input.ts'
import { type EpochUnit, epochMs, epochUnit, parseDate, stampEnd, stampZoned } from '../market/stamp.ts'
import { placeStamps } from './clock.ts'
import { chooseExtras, fileError, neededRoles, type TableKind } from './head.ts'
import { type ReadOptions, rowChoice } from './options.ts'
import { leaveOut } from './rowchecks.ts'
import { keepRows } from './rows.ts'
import type { RowTable } from './rowtable.ts'
import { areTicks } from './ticks.ts'

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
  /** Times of a clock that is not named. */
  local?: boolean
  /** One double a row, NaN where there is none. May be a view of the file: not to be written to. */
  numbers(): Float64Array
  /** Text by row. */
  words(): Words
}

/** A table that is typed by its file. */
export interface SourceTable {
  /** The source's name, for errors. */
  file: string
  /** 'arrow', 'parquet' and so on. */
  format: string
  rows: number
  columns: readonly SourceColumn[]
  /** Columns are made anew whenever they are asked for, so that nobody else has their arrays. */
  fresh?: boolean
}

/**
 * The rows of a typed table, by the rules that text has: columns by their names, stamps of every kind, further numbers as
 * signals; rows without what a bar needs are refused or left out as the checks say. Columns that are not needed are not
 * decoded.
 *
 * @throws FillgridError invalid_file (row as line, column), unknown_name
 */
export function columnRows(table: SourceTable, options: ReadOptions<unknown>, kind: TableKind): RowTable {
  const { file, columns, format } = table
  const place = { file }
  // Index columns that pandas writes are no data.
  const names = columns.map(({ name }) => (name.startsWith('__index_level_') ? '' : name))
  const other = kind === 'bars' && options.roles?.close === undefined ? areTicks(names) : undefined
  if (other)
    throw fileError(
      `bars are needed, found ${other}`,
      place,
      "Make bars of them: `ticks: { by: 'time', every: 60000 }`.",
    )
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
    prices.set(name, scaled(columns[at].numbers(), name === 'volume' ? 1 : (options.scale ?? 1)))
  }
  const stamp = stamps(columns[roles.time!], options.timeUnit, file)
  const symbol = roles.symbol === undefined ? undefined : symbolColumn(columns[roles.symbol], file)
  const rows: RowTable = {
    file,
    names: symbol?.names ?? [],
    seen: symbol?.names ?? [],
    asset: symbol?.asset,
    time: stamp.time,
    prices,
    signals: new Map(extras.map((extra) => [extra.name, columns[extra.column].numbers()])),
    line: (row) => row + 1,
    leftOut,
    owned: table.fresh,
    record: {
      file: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
      format,
      columns: Object.fromEntries(Object.entries(roles).map(([role, column]) => [role, names[column]])),
      timezone: 'UTC',
      timezoneFrom: stamp.local ? 'nobody' : 'file',
      barTime: options.barTime ?? 'open',
      scale: options.scale ?? 1,
      rows: table.rows,
    },
  }
  const checked = leaveOut(rows, stamp.faults, options)
  return chosenRows(inZone(checked, stamp.local, options), choice)
}

/** A column of numbers times a factor, in an array of its own where the factor is not 1. */
function scaled(values: Float64Array, factor: number): Float64Array {
  if (factor === 1) return values
  // A factor of 1/n divides, so that 1362500 at 0.0001 is 136.25 and nothing beside it.
  const divisor = Math.round(1 / factor)
  const divides = factor < 1 && Math.abs(divisor * factor - 1) < 1e-12
  return values.map((value) => (divides ? value / divisor : value * factor))
}

/** Times of a clock that only the caller knows become moments. */
function inZone(table: RowTable, local: boolean, options: ReadOptions<unknown>): RowTable {
  const n = table.time.length
  if (!local || options.timezone === undefined || n === 0) return table
  const zones = { zoned: 0, naive: n, offsets: [] }
  const policies = checkPolicies(options.checks)
  const own = { ...table, time: table.time.slice() }
  const placed = placeStamps(own, zones, options.timezone, 'option', policies)
  return {
    ...placed.table,
    outcomes: [...(table.outcomes ?? []), ...placed.outcomes],
    notes: placed.notes,
    record: { ...table.record!, timezone: placed.timezone, timezoneFrom: placed.from },
  }
}

/** Stamps of a column. */
interface Stamps {
  /** Milliseconds; NaN where there is none. */
  time: Float64Array
  /** They do not say which clock they are of. */
  local: boolean
  /** What stood there instead of a time, by row. */
  faults: Map<number, string>
}

/** Numbers by code, NaN where there is none. `Float64Array.from` would go through a list of them. */
export function byCode(codes: Int32Array, known: ArrayLike<number>): Float64Array {
  const out = new Float64Array(codes.length)
  for (let i = 0; i < out.length; i++) out[i] = codes[i] < 0 ? Number.NaN : known[codes[i]]
  return out
}

/** The stamps of a column, whatever its type. @throws FillgridError invalid_file */
function stamps(column: SourceColumn, unit: EpochUnit | undefined, file: string): Stamps {
  const { name } = column
  const faults = new Map<number, string>()
  if (column.kind === 'text' || (column.textual && looksLikeDate(column.words().words[0]))) {
    const { codes, words } = column.words()
    let local = true
    const known = words.map((word) => {
      const ms = dateOf(word)
      if (stampZoned) local = false
      return ms
    })
    const time = byCode(codes, known)
    for (let row = 0; row < time.length && faults.size < MOST_OFFENCES; row++)
      if (Number.isNaN(time[row])) faults.set(row, show(words[codes[row]] ?? null))
    return { time, local, faults }
  }
  if (column.kind === 'time') return { time: column.numbers(), local: column.local === true, faults }
  if (column.kind !== 'number')
    throw fileError(`${name} must hold times, found ${column.type}`, { file, column: name }, 'Convert the column.')
  const raw = column.numbers()
  const found = unit ?? epochUnit(raw.find((value) => !Number.isNaN(value) && value !== 0) ?? 0)
  const other =
    unit === undefined
      ? raw.findIndex((value) => epochUnit(value) !== found && !Number.isNaN(value) && value !== 0)
      : -1
  if (other >= 0) {
    throw fileError(
      `${name} seems to change from ${found} to ${epochUnit(raw[other])}, found ${raw[other]}`,
      { file, line: other + 1, column: name },
      'Pass `timeUnit` if all stamps have one unit.',
    )
  }
  return { time: found === 'ms' ? raw : raw.map((value) => epochMs(value, found)), local: false, faults }
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
    if (numberedByRow(given)) return { asset: given.codes, names: [...given.words] }
    const out = given.codes.map((code, row) => {
      if (code < 0 || given.words[code] === '') throw bad(row, code < 0 ? null : '')
      if (known[code] < 0) known[code] = number(given.words[code])
      return known[code]
    })
    return { asset: out, names: [...codes.keys()] }
  }
  if (column.kind !== 'number')
    throw fileError(`${name} must hold names, found ${column.type}`, { file, column: name }, 'Convert the column.')
  const values = column.numbers()
  const out = new Int32Array(values.length)
  for (let row = 0; row < out.length; row++) {
    if (Number.isNaN(values[row])) throw bad(row, null)
    out[row] = row > 0 && values[row] === values[row - 1] ? out[row - 1] : number(String(values[row]))
  }
  return { asset: out, names: [...codes.keys()] }
}

/** Whether words are numbered by their first row already, and every row has one. */
function numberedByRow({ codes, words }: Words): boolean {
  let next = 0
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] < 0 || codes[row] > next) return false
    if (codes[row] === next) next++
  }
  return next === words.length && !words.includes('')
}

/** Rows within the chosen time and symbols, the names that are left numbered by their first row again. */
function chosenRows(table: RowTable, choice: ReturnType<typeof rowChoice>): RowTable {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, symbols } = choice
  const { time, asset, names } = table
  const wanted = asset && symbols ? names.map((name) => symbols.has(name)) : undefined
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY && !wanted) return table
  const kept = keepRows(table, (row) => time[row] >= from && time[row] < to && (!wanted || wanted[asset![row]]))
  if (!kept.asset) return kept
  const next = new Map<number, number>()
  const renumbered = kept.asset.map((old) => {
    const found = next.get(old) ?? next.size
    next.set(old, found)
    return found
  })
  return { ...kept, asset: renumbered, names: [...next.keys()].map((old) => names[old]) }
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
