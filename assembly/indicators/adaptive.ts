// Averages whose weight goes by what prices do. Pointers and lengths as in averages.ts.
import { blank, get, put } from './column'
import { differenceError, quotient, sumError } from './exact'

/**
 * Kaufman's efficiency ratio, 0..1: |value - the one `length` before| / the sum of the moves between; `otherwise` where nothing moved. NaN
 * for the first `length`. (Kaufman 1995, Smarter Trading.)
 */
export function efficiency(src: usize, dst: usize, n: i32, length: i32, otherwise: f64): void {
  blank(dst, 0, length, n)
  let hi = 0.0
  let lo = 0.0
  for (let i = 1; i < n; i++) {
    const value = get(src, i)
    const move = abs(value - get(src, i - 1))
    const leaving = i > length ? abs(get(src, i - length) - get(src, i - length - 1)) : 0.0
    const change = move - leaving
    lo += differenceError(move, leaving, change)
    const sum = hi + change
    lo += sumError(hi, change, sum)
    hi = sum
    if (i < length) continue
    const moved = hi + lo
    put(dst, i, moved > 0 ? min(1.0, abs(value - get(src, i - length)) / moved) : otherwise)
  }
}

/**
 * Kaufman's adaptive average: average + (value - average) * c^2, c = efficiency * (quick - calm) + calm with quick = 2 / (fast + 1) and
 * calm = 2 / (slow + 1), begun with the value before the first. `ratio` is the column of efficiencies.
 */
export function kama(src: usize, ratio: usize, dst: usize, n: i32, length: i32, fast: i32, slow: i32): void {
  blank(dst, 0, length, n)
  if (length >= n) return
  const calm = 2.0 / (<f64>slow + 1.0)
  const span = 2.0 / (<f64>fast + 1.0) - calm
  let average = get(src, length - 1)
  for (let i = length; i < n; i++) {
    const weight = get(ratio, i) * span + calm
    average += (get(src, i) - average) * (weight * weight)
    put(dst, i, average)
  }
}

/**
 * An average with a weight of each value's own: average + (value - average) * weight, begun with the mean of the first `length` values.
 * NaN before. `weight` has a value from element `length` on.
 */
export function smoothBy(src: usize, weight: usize, dst: usize, n: i32, length: i32): void {
  blank(dst, 0, length - 1, n)
  if (length > n) return
  let hi = 0.0
  let lo = 0.0
  for (let i = 0; i < length; i++) {
    const value = get(src, i)
    const sum = hi + value
    lo += sumError(hi, value, sum)
    hi = sum
  }
  let average = quotient(hi, lo, <f64>length, 1.0 / <f64>length)
  put(dst, length - 1, average)
  for (let i = length; i < n; i++) {
    average += (get(src, i) - average) * get(weight, i)
    put(dst, i, average)
  }
}

/**
 * McGinley's dynamic: average + (value - average) / (factor * length * (value / average)^4), begun with the first value. Where that
 * would be beyond the value or value and average do not have one sign, the value. (McGinley 1997.)
 */
export function mcginley(src: usize, dst: usize, n: i32, length: i32, factor: f64): void {
  const slowness = factor * <f64>length
  let average = NaN
  for (let i = 0; i < n; i++) {
    const value = get(src, i)
    const ratio = value / average
    const square = ratio * ratio
    const divisor = slowness * (square * square)
    average = ratio > 0 && divisor >= 1 ? average + (value - average) / divisor : value
    put(dst, i, average)
  }
}

/**
 * Arnaud Legoux's average: weights exp(-(i - offset * (length - 1))^2 / (2 * (length / sigma)^2)) for i = 0 (the oldest) to length - 1,
 * divided by their sum. NaN for the first length - 1. `weights` has room for min(length, n + 1) doubles. (Legoux and Kouzis-Loukas 2009.)
 */
export function alma(src: usize, dst: usize, n: i32, length: i32, offset: f64, sigma: f64, weights: usize): void {
  blank(dst, 0, length - 1, n)
  if (length > n) return
  const middle = offset * <f64>(length - 1)
  const width = <f64>length / sigma
  let all = 0.0
  for (let i = 0; i < length; i++) {
    const distance = <f64>i - middle
    const weight = Math.exp(-(distance * distance) / (2.0 * width * width))
    put(weights, i, weight)
    all += weight
  }
  for (let i = 0; i < length; i++) put(weights, i, get(weights, i) / all)
  for (let i = length - 1; i < n; i++) {
    let sum = 0.0
    const first = i - length + 1
    for (let k = 0; k < length; k++) sum += get(src, first + k) * get(weights, k)
    put(dst, i, sum)
  }
}

/** dst = src wherever the whole part of `periods`, kept between least and most, is `period`. Returns how often it is. */
export function pickPeriod(
  src: usize,
  periods: usize,
  dst: usize,
  n: i32,
  period: i32,
  least: i32,
  most: i32,
): i32 {
  let count = 0
  for (let i = 0; i < n; i++) {
    const wanted = min(<f64>most, max(<f64>least, trunc(get(periods, i))))
    if (wanted != <f64>period) continue
    put(dst, i, get(src, i))
    count++
  }
  return count
}
