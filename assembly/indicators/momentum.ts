// Momentum. Pointers and lengths as in averages.ts.
import { blank, get, pair, put, putPair } from './column'
import { differenceError, sumError } from './exact'

/**
 * Relative strength index, 0..100: 100 * gain / (gain + loss), with Wilder's averages of the rises and falls
 * from one value to the next, begun with the plain mean of the first `length` of them, then
 * average + (move - average) * (1 / length). 50 where nothing has moved yet. NaN for the first `length` values.
 * (Wilder 1978; the same as 100 - 100 / (1 + gain / loss).)
 */
export function rsi(src: usize, dst: usize, n: i32, length: i32): void {
  if (length >= n) return blank(dst, 0, n, n)
  let last = get(src, 0)
  let gain = 0.0
  let loss = 0.0
  put(dst, 0, NaN)
  for (let i = 1; i <= length; i++) {
    const value = get(src, i)
    const move = value - last
    if (move > 0) gain += move
    else loss -= move
    last = value
    put(dst, i, NaN)
  }
  gain /= <f64>length
  loss /= <f64>length
  put(dst, length, strength(gain, loss))
  // Rise in one lane, fall in the other: one chain, and no branch on the sign of the move.
  const weights = f64x2.splat(1.0 / <f64>length)
  let averages = f64x2.replace_lane(f64x2.splat(gain), 1, loss)
  for (let i = length + 1; i < n; i++) {
    const value = get(src, i)
    const moves = f64x2.replace_lane(f64x2.splat(value - last), 1, last - value)
    last = value
    const change = f64x2.sub(f64x2.pmax(f64x2.splat(0), moves), averages)
    averages = f64x2.add(averages, f64x2.mul(change, weights))
    put(dst, i, strength(f64x2.extract_lane(averages, 0), f64x2.extract_lane(averages, 1)))
  }
}

// @ts-ignore: decorator
@inline function strength(gain: f64, loss: f64): f64 {
  const sum = gain + loss
  return sum == 0 ? 50.0 : (100.0 * gain) / sum
}

/** factor * (value - old) / old, old being `length` values back. NaN for the first `length` and where old is 0. */
export function roc(src: usize, dst: usize, n: i32, length: i32, factor: f64): void {
  blank(dst, 0, length, n)
  const factors = f64x2.splat(factor)
  const zero = f64x2.splat(0)
  const none = f64x2.splat(NaN)
  let i = length
  for (; i + 2 <= n; i += 2) {
    const old = pair(src, i - length)
    const change = f64x2.div(f64x2.mul(factors, f64x2.sub(pair(src, i), old)), old)
    putPair(dst, i, v128.bitselect(none, change, f64x2.eq(old, zero)))
  }
  for (; i < n; i++) {
    const old = get(src, i - length)
    put(dst, i, old != 0 ? (factor * (get(src, i) - old)) / old : NaN)
  }
}

/** Where the close stands in the range from low to high, 0..100; 0 where there is none. */
export function placeInRange(close: usize, high: usize, low: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const bottom = get(low, i)
    const range = get(high, i) - bottom
    put(dst, i, range > 0 ? (100.0 * (get(close, i) - bottom)) / range : range == range ? 0.0 : NaN)
  }
}

/** Mean distance of the last `length` values from their mean, `mean` being the column of these. NaN for the first length - 1. */
export function meanDistance(src: usize, mean: usize, dst: usize, n: i32, length: i32): void {
  blank(dst, 0, length - 1, n)
  for (let i = length - 1; i < n; i++) {
    const middle = get(mean, i)
    let sum = 0.0
    for (let at = i - length + 1; at <= i; at++) sum += abs(get(src, at) - middle)
    put(dst, i, sum / <f64>length)
  }
}

/** close - min(low, last close): what buyers have moved the price (Williams 1985). NaN on the first bar. */
export function buyingPressure(low: usize, close: usize, dst: usize, n: i32): void {
  blank(dst, 0, 1, n)
  for (let i = 1; i < n; i++) put(dst, i, get(close, i) - min(get(low, i), get(close, i - 1)))
}

/** The value, or the one before as long as it is within `least` of that. `dst` may be `src`. */
export function settle(src: usize, dst: usize, n: i32, least: f64): void {
  let last = NaN
  for (let i = 0; i < n; i++) {
    const value = get(src, i)
    if (!(abs(value - last) <= least)) last = value
    put(dst, i, last)
  }
}

/** How many rises in a row, or falls as a negative number; 0 where nothing moved, and on the first. */
export function streak(src: usize, dst: usize, n: i32): void {
  let run = 0.0
  if (n > 0) put(dst, 0, 0)
  for (let i = 1; i < n; i++) {
    const move = get(src, i) - get(src, i - 1)
    if (move > 0) run = max(run, 0) + 1
    else if (move < 0) run = min(run, 0) - 1
    else run = 0
    put(dst, i, run)
  }
}

/** How many of the last `length` values are below the one after them, in percent of length. NaN for the first `length`. */
export function shareBelow(src: usize, dst: usize, n: i32, length: i32): void {
  blank(dst, 0, length, n)
  for (let i = length; i < n; i++) {
    const value = get(src, i)
    let below = 0
    for (let at = i - length; at < i; at++) below += get(src, at) < value ? 1 : 0
    put(dst, i, (100.0 * <f64>below) / <f64>length)
  }
}

/**
 * Fisher's transform of x = 0.66 * (place in the range - 0.5) + 0.67 * the x before, kept between -0.999 and 0.999:
 * 0.5 * ln((1 + x) / (1 - x)) + 0.5 * the value before. `place` is 0..100; 0 at its first value. (Ehlers 2002.)
 */
export function fisherTransform(place: usize, dst: usize, n: i32): void {
  let x = 0.0
  let value = NaN
  for (let i = 0; i < n; i++) {
    const at = get(place, i)
    if (value == value) {
      x = 0.66 * (at / 100.0 - 0.5) + 0.67 * x
      if (x < -0.99) x = -0.999
      else if (x > 0.99) x = 0.999
      value = 0.5 * (Math.log((1.0 + x) / (1.0 - x)) + value)
    } else if (at == at) value = 0
    put(dst, i, value)
  }
}

// @ts-ignore: decorator
@inline function ratioOfMoves(ups: f64, downs: f64): f64 {
  const all = ups + downs
  return all > 0 ? (100.0 * (ups - downs)) / all : 0.0
}

/**
 * Chande's momentum oscillator of plain sums, -100..100: 100 * (rises - falls) / (rises + falls) over the last `length` moves; 0 where
 * nothing moved. NaN for the first `length`. (Chande and Kroll 1994, The New Technical Trader.)
 */
export function cmoPlain(src: usize, dst: usize, n: i32, length: i32): void {
  blank(dst, 0, length, n)
  let up = 0.0
  let upRest = 0.0
  let down = 0.0
  let downRest = 0.0
  for (let i = 1; i < n; i++) {
    const move = get(src, i) - get(src, i - 1)
    const old = i > length ? get(src, i - length) - get(src, i - length - 1) : 0.0
    let one = max(move, 0)
    let other = max(old, 0)
    let change = one - other
    upRest += differenceError(one, other, change)
    let sum = up + change
    upRest += sumError(up, change, sum)
    up = sum
    one = max(-move, 0)
    other = max(-old, 0)
    change = one - other
    downRest += differenceError(one, other, change)
    sum = down + change
    downRest += sumError(down, change, sum)
    down = sum
    if (i >= length) put(dst, i, ratioOfMoves(max(up + upRest, 0), max(down + downRest, 0)))
  }
}

/**
 * Where a value stands between bottom and top, 0..100, or where it stood last where these are one (0 at first), smoothed:
 * value + factor * (place - value), begun with the first place. (Schaff 1999.)
 */
export function schaffCycle(src: usize, top: usize, bottom: usize, dst: usize, n: i32, factor: f64): void {
  let place = 0.0
  let value = NaN
  for (let i = 0; i < n; i++) {
    const low = get(bottom, i)
    const range = get(top, i) - low
    if (range == range) {
      if (range > 0) place = (100.0 * (get(src, i) - low)) / range
      value = value == value ? value + factor * (place - value) : place
    }
    put(dst, i, value)
  }
}

/**
 * A line that trails a value by `reach`: below it while the value rises and above it while it falls, going only towards the value until that
 * crosses it. It begins below. direction is 1 below, -1 above. NaN where reach is.
 */
export function trail(src: usize, reach: usize, dst: usize, direction: usize, n: i32): void {
  let below = NaN
  let above = NaN
  let side = 1.0
  let last = NaN
  for (let i = 0; i < n; i++) {
    const value = get(src, i)
    const least = value - get(reach, i)
    const most = value + get(reach, i)
    if (least != least) {
      put(dst, i, NaN)
      put(direction, i, NaN)
      continue
    }
    if (value > above) side = 1
    else if (value < below) side = -1
    below = last > below && value > below && below > least ? below : least
    above = last < above && value < above && above < most ? above : most
    last = value
    put(dst, i, side > 0 ? below : above)
    put(direction, i, side)
  }
}

/** 1 where x * a < y * b, else 0; NaN where either is. */
export function isBelow(a: usize, x: f64, b: usize, y: f64, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const one = x * get(a, i)
    const other = y * get(b, i)
    put(dst, i, one < other ? 1.0 : one >= other ? 0.0 : NaN)
  }
}
