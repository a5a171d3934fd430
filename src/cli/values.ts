import { show } from '../errors.ts'
import type { ParameterValue } from '../jobs/job.ts'

/** The command line itself is wrong: the sentence says which part. Ends the process with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A fraction as `5%` or `0.05`; 1 at most when it is bare, since `5` could mean either. Above 0 and below `below`. */
export function parseFraction(text: string, option: string, below = Number.POSITIVE_INFINITY): number {
  const fraction = readFraction(text, option)
  if (!(fraction > 0))
    throw new UsageError(`${option}: a fraction must be above 0, found ${show(text)}. Write 5% or 0.05.`)
  if (!(fraction < below))
    throw new UsageError(
      `${option}: a fraction below ${100 * below}% is needed, found ${show(text)}. Write 5% or 0.05.`,
    )
  return fraction
}

/** A fraction as `5%` or `0.05`, of any size and sign. */
export function readFraction(text: string, option: string): number {
  const percent = text.trim().endsWith('%')
  const value = readNumber(percent ? text.trim().slice(0, -1) : text, option, 'Write 5% or 0.05.')
  if (!percent && Math.abs(value) > 1) {
    throw new UsageError(
      `${option}: a bare number over 1 may mean percent or a fraction, found ${show(text)}. Write ${value}% or ${value / 100}.`,
    )
  }
  return percent ? value / 100 : value
}

/** Whether a text is no number, no percentage and no notation of a setting (`units:10`), so that it can be an expression alone. */
export function isExpressionText(text: string): boolean {
  return text.trim() !== '' && !/^\s*([a-z-]+:|[+-]?[\d._]+(e[+-]?\d+)?\s*%?\s*$)/i.test(text)
}

/** A finite number, whole text. */
export function readNumber(text: string, option: string, wayOut = 'Write it like 100000 or 1e5.'): number {
  const value = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())
    ? Number(text.trim().replaceAll('_', ''))
    : Number.NaN
  if (!Number.isFinite(value)) throw new UsageError(`${option}: a number is needed, found ${show(text)}. ${wayOut}`)
  return value
}

/** A whole number of at least `least`. */
export function readCount(text: string, option: string, least = 0): number {
  const value = readNumber(text, option)
  if (!Number.isInteger(value) || value < least) {
    throw new UsageError(`${option}: a whole number of at least ${least} is needed, found ${show(text)}.`)
  }
  return value
}

/** `name=value`: numbers, true, false, and words. */
export function parseParameter(text: string): { name: string; value: ParameterValue } {
  const match = /^\s*([A-Za-z_]\w*)\s*=\s*(.+?)\s*$/.exec(text)
  if (!match)
    throw new UsageError(`--param: a name and a value are needed, found ${show(text)}. Write it like fast=10.`)
  const [, name, value] = match
  if (value === 'true' || value === 'false') return { name, value: value === 'true' }
  const number = Number(value)
  return { name, value: Number.isFinite(number) ? number : value }
}

/** For options that may be repeated. */
export function collect<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), parse(text)]
}
