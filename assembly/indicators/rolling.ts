// Rolling deviation and extremes. Pointers, stride and absent bars as in average.ts.
import { differenceError, present, squareError, sumError, wholeError } from './exact'

/**
 * Standard deviation of the last `length` bars, divided by length - ddof (0: of a population, as in
 * Bollinger bands; 1: of a sample). NaN for the first length - 1 bars; length > ddof.
 *
 * Deviations are taken from a value of the window and their sums and squares are kept in pairs of
 * doubles, both made anew after every 4 * length own bars (at least 256), so that neither the level of
 * the prices nor what has left the window costs digits: sqrt((n * sum(d^2) - sum(d)^2) / (n * (n - ddof))).
 */
export function stdev(src: usize, dst: usize, n: i32, stride: i32, length: i32, ddof: i32): void {
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  const count = <f64>length
  const divisor = count * (count - <f64>ddof)
  const block = max(256, length << 2)
  let tail = src
  let held = 0
  let left = 0
  let base = 0.0
  let hi = 0.0
  let lo = 0.0
  let squares = 0.0
  let rest = 0.0
  for (; src < end; src += step, dst += step) {
    const value = load<f64>(src)
    if (!present(value)) {
      store<f64>(dst, NaN)
      continue
    }
    if (left-- == 0) {
      left = block - 1
      base = held == 0 ? value : load<f64>(tail)
      hi = lo = squares = rest = 0.0
      for (let at = tail; at < src; at += step) {
        if (!present(load<f64>(at))) continue
        const d = load<f64>(at) - base
        const e = differenceError(load<f64>(at), base, d)
        let sum = hi + d
        lo += sumError(hi, d, sum) + e
        hi = sum
        const square = d * d
        sum = squares + square
        rest += sumError(squares, square, sum) + (squareError(d, square) + 2.0 * d * e)
        squares = sum
      }
    }
    // Deviations are pairs, too: d + e, exactly value - base.
    let old = 0.0
    let oldRest = 0.0
    if (held == length) {
      old = load<f64>(tail) - base
      oldRest = differenceError(load<f64>(tail), base, old)
      do tail += step
      while (!present(load<f64>(tail)))
    } else if (++held == 1) tail = src
    const d = value - base
    const e = differenceError(value, base, d)
    let change = d - old
    lo += differenceError(d, old, change) + (e - oldRest)
    let sum = hi + change
    lo += sumError(hi, change, sum)
    hi = sum
    const square = d * d
    const oldSquare = old * old
    change = square - oldSquare
    rest +=
      differenceError(square, oldSquare, change) +
      (squareError(d, square) + 2.0 * d * e - (squareError(old, oldSquare) + 2.0 * old * oldRest))
    sum = squares + change
    rest += sumError(squares, change, sum)
    squares = sum
    if (held < length) {
      store<f64>(dst, NaN)
      continue
    }
    // n * (squares + rest) - (hi + lo)^2, leading products first
    const total = hi + lo
    const totalRest = sumError(hi, lo, total)
    const most = squares + rest
    const mostRest = sumError(squares, rest, most)
    const product = count * most
    const productRest = wholeError(count, most, product) + count * mostRest
    const other = total * total
    const otherRest = squareError(total, other) + 2.0 * total * totalRest
    const spread = product - other
    const variance = spread + (differenceError(product, other, spread) + (productRest - otherRest))
    store<f64>(dst, variance > 0 ? sqrt(variance / divisor) : 0.0)
  }
}

/**
 * Highest value of the last `length` bars, this one included. NaN for the first length - 1 bars.
 * `scratch` has room for min(length, n + 1) doubles.
 *
 * Own bars come in blocks of `length`: a window is the end of one block and the beginning of the next,
 * and the highest of both are known (van Herk 1992; Gil and Werman 1993): three comparisons a bar.
 */
export function highest(src: usize, dst: usize, n: i32, stride: i32, length: i32, scratch: usize): void {
  extreme(src, dst, n, stride, length, scratch, 1)
}

/** Lowest value of the last `length` bars; as `highest`. */
export function lowest(src: usize, dst: usize, n: i32, stride: i32, length: i32, scratch: usize): void {
  extreme(src, dst, n, stride, length, scratch, -1)
}

/**
 * The highest of sign * value, times sign. Both lanes hold the same number: a vector's maximum is one
 * instruction without a branch, a scalar's is neither.
 */
function extreme(src: usize, dst: usize, n: i32, stride: i32, length: i32, scratch: usize, sign: f64): void {
  // A window longer than the column never fills; neither does one by a bar.
  if (length > n) length = n + 1
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  const last = scratch + (<usize>length << 3)
  const none = f64x2.splat(-Infinity)
  for (let at = scratch; at < last; at += 8) store<f64>(at, -Infinity)
  let warm = length
  let at = scratch
  let best = none
  for (; src < end; src += step, dst += step) {
    const value = load<f64>(src) * sign
    if (!present(value)) {
      store<f64>(dst, NaN)
      continue
    }
    // The highest of this block so far, and of the block before from this place on.
    best = f64x2.pmax(best, f64x2.splat(value))
    const most = f64x2.pmax(best, v128.load_splat<f64>(at))
    store<f64>(at, value)
    at += 8
    if (at == last) {
      best = none
      while (at > scratch) {
        at -= 8
        const held = v128.load_splat<f64>(at)
        v128.store_lane<f64>(at, best, 0)
        best = f64x2.pmax(best, held)
      }
      best = none
    }
    if (warm > 0) warm--
    // Adding zero turns -0 into 0.
    store<f64>(dst, warm == 0 ? f64x2.extract_lane(most, 0) * sign + 0.0 : NaN)
  }
}
