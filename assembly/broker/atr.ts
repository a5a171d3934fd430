// The average true range that rules are measured in (semantics 6.5): worked out from the bars where it is asked for, so that no run
// has to keep it. Few ask: a level that stands still is found once, and a trail asks a few times in a bar.
import * as L from '../layout'
import { Position } from '../records'
import { at, run } from './state'

/** Mean of the true ranges of the asset's last `n` bars up to bar `last`, of fewer where it has fewer; NaN where it has none. */
export function atr(asset: i32, n: i32, last: i32): f64 {
  const r = run
  let sum: f64 = 0
  let count = 0
  let top: f64 = NaN
  let bottom: f64 = NaN
  for (let bar = last; bar >= 0 && count < n; bar--) {
    const cell = bar * r.assets + asset
    const close = load<f64>(at(r.close, cell))
    if (close != close) continue
    // It ends the range of the bar after it.
    if (top == top) {
      sum = sum + (Math.max(top, close) - Math.min(bottom, close))
      count++
    }
    top = load<f64>(at(r.rangeHigh, cell))
    bottom = load<f64>(at(r.rangeLow, cell))
  }
  // The asset's first bar has none before it.
  if (count < n && top == top) {
    sum = sum + (top - bottom)
    count++
  }
  return count > 0 ? sum / <f64>count : NaN
}

/** The last bar that had closed when the position was opened. */
function closedAtEntry(position: Position): i32 {
  const phase = (position.entryCode >> L.CODE_PHASE_SHIFT) & 3
  return phase == L.PHASE_CLOSE ? position.entryBar : position.entryBar - 1
}

// @ts-ignore: decorator
@inline function assetOf(position: Position): i32 {
  return <i32>((changetype<usize>(position) - run.positions) / <usize>L.POSITION_BYTES)
}

/** The ATR of `n` bars at the position's entry. */
export function atrAtEntry(position: Position, n: i32): f64 {
  return atr(assetOf(position), n, closedAtEntry(position))
}

/** The ATR of `n` bars now: of the bars before this one. */
export function atrNow(position: Position, n: i32): f64 {
  return atr(assetOf(position), n, max(run.bar - 1, closedAtEntry(position)))
}
