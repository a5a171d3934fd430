// Levels: whether the price at a point has reached one, and whether a bar's range can (semantics 5.1, 5.3).
import * as L from '../layout'
import { Order } from '../records'
import { chainLength, chainOf, firstOrder, highOf, lowOf, orderAt, positionOf, quantityOf, ruleAt, run, signOf } from './state'
import { isSpent, levelAt, placesOf, reasonAt, trailLevel } from './rules'

/** +1 where the order fires on the way up (buy stops, sell limits), -1 where on the way down. */
// @ts-ignore: decorator
@inline export function firesOn(order: Order): f64 {
  return isLimit(order) ? -<f64>order.side : <f64>order.side
}

/** Limit orders, and stop-limits that have been triggered. */
// @ts-ignore: decorator
@inline export function isLimit(order: Order): bool {
  return order.type == L.TYPE_LIMIT || (order.type == L.TYPE_STOP_LIMIT && order.status == L.ORDER_TRIGGERED)
}

/** Price at which the order fires next: limit, stop, trail level; NaN for market orders and trails without a mark. */
// @ts-ignore: decorator
@inline export function orderLevel(order: Order): f64 {
  if (isLimit(order)) return order.limit
  if (order.type == L.TYPE_TRAILING_STOP) return order.trailLevel
  return order.type == L.TYPE_MARKET ? NaN : order.stop
}

/** The price is at or beyond a level that fires on the way `direction`. */
// @ts-ignore: decorator
@inline export function isReached(level: f64, direction: f64, price: f64): bool {
  return direction > 0 ? price >= level : price <= level
}

/** +1 where a rule's level of a position on `side` fires on the way up. */
// @ts-ignore: decorator
@inline export function ruleFiresOn(reason: i32, side: f64): f64 {
  return reason == L.REASON_TARGET ? side : -side
}

/** What the range of a bar can do to an asset. */
export const NOTHING: i32 = 0
/** One fill that is the same on every path. */
export const CERTAIN: i32 = 1
/** Paths have to be walked. */
export const OPEN_ENDED: i32 = 2

/**
 * A quick look at an asset's bar: which of its levels, trails taken at their best, lie inside [low, high]. What this
 * calls certain has been proved to be the same on every candidate path: a single level at a fixed price whose fill
 * makes nothing else live and moves no other level.
 */
export function reach(asset: i32, low: f64, high: f64): i32 {
  let found = 0
  let certain = true
  const q = quantityOf(asset)
  if (q != 0) {
    const position = positionOf(asset)
    if (position.pendingCount > 0 && run.stopFill == L.STOP_FILL_EXTREME) return OPEN_ENDED
    const side = signOf(q)
    const places = placesOf(asset)
    const chain = chainOf(asset)
    const count = chainLength(asset)
    for (let place = 0; place < places; place++) {
      if (isSpent(position, place)) continue
      const reason = reasonAt(asset, place)
      if (reason == L.REASON_TIME) continue
      const direction = ruleFiresOn(reason, side)
      let level = levelAt(asset, place)
      const trails = reason == L.REASON_TRAIL
      if (trails) {
        const rule = ruleAt(chain, place)
        const best = trailLevel(side, side > 0 ? Math.max(highOf(asset), high) : Math.min(lowOf(asset), low), rule.distance, rule.unit == L.UNIT_FRACTION)
        level = level != level ? best : side > 0 ? Math.max(level, best) : Math.min(level, best)
      }
      if (!isReached(level, direction, direction > 0 ? high : low)) continue
      found++
      if (trails || run.stopFill == L.STOP_FILL_EXTREME) certain = false
      else if (place < count && ruleAt(chain, place).action == L.ACTION_MOVE_STOP) certain = false
    }
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || order.type == L.TYPE_MARKET) continue
    const direction = firesOn(order)
    let level = orderLevel(order)
    if (order.type == L.TYPE_TRAILING_STOP) {
      const side = -<f64>order.side
      const mark = order.trailMark
      const extreme = side > 0 ? high : low
      const best = mark != mark ? extreme : side > 0 ? Math.max(mark, extreme) : Math.min(mark, extreme)
      const bestLevel = trailLevel(side, best, order.trail, (order.flags & L.FLAG_TRAIL_FRACTION) != 0)
      level = level != level ? bestLevel : side > 0 ? Math.max(level, bestLevel) : Math.min(level, bestLevel)
      if (!isReached(level, direction, direction > 0 ? high : low)) continue
      certain = false
    } else {
      if (!isReached(level, direction, direction > 0 ? high : low)) continue
      if (order.type == L.TYPE_STOP_LIMIT && order.status != L.ORDER_TRIGGERED) certain = false
      else if ((order.flags & L.FLAG_REDUCE_ONLY) == 0) {
        if (order.children > 0 || order.ruleStop == order.ruleStop || order.ruleTarget == order.ruleTarget || order.ruleTrail == order.ruleTrail) certain = false
        else if (run.longestChain > 0) certain = false
        else if (q != 0 && positionOf(asset).ownCount > 0) certain = false
      }
    }
    found++
  }
  if (found == 0) return NOTHING
  return found == 1 && certain ? CERTAIN : OPEN_ENDED
}
