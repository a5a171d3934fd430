// How the values of a window are spread. Pointers and lengths as in averages.ts.
import { blank, get, put } from './column'

/** Where `value` stands in `count` sorted values, or would: before it are those below it. */
// @ts-ignore: decorator
@inline function placeOf(sorted: usize, count: i32, value: f64): i32 {
  let from = 0
  let to = count
  while (from < to) {
    const middle = (from + to) >> 1
    if (get(sorted, middle) < value) from = middle + 1
    else to = middle
  }
  return from
}

/**
 * Quantile of the last `length` values: of the sorted values that at place quantile * (length - 1), counted from 0, on the line
 * between the two next to it; with `nearest` the value of rank ceil(quantile * length), counted from 1. NaN for the first length - 1.
 * `sorted` has room for min(length, n) doubles: the window is kept in order, so a value moves those between its place and that of the one that leaves.
 */
export function windowQuantile(
  src: usize,
  dst: usize,
  n: i32,
  length: i32,
  quantile: f64,
  nearest: bool,
  sorted: usize,
): void {
  blank(dst, 0, length - 1, n)
  if (length > n) return
  const place = quantile * <f64>(length - 1)
  const below = nearest ? max(0, <i32>Math.ceil(quantile * <f64>length) - 1) : <i32>Math.floor(place)
  const part = nearest ? 0.0 : place - <f64>below
  for (let i = 0; i < n; i++) {
    // Adding zero turns -0 into 0.
    const value = get(src, i) + 0.0
    let count = i
    if (i >= length) {
      count = length - 1
      const at = sorted + (<usize>placeOf(sorted, length, get(src, i - length)) << 3)
      memory.copy(at, at + 8, sorted + (<usize>count << 3) - at)
    }
    const at = sorted + (<usize>placeOf(sorted, count, value) << 3)
    memory.copy(at + 8, at, sorted + (<usize>count << 3) - at)
    store<f64>(at, value)
    if (i < length - 1) continue
    const low = get(sorted, below)
    put(dst, i, part > 0 ? low + (get(sorted, below + 1) - low) * part : low)
  }
}

/** Spread that is no more than the rounding of the values themselves. */
// @ts-ignore: decorator
@inline function isStill(squares: f64, count: f64, largest: f64): bool {
  const least = largest * 1e-13
  return squares <= least * least * count
}

/**
 * Skewness (power 3) or excess kurtosis (power 4) of the last `length` values, `mean` being the column of their means: of a sample as pandas
 * and spreadsheets have it, or of the values alone: m3 / m2^1.5 and m4 / m2^2 - 3 of their central moments. 0 where they are all the
 * same. NaN for the first length - 1.
 */
export function windowShape(src: usize, mean: usize, dst: usize, n: i32, length: i32, power: i32, sample: bool): void {
  blank(dst, 0, length - 1, n)
  const count = <f64>length
  for (let i = length - 1; i < n; i++) {
    const middle = get(mean, i)
    let squares = 0.0
    let powers = 0.0
    let largest = 0.0
    for (let at = i - length + 1; at <= i; at++) {
      const value = get(src, at)
      const d = value - middle
      const square = d * d
      squares += square
      powers += power == 3 ? square * d : square * square
      largest = max(largest, abs(value))
    }
    if (isStill(squares, count, largest)) {
      put(dst, i, 0)
      continue
    }
    const variance = squares / count
    const moment = powers / count
    if (power == 3) {
      const skew = moment / (variance * sqrt(variance))
      put(dst, i, sample ? (skew * sqrt(count * (count - 1.0))) / (count - 2.0) : skew)
    } else {
      const excess = moment / (variance * variance) - 3.0
      const scale = (count - 1.0) / ((count - 2.0) * (count - 3.0))
      put(dst, i, sample ? scale * ((count + 1.0) * excess + 6.0) : excess)
    }
  }
}

/**
 * Hurst exponent of the last `length` values: the slope of the least squares line of ln(deviation of value - the value k before)
 * over ln(k) for k = 2 to `lags`. NaN for the first length - 1 and where a deviation is 0. `logs` has room for lags + 1 doubles.
 */
export function hurst(src: usize, dst: usize, n: i32, length: i32, lags: i32, logs: usize): void {
  blank(dst, 0, length - 1, n)
  if (length > n) return
  const count = <f64>(lags - 1)
  let middle = 0.0
  for (let k = 2; k <= lags; k++) {
    const log = Math.log(<f64>k)
    put(logs, k, log)
    middle += log / count
  }
  let width = 0.0
  for (let k = 2; k <= lags; k++) width += (get(logs, k) - middle) * (get(logs, k) - middle)
  for (let i = length - 1; i < n; i++) {
    const first = i - length + 1
    let slope = 0.0
    for (let k = 2; k <= lags; k++) {
      const moves = <f64>(length - k)
      let mean = 0.0
      let largest = 0.0
      for (let at = first + k; at <= i; at++) {
        mean += (get(src, at) - get(src, at - k)) / moves
        largest = max(largest, abs(get(src, at)))
      }
      let squares = 0.0
      for (let at = first + k; at <= i; at++) {
        const d = get(src, at) - get(src, at - k) - mean
        squares += d * d
      }
      if (isStill(squares, moves, largest)) {
        slope = NaN
        break
      }
      slope += (get(logs, k) - middle) * 0.5 * Math.log(squares / moves)
    }
    put(dst, i, slope / width)
  }
}
