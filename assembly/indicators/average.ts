// Moving averages. Every kernel takes `src` and `dst` as pointers to the first of `n` bars of one
// asset, `stride` elements apart; src and dst are different columns. An absent bar (a value that is not
// finite) gives NaN and leaves the state as it was, so windows count the asset's own bars.
import { differenceError, leading, present, quotient, quotients, sumError } from './exact'

/**
 * Simple moving average of the last `length` bars: the exact mean of the window, rounded once.
 * A flat window therefore gives its value. NaN for the first length - 1 bars. length < 2^26.
 *
 * The sum is made anew after every 4 * length own bars (at least 256). Between two such points a block
 * depends on nothing before it but its first window, so two blocks are worked on at once, a lane each.
 */
export function sma(src: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  const offset = dst - src
  const count = <f64>length
  const inverse = 1.0 / count
  const block = max(256, length << 2)
  const span = <usize>block * step
  const pair = (<u64>block * <u64>step) << 1
  let tail = src
  let held = 0
  while (src < end) {
    if (held == length && src - tail == <usize>length * step && <u64>(end - src) >= pair) {
      if (smaPair(src, offset, step, length, span)) {
        src += span << 1
        tail += span << 1
        continue
      }
    }
    let hi = 0.0
    let lo = 0.0
    for (let at = tail; at < src; at += step) {
      const value = load<f64>(at)
      if (!present(value)) continue
      const sum = hi + value
      lo += sumError(hi, value, sum)
      hi = sum
    }
    for (let left = block; left > 0 && src < end; src += step) {
      const value = load<f64>(src)
      if (!present(value)) {
        store<f64>(src + offset, NaN)
        continue
      }
      left--
      let change = value
      if (held == length) {
        const old = load<f64>(tail)
        change = value - old
        lo += differenceError(value, old, change)
        do tail += step
        while (!present(load<f64>(tail)))
      } else if (++held == 1) tail = src
      const sum = hi + change
      lo += sumError(hi, change, sum)
      hi = sum
      store<f64>(src + offset, held == length ? quotient(hi, lo, count, inverse) : NaN)
    }
  }
}

/**
 * Two whole blocks at `src`, the `length` bars before it present. Prices of a block are nearly always
 * within a factor of two of each other; then differences are exact (Sterbenz) and no change exceeds
 * the sum, so its error takes two operations and theirs none. False, with nothing that counts
 * written, where that is not so or a bar is absent.
 */
function smaPair(src: usize, offset: usize, step: usize, length: i32, span: usize): bool {
  const count = f64x2.splat(<f64>length)
  const inverse = f64x2.splat(1.0 / <f64>length)
  const reach = <usize>length * step
  let least = f64x2.splat(Infinity)
  let most = f64x2.splat(0)
  let hi = f64x2.splat(0)
  let lo = f64x2.splat(0)
  for (let at = src - reach; at < src; at += step) {
    const value = v128.load_lane<f64>(at + span, v128.load_splat<f64>(at), 1)
    least = f64x2.pmin(least, value)
    most = f64x2.pmax(most, value)
    const sum = f64x2.add(hi, value)
    const part = f64x2.sub(sum, hi)
    lo = f64x2.add(lo, f64x2.add(f64x2.sub(hi, f64x2.sub(sum, part)), f64x2.sub(value, part)))
    hi = sum
  }
  for (let end = src + span; src < end; src += step) {
    const value = v128.load_lane<f64>(src + span, v128.load_splat<f64>(src), 1)
    least = f64x2.pmin(least, value)
    most = f64x2.pmax(most, value)
    const old = v128.load_lane<f64>(src - reach + span, v128.load_splat<f64>(src - reach), 1)
    const change = f64x2.sub(value, old)
    const sum = f64x2.add(hi, change)
    lo = f64x2.add(lo, f64x2.sub(change, f64x2.sub(sum, hi)))
    hi = sum
    const mean = quotients(hi, lo, count, inverse)
    v128.store_lane<f64>(src + offset, mean, 0)
    v128.store_lane<f64>(src + span + offset, mean, 1)
  }
  const low = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1))
  const high = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
  // What is not finite never leaves a sum.
  return low > 0 && high <= 2 * low && present(f64x2.extract_lane(hi, 0)) && present(f64x2.extract_lane(hi, 1))
}

/**
 * Exponential moving average: average + (value - average) * 2 / (length + 1), begun with the mean of
 * the first `length` values. NaN before. (The recursion of TA-Lib and StockCharts.)
 */
export function ema(src: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  smooth(src, dst, n, stride, length, 2.0 / (<f64>length + 1.0))
}

/** Wilder's moving average: as `ema` with the weight 1 / length. (Wilder 1978, New Concepts in Technical Trading Systems.) */
export function rma(src: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  smooth(src, dst, n, stride, length, 1.0 / <f64>length)
}

function smooth(src: usize, dst: usize, n: i32, stride: i32, length: i32, weight: f64): void {
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  let hi = 0.0
  let lo = 0.0
  let held = 0
  let average = NaN
  for (; src < end && held < length; src += step, dst += step) {
    const value = load<f64>(src)
    if (present(value)) {
      const sum = hi + value
      lo += sumError(hi, value, sum)
      hi = sum
      if (++held == length) average = quotient(hi, lo, <f64>length, 1.0 / <f64>length)
    }
    store<f64>(dst, present(value) ? average : NaN)
  }
  for (; src < end; src += step, dst += step) {
    const value = load<f64>(src)
    if (present(value)) {
      average += (value - average) * weight
      store<f64>(dst, average)
    } else store<f64>(dst, NaN)
  }
}

/**
 * Weighted moving average: weights 1, 2, ... length, the last bar's the largest, divided by their sum;
 * exact, rounded once. NaN for the first length - 1 bars. length <= 11,584, so that the sum of the
 * weights stays below 2^26.
 *
 * The weighted sum of the next window is this one's + length * value - the plain sum of this one.
 */
export function wma(src: usize, dst: usize, n: i32, stride: i32, length: i32): void {
  const step = <usize>stride << 3
  const end = src + <usize>n * step
  const weights = 0.5 * <f64>length * (<f64>length + 1.0)
  const inverse = 1.0 / weights
  let hi = 0.0
  let lo = 0.0
  let weighted = 0.0
  let rest = 0.0
  let held = 0
  let seen = 0
  let tail = src
  for (; src < end; src += step, dst += step) {
    const value = load<f64>(src)
    if (!present(value)) {
      store<f64>(dst, NaN)
      continue
    }
    let old = 0.0
    let leaving = 0.0
    let restLeaving = 0.0
    if (held == length) {
      leaving = hi
      restLeaving = lo
      old = load<f64>(tail)
      do tail += step
      while (!present(load<f64>(tail)))
    } else if (++held == 1) tail = src
    const top = leading(value)
    const most = top * <f64>held
    const least = (value - top) * <f64>held
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
    if ((++seen & 255) == 0) {
      sum = hi + lo
      lo = sumError(hi, lo, sum)
      hi = sum
      sum = weighted + rest
      rest = sumError(weighted, rest, sum)
      weighted = sum
    }
    store<f64>(dst, held == length ? quotient(weighted, rest, weights, inverse) : NaN)
  }
}
