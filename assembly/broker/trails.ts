// What moves the marks of trails where it is not the walk (semantics 10.2): closes, or extremes of whole bars.
import * as L from '../layout'
import { Order } from '../records'
import { heldBits, orderBits, words } from './active'
import { followOrder, followTrails, trails } from './levels'
import { firstLot, lotAt, lotPosition, putLot, takeLot } from './lots'
import { adoptChanges } from './rules'
import { barValue, detailOf, firstOrder, hasBar, isAwake, larger, orderAt, positionOf, quantityOf, run, signOf, smaller } from './state'

// @ts-ignore: decorator
@inline function markPlace(asset: i32): usize {
  return detailOf(positionOf(asset)) + L.DETAIL_TRAIL_MARK
}

/** The better of a mark, if there is one, and a price, for a trail that guards `side`. */
// @ts-ignore: decorator
@inline function better(side: f64, mark: f64, price: f64): f64 {
  if (mark != mark) return price
  return side > 0 ? larger(mark, price) : smaller(mark, price)
}

/** Where a trail starts at `price`: the extreme of the bar under way, where bars count from their begin. */
export function trailStart(asset: i32, side: f64, price: f64, phase: i32): f64 {
  if (run.trailFollows != L.TRAIL_BAR || phase == L.PHASE_CLOSE) return price
  return better(side, price, barValue(side > 0 ? run.rangeHigh : run.rangeLow, asset))
}

/** The trails of a position that opens on this side start. */
export function startMark(asset: i32, side: f64, price: f64, phase: i32): void {
  store<f64>(markPlace(asset), trailStart(asset, side, price, phase))
}

/** A bar begins: trails that follow whole bars move to its extremes before anything else. */
export function moveTrailsBefore(): void {
  for (let w = 0; w < words(); w++) {
    for (let bits = orderBits(w) | heldBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (hasBar(a)) moveBefore(a)
    }
  }
}

// @ts-ignore: decorator
@inline function moveBefore(asset: i32): void {
  if (run.lots) {
    for (let i = firstLot(asset); i > 0; i = lotAt(i).next) if (lotAt(i).quantity != 0) moveLot(i, run.rangeHigh, run.rangeLow, true)
  } else if (quantityOf(asset) != 0) {
    if (run.ruled) adoptChanges(asset)
    moveMark(asset, run.rangeHigh, run.rangeLow)
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (isAwake(order) && trails(order)) moveOrder(order, run.rangeHigh, run.rangeLow)
  }
}

/** The range is over: trails that follow closes move to C, those that follow extremes to that of the bar, if they are older than it. */
export function moveTrailsAfter(): void {
  const closes = run.trailFollows == L.TRAIL_CLOSE
  const high = closes ? run.close : run.rangeHigh
  const low = closes ? run.close : run.rangeLow
  for (let w = 0; w < words(); w++) {
    for (let bits = orderBits(w) | heldBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (hasBar(a)) moveAfter(a, closes, high, low)
    }
  }
}

// @ts-ignore: decorator
@inline function moveAfter(asset: i32, closes: bool, high: usize, low: usize): void {
  if (run.lots) {
    for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
      const lot = lotAt(i)
      if (lot.quantity != 0 && (closes || lotPosition(i).entryBar < run.bar)) moveLot(i, high, low, false)
    }
  } else if (quantityOf(asset) != 0 && (closes || positionOf(asset).entryBar < run.bar)) moveMark(asset, high, low)
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (!trails(order)) continue
    const isNew = (order.flags & L.FLAG_TRAIL_NEW) != 0
    order.flags &= ~L.FLAG_TRAIL_NEW
    if (closes ? order.state == L.STATE_LIVE : isAwake(order) && !isNew) moveOrder(order, high, low)
  }
}

/** A bar of the first asset has passed in which nothing could happen: its position has no trail, but may get one. */
export function moveMarkCalm(): void {
  const closes = run.trailFollows == L.TRAIL_CLOSE
  if (run.trailFollows != L.TRAIL_EXTREMES || positionOf(0).entryBar < run.bar) moveMark(0, closes ? run.close : run.rangeHigh, closes ? run.close : run.rangeLow)
}

/** The mark of a lot (10.13). */
function moveLot(index: i32, high: usize, low: usize, adopts: bool): void {
  takeLot(index)
  const asset = lotAt(index).asset
  if (adopts) adoptChanges(asset)
  moveMark(asset, high, low)
  putLot()
}

// @ts-ignore: decorator
@inline function moveMark(asset: i32, high: usize, low: usize): void {
  const side = signOf(quantityOf(asset))
  const place = markPlace(asset)
  store<f64>(place, better(side, load<f64>(place), barValue(side > 0 ? high : low, asset)))
  if (run.ruled) followTrails(asset)
}

// @ts-ignore: decorator
@inline function moveOrder(order: Order, high: usize, low: usize): void {
  const side: f64 = order.side < 0 ? 1 : -1
  order.trailMark = better(side, order.trailMark, barValue(side > 0 ? high : low, order.asset))
  followOrder(order)
}
