// A bar as candlestick patterns see it, and what "long", "short", "near" mean: parts of an average of the bars before it. The settings are those
// that TA-Lib has published: bodies are measured by the mean body of 10 bars, doji and very short shadows by the mean range of 10, short shadows by the
// mean shadow of 10, near, far and equal by the mean range of 5.
import { get } from './column'

let opens: usize = 0
let highs: usize = 0
let lows: usize = 0
let closes: usize = 0
let bodies: usize = 0
let ranges: usize = 0
let shadows: usize = 0
let shortRanges: usize = 0

/** The columns that the functions below read; the last four are averages as `sma` gives them: of 10 bodies, 10 ranges, 10 pairs of shadows, 5 ranges. */
export function useBars(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  body10: usize,
  range10: usize,
  shadows10: usize,
  range5: usize,
): void {
  opens = open
  highs = high
  lows = low
  closes = close
  bodies = body10
  ranges = range10
  shadows = shadows10
  shortRanges = range5
}

export function O(i: i32): f64 {
  return get(opens, i)
}
export function H(i: i32): f64 {
  return get(highs, i)
}
export function L(i: i32): f64 {
  return get(lows, i)
}
export function C(i: i32): f64 {
  return get(closes, i)
}
export function body(i: i32): f64 {
  return abs(C(i) - O(i))
}
/** Upper and lower end of the body. */
export function top(i: i32): f64 {
  return max(O(i), C(i))
}
export function bottom(i: i32): f64 {
  return min(O(i), C(i))
}
/** Upper and lower shadow. */
export function upper(i: i32): f64 {
  return H(i) - top(i)
}
export function lower(i: i32): f64 {
  return bottom(i) - L(i)
}
/** 1: white, closed where it opened or above; -1: black. */
export function color(i: i32): f64 {
  return C(i) >= O(i) ? 1 : -1
}
export function white(i: i32): bool {
  return C(i) >= O(i)
}
export function black(i: i32): bool {
  return C(i) < O(i)
}
/** Body of `i` above, or below, that of `k`. */
export function bodyAbove(i: i32, k: i32): bool {
  return bottom(i) > top(k)
}
export function bodyBelow(i: i32, k: i32): bool {
  return top(i) < bottom(k)
}
/** Mean body of the 10 bars before. */
export function usual(i: i32): f64 {
  return get(bodies, i - 1)
}
export function isLong(i: i32): bool {
  return body(i) > usual(i)
}
export function isShort(i: i32): bool {
  return body(i) < usual(i)
}
/** A body that is none; also what a shadow must exceed to be one. */
export function little(i: i32): f64 {
  return 0.1 * get(ranges, i - 1)
}
export function isDoji(i: i32): bool {
  return body(i) <= little(i)
}
export function noUpper(i: i32): bool {
  return upper(i) < little(i)
}
export function noLower(i: i32): bool {
  return lower(i) < little(i)
}
export function shortShadow(i: i32): f64 {
  return 0.5 * get(shadows, i - 1)
}
export function near(i: i32): f64 {
  return 0.2 * get(shortRanges, i - 1)
}
export function far(i: i32): f64 {
  return 0.6 * get(shortRanges, i - 1)
}
/** Whether two prices are equal by the measure of bar `i`. */
export function equals(a: f64, b: f64, i: i32): bool {
  const least = 0.05 * get(shortRanges, i - 1)
  return a <= b + least && a >= b - least
}
