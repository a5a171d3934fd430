// What was held between the fills of a run.
import {
  HELD_ASSET_BARS,
  HELD_ASSET_LONG,
  HELD_ASSET_MEAN,
  HELD_ASSET_SHORT,
} from '../layout'
import { add, at, column } from './columns'

/** Adds the fills up to a bar to what is held by asset. Returns the first one after it. */
export function holdFilled(bar: i32, next: i32, fillBars: usize, fillAssets: usize, units: usize, fills: i32, held: usize): i32 {
  for (; next < fills && load<i32>(fillBars + (<usize>next << 2)) <= bar; next++)
    add(held, load<i32>(fillAssets + (<usize>next << 2)), at(units, next))
  return next
}

/** The mark of an asset is its last close. */
// @ts-ignore: decorator
@inline export function markAt(price: f64, marks: usize, asset: i32): void {
  if (!isNaN(price)) store<f64>(marks + (<usize>asset << 3), price)
}

/**
 * Follows what was held at the close of each bar: its value at the last close of each asset.
 *
 * @param close panel [bar][asset] from the first bar of the run on @param equity at each of `bars` bars
 * @param fillBars @param fillAssets @param units of each of `fills` fills, in their order: the bar from the first of the run on (i32),
 * the asset (i32), units signed
 * @param room pointer to two doubles an asset
 * @param dst three columns of `bars` doubles: positions that were held, the value of long ones, that of short ones (at most 0)
 * @param shares pointer to the HELD_ASSET_* columns, of a double an asset: the largest long and the largest short value as fractions of
 * the equity, the mean of the absolute one over the bars in which it was held, and these bars. Bars with an equity of 0 or less have no fractions.
 */
export function positionShares(
  close: usize,
  equity: usize,
  bars: i32,
  assets: i32,
  fillBars: usize,
  fillAssets: usize,
  units: usize,
  fills: i32,
  multipliers: usize,
  room: usize,
  dst: usize,
  shares: usize,
): void {
  const held = room
  const marks = room + (<usize>assets << 3)
  memory.fill(room, 0, <usize>assets << 4)
  memory.fill(shares, 0, <usize>assets << 5)
  let next = 0
  for (let bar = 0; bar < bars; bar++) {
    next = holdFilled(bar, next, fillBars, fillAssets, units, fills, held)
    const worth = at(equity, bar)
    let count = 0
    let long = 0.0
    let short = 0.0
    for (let asset = 0; asset < assets; asset++) {
      markAt(at(close, bar * assets + asset), marks, asset)
      const quantity = at(held, asset)
      if (quantity == 0) continue
      const value = quantity * at(marks, asset) * at(multipliers, asset)
      count++
      if (quantity > 0) long += value
      else short += value
      if (!(worth > 0)) continue
      const part = value / worth
      const most = column(shares, quantity > 0 ? HELD_ASSET_LONG : HELD_ASSET_SHORT, assets) + (<usize>asset << 3)
      store<f64>(most, quantity > 0 ? Math.max(load<f64>(most), part) : Math.min(load<f64>(most), part))
      add(column(shares, HELD_ASSET_MEAN, assets), asset, Math.abs(part))
      add(column(shares, HELD_ASSET_BARS, assets), asset, 1.0)
    }
    store<f64>(dst + (<usize>bar << 3), <f64>count)
    store<f64>(dst + (<usize>(bars + bar) << 3), long)
    store<f64>(dst + (<usize>(2 * bars + bar) << 3), short)
  }
  for (let asset = 0; asset < assets; asset++) {
    const mean = column(shares, HELD_ASSET_MEAN, assets) + (<usize>asset << 3)
    const lasted = at(column(shares, HELD_ASSET_BARS, assets), asset)
    store<f64>(mean, lasted > 0 ? load<f64>(mean) / lasted : NaN)
  }
}
