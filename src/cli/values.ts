import { show } from '../errors.ts'
import type { ParameterValue } from '../jobs/job.ts'
import type { Account, Commission, Slippage } from '../settings/settings.ts'

/** The command line itself is wrong: the sentence says which part. Ends the process with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** How large an entry is; the notation of `--size`. */
export interface EntrySize {
  type: 'fraction' | 'value' | 'units'
  amount: number
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

function readFraction(text: string, option: string): number {
  const percent = text.trim().endsWith('%')
  const value = readNumber(percent ? text.trim().slice(0, -1) : text, option, 'Write 5% or 0.05.')
  if (!percent && Math.abs(value) > 1) {
    throw new UsageError(
      `${option}: a bare number over 1 may mean percent or a fraction, found ${show(text)}. Write ${value}% or ${value / 100}.`,
    )
  }
  return percent ? value / 100 : value
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

const COMMISSIONS =
  'Write 0.1% (of value), per-unit:0.005:1 (amount, minimum), per-trade:5, 0.1%+1 (of value plus fixed) or tiered:10000=0.2%,inf=0.1%.'

/** `0.1%` or `0.001` of order value; `per-unit:AMOUNT[:MINIMUM]`; `per-trade:AMOUNT`; `0.1%+FIXED`; `tiered:UPTO=RATE,...`; `none`. */
export function parseCommission(text: string): Commission {
  const option = '--commission'
  const [kind, ...parts] = text.split(':')
  if (kind === 'none') return { type: 'none' }
  if (kind === 'per-unit' && parts.length > 0 && parts.length <= 2) {
    const [amount, minimum] = parts.map((part) => readNumber(part, option, COMMISSIONS))
    return minimum === undefined ? { type: 'per-unit', amount } : { type: 'per-unit', amount, minimum }
  }
  if (kind === 'per-trade' && parts.length === 1)
    return { type: 'per-trade', amount: readNumber(parts[0], option, COMMISSIONS) }
  if (kind === 'tiered' && parts.length === 1) {
    const tiers = parts[0].split(',').map((tier) => {
      const [upTo, rate, more] = tier.split('=')
      if (rate === undefined || more !== undefined)
        throw new UsageError(`${option}: a tier must be UPTO=RATE, found ${show(tier)}. ${COMMISSIONS}`)
      return {
        upTo: upTo.trim() === 'inf' ? Number.POSITIVE_INFINITY : readNumber(upTo, option, COMMISSIONS),
        rate: readFraction(rate, option),
      }
    })
    return { type: 'tiered', tiers }
  }
  const plus = text.indexOf('+', 1)
  if (plus > 0 && parts.length === 0) {
    return {
      type: 'fraction-plus-fixed',
      rate: readFraction(text.slice(0, plus), option),
      fixed: readNumber(text.slice(plus + 1), option, COMMISSIONS),
    }
  }
  if (parts.length === 0 && /^[\d.+-]/.test(kind)) return { type: 'fraction', rate: readFraction(text, option) }
  throw new UsageError(`${option}: it must be a rate or a model, found ${show(text)}. ${COMMISSIONS}`)
}

const SLIPPAGES = 'Write 0.05% (of the price), per-unit:0.01 (price units) or volume-share:10%.'

/** `0.05%` or `0.0005` of the price; `per-unit:AMOUNT`; `volume-share:RATE`; `none`. */
export function parseSlippage(text: string): Slippage {
  const option = '--slippage'
  const [kind, ...parts] = text.split(':')
  if (kind === 'none') return { type: 'none' }
  if (kind === 'per-unit' && parts.length === 1)
    return { type: 'per-unit', amount: readNumber(parts[0], option, SLIPPAGES) }
  if (kind === 'volume-share' && parts.length === 1)
    return { type: 'volume-share', rate: readFraction(parts[0], option) }
  if (parts.length === 0 && /^[\d.+-]/.test(kind)) return { type: 'fraction', rate: readFraction(text, option) }
  throw new UsageError(`${option}: it must be a rate or a model, found ${show(text)}. ${SLIPPAGES}`)
}

/** `margin`, `margin:INITIAL`, `margin:INITIAL:MAINTENANCE` (fractions of exposure), `cash`, `unlimited`. */
export function parseAccount(text: string): Account {
  const [kind, ...parts] = text.split(':')
  if (kind === 'margin' && parts.length <= 2) {
    const [initial, maintenance] = parts.map((part) => readFraction(part, '--account'))
    return {
      type: 'margin',
      ...(initial === undefined ? {} : { initial }),
      ...(maintenance === undefined ? {} : { maintenance }),
    }
  }
  if ((kind === 'cash' || kind === 'unlimited') && parts.length === 0) return { type: kind }
  throw new UsageError(
    `--account: it must be margin, margin:INITIAL:MAINTENANCE, cash or unlimited, found ${show(text)}. Write it like margin:50%:25%.`,
  )
}

/** `50%` or `50% of equity`, `value:10000` (or `$10000`) in currency, `units:10`. A bare number is refused: it could be any of them. */
export function parseSize(text: string): EntrySize {
  const option = '--size'
  const wayOut = 'Write 50% (of equity), value:10000 (currency) or units:10.'
  const size = (type: EntrySize['type'], amount: number): EntrySize => {
    if (!(amount > 0)) throw new UsageError(`${option}: a size must be above 0, found ${show(text)}. ${wayOut}`)
    return { type, amount }
  }
  const trimmed = text.trim()
  const percent = /^(.*?)%(\s*of\s+equity)?$/i.exec(trimmed)
  if (percent) return size('fraction', readNumber(percent[1], option, wayOut) / 100)
  if (trimmed.startsWith('$')) return size('value', readNumber(trimmed.slice(1), option, wayOut))
  const match = /^(value|units):(.+)$/.exec(trimmed)
  if (match) return size(match[1] as 'value' | 'units', readNumber(match[2], option, wayOut))
  throw new UsageError(`${option}: percent of equity, value or units must be said, found ${show(text)}. ${wayOut}`)
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
