// Momentum. Pointers, stride and absent bars as in average.ts.
import { ema } from './average'
import { present } from './exact'

/**
 * Relative strength index, 0..100: 100 * gain / (gain + loss), with Wilder's averages of the rises and falls
 * from one own bar to the next, begun with the plain mean of the first `length` of them, then
 * average + (move - average) * (1 / length). 50 where nothing has moved yet. NaN for the first `length` bars.
 * (Wilder 1978; the same as 100 - 100 / (1 + gain / loss).)
 */
export function rsi(src: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  const weight = 1.0 / <f64>length
  let last = NaN
  let gain = 0.0
  let loss = 0.0
  let moves = 0
  for (; src < end && moves < length; src += step, dst += step) {
    const value = load<f64>(src)
    store<f64>(dst, NaN)
    if (!present(value)) continue
    if (present(last)) {
      const move = value - last
      if (move > 0) gain += move
      else loss -= move
      if (++moves == length) {
        gain /= <f64>length
        loss /= <f64>length
        store<f64>(dst, strength(gain, loss))
      }
    }
    last = value
  }
  // Rise in one lane, fall in the other: one chain, and no branch on the sign of the move.
  const weights = f64x2.splat(weight)
  let averages = f64x2.replace_lane(f64x2.splat(gain), 1, loss)
  for (; src < end; src += step, dst += step) {
    const value = load<f64>(src)
    if (!present(value)) {
      store<f64>(dst, NaN)
      continue
    }
    const moves = f64x2.replace_lane(f64x2.splat(value - last), 1, last - value)
    last = value
    const change = f64x2.sub(f64x2.pmax(f64x2.splat(0), moves), averages)
    averages = f64x2.add(averages, f64x2.mul(change, weights))
    store<f64>(dst, strength(f64x2.extract_lane(averages, 0), f64x2.extract_lane(averages, 1)))
  }
}

// @ts-ignore: decorator
@inline function strength(gain: f64, loss: f64): f64 {
  const sum = gain + loss
  return sum == 0 ? 50.0 : (100.0 * gain) / sum
}

/** Rate of change in percent over `length` own bars: 100 * (value - old) / old. NaN for the first `length` bars and where old is 0. */
export function roc(src: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  let tail = src
  let held = 0
  for (; src < end; src += step, dst += step) {
    const value = load<f64>(src)
    if (!present(value) || held < length) {
      if (present(value) && ++held == 1) tail = src
      store<f64>(dst, NaN)
      continue
    }
    const old = load<f64>(tail)
    do tail += step
    while (!present(load<f64>(tail)))
    store<f64>(dst, old != 0 ? (100.0 * (value - old)) / old : NaN)
  }
}

/**
 * Moving average convergence/divergence: line = ema(fast) - ema(slow), signal = ema of the line over
 * `smooth` bars, histogram = line - signal. Each average starts with the mean of its own first values.
 * NaN for the first slow - 1 bars (line) and slow + smooth - 2 bars (signal, histogram). (Appel 2005,
 * Technical Analysis: Power Tools for Active Investors; StockCharts.)
 */
export function macd(
  src: usize,
  line: usize,
  signal: usize,
  histogram: usize,
  n: i32,
  stride: i32,
  fast: i32,
  slow: i32,
  smooth: i32,
): void {
  ema(src, line, n, stride, fast)
  ema(src, histogram, n, stride, slow)
  subtract(line, histogram, line, n, stride)
  ema(line, signal, n, stride, smooth)
  subtract(line, signal, histogram, n, stride)
}

function subtract(a: usize, b: usize, dst: usize, n: i32, stride: i32): void {
  const step = <usize>stride << 3
  for (let i = 0; i < n; i++, a += step, b += step, dst += step) store<f64>(dst, load<f64>(a) - load<f64>(b))
}
