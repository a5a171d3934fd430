import type { Scratch } from '../kernel/scratch.ts'
import type { AnnualPeriods } from '../market/annual.ts'
import type { Market } from '../market/market.ts'
import type { DatedPeriods } from './benchmark.ts'
import type { CheckedCurve } from './curveoptions.ts'

/** What a curve is made of. */
export interface CurveParts {
  /** Start of each bar, ms UTC. */
  readonly time: Float64Array
  /** Trade date of each, ms UTC of its midnight. */
  readonly date: Float64Array
  readonly equity: Float64Array
  readonly cash: Float64Array
  readonly initialCash: number
  readonly annual: AnnualPeriods
  readonly cagr: 'days' | 'periods'
  /** What was traded, where it is known: asked when exposure is. */
  readonly traded?: () => Traded
  /** The market of the run and the first bar of it, where it is at hand. */
  readonly market?: Market
  readonly firstBar?: number
}

/** Fills in columns: bars from the first of the curve on, units signed. */
export interface Traded {
  readonly assets: number
  readonly bar: Int32Array
  readonly asset: Int32Array
  readonly units: Float64Array
  readonly price: Float64Array
  /** Of each asset. */
  readonly multipliers: Float64Array
}

/** A curve while figures of it are worked out. */
export interface CurveWork {
  readonly parts: CurveParts
  readonly options: CheckedCurve
  readonly periods: DatedPeriods
  readonly perYear: number
  /** From the first to the last bar, ms; NaN where years are counted in periods. */
  readonly elapsed: number
  /** The yearly rate of each period without risk. */
  rates(): Float64Array
  /** Growth a year. */
  cagr(): number
}

/** The mean yearly rate without risk. */
export function freeOf(work: CurveWork, scratch: Scratch): number {
  const { riskFree } = work.options
  if (typeof riskFree === 'number') return riskFree
  const rates = work.rates()
  return scratch.kernels.meanOf(scratch.place(rates), rates.length)
}

/** Returns less the rate without risk, in the kernels' memory. @param returns pointer to as many as there are rates */
export function excessOf(
  work: CurveWork,
  scratch: Scratch,
  returns: number,
  rates = work.rates(),
  perYear = work.perYear,
): number {
  const dst = scratch.room(rates.length * 8)
  const log = Number(work.options.returns === 'log')
  scratch.kernels.excessReturns(returns, scratch.place(rates), rates.length, perYear, log, dst)
  return dst
}
