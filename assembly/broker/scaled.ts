// Scaled brackets (semantics 3.17): what a fill of one child leaves of the others, and what it makes of the stop. Their units as
// they wake are those of `wakeChildren`.
import * as L from '../layout'
import { Order } from '../records'
import { toGrid } from './instruments'
import { boundLot, findLot, lotPosition, reducible } from './lots'
import { cancelSibling, endOrder, wakeTrail } from './orders'
import { DUST, firstOrder, larger, orderAt, positionOf, quantityOf, run, smaller } from './state'

/** A child of a scaled bracket has traded `k` units at `base`: a part of what it was to trade, or all of it. */
export function tieScaled(order: Order, k: f64, isPart: bool, base: f64, phase: i32): void {
  if ((order.link & L.SCALED_STOP) == 0) {
    const index = siblingOf(order, L.SCALED_STOP)
    if (index >= 0) coverLess(orderAt(index), k, isPart, base, phase)
  } else if (isPart) takeFromTargets(order, k)
  else cancelSibling(order)
}

/** The last pending child of the order's bracket that is this and has units, or -1. */
function siblingOf(order: Order, role: i32): i32 {
  let found = -1
  for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.parent == order.parent && (other.link & role) != 0 && other.state != L.STATE_ENDED && other.units > 0) found = i
  }
  return found
}

/** Takes `k` units off a child, which ends where next to nothing would be left. Returns whether it does. */
function takeOff(child: Order, k: f64): bool {
  const left = child.units - k
  const ends = left <= DUST * child.units
  if (ends) endOrder(child, L.ORDER_CANCELLED, L.END_SIBLING)
  else child.units = left
  return ends
}

/** Average price of what the stop covers: the position, or its lot. */
function averageBehind(stop: Order): f64 {
  return run.lots && boundLot(stop) > 0 ? lotPosition(findLot(boundLot(stop))).average : positionOf(stop.asset).average
}

/** A target has traded: the stop covers so much less, and counts it where that was all of it. */
function coverLess(stop: Order, k: f64, isPart: bool, base: f64, phase: i32): void {
  if (takeOff(stop, k) || isPart) return
  stop.link += 1 << L.SCALED_FILLED_SHIFT
  // One that was reached waits for its turn; a position that is gone takes it along.
  const held = run.lots ? reducible(stop) : quantityOf(stop.asset)
  if (stop.status != L.ORDER_PENDING || held == 0) return
  const filled = (stop.link >> L.SCALED_FILLED_SHIFT) & 15
  if (filled == ((stop.link >> L.SCALED_EVEN_SHIFT) & 15)) moveStop(stop, toGrid(stop.asset, averageBehind(stop), stop.side > 0))
  if (filled == ((stop.link >> L.SCALED_TRAIL_SHIFT) & 15)) trailStop(stop, base, phase)
}

// @ts-ignore: decorator
@inline function tighter(stop: Order, a: f64, b: f64): f64 {
  return stop.side < 0 ? larger(a, b) : smaller(a, b)
}

/** The level of the stop or trail goes to a price, where that tightens it. */
function moveStop(stop: Order, level: f64): void {
  if (stop.type == L.TYPE_STOP) stop.stop = tighter(stop, level, stop.stop)
  else stop.trailLevel = tighter(stop, level, stop.trailLevel)
}

/** The stop is a trailing one from here on, and no looser than it was. */
function trailStop(stop: Order, base: f64, phase: i32): void {
  const level = stop.stop
  stop.type = L.TYPE_TRAILING_STOP
  stop.stop = NaN
  wakeTrail(stop, base, phase)
  moveStop(stop, level)
}

/** The stop has traded a part: the targets close no more than is left, and the farthest give up first. */
function takeFromTargets(stop: Order, k: f64): void {
  for (let left = k; left > 0; ) {
    const index = siblingOf(stop, L.SCALED_TARGET)
    if (index < 0) return
    const target = orderAt(index)
    const units = target.units
    if (!takeOff(target, left)) return
    left = left - units
  }
}
