import { FillgridError, show } from '../errors.ts'

// Times of day of position rules (semantics 6.14).

const FORM = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/

/** A time of day as it is kept: seconds are left out where they are 0. @throws FillgridError invalid_value */
export function readClock(name: string, given: unknown): string {
  const found = typeof given === 'string' ? FORM.exec(given) : null
  if (found === null)
    throw new FillgridError(
      'invalid_value',
      `${name}: a time of day from 00:00 to 23:59:59, HH:MM or HH:MM:SS, expected, found ${show(given)}. Write both digits of each, as 09:05.`,
    )
  const [, hours, minutes, seconds = '00'] = found
  return seconds === '00' ? `${hours}:${minutes}` : `${hours}:${minutes}:${seconds}`
}

/** Seconds since midnight. @param at as `readClock` has it */
export function clockSeconds(at: string): number {
  const [hours, minutes, seconds = 0] = at.split(':').map(Number)
  return hours * 3600 + minutes * 60 + seconds
}
