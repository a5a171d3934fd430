// Trend. Pointers and lengths as in averages.ts.
import { blank, get, put } from './column'

/**
 * How many bars ago the highest of the last `length` values was, the last one of equals: 0 for this one. With sign -1 the lowest. NaN
 * for the first length - 1. `queue` has room for n doubles: places of values none of which a later one exceeds, the highest first.
 */
export function barsSinceExtreme(src: usize, dst: usize, n: i32, length: i32, sign: f64, queue: usize): void {
  let first = 0
  let end = 0
  for (let i = 0; i < n; i++) {
    const value = sign * get(src, i)
    while (end > first && sign * get(src, <i32>get(queue, end - 1)) <= value) end--
    put(queue, end++, <f64>i)
    if (<i32>get(queue, first) <= i - length) first++
    put(dst, i, i >= length - 1 ? <f64>i - get(queue, first) : NaN)
  }
}

/**
 * Wilder's directional movement: how far the high is above the last one (plus), or the low below the last one (minus), whichever is more; 0
 * for the other one, and for both where neither is or both are equal. NaN on the first bar. (Wilder 1978.)
 */
export function directionalMovement(high: usize, low: usize, plus: usize, minus: usize, n: i32): void {
  blank(plus, 0, 1, n)
  blank(minus, 0, 1, n)
  for (let i = 1; i < n; i++) {
    const up = get(high, i) - get(high, i - 1)
    const down = get(low, i - 1) - get(low, i)
    put(plus, i, up > 0 && up > down ? up : 0)
    put(minus, i, down > 0 && down > up ? down : 0)
  }
}

/** |a - the b before|. NaN on the first bar. */
export function distanceToLast(a: usize, b: usize, dst: usize, n: i32): void {
  blank(dst, 0, 1, n)
  for (let i = 1; i < n; i++) put(dst, i, abs(get(a, i) - get(b, i - 1)))
}

/**
 * Wilder's parabolic stop and reverse, by bar the stop that holds for it. It begins long, or short where the first move goes further down
 * than up, at the first bar's far end; `start` > 0 begins long at that price, < 0 short at -start. From bar to bar it moves by the
 * acceleration times its distance to the furthest price of the trend, and never into the last two bars. A bar that touches it turns it: it is
 * then at the furthest price, `reverse` of itself further away. The acceleration begins at `begin`, and grows by `step` at each new
 * furthest price, up to `most`. Where it is short, what is written is `signShort` times it. NaN on the first bar. (Wilder 1978.)
 */
export function parabolic(
  high: usize,
  low: usize,
  dst: usize,
  n: i32,
  start: f64,
  reverse: f64,
  beginLong: f64,
  stepLong: f64,
  mostLong: f64,
  beginShort: f64,
  stepShort: f64,
  mostShort: f64,
  signShort: f64,
): void {
  blank(dst, 0, 1, n)
  if (n < 2) return
  const up = get(high, 1) - get(high, 0)
  const down = get(low, 0) - get(low, 1)
  // Turned over where short, so that one text serves both: the near side of a bar is the one that the stop lies on.
  let side = start > 0 ? 1.0 : start < 0 ? -1.0 : down > 0 && down > up ? -1.0 : 1.0
  let near = side > 0 ? low : high
  let far = side > 0 ? high : low
  let stop = start == 0 ? get(near, 0) : abs(start)
  let furthest = get(far, 1)
  let acceleration = side > 0 ? beginLong : beginShort
  for (let i = 1; i < n; i++) {
    const last = i > 1 ? i - 1 : 1
    if (side * (get(near, i) - stop) <= 0) {
      side = -side
      near = side > 0 ? low : high
      far = side > 0 ? high : low
      stop = furthest
      if (side * (get(near, last) - stop) < 0) stop = get(near, last)
      if (side * (get(near, i) - stop) < 0) stop = get(near, i)
      stop -= side * stop * reverse
      acceleration = side > 0 ? beginLong : beginShort
      furthest = get(far, i)
      put(dst, i, side > 0 ? stop : signShort * stop)
    } else {
      put(dst, i, side > 0 ? stop : signShort * stop)
      if (side * (get(far, i) - furthest) > 0) {
        furthest = get(far, i)
        acceleration = side > 0 ? min(acceleration + stepLong, mostLong) : min(acceleration + stepShort, mostShort)
      }
    }
    stop += acceleration * (furthest - stop)
    if (side * (get(near, last) - stop) < 0) stop = get(near, last)
    if (side * (get(near, i) - stop) < 0) stop = get(near, i)
  }
}

/**
 * SuperTrend: (high + low) / 2 -+ width * range, each band going only towards the price until a close is beyond it. The trend begins long at
 * the first bar that has a range, and turns where a close is beyond the band it goes by. (Seban 2008.)
 */
export function superTrend(
  high: usize,
  low: usize,
  close: usize,
  range: usize,
  dst: usize,
  direction: usize,
  n: i32,
  width: f64,
): void {
  let upper = NaN
  let lower = NaN
  let long = true
  for (let i = 0; i < n; i++) {
    const reach = width * get(range, i)
    if (reach != reach) {
      put(dst, i, NaN)
      put(direction, i, NaN)
      continue
    }
    const middle = (get(high, i) + get(low, i)) / 2.0
    const above = middle + reach
    const below = middle - reach
    if (upper != upper) {
      upper = above
      lower = below
    } else {
      const last = get(close, i - 1)
      if (above < upper || last > upper) upper = above
      if (below > lower || last < lower) lower = below
      const price = get(close, i)
      if (long ? price < lower : price > upper) long = !long
    }
    put(dst, i, long ? lower : upper)
    put(direction, i, long ? 1 : -1)
  }
}

/** Choppiness: 100 * log10(sum of true ranges / (highest - lowest)) / log10(length); NaN where the price stands still. `mean` is that of the true ranges. */
export function choppiness(mean: usize, top: usize, bottom: usize, dst: usize, n: i32, length: i32): void {
  const unit = Math.log10(<f64>length)
  for (let i = 0; i < n; i++) {
    const range = get(top, i) - get(bottom, i)
    put(dst, i, range > 0 ? (100.0 * Math.log10((<f64>length * get(mean, i)) / range)) / unit : NaN)
  }
}
