// Rules of other engines in the place of the broker's own (semantics 10): each behind one question of a run's setting.
import * as L from '../layout'
import { Order } from '../records'
import { becomesLimit, firesOn, firstStop, isReached, isSpent, levelDirection, levelOrder, levelPlace, levelPrice, lookAt, nextLevel, orderLevel, ruleLevel } from './levels'
import { endOrder } from './orders'
import { barValue, chainLength, chainOf, firstOrder, orderAt, positionOf, quantityOf, ruleAt, run, signOf } from './state'

// ---- an exit by rule takes its bar (10.5) ------------------------------------------------------

/** An exit has filled that no order asked for: by a rule, if it was not a bust or an end. It is noted by the number of its bar from 1. */
export function noteRuleExit(asset: i32, reason: i32, gone: bool): void {
  if (reason == L.REASON_BUST || reason == L.REASON_ENDED) return
  if (gone || run.ruleExit == L.RULE_EXIT_TAKES_BAR) positionOf(asset).exitBar = run.bar + 1
}

function hasExited(asset: i32): bool {
  return positionOf(asset).exitBar == run.bar + 1
}

/** The order is given in a bar that an exit by rule has taken. */
export function isDropped(order: Order): bool {
  if (!hasExited(order.asset)) return false
  if (run.ruleExit == L.RULE_EXIT_DROPS_ORDERS) return quantityOf(order.asset) == 0
  return order.type == L.TYPE_MARKET && order.timing == L.TIMING_SAME_CLOSE
}

/** At O, between the exits by rule and the orders. */
export function takeBarAtOpen(asset: i32): void {
  const held = quantityOf(asset) != 0
  if (hasExited(asset) || (held && (positionOf(asset).pendingCount > 0 || exitsInBar(asset)))) cancelMarket(asset, L.TIMING_NEXT_OPEN)
}

/** At C before the hook, between the exits by rule and the orders. */
export function takeBarAtClose(asset: i32): void {
  if (hasExited(asset)) cancelMarket(asset, L.TIMING_NEXT_CLOSE)
}

/** A rule that exits has its level, as it is now, inside the bar. */
function exitsInBar(asset: i32): bool {
  const low = barValue(run.rangeLow, asset)
  const high = barValue(run.rangeHigh, asset)
  for (lookAt(asset); nextLevel(); ) {
    // The levels of the orders come last.
    if (levelOrder >= 0) return false
    if (levelPlace < chainLength(asset) && ruleAt(chainOf(asset), levelPlace).action == L.ACTION_MOVE_STOP) continue
    if (isReached(levelPrice, levelDirection, levelDirection > 0 ? high : low)) return true
  }
  return false
}

function cancelMarket(asset: i32, timing: i32): void {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || order.type != L.TYPE_MARKET || order.timing != timing) continue
    endOrder(order, order.filled > 0 ? L.ORDER_PARTIALLY_FILLED : L.ORDER_CANCELLED, L.END_RULE_EXIT)
  }
}

// ---- a stop-limit whose stop is reached (10.8) -------------------------------------------------

/** It is a limit from there on. */
const STAYS: i32 = 0
/** It fills at its stop. */
export const FILLS: i32 = 1
/** It is a limit from the next bar on. */
export const SLEEPS: i32 = 2

export function stopLimitOutcome(order: Order): i32 {
  const s = <f64>order.side
  const beyond = s * (order.limit - order.stop)
  if (run.stopLimit == L.STOP_LIMIT_AT_STOP) return beyond > 0 && limitInBar(order) ? FILLS : SLEEPS
  const open = barValue(run.open, order.asset)
  if (s * (open - order.stop) >= 0) return STAYS
  if (beyond >= 0) return FILLS
  const close = barValue(run.close, order.asset)
  const back = s > 0 ? open > close && close <= order.limit : open <= close && order.limit <= close
  return back ? STAYS : SLEEPS
}

function limitInBar(order: Order): bool {
  return order.side > 0 ? barValue(run.rangeLow, order.asset) <= order.limit : barValue(run.rangeHigh, order.asset) >= order.limit
}

// ---- a limit and what would end it in one bar (10.10) ------------------------------------------

/** The whole bar reaches a level that fires on this way. */
// @ts-ignore: decorator
@inline function inBar(asset: i32, level: f64, direction: f64): bool {
  return isReached(level, direction, barValue(direction > 0 ? run.rangeHigh : run.rangeLow, asset))
}

/** Targets of the position's chain are not looked at: the bar reaches a stop or trail of it that exits, or an exit waits. */
export function isTargetHidden(asset: i32): bool {
  const position = positionOf(asset)
  if (position.pendingCount > 0) return true
  const side = signOf(quantityOf(asset))
  const chain = chainOf(asset)
  const count = chainLength(asset)
  const moved = position.movedStop == position.movedStop ? firstStop(chain, count) : -1
  for (let place = 0; place <= count; place++) {
    const isMoved = place == moved
    if (place == count && !isMoved) break
    if (isSpent(position, place)) continue
    if (place < count) {
      const rule = ruleAt(chain, place)
      if ((rule.type != L.REASON_STOP && rule.type != L.REASON_TRAIL) || rule.action == L.ACTION_MOVE_STOP) continue
    }
    if (inBar(asset, isMoved ? position.movedStop : ruleLevel(asset, position, chain, place, side), -side)) return true
  }
  return false
}

/** The order is not looked at: the bar reaches the sibling of a target, or a member of its group that was given before it. */
export function isHidden(order: Order): bool {
  if (order.parent != 0) return order.type == L.TYPE_LIMIT && isSiblingReached(order)
  return order.group != 0 && isBehind(order)
}

function isSiblingReached(order: Order): bool {
  for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.parent != order.parent || other.type == L.TYPE_LIMIT || other.state != L.STATE_LIVE) continue
    if (inBar(other.asset, orderLevel(other), firesOn(other))) return true
  }
  return false
}

function isBehind(order: Order): bool {
  for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.id >= order.id) return false
    if (other.group != order.group || other.state != L.STATE_LIVE || other.type == L.TYPE_MARKET) continue
    if (inBar(other.asset, orderLevel(other), firesOn(other)) && endsInBar(other)) return true
  }
  return false
}

/** A member of a group that the bar reaches has its way in it: of one that becomes a limit its limit too. */
function endsInBar(order: Order): bool {
  if (!becomesLimit(order)) return true
  if (run.stopLimit == L.STOP_LIMIT_LIMIT || order.type != L.TYPE_STOP_LIMIT) return limitInBar(order)
  const outcome = stopLimitOutcome(order)
  return outcome == STAYS ? limitInBar(order) : outcome == FILLS
}
