// Candlestick patterns bar by bar. Pointers as in averages.ts.
import { C, H, L, near, useBars } from './candle'
import { oneBar, twoBars } from './candles'
import { blank, put } from './column'
import { moreBars, threeBars } from './formations'

/**
 * A pattern by its number in the catalogue: 100 or -100 where a bar completes it (80 or -80 for a weak one of some), else 0. NaN for the `first`
 * bars. The averages are those of `useBars`.
 */
export function candlePattern(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  body10: usize,
  range10: usize,
  shadows10: usize,
  range5: usize,
  dst: usize,
  n: i32,
  first: i32,
  code: i32,
  share: f64,
): void {
  useBars(open, high, low, close, body10, range10, shadows10, range5)
  blank(dst, 0, first, n)
  if (code < 20) for (let i = first; i < n; i++) put(dst, i, oneBar(code, i))
  else if (code < 40) for (let i = first; i < n; i++) put(dst, i, twoBars(code, i, share))
  else if (code < 70) for (let i = first; i < n; i++) put(dst, i, threeBars(code, i, share))
  else for (let i = first; i < n; i++) put(dst, i, moreBars(code, i, share))
}

/** Bar i - 1 lies within the one before, and bar i is lower (100) or higher (-100) than it on both ends; else 0. */
function falseBreak(i: i32): f64 {
  if (!(H(i - 1) < H(i - 2) && L(i - 1) > L(i - 2))) return 0
  if (H(i) < H(i - 1) && L(i) < L(i - 1)) return 100
  return H(i) > H(i - 1) && L(i) > L(i - 1) ? -100 : 0
}

/** The same after two bars each within the one before, the first of which closes near its low or its high. */
function falseBreakNear(i: i32): f64 {
  const c = i - 2
  const side = H(c) < H(c - 1) && L(c) > L(c - 1) ? falseBreak(i) : 0
  return (side > 0 ? C(c) <= L(c) + near(c) : C(c) >= H(c) - near(c)) ? side : 0
}

/**
 * Hikkake: a bar within the one before and a break out of it: 100 down, -100 up; 200 or -200 where a close within three bars is beyond the other end of that bar.
 * With `modified` as `falseBreakNear`. NaN for the `first` bars. (Chesler 2004.)
 */
export function hikkake(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  range5: usize,
  dst: usize,
  n: i32,
  first: i32,
  modified: bool,
): void {
  useBars(open, high, low, close, 0, 0, 0, range5)
  blank(dst, 0, first, n)
  let found = 0.0
  let place = -9
  for (let i = max(0, first - 3); i < n; i++) {
    const now = modified ? falseBreakNear(i) : falseBreak(i)
    let value = now
    if (now != 0) {
      found = now
      place = i
    } else if (i <= place + 3 && (found > 0 ? C(i) > H(place - 1) : C(i) < L(place - 1))) {
      value = 2 * found
      place = -9
    }
    if (i >= first) put(dst, i, value)
  }
}
