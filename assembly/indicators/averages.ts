// Moving averages. Every kernel takes `src` and `dst` as pointers to columns of `n` values without gaps (column.ts), which are different
// columns. A length is in values.
import { blank, get, put } from './column'
import { differenceError, leading, quotient, quotients, sumError } from './exact'

/**
 * Simple moving average of the last `length` values: the exact mean of the window, rounded once.
 * A flat window therefore gives its value. NaN for the first length - 1. length < 2^26.
 *
 * The sum is made anew after every 4 * length values (at least 256). Between two such points a block
 * depends on nothing before it but its first window, so two blocks are worked on at once, a lane each.
 */
export function sma(src: usize, dst: usize, n: i32, length: i32): void {
  const count = <f64>length
  const inverse = 1.0 / count
  const block = max(256, length << 2)
  let i = 0
  while (i < n) {
    if (i >= length && n - i >= block << 1 && smaPair(src, dst, i, length, block)) {
      i += block << 1
      continue
    }
    let hi = 0.0
    let lo = 0.0
    for (let at = max(0, i - length); at < i; at++) {
      const value = get(src, at)
      const sum = hi + value
      lo += sumError(hi, value, sum)
      hi = sum
    }
    for (const end = i + min(block, n - i); i < end; i++) {
      let change = get(src, i)
      if (i >= length) {
        const old = get(src, i - length)
        const value = change
        change = value - old
        lo += differenceError(value, old, change)
      }
      const sum = hi + change
      lo += sumError(hi, change, sum)
      hi = sum
      put(dst, i, i >= length - 1 ? quotient(hi, lo, count, inverse) : NaN)
    }
  }
}

/**
 * Two whole blocks from element `from` on, which has `length` values before it. Prices of a block are nearly always
 * within a factor of two of each other; then differences are exact (Sterbenz) and no change exceeds
 * the sum, so its error takes two operations and theirs none. False, with nothing that counts
 * written, where that is not so.
 */
function smaPair(src: usize, dst: usize, from: i32, length: i32, block: i32): bool {
  const count = f64x2.splat(<f64>length)
  const inverse = f64x2.splat(1.0 / <f64>length)
  const reach = <usize>length << 3
  const span = <usize>block << 3
  const offset = dst - src
  let at = src + (<usize>from << 3)
  let least = f64x2.splat(Infinity)
  let most = f64x2.splat(0)
  let hi = f64x2.splat(0)
  let lo = f64x2.splat(0)
  for (let before = at - reach; before < at; before += 8) {
    const value = v128.load_lane<f64>(before + span, v128.load_splat<f64>(before), 1)
    least = f64x2.pmin(least, value)
    most = f64x2.pmax(most, value)
    const sum = f64x2.add(hi, value)
    const part = f64x2.sub(sum, hi)
    lo = f64x2.add(lo, f64x2.add(f64x2.sub(hi, f64x2.sub(sum, part)), f64x2.sub(value, part)))
    hi = sum
  }
  for (const end = at + span; at < end; at += 8) {
    const value = v128.load_lane<f64>(at + span, v128.load_splat<f64>(at), 1)
    least = f64x2.pmin(least, value)
    most = f64x2.pmax(most, value)
    const old = v128.load_lane<f64>(at - reach + span, v128.load_splat<f64>(at - reach), 1)
    const change = f64x2.sub(value, old)
    const sum = f64x2.add(hi, change)
    lo = f64x2.add(lo, f64x2.sub(change, f64x2.sub(sum, hi)))
    hi = sum
    const mean = quotients(hi, lo, count, inverse)
    v128.store_lane<f64>(at + offset, mean, 0)
    v128.store_lane<f64>(at + span + offset, mean, 1)
  }
  const low = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1))
  const high = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
  return low > 0 && high <= 2 * low
}

/**
 * Exponential moving average: average + (value - average) * 2 / (length + 1), begun with the mean of
 * the first `length` values. NaN before. (The recursion of TA-Lib and StockCharts.)
 */
export function ema(src: usize, dst: usize, n: i32, length: i32): void {
  smooth(src, dst, n, length, 2.0 / (<f64>length + 1.0))
}

/** Wilder's moving average: as `ema` with the weight 1 / length. (Wilder 1978, New Concepts in Technical Trading Systems.) */
export function rma(src: usize, dst: usize, n: i32, length: i32): void {
  smooth(src, dst, n, length, 1.0 / <f64>length)
}

/** As `ema` with a weight of one's own. `src` and `dst` may be one column. */
export function smooth(src: usize, dst: usize, n: i32, length: i32, weight: f64): void {
  if (length > n) return blank(dst, 0, length, n)
  let hi = 0.0
  let lo = 0.0
  for (let i = 0; i < length; i++) {
    const value = get(src, i)
    const sum = hi + value
    lo += sumError(hi, value, sum)
    hi = sum
    put(dst, i, NaN)
  }
  let average = quotient(hi, lo, <f64>length, 1.0 / <f64>length)
  put(dst, length - 1, average)
  for (let i = length; i < n; i++) {
    average += (get(src, i) - average) * weight
    put(dst, i, average)
  }
}

/**
 * Weighted moving average: weights 1, 2, ... length, the last value's the largest, divided by their sum;
 * exact, rounded once. NaN for the first length - 1. length <= 11,584, so that the sum of the
 * weights stays below 2^26.
 *
 * The weighted sum of the next window is this one's + length * value - the plain sum of this one.
 */
export function wma(src: usize, dst: usize, n: i32, length: i32): void {
  const weights = 0.5 * <f64>length * (<f64>length + 1.0)
  const inverse = 1.0 / weights
  let hi = 0.0
  let lo = 0.0
  let weighted = 0.0
  let rest = 0.0
  for (let i = 0; i < n; i++) {
    const value = get(src, i)
    const full = i >= length
    const old = full ? get(src, i - length) : 0.0
    const leaving = full ? hi : 0.0
    const restLeaving = full ? lo : 0.0
    const held = <f64>min(i + 1, length)
    const top = leading(value)
    const most = top * held
    const least = (value - top) * held
    let sum = weighted + most
    rest += sumError(weighted, most, sum)
    weighted = sum
    sum = weighted + least
    rest += sumError(weighted, least, sum)
    weighted = sum - leaving
    rest += differenceError(sum, leaving, weighted) - restLeaving
    const change = value - old
    lo += differenceError(value, old, change)
    sum = hi + change
    lo += sumError(hi, change, sum)
    hi = sum
    if (((i + 1) & 255) == 0) {
      sum = hi + lo
      lo = sumError(hi, lo, sum)
      hi = sum
      sum = weighted + rest
      rest = sumError(weighted, rest, sum)
      weighted = sum
    }
    put(dst, i, i >= length - 1 ? quotient(weighted, rest, weights, inverse) : NaN)
  }
}

/** The value `lag` before; NaN for the first `lag`. */
export function shift(src: usize, dst: usize, n: i32, lag: i32): void {
  blank(dst, 0, lag, n)
  if (lag < n) memory.copy(dst + (<usize>lag << 3), src, <usize>(n - lag) << 3)
}
