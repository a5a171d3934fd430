// Sessions, days, weeks, months: bars that follow each other and have the same number in the column `period`. Pointers as in averages.ts.
import { get, put } from './column'
import { sumError } from './exact'

/** Whether a bar is the first of its period. */
// @ts-ignore: decorator
@inline function begins(period: usize, i: i32): bool {
  return i == 0 || get(period, i) != get(period, i - 1)
}

/** Open, highest high and lowest low of the period so far. */
export function periodSoFar(
  open: usize,
  high: usize,
  low: usize,
  period: usize,
  toOpen: usize,
  toHigh: usize,
  toLow: usize,
  n: i32,
): void {
  let first = NaN
  let top = NaN
  let bottom = NaN
  for (let i = 0; i < n; i++) {
    if (begins(period, i)) {
      first = get(open, i)
      top = get(high, i)
      bottom = get(low, i)
    } else {
      top = max(top, get(high, i))
      bottom = min(bottom, get(low, i))
    }
    put(toOpen, i, first)
    put(toHigh, i, top)
    put(toLow, i, bottom)
  }
}

/** The value on the last bar of the period before; of the last one that ended with a value, and NaN before there is one. */
export function periodBefore(src: usize, period: usize, dst: usize, n: i32): void {
  let held = NaN
  for (let i = 0; i < n; i++) {
    if (i > 0 && begins(period, i)) {
      const last = get(src, i - 1)
      if (last == last) held = last
    }
    put(dst, i, held)
  }
}

/**
 * Volume-weighted average price of the period so far, and `width` weighted deviations above and below it; NaN until something has traded.
 *
 * Prices are counted from the first one of the period, and their sums are pairs, so that neither the level of the prices nor the number of
 * bars costs digits; squares are added as in Welford 1962 (West 1979 with weights), each from the averages before and after it.
 */
export function periodVwap(
  price: usize,
  volume: usize,
  period: usize,
  dst: usize,
  upper: usize,
  lower: usize,
  n: i32,
  width: f64,
): void {
  let base = 0.0
  let mean = NaN
  let units = 0.0
  let unitsRest = 0.0
  let moves = 0.0
  let movesRest = 0.0
  let squares = 0.0
  let squaresRest = 0.0
  let band = NaN
  for (let i = 0; i < n; i++) {
    if (begins(period, i)) {
      units = unitsRest = moves = movesRest = squares = squaresRest = 0
      mean = band = NaN
    }
    const weight = get(volume, i)
    if (weight > 0) {
      const value = get(price, i)
      if (units == 0) base = mean = value
      let sum = units + weight
      unitsRest += sumError(units, weight, sum)
      units = sum
      const move = weight * (value - base)
      sum = moves + move
      movesRest += sumError(moves, move, sum)
      moves = sum
      const before = mean
      mean = base + (moves + movesRest) / (units + unitsRest)
      const square = weight * (value - before) * (value - mean)
      sum = squares + square
      squaresRest += sumError(squares, square, sum)
      squares = sum
      band = width * sqrt(max(0.0, squares + squaresRest) / (units + unitsRest))
    }
    put(dst, i, mean)
    put(upper, i, mean + band)
    put(lower, i, mean - band)
  }
}

/** Middle of the pivots by kind: 0 classic, 1 fibonacci, 2 camarilla, 3 woodie (with the open of this period), 4 demark. */
export function pivotMiddle(
  now: usize,
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  dst: usize,
  n: i32,
  kind: i32,
): void {
  for (let i = 0; i < n; i++) {
    const first = get(open, i)
    const top = get(high, i)
    const bottom = get(low, i)
    const last = get(close, i)
    if (kind == 3) put(dst, i, (top + bottom + 2.0 * get(now, i)) / 4.0)
    else if (kind == 4) {
      const more = last > first ? top : last < first ? bottom : last
      put(dst, i, (top + bottom + last + more) / 4.0)
    } else put(dst, i, (top + bottom + last) / 3.0)
  }
}

/** The level so many (1 to 4) above the middle (side 1) or below it (-1); kinds as in `pivotMiddle`. NaN where a kind has none. */
export function pivotLevel(
  pivot: usize,
  high: usize,
  low: usize,
  close: usize,
  dst: usize,
  n: i32,
  kind: i32,
  count: i32,
  side: f64,
): void {
  for (let i = 0; i < n; i++) {
    const middle = get(pivot, i)
    const top = get(high, i)
    const bottom = get(low, i)
    const near = side > 0 ? bottom : top
    const far = side > 0 ? top : bottom
    const range = (top - bottom) * side
    let level = NaN
    if (kind == 1) {
      if (count == 1) level = middle + range * 0.382
      else if (count == 2) level = middle + range * 0.618
      else if (count == 3) level = middle + range
    } else if (kind == 2) {
      const part = count == 1 ? 12.0 : count == 2 ? 6.0 : count == 3 ? 4.0 : 2.0
      level = get(close, i) + (range * 1.1) / part
    } else if (count == 1) level = 2.0 * middle - near
    else if (kind == 4) level = NaN
    else if (count == 2) level = middle + range
    else if (count == 3) level = far + 2.0 * (middle - near)
    else if (kind == 3) level = far + 2.0 * (middle - near) + range
    else level = far + 3.0 * (middle - near)
    put(dst, i, level)
  }
}
