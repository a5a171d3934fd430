// What the equity column of a run says. Sums run over the periods in their order.
import {
  STAT_BARS,
  STAT_CAGR,
  STAT_CALMAR,
  STAT_DRAWDOWN,
  STAT_DRAWDOWN_BARS,
  STAT_DRAWDOWN_MONEY,
  STAT_FINAL_EQUITY,
  STAT_MEAN_RETURN,
  STAT_PERIODS,
  STAT_SHARPE,
  STAT_SORTINO,
  STAT_TOTAL_RETURN,
  STAT_VOLATILITY,
} from '../layout'

/**
 * Writes the STAT_* block at `dst`.
 *
 * @param equity pointer to the equity at the end of each of the `n` bars that were run, currency
 * @param periodEnds pointer to i32: index of the last bar of each return period, ascending. Periods that
 *   end beyond the run are cut: the last one ends with the last bar.
 * @param initialCash equity before the first bar; > 0
 * @param perYear return periods a year
 *
 * The return of a period is its last equity over the last equity of the period before (initialCash for
 * the first), less 1. It is undefined where that base is not positive; then everything made from returns
 * is NaN. Formulas: see METRICS.
 */
export function equityStats(
  equity: usize,
  n: i32,
  periodEnds: usize,
  periods: i32,
  initialCash: f64,
  perYear: f64,
  dst: usize,
): void {
  drawdown(equity, n, initialCash, dst)
  const last = n > 0 ? load<f64>(equity + (<usize>(n - 1) << 3)) : initialCash
  const total = last / initialCash - 1.0

  let count = 0
  let sum = 0.0
  let defined = true
  let before = initialCash
  while (count < periods && (count == 0 || load<i32>(periodEnds + (<usize>(count - 1) << 2)) < n - 1) && n > 0) {
    const value = load<f64>(equity + (<usize>min(load<i32>(periodEnds + (<usize>count << 2)), n - 1) << 3))
    if (!(before > 0)) defined = false
    sum += value / before - 1.0
    before = value
    count++
  }
  const mean = defined && count > 0 ? sum / <f64>count : NaN

  let squares = 0.0
  let falls = 0.0
  before = initialCash
  for (let i = 0; i < count; i++) {
    const value = load<f64>(equity + (<usize>min(load<i32>(periodEnds + (<usize>i << 2)), n - 1) << 3))
    const change = value / before - 1.0
    const off = change - mean
    squares += off * off
    if (change < 0) falls += change * change
    before = value
  }
  const scale = sqrt(perYear)
  const deviation = count > 1 ? sqrt(squares / <f64>(count - 1)) : NaN
  const downside = sqrt(falls / <f64>count)
  const deepest = load<f64>(dst + (STAT_DRAWDOWN << 3))

  let cagr = NaN
  if (count > 0 && last > 0) {
    cagr = Math.pow(last / initialCash, perYear / <f64>count) - 1.0
    if (cagr == Infinity) cagr = NaN
  }
  put(dst, STAT_BARS, <f64>n)
  put(dst, STAT_FINAL_EQUITY, last)
  put(dst, STAT_TOTAL_RETURN, total)
  put(dst, STAT_PERIODS, <f64>count)
  put(dst, STAT_MEAN_RETURN, mean)
  put(dst, STAT_VOLATILITY, defined ? deviation * scale : NaN)
  put(dst, STAT_SHARPE, defined && deviation > 0 ? (mean / deviation) * scale : NaN)
  put(dst, STAT_SORTINO, defined && downside > 0 ? (mean / downside) * scale : NaN)
  put(dst, STAT_CAGR, cagr)
  put(dst, STAT_CALMAR, deepest > 0 ? cagr / deepest : NaN)
}

/** Writes one number of the block, NaN in its one canonical form. */
function put(dst: usize, index: i32, value: f64): void {
  store<f64>(dst + (<usize>index << 3), isNaN(value) ? NaN : value)
}

/**
 * One pass over all bars, eight at once while none of them is a peak. Between two peaks only the lowest equity counts:
 * both the fall in money and its fraction of the peak are largest there, whatever the rounding.
 */
function drawdown(equity: usize, n: i32, initialCash: f64, dst: usize): void {
  let peak = initialCash
  let low = initialCash
  let fraction = 0.0
  let money = 0.0
  let longest = 0
  let start = -1
  for (let i = 0; i < n; i++) {
    while (i + 8 < n) {
      const at = equity + (<usize>i << 3)
      const a = v128.load(at)
      const b = v128.load(at, 16)
      const c = v128.load(at, 32)
      const d = v128.load(at, 48)
      const top = f64x2.splat(peak)
      const below = v128.and(v128.and(f64x2.lt(a, top), f64x2.lt(b, top)), v128.and(f64x2.lt(c, top), f64x2.lt(d, top)))
      if (!v128.all_true<i64>(below)) break
      const least = f64x2.pmin(f64x2.pmin(a, b), f64x2.pmin(c, d))
      low = min(low, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)))
      i += 8
    }
    const value = load<f64>(equity + (<usize>i << 3))
    if (value < peak) {
      low = value < low ? value : low
      continue
    }
    if (low < peak) {
      money = max(money, peak - low)
      fraction = max(fraction, (peak - low) / peak)
      longest = max(longest, i - start)
    }
    peak = value
    low = value
    start = i
  }
  if (low < peak) {
    money = max(money, peak - low)
    fraction = max(fraction, (peak - low) / peak)
    longest = max(longest, n - 1 - start)
  }
  put(dst, STAT_DRAWDOWN, fraction)
  put(dst, STAT_DRAWDOWN_MONEY, money)
  put(dst, STAT_DRAWDOWN_BARS, <f64>longest)
}

/**
 * Return of holding every asset: an equal share of the cash buys each at its first close and is valued at
 * its last; the mean of last / first - 1 over the assets that have a bar. NaN where there is none, or
 * where a first close is not positive.
 *
 * @param close panel [bar][asset]
 */
export function holdReturn(close: usize, bars: i32, assets: i32): f64 {
  const step = <usize>assets << 3
  let sum = 0.0
  let count = 0
  for (let asset = 0; asset < assets; asset++) {
    const column = close + (<usize>asset << 3)
    let first = 0
    while (first < bars && isNaN(load<f64>(column + <usize>first * step))) first++
    if (first == bars) continue
    let last = bars - 1
    while (isNaN(load<f64>(column + <usize>last * step))) last--
    const bought = load<f64>(column + <usize>first * step)
    sum += bought > 0 ? load<f64>(column + <usize>last * step) / bought - 1.0 : NaN
    count++
  }
  return count == 0 || isNaN(sum) ? NaN : sum / <f64>count
}
