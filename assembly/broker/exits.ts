// Exits that no order asks for: what a rule does when it fires, exits that wait for their price (6.3), exits by time (6.4) and by
// the clock (6.14), and of assets that have ended (3.11).
import * as L from '../layout'
import { Order, Position, Rule } from '../records'
import { closingUnits, exitPart, exitUnits, fillRuleExit } from './fills'
import { openFence } from './fence'
import { FILLS, SLEEPS, stopLimitOutcome } from './foreign'
import { toGrid } from './instruments'
import { basisOf, firesOn, firstStop, isReached, isSpent, reasonAt, ruleLevelAt, stopLevel } from './levels'
import { firstLot, lotAt, lotPosition, putLot, takeLot, takenLot } from './lots'
import { noteLimit } from './maker'
import { cancelWith, endOrder } from './orders'
import { setTold, toldDistance, toldUnit } from './positions'
import { chainLength, chainOf, detailOf, firstOrder, markOf, orderAt, positionOf, quantityOf, ruleAt, run, scaled, signOf, addTotal } from './state'
import { appendEvent } from './tables'
import { post } from './waiting'

/**
 * The order has been reached and is a limit from here on (3.3); that of a trailing limit is set now (3.13). A stop-limit may fill
 * at its stop instead (true), or sleep (10.8).
 */
export function trigger(order: Order, price: f64): bool {
  if (order.type == L.TYPE_TRAILING_LIMIT) {
    const step = <f64>order.side * order.stop
    const limit = (order.flags & L.FLAG_TRAIL_FRACTION) != 0 ? scaled(order.trailLevel, step) : order.trailLevel + step
    order.limit = toGrid(order.asset, limit, order.side < 0)
  }
  order.status = L.ORDER_TRIGGERED
  appendEvent(L.EVENT_TRIGGER, order.id)
  const unposted = (order.flags & L.FLAG_UNPOSTED) != 0
  if (run.stopLimit != L.STOP_LIMIT_LIMIT && order.type == L.TYPE_STOP_LIMIT) {
    const outcome = stopLimitOutcome(order)
    if (outcome == SLEEPS) order.state = L.STATE_WAKING
    if (outcome == FILLS && unposted) cancelWith(order, L.END_POST_ONLY)
    if (outcome == FILLS || outcome == SLEEPS) return order.state == L.STATE_LIVE
  }
  if (unposted) post(order, price)
  if (run.makers) noteLimit(order, price)
  return false
}

/** The rule at a place has reached its level at `price`: it exits, moves the stop, or begins to wait (6.1, 6.3). */
export function fireRule(asset: i32, place: i32, price: f64, phase: i32): void {
  const position = positionOf(asset)
  openFence(asset)
  const reason = reasonAt(asset, place)
  tell(asset, place)
  let fraction: f64 = NaN
  if (place < chainLength(asset)) {
    const rule = ruleAt(chainOf(asset), place)
    if (rule.action == L.ACTION_MOVE_STOP) {
      position.fired |= 1 << place
      moveStop(asset, rule.value)
      return
    }
    fraction = fractionOf(rule)
  }
  const once = fraction == fraction
  if (once) position.fired |= 1 << place
  if (run.stopFill != L.STOP_FILL_LEVEL && (reason == L.REASON_STOP || reason == L.REASON_TRAIL || run.targetFill)) {
    if (!once) position.waiting |= 1 << place
    const isFar = reason == L.REASON_TARGET && run.stopFill == L.STOP_FILL_EXTREME
    addWaiting(position, fraction, reason, isFar ? WAITING_FAR : run.stopFill, place)
  } else {
    const makes = reason == L.REASON_TARGET && run.makers != 0 && price == ruleLevelAt(asset, place)
    if (exitNow(asset, fraction, price, reason, phase, place, makes)) position.waiting |= 1 << place
  }
}

/** Notes what the rule at a place says of itself, as it is now, for the exit that it asks for (6.1). */
function tell(asset: i32, place: i32): void {
  const chain = chainOf(asset)
  const count = chainLength(asset)
  const moved = positionOf(asset).movedStop
  if (moved == moved && place == firstStop(chain, count)) {
    setTold(moved, L.TOLD_MOVED)
    return
  }
  const rule = ruleAt(chain, place)
  if (rule.type == L.REASON_TIME) setTold(rule.bars, L.TOLD_BARS)
  else if (rule.type == L.REASON_CLOCK) setTold(rule.bars, L.TOLD_CLOCK)
  else setTold(rule.distance, L.TOLD_UNIT + rule.unit)
}

/** What a rule's exit takes off: a fraction of the position, one of its entries as its negative, NaN for all. */
function fractionOf(rule: Rule): f64 {
  if (rule.action == L.ACTION_EXIT_FRACTION) return rule.value
  return rule.action == L.ACTION_EXIT_ENTRIES ? -rule.value : NaN
}

/** Where the stop moves to (6.1): a price, kept where it tightens what there is. */
function moveStop(asset: i32, offset: f64): void {
  const position = positionOf(asset)
  const side = signOf(quantityOf(asset))
  tighten(asset, scaled(basisOf(position), side * offset))
}

/** The stop that moves (6.1) moves to a price of the grid, where that tightens what there is. */
function tighten(asset: i32, price: f64): bool {
  const side = signOf(quantityOf(asset))
  const level = toGrid(asset, price, side < 0)
  const old = stopLevel(asset)
  if (old == old && !(side * (level - old) > 0)) return false
  positionOf(asset).movedStop = level
  return true
}

/** Exits by time and by the clock of a position that has been held `held` bars (6.4, 6.14), at once at `price` or, at the close, after the hook. */
export function timeExits(asset: i32, price: f64, held: i32, phase: i32): void {
  const count = chainLength(asset)
  const chain = chainOf(asset)
  const position = positionOf(asset)
  if (position.cutBar == run.bar) return
  for (let place = 0; place < count && quantityOf(asset) != 0; place++) {
    const rule = ruleAt(chain, place)
    if (!isDue(rule, position, held) || isSpent(position, place)) continue
    const fraction = fractionOf(rule)
    tell(asset, place)
    openFence(asset)
    if (fraction == fraction) position.fired |= 1 << place
    if (phase == L.PHASE_CLOSE && run.timing == L.TIMING_SAME_CLOSE) {
      if (fraction != fraction) position.waiting |= 1 << place
      addWaiting(position, fraction, rule.type, WAITING_SAME_CLOSE, place)
    } else if (exitNow(asset, fraction, price, rule.type, phase, place, false)) position.waiting |= 1 << place
  }
}

/** The rule exits now, as the position is old enough, or of an earlier day of the clock. */
// @ts-ignore: decorator
@inline function isDue(rule: Rule, position: Position, held: i32): bool {
  if (rule.type == L.REASON_TIME) return held >= rule.bars
  return rule.type == L.REASON_CLOCK && clockDay(run.bar, rule.bars) > clockDay(position.entryBar, rule.bars)
}

/** The day of a bar by the clocks, counted from 1970-01-01, where days begin so many seconds after midnight (6.14). */
function clockDay(bar: i32, at: i32): f64 {
  return Math.floor((load<f64>(run.clockTimes + ((<usize>bar) << 3)) - <f64>at) / 86400)
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
    fillRuleExit(asset, Math.abs(q), markOf(asset), L.REASON_ENDED, L.PHASE_OPEN, -1, false)
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

/** What the i-th waiting exit takes off, as `fractionOf` says it. */
// @ts-ignore: decorator
@inline export function waitingFraction(position: Position, i: i32): f64 {
  return load<f64>(fractionPlace(position, i))
}

// @ts-ignore: decorator
@inline function distancePlace(position: Position, i: i32): usize {
  return detailOf(position) + L.DETAIL_PENDING_DISTANCES + ((<usize>i) << 3)
}

/** Its reason, mode, what its distance is, and its place in one number. */
// @ts-ignore: decorator
@inline export function waitingCode(position: Position, i: i32): i32 {
  return load<i32>(codePlace(position, i))
}

// @ts-ignore: decorator
@inline function modeOf(code: i32): i32 {
  return (code >> 4) & 15
}

// @ts-ignore: decorator
@inline function placeOf(code: i32): i32 {
  return code >> 12
}

/** An exit begins to wait: what it takes off, why, in which mode, and the place of its rule, of which `tell` knows the rest. */
function addWaiting(position: Position, fraction: f64, reason: i32, mode: i32, place: i32): void {
  const i = position.pendingCount++
  store<f64>(fractionPlace(position, i), fraction)
  store<f64>(distancePlace(position, i), place < 0 ? 0 : toldDistance)
  store<i32>(codePlace(position, i), reason | (mode << 4) | ((place < 0 ? 0 : toldUnit) << 8) | (place << 12))
}

/** Exits at once; what the volume leaves of it waits (3.12). Whether that is all of the position. */
function exitNow(asset: i32, fraction: f64, price: f64, reason: i32, phase: i32, place: i32, makes: bool): bool {
  const left = exitPart(asset, fraction, price, reason, phase, place, makes)
  if (left != 0) waitForVolume(asset, left, reason, place)
  return left != left
}

/** Mode of what the volume has left of a position's exits: one for all of them, NaN where one exits all. */
const WAITING_VOLUME: i32 = 5

function waitForVolume(asset: i32, left: f64, reason: i32, place: i32): void {
  const position = positionOf(asset)
  const i = leftPlace(position)
  if (i < 0) addWaiting(position, left, reason, WAITING_VOLUME, place)
  else store<f64>(fractionPlace(position, i), waitingFraction(position, i) + left)
}

/** Where among the waiting exits that one stands, or -1. */
export function leftPlace(position: Position): i32 {
  for (let i = 0; i < position.pendingCount; i++) if (modeOf(waitingCode(position, i)) == WAITING_VOLUME) return i
  return -1
}

/** At O: what earlier bars have left of the position's exits (3.12). */
export function exitLeft(asset: i32, open: f64): void {
  const position = positionOf(asset)
  const i = leftPlace(position)
  if (i < 0) return
  const code = waitingCode(position, i)
  const units = waitingFraction(position, i)
  const size = Math.abs(quantityOf(asset))
  openFence(asset)
  takeWaiting(position, i)
  const left = exitUnits(asset, units == units ? closingUnits(units, size) : size, open, code & 15, L.PHASE_OPEN, placeOf(code), false)
  if (left > 0) waitForVolume(asset, units == units ? left : NaN, code & 15, placeOf(code))
}

/** It waits no longer: what its rule says of itself is that of the exit that is filled next. */
function takeWaiting(position: Position, i: i32): void {
  setTold(load<f64>(distancePlace(position, i)), (waitingCode(position, i) >> 8) & 15)
  position.pendingCount--
  for (let j = i; j < position.pendingCount; j++) {
    store<f64>(fractionPlace(position, j), waitingFraction(position, j + 1))
    store<f64>(distancePlace(position, j), load<f64>(distancePlace(position, j + 1)))
    store<i32>(codePlace(position, j), waitingCode(position, j + 1))
  }
}

/** The asset's position is closed at its next open, for a reason that is no rule's, where it does not wait for that already. */
export function waitForOpen(asset: i32, reason: i32): void {
  if (run.lots && takenLot() == 0) {
    for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
      if (lotAt(i).quantity == 0) continue
      takeLot(i)
      waitForOpen(asset, reason)
      putLot()
    }
    return
  }
  if (waitsFor(positionOf(asset), reason)) return
  openFence(asset)
  addWaiting(positionOf(asset), NaN, reason, L.STOP_FILL_NEXT_OPEN, -1)
}

/** An exit with this reason waits; what the volume has left of one does not count. */
function waitsFor(position: Position, reason: i32): bool {
  for (let i = 0; i < position.pendingCount; i++) {
    const code = waitingCode(position, i)
    if ((code & 15) == reason && modeOf(code) != WAITING_VOLUME) return true
  }
  return false
}

// ---- what is decided at a close (6.11) ---------------------------------------------------------

/** A fraction of the asset's position exits as the run's timing says. Returns whether it does. The batch is placed. */
export function decideExit(asset: i32, fraction: f64): bool {
  const r = run
  if (r.bust || quantityOf(asset) == 0) return false
  if (r.lots && takenLot() == 0) return decideLots(asset, true, fraction, 0)
  const position = positionOf(asset)
  if (waitsFor(position, L.REASON_RULE)) return false
  r.ruled = 1
  openFence(asset)
  const mode = r.timing == L.TIMING_NEXT_OPEN ? L.STOP_FILL_NEXT_OPEN : r.timing == L.TIMING_NEXT_CLOSE ? L.STOP_FILL_CLOSE : WAITING_SAME_CLOSE
  addWaiting(position, fraction, L.REASON_RULE, mode, -1)
  return true
}

/** The stop of the asset's position moves to a price, where that tightens it. Returns whether it does. The batch is placed. */
export function decideStop(asset: i32, price: f64): bool {
  if (run.bust || quantityOf(asset) == 0) return false
  if (run.lots && takenLot() == 0) return decideLots(asset, false, price, 0)
  run.ruled = 1
  openFence(asset)
  return tighten(asset, price)
}

/** The same for the lot of an asset that an order has opened, or for each of its lots (`order` 0): an exit of a fraction, or a price of the stop (10.13). Whether one holds. */
function decideLots(asset: i32, exits: bool, amount: f64, order: i32): bool {
  let holds = false
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (lot.quantity == 0 || (order != 0 && lotPosition(i).entryOrder != order)) continue
    takeLot(i)
    if (exits ? decideExit(asset, amount) : decideStop(asset, amount)) holds = true
    putLot()
  }
  return holds
}

/** A fraction of one lot exits. Returns whether it does. */
export function decideLotExit(asset: i32, order: i32, fraction: f64): bool {
  return !run.bust && decideLots(asset, true, fraction, order)
}

/** The stop of one lot moves to a price, where that tightens it. Returns whether it does. */
export function decideLotStop(asset: i32, order: i32, price: f64): bool {
  return !run.bust && decideLots(asset, false, price, order)
}

/** Whether an exit of the asset's position waits in this mode. */
export function hasWaiting(asset: i32, mode: i32): bool {
  if (quantityOf(asset) == 0) return false
  const position = positionOf(asset)
  for (let i = 0; i < position.pendingCount; i++) if (modeOf(waitingCode(position, i)) == mode) return true
  return false
}

/** Mode of a target that waits for the extreme beyond its level (6.3). */
export const WAITING_FAR: i32 = 6

/** Fills the exits that wait for an extreme of the bar where the price is there, in the order in which they were reached. */
export function fillAtExtreme(asset: i32, price: f64, low: f64, high: f64): void {
  const position = positionOf(asset)
  const isLong = quantityOf(asset) > 0
  const near = price == (isLong ? low : high)
  const far = price == (isLong ? high : low)
  let i = 0
  while (quantityOf(asset) != 0 && i < position.pendingCount) {
    const mode = modeOf(waitingCode(position, i))
    if ((near && mode == L.STOP_FILL_EXTREME) || (far && mode == WAITING_FAR)) fillOne(asset, i, price, L.PHASE_RANGE)
    else i++
  }
}

/** Fills one of the exits that wait. */
function fillOne(asset: i32, i: i32, price: f64, phase: i32): void {
  const position = positionOf(asset)
  const code = waitingCode(position, i)
  const fraction = waitingFraction(position, i)
  openFence(asset)
  takeWaiting(position, i)
  exitNow(asset, fraction, price, code & 15, phase, placeOf(code), false)
}

/** Fills the exits that wait in a mode, in the order in which they were reached. */
export function fillWaiting(asset: i32, mode: i32, price: f64, phase: i32): void {
  const position = positionOf(asset)
  let i = 0
  while (quantityOf(asset) != 0 && i < position.pendingCount) {
    if (modeOf(waitingCode(position, i)) == mode) fillOne(asset, i, price, phase)
    else i++
  }
}

/** The same of each lot of an asset (10.13). */
export function fillLotsWaiting(asset: i32, mode: i32, price: f64, phase: i32): void {
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (lot.quantity == 0 || lotPosition(i).pendingCount == 0) continue
    takeLot(i)
    fillWaiting(asset, mode, price, phase)
    putLot()
  }
}

/** What waited for an extreme that no longer comes fills at the close. */
export function settleWaiting(asset: i32): void {
  if (quantityOf(asset) == 0) return
  const position = positionOf(asset)
  for (let i = 0; i < position.pendingCount; i++) {
    const code = waitingCode(position, i)
    if (modeOf(code) == L.STOP_FILL_EXTREME || modeOf(code) == WAITING_FAR) store<i32>(codePlace(position, i), (code & ~0xf0) | (L.STOP_FILL_CLOSE << 4))
  }
}
