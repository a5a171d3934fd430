// Deviation and extremes of windows. Pointers and lengths as in averages.ts.
import { get, put } from './column'
import { differenceError, squareError, sumError, wholeError } from './exact'

/**
 * Standard deviation of the last `length` values, divided by length - ddof (0: of a population, as in
 * Bollinger bands; 1: of a sample). NaN for the first length - 1; length > ddof.
 *
 * Deviations are taken from a value of the window and their sums and squares are kept in pairs of
 * doubles, both made anew after every 4 * length values (at least 256), so that neither the level of
 * the prices nor what has left the window costs digits: sqrt((n * sum(d^2) - sum(d)^2) / (n * (n - ddof))).
 */
export function stdev(src: usize, dst: usize, n: i32, length: i32, ddof: i32): void {
  const count = <f64>length
  const divisor = count * (count - <f64>ddof)
  const block = max(256, length << 2)
  let left = 0
  let base = 0.0
  let hi = 0.0
  let lo = 0.0
  let squares = 0.0
  let rest = 0.0
  for (let i = 0; i < n; i++) {
    const value = get(src, i)
    if (left-- == 0) {
      left = block - 1
      const tail = max(0, i - length)
      base = get(src, tail)
      hi = lo = squares = rest = 0.0
      for (let at = tail; at < i; at++) {
        const d = get(src, at) - base
        const e = differenceError(get(src, at), base, d)
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
    if (i >= length) {
      const leaving = get(src, i - length)
      old = leaving - base
      oldRest = differenceError(leaving, base, old)
    }
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
    if (i < length - 1) {
      put(dst, i, NaN)
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
    put(dst, i, variance > 0 ? sqrt(variance / divisor) : 0.0)
  }
}

/**
 * Highest value of the last `length`, this one included. NaN for the first length - 1.
 * `scratch` has room for min(length, n + 1) doubles.
 *
 * Values come in blocks of `length`: a window is the end of one block and the beginning of the next,
 * and the highest of both are known (van Herk 1992; Gil and Werman 1993): three comparisons a value.
 */
export function highest(src: usize, dst: usize, n: i32, length: i32, scratch: usize): void {
  extreme(src, dst, n, length, scratch, 1)
}

/** Lowest value of the last `length`; as `highest`. */
export function lowest(src: usize, dst: usize, n: i32, length: i32, scratch: usize): void {
  extreme(src, dst, n, length, scratch, -1)
}

/**
 * The highest of sign * value, times sign. Both lanes hold the same number: a vector's maximum is one
 * instruction without a branch, a scalar's is neither.
 */
function extreme(src: usize, dst: usize, n: i32, length: i32, scratch: usize, sign: f64): void {
  // A window longer than the column never fills; neither does one by a value.
  if (length > n) length = n + 1
  const last = scratch + (<usize>length << 3)
  const none = f64x2.splat(-Infinity)
  for (let at = scratch; at < last; at += 8) store<f64>(at, -Infinity)
  let at = scratch
  let best = none
  for (let i = 0; i < n; i++) {
    const value = get(src, i) * sign
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
    // Adding zero turns -0 into 0.
    put(dst, i, i >= length - 1 ? f64x2.extract_lane(most, 0) * sign + 0.0 : NaN)
  }
}
