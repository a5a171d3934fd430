// Returns against those of a benchmark. Formulas and sources: see the catalogue of metrics.
import {
  AGAINST_ALPHA,
  AGAINST_BATTING,
  AGAINST_BATTING_DOWN,
  AGAINST_BATTING_UP,
  AGAINST_BETA,
  AGAINST_CAPTURE,
  AGAINST_CAPTURE_RATIO,
  AGAINST_CORRELATION,
  AGAINST_DOWN_ALPHA,
  AGAINST_DOWN_BETA,
  AGAINST_DOWN_CAPTURE,
  AGAINST_FRAGILITY,
  AGAINST_INFORMATION,
  AGAINST_R_SQUARED,
  AGAINST_RETURN,
  AGAINST_TRACKING_ERROR,
  AGAINST_TREYNOR,
  AGAINST_UP_ALPHA,
  AGAINST_UP_BETA,
  AGAINST_UP_CAPTURE,
} from '../layout'
import { put } from './block'
import { at, correlationOf, deviationOf, meanOf, productsOf } from './moments'
import { sortValues } from './sorted'

/**
 * Writes the AGAINST_* block.
 *
 * @param returns @param benchmark pointers to the returns of `count` common periods
 * @param excess @param over the same less the risk-free rate @param room pointer to room for twice as many doubles
 * @param cagr growth a year of the run @param free the mean yearly risk-free rate
 * @param geometric alpha of a period is compounded to a year, not multiplied
 */
export function againstFigures(
  returns: usize,
  benchmark: usize,
  excess: usize,
  over: usize,
  count: i32,
  room: usize,
  perYear: f64,
  cagr: f64,
  free: f64,
  log: bool,
  geometric: bool,
  dst: usize,
): void {
  const beta = putLine(excess, over, count, perYear, geometric, dst, AGAINST_ALPHA, AGAINST_BETA)
  const correlation = correlationOf(returns, benchmark, count)
  for (let i = 0; i < count; i++) store<f64>(room + (<usize>i << 3), at(returns, i) - at(benchmark, i))
  const ahead = meanOf(room, count)
  const error = deviationOf(room, count, ahead)
  const scale = sqrt(perYear)
  put(dst, AGAINST_CORRELATION, correlation)
  put(dst, AGAINST_R_SQUARED, correlation * correlation)
  put(dst, AGAINST_TRACKING_ERROR, error * scale)
  put(dst, AGAINST_INFORMATION, error > 0 ? (ahead / error) * scale : NaN)
  put(dst, AGAINST_TREYNOR, beta != 0 ? (cagr - free) / beta : NaN)
  const up = captureOf(returns, benchmark, count, 1.0, perYear, log)
  const down = captureOf(returns, benchmark, count, -1.0, perYear, log)
  put(dst, AGAINST_UP_CAPTURE, up)
  put(dst, AGAINST_DOWN_CAPTURE, down)
  put(dst, AGAINST_CAPTURE, captureOf(returns, benchmark, count, 0, perYear, log))
  put(dst, AGAINST_CAPTURE_RATIO, down != 0 ? up / down : NaN)
  put(dst, AGAINST_RETURN, grown(benchmark, benchmark, count, 0, log) - 1.0)
  putBatting(returns, benchmark, count, dst)
  put(dst, AGAINST_FRAGILITY, fragilityOf(returns, benchmark, count, room))
  putOneWay(benchmark, excess, over, count, room, 1.0, perYear, geometric, dst, AGAINST_UP_ALPHA, AGAINST_UP_BETA)
  putOneWay(benchmark, excess, over, count, room, -1.0, perYear, geometric, dst, AGAINST_DOWN_ALPHA, AGAINST_DOWN_BETA)
}

/** Writes alpha of a year and beta, and returns beta. */
function putLine(
  excess: usize,
  over: usize,
  count: i32,
  perYear: f64,
  geometric: bool,
  dst: usize,
  alphaAt: i32,
  betaAt: i32,
): f64 {
  const mean = meanOf(excess, count)
  const market = meanOf(over, count)
  const spread = productsOf(over, over, count, market, market)
  const beta = count > 1 && spread > 0 ? productsOf(excess, over, count, mean, market) / spread : NaN
  const alpha = mean - beta * market
  put(dst, alphaAt, geometric ? Math.pow(1.0 + alpha, perYear) - 1.0 : alpha * perYear)
  put(dst, betaAt, beta)
  return beta
}

/** The same of the periods in which the benchmark went one way. @param room pointer to room for twice as many doubles */
function putOneWay(
  benchmark: usize,
  excess: usize,
  over: usize,
  count: i32,
  room: usize,
  way: f64,
  perYear: f64,
  geometric: bool,
  dst: usize,
  alphaAt: i32,
  betaAt: i32,
): void {
  const overs = room + (<usize>count << 3)
  let kept = 0
  for (let i = 0; i < count; i++) {
    if (!(at(benchmark, i) * way > 0)) continue
    store<f64>(room + (<usize>kept << 3), at(excess, i))
    store<f64>(overs + (<usize>kept << 3), at(over, i))
    kept++
  }
  putLine(room, overs, kept, perYear, geometric, dst, alphaAt, betaAt)
}

/** How often the run returned more than the benchmark: of all periods, of those in which that did not fall, and in which it fell. */
function putBatting(returns: usize, benchmark: usize, count: i32, dst: usize): void {
  let ups = 0
  let upsWon = 0
  let downsWon = 0
  let defined = count > 0
  for (let i = 0; i < count; i++) {
    const own = at(returns, i)
    const theirs = at(benchmark, i)
    const won = <i32>(own > theirs)
    if (isNaN(own - theirs)) defined = false
    if (theirs >= 0) {
      ups++
      upsWon += won
    } else downsWon += won
  }
  put(dst, AGAINST_BATTING, defined ? <f64>(upsWon + downsWon) / <f64>count : NaN)
  put(dst, AGAINST_BATTING_UP, defined && ups > 0 ? <f64>upsWon / <f64>ups : NaN)
  put(dst, AGAINST_BATTING_DOWN, defined && count > ups ? <f64>downsWon / <f64>(count - ups) : NaN)
}

/** What the run returned at both ends of the benchmark's returns, each by how near the middle is to it, less what it returned in the middle. */
function fragilityOf(returns: usize, benchmark: usize, count: i32, sorted: usize): f64 {
  const mean = meanOf(returns, count) + meanOf(benchmark, count)
  if (count < 3 || isNaN(mean)) return NaN
  memory.copy(sorted, benchmark, <usize>count << 3)
  sortValues(sorted, count)
  const half = count >> 1
  const low = at(sorted, 0)
  const middle = at(sorted, half)
  const high = at(sorted, count - 1)
  const range = high - low
  const lowShare = range > 0 ? (high - middle) / range : 0.5
  const highShare = range > 0 ? (middle - low) / range : 0.5
  const worst = at(returns, placeOf(benchmark, count, low, 0))
  const best = at(returns, placeOf(benchmark, count, high, equals(sorted, count - 1)))
  return lowShare * worst + highShare * best - at(returns, placeOf(benchmark, count, middle, equals(sorted, half)))
}

/** How many before a place in sorted values are the same. */
function equals(sorted: usize, place: i32): i32 {
  let first = place
  while (first > 0 && at(sorted, first - 1) == at(sorted, place)) first--
  return place - first
}

/** Where a value stands, after so many others that are the same. */
function placeOf(values: usize, count: i32, value: f64, after: i32): i32 {
  let left = after
  for (let i = 0; i < count; i++) if (at(values, i) == value && left-- == 0) return i
  return count - 1
}

/** Growth a year of the run over that of the benchmark, of the periods in which the benchmark went one way. */
function captureOf(returns: usize, benchmark: usize, count: i32, way: f64, perYear: f64, log: bool): f64 {
  let periods = 0
  for (let i = 0; i < count; i++) if (way == 0 || at(benchmark, i) * way > 0) periods++
  const times = perYear / <f64>periods
  const own = Math.pow(grown(returns, benchmark, count, way, log), times) - 1.0
  const theirs = Math.pow(grown(benchmark, benchmark, count, way, log), times) - 1.0
  return periods > 0 && theirs != 0 ? own / theirs : NaN
}

/** Growth over the periods in which the benchmark went one way; 0: over all. */
function grown(returns: usize, benchmark: usize, count: i32, way: f64, log: bool): f64 {
  let product = 1.0
  for (let i = 0; i < count; i++)
    if (way == 0 || at(benchmark, i) * way > 0) product *= log ? Math.exp(at(returns, i)) : 1.0 + at(returns, i)
  return product
}
