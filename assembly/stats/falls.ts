// Drawdowns one by one over every bar, and the figures that are made of them. Formulas and sources: see the catalogue of metrics.
import {
  FALL_AVERAGE,
  FALL_AVERAGE_DAYS,
  FALL_BARS,
  FALL_BURKE,
  FALL_BYTES,
  FALL_CALMAR,
  FALL_DEEPEST,
  FALL_DEPTH,
  FALL_END,
  FALL_LONGEST_DAYS,
  FALL_MARTIN,
  FALL_MONEY,
  FALL_NUMBER,
  FALL_PAIN,
  FALL_PAIN_RATIO,
  FALL_PEAK,
  FALL_RECOVERY,
  FALL_SERENITY,
  FALL_START,
  FALL_STERLING,
  FALL_ULCER,
  FALL_UNDER_WATER,
  FALL_VALLEY,
} from '../layout'
import { put } from './block'
import { at, deviationOf, meanOf } from './moments'
import { normalDensity, normalQuantile } from './normal'

/** Milliseconds. */
const DAY: f64 = 86400000

/** How many drawdowns `n` bars may have at most: each takes a bar, and a peak before the next one. */
export function mostFalls(n: i32): i32 {
  return (n >> 1) + 1
}

/**
 * Writes the drawdowns of an equity in their order to `dst`, which has room for `mostFalls(n)` of FALL_BYTES, and returns how many
 * there are. One begins at the bar of a peak (-1 is the initial cash) and ends at the first bar that is back at it.
 */
export function findFalls(equity: usize, n: i32, initialCash: f64, dst: usize): i32 {
  let peak = initialCash
  let start = -1
  let low = initialCash
  let valley = -1
  let count = 0
  for (let bar = 0; bar < n; bar++) {
    const value = at(equity, bar)
    if (value < peak) {
      if (value < low) {
        low = value
        valley = bar
      }
      continue
    }
    if (low < peak) putFall(dst, count++, (peak - low) / peak, start, valley, <f64>bar)
    peak = value
    low = value
    start = bar
  }
  if (low < peak) putFall(dst, count++, (peak - low) / peak, start, valley, NaN)
  return count
}

function putFall(falls: usize, i: i32, depth: f64, start: i32, valley: i32, end: f64): void {
  const fall = falls + <usize>i * <usize>FALL_BYTES
  store<f64>(fall + FALL_DEPTH, depth)
  store<f64>(fall + FALL_START, <f64>start)
  store<f64>(fall + FALL_VALLEY, <f64>valley)
  store<f64>(fall + FALL_END, end)
}

/** Puts the `most` deepest of the drawdowns first, deepest first, of equal ones the earlier; returns how many those are. */
export function rankFalls(falls: usize, count: i32, most: i32): i32 {
  const ranked = min(count, most)
  for (let place = 0; place < ranked; place++) {
    let best = place
    for (let i = place + 1; i < count; i++) if (isDeeper(falls, i, best)) best = i
    if (best != place) swap(falls + <usize>place * <usize>FALL_BYTES, falls + <usize>best * <usize>FALL_BYTES)
  }
  return ranked
}

function isDeeper(falls: usize, a: i32, b: i32): bool {
  const one = falls + <usize>a * <usize>FALL_BYTES
  const other = falls + <usize>b * <usize>FALL_BYTES
  const depth = load<f64>(one + FALL_DEPTH)
  const than = load<f64>(other + FALL_DEPTH)
  return depth > than || (depth == than && load<f64>(one + FALL_START) < load<f64>(other + FALL_START))
}

function swap(a: usize, b: usize): void {
  for (let field: usize = 0; field < <usize>FALL_BYTES; field += 8) {
    const value = load<f64>(a + field)
    store<f64>(a + field, load<f64>(b + field))
    store<f64>(b + field, value)
  }
}

/** Days from the peak of a drawdown to where it has recovered, or to the last bar; the initial cash counts from the first bar. */
export function fallDays(fall: usize, time: usize, n: i32): f64 {
  const end = load<f64>(fall + FALL_END)
  const start = max(load<f64>(fall + FALL_START), 0.0)
  return (at(time, isNaN(end) ? n - 1 : <i32>end) - at(time, <i32>start)) / DAY
}

/**
 * Writes the FALL_* block.
 *
 * @param falls pointer to room for `mostFalls(n)` drawdowns, of which the `worst` deepest are left there, deepest first
 * @param time pointer to the start of each bar, ms @param cagr growth a year @param free the mean yearly risk-free rate
 * @param lessOne the squares of the Ulcer index are divided by n - 1
 * @param gained what was gained, as a fraction of the initial cash, for the recovery factor
 * @param returns pointer to the returns of `count` periods @param confidence of what falls are to be expected, for the serenity index
 */
export function fallFigures(
  equity: usize,
  time: usize,
  n: i32,
  initialCash: f64,
  falls: usize,
  worst: i32,
  cagr: f64,
  free: f64,
  lessOne: bool,
  gained: f64,
  returns: usize,
  count: i32,
  confidence: f64,
  dst: usize,
): void {
  const found = findFalls(equity, n, initialCash, falls)
  let depths = 0.0
  let days = 0.0
  let longest = 0.0
  let bars = 0.0
  for (let i = 0; i < found; i++) {
    const fall = falls + <usize>i * <usize>FALL_BYTES
    const end = load<f64>(fall + FALL_END)
    depths += load<f64>(fall + FALL_DEPTH)
    days += fallDays(fall, time, n)
    longest = max(longest, fallDays(fall, time, n))
    bars = max(bars, (isNaN(end) ? <f64>(n - 1) : end) - load<f64>(fall + FALL_START))
  }
  const ranked = rankFalls(falls, found, worst)
  let sum = 0.0
  let squares = 0.0
  for (let i = 0; i < ranked; i++) {
    const depth = load<f64>(falls + <usize>i * <usize>FALL_BYTES + FALL_DEPTH)
    sum += depth
    squares += depth * depth
  }
  const deepest = found > 0 ? load<f64>(falls + FALL_DEPTH) : 0.0
  const more = cagr - free
  put(dst, FALL_DEEPEST, deepest)
  put(dst, FALL_BARS, bars)
  put(dst, FALL_NUMBER, <f64>found)
  put(dst, FALL_AVERAGE, found > 0 ? depths / <f64>found : 0.0)
  put(dst, FALL_LONGEST_DAYS, longest)
  put(dst, FALL_AVERAGE_DAYS, found > 0 ? days / <f64>found : 0.0)
  put(dst, FALL_CALMAR, deepest > 0 ? cagr / deepest : NaN)
  put(dst, FALL_STERLING, sum > 0 ? more / (sum / <f64>ranked) : NaN)
  put(dst, FALL_BURKE, squares > 0 ? more / sqrt(squares) : NaN)
  put(dst, FALL_RECOVERY, deepest > 0 ? gained / deepest : NaN)
  putDepths(equity, n, initialCash, more, lessOne, dst)
  const mean = meanOf(returns, count)
  const rest = 1.0 - confidence
  const worse = normalDensity(normalQuantile(rest)) / rest
  const pitfall = (load<f64>(dst + (FALL_PAIN << 3)) + depthDeviation(equity, n, initialCash, dst) * worse) / deviationOf(returns, count, mean)
  const serenity = (mean * <f64>count - free) / (load<f64>(dst + (FALL_ULCER << 3)) * pitfall)
  put(dst, FALL_SERENITY, deepest > 0 && isFinite(serenity) ? serenity : NaN)
}

/** Standard deviation (n - 1) of how far every bar lies below the peak so far; a block has their mean. */
function depthDeviation(equity: usize, n: i32, initialCash: f64, dst: usize): f64 {
  const mean = load<f64>(dst + (FALL_PAIN << 3))
  let peak = initialCash
  let squares = 0.0
  for (let bar = 0; bar < n; bar++) {
    peak = max(peak, at(equity, bar))
    const off = (peak - at(equity, bar)) / peak - mean
    squares += off * off
  }
  return n > 1 ? sqrt(squares / <f64>(n - 1)) : NaN
}

/** What is made of how far every bar lies below the peak so far. */
function putDepths(equity: usize, n: i32, initialCash: f64, more: f64, lessOne: bool, dst: usize): void {
  let peak = initialCash
  let money = 0.0
  let sum = 0.0
  let squares = 0.0
  let under = 0
  for (let bar = 0; bar < n; bar++) {
    const value = at(equity, bar)
    if (value < peak) {
      const depth = (peak - value) / peak
      under++
      sum += depth
      squares += depth * depth
      money = max(money, peak - value)
    } else peak = value
  }
  const ulcer = sqrt(squares / <f64>(lessOne ? n - 1 : n))
  const pain = sum / <f64>n
  put(dst, FALL_MONEY, money)
  put(dst, FALL_PEAK, peak)
  put(dst, FALL_UNDER_WATER, <f64>under / <f64>n)
  put(dst, FALL_ULCER, ulcer)
  put(dst, FALL_PAIN, pain)
  put(dst, FALL_MARTIN, ulcer > 0 ? more / ulcer : NaN)
  put(dst, FALL_PAIN_RATIO, pain > 0 ? more / pain : NaN)
}
