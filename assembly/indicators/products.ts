// How two columns go together. Sums are pairs of columns, hi + lo, so that what is left of two large ones is right.
import { blank, get, put } from './column'
import { leading, sumError, sumErrors } from './exact'

/** What rounding took from `product = a * b`, but for less than 2^-105 of it. */
// @ts-ignore: decorator
@inline function productError(a: f64, b: f64, product: f64): f64 {
  const topA = leading(a)
  const topB = leading(b)
  const restA = a - topA
  const restB = b - topB
  return ((topA * topB - product) + topA * restB + restA * topB) + restA * restB
}

/** The same of two products at once: the same operations in the same order, so the same bits. */
// @ts-ignore: decorator
@inline function productErrors(a: v128, b: v128, product: v128): v128 {
  const topA = v128.and(a, i64x2.splat(-0x8000000))
  const topB = v128.and(b, i64x2.splat(-0x8000000))
  const restA = f64x2.sub(a, topA)
  const restB = f64x2.sub(b, topB)
  const most = f64x2.add(f64x2.sub(f64x2.mul(topA, topB), product), f64x2.mul(topA, restB))
  return f64x2.add(f64x2.add(most, f64x2.mul(restA, topB)), f64x2.mul(restA, restB))
}

/** Less than this part of the products is less than prices have digits: 2^-80. */
const LEAST = 8.271806125530277e-25

/**
 * length^2 times the covariances of the last `length` elements: of a with b into `ab`, of each with itself into `aa` and `bb`, as
 * length * sum(a * b) - sum(a) * sum(b). 0 where it is less than 2^-80 of the products. NaN for the first length - 1.
 *
 * Sums are pairs, and come in blocks as those of `windowSum`; those of a and b, and of their squares, a lane each. `room` has room for
 * 10 * min(length, n) doubles.
 */
export function windowMoments(
  a: usize,
  b: usize,
  ab: usize,
  aa: usize,
  bb: usize,
  n: i32,
  length: i32,
  room: usize,
): void {
  blank(ab, 0, length - 1, n)
  blank(aa, 0, length - 1, n)
  blank(bb, 0, length - 1, n)
  if (length > n) return
  const none = f64x2.splat(0)
  const count = <f64>length
  const counts = f64x2.splat(count)
  for (let first = 0; first < n; first += length) {
    const end = min(first + length, n)
    let ones = none
    let onesRest = none
    let squares = none
    let squaresRest = none
    let both = 0.0
    let bothRest = 0.0
    for (let i = first; i < end; i++) {
      const x = get(a, i)
      const y = get(b, i)
      const value = f64x2.replace_lane(f64x2.splat(x), 1, y)
      const one = f64x2.add(ones, value)
      onesRest = f64x2.add(onesRest, sumErrors(ones, value, one))
      ones = one
      const square = f64x2.mul(value, value)
      const two = f64x2.add(squares, square)
      squaresRest = f64x2.add(squaresRest, f64x2.add(sumErrors(squares, square, two), productErrors(value, value, square)))
      squares = two
      const product = x * y
      const three = both + product
      bothRest += sumError(both, product, three) + productError(x, y, product)
      both = three
      if (i < length - 1) continue
      // The end of the block before.
      const at = i - first + 1
      const from = room + <usize>at * 80
      const inside = at < length
      const oldOnes = inside ? v128.load(from) : none
      const oldSquares = inside ? v128.load(from, 32) : none
      const oldBoth = inside ? load<f64>(from, 64) : 0.0
      const sum = f64x2.add(ones, oldOnes)
      const sumRest = f64x2.add(sumErrors(ones, oldOnes, sum), f64x2.add(onesRest, inside ? v128.load(from, 16) : none))
      const hi = f64x2.add(sum, sumRest)
      const lo = sumErrors(sum, sumRest, hi)
      const total = f64x2.add(squares, oldSquares)
      const totalRest = f64x2.add(
        sumErrors(squares, oldSquares, total),
        f64x2.add(squaresRest, inside ? v128.load(from, 48) : none),
      )
      const hiSquares = f64x2.add(total, totalRest)
      const own = moments(counts, hiSquares, sumErrors(total, totalRest, hiSquares), hi, lo, hi, lo)
      put(aa, i, f64x2.extract_lane(own, 0))
      put(bb, i, f64x2.extract_lane(own, 1))
      const all = both + oldBoth
      const allRest = sumError(both, oldBoth, all) + (bothRest + (inside ? load<f64>(from, 72) : 0.0))
      const hiBoth = all + allRest
      const together = moments(
        counts,
        f64x2.splat(hiBoth),
        f64x2.splat(sumError(all, allRest, hiBoth)),
        f64x2.splat(f64x2.extract_lane(hi, 0)),
        f64x2.splat(f64x2.extract_lane(lo, 0)),
        f64x2.splat(f64x2.extract_lane(hi, 1)),
        f64x2.splat(f64x2.extract_lane(lo, 1)),
      )
      put(ab, i, f64x2.extract_lane(together, 0))
    }
    if (end - first < length) return
    ones = onesRest = squares = squaresRest = none
    both = bothRest = 0
    for (let i = length - 1; i >= 0; i--) {
      const x = get(a, first + i)
      const y = get(b, first + i)
      const value = f64x2.replace_lane(f64x2.splat(x), 1, y)
      const one = f64x2.add(ones, value)
      onesRest = f64x2.add(onesRest, sumErrors(ones, value, one))
      ones = one
      const square = f64x2.mul(value, value)
      const two = f64x2.add(squares, square)
      squaresRest = f64x2.add(squaresRest, f64x2.add(sumErrors(squares, square, two), productErrors(value, value, square)))
      squares = two
      const product = x * y
      const three = both + product
      bothRest += sumError(both, product, three) + productError(x, y, product)
      both = three
      const to = room + <usize>i * 80
      v128.store(to, ones)
      v128.store(to, onesRest, 16)
      v128.store(to, squares, 32)
      v128.store(to, squaresRest, 48)
      store<f64>(to, both, 64)
      store<f64>(to, bothRest, 72)
    }
  }
}

/** count * (hi + lo) - (hiA + loA) * (hiB + loB), of two at once, leading products first. */
// @ts-ignore: decorator
@inline function moments(count: v128, hi: v128, lo: v128, hiA: v128, loA: v128, hiB: v128, loB: v128): v128 {
  const one = f64x2.mul(count, hi)
  const other = f64x2.mul(hiA, hiB)
  const oneRest = f64x2.add(productErrors(count, hi, one), f64x2.mul(count, lo))
  const otherRest = f64x2.add(productErrors(hiA, hiB, other), f64x2.add(f64x2.mul(hiA, loB), f64x2.mul(hiB, loA)))
  const difference = f64x2.sub(one, other)
  const part = f64x2.sub(one, difference)
  const left = f64x2.add(f64x2.sub(one, f64x2.add(difference, part)), f64x2.sub(part, other))
  const value = f64x2.add(difference, f64x2.add(left, f64x2.sub(oneRest, otherRest)))
  return v128.and(value, f64x2.gt(f64x2.abs(value), f64x2.mul(f64x2.abs(one), f64x2.splat(LEAST))))
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
