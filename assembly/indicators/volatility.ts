// Volatility. Pointers, stride and absent bars as in average.ts; a bar is absent when its close is.
import { rma, sma } from './average'
import { present } from './exact'
import { stdev } from './rolling'

/**
 * True range: max(high - low, |high - previous close|, |low - previous close|), high - low on the first own bar.
 * (Wilder 1978.)
 */
export function trueRange(high: usize, low: usize, close: usize, dst: usize, n: i32, stride: i32): void {
  const step = <usize>stride << 3
  let last = NaN
  for (let i = 0; i < n; i++, high += step, low += step, close += step, dst += step) {
    const value = load<f64>(close)
    if (!present(value)) {
      store<f64>(dst, NaN)
      continue
    }
    let top = load<f64>(high)
    let bottom = load<f64>(low)
    if (last > top) top = last
    if (last < bottom) bottom = last
    store<f64>(dst, top - bottom)
    last = value
  }
}

/** Average true range: Wilder's average (`rma`) of the true range. NaN for the first length - 1 bars. `dst` is used for both steps. */
export function atr(high: usize, low: usize, close: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  trueRange(high, low, close, dst, n, stride)
  rma(dst, dst, n, stride, length)
}

/**
 * Bollinger bands: middle = sma, upper and lower = middle +- width * stdev (population, over the same
 * bars). NaN for the first length - 1 bars. (Bollinger 2001, Bollinger on Bollinger Bands.)
 */
export function bollinger(
  src: usize,
  upper: usize,
  middle: usize,
  lower: usize,
  n: i32,
  stride: i32,
  length: i32,
  width: f64,
): void {
  const step = <usize>stride << 3
  sma(src, middle, n, stride, length)
  stdev(src, upper, n, stride, length, 0)
  for (let i = 0; i < n; i++, upper += step, middle += step, lower += step) {
    const reach = load<f64>(upper) * width
    const mean = load<f64>(middle)
    store<f64>(upper, mean + reach)
    store<f64>(lower, mean - reach)
  }
}
