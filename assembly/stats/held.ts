// What was held, and how much was traded. Formulas: see the catalogue of metrics.
import { HELD_GROSS, HELD_MOST, HELD_NET, HELD_TURNOVER } from '../layout'
import { put } from './block'
import { holdFilled, markAt } from './fills'
import { at, meanOf } from './moments'

/**
 * Writes the value of all positions at the close of each bar, each taken as positive, to `dst`.
 *
 * @param close panel [bar][asset] from the first bar of the run on; where an asset has no bar its last close counts
 * @param fills how many, in their order, with pointers to the bar (i32, from the first of the run on), the asset (i32) and the
 * signed units of each (f64) @param multipliers pointer to one an asset
 * @param room pointer to two doubles an asset
 */
export function grossValues(
  close: usize,
  bars: i32,
  assets: i32,
  fillBars: usize,
  fillAssets: usize,
  units: usize,
  fills: i32,
  multipliers: usize,
  room: usize,
  dst: usize,
): void {
  const held = room
  const marks = room + (<usize>assets << 3)
  memory.fill(room, 0, <usize>assets << 4)
  let next = 0
  for (let bar = 0; bar < bars; bar++) {
    next = holdFilled(bar, next, fillBars, fillAssets, units, fills, held)
    let sum = 0.0
    for (let asset = 0; asset < assets; asset++) {
      markAt(at(close, bar * assets + asset), marks, asset)
      sum += Math.abs(at(held, asset) * at(marks, asset) * at(multipliers, asset))
    }
    store<f64>(dst + (<usize>bar << 3), sum)
  }
}

/**
 * Writes the HELD_* block.
 *
 * @param gross pointer to the value of all positions at each bar, 0 where that is not known
 * @param quantities @param prices @param multipliers of each of `fills` fills @param times how often the run goes into a year
 */
export function heldFigures(
  equity: usize,
  cash: usize,
  gross: usize,
  n: i32,
  quantities: usize,
  prices: usize,
  multipliers: usize,
  fills: i32,
  times: f64,
  dst: usize,
): void {
  let net = 0.0
  let held = 0.0
  let most = 0.0
  for (let bar = 0; bar < n; bar++) {
    const value = at(equity, bar)
    const defined = value > 0
    net += defined ? (value - at(cash, bar)) / value : NaN
    if (!gross) continue
    const share = defined ? at(gross, bar) / value : NaN
    held += share
    if (!(share <= most)) most = share
  }
  let traded = 0.0
  for (let i = 0; i < fills; i++) traded += Math.abs(at(quantities, i) * at(prices, i) * at(multipliers, i))
  const mean = meanOf(equity, n)
  put(dst, HELD_NET, net / <f64>n)
  put(dst, HELD_GROSS, gross && n > 0 ? held / <f64>n : NaN)
  put(dst, HELD_MOST, gross && n > 0 ? (isNaN(held) ? NaN : most) : NaN)
  put(dst, HELD_TURNOVER, mean > 0 ? (traded / mean) * times : NaN)
}

/**
 * Writes what an equal share in each asset is worth at the close of each bar, as a multiple of the cash: bought at the asset's first close
 * and cash until then; assets without a bar are left out. At the last bar it is 1 + `holdReturn`. NaN from a first close on that is
 * not positive.
 *
 * @param close panel [bar][asset]
 */
export function holdValues(close: usize, bars: i32, assets: i32, dst: usize): void {
  memory.fill(dst, 0, <usize>bars << 3)
  let count = 0
  for (let asset = 0; asset < assets; asset++) {
    let first = NaN
    let last = NaN
    for (let bar = 0; bar < bars; bar++) {
      const price = at(close, bar * assets + asset)
      if (isNaN(price)) continue
      if (isNaN(first)) first = price
      last = price
    }
    if (isNaN(last)) continue
    count++
    let share = 1.0
    for (let bar = 0; bar < bars; bar++) {
      const price = at(close, bar * assets + asset)
      if (!isNaN(price)) share = first > 0 ? price / first : NaN
      const slot = dst + (<usize>bar << 3)
      store<f64>(slot, load<f64>(slot) + share)
    }
  }
  for (let bar = 0; bar < bars; bar++) put(dst, bar, at(dst, bar) / <f64>count)
}
