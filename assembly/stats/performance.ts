// What the equity column of a run says. Sums run over the periods in their order.
import {
  STAT_BARS,
  STAT_CAGR,
  STAT_CALMAR,
  STAT_COUNT,
  STAT_DRAWDOWN,
  STAT_FINAL_EQUITY,
  STAT_MEAN_RETURN,
  STAT_PERIODS,
  STAT_SHARPE,
  STAT_SORTINO,
  STAT_TOTAL_RETURN,
  STAT_VOLATILITY,
} from '../layout'
import { Drawdown } from '../records'
import { put } from './block'
import { beginDrawdown, followColumn, putDrawdown } from './drawdown'

/** Milliseconds. */
const DAY: f64 = 86400000
/** Leap years counted. */
const YEAR: f64 = 365.25 * DAY

/**
 * Writes the STAT_* block at `dst`, which has STAT_BYTES.
 *
 * @param equity pointer to the equity at the end of each of the `n` bars that were run, currency
 * @param periodEnds pointer to i32: index of the last bar of each return period, ascending. Periods that
 *   end beyond the run are cut: the last one ends with the last bar.
 * @param initialCash equity before the first bar; > 0
 * @param perYear return periods a year; NaN where that is not known
 * @param elapsed ms from the first bar to the last, or NaN for a cagr that counts years in periods
 *
 * The return of a period is its last equity over the last equity of the period before (initialCash for
 * the first), less 1. It is undefined where that base is not positive; then everything made from returns
 * is NaN. Formulas: see METRICS.
 */
export function equityStats(
  equity: usize,
  n: i32,
  periodEnds: usize,
  periods: i32,
  initialCash: f64,
  perYear: f64,
  elapsed: f64,
  dst: usize,
): void {
  const state = changetype<Drawdown>(dst + (STAT_COUNT << 3))
  beginDrawdown(state, initialCash, 0)
  followColumn(state, equity, n)
  putDrawdown(state, n - 1, dst)
  const last = n > 0 ? load<f64>(equity + (<usize>(n - 1) << 3)) : initialCash
  let count = 0
  while (count < periods && (count == 0 || load<i32>(periodEnds + (<usize>(count - 1) << 2)) < n - 1) && n > 0) count++
  returnStats(equity, periodEnds, count, last, n, initialCash, perYear, elapsed, dst)
}

/** How often a run goes into a year: NaN where it is shorter than a day, and where nobody knows the periods of a year. */
export function yearsIn(count: i32, perYear: f64, elapsed: f64): f64 {
  if (isNaN(elapsed)) return count > 0 ? perYear / <f64>count : NaN
  return elapsed >= DAY ? YEAR / elapsed : NaN
}

/**
 * The rest of the block once the drawdown is there: from the equity at the end of each of `count` periods.
 *
 * @param ends pointer to the bars at which to read the equity, or 0 where `equity` has one number a period
 * @param last equity at the end of the last of `n` bars
 */
export function returnStats(
  equity: usize,
  ends: usize,
  count: i32,
  last: f64,
  n: i32,
  initialCash: f64,
  perYear: f64,
  elapsed: f64,
  dst: usize,
): void {
  let sum = 0.0
  let defined = true
  let before = initialCash
  for (let i = 0; i < count; i++) {
    const value = periodEnd(equity, ends, i, n)
    if (!(before > 0)) defined = false
    sum += value / before - 1.0
    before = value
  }
  const mean = defined && count > 0 ? sum / <f64>count : NaN

  let squares = 0.0
  let falls = 0.0
  before = initialCash
  for (let i = 0; i < count; i++) {
    const value = periodEnd(equity, ends, i, n)
    const change = value / before - 1.0
    const off = change - mean
    squares += off * off
    if (change < 0) falls += change * change
    before = value
  }
  const scale = sqrt(perYear)
  const deviation = count > 1 ? sqrt(squares / <f64>(count - 1)) : NaN
  const downside = sqrt(falls / <f64>count)
  const deepest = load<f64>(dst + (STAT_DRAWDOWN << 3))

  const times = yearsIn(count, perYear, elapsed)
  let cagr = NaN
  if (last > 0 && times == times) {
    cagr = Math.pow(last / initialCash, times) - 1.0
    if (cagr == Infinity) cagr = NaN
  }
  put(dst, STAT_BARS, <f64>n)
  put(dst, STAT_FINAL_EQUITY, last)
  put(dst, STAT_TOTAL_RETURN, last / initialCash - 1.0)
  put(dst, STAT_PERIODS, <f64>count)
  put(dst, STAT_MEAN_RETURN, mean)
  put(dst, STAT_VOLATILITY, defined ? deviation * scale : NaN)
  put(dst, STAT_SHARPE, defined && deviation > 0 ? (mean / deviation) * scale : NaN)
  put(dst, STAT_SORTINO, defined && downside > 0 ? (mean / downside) * scale : NaN)
  put(dst, STAT_CAGR, cagr)
  put(dst, STAT_CALMAR, deepest > 0 ? cagr / deepest : NaN)
}

// @ts-ignore: decorator
@inline function periodEnd(equity: usize, ends: usize, period: i32, n: i32): f64 {
  const at = ends ? min(load<i32>(ends + (<usize>period << 2)), n - 1) : period
  return load<f64>(equity + (<usize>at << 3))
}

/**
 * Return of holding every asset: an equal share of the cash buys each at its first close and is valued at
 * its last; the mean of last / first - 1 over the assets that have a bar. NaN where there is none, or
 * where a first close is not positive.
 *
 * @param close panel [bar][asset]
 */
export function holdReturn(close: usize, bars: i32, assets: i32): f64 {
  const step = <usize>assets << 3
  let sum = 0.0
  let count = 0
  for (let asset = 0; asset < assets; asset++) {
    const column = close + (<usize>asset << 3)
    let first = 0
    while (first < bars && isNaN(load<f64>(column + <usize>first * step))) first++
    if (first == bars) continue
    let last = bars - 1
    while (isNaN(load<f64>(column + <usize>last * step))) last--
    const bought = load<f64>(column + <usize>first * step)
    sum += bought > 0 ? load<f64>(column + <usize>last * step) / bought - 1.0 : NaN
    count++
  }
  return count == 0 || isNaN(sum) ? NaN : sum / <f64>count
}
