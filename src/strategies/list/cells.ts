import { FillgridError, show } from '../../errors.ts'
import { MISSING } from '../../market/missing.ts'
import { type DateOrder, epochMs, epochUnit, parseDate, stampEnd, stampZoned } from '../../market/stamp.ts'
import type { SignalReadOptions, SignalTable } from './table.ts'

/** A time as it was read: of a clock that is not named it is `local`, a date alone a whole `day`. */
export interface Stamp {
  readonly ms: number
  readonly local?: boolean
  readonly day?: boolean
}

const NOTHING: ReadonlySet<string> = new Set([...MISSING, 'nat', '\u2014', 'undefined'])

/** A cell as text; '' where there is nothing. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString()
  if (typeof value === 'boolean') return String(value)
  const text = String(value).trim()
  return text.length > 9 ? text : NOTHING.has(text.toLowerCase()) ? '' : text
}

/** A number in whatever marks it is written: `1,234.5`, `1.234,5`, `1 234,5`, `$12`; NaN for none. */
export function numberOf(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  let plain = text.replace(/[\s\u00a0\u202f'$€£¥]/g, '').replace(/\u2212/g, '-')
  const [comma, point] = [plain.lastIndexOf(','), plain.lastIndexOf('.')]
  if (comma >= 0 && point >= 0) {
    plain = comma > point ? plain.replace(/\./g, '').replace(',', '.') : plain.replace(/,/g, '')
  } else if (comma >= 0) {
    // Groups of three behind one or more commas part thousands where there is more than one, else it is a decimal mark.
    plain = /^[+-]?\d{1,3}(,\d{3}){2,}$/.test(plain) ? plain.replace(/,/g, '') : plain.replace(',', '.')
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN
}

/** Reads the times of a table, whose dates are in one order. */
export class StampReader {
  readonly #order: DateOrder
  readonly #known = new Map<string, Stamp>()

  /** @throws FillgridError invalid_file where days and months cannot be told apart */
  constructor(table: SignalTable, columns: readonly (number | undefined)[], { dateOrder }: SignalReadOptions) {
    this.#order =
      dateOrder ??
      orderOf(
        table,
        columns.filter((column) => column !== undefined),
      )
  }

  /** @throws what `fail` makes where it is none */
  read(value: unknown, fail: (found: string) => FillgridError): Stamp {
    if (typeof value !== 'string') return this.#read(value, fail)
    // The same times come again and again.
    let known = this.#known.get(value)
    if (known === undefined) {
      known = this.#read(value, fail)
      this.#known.set(value, known)
    }
    return known
  }

  #read(value: unknown, fail: (found: string) => FillgridError): Stamp {
    if (value instanceof Date) return { ms: value.getTime() }
    if (typeof value === 'bigint') return this.#read(Number(value), fail)
    const text = cellText(value)
    if (/^[+-]?\d+(\.\d+)?$/.test(text) && !isDay(text)) {
      const number = Number(text)
      // Smaller ones are days of a spreadsheet, or no time at all.
      if (Math.abs(number) < LEAST_EPOCH) throw fail(text)
      return { ms: epochMs(number, epochUnit(number)) }
    }
    const bytes = new TextEncoder().encode(text)
    const ms = parseDate(bytes, 0, bytes.length, this.#order)
    if (Number.isNaN(ms) || stampEnd < bytes.length) throw fail(text)
    if (stampZoned) return { ms }
    return hasClock(text) ? { ms, local: true } : { ms, day: true }
  }
}

/** Seconds up to March 1973. */
const LEAST_EPOCH = 1e8

/** 20240131 or 20240131093000, and not a count of seconds or milliseconds. */
function isDay(text: string): boolean {
  return /^(?:19|20|21)\d{6}(?:\d{4}|\d{6})?$/.test(text)
}

function hasClock(text: string): boolean {
  return (
    /\d{1,2}:\d{2}/.test(text) ||
    /[T\s]\d{4,6}$/.test(text) ||
    /^\d{12,14}$/.test(text) ||
    /\d\s*[ap]\.?m\b/i.test(text)
  )
}

/** The order of day, month and year of dates that do not begin with the year. */
function orderOf(table: SignalTable, columns: readonly number[]): DateOrder {
  let example: string | undefined
  for (const column of columns)
    for (let row = 0; row < table.rows; row++) {
      const text = cellText(table.cell(row, column))
      const [, a, b] = /^(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}/.exec(text) ?? []
      if (a === undefined) continue
      if (Number(a) > 12) return 'dmy'
      if (Number(b) > 12) return 'mdy'
      example ??= text
    }
  if (example === undefined) return 'ymd'
  throw new FillgridError(
    'invalid_file',
    `${table.name}: dates whose order can be told are needed, found ${show(example)} and its like alone. Say it with dateOrder: 'dmy' or 'mdy'.`,
    { file: table.name },
  )
}
