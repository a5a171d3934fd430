// How two columns go together. Sums are pairs of columns, hi + lo, so that what is left of two large ones is right.
import { blank, get, put } from './column'
import { leading, sumError } from './exact'

/** What rounding took from `product = a * b`, but for less than 2^-105 of it. */
// @ts-ignore: decorator
@inline function productError(a: f64, b: f64, product: f64): f64 {
  const topA = leading(a)
  const topB = leading(b)
  const restA = a - topA
  const restB = b - topB
  return ((topA * topB - product) + topA * restB + restA * topB) + restA * restB
}

/**
 * Sums of a * b of the last `length` elements as pairs, or of a where b is 0. Undefined for the first length - 1. In blocks as `windowSum`;
 * `his` and `los` have room for min(length, n) doubles.
 */
export function windowProducts(
  a: usize,
  b: usize,
  hi: usize,
  lo: usize,
  n: i32,
  length: i32,
  his: usize,
  los: usize,
): void {
  if (length > n) return
  for (let first = 0; first < n; first += length) {
    const end = min(first + length, n)
    let most = 0.0
    let rest = 0.0
    for (let i = first; i < end; i++) {
      const x = get(a, i)
      const y = b ? get(b, i) : 1.0
      const product = x * y
      let sum = most + product
      rest += sumError(most, product, sum) + (b ? productError(x, y, product) : 0.0)
      most = sum
      const at = i - first + 1
      const before = at < length ? get(his, at) : 0.0
      sum = most + before
      const left = sumError(most, before, sum) + (rest + (at < length ? get(los, at) : 0.0))
      put(hi, i, sum + left)
      put(lo, i, sumError(sum, left, sum + left))
    }
    if (end - first < length) return
    most = rest = 0.0
    for (let i = length - 1; i >= 0; i--) {
      const x = get(a, first + i)
      const y = b ? get(b, first + i) : 1.0
      const product = x * y
      const sum = most + product
      rest += sumError(most, product, sum) + (b ? productError(x, y, product) : 0.0)
      most = sum
      put(his, i, most)
      put(los, i, rest)
    }
  }
}

/**
 * length * sum(a * b) - sum(a) * sum(b), of the pairs of columns of `windowProducts`: length^2 times the covariance. 0 where it is less than 2^-80 of the
 * products, which is less than prices have digits. NaN for the first length - 1.
 */
export function comoment(
  hi: usize,
  lo: usize,
  hiA: usize,
  loA: usize,
  hiB: usize,
  loB: usize,
  dst: usize,
  n: i32,
  length: i32,
): void {
  blank(dst, 0, length - 1, n)
  const count = <f64>length
  for (let i = length - 1; i < n; i++) {
    const all = get(hi, i)
    const a = get(hiA, i)
    const b = get(hiB, i)
    const one = count * all
    const other = a * b
    const oneRest = productError(count, all, one) + count * get(lo, i)
    const otherRest = productError(a, b, other) + (a * get(loB, i) + b * get(loA, i))
    const difference = one - other
    const part = one - difference
    const left = (one - (difference + part)) + (part - other)
    const value = difference + (left + (oneRest - otherRest))
    put(dst, i, abs(value) > abs(one) * 8.271806125530277e-25 ? value : 0.0)
  }
}

/** ab / sqrt(aa * bb), kept between -1 and 1; 0 where one of them does not vary. `dst` may be one of them. */
export function correlate(ab: usize, aa: usize, bb: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const a = get(aa, i)
    const b = get(bb, i)
    if (a == a) put(dst, i, a > 0 && b > 0 ? max(-1.0, min(1.0, get(ab, i) / (sqrt(a) * sqrt(b)))) : 0.0)
    else put(dst, i, NaN)
  }
}

/**
 * Standard error of the least squares line through the last `length` values, with its slope and its mean given: the root of the sum of
 * squares of what is left of them / (length - 2). NaN for the first length - 1.
 */
export function lineError(src: usize, mean: usize, slope: usize, dst: usize, n: i32, length: i32): void {
  blank(dst, 0, length - 1, n)
  const half = 0.5 * <f64>(length - 1)
  for (let i = length - 1; i < n; i++) {
    const middle = get(mean, i)
    const rise = get(slope, i)
    const first = i - length + 1
    let squares = 0.0
    for (let k = 0; k < length; k++) {
      const left = get(src, first + k) - middle - (<f64>k - half) * rise
      squares += left * left
    }
    put(dst, i, sqrt(squares / <f64>(length - 2)))
  }
}

/** Angle of a slope in degrees. `dst` may be `src`. */
export function angle(src: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dst, i, Math.atan(get(src, i)) * (180.0 / Math.PI))
}

/** 0, 1, 2, ... */
export function countUp(dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dst, i, <f64>i)
}
