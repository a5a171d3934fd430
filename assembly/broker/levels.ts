// Levels: what has one, at which price it lies, and where it fires. The one file that reads them (semantics 3.5, 5.3, 5.5,
// 6.2). A level belongs to a rule of a position, by its place in the chain, or to a pending order, by its index in the pool.
// Whoever looks for levels goes through them with `lookAt` and `nextLevel`.
//
//   rules    place 0 .. n-1 of the chain, then the stop that a move-stop added to a chain without one
//   orders   in the order of their ids
import * as L from '../layout'
import { Order, Position, Rule } from '../records'
import { atrAtEntry, atrNow } from './atr'
import { isHidden, isTargetHidden } from './foreign'
import { toGrid } from './instruments'
import { firstLot, lotAt, putLot, takeLot, takenLot } from './lots'
import { barsHeld, chainLength, chainOf, detailOf, firstOrder, highOf, larger, lowOf, orderAt, positionOf, quantityOf, ruleAt, run, scaled, signOf, smaller } from './state'

// ---- where a level fires -----------------------------------------------------------------------

/** The price is at or beyond a level that fires on the way `direction`: +1 upwards, -1 downwards. */
// @ts-ignore: decorator
@inline export function isReached(level: f64, direction: f64, price: f64): bool {
  return direction > 0 ? price >= level : price <= level
}

/**
 * Rule 3.5, the first price at or beyond a level, on the way from `price` to `end`: the price of now where it has reached the
 * level already, which then says nothing any more; the level itself where the way leads to it; NaN where it does not.
 */
// @ts-ignore: decorator
@inline export function firstPriceAtOrBeyond(level: f64, direction: f64, price: f64, end: f64): f64 {
  if (isReached(level, direction, price)) return price
  return (end - price) * direction > 0 && isReached(level, direction, end) ? level : NaN
}

// ---- the levels of an asset, one after the other -----------------------------------------------

// Whose turn it is at one price (5.3): exits that wait for an extreme, exits by stop, exits at limits, entries.
export const RANK_WAITING: i32 = 0
export const RANK_STOP_RULE: i32 = 1
export const RANK_STOP_ORDER: i32 = 2
export const RANK_LIMIT_RULE: i32 = 3
export const RANK_LIMIT_ORDER: i32 = 4
export const RANK_ENTRY: i32 = 5
export const RANK_NONE: i32 = 6

/** The level that is looked at: its price, the way on which it fires, its turn, and whose it is (-1: not a rule's, not an order's). */
export let levelPrice: f64 = 0
export let levelDirection: f64 = 0
export let levelRank: i32 = 0
export let levelPlace: i32 = 0
export let levelOrder: i32 = 0

let position: Position = changetype<Position>(0)
let side: f64 = 0
let chain: usize = 0
let chainRules: i32 = 0
let place: i32 = 0
/** Which of the chain's stops has been moved: its place, the place behind the chain where one was added, or -1. */
let movedPlace: i32 = 0
let order: i32 = 0
let asset: i32 = 0
/** Some levels are not looked at (10.10). */
let hides: bool = false

/** Begins with the first level of the asset: those of its position, then those of its orders. */
export function lookAt(which: i32): void {
  asset = which
  hides = false
  order = firstOrder(which)
  place = 0
  side = signOf(quantityOf(which))
  chainRules = 0
  movedPlace = -1
  if (side != 0) {
    position = positionOf(which)
    chain = chainOf(which)
    chainRules = chainLength(which)
    if (position.movedStop == position.movedStop) movedPlace = firstStop(chain, chainRules)
  }
  if (run.foreign) lookAsOthers()
}

/** What rules of other engines hide of these levels. */
function lookAsOthers(): void {
  hides = run.bothReached != L.BOTH_REACHED_PATH
  // The rules of lots are looked at with the lot in the position's place, and the orders of their asset without (10.13).
  if (takenLot() > 0) order = -1
  else if (run.lots) place = chainRules + 1
  if (side == 0) return
  // Rules that are not live yet have no levels (10.1), and those whose exit was cut in this bar have had their turn (10.4).
  const sleeps = run.exitsLive != L.EXITS_LIVE_FILL && barsHeld(position, L.PHASE_RANGE) < position.sleeps
  if (sleeps || position.cutBar == run.bar) place = chainRules + 1
}

/** Goes on to the next level that can still fire: its price in `levelPrice`. Trails: as last followed. False when there are no more. */
export function nextLevel(): bool {
  while (place <= chainRules) {
    const at = place++
    if (at == chainRules && movedPlace != at) break
    if (isSpent(position, at)) continue
    const isMoved = movedPlace == at
    const type = isMoved ? L.REASON_STOP : ruleAt(chain, at).type
    // What goes by bars held and by the clock has no level: of what rules are, those are the last codes.
    if (type >= L.REASON_TIME || (type == L.REASON_TARGET && hides && isTargetHidden(asset))) continue
    levelPrice = isMoved ? position.movedStop : ruleLevel(asset, position, chain, at, side)
    levelDirection = type == L.REASON_TARGET ? side : -side
    levelRank = type == L.REASON_TARGET ? RANK_LIMIT_RULE : RANK_STOP_RULE
    levelPlace = at
    levelOrder = -1
    return true
  }
  while (order >= 0) {
    const at = order
    const live = orderAt(at)
    order = live.next
    if (live.state != L.STATE_LIVE || live.type == L.TYPE_MARKET) continue
    if (hides && isHidden(live)) continue
    const limit = firesAsLimit(live)
    levelPrice = orderLevel(live)
    levelDirection = limit ? -<f64>live.side : <f64>live.side
    levelRank = side * <f64>live.side < 0 ? (limit ? RANK_LIMIT_ORDER : RANK_STOP_ORDER) : RANK_ENTRY
    levelPlace = -1
    levelOrder = at
    return true
  }
  return false
}

/** What `findLevels` has found. */
export let levelBelow: f64 = 0
export let levelAbove: f64 = 0

/**
 * The nearest levels of a position's rules below and above the price, all at once. False where one of them does not stand still
 * until the price is there, or may act without a price: then every bar has to be looked at. A trail moves even when it has
 * fired, as a chain that replaces this one may take up its level.
 */
export function findLevels(asset: i32): bool {
  const position = positionOf(asset)
  const side = signOf(quantityOf(asset))
  const chain = chainOf(asset)
  const count = chainLength(asset)
  const moved = position.movedStop
  const first = moved == moved ? firstStop(chain, count) : -1
  let below = -Infinity
  let above = Infinity
  for (let place = 0; place <= count; place++) {
    const isMoved = place == first
    if (place == count && !isMoved) break
    const type = isMoved ? L.REASON_STOP : ruleAt(chain, place).type
    const spent = isSpent(position, place)
    if (type != L.REASON_STOP && type != L.REASON_TARGET && !(spent && type >= L.REASON_TIME)) return false
    if (spent) continue
    const level = isMoved ? moved : ruleLevel(asset, position, chain, place, side)
    if ((type == L.REASON_TARGET) == side > 0) above = smaller(above, level)
    else below = larger(below, level)
  }
  levelBelow = below
  levelAbove = above
  return true
}

/** The level of `nextLevel` is one of a trail, which moves with the price. */
// @ts-ignore: decorator
@inline export function isTrail(): bool {
  if (levelOrder >= 0) return trails(orderAt(levelOrder))
  return levelPlace < chainRules && ruleAt(chain, levelPlace).type == L.REASON_TRAIL
}

/** The level of `nextLevel`, a trail's as near as the range from `low` to `high` can bring it, the water marks of its asset included. */
export function nearestLevel(asset: i32, low: f64, high: f64): f64 {
  if (!isTrail() || run.trailFollows != L.TRAIL_WALK) return levelPrice
  let mark = NaN
  let level: f64
  const guarded: f64 = -levelDirection
  if (levelOrder >= 0) {
    const trail = orderAt(levelOrder)
    mark = trail.trailMark
    const best = mark != mark ? (guarded > 0 ? high : low) : guarded > 0 ? larger(mark, high) : smaller(mark, low)
    level = trailLevel(asset, guarded, best, trail.trail, (trail.flags & L.FLAG_TRAIL_FRACTION) != 0)
  } else {
    const best = guarded > 0 ? larger(highOf(asset), high) : smaller(lowOf(asset), low)
    level = ruleTrail(asset, position, ruleAt(chain, levelPlace), guarded, best)
  }
  return levelPrice == levelPrice ? tighter(guarded, levelPrice, level) : level
}

// ---- levels of rules (6.2) ---------------------------------------------------------------------

/** What the levels of a position are measured from. */
// @ts-ignore: decorator
@inline export function basisOf(position: Position): f64 {
  return run.stopBasis == L.STOP_BASIS_FILL ? position.average : position.basis
}

/** Level of a stop or target at its distance from the basis; of a trail as last followed, NaN before; of time and clock none. */
// @ts-ignore: decorator
@inline export function ruleLevel(asset: i32, position: Position, chain: usize, place: i32, side: f64): f64 {
  const rule = ruleAt(chain, place)
  if (rule.type == L.REASON_TRAIL) return load<f64>(trailLevelPlace(position, place))
  const way = rule.type == L.REASON_STOP ? -side : side
  // Away from the basis: stops against the trader, targets to the passive side (1.10).
  return toGrid(asset, awayFrom(position, rule, way, rule.distance), way > 0)
}

/** The price at a distance from the basis, in the unit of the rule (6.2), on no grid. */
// @ts-ignore: decorator
@inline function awayFrom(position: Position, rule: Rule, way: f64, distance: f64): f64 {
  const basis = basisOf(position)
  if (rule.unit == L.UNIT_FRACTION) return scaled(basis, way * distance)
  return basis + way * (rule.unit == L.UNIT_PRICE ? distance : distance * atrAtEntry(position, rule.bars))
}

/** Notes where a position that begins is to be given up (7.11): at the nearest level of the stops and trails of its chain. */
export function noteStops(asset: i32, position: Position, side: f64): void {
  position.stopped = 0
  if (!run.record || !run.ruled) return
  const chain = chainOf(asset)
  const count = chainLength(asset)
  for (let place = 0; place < count; place++) {
    const type = ruleAt(chain, place).type
    if (type == L.REASON_STOP || type == L.REASON_TRAIL) noteStop(position, side, ruleLevel(asset, position, chain, place, side))
  }
}

/** One of these levels, NaN where there is none. */
export function noteStop(position: Position, side: f64, level: f64): void {
  if (level != level) return
  const place = detailOf(position) + L.DETAIL_ENTRY_STOP
  store<f64>(place, position.stopped == 0 ? level : tighter(side, load<f64>(place), level))
  position.stopped = 1
}

/** Level of the rule at a place of the asset's chain. */
export function ruleLevelAt(asset: i32, place: i32): f64 {
  return ruleLevel(asset, positionOf(asset), chainOf(asset), place, signOf(quantityOf(asset)))
}

/** The first stop of a chain: the one that moves, or the chain's length where one is added (6.1). */
export function firstStop(chain: usize, count: i32): i32 {
  for (let place = 0; place < count; place++) if (ruleAt(chain, place).type == L.REASON_STOP) return place
  return count
}

/** Price of the stop that would move (6.1), NaN where the chain has none yet. */
export function stopLevel(asset: i32): f64 {
  const position = positionOf(asset)
  if (position.movedStop == position.movedStop) return position.movedStop
  const chain = chainOf(asset)
  const count = chainLength(asset)
  const first = firstStop(chain, count)
  return first < count ? ruleLevel(asset, position, chain, first, signOf(quantityOf(asset))) : NaN
}

/** REASON_STOP, _TARGET, _TRAIL, _TIME or _CLOCK of the rule at a place. */
export function reasonAt(asset: i32, place: i32): i32 {
  return place < chainLength(asset) ? ruleAt(chainOf(asset), place).type : L.REASON_STOP
}

/** The rule at this place has fired for good, or waits for its fill (6.1, 6.3). */
// @ts-ignore: decorator
@inline export function isSpent(position: Position, place: i32): bool {
  return ((position.fired | position.waiting) & (1 << place)) != 0
}

// ---- levels of orders --------------------------------------------------------------------------

/** Limit orders, and those that have become one. */
// @ts-ignore: decorator
@inline export function isLimit(order: Order): bool {
  return order.type == L.TYPE_LIMIT || (((BECOMES_LIMIT >> order.type) & 1) != 0 && order.status == L.ORDER_TRIGGERED)
}

const BECOMES_LIMIT: i32 = (1 << L.TYPE_STOP_LIMIT) | (1 << L.TYPE_LIMIT_IF_TOUCHED) | (1 << L.TYPE_TRAILING_LIMIT)
const TOUCHES: i32 = (1 << L.TYPE_LIMIT) | (1 << L.TYPE_MARKET_IF_TOUCHED) | (1 << L.TYPE_LIMIT_IF_TOUCHED)
const TRAILS: i32 = (1 << L.TYPE_TRAILING_STOP) | (1 << L.TYPE_TRAILING_LIMIT)

/** The order becomes a limit when it is first reached (3.3). */
// @ts-ignore: decorator
@inline export function becomesLimit(order: Order): bool {
  return ((BECOMES_LIMIT >> order.type) & 1) != 0 && order.status != L.ORDER_TRIGGERED
}

/** Fires where a limit would: limits, and orders if touched (3.13). */
// @ts-ignore: decorator
@inline function firesAsLimit(order: Order): bool {
  return ((TOUCHES >> order.type) & 1) != 0 || isLimit(order)
}

/** The order follows the price (5.5). */
// @ts-ignore: decorator
@inline export function trails(order: Order): bool {
  return ((TRAILS >> order.type) & 1) != 0 && order.status != L.ORDER_TRIGGERED
}

/** +1 where the order fires on the way up (buy stops, sell limits), -1 where on the way down. */
// @ts-ignore: decorator
@inline export function firesOn(order: Order): f64 {
  return firesAsLimit(order) ? -<f64>order.side : <f64>order.side
}

/** Price at which the order fires next: limit, stop, touch, trail level; NaN for market orders and trails without a mark. */
// @ts-ignore: decorator
@inline export function orderLevel(order: Order): f64 {
  if (isLimit(order)) return order.limit
  // A stop that was reached and waits for its next turn (3.12) has been passed, whatever the price.
  if (order.status == L.ORDER_TRIGGERED) return -firesOn(order) * Infinity
  if (((TRAILS >> order.type) & 1) != 0) return order.trailLevel
  return order.type == L.TYPE_MARKET ? NaN : order.stop
}

// ---- trails (5.5) ------------------------------------------------------------------------------

/** Level of a trail at `distance` behind a water mark; side +1 for a long position or a sell trail. */
export function trailLevel(asset: i32, side: f64, mark: f64, distance: f64, fraction: bool): f64 {
  return toGrid(asset, fraction ? scaled(mark, -side * distance) : mark - side * distance, side < 0)
}

// @ts-ignore: decorator
@inline export function trailLevelPlace(position: Position, place: i32): usize {
  return detailOf(position) + L.DETAIL_TRAIL_LEVELS + ((<usize>place) << 3)
}

// @ts-ignore: decorator
@inline function tighter(side: f64, a: f64, b: f64): f64 {
  return side > 0 ? Math.max(a, b) : Math.min(a, b)
}

/** Level of a trail rule behind a water mark. */
// @ts-ignore: decorator
@inline function ruleTrail(asset: i32, position: Position, rule: Rule, side: f64, mark: f64): f64 {
  if (rule.unit == L.UNIT_ATR) return toGrid(asset, mark - side * (rule.distance * atrNow(position, rule.bars)), side < 0)
  return trailLevel(asset, side, mark, rule.distance, rule.unit == L.UNIT_FRACTION)
}

/** The profit has been so large that the trail begins to follow (6.6). */
function begins(position: Position, rule: Rule, side: f64, mark: f64): bool {
  return side * (mark - awayFrom(position, rule, side, rule.from)) >= 0
}

/** Takes the trail levels of a position along with the water marks; a level never loosens. */
export function followTrails(asset: i32): void {
  const count = chainLength(asset)
  if (count == 0) return
  const chain = chainOf(asset)
  for (let place = 0; place < count; place++) {
    const rule = ruleAt(chain, place)
    if (rule.type == L.REASON_TRAIL) followTrail(asset, place, rule)
  }
}

/** Takes the trails of each lot along (10.13). */
export function followLots(asset: i32): void {
  if (!run.ruled) return
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    // Behind a fence nothing follows.
    if (lot.quantity == 0 || (lot.fenced && lot.below < Infinity)) continue
    takeLot(i)
    followTrails(asset)
    putLot()
  }
}

function followTrail(asset: i32, place: i32, rule: Rule): void {
  const position = positionOf(asset)
  const side = signOf(quantityOf(asset))
  const mark = run.trailFollows == L.TRAIL_WALK ? (side > 0 ? highOf(asset) : lowOf(asset)) : load<f64>(detailOf(position) + L.DETAIL_TRAIL_MARK)
  const stored = trailLevelPlace(position, place)
  const old = load<f64>(stored)
  if (rule.from > 0 && old != old && !begins(position, rule, side, mark)) return
  const level = ruleTrail(asset, position, rule, side, mark)
  store<f64>(stored, old == old ? tighter(side, old, level) : level)
}

/** A trailing order begins to follow from `price`; NaN: from its first price. */
export function startTrail(order: Order, price: f64): void {
  order.trailMark = price
  order.trailLevel = NaN
  followOrder(order)
}

/** Takes the level of a trailing order along with its mark; it never loosens. A sell trail guards a long position. */
export function followOrder(order: Order): void {
  const mark = order.trailMark
  if (mark != mark) return
  const side: f64 = order.side < 0 ? 1 : -1
  const level = trailLevel(order.asset, side, mark, order.trail, (order.flags & L.FLAG_TRAIL_FRACTION) != 0)
  const old = order.trailLevel
  order.trailLevel = old != old ? level : tighter(side, old, level)
}

/** The price has been at `price`: a live trailing order follows it. */
export function touchOrder(order: Order, price: f64): void {
  const mark = order.trailMark
  if (run.trailFollows != L.TRAIL_WALK) {
    // Elsewhere only a trail without any mark starts at the price.
    if (mark == mark) return
    if (run.trailFollows == L.TRAIL_EXTREMES) order.flags |= L.FLAG_TRAIL_NEW
  }
  order.trailMark = mark != mark ? price : order.side < 0 ? Math.max(mark, price) : Math.min(mark, price)
  followOrder(order)
}
