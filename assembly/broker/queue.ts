// The orders of a bar as a queue, each of them looked at against the whole bar (semantics 10.12): what stands here takes the place
// of the open (4) and of the walk (5).
import * as L from '../layout'
import { Order } from '../records'
import { areFundsFollowed, moveFunds, stakeOf } from './account'
import { heldBits, orderBits, words } from './active'
import { fillWaiting, fireRule, timeExits, trigger } from './exits'
import { isInside } from './fence'
import { fillDue } from './fills'
import {
  RANK_NONE, becomesLimit, firesOn, followTrails, isReached, levelDirection, levelOrder, levelPlace, levelPrice, levelRank, lookAt, nextLevel,
  orderLevel, touchOrder, trails,
} from './levels'
import { noteLimits } from './maker'
import { placeOf } from './places'
import { touchPosition } from './positions'
import { adoptChanges } from './rules'
import { indexAt, setTurn, sortTurns } from './sequence'
import {
  barsHeld, barValue, chainLength, firstOrder, hasBar, isAwake, orderAt, positionOf, quantityOf, run, setMark,
} from './state'

/** All that orders and rules do in this bar before its close, assets in their order. */
export function runQueues(): void {
  for (let w = 0; w < words(); w++) {
    for (let bits = orderBits(w) | heldBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (hasBar(a)) runQueue(a)
    }
  }
}

function runQueue(asset: i32): void {
  const open = barValue(run.open, asset)
  markAtClose(asset)
  if (firstOrder(asset) < 0 && isInside(asset, barValue(run.rangeLow, asset), barValue(run.rangeHigh, asset))) return
  if (quantityOf(asset) != 0) {
    adoptChanges(asset)
    if (run.ranged) followTrails(asset)
    touchPosition(asset, open)
  }
  if (run.makers) noteLimits(asset, open)
  // It ends: each time something that is looked at but once has opened.
  while (pass(asset, open)) {}
}

/** Goes through the queue once. Whether it is to be gone through again, for what an entry has brought. */
function pass(asset: i32, open: f64): bool {
  if (quantityOf(asset) != 0) exitPosition(asset, open)
  let count = 0
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || (order.type == L.TYPE_MARKET && order.timing != L.TIMING_NEXT_OPEN)) continue
    setTurn(count++, placeOf(order), i)
  }
  sortTurns(count)
  let again = false
  for (let turn = 0; turn < count; turn++) {
    const order = orderAt(indexAt(turn))
    if (order.state == L.STATE_LIVE && take(order, open)) again = true
  }
  return again
}

// @ts-ignore: decorator
@inline function phaseOf(base: f64, open: f64): i32 {
  return base == open ? L.PHASE_OPEN : L.PHASE_RANGE
}

/** The whole bar reaches a level that fires on this way. */
function inBar(asset: i32, level: f64, direction: f64): bool {
  return isReached(level, direction, barValue(direction > 0 ? run.rangeHigh : run.rangeLow, asset))
}

/** The level of the order that was looked at last, and the way on which it fires. */
let level: f64 = 0
let direction: f64 = 0

function isInBar(order: Order): bool {
  level = orderLevel(order)
  direction = firesOn(order)
  return inBar(order.asset, level, direction)
}

/** What the account is worth is asked with the price that the whole bar leaves. */
function markAtClose(asset: i32): void {
  const follows = areFundsFollowed()
  const stake = follows ? stakeOf(asset) : 0
  setMark(asset, barValue(run.close, asset))
  if (follows) moveFunds(asset, run.cash, stake)
}

/** What the position does by itself: exits that wait, time, then the rules that the bar reaches. */
function exitPosition(asset: i32, open: f64): void {
  const position = positionOf(asset)
  if (position.pendingCount > 0) fillWaiting(asset, L.STOP_FILL_NEXT_OPEN, open, L.PHASE_OPEN)
  if (run.timing == L.TIMING_NEXT_OPEN && quantityOf(asset) != 0) timeExits(asset, open, barsHeld(position, L.PHASE_OPEN), L.PHASE_OPEN)
  while (quantityOf(asset) != 0 && fireReached(asset, open)) {}
  markAtClose(asset)
}

/** Fires the first rule, in the order of 5.3, whose level lies in the bar. False where there is none. */
function fireReached(asset: i32, open: f64): bool {
  let rank = RANK_NONE
  let place = 0
  let price: f64 = 0
  for (lookAt(asset); nextLevel(); ) {
    // The levels of the orders come last.
    if (levelOrder >= 0) break
    if (levelRank >= rank || !inBar(asset, levelPrice, levelDirection)) continue
    rank = levelRank
    place = levelPlace
    price = isReached(levelPrice, levelDirection, open) ? open : levelPrice
  }
  if (rank == RANK_NONE) return false
  fireRule(asset, place, price, phaseOf(price, open))
  return true
}

/** Does an order that the bar reaches, in one go. Whether the queue is to be gone through again. */
function take(order: Order, open: f64): bool {
  const asset = order.asset
  let base = open
  if (order.type != L.TYPE_MARKET) {
    if (!isInBar(order)) return false
    const from = isLate(order) ? closeBefore(asset, open) : open
    base = isReached(level, direction, from) ? from : level
    if (becomesLimit(order)) {
      const fills = fillsAtStop(order)
      trigger(order, base)
      if (!fills) return false
      base = order.stop
    }
  }
  const opened = order.opened
  fillDue(order, base, phaseOf(base, open))
  markAtClose(asset)
  return order.opened > opened && (order.type == L.TYPE_MARKET ? order.children > 0 || chainLength(asset) > 0 : reachesTarget(order))
}

/** A stop-limit whose limit is beyond its stop, and in the bar. */
function fillsAtStop(order: Order): bool {
  const s = <f64>order.side
  return order.type == L.TYPE_STOP_LIMIT && s * (order.limit - order.stop) > 0 && inBar(order.asset, order.limit, -s)
}

/** A stop with the close that its order was given at in mind, which it may fill at a bar too late. */
// @ts-ignore: decorator
@inline function isLate(order: Order): bool {
  return run.timing == L.TIMING_SAME_CLOSE && order.type == L.TYPE_STOP && order.parent == 0
}

/** C of the asset's bar before, O where it has none. */
function closeBefore(asset: i32, open: f64): f64 {
  const row = <usize>run.assets << 3
  let at = run.close + <usize>run.bar * row + ((<usize>asset) << 3)
  for (let bar = run.bar; bar > 0; bar--) {
    at -= row
    const close = load<f64>(at)
    if (close == close) return close
  }
  return open
}

/** An entry by a stop whose target child the bar reaches, and not the child that stops it. */
function reachesTarget(order: Order): bool {
  if (order.type != L.TYPE_STOP) return false
  let reaches = false
  for (let i = order.next; i >= 0; i = orderAt(i).next) {
    const child = orderAt(i)
    if (child.parent != order.id || child.state != L.STATE_LIVE) continue
    const found = isInBar(child)
    if (child.type != L.TYPE_LIMIT) {
      if (found) return false
    } else if (found) reaches = true
  }
  return reaches
}

/** The range of a bar whose orders were a queue is seen by what is left of them, and nothing happens in it. */
export function seeRange(asset: i32, low: f64, high: f64): void {
  if (quantityOf(asset) != 0) {
    touchPosition(asset, high)
    touchPosition(asset, low)
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    // Its first price, where it has none yet.
    if (isAwake(order) && trails(order)) touchOrder(order, barValue(run.open, asset))
  }
}
