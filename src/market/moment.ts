import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import { parseDate, stampEnd } from './stamp.ts'

/** A moment as options name it: milliseconds UTC, ISO 8601 (without a zone UTC; a date alone is its midnight), or a Date. */
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
  const bytes = new TextEncoder().encode(String(given))
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
