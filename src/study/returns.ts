import { FillgridError, show } from '../errors.ts'
import { Scratch } from '../kernel/scratch.ts'
import type { Result } from '../results/result.ts'

/** What is drawn: closed trades by the equity that they began with, or by their own value as seed 002 does, or returns of days. */
export const SAMPLES = ['trades', 'positions', 'days'] as const
export type Sample = (typeof SAMPLES)[number]

/** Whether something is a result, rather than returns. */
function isResult(given: unknown): given is Result {
  return typeof given === 'object' && given !== null && 'tradeAnalysis' in given
}

/**
 * The returns that a study draws from, fractions.
 *
 * - `trades`: pnl of each closed trade / equity at the close before its entry bar, in the order in which they ended.
 * - `positions`: pnl / value at the entry price.
 * - `days`: those of the equity curve, a period each.
 *
 * @throws FillgridError invalid_value where there is none, or one that is no finite number
 */
export function sampleOf(given: Result | ArrayLike<number>, sample: Sample, subject: string): Float64Array {
  if (typeof given !== 'object' || given === null || !(isResult(given) || typeof given.length === 'number'))
    throw new FillgridError(
      'invalid_value',
      `${subject}: a result, or a list of returns, expected, found ${show(given)}.`,
    )
  const returns = isResult(given) ? ofResult(given, sample) : Float64Array.from(given as ArrayLike<number>)
  if (returns.length === 0)
    throw new FillgridError(
      'invalid_value',
      `${subject}: at least one ${sample === 'days' ? 'day' : 'closed trade'} is needed, found none.`,
    )
  const wrong = returns.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0)
    throw new FillgridError(
      'invalid_value',
      `${subject}: finite returns are needed, found ${show(returns[wrong])} as number ${wrong + 1}.`,
    )
  return returns
}

function ofResult(result: Result, sample: Sample): Float64Array {
  if (sample === 'days') return result.equityCurve().returns
  const { trades } = result.tradeAnalysis()
  if (sample === 'positions') return Float64Array.from(trades.values('return'))
  const [pnl, bars] = [trades.values('pnl'), trades.values('entryBar')]
  const { equity, summary, firstBar } = result
  return Float64Array.from(pnl, (amount, i) => {
    const bar = bars[i] - firstBar - 1
    return amount / (bar >= 0 ? equity[bar] : summary.initialCash)
  })
}

/** A number within bounds. @throws FillgridError invalid_value */
export function within(subject: string, value: unknown, least: number, most: number, whole = false): number {
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new FillgridError(
    'invalid_value',
    `${subject}: ${kind} from ${least} to ${most} expected, found ${show(value)}.`,
  )
}

/** One of some words. @throws FillgridError invalid_value */
export function oneOf<W extends string>(subject: string, value: unknown, words: readonly W[]): W {
  if ((words as readonly unknown[]).includes(value)) return value as W
  throw new FillgridError('invalid_value', `${subject}: one of ${words.join(', ')} expected, found ${show(value)}.`)
}

/** The values below which shares of sorted values lie, between two of them by distance, as numpy's default does; NaN of none. */
export function quantiles(sorted: Float64Array, shares: readonly number[]): number[] {
  if (sorted.length === 0) return shares.map(() => Number.NaN)
  return Scratch.use('percentiles', (scratch) => {
    const place = scratch.place(sorted)
    return shares.map((share) => scratch.kernels.quantile(place, sorted.length, share))
  })
}
