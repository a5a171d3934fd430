// Volume. Pointers and lengths as in averages.ts.
import { blank, get, put } from './column'
import { sumError } from './exact'

/** The volume with the sign of the move of the close: 0 where it did not move, and as it is on the first bar. */
export function signedVolume(close: usize, volume: usize, dst: usize, n: i32): void {
  if (n > 0) put(dst, 0, get(volume, 0))
  for (let i = 1; i < n; i++) {
    const move = get(close, i) - get(close, i - 1)
    const units = get(volume, i)
    put(dst, i, move > 0 ? units : move < 0 ? -units : 0.0)
  }
}

/** volume * ((close - low) - (high - close)) / (high - low): 0 where the bar has no range. (Chaikin.) */
export function moneyFlowVolume(high: usize, low: usize, close: usize, volume: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const top = get(high, i)
    const bottom = get(low, i)
    const last = get(close, i)
    const range = top - bottom
    put(dst, i, range > 0 ? ((last - bottom - (top - last)) / range) * get(volume, i) : 0.0)
  }
}

/**
 * Chaikin oscillator: the sum so far of `moneyFlowVolume`, as `cumulate` has it, followed with two weights as `follow` does; the first less the second.
 * To the bit what these give one after the other; here neither average waits for the other.
 */
export function chaikinOscillator(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  dst: usize,
  n: i32,
  fast: f64,
  slow: f64,
): void {
  let hi = 0.0
  let lo = 0.0
  let quick = 0.0
  let calm = 0.0
  for (let i = 0; i < n; i++) {
    const top = get(high, i)
    const bottom = get(low, i)
    const last = get(close, i)
    const range = top - bottom
    const flow = range > 0 ? ((last - bottom - (top - last)) / range) * get(volume, i) : 0.0
    const sum = hi + flow
    lo += sumError(hi, flow, sum)
    hi = sum
    const line = hi + lo
    if (i == 0) quick = calm = line
    quick += (line - quick) * fast
    calm += (line - calm) * slow
    put(dst, i, quick - calm)
  }
}

/**
 * price * volume, into `up` where the price has risen and into `down` where it has fallen, and 0 elsewhere. NaN on the first bar.
 * A price is made of several: two that differ by no more than the rounding of their sums are equal.
 */
export function moneyFlows(price: usize, volume: usize, up: usize, down: usize, n: i32): void {
  blank(up, 0, 1, n)
  blank(down, 0, 1, n)
  for (let i = 1; i < n; i++) {
    const value = get(price, i)
    const last = get(price, i - 1)
    const flow = value * get(volume, i)
    const same = abs(value - last) <= 4 * f64.EPSILON * abs(value)
    put(up, i, value > last && !same ? flow : 0.0)
    put(down, i, value < last && !same ? flow : 0.0)
  }
}

/** volume * (close - last close) / last close: 0 on the first bar and where the last close is 0. */
export function trendVolume(close: usize, volume: usize, dst: usize, n: i32): void {
  if (n > 0) put(dst, 0, 0)
  for (let i = 1; i < n; i++) {
    const last = get(close, i - 1)
    put(dst, i, last != 0 ? ((get(close, i) - last) / last) * get(volume, i) : 0.0)
  }
}

/**
 * An index that begins with `start` and goes with the close on bars whose volume has changed in the direction of `sign`: 1 those of more
 * volume, -1 those of less. (Dysart; Fosback 1976, Stock Market Logic.)
 */
export function volumeIndex(close: usize, volume: usize, dst: usize, n: i32, sign: f64, start: f64): void {
  let index = start
  for (let i = 0; i < n; i++) {
    if (i > 0 && (get(volume, i) - get(volume, i - 1)) * sign > 0) {
      const last = get(close, i - 1)
      if (last != 0) index += ((get(close, i) - last) / last) * index
    }
    put(dst, i, index)
  }
}

/**
 * What buyers or sellers have moved the close from the true low or the true high: close - min(low, last close) after a rise,
 * close - max(high, last close) after a fall, else 0; 0 on the first bar. (Williams 1972.)
 */
export function accumulation(high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  if (n > 0) put(dst, 0, 0)
  for (let i = 1; i < n; i++) {
    const value = get(close, i)
    const last = get(close, i - 1)
    if (value > last) put(dst, i, value - min(get(low, i), last))
    else if (value < last) put(dst, i, value - max(get(high, i), last))
    else put(dst, i, 0)
  }
}

/**
 * Change of the middle of the bar * range of the bar * scale / volume: 0 where nothing traded. NaN on the first bar. (Arms.)
 */
export function easeOfMove(high: usize, low: usize, volume: usize, dst: usize, n: i32, scale: f64): void {
  blank(dst, 0, 1, n)
  for (let i = 1; i < n; i++) {
    const top = get(high, i)
    const bottom = get(low, i)
    const units = get(volume, i)
    const move = 0.5 * (top + bottom) - 0.5 * (get(high, i - 1) + get(low, i - 1))
    put(dst, i, units > 0 ? (move * (top - bottom) * scale) / units : 0.0)
  }
}
