// Volatility. Pointers and lengths as in averages.ts.
import { get, pair, put, putPair } from './column'

/**
 * True range: max(high - low, |high - previous close|, |low - previous close|), high - low on the first bar.
 * (Wilder 1978.)
 */
export function trueRange(high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  if (n > 0) put(dst, 0, get(high, 0) - get(low, 0))
  let i = 1
  for (; i + 2 <= n; i += 2) {
    const last = pair(close, i - 1)
    putPair(dst, i, f64x2.sub(f64x2.pmax(pair(high, i), last), f64x2.pmin(pair(low, i), last)))
  }
  for (; i < n; i++) {
    const last = get(close, i - 1)
    put(dst, i, max(get(high, i), last) - min(get(low, i), last))
  }
}

/** ln(a / b); NaN where that is no number. */
export function logRatio(a: usize, b: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const ratio = get(a, i) / get(b, i)
    put(dst, i, ratio > 0 ? Math.log(ratio) : NaN)
  }
}

/** The part of Garman and Klass of a bar: 0.5 * ln(high / low)^2 - (2 * ln 2 - 1) * ln(close / open)^2. (Garman and Klass 1980.) */
export function garmanKlassTerm(open: usize, high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  const weight = 2.0 * Math.LN2 - 1.0
  for (let i = 0; i < n; i++) {
    const range = Math.log(get(high, i) / get(low, i))
    const body = Math.log(get(close, i) / get(open, i))
    put(dst, i, 0.5 * range * range - weight * body * body)
  }
}

/**
 * The part of Rogers and Satchell of a bar: ln(high / close) * ln(high / open) + ln(low / close) * ln(low / open). (Rogers and Satchell
 * 1991.)
 */
export function rogersSatchellTerm(open: usize, high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const o = get(open, i)
    const h = get(high, i)
    const l = get(low, i)
    const c = get(close, i)
    put(dst, i, Math.log(h / c) * Math.log(h / o) + Math.log(l / c) * Math.log(l / o))
  }
}

/** sqrt(a) * x; 0 where a is below 0, which only rounding makes it. */
export function root(a: usize, x: f64, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const value = get(a, i)
    put(dst, i, value < 0 ? 0.0 : sqrt(value) * x)
  }
}

/** dst = src where the value rose (sign 1) or fell (sign -1) against the one before, else 0; NaN where src is. */
export function whereMoved(value: usize, src: usize, dst: usize, n: i32, sign: f64): void {
  for (let i = 0; i < n; i++) {
    const here = get(src, i)
    const move = i > 0 ? sign * (get(value, i) - get(value, i - 1)) : 0.0
    put(dst, i, move > 0 ? here : here == here ? 0.0 : NaN)
  }
}
