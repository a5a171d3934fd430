// Exits that no order asks for: what a rule does when it fires, exits that wait for their price (6.3), exits by time (6.4), and
// of assets that have ended (3.11).
import * as L from '../layout'
import { Order, Position } from '../records'
import { exitPart, fillRuleExit } from './fills'
import { openFence } from './fence'
import { FILLS, SLEEPS, stopLimitOutcome } from './foreign'
import { toGrid } from './instruments'
import { basisOf, isSpent, reasonAt, stopLevel } from './levels'
import { endOrder } from './orders'
import { chainLength, chainOf, detailOf, firstOrder, markOf, orderAt, positionOf, quantityOf, ruleAt, run, scaled, signOf, addTotal } from './state'
import { appendEvent } from './tables'

/** A stop-limit's stop has been reached: it is a limit from here on, or fills at its stop (true) or sleeps (10.8). */
export function trigger(order: Order): bool {
  order.status = L.ORDER_TRIGGERED
  appendEvent(L.EVENT_TRIGGER, order.id)
  if (run.stopLimit == L.STOP_LIMIT_LIMIT) return false
  const outcome = stopLimitOutcome(order)
  if (outcome == SLEEPS) order.state = L.STATE_WAKING
  return outcome == FILLS
}

/** The rule at a place has reached its level at `price`: it exits, moves the stop, or begins to wait (6.1, 6.3). */
export function fireRule(asset: i32, place: i32, price: f64, phase: i32): void {
  const position = positionOf(asset)
  openFence(asset)
  const reason = reasonAt(asset, place)
  let fraction: f64 = NaN
  if (place < chainLength(asset)) {
    const rule = ruleAt(chainOf(asset), place)
    if (rule.action == L.ACTION_MOVE_STOP) {
      position.fired |= 1 << place
      moveStop(asset, rule.value)
      return
    }
    if (rule.action == L.ACTION_EXIT_FRACTION) fraction = rule.value
  }
  const once = fraction == fraction
  if (once) position.fired |= 1 << place
  if (run.stopFill != L.STOP_FILL_LEVEL && (reason == L.REASON_STOP || reason == L.REASON_TRAIL)) {
    if (!once) position.waiting |= 1 << place
    addWaiting(position, fraction, reason, run.stopFill, place)
  } else exitPart(asset, fraction, price, reason, phase, place)
}

/** Where the stop moves to (6.1): a price, kept where it tightens what there is. */
function moveStop(asset: i32, offset: f64): void {
  const position = positionOf(asset)
  const side = signOf(quantityOf(asset))
  const level = toGrid(asset, scaled(basisOf(position), side * offset), side < 0)
  const old = stopLevel(asset)
  if (old != old || side * (level - old) > 0) position.movedStop = level
}

/** Time exits of a position that has been held `held` bars (6.4), at once at `price` or, at the close, after the hook. */
export function timeExits(asset: i32, price: f64, held: i32, phase: i32): void {
  const count = chainLength(asset)
  const chain = chainOf(asset)
  const position = positionOf(asset)
  for (let place = 0; place < count && quantityOf(asset) != 0; place++) {
    const rule = ruleAt(chain, place)
    if (rule.type != L.REASON_TIME || held < rule.bars || isSpent(position, place)) continue
    const fraction = rule.action == L.ACTION_EXIT_FRACTION ? rule.value : NaN
    openFence(asset)
    if (fraction == fraction) position.fired |= 1 << place
    if (phase == L.PHASE_CLOSE && run.timing == L.TIMING_SAME_CLOSE) {
      if (fraction != fraction) position.waiting |= 1 << place
      addWaiting(position, fraction, L.REASON_TIME, WAITING_SAME_CLOSE, place)
    } else exitPart(asset, fraction, price, L.REASON_TIME, phase, place)
  }
}

// ---- assets that have ended (3.11) -------------------------------------------------------------

/** At the open of the bar: closes what is held of assets that end with it, if the run says so, and cancels their orders. */
export function endAssets(): void {
  const r = run
  if (r.bar < r.nextEnd) return
  r.nextEnd = i32.MAX_VALUE
  for (let a = 0; a < r.assets; a++) {
    const end = load<i32>(r.ends + ((<usize>a) << 2))
    if (end > r.bar) r.nextEnd = min(r.nextEnd, end)
    else if (end == r.bar) endAsset(a)
  }
}

function endAsset(asset: i32): void {
  const q = quantityOf(asset)
  if (q != 0 && run.endedPolicy == L.ENDED_CLOSE) {
    addTotal(L.TOTAL_ENDED, 1)
    fillRuleExit(asset, Math.abs(q), markOf(asset), L.REASON_ENDED, L.PHASE_OPEN, -1)
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    if (orderAt(i).state != L.STATE_ENDED) endOrder(orderAt(i), L.ORDER_CANCELLED, L.END_DELISTED)
  }
}

// ---- exits that wait (6.3) ---------------------------------------------------------------------

/** Mode of a time exit that fills at the close after the hook. */
export const WAITING_SAME_CLOSE: i32 = 4

// @ts-ignore: decorator
@inline function fractionPlace(position: Position, i: i32): usize {
  return detailOf(position) + L.DETAIL_PENDING_FRACTIONS + ((<usize>i) << 3)
}

// @ts-ignore: decorator
@inline function codePlace(position: Position, i: i32): usize {
  return detailOf(position) + L.DETAIL_PENDING_CODES + ((<usize>i) << 2)
}

/** What the i-th waiting exit takes off: a fraction of the position, NaN for all of it. */
// @ts-ignore: decorator
@inline export function waitingFraction(position: Position, i: i32): f64 {
  return load<f64>(fractionPlace(position, i))
}

/** Its reason, mode and place in one number. */
// @ts-ignore: decorator
@inline export function waitingCode(position: Position, i: i32): i32 {
  return load<i32>(codePlace(position, i))
}

// @ts-ignore: decorator
@inline function modeOf(code: i32): i32 {
  return (code >> 4) & 15
}

/** An exit begins to wait: what it takes off, why, in which mode, and the place of its rule. */
function addWaiting(position: Position, fraction: f64, reason: i32, mode: i32, place: i32): void {
  const i = position.pendingCount++
  store<f64>(fractionPlace(position, i), fraction)
  store<i32>(codePlace(position, i), reason | (mode << 4) | (place << 8))
}

/** Whether an exit of the asset's position waits in this mode. */
export function hasWaiting(asset: i32, mode: i32): bool {
  if (quantityOf(asset) == 0) return false
  const position = positionOf(asset)
  for (let i = 0; i < position.pendingCount; i++) if (modeOf(waitingCode(position, i)) == mode) return true
  return false
}

/** Fills the exits that wait in a mode, in the order in which they were reached. */
export function fillWaiting(asset: i32, mode: i32, price: f64, phase: i32): void {
  const position = positionOf(asset)
  let i = 0
  while (quantityOf(asset) != 0 && i < position.pendingCount) {
    const code = waitingCode(position, i)
    if (modeOf(code) != mode) {
      i++
      continue
    }
    const fraction = waitingFraction(position, i)
    openFence(asset)
    position.pendingCount--
    for (let j = i; j < position.pendingCount; j++) {
      store<f64>(fractionPlace(position, j), waitingFraction(position, j + 1))
      store<i32>(codePlace(position, j), waitingCode(position, j + 1))
    }
    exitPart(asset, fraction, price, code & 15, phase, code >> 8)
  }
}

/** What waited for an extreme that no longer comes fills at the close. */
export function settleWaiting(asset: i32): void {
  if (quantityOf(asset) == 0) return
  const position = positionOf(asset)
  for (let i = 0; i < position.pendingCount; i++) {
    const code = waitingCode(position, i)
    if (modeOf(code) == L.STOP_FILL_EXTREME) store<i32>(codePlace(position, i), (code & ~0xf0) | (L.STOP_FILL_CLOSE << 4))
  }
}
