// Returns against those of a benchmark. Formulas and sources: see the catalogue of metrics.
import {
  AGAINST_ALPHA,
  AGAINST_BETA,
  AGAINST_CORRELATION,
  AGAINST_DOWN_CAPTURE,
  AGAINST_INFORMATION,
  AGAINST_R_SQUARED,
  AGAINST_RETURN,
  AGAINST_TRACKING_ERROR,
  AGAINST_TREYNOR,
  AGAINST_UP_CAPTURE,
} from '../layout'
import { put } from './block'
import { at, correlationOf, deviationOf, meanOf, productsOf } from './moments'

/**
 * Writes the AGAINST_* block.
 *
 * @param returns @param benchmark pointers to the returns of `count` common periods
 * @param excess @param over the same less the risk-free rate @param room pointer to as many doubles
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
  const mean = meanOf(excess, count)
  const market = meanOf(over, count)
  const spread = productsOf(over, over, count, market, market)
  const beta = count > 1 && spread > 0 ? productsOf(excess, over, count, mean, market) / spread : NaN
  const alpha = mean - beta * market
  const correlation = correlationOf(returns, benchmark, count)
  for (let i = 0; i < count; i++) store<f64>(room + (<usize>i << 3), at(returns, i) - at(benchmark, i))
  const ahead = meanOf(room, count)
  const error = deviationOf(room, count, ahead)
  const scale = sqrt(perYear)
  put(dst, AGAINST_ALPHA, geometric ? Math.pow(1.0 + alpha, perYear) - 1.0 : alpha * perYear)
  put(dst, AGAINST_BETA, beta)
  put(dst, AGAINST_CORRELATION, correlation)
  put(dst, AGAINST_R_SQUARED, correlation * correlation)
  put(dst, AGAINST_TRACKING_ERROR, error * scale)
  put(dst, AGAINST_INFORMATION, error > 0 ? (ahead / error) * scale : NaN)
  put(dst, AGAINST_TREYNOR, beta != 0 ? (cagr - free) / beta : NaN)
  put(dst, AGAINST_UP_CAPTURE, captureOf(returns, benchmark, count, 1.0, perYear, log))
  put(dst, AGAINST_DOWN_CAPTURE, captureOf(returns, benchmark, count, -1.0, perYear, log))
  put(dst, AGAINST_RETURN, grown(benchmark, benchmark, count, 0, log) - 1.0)
}

/** Growth a year of the run over that of the benchmark, of the periods in which the benchmark went one way. */
function captureOf(returns: usize, benchmark: usize, count: i32, way: f64, perYear: f64, log: bool): f64 {
  let periods = 0
  for (let i = 0; i < count; i++) if (at(benchmark, i) * way > 0) periods++
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
