// Figures of a window of returns that moves over them. Each window is summed anew, so that one undefined or huge return is gone with its window.
import { ROLLING_BETA, ROLLING_SHARPE, ROLLING_VOLATILITY } from '../layout'
import { put } from './block'
import { at, deviationOf, meanOf, productsOf } from './moments'

/**
 * Writes a figure (ROLLING_*) of the `length` returns up to each to `dst`, NaN before there are as many; of a year.
 *
 * @param returns less the risk-free rate @param benchmark pointer to those of a benchmark, for beta alone
 */
export function rollingFigures(
  figure: i32,
  returns: usize,
  benchmark: usize,
  count: i32,
  length: i32,
  perYear: f64,
  dst: usize,
): void {
  const scale = sqrt(perYear)
  for (let i = 0; i < count; i++) {
    const first = i - length + 1
    if (first < 0) {
      put(dst, i, NaN)
      continue
    }
    const window = returns + (<usize>first << 3)
    const mean = meanOf(window, length)
    let value: f64
    if (figure == ROLLING_BETA) {
      const market = benchmark + (<usize>first << 3)
      const middle = meanOf(market, length)
      const spread = productsOf(market, market, length, middle, middle)
      value = spread > 0 ? productsOf(window, market, length, mean, middle) / spread : NaN
    } else if (figure == ROLLING_VOLATILITY) {
      value = deviationOf(window, length, mean) * scale
    } else {
      const spread = figure == ROLLING_SHARPE ? deviationOf(window, length, mean) : downsideOf(window, length)
      value = spread > 0 ? (mean / spread) * scale : NaN
    }
    put(dst, i, value)
  }
}

function downsideOf(returns: usize, count: i32): f64 {
  let falls = 0.0
  for (let i = 0; i < count; i++) {
    const change = at(returns, i)
    // NaN goes through.
    if (!(change >= 0)) falls += change * change
  }
  return sqrt(falls / <f64>count)
}
