// Prices of a bar. Pointers as in averages.ts.
import { blank, get, put } from './column'

/** (high + low + close) / 3 */
export function typicalPrice(high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dst, i, (get(high, i) + get(low, i) + get(close, i)) / 3.0)
}

/**
 * Heikin-Ashi bars: close = (open + high + low + close) / 4, open = the middle of the Heikin-Ashi bar before (of the first, of the bar itself), high and
 * low those of the bar and of both. (Valcu 2004.)
 */
export function heikinAshi(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  toOpen: usize,
  toHigh: usize,
  toLow: usize,
  toClose: usize,
  n: i32,
): void {
  let begin = 0.0
  let end = 0.0
  for (let i = 0; i < n; i++) {
    const first = get(open, i)
    const last = get(close, i)
    begin = i > 0 ? (begin + end) / 2.0 : (first + last) / 2.0
    end = (first + get(high, i) + get(low, i) + last) / 4.0
    put(toOpen, i, begin)
    put(toHigh, i, max(get(high, i), max(begin, end)))
    put(toLow, i, min(get(low, i), min(begin, end)))
    put(toClose, i, end)
  }
}

/** How far the low is above the last high, or (negative) the high below the last low; 0 where the ranges meet. NaN on the first bar. */
export function rangeGap(high: usize, low: usize, dst: usize, n: i32): void {
  blank(dst, 0, 1, n)
  for (let i = 1; i < n; i++) {
    put(dst, i, max(0.0, get(low, i) - get(high, i - 1)) + min(0.0, get(high, i) - get(low, i - 1)))
  }
}

/** 1 where a bar lies within the one before (sign 1: its high lower, its low higher) or around it (sign -1), else 0. NaN on the first bar. */
export function rangeWithin(high: usize, low: usize, dst: usize, n: i32, sign: f64): void {
  blank(dst, 0, 1, n)
  for (let i = 1; i < n; i++) {
    const upper = (get(high, i - 1) - get(high, i)) * sign
    const lower = (get(low, i) - get(low, i - 1)) * sign
    put(dst, i, upper > 0 && lower > 0 ? 1.0 : 0.0)
  }
}
