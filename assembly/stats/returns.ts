// Returns of periods, and the figures that are made of them alone. Formulas and sources: see the catalogue of metrics.
import {
  RETURN_AUTOCORRELATION,
  RETURN_CAGR,
  RETURN_COMMON_SENSE,
  RETURN_DEFLATED,
  RETURN_DOWNSIDE,
  RETURN_GAIN_TO_PAIN,
  RETURN_KURTOSIS,
  RETURN_MEAN,
  RETURN_MEAN_DOWN,
  RETURN_MEAN_UP,
  RETURN_OMEGA,
  RETURN_POSITIVE,
  RETURN_PROBABILISTIC,
  RETURN_PROFIT_FACTOR,
  RETURN_SHARPE,
  RETURN_SKEW,
  RETURN_SMART_SHARPE,
  RETURN_SMART_SORTINO,
  RETURN_SORTINO,
  RETURN_STABILITY,
  RETURN_TAIL_RATIO,
  RETURN_TOTAL,
  RETURN_VOLATILITY,
} from '../layout'
import { betFigures } from './bets'
import { put } from './block'
import { at, correlationOf, deviationOf, kurtosisOf, meanOf, skewOf } from './moments'
import { normalCdf, normalQuantile } from './normal'
import { yearsIn } from './performance'
import { tailFigures } from './tails'

/**
 * Writes the return of each of `count` periods to `dst`: its last value over that of the period before (`base` for the first)
 * less 1, or the logarithm of it. NaN throughout where a value that is divided by, or taken the logarithm of, is not positive.
 *
 * @param ends pointer to i32: where each period ends in `values`, or 0 where they are one a period
 */
export function periodReturns(values: usize, ends: usize, count: i32, base: f64, log: bool, dst: usize): void {
  let before = base
  for (let i = 0; i < count; i++) {
    const value = at(values, ends ? load<i32>(ends + (<usize>i << 2)) : i)
    if (!(before > 0) || (log && !(value > 0))) {
      for (let k = 0; k < count; k++) store<f64>(dst + (<usize>k << 3), NaN)
      return
    }
    store<f64>(dst + (<usize>i << 3), log ? Math.log(value / before) : value / before - 1.0)
    before = value
  }
}

/**
 * Returns less what was to be had without risk.
 *
 * @param rates pointer to the yearly rate of each period, fractions
 */
export function excessReturns(returns: usize, rates: usize, count: i32, perYear: f64, log: bool, dst: usize): void {
  for (let i = 0; i < count; i++) {
    const rate = at(rates, i)
    // No rate is none also where nobody knows how many periods make a year.
    const free = rate == 0 ? 0.0 : log ? Math.log(1.0 + rate) / perYear : Math.pow(1.0 + rate, 1.0 / perYear) - 1.0
    store<f64>(dst + (<usize>i << 3), at(returns, i) - free)
  }
}

/** What a period must return for a yearly return. */
function requiredOf(year: f64, perYear: f64): f64 {
  return year == 0 ? 0.0 : Math.pow(1.0 + year, 1.0 / perYear) - 1.0
}

/**
 * Writes the RETURN_* block.
 *
 * @param returns pointer to the returns of the periods @param excess the same less the risk-free rate
 * @param sorted pointer to room for as many doubles
 * @param first @param last the equity before and after them
 * @param elapsed as in `equityStats` @param free the mean yearly risk-free rate
 * @param geometric volatility, Sharpe and Sortino as of returns that are compounded
 * @param population skew and kurtosis as of all there is, not of a sample
 * @param confidence of VaR and CVaR, 0.95 @param required return a year that Omega takes for enough
 * @param trials how many strategies were tried @param variance of their Sharpe ratios of a period
 */
export function returnFigures(
  returns: usize,
  excess: usize,
  count: i32,
  sorted: usize,
  first: f64,
  last: f64,
  perYear: f64,
  elapsed: f64,
  free: f64,
  log: bool,
  geometric: bool,
  population: bool,
  confidence: f64,
  required: f64,
  trials: f64,
  variance: f64,
  dst: usize,
): void {
  const times = yearsIn(count, perYear, elapsed)
  const grown = last > 0 && times == times ? Math.pow(last / first, times) - 1.0 : NaN
  put(dst, RETURN_TOTAL, last / first - 1.0)
  put(dst, RETURN_CAGR, grown == Infinity ? NaN : grown)
  put(dst, RETURN_MEAN, meanOf(returns, count))
  ratios(returns, excess, count, perYear, free, log, geometric, dst)
  chances(excess, count, trials, variance, population, dst)
  gains(returns, excess, count, requiredOf(required, perYear), dst)
  const tails = tailFigures(returns, count, sorted, population, confidence, dst)
  const mean = meanOf(returns, count)
  put(dst, RETURN_SKEW, skewOf(returns, count, mean, population))
  put(dst, RETURN_KURTOSIS, kurtosisOf(returns, count, mean, population))
  put(dst, RETURN_TAIL_RATIO, tails)
  put(dst, RETURN_COMMON_SENSE, load<f64>(dst + (RETURN_PROFIT_FACTOR << 3)) * tails)
  put(dst, RETURN_STABILITY, stabilityOf(returns, count, log))
  betFigures(returns, count, sorted, growthOf(returns, count, log), dst)
}

/** Return for spread, and for spread downwards. */
function ratios(
  returns: usize,
  excess: usize,
  count: i32,
  perYear: f64,
  free: f64,
  log: bool,
  geometric: bool,
  dst: usize,
): void {
  const scale = sqrt(perYear)
  const mean = meanOf(excess, count)
  const deviation = deviationOf(excess, count, mean)
  let falls = 0.0
  for (let i = 0; i < count; i++) {
    const change = at(excess, i)
    if (change < 0) falls += change * change
  }
  // NaN where returns are undefined, which no comparison finds.
  const downside = mean == mean ? sqrt(falls / <f64>count) : NaN
  let volatility = deviationOf(returns, count, meanOf(returns, count)) * scale
  let sharpe = deviation > 0 ? (mean / deviation) * scale : NaN
  let sortino = downside > 0 ? (mean / downside) * scale : NaN
  if (geometric) {
    const growth = growthOf(returns, count, log)
    const annual = Math.pow(growth, perYear) - 1.0
    const spread = deviationOf(returns, count, meanOf(returns, count))
    volatility = sqrt(Math.pow(spread * spread + growth * growth, perYear) - Math.pow(growth, 2.0 * perYear))
    sharpe = volatility > 0 ? (annual - free) / volatility : NaN
    sortino = downside > 0 ? (annual - free) / (downside * scale) : NaN
  }
  const last = count - 1
  const auto = count > 2 ? correlationOf(returns, returns + 8, last) : NaN
  const penalty = penaltyOf(Math.abs(count > 2 ? correlationOf(excess, excess + 8, last) : NaN), count)
  put(dst, RETURN_VOLATILITY, volatility)
  put(dst, RETURN_SHARPE, sharpe)
  put(dst, RETURN_SORTINO, sortino)
  put(dst, RETURN_DOWNSIDE, downside * scale)
  put(dst, RETURN_AUTOCORRELATION, auto)
  put(dst, RETURN_SMART_SHARPE, sharpe / penalty)
  put(dst, RETURN_SMART_SORTINO, sortino / penalty)
}

/** How much wider a sum of returns spreads that follow each other so; 1 where they do not. */
function penaltyOf(correlation: f64, count: i32): f64 {
  if (isNaN(correlation)) return 1
  let power = 1.0
  let sum = 0.0
  for (let i = 1; i < count; i++) {
    power *= correlation
    sum += (<f64>(count - i) / <f64>count) * power
  }
  return sqrt(1.0 + 2.0 * sum)
}

/** Geometric mean of 1 + return. */
function growthOf(returns: usize, count: i32, log: bool): f64 {
  let sum = 0.0
  for (let i = 0; i < count; i++) sum += log ? at(returns, i) : Math.log(1.0 + at(returns, i))
  return Math.exp(sum / <f64>count)
}

/** How probable it is that the Sharpe ratio is above 0, and above what the best of so many trials has by luck. */
function chances(excess: usize, count: i32, trials: f64, variance: f64, population: bool, dst: usize): void {
  const mean = meanOf(excess, count)
  const deviation = deviationOf(excess, count, mean)
  const sharpe = deviation > 0 ? mean / deviation : NaN
  const skew = skewOf(excess, count, mean, population)
  const kurtosis = kurtosisOf(excess, count, mean, population) + 3.0
  const error = sqrt((1.0 - skew * sharpe + ((kurtosis - 1.0) / 4.0) * sharpe * sharpe) / <f64>(count - 1))
  /** Of Euler and Mascheroni. */
  const gamma = 0.5772156649015329
  const luck =
    sqrt(variance) *
    ((1.0 - gamma) * normalQuantile(1.0 - 1.0 / trials) + gamma * normalQuantile(1.0 - 1.0 / (trials * Math.E)))
  put(dst, RETURN_PROBABILISTIC, normalCdf(sharpe / error))
  put(dst, RETURN_DEFLATED, trials > 1 ? normalCdf((sharpe - luck) / error) : NaN)
}

/** What rose for what fell. */
function gains(returns: usize, excess: usize, count: i32, enough: f64, dst: usize): void {
  let up = 0.0
  let down = 0.0
  let above = 0.0
  let below = 0.0
  let ups = 0
  let downs = 0
  for (let i = 0; i < count; i++) {
    const change = at(returns, i)
    if (change > 0) {
      up += change
      ups++
    } else if (change < 0) {
      down -= change
      downs++
    }
    const more = at(excess, i) - enough
    if (more > 0) above += more
    else below -= more
  }
  const mean = meanOf(returns, count)
  const defined = mean == mean
  put(dst, RETURN_OMEGA, defined && below > 0 ? above / below : NaN)
  put(dst, RETURN_GAIN_TO_PAIN, defined && down > 0 ? (up - down) / down : NaN)
  put(dst, RETURN_PROFIT_FACTOR, defined && down > 0 ? up / down : NaN)
  put(dst, RETURN_POSITIVE, defined ? <f64>ups / <f64>count : NaN)
  put(dst, RETURN_MEAN_UP, ups > 0 ? up / <f64>ups : NaN)
  put(dst, RETURN_MEAN_DOWN, downs > 0 ? -down / <f64>downs : NaN)
}

/** How much of the way of the logarithm of equity a straight line is: R squared over 0 .. n - 1. */
function stabilityOf(returns: usize, count: i32, log: bool): f64 {
  if (count < 2) return NaN
  const middle = <f64>(count - 1) / 2.0
  let sum = 0.0
  let squares = 0.0
  let products = 0.0
  let total = 0.0
  for (let i = 0; i < count; i++) {
    total += log ? at(returns, i) : Math.log(1.0 + at(returns, i))
    sum += total
  }
  const mean = sum / <f64>count
  total = 0
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < count; i++) {
    total += log ? at(returns, i) : Math.log(1.0 + at(returns, i))
    low = min(low, total)
    high = max(high, total)
    squares += (total - mean) * (total - mean)
    products += (<f64>i - middle) * (total - mean)
  }
  const size = <f64>count
  const line = (size * (size * size - 1.0)) / 12.0
  // Of what never moves the mean may be another number by its rounding.
  return low < high && squares > 0 ? (products * products) / (line * squares) : NaN
}
