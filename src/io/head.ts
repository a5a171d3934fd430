import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { atPlace } from '../market/input.ts'
import { MISSING } from '../market/missing.ts'
import { nearNames } from '../market/names.ts'
import { type EpochUnit, epochUnit, parseDate, stampEnd } from '../market/stamp.ts'
import { decimalEnd, parseDecimal } from './decimal.ts'
import { type Dialect, splitLine } from './dialect.ts'
import { findRoles, ROLES, type Role, type RoleMap } from './roles.ts'

/** What a file of bars, of signals by asset, and of context is read as; all must have a time, bars a close. */
export type TableKind = 'bars' | 'signals' | 'context'

const KIND_ROLES: Readonly<Record<TableKind, readonly Role[]>> = {
  bars: ROLES,
  signals: ['time', 'clock', 'symbol'],
  context: ['time', 'clock'],
}

/** Which columns beyond the prices are read: all numeric ones, none, or those named. */
export type SignalChoice = boolean | readonly string[]

/** What the beginning of a file says about the rest. */
export interface FileHead {
  dialect: Dialect
  names: readonly string[]
  roles: RoleMap
  /** Extra columns to read, by position. */
  extras: readonly { column: number; name: string }[]
  /** Names of text columns that are not read. */
  leftOut: readonly string[]
  /** Undefined: stamps are dates as text. */
  epoch: EpochUnit | undefined
  /** Offset of the first row and its line (1-based). */
  start: number
  line: number
  /** Bytes a row takes, roughly. */
  rowBytes: number
}

/** A file error at a place: 'file: rule at place. Way out.' */
export function fileError(rule: string, place: ErrorPlace, wayOut: string): FillgridError {
  const where = atPlace(place)
  return new FillgridError('invalid_file', `file: ${rule}${where ? ` at ${where}` : ''}. ${wayOut}`, place)
}

/**
 * Reads the header and the first rows: names, roles, which further columns hold numbers, how stamps are written.
 *
 * @param head the file's beginning as UTF-8, at least 64 KiB or all of it
 * @param dialect what it was found to be
 * @throws FillgridError invalid_file (empty, not text, no time or close column, stamps of an unknown form), unknown_name
 */
export function readHead(
  head: Uint8Array,
  file: string,
  dialect: Dialect,
  kind: TableKind,
  signals: SignalChoice,
): FileHead {
  checkText(head, file)
  let start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  checkSeparator(dialect)

  let line = 1
  for (let skip = dialect.skipLines; skip > 0 && start < head.length; skip--, line++) start = lineEnd(head, start)
  const skipBlank = () => {
    while (start < head.length && isBlank(head, start)) {
      start = lineEnd(head, start)
      line++
    }
  }
  skipBlank()
  if (start >= head.length)
    throw fileError('a header and rows are needed, found nothing', { file }, 'Is it the right file?')
  let names = dialect.columns ?? []
  const headerLine = line
  if (dialect.header) {
    const end = lineEnd(head, start)
    const words = splitLine(
      new TextDecoder().decode(head.subarray(start, end)).replace(/\r?\n$/, ''),
      dialect.separator,
    )
    if (!dialect.columns) names = words
    start = end
    line++
    while (names.length > 1 && names.at(-1) === '') names = names.slice(0, -1)
    for (let below = dialect.below; below > 0; below--) {
      skipBlank()
      start = lineEnd(head, start)
      line++
    }
  }
  const place = { file, line: headerLine }
  const roles = neededRoles(names, dialect.roles, kind, place, dialect.header)

  const rows = sampleRows(head, start, dialect.separator)
  if (rows.length === 0)
    throw fileError('at least one row is needed, found only a header', place, 'Is the file complete?')
  const hasNumbers = (column: number) => {
    const first = rows.map((row) => row[column] ?? '').find((field) => !MISSING.has(field.toLowerCase()))
    return first === undefined || isNumber(first, dialect)
  }
  const { extras, leftOut } = chooseExtras(names, roles, signals, hasNumbers, place)
  return {
    dialect,
    names,
    roles,
    extras,
    leftOut,
    epoch:
      dialect.day === undefined ? stampForm(rows, roles, dialect, { file, line, column: names[roles.time!] }) : 'ms',
    start,
    line,
    rowBytes: Math.max(4, (Math.min(head.length, lastLineEnd(head)) - start) / Math.max(1, countLines(head, start))),
  }
}

function checkText(head: Uint8Array, file: string): void {
  const zero = head.subarray(0, 4096).indexOf(0)
  if (zero >= 0)
    throw fileError(
      `text is needed, found a zero byte at offset ${zero}`,
      { file },
      'CSV text, gzip of it, and Arrow files are read.',
    )
}

function checkSeparator({ separator, decimal }: Dialect): void {
  if (separator.length !== 1 || separator.charCodeAt(0) > 127 || separator === '"') {
    throw new FillgridError('invalid_value', `file: separator must be one plain character, found ${show(separator)}.`)
  }
  if (decimal !== '.' && decimal !== ',')
    throw new FillgridError('invalid_value', `file: decimal must be '.' or ',', found ${show(decimal)}.`)
}

/** Finds the roles and refuses a table that lacks one it cannot do without. */
export function neededRoles(
  names: readonly string[],
  given: Readonly<Partial<Record<Role, string>>> | undefined,
  kind: TableKind,
  place: ErrorPlace,
  headless = true,
): RoleMap {
  const roles = findRoles(names, given ?? {}, KIND_ROLES[kind], place)
  const missing = (kind === 'bars' ? (['time', 'close'] as const) : (['time'] as const)).find(
    (role) => roles[role] === undefined,
  )
  if (missing === undefined) return roles
  const found = names.length > 12 ? `${names.slice(0, 12).join(', ')}...` : names.join(', ')
  const numbers = names.filter((name) => name !== '' && Number.isFinite(Number(name))).length
  const way =
    headless && numbers >= 2
      ? 'The file seems to have no header: name its columns in order with `columns`.'
      : `Say which column it is with \`roles: { ${missing}: '...' }\`.`
  throw fileError(`a column for ${missing} is needed, found ${show(found)}`, place, way)
}

/** The fields of the first whole rows (at most 200). */
function sampleRows(head: Uint8Array, start: number, separator: string): string[][] {
  let end = start
  const rows: string[][] = []
  const decoder = new TextDecoder()
  while (end < head.length && rows.length < 200) {
    const next = lineEnd(head, end)
    if (!isBlank(head, end))
      rows.push(splitLine(decoder.decode(head.subarray(end, next)).replace(/\r?\n$/, ''), separator))
    end = next
  }
  return rows
}

/** Columns without a role: those with numbers are signals, unnamed ones and text are left out. */
export function chooseExtras(
  names: readonly string[],
  roles: RoleMap,
  signals: SignalChoice,
  hasNumbers: (column: number) => boolean,
  place: ErrorPlace,
): { extras: { column: number; name: string }[]; leftOut: string[] } {
  const taken = new Set(Object.values(roles))
  const wanted = Array.isArray(signals) ? new Set<string>(signals) : undefined
  const extras: { column: number; name: string }[] = []
  const leftOut: string[] = []
  const used = new Set<string>()
  for (let column = 0; column < names.length; column++) {
    if (taken.has(column) || names[column] === '') continue
    const base = names[column]
    let name = base
    for (let n = 2; used.has(name); n++) name = `${base}_${n}`
    used.add(name)
    if (signals === false || (wanted && !wanted.has(name))) continue
    if (hasNumbers(column)) extras.push({ column, name })
    else leftOut.push(name)
  }
  for (const name of wanted ?? []) {
    if (extras.some((extra) => extra.name === name)) continue
    if (leftOut.includes(name))
      throw fileError(`signal column ${name} must hold numbers, found text`, place, 'Leave it out of `signals`.')
    const near = nearNames(name, used)
    throw new FillgridError(
      'unknown_name',
      `file: signal column ${show(name)} is not in the header at ${atPlace(place)}. ` +
        (near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${[...used].join(', ')}.`),
      place,
    )
  }
  return { extras, leftOut }
}

function isNumber(field: string, dialect: Dialect): boolean {
  return !Number.isNaN(looseNumber(field, dialect))
}

const encoder = new TextEncoder()
const FACTORS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 }

/**
 * A number with marks of thousands; NaN for anything else.
 *
 * @param letters whether a letter may stand for thousands (K), millions (M), milliards (B) or more (T), as volumes have it
 */
export function looseNumber(
  field: string,
  { decimal, thousands }: Pick<Dialect, 'decimal' | 'thousands'>,
  letters = false,
): number {
  let text = field
  if (thousands !== undefined && text.includes(thousands)) {
    const mark = thousands.replace(/[.]/g, '\\.')
    const whole = new RegExp(`^([+-]?)\\d{1,3}(${mark}\\d{3})+(?!\\d)`).exec(text)
    if (whole) text = whole[0].replaceAll(thousands, '') + text.slice(whole[0].length)
  }
  const factor = letters ? FACTORS[text.slice(-1).toLowerCase()] : undefined
  if (factor !== undefined) text = text.slice(0, -1).trimEnd()
  const bytes = encoder.encode(`${text}\n`)
  const value = parseDecimal(bytes, 0, decimal.charCodeAt(0))
  if (Number.isNaN(value) || decimalEnd !== bytes.length - 1) return Number.NaN
  // A product of decimals: 31.77M is 31770000 and not the double next to it.
  return factor === undefined ? value : Number((value * factor).toPrecision(15))
}

/** How stamps are written, by the first row that has one: a date (undefined), or a number of some unit. */
function stampForm(
  rows: readonly string[][],
  roles: RoleMap,
  dialect: Dialect,
  place: ErrorPlace,
): EpochUnit | undefined {
  let first = 0
  const form = (field: string): EpochUnit | 'date' | 'neither' => {
    const bytes = new TextEncoder().encode(field)
    const date = parseDate(bytes, 0, bytes.length, dialect.dateOrder)
    const bare = /^\d+$/.test(field)
    const isDate = !Number.isNaN(date) && stampEnd === bytes.length && (!bare || /^(1[7-9]|2[01])/.test(field))
    if (isDate && dialect.timeUnit === undefined) return 'date'
    const plain = { ...dialect, decimal: '.' as const }
    if (roles.clock === undefined && field !== '' && isNumber(field, plain))
      return dialect.timeUnit ?? epochUnit(Number(field))
    return 'neither'
  }
  const stamp = (row: readonly string[]) => row[roles.time!] ?? ''
  // Rows without a stamp come later, to whatever the policies say of them.
  while (first < rows.length - 1 && form(stamp(rows[first])) === 'neither') first++
  const found = form(stamp(rows[first]))
  if (found !== 'neither') return found === 'date' ? undefined : found
  throw fileError(
    `time must be a date or a number since 1970, found ${show(stamp(rows[0]))}`,
    place,
    'Name its column with `roles`, convert the stamps, or mend or leave out the row.',
  )
}

/** Offset after the line that starts at `from`. */
function lineEnd(b: Uint8Array, from: number): number {
  const end = b.indexOf(10, from)
  return end < 0 ? b.length : end + 1
}

function lastLineEnd(b: Uint8Array): number {
  const end = b.lastIndexOf(10)
  return end < 0 ? b.length : end + 1
}

function isBlank(b: Uint8Array, from: number): boolean {
  for (let p = from; p < b.length && b[p] !== 10; p++) if (b[p] !== 13 && b[p] !== 32 && b[p] !== 9) return false
  return true
}

function countLines(b: Uint8Array, from: number): number {
  let n = 0
  for (let p = b.indexOf(10, from); p >= 0; p = b.indexOf(10, p + 1)) n++
  return n
}
