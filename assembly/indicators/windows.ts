// Deviation and extremes of windows. Pointers and lengths as in averages.ts.
import { blank, bothBlocks, get, put } from './column'
import { differenceErrors, squareErrors, sumErrors, wholeErrors } from './exact'

/**
 * Standard deviation of the last `length` values, divided by length - ddof (0: of a population, as in
 * Bollinger bands; 1: of a sample). NaN for the first length - 1; length > ddof.
 *
 * Deviations are taken from a value of the window and their sums and squares are kept in pairs of
 * doubles, both made anew after every 4 * length values (at least 256), so that neither the level of
 * the prices nor what has left the window costs digits: sqrt((n * sum(d^2) - sum(d)^2) / (n * (n - ddof))).
 */
export function stdev(src: usize, dst: usize, n: i32, length: i32, ddof: i32): void {
  const block = max(256, length << 2)
  const step = block << 1
  blank(dst, 0, length - 1, n)
  for (let i = 0; i < n; ) {
    const paired = i >= length && n - i >= step
    const count = paired ? block : min(block, n - i)
    stdevBlocks(src, dst, i, length, count, paired ? block : 0, ddof)
    i += paired ? step : count
  }
}

/** A block of `count` values from element `from` on, and in the other lane the one `apart` later (0: the same again). */
function stdevBlocks(src: usize, dst: usize, from: i32, length: i32, count: i32, apart: i32, ddof: i32): void {
  const size = <f64>length
  const sizes = f64x2.splat(size)
  const divisor = f64x2.splat(size * (size - <f64>ddof))
  const two = f64x2.splat(2)
  const zero = f64x2.splat(0)
  const span = <usize>apart << 3
  const tail = max(0, from - length)
  let at = src + (<usize>tail << 3)
  const base = bothBlocks(at, span)
  let hi = zero
  let lo = zero
  let squares = zero
  let rest = zero
  for (const end = src + (<usize>from << 3); at < end; at += 8) {
    const value = bothBlocks(at, span)
    const d = f64x2.sub(value, base)
    const e = differenceErrors(value, base, d)
    let sum = f64x2.add(hi, d)
    lo = f64x2.add(lo, f64x2.add(sumErrors(hi, d, sum), e))
    hi = sum
    const square = f64x2.mul(d, d)
    sum = f64x2.add(squares, square)
    rest = f64x2.add(rest, f64x2.add(sumErrors(squares, square, sum), pairSquareErrors(d, e, square)))
    squares = sum
  }
  for (let i = from; i < from + count; i++, at += 8) {
    // Deviations are pairs, too: d + e, exactly value - base.
    let old = zero
    let oldRest = zero
    if (i >= length) {
      const leaving = bothBlocks(at - (<usize>length << 3), span)
      old = f64x2.sub(leaving, base)
      oldRest = differenceErrors(leaving, base, old)
    }
    const value = bothBlocks(at, span)
    const d = f64x2.sub(value, base)
    const e = differenceErrors(value, base, d)
    let change = f64x2.sub(d, old)
    lo = f64x2.add(lo, f64x2.add(differenceErrors(d, old, change), f64x2.sub(e, oldRest)))
    let sum = f64x2.add(hi, change)
    lo = f64x2.add(lo, sumErrors(hi, change, sum))
    hi = sum
    const square = f64x2.mul(d, d)
    const oldSquare = f64x2.mul(old, old)
    change = f64x2.sub(square, oldSquare)
    const errors = f64x2.sub(pairSquareErrors(d, e, square), pairSquareErrors(old, oldRest, oldSquare))
    rest = f64x2.add(rest, f64x2.add(differenceErrors(square, oldSquare, change), errors))
    sum = f64x2.add(squares, change)
    rest = f64x2.add(rest, sumErrors(squares, change, sum))
    squares = sum
    if (i < length - 1) continue
    // n * (squares + rest) - (hi + lo)^2, leading products first
    const total = f64x2.add(hi, lo)
    const totalRest = sumErrors(hi, lo, total)
    const most = f64x2.add(squares, rest)
    const mostRest = sumErrors(squares, rest, most)
    const product = f64x2.mul(sizes, most)
    const productRest = f64x2.add(wholeErrors(sizes, most, product), f64x2.mul(sizes, mostRest))
    const other = f64x2.mul(total, total)
    const otherRest = f64x2.add(squareErrors(total, other), f64x2.mul(f64x2.mul(two, total), totalRest))
    const spread = f64x2.sub(product, other)
    const error = f64x2.add(differenceErrors(product, other, spread), f64x2.sub(productRest, otherRest))
    const variance = f64x2.pmax(zero, f64x2.add(spread, error))
    const deviation = f64x2.sqrt(f64x2.div(variance, divisor))
    const to = at - src + dst
    v128.store_lane<f64>(to, deviation, 0)
    v128.store_lane<f64>(to + span, deviation, 1)
  }
}

/** What rounding took from `square = (d + e)^2`, e being far smaller than d. */
// @ts-ignore: decorator
@inline function pairSquareErrors(d: v128, e: v128, square: v128): v128 {
  return f64x2.add(squareErrors(d, square), f64x2.mul(f64x2.mul(f64x2.splat(2), d), e))
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
