// The order pool: live orders in id order, placing, ending, the ties between them (semantics 3).
//
//   pool    [#7][#8][#9 ended][#12] ...      in id order; ended ones are squeezed out between bars
//   heads   asset -> pool index of the first that has not ended, `next` -> the asset's following one
import * as L from '../layout'
import { Order } from '../records'
import { lastMark } from './account'
import { words } from './active'
import { isDropped } from './foreign'
import { isOffGrid, rounded } from './instruments'
import { followOrder, noteStop, startTrail, trails } from './levels'
import { findLot, isOrphan, putLot, takeLot } from './lots'
import { noteLimit } from './maker'
import { placeChild } from './places'
import { DUST, addTotal, bringsRules, firstOrder, hasBar, isAwake, orderAt, orderChain, positionOf, quantityOf, run, setBit, sleepAfter } from './state'
import { appendEnded } from './tables'
import { trailStart } from './trails'

/** Squeezes ended orders out of the pool and chains the rest anew. */
// @ts-ignore: decorator
@inline export function compactPool(): void {
  const r = run
  // When everything has ended the chains are empty.
  if (r.live == 0) {
    r.poolCount = 0
    r.chainCount = 0
  } else if (r.poolCount - r.live >= 64 || r.poolCount >= r.poolCapacity >> 1) squeezePool()
}

function squeezePool(): void {
  const r = run
  const count = r.poolCount
  for (let i = 0; i < count; i++) store<i32>(r.heads + ((<usize>orderAt(i).asset) << 2), -1)
  for (let w = 0; w < words(); w++) store<u64>(r.orderBits + ((<usize>w) << 3), 0)
  let kept = 0
  // Chains wait in the order of their orders, so they move together.
  let chains = 0
  for (let i = 0; i < count; i++) {
    if (orderAt(i).state == L.STATE_ENDED) continue
    if (kept != i) copyOrder(changetype<usize>(orderAt(kept)), changetype<usize>(orderAt(i)))
    const order = orderAt(kept)
    if (order.chainRules > 0) {
      if (order.chain != chains) memory.copy(orderChain(chains), orderChain(order.chain), L.CHAIN_BYTES)
      order.chain = chains++
    }
    link(kept++)
  }
  r.poolCount = kept
  r.chainCount = chains
}

/** Not memory.copy, which is a call out of WebAssembly. */
function copyOrder(to: usize, from: usize): void {
  for (let at: usize = 0; at < <usize>L.LIVE_BYTES; at += 16) v128.store(to + at, v128.load(from + at))
}

// @ts-ignore: decorator
@inline function link(index: i32): void {
  const r = run
  const order = orderAt(index)
  const slot = (<usize>order.asset) << 2
  order.next = -1
  if (load<i32>(r.heads + slot) < 0) store<i32>(r.heads + slot, index)
  else orderAt(load<i32>(r.tails + slot)).next = index
  store<i32>(r.tails + slot, index)
  setBit(r.orderBits, order.asset, true)
}

/** A fresh record at the end of the pool with the next id; the caller fills it in. */
// @ts-ignore: decorator
@inline export function newOrder(asset: i32): Order {
  const order = orderAt(run.poolCount)
  blankOrder(order)
  order.id = run.nextId++
  order.asset = asset
  order.created = run.bar
  return order
}

/** A record without anything. */
// @ts-ignore: decorator
@inline export function blankOrder(order: Order): void {
  order.limit = NaN
  order.stop = NaN
  order.trail = NaN
  order.trailMark = NaN
  order.trailLevel = NaN
  order.tag = 0
  order.units = NaN
  order.filled = 0
  order.value = 0
  order.commission = 0
  order.ruleStop = NaN
  order.ruleTarget = NaN
  order.ruleTrail = NaN
  order.opened = 0
  order.goodTill = NaN
  order.endBar = L.NO_END
  order.link = 0
  order.lot = 0
  // Snapshots are equal over any memory.
  order.spare = 0
  order.room = 0
  order.status = 0
  order.state = L.STATE_LIVE
  order.flags = 0
  order.parent = 0
  order.group = 0
  order.children = 0
  order.chainRules = 0
}

/** A market order for a close, this one or the next. */
// @ts-ignore: decorator
@inline function isAtClose(order: Order): bool {
  return order.type == L.TYPE_MARKET && order.timing != L.TIMING_NEXT_OPEN
}

/** The order enters the pool (3.1); `admitOrder` comes next, when its children are there too. */
// @ts-ignore: decorator
@inline export function placeOrder(order: Order): void {
  link(run.poolCount++)
  countOrder(order)
}

/** The order is pending from now on: what the run knows of its orders together, and the price that it was given at. */
// @ts-ignore: decorator
@inline export function countOrder(order: Order): void {
  const r = run
  r.live++
  if (isAtClose(order)) r.atClose++
  if (order.size == L.SIZE_FRACTION || order.size == L.SIZE_TARGET_FRACTION) r.fractions++
  addTotal(L.TOTAL_ORDERS, 1)
  if (bringsRules(order) && order.parent == 0) r.ruled = 1
  if (order.endBar < r.nextExpiry) r.nextExpiry = order.endBar
  order.basis = lastMark(order.asset)
  if (trails(order) && (order.state == L.STATE_LIVE || r.trailFollows == L.TRAIL_CLOSE)) startTrail(order, order.basis)
}

/** A market order, which still has to be placed and admitted. */
// @ts-ignore: decorator
@inline export function marketOrder(asset: i32, side: i32, size: i32, amount: f64, timing: i32, flags: i32): Order {
  const order = newOrder(asset)
  order.side = side
  order.type = L.TYPE_MARKET
  order.size = size
  order.amount = amount
  order.timing = timing
  order.flags = flags
  return order
}

/** A reduce-only market order for the whole position; bound to its side where there is one (3.6). As plain as children may be (10.11). */
export function closingOrder(asset: i32, timing: i32, flags: i32): Order {
  const q = quantityOf(asset)
  const side = q > 0 ? -1 : q < 0 ? 1 : 0
  const bound = run.children == L.CHILDREN_REDUCE_ONLY ? L.FLAG_REDUCE_ONLY : 0
  return marketOrder(asset, side, L.SIZE_UNITS, Math.abs(q), timing, bound | L.FLAG_CLOSE_ALL | flags)
}

/** What is refused as soon as it is given: by a bankrupt account, of an asset that has ended or is not listed, at a price off its grid, without a price (7.7, 3.11, 1.10, 3.4). */
// @ts-ignore: decorator
@inline export function admitOrder(order: Order): void {
  if (order.state == L.STATE_ENDED) return
  if (run.bust) endOrder(order, L.ORDER_REJECTED, L.END_BUST)
  else if (run.ends && hasEnded(order.asset)) endOrder(order, L.ORDER_REJECTED, L.END_DELISTED)
  else if (run.listed && isUnlisted(order)) endOrder(order, L.ORDER_REJECTED, L.END_NOT_LISTED)
  else if (run.ticks && namesOffGrid(order)) endOrder(order, L.ORDER_REJECTED, L.END_OFF_GRID)
  else if (order.type == L.TYPE_MARKET && order.timing == L.TIMING_SAME_CLOSE && !hasBar(order.asset)) {
    endOrder(order, L.ORDER_REJECTED, L.END_NO_PRICE)
  } else if (run.ruleExit && isDropped(order)) endOrder(order, L.ORDER_REJECTED, L.END_RULE_EXIT)
  else if (run.links > 0 && isWaiting(order) && findOrder(order.link) < 0) endOrder(order, L.ORDER_CANCELLED, L.END_PARENT)
}

/** The order, or a child of it, names a price that its asset's grid does not have (1.10). */
function namesOffGrid(order: Order): bool {
  if (isOffGrid(order.asset, order.limit)) return true
  // That of a trailing limit is its offset (3.13).
  if (order.type != L.TYPE_TRAILING_LIMIT && isOffGrid(order.asset, order.stop)) return true
  for (let i = order.children > 0 ? order.next : -1; i >= 0; i = orderAt(i).next) {
    const child = orderAt(i)
    if (child.parent == order.id && (isOffGrid(child.asset, child.limit) || isOffGrid(child.asset, child.stop))) return true
  }
  return false
}

// @ts-ignore: decorator
@inline function hasEnded(asset: i32): bool {
  return run.bar >= load<i32>(run.ends + ((<usize>asset) << 2))
}

/** Counts an order of an asset that has had no bar yet; whether it is to be refused for that. */
function isUnlisted(order: Order): bool {
  if (run.bar >= load<i32>(run.listed + ((<usize>order.asset) << 2))) return false
  if (order.parent == 0) addTotal(L.TOTAL_UNLISTED, 1)
  return run.notListed == L.NOT_LISTED_REJECT
}

/** Ends an order: what hangs on it first (3.8), then its row. What is cancelled with a part of it traded is partially filled. */
export function endOrder(order: Order, ending: i32, reason: i32): void {
  const r = run
  const status = ending == L.ORDER_CANCELLED && order.filled > 0 ? L.ORDER_PARTIALLY_FILLED : ending
  // Children that cover what was opened stay, but where everything ends.
  if (order.children > 0 && (r.children ? ending != L.ORDER_FILLED : order.opened == 0 || childReason(ending, reason) != L.END_PARENT)) {
    for (let i = order.next; i >= 0; i = orderAt(i).next) {
      const child = orderAt(i)
      if (child.parent == order.id && child.state != L.STATE_ENDED) {
        endOrder(child, childStatus(ending, reason), childReason(ending, reason))
      }
    }
  }
  if (order.children > 0 && !r.children) endUnitless(order)
  if (r.links > 0) endWaiting(order, ending, reason)
  order.state = L.STATE_ENDED
  order.status = status
  r.live--
  if (isAtClose(order)) r.atClose--
  if (order.size == L.SIZE_FRACTION || order.size == L.SIZE_TARGET_FRACTION) r.fractions--
  moveHead(order.asset)
  appendEnded(order, status, reason)
}

/** The order sleeps until another one fills (3.16); what sleeps else is a child. */
// @ts-ignore: decorator
@inline export function isWaiting(order: Order): bool {
  return order.state == L.STATE_DORMANT && order.parent == 0
}

/** An order that is being placed sleeps until another one fills, unless that has traded a part. */
export function sleepBehind(order: Order, after: i32): void {
  const index = findOrder(after)
  if (index >= 0 && orderAt(index).filled > 0) return
  order.link = after
  order.state = L.STATE_DORMANT
  run.links++
}

/** An order ends: with nothing filled it takes along what waits for it in its asset. */
function endWaiting(order: Order, ending: i32, reason: i32): void {
  if (isWaiting(order)) run.links--
  if (order.filled > 0) return
  for (let i = order.next; i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.link == order.id && isWaiting(other)) endOrder(other, childStatus(ending, reason), childReason(ending, reason))
  }
}

/** Targets that sleep for want of units get none any more (3.17). */
function endUnitless(parent: Order): void {
  for (let i = parent.next; i >= 0; i = orderAt(i).next) {
    const child = orderAt(i)
    if (child.parent == parent.id && child.state == L.STATE_DORMANT) endOrder(child, L.ORDER_REJECTED, L.END_SIZE_ZERO)
  }
}

/** The asset's chain begins at its first order that has not ended. Whoever stands in the chain can still go on from there. */
// @ts-ignore: decorator
@inline function moveHead(asset: i32): void {
  const r = run
  const slot = r.heads + ((<usize>asset) << 2)
  let head = load<i32>(slot)
  while (head >= 0 && orderAt(head).state == L.STATE_ENDED) head = orderAt(head).next
  store<i32>(slot, head)
  if (head < 0) setBit(r.orderBits, asset, false)
}

/** Children of a parent that the end of the run, of its asset or a bust ends share its fate; otherwise they end for the parent's sake. */
// @ts-ignore: decorator
@inline function childReason(status: i32, reason: i32): i32 {
  const shared = reason == L.END_BUST || reason == L.END_END_OF_DATA || (reason == L.END_DELISTED && status == L.ORDER_CANCELLED)
  return shared ? reason : L.END_PARENT
}

// @ts-ignore: decorator
@inline function childStatus(status: i32, reason: i32): i32 {
  return status == L.ORDER_REJECTED && reason == L.END_BUST ? L.ORDER_REJECTED : L.ORDER_CANCELLED
}

/** Cancels the orders that any fill of this one cancels: its sibling, then its group (3.8, 3.9). Of a mere `part`, else NaN, the sibling keeps the rest (3.12). */
// @ts-ignore: decorator
@inline export function cancelTied(order: Order, part: f64): void {
  if ((order.parent | order.group) != 0) cancelTies(order, part)
}

function cancelTies(order: Order, part: f64): void {
  if (order.parent != 0) {
    if (run.participation > 0) cancelParent(order.parent)
    // Children of a scaled bracket are tied otherwise (3.17).
    if (order.link != 0) return
    if (part == part) takeFromSibling(order, part)
    else cancelSibling(order)
  }
  if (order.group != 0) {
    for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
      const other = orderAt(i)
      if (other.group == order.group && other.id != order.id && other.state != L.STATE_ENDED) {
        endOrder(other, L.ORDER_CANCELLED, L.END_OCO)
      }
    }
  }
}

/** Cancels the other children of its bracket, by id. */
export function cancelSibling(order: Order): void {
  for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.parent == order.parent && other.id != order.id && other.state != L.STATE_ENDED) {
      endOrder(other, L.ORDER_CANCELLED, L.END_SIBLING)
    }
  }
}

/** What a part of one child has closed is no more the other's to close (3.12). */
function takeFromSibling(order: Order, part: f64): void {
  for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.parent == order.parent && other.id != order.id && other.state != L.STATE_ENDED) other.units = other.units - part
  }
}

/** A child has traded: what is left of its parent opens nothing more (3.12). */
function cancelParent(id: i32): void {
  const index = findOrder(id)
  if (index >= 0) endOrder(orderAt(index), L.ORDER_CANCELLED, L.END_CHILD)
}

/** A position is gone or reversed: the reduce-only orders of the side that closes it end (3.6), save the one that did it. */
// @ts-ignore: decorator
@inline export function cancelReduceOnly(asset: i32, except: i32, side: i32): void {
  const first = firstOrder(asset)
  // Mostly there is no order but the one that did it.
  if (first >= 0 && (orderAt(first).id != except || orderAt(first).next >= 0)) cancelBound(asset, except, side)
}

function cancelBound(asset: i32, except: i32, side: i32): void {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (isAwake(order) && (order.flags & L.FLAG_REDUCE_ONLY) != 0 && order.side == side && order.id != except) {
      endOrder(order, L.ORDER_CANCELLED, L.END_POSITION_CLOSED)
    }
  }
}

/** A lot of the asset is gone: so are the orders that were bound to it (10.13), save the one that did it. */
export function cancelOrphans(asset: i32, except: i32): void {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    if (orderAt(i).id != except && isOrphan(i)) cancelWith(orderAt(i), L.END_POSITION_CLOSED)
  }
}

/**
 * Children wake with the units that their parent has opened (3.8), and are live from then on or from a later bar (10.1); those
 * that are awake cover `k` more (3.12).
 */
export function wakeChildren(parent: Order, k: f64, base: f64, phase: i32): void {
  if (parent.children == 0) return
  const sleeps = sleepAfter(parent.type == L.TYPE_MARKET, phase)
  const state = sleeps == 0 ? L.STATE_LIVE : sleeps == 1 ? L.STATE_WAKING : L.STATE_WAKING_LATER
  // What the targets of a scaled bracket leave of these units to its last one.
  let rest = k
  for (let i = parent.next; i >= 0; i = orderAt(i).next) {
    const child = orderAt(i)
    if (child.parent != parent.id || child.state == L.STATE_ENDED) continue
    if ((child.link & L.SCALED_TARGET) != 0) {
      rest = rest - shareUnits(child, parent.opened, rest)
      if (child.state != L.STATE_DORMANT || child.units == 0) continue
    } else if (child.state != L.STATE_DORMANT) {
      child.units = child.units + k
      continue
    } else child.units = run.children ? parent.filled : parent.opened
    if (run.matching) placeChild(child)
    child.state = state
    child.lot = parent.lot
    if (child.type == L.TYPE_TRAILING_STOP) wakeTrail(child, base, phase)
    if (run.makers && sleeps == 0 && phase != L.PHASE_CLOSE) noteLimit(child, base)
    if (run.record) noteChild(parent, child)
  }
}

/** A child that wakes with the order that opened a position says where it is to be given up (7.11). */
function noteChild(parent: Order, child: Order): void {
  if (child.type != L.TYPE_STOP && child.type != L.TYPE_TRAILING_STOP) return
  const lot = run.lots ? findLot(parent.lot) : 0
  if (run.lots && lot == 0) return
  if (lot > 0) takeLot(lot)
  const position = positionOf(child.asset)
  if (position.entryOrder == parent.id && quantityOf(child.asset) != 0)
    noteStop(position, -<f64>child.side, child.type == L.TYPE_STOP ? child.stop : child.trailLevel)
  if (lot > 0) putLot()
}

/** Gives a target of a scaled bracket its units (3.17), `rest` of this fill being left by those before it. Returns how many it gets more. */
function shareUnits(target: Order, opened: f64, rest: f64): f64 {
  const old = target.units == target.units ? target.units : 0
  if ((target.link & L.SCALED_LAST) != 0) {
    target.units = rest > DUST * opened ? old + rest : old
    return rest
  }
  target.units = rounded(target.asset, target.ruleTarget * opened)
  return target.units - old
}

/** A trailing child wakes, or a stop becomes one, at `base` (5.5, 10.2). */
export function wakeTrail(child: Order, base: f64, phase: i32): void {
  const follows = run.trailFollows
  // One that follows closes has a mark since it was given, where there was a price.
  if (follows == L.TRAIL_WALK) startTrail(child, base)
  else if (follows != L.TRAIL_CLOSE || child.trailMark != child.trailMark) {
    startTrail(child, trailStart(child.asset, child.side < 0 ? 1 : -1, base, phase))
    if (follows == L.TRAIL_EXTREMES && phase != L.PHASE_CLOSE) child.flags |= L.FLAG_TRAIL_NEW
  }
}

/** A bar begins: children and stop-limits that wait for it are live, or one bar nearer to that (10.1, 10.8). */
export function bringToLife(): void {
  const r = run
  for (let i = 0; i < r.poolCount; i++) {
    const order = orderAt(i)
    if (order.state <= L.STATE_DORMANT || !hasBar(order.asset)) continue
    order.state = order.state == L.STATE_WAKING ? L.STATE_LIVE : L.STATE_WAKING
  }
}

/** Pool index of an order that has not ended, or -1. */
export function findOrder(id: i32): i32 {
  const index = indexOf(id)
  return index < 0 || orderAt(index).state == L.STATE_ENDED ? -1 : index
}

/** Pool index of an order, one that has ended since the pool was squeezed too, or -1. The pool is in id order, so the place is halved for. */
export function indexOf(id: i32): i32 {
  let low = 0
  let high = run.poolCount - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = orderAt(middle).id
    if (found == id) return middle
    if (found < id) low = middle + 1
    else high = middle - 1
  }
  return -1
}

const LIMITED: i32 = (1 << L.TYPE_LIMIT) | (1 << L.TYPE_STOP_LIMIT) | (1 << L.TYPE_LIMIT_IF_TOUCHED)
const STOPPED: i32 = (1 << L.TYPE_STOP) | (1 << L.TYPE_STOP_LIMIT) | (1 << L.TYPE_MARKET_IF_TOUCHED) | (1 << L.TYPE_LIMIT_IF_TOUCHED)
const TRAILING: i32 = (1 << L.TYPE_TRAILING_STOP) | (1 << L.TYPE_TRAILING_LIMIT)

/** Whether such a change does not fit the order (3.10). */
function isStrange(order: Order, limit: f64, stop: f64, trail: f64, fraction: i32, units: f64, offset: f64): bool {
  const type = order.type
  if (limit == limit && ((LIMITED >> type) & 1) == 0 && !(type == L.TYPE_TRAILING_LIMIT && order.status == L.ORDER_TRIGGERED)) return true
  if (stop == stop && ((STOPPED >> type) & 1) == 0) return true
  if (trail == trail && ((TRAILING >> type) & 1) == 0) return true
  if (offset == offset && type != L.TYPE_TRAILING_LIMIT) return true
  if (units == units && (order.size != L.SIZE_UNITS || order.parent != 0 || (order.flags & L.FLAG_CLOSE_ALL) != 0)) return true
  // Of a trailing limit `stop` is the offset, which has the unit of the trail.
  return trail == trail && offset != offset && type == L.TYPE_TRAILING_LIMIT && order.stop != 0 &&
    (fraction != 0) != ((order.flags & L.FLAG_TRAIL_FRACTION) != 0)
}

/** Whether the end of the order may not change: it has none of its own, or is looked at once (3.14). */
function isEndless(order: Order): bool {
  return order.parent != 0 || (order.flags & L.FLAG_CLOSE_ALL) != 0 || isOnce(order)
}

/** Gives the order another end; Infinity takes it away. */
function setEnd(order: Order, goodTill: f64, endBar: i32): void {
  const ends = goodTill < Infinity
  order.goodTill = ends ? goodTill : NaN
  order.endBar = ends ? endBar : L.NO_END
  order.flags &= ~(3 << L.FLAG_FORCE_SHIFT)
  if (ends) order.flags |= L.FORCE_GTT << L.FLAG_FORCE_SHIFT
  run.nextExpiry = min(run.nextExpiry, order.endBar)
}

/**
 * Changes prices, trail (`fraction`: of the mark, else in price), units, offset or end; NaN leaves as it is; refused whole (0)
 * where something may not change (3.10).
 */
export function updateOrder(
  id: i32, limit: f64, stop: f64, trail: f64, fraction: i32, units: f64, offset: f64, goodTill: f64, endBar: i32,
): i32 {
  const index = findOrder(id)
  if (index < 0) return 0
  const order = orderAt(index)
  if (isStrange(order, limit, stop, trail, fraction, units, offset)) return 0
  if (goodTill == goodTill && isEndless(order)) return 0
  if (isOffGrid(order.asset, limit) || isOffGrid(order.asset, stop)) return 0
  // Units that were worked out at an earlier turn (3.12): of them, what has traded is behind it.
  const left = units == units && order.units == order.units ? rounded(order.asset, units) - order.filled : NaN
  if (left <= 0) return 0
  if (goodTill == goodTill) setEnd(order, goodTill, endBar)
  if (limit == limit) {
    order.limit = limit
    order.flags &= ~L.FLAG_RESTING
    if ((order.flags & L.FLAG_POST_ONLY) != 0) order.flags |= L.FLAG_UNPOSTED
  }
  if (stop == stop) order.stop = stop
  if (units == units) order.amount = units
  if (left == left) order.units = left
  if (offset == offset) order.stop = offset
  if (trail == trail) {
    order.trail = trail
    order.flags = fraction ? order.flags | L.FLAG_TRAIL_FRACTION : order.flags & ~L.FLAG_TRAIL_FRACTION
    // One that sleeps without a mark has no level either.
    followOrder(order)
  }
  if (run.matching && order.parent != 0 && isAwake(order) && (limit == limit || stop == stop || trail == trail)) placeChild(order)
  return 1
}

/** Looked at once: immediate or cancel, fill or kill (3.14). */
// @ts-ignore: decorator
@inline export function isOnce(order: Order): bool {
  const force = (order.flags >> L.FLAG_FORCE_SHIFT) & 3
  return force == L.FORCE_IOC || force == L.FORCE_FOK
}

/** Ends the orders whose end has come, by id, children before parents (3.14). */
export function expireOrders(): void {
  const r = run
  r.nextExpiry = L.NO_END
  for (let i = 0; i < r.poolCount; i++) {
    const order = orderAt(i)
    if (order.state == L.STATE_ENDED) continue
    if (order.endBar > r.bar) r.nextExpiry = min(r.nextExpiry, order.endBar)
    else cancelWith(order, L.END_EXPIRED)
  }
}

/** Cancels what is left of an order. */
export function cancelWith(order: Order, reason: i32): void {
  endOrder(order, order.filled > 0 ? L.ORDER_PARTIALLY_FILLED : L.ORDER_CANCELLED, reason)
}

/** Ends everything that is pending, in id order, children before parents (7.7, section 2). */
export function endAll(reason: i32): void {
  for (let i = 0; i < run.poolCount; i++) {
    const order = orderAt(i)
    if (order.state != L.STATE_ENDED) endOrder(order, L.ORDER_CANCELLED, reason)
  }
}
