// Columns taken together, element by element; `dst` may be one of them.
import { blank, get, pair, put, putPair } from './column'

/** a + b */
export function add(a: usize, b: usize, dst: usize, n: i32): void {
  let i = 0
  for (; i + 2 <= n; i += 2) putPair(dst, i, f64x2.add(pair(a, i), pair(b, i)))
  if (i < n) put(dst, i, get(a, i) + get(b, i))
}

/** a - b */
export function subtract(a: usize, b: usize, dst: usize, n: i32): void {
  let i = 0
  for (; i + 2 <= n; i += 2) putPair(dst, i, f64x2.sub(pair(a, i), pair(b, i)))
  if (i < n) put(dst, i, get(a, i) - get(b, i))
}

/** a * b */
export function multiply(a: usize, b: usize, dst: usize, n: i32): void {
  let i = 0
  for (; i + 2 <= n; i += 2) putPair(dst, i, f64x2.mul(pair(a, i), pair(b, i)))
  if (i < n) put(dst, i, get(a, i) * get(b, i))
}

/** factor * a / b; `otherwise` where b is 0. */
export function divide(a: usize, b: usize, dst: usize, n: i32, factor: f64, otherwise: f64): void {
  const factors = f64x2.splat(factor)
  const none = f64x2.splat(otherwise)
  const zero = f64x2.splat(0)
  let i = 0
  for (; i + 2 <= n; i += 2) {
    const below = pair(b, i)
    const ratio = f64x2.div(f64x2.mul(factors, pair(a, i)), below)
    putPair(dst, i, v128.bitselect(none, ratio, f64x2.eq(below, zero)))
  }
  if (i < n) put(dst, i, get(b, i) != 0 ? (factor * get(a, i)) / get(b, i) : otherwise)
}

/** a * x + y, rounded after each operation. */
export function affine(a: usize, x: f64, y: f64, dst: usize, n: i32): void {
  const xs = f64x2.splat(x)
  const ys = f64x2.splat(y)
  let i = 0
  for (; i + 2 <= n; i += 2) putPair(dst, i, f64x2.add(f64x2.mul(pair(a, i), xs), ys))
  if (i < n) put(dst, i, get(a, i) * x + y)
}

/** max(a - b, 0) */
export function excess(a: usize, b: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dst, i, max(get(a, i) - get(b, i), 0))
}

/** a * x + b * y, rounded after each operation. */
export function weigh(a: usize, x: f64, b: usize, y: f64, dst: usize, n: i32): void {
  const xs = f64x2.splat(x)
  const ys = f64x2.splat(y)
  let i = 0
  for (; i + 2 <= n; i += 2) {
    putPair(dst, i, f64x2.add(f64x2.mul(pair(a, i), xs), f64x2.mul(pair(b, i), ys)))
  }
  if (i < n) put(dst, i, get(a, i) * x + get(b, i) * y)
}

/** |a| * x */
export function absolute(a: usize, x: f64, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dst, i, abs(get(a, i)) * x)
}

/** a - the value `lag` before; NaN for the first `lag`. `dst` is another column. */
export function change(a: usize, dst: usize, n: i32, lag: i32): void {
  blank(dst, 0, lag, n)
  for (let i = lag; i < n; i++) put(dst, i, get(a, i) - get(a, i - lag))
}
