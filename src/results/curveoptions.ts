import { FillgridError, show } from '../errors.ts'
import { givenPeriods } from '../market/annual.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import type { Moment } from '../market/moment.ts'
import { onlyNames } from '../market/names.ts'

/** Values of something else over time, which a curve is compared with; stamps increase. */
export interface BenchmarkSeries {
  readonly time: ArrayLike<Moment>
  /** Above 0. */
  readonly close: ArrayLike<number>
}

/** What money earns a year without risk, from each stamp on to the next; stamps increase. */
export interface RateSeries {
  readonly time: ArrayLike<Moment>
  /** Fractions: 0.04 is 4 % a year. */
  readonly rate: ArrayLike<number>
}

/** How the figures of an equity curve are made, all optional. Where packages differ, a name says which way. */
export interface CurveOptions {
  /**
   * What to compare with: 'hold' (all assets, bought at their first close for an equal share of the cash), an asset by its
   * name, or a series. Without one, figures against a benchmark are undefined.
   */
  readonly benchmark?: string | BenchmarkSeries
  /** What money earns a year without risk: a fraction, or a series of them; 0. */
  readonly riskFree?: number | RateSeries
  /** Returns of periods: 'simple', or the logarithms of growth ('log'). Totals and growth a year are simple in both. */
  readonly returns?: 'simple' | 'log'
  /** What `cagr` takes for the length of the curve; as in the run's config. */
  readonly cagr?: 'days' | 'periods'
  /** How many returns make a year, above 0; what the run has. */
  readonly periodsPerYear?: number
  /**
   * Volatility, Sharpe and Sortino: 'arithmetic' of the mean return (quantstats, empyrical, ffn), or 'geometric' of the
   * compounded one (backtesting.py).
   */
  readonly ratios?: 'arithmetic' | 'geometric'
  /** Alpha of a year: periods times that of one ('arithmetic', quantstats), or compounded ('geometric', empyrical). */
  readonly alpha?: 'arithmetic' | 'geometric'
  /** Skewness and kurtosis: corrected for the size of a 'sample' (pandas, quantstats, ffn), or of the 'population' (scipy, pyfolio). */
  readonly moments?: 'sample' | 'population'
  /** Mean square of the Ulcer index: over 'all' bars, or as quantstats over all 'less-one'. */
  readonly ulcer?: 'all' | 'less-one'
  /** What the recovery factor takes for the gain: the total return ('compounded'), or as quantstats the sum of returns ('summed'). */
  readonly recovery?: 'compounded' | 'summed'
  /** Confidence of value at risk and of the tails, between 0.5 and 1; 0.95. */
  readonly confidence?: number
  /** Yearly return that Omega takes for enough, a fraction; 0. */
  readonly requiredReturn?: number
  /** For the deflated Sharpe ratio: how many strategies were tried, and the variance of their Sharpe ratios of one period. */
  readonly trials?: { readonly count: number; readonly variance: number }
  /** How many of the deepest drawdowns `drawdowns`, Sterling and Burke take; 10. */
  readonly worst?: number
  /** Periods of a rolling window, at least 2; those of half a year. */
  readonly window?: number
  /**
   * The market of the run: needed for 'hold', for an asset and for gross exposure of several assets where the result was
   * read from data or a folder. A run's own result has it until it is released.
   */
  readonly market?: Market
}

/** Those that are one of a few words; the first is the default. */
const WORDS = {
  returns: ['simple', 'log'],
  cagr: ['days', 'periods'],
  ratios: ['arithmetic', 'geometric'],
  alpha: ['arithmetic', 'geometric'],
  moments: ['sample', 'population'],
  ulcer: ['all', 'less-one'],
  recovery: ['compounded', 'summed'],
} as const

const NAMES: ReadonlySet<string> = new Set(
  Object.keys({
    benchmark: true,
    riskFree: true,
    returns: true,
    cagr: true,
    periodsPerYear: true,
    ratios: true,
    alpha: true,
    moments: true,
    ulcer: true,
    recovery: true,
    confidence: true,
    requiredReturn: true,
    trials: true,
    worst: true,
    window: true,
    market: true,
  } satisfies Record<keyof CurveOptions, true>),
)

/** The options with their defaults. */
export type CheckedCurve = CurveOptions &
  Required<
    Pick<
      CurveOptions,
      | 'riskFree'
      | 'returns'
      | 'ratios'
      | 'alpha'
      | 'moments'
      | 'ulcer'
      | 'recovery'
      | 'confidence'
      | 'requiredReturn'
      | 'worst'
    >
  >

/**
 * Options checked as far as they can be without the curve.
 *
 * @throws FillgridError invalid_value, unknown_name
 */
export function checkCurveOptions(given: CurveOptions): CheckedCurve {
  if (given === null || typeof given !== 'object')
    throw new FillgridError('invalid_value', `curve: an object of options expected, found ${show(given)}.`)
  onlyNames(given, NAMES, 'curve', 'one of its options')
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as CurveOptions
  for (const [name, words] of Object.entries(WORDS)) {
    const value = options[name as keyof typeof WORDS]
    if (value !== undefined && !(words as readonly string[]).includes(value))
      throw wrong(name, words.map((word) => `'${word}'`).join(' or '), value)
  }
  const { confidence = 0.95, requiredReturn = 0, worst = 10, window, trials, periodsPerYear, market } = options
  if (periodsPerYear !== undefined) givenPeriods(periodsPerYear, 'bar', 'curve')
  if (!(typeof confidence === 'number' && confidence >= 0.5 && confidence < 1))
    throw wrong('confidence', 'a number from 0.5 to below 1', confidence, '0.95 takes the worst twentieth.')
  if (!isRate(requiredReturn)) throw wrong('requiredReturn', 'a yearly fraction above -1', requiredReturn)
  if (!(Number.isInteger(worst) && worst > 0)) throw wrong('worst', 'a whole number above 0', worst)
  if (window !== undefined && !(Number.isInteger(window) && window >= 2))
    throw wrong('window', 'a whole number of periods, at least 2,', window)
  if (trials !== undefined) checkTrials(trials)
  if (market !== undefined) expectMarket(market, 'curve.market')
  const { riskFree = 0 } = options
  if (typeof riskFree !== 'object' && !isRate(riskFree))
    throw wrong('riskFree', 'a yearly fraction above -1, or { time, rate },', riskFree, '0.04 is 4 % a year.')
  return {
    returns: 'simple',
    ratios: 'arithmetic',
    alpha: 'arithmetic',
    moments: 'sample',
    ulcer: 'all',
    recovery: 'compounded',
    ...options,
    riskFree,
    confidence,
    requiredReturn,
    worst,
  }
}

function isRate(value: unknown): boolean {
  return typeof value === 'number' && value > -1 && value < Number.POSITIVE_INFINITY
}

function checkTrials(trials: unknown): void {
  const { count, variance } = (trials ?? {}) as Record<string, unknown>
  if (typeof count === 'number' && count > 1 && count < Number.POSITIVE_INFINITY)
    if (typeof variance === 'number' && variance >= 0 && variance < Number.POSITIVE_INFINITY) return
  throw wrong(
    'trials',
    '{ count, variance } with a count above 1 and a variance of at least 0',
    trials,
    'The variance is that of the Sharpe ratios of a period (a yearly one / sqrt(periods a year)) over what was tried.',
  )
}

function wrong(name: string, expected: string, found: unknown, way = ''): FillgridError {
  return new FillgridError(
    'invalid_value',
    `curve.${name}: ${expected} expected, found ${show(found)}.${way === '' ? '' : ` ${way}`}`,
  )
}
