// Sums that stay exact while values enter and leave a window: an unevaluated pair hi + lo, kept by
// error-free transformations (Dekker 1971; Knuth, The Art of Computer Programming 2, section 4.2.2).
// The pair is exact as long as the largest value of a window is less than about 2^30 times its
// smallest, so what it gives does not depend on the values before the window: no drift, ever.

/** What rounding took from `sum = a + b`: a + b = sum + sumError exactly. */
// @ts-ignore: decorator
@inline export function sumError(a: f64, b: f64, sum: f64): f64 {
  const part = sum - a
  return (a - (sum - part)) + (b - part)
}

/** What rounding took from `difference = a - b`. */
// @ts-ignore: decorator
@inline export function differenceError(a: f64, b: f64, difference: f64): f64 {
  const part = a - difference
  return (a - (difference + part)) + (part - b)
}

/** The same of two sums at once: the same operations in the same order, so the same bits. */
// @ts-ignore: decorator
@inline export function sumErrors(a: v128, b: v128, sum: v128): v128 {
  const part = f64x2.sub(sum, a)
  return f64x2.add(f64x2.sub(a, f64x2.sub(sum, part)), f64x2.sub(b, part))
}

/** Likewise of two differences. */
// @ts-ignore: decorator
@inline export function differenceErrors(a: v128, b: v128, difference: v128): v128 {
  const part = f64x2.sub(a, difference)
  return f64x2.add(f64x2.sub(a, f64x2.add(difference, part)), f64x2.sub(part, b))
}

/** The leading 26 bits of `x`; `x - leading(x)` is exact and has at most 27. */
// @ts-ignore: decorator
@inline export function leading(x: f64): f64 {
  return reinterpret<f64>(reinterpret<i64>(x) & -0x8000000)
}

/**
 * The double nearest to (hi + lo) / n for a whole n below 2^26, with inverse = 1 / n: a first guess
 * is corrected by its exact remainder, so halves, too, round as the exact quotient would.
 */
// @ts-ignore: decorator
@inline export function quotient(hi: f64, lo: f64, n: f64, inverse: f64): f64 {
  const guess = hi * inverse
  const top = leading(guess)
  return guess + (((hi - top * n) - (guess - top) * n) + lo) / n
}

/** The same for two windows at once: the same operations in the same order, so the same bits. */
// @ts-ignore: decorator
@inline export function quotients(hi: v128, lo: v128, n: v128, inverse: v128): v128 {
  const guess = f64x2.mul(hi, inverse)
  const top = v128.and(guess, i64x2.splat(-0x8000000))
  const rest = f64x2.sub(f64x2.sub(hi, f64x2.mul(top, n)), f64x2.mul(f64x2.sub(guess, top), n))
  return f64x2.add(guess, f64x2.div(f64x2.add(rest, lo), n))
}

/** A value that counts: finite. NaN and infinities are absent. */
// @ts-ignore: decorator
@inline export function present(x: f64): bool {
  return x - x == 0
}

/** What rounding took from each `square = x * x`, but for less than 2^-105 of it. */
// @ts-ignore: decorator
@inline export function squareErrors(x: v128, square: v128): v128 {
  const top = v128.and(x, i64x2.splat(-0x8000000))
  const rest = f64x2.sub(x, top)
  const most = f64x2.sub(f64x2.mul(top, top), square)
  return f64x2.add(f64x2.add(most, f64x2.mul(f64x2.mul(f64x2.splat(2), top), rest)), f64x2.mul(rest, rest))
}

/** What rounding took from each `product = n * x` for a whole n below 2^26. */
// @ts-ignore: decorator
@inline export function wholeErrors(n: v128, x: v128, product: v128): v128 {
  const top = v128.and(x, i64x2.splat(-0x8000000))
  return f64x2.add(f64x2.sub(f64x2.mul(n, top), product), f64x2.mul(n, f64x2.sub(x, top)))
}
