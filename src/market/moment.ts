import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { parseDate, stampEnd } from './stamp.ts'

/** A moment as options name it: milliseconds UTC, ISO 8601 (without a zone UTC; a date, month or year alone is its first midnight), or a Date. */
export type Moment = number | string | Date

/**
 * Milliseconds UTC of a moment; undefined stays undefined.
 *
 * @param subject what the option belongs to, and `place` where it stands, for the error
 * @throws FillgridError invalid_value
 */
export function moment(
  subject: string,
  name: string,
  value: Moment | undefined,
  place: ErrorPlace = {},
): number | undefined {
  if (value === undefined) return undefined
  const given = value instanceof Date ? value.getTime() : value
  if (typeof given === 'number' && !Number.isNaN(given)) return given
  const text = typeof given === 'string' ? wholeDate(given) : String(given)
  const bytes = new TextEncoder().encode(text)
  const ms = parseDate(bytes, 0, bytes.length)
  if (typeof given !== 'string' || Number.isNaN(ms) || stampEnd < bytes.length) {
    throw new FillgridError(
      'invalid_value',
      `${subject}: ${name} must be milliseconds UTC, ISO 8601 or a Date, found ${show(value)}. For example '2024-01-31'.`,
      place,
    )
  }
  return ms
}

/** A year or a month as its first day: '2016' and '2016-03' are ISO 8601 too. */
function wholeDate(text: string): string {
  if (/^\d{4}$/.test(text)) return `${text}-01-01`
  return /^\d{4}-\d{2}$/.test(text) ? `${text}-01` : text
}

/** Index of the first bar that starts at or after a time, ms UTC; the number of bars where none does. `time` ascends. */
export function firstBarAt(time: Float64Array, ms: number): number {
  let [low, high] = [0, time.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (time[middle] < ms) low = middle + 1
    else high = middle
  }
  return low
}
