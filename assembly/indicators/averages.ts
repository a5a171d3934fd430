// Moving averages. Every kernel takes `src` and `dst` as pointers to columns of `n` values without gaps (column.ts), which are different
// columns. A length is in values.
import { blank, bothBlocks, get, put } from './column'
import { differenceError, differenceErrors, quotient, quotients, sumError, sumErrors, wholeErrors } from './exact'

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
    if (i >= length && n - i >= block << 1) {
      smaPair(src, dst, i, length, block)
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

/** Two whole blocks from element `from` on, which has `length` values before it: what `sma` does, a block in each lane. */
function smaPair(src: usize, dst: usize, from: i32, length: i32, block: i32): void {
  const count = f64x2.splat(<f64>length)
  const inverse = f64x2.splat(1.0 / <f64>length)
  const reach = <usize>length << 3
  const span = <usize>block << 3
  const offset = dst - src
  let at = src + (<usize>from << 3)
  let hi = f64x2.splat(0)
  let lo = f64x2.splat(0)
  for (let before = at - reach; before < at; before += 8) {
    const value = bothBlocks(before, span)
    const sum = f64x2.add(hi, value)
    lo = f64x2.add(lo, sumErrors(hi, value, sum))
    hi = sum
  }
  for (const end = at + span; at < end; at += 8) {
    const value = bothBlocks(at, span)
    const old = bothBlocks(at - reach, span)
    const change = f64x2.sub(value, old)
    lo = f64x2.add(lo, differenceErrors(value, old, change))
    const sum = f64x2.add(hi, change)
    lo = f64x2.add(lo, sumErrors(hi, change, sum))
    hi = sum
    const mean = quotients(hi, lo, count, inverse)
    v128.store_lane<f64>(at + offset, mean, 0)
    v128.store_lane<f64>(at + span + offset, mean, 1)
  }
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

/**
 * Ema, ema of ema, and ema of ema of ema: what `ema` gives, run on what it gave, to the bit. Each begins length - 1 values after the one
 * before. All three go through the values together, so that one need not wait for the other.
 */
export function emas(src: usize, once: usize, twice: usize, thrice: usize, n: i32, length: i32): void {
  const weight = 2.0 / (<f64>length + 1.0)
  const lag = length - 1
  const head = min(n, 3 * lag + 1)
  const skip = <usize>lag << 3
  smooth(src, once, head, length, weight)
  blank(twice, 0, lag, head)
  blank(thrice, 0, 2 * lag, head)
  if (head > lag) smooth(once + skip, twice + skip, head - lag, length, weight)
  if (head > 2 * lag) smooth(twice + 2 * skip, thrice + 2 * skip, head - 2 * lag, length, weight)
  if (head == n) return
  let first = get(once, head - 1)
  let second = get(twice, head - 1)
  let third = get(thrice, head - 1)
  for (let i = head; i < n; i++) {
    first += (get(src, i) - first) * weight
    second += (first - second) * weight
    third += (second - third) * weight
    put(once, i, first)
    put(twice, i, second)
    put(thrice, i, third)
  }
}

/**
 * Ema of `second` of ema of `first` values, of two columns at once, each of which begins with `skip` values that are NaN: what `ema` of `ema` gives, to the
 * bit. `work` has room for n doubles.
 */
export function smoothTwice(
  a: usize,
  b: usize,
  toA: usize,
  toB: usize,
  work: usize,
  n: i32,
  skip: i32,
  first: i32,
  second: i32,
): void {
  const weight = 2.0 / (<f64>first + 1.0)
  const next = 2.0 / (<f64>second + 1.0)
  // Where the second average begins.
  const begin = skip + first - 1
  const head = min(n, begin + second)
  let once = smoothHead(a, toA, work, skip, head, begin, first, second, weight, next)
  const other = smoothHead(b, toB, work, skip, head, begin, first, second, weight, next)
  if (head == n) return
  let both = f64x2.replace_lane(f64x2.splat(once), 1, other)
  let twice = f64x2.replace_lane(f64x2.splat(get(toA, head - 1)), 1, get(toB, head - 1))
  const weights = f64x2.splat(weight)
  const nexts = f64x2.splat(next)
  for (let i = head; i < n; i++) {
    const at = <usize>i << 3
    const value = v128.load_lane<f64>(b + at, v128.load_splat<f64>(a + at), 1)
    both = f64x2.add(both, f64x2.mul(f64x2.sub(value, both), weights))
    twice = f64x2.add(twice, f64x2.mul(f64x2.sub(both, twice), nexts))
    v128.store_lane<f64>(toA + at, twice, 0)
    v128.store_lane<f64>(toB + at, twice, 1)
  }
}

/** The beginning of one of both, up to the first value of the second average; returns the last one of the first. */
function smoothHead(
  src: usize,
  dst: usize,
  work: usize,
  skip: i32,
  head: i32,
  begin: i32,
  first: i32,
  second: i32,
  weight: f64,
  next: f64,
): f64 {
  blank(dst, 0, head, head)
  if (head <= begin) return NaN
  smooth(src + (<usize>skip << 3), work, head - skip, first, weight)
  smooth(work + (<usize>(first - 1) << 3), dst + (<usize>begin << 3), head - begin, second, next)
  return get(work, head - skip - 1)
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
 * The weighted sum of the next window is this one's + length * value - the plain sum of this one. Both are made anew in
 * blocks, and two blocks are worked on at once, as in `sma`.
 */
export function wma(src: usize, dst: usize, n: i32, length: i32): void {
  const weights = 0.5 * <f64>length * (<f64>length + 1.0)
  const block = max(256, length << 2)
  const step = block << 1
  blank(dst, 0, length - 1, n)
  for (let i = length - 1; i < n; ) {
    const paired = n - i >= step
    const count = paired ? block : min(block, n - i)
    wmaBlocks(src, dst, i, length, count, paired ? block : 0, weights)
    i += paired ? step : count
  }
}

/**
 * The values from element `from` on, of which each has its whole window: `count` of them, and in the other lane as many `apart` later (0: the
 * same again).
 */
function wmaBlocks(src: usize, dst: usize, from: i32, length: i32, count: i32, apart: i32, weights: f64): void {
  const all = f64x2.splat(weights)
  const inverse = f64x2.splat(1.0 / weights)
  const span = <usize>apart << 3
  const reach = <usize>length << 3
  const offset = dst - src
  const most = f64x2.splat(<f64>length)
  const first = src + (<usize>(from - length + 1) << 3)
  let at = src + (<usize>from << 3)
  let hi = f64x2.splat(0)
  let lo = hi
  let weighted = hi
  let rest = hi
  let weight = hi
  // The window of the first value, without it.
  for (let before = first; before < at; before += 8) {
    const value = bothBlocks(before, span)
    let sum = f64x2.add(hi, value)
    lo = f64x2.add(lo, sumErrors(hi, value, sum))
    hi = sum
    weight = f64x2.add(weight, f64x2.splat(1))
    sum = f64x2.mul(value, weight)
    rest = f64x2.add(rest, wholeErrors(weight, value, sum))
    const next = f64x2.add(weighted, sum)
    rest = f64x2.add(rest, sumErrors(weighted, sum, next))
    weighted = next
  }
  for (const end = at + (<usize>count << 3); at < end; at += 8) {
    const value = bothBlocks(at, span)
    const product = f64x2.mul(value, most)
    rest = f64x2.add(rest, wholeErrors(most, value, product))
    let sum = f64x2.add(weighted, product)
    rest = f64x2.add(rest, sumErrors(weighted, product, sum))
    weighted = sum
    sum = f64x2.add(hi, value)
    lo = f64x2.add(lo, sumErrors(hi, value, sum))
    hi = sum
    const mean = quotients(weighted, rest, all, inverse)
    v128.store_lane<f64>(at + offset, mean, 0)
    v128.store_lane<f64>(at + span + offset, mean, 1)
    // What the next window has of this one: each a weight less, and without its oldest.
    sum = f64x2.sub(weighted, hi)
    rest = f64x2.add(rest, f64x2.sub(differenceErrors(weighted, hi, sum), lo))
    weighted = sum
    const old = bothBlocks(at + 8 - reach, span)
    sum = f64x2.sub(hi, old)
    lo = f64x2.add(lo, differenceErrors(hi, old, sum))
    hi = sum
  }
}

/** The value `lag` before; NaN for the first `lag`. */
export function shift(src: usize, dst: usize, n: i32, lag: i32): void {
  blank(dst, 0, lag, n)
  if (lag < n) memory.copy(dst + (<usize>lag << 3), src, <usize>(n - lag) << 3)
}
