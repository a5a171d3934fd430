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

/** Rate of change in percent: 100 * (value - old) / old, old being `length` values back. NaN for the first `length` and where old is 0. */
export function roc(src: usize, dst: usize, n: i32, length: i32): void {
  blank(dst, 0, length, n)
  const hundred = f64x2.splat(100)
  const zero = f64x2.splat(0)
  const none = f64x2.splat(NaN)
  let i = length
  for (; i + 2 <= n; i += 2) {
    const old = pair(src, i - length)
    const change = f64x2.div(f64x2.mul(hundred, f64x2.sub(pair(src, i), old)), old)
    putPair(dst, i, v128.bitselect(none, change, f64x2.eq(old, zero)))
  }
  for (; i < n; i++) {
    const old = get(src, i - length)
    put(dst, i, old != 0 ? (100.0 * (get(src, i) - old)) / old : NaN)
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
