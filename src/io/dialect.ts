import type { DateOrder, EpochUnit } from '../market/stamp.ts'
import type { DialectSpec } from './dialects/spec.ts'
import type { Role } from './roles.ts'

/** What a caller may say about a text; it wins over what is found. All of it may be left out. */
export interface TextOptions {
  /** Name of a dialect, or a description of one's own. Default: found by the first lines. */
  dialect?: string | DialectSpec
  /** One character between fields. */
  separator?: string
  /** The decimal mark of its numbers. */
  decimal?: '.' | ','
  /** The mark between groups of three digits. */
  thousands?: string
  /** Lines before the header (or before the first row, without header). */
  skipLines?: number
  /** Names of the columns, for files without header; 'time', 'open', 'high', 'low', 'close', 'volume', 'symbol' have roles. */
  columns?: readonly string[]
  /** Names of the columns that have a role, where their header words do not say it. */
  roles?: Readonly<Partial<Record<Role, string>>>
  /** Unit of numeric time stamps. Default: by their size. */
  timeUnit?: EpochUnit
  /** How the parts of dates follow each other where the year does not come first. */
  dateOrder?: DateOrder
  /** The clock of stamps that do not name their zone: IANA name, offset, either with a shift ('America/New_York+07:00'). Dates alone stay dates. */
  timezone?: string
  /** What prices are multiplied by. */
  scale?: number
  /** Encoding by the names that TextDecoder takes. */
  encoding?: string
  /** The day (2013-10-07) of stamps that are times of day only. Default: from the file's name. */
  day?: string
}

/** How a text says what it says, settled. */
export interface Dialect extends Omit<TextOptions, 'dialect' | 'day' | 'timezone'> {
  name: string
  encoding: string
  separator: string
  decimal: '.' | ','
  skipLines: number
  /** Lines between header and rows. */
  below: number
  /** The line at `skipLines` is a header; without it `columns` has the names. */
  header: boolean
  dateOrder: DateOrder
  /** The clock of stamps without zone; several: to be told by the week. Undefined: nobody says, UTC. */
  timezone?: string | readonly string[]
  timezoneFrom: 'option' | 'file' | 'dialect' | 'nobody'
  barTime?: 'open' | 'close'
  /** Stamps are milliseconds since the midnight of this day (ms, as if it were UTC). */
  day?: number
}

/** Separators that are looked for, the likelier first. */
export const SEPARATORS: readonly string[] = [',', ';', '\t', '|', ' ']

/** A field that is a number in one of the usual notations, or stands for a missing one. */
const NUMBER = /^[+-]?(\d[\d.,' \u00a0]*|\.\d+)(e[+-]?\d+)?\s?[kmbt%]?$/i
const STAMP =
  /^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{8})([ T,]+\d[\d:.apm -]*)?(z|utc|gmt|[+-]\d\d:?\d\d|gmt[+-]\d{4})?$/i
const CLOCK = /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?$/i
const MISSING = /^(nan|null|none|na|n\/a|#n\/a|-)?$/i

/**
 * The separator of a text: the one by which most fields of its rows become numbers, dates or times.
 *
 * @param lines a header if there is one, and rows
 */
export function findSeparator(lines: readonly string[]): string {
  const rows = lines.length > 1 ? lines.slice(1, 31) : lines
  let best = SEPARATORS[0]
  let most = 0
  for (const separator of SEPARATORS) {
    let fields = 0
    for (const row of rows) {
      const split = splitLine(row, separator)
      if (split.length < 2) continue
      for (const field of split) if (isFigure(field)) fields++
    }
    if (fields > most) {
      most = fields
      best = separator
    }
  }
  return most > 0 ? best : commonSeparator(lines[0] ?? '')
}

function isFigure(field: string): boolean {
  return field !== '' && (NUMBER.test(field) || STAMP.test(field) || CLOCK.test(field))
}

/** Whether a field is a number, a stamp or missing, and so none of a header's words. */
export function isData(field: string): boolean {
  return isFigure(field) || (field !== '' && MISSING.test(field))
}

/** The separator that the line has most of, outside quotes; the first of the list among equals. */
function commonSeparator(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  let best = SEPARATORS[0]
  for (const separator of SEPARATORS.slice(0, 4))
    if (bare.split(separator).length > bare.split(best).length) best = separator
  return best
}

/** Marks of numbers, and whether they follow from the fields without doubt. */
export interface Marks {
  decimal: '.' | ','
  thousands?: string
  certain: boolean
}

/**
 * Decimal mark and mark of thousands of fields that hold numbers. Only where every number is like '1,234' both ways of
 * reading it are possible; a point in such a place is taken for a decimal point.
 */
export function findMarks(fields: readonly string[]): Marks {
  const numbers = fields
    .filter((field) => /\d/.test(field) && NUMBER.test(field))
    .map((field) => field.replace(/[^\d.,]/g, ''))
  const commas = numbers.filter((number) => number.includes(','))
  const group = fields
    .map((field) => /\d(['\u00a0\u202f ])\d{3}(?!\d)/.exec(field)?.[1])
    .find((mark) => mark !== undefined)
  if (group !== undefined) return { decimal: commas.length > 0 ? ',' : '.', thousands: group, certain: true }
  if (commas.length === 0) {
    const twice = numbers.some((number) => number.indexOf('.') !== number.lastIndexOf('.'))
    return twice ? { decimal: ',', thousands: '.', certain: true } : { decimal: '.', certain: true }
  }
  const points = numbers.some((number) => number.includes('.'))
  for (const number of commas) {
    const [comma, point] = [number.lastIndexOf(','), number.lastIndexOf('.')]
    if (point >= 0) {
      return point > comma
        ? { decimal: '.', thousands: ',', certain: true }
        : { decimal: ',', thousands: '.', certain: true }
    }
    if (number.indexOf(',') !== comma) return { decimal: '.', thousands: ',', certain: true }
    if (number.length - comma - 1 !== 3 || comma > 3 || comma === 0 || number.startsWith('0'))
      return { decimal: ',', ...(points ? { thousands: '.' } : {}), certain: true }
  }
  if (points) return { decimal: '.', thousands: ',', certain: true }
  // All with a comma are like 1,234: others of a thousand and more have none, so it is no mark of thousands.
  const bare = numbers.filter((number) => !number.includes(','))
  if (bare.some((number) => number.length > 3)) return { decimal: ',', certain: true }
  if (bare.length > 0) return { decimal: '.', thousands: ',', certain: true }
  return { decimal: ',', certain: false }
}

/** The fields of one line, unquoted and without blanks around them. */
export function splitLine(given: string, separator: string): string[] {
  // Columns that are set apart by blanks are often padded with more of them.
  const line = separator === ' ' ? given.trim().replace(/ {2,}/g, ' ') : given
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (quoted) {
      if (c !== '"') field += c
      else if (line[i + 1] === '"') field += line[++i]
      else quoted = false
    } else if (c === '"' && field.trim() === '') {
      quoted = true
      field = ''
    } else if (c === separator) {
      fields.push(field.trim())
      field = ''
    } else field += c
  }
  fields.push(field.trim())
  return fields
}
