// The price's way through one asset's bar (semantics 5): candidate paths, what fires on them and which one counts.
import * as L from '../layout'
import { Order, Position } from '../records'
import { exitPart, fillBoth } from './fills'
import { touchOrder } from './orders'
import { touchPosition } from './positions'
import { aboveOf, belowOf, followTrails, isSpent, levelAt, moveStop, openFence, placesOf, reasonAt } from './rules'
import {
  addTotal, at, barValue, chainLength, chainOf, detailOf, firstOrder, highOf, lowOf, markOf, orderAt, positionOf, quantityOf,
  ruleAt, run, setBit, setMark, setWaterMarks, signOf,
} from './state'
import { appendEvent, digestFills, markAmbiguous, mix, setTrying } from './tables'
import { CERTAIN, NOTHING, firesOn, isLimit, isReached, orderLevel, reach, ruleFiresOn } from './triggers'

/** Takes an asset through the range of its bar. */
export function walkAsset(asset: i32): void {
  const low = barValue(run.rangeLow, asset)
  const high = barValue(run.rangeHigh, asset)
  const found = reach(asset, low, high)
  if (found == NOTHING) {
    touchAll(asset, high)
    touchAll(asset, low)
    return
  }
  const open = barValue(run.open, asset)
  const nearest: f64 = high - open < open - low ? 1 : -1
  if (found == CERTAIN) walkPath(asset, nearest, false)
  else choosePath(asset, nearest)
}

// ---- candidate paths ---------------------------------------------------------------------------

/** Walks every candidate path (5.1) on a copy, keeps the one that the policy picks (5.2), counts ambiguity (5.7). */
function choosePath(asset: i32, nearest: f64): void {
  const fills = run.fillCount
  const trades = run.tradeCount
  save(asset)
  setTrying(true)
  let chosen = -1
  let walked = -1
  let chosenOwn: f64 = 0
  let ambiguous = false
  let digest: u64 = 0
  let tolerance: f64 = 0
  let own0: f64 = NaN
  let own1: f64 = NaN
  let own2: f64 = NaN
  let own3: f64 = NaN
  let turnable = false
  for (let path = 0; path < 4; path++) {
    const turned = (path & 1) != 0
    if (turned && !turnable) continue
    if (walked >= 0) restore(asset)
    walkPath(asset, path < 2 ? nearest : -nearest, turned)
    walked = path
    if (!turned) turnable = run.turnable != 0
    const own = run.flow + quantityOf(asset) * barValue(run.close, asset)
    if (path == 0) own0 = own
    else if (path == 1) own1 = own
    else if (path == 2) own2 = own
    else own3 = own
    tolerance = Math.max(tolerance, run.maxFlow)
    const seen = digestWalk(asset, fills)
    if (path == 0) digest = seen
    else if (seen != digest) ambiguous = true
  }
  if (run.path == L.PATH_NEAREST) chosen = 0
  else {
    const sign: f64 = run.path == L.PATH_FAVOURABLE ? 1 : -1
    tolerance = 1e-9 * tolerance
    chosenOwn = best(best(best(own0, own1, sign), own2, sign), own3, sign)
    chosen = isNear(own0, chosenOwn, tolerance) ? 0 : isNear(own1, chosenOwn, tolerance) ? 1 : isNear(own2, chosenOwn, tolerance) ? 2 : 3
  }
  if (chosen != walked) {
    restore(asset)
    walkPath(asset, chosen < 2 ? nearest : -nearest, (chosen & 1) != 0)
  }
  setTrying(false)
  if (ambiguous) {
    addTotal(L.TOTAL_AMBIGUOUS_BARS, 1)
    markAmbiguous(fills, trades)
    if (quantityOf(asset) != 0) {
      const position = positionOf(asset)
      if (position.entryBar == run.bar && position.entryCode >> L.CODE_PHASE_SHIFT == L.PHASE_RANGE) {
        position.entryCode |= L.CODE_AMBIGUOUS
      }
    }
  }
  // Nobody keeps them, and whoever leaps does not make room.
  if (!run.record) run.fillCount = fills
}

/** The better of two own parts for `sign` (+1 highest, -1 lowest); NaN is a path that does not exist. */
// @ts-ignore: decorator
@inline function best(a: f64, b: f64, sign: f64): f64 {
  if (b != b) return a
  return sign > 0 ? Math.max(a, b) : Math.min(a, b)
}

// @ts-ignore: decorator
@inline function isNear(own: f64, best: f64, tolerance: f64): bool {
  return Math.abs(own - best) <= tolerance
}

/** The sequence of fills and the exits left waiting, as one number. */
function digestWalk(asset: i32, fills: i32): u64 {
  let hash = digestFills(fills)
  if (quantityOf(asset) == 0) return hash
  const position = positionOf(asset)
  for (let i = 0; i < position.pendingCount; i++) {
    hash = mix(hash, reinterpret<u64>(pendingFraction(position, i)))
    hash = mix(hash, <u64>pendingCode(position, i))
  }
  return hash
}

// The copy: run record, quantity, mark, position and the asset's orders, in the scratch block. Tables only grow, so
// their old counts in the run record bring them back.

function save(asset: i32): void {
  let place = run.scratch
  memory.copy(place, changetype<usize>(run), L.RUN_BYTES)
  place += L.RUN_BYTES
  store<f64>(place, quantityOf(asset))
  store<f64>(place, markOf(asset), 8)
  store<f64>(place, highOf(asset), 16)
  store<f64>(place, lowOf(asset), 24)
  store<f64>(place, belowOf(asset), 32)
  store<f64>(place, aboveOf(asset), 40)
  store<i32>(place, firstOrder(asset), 48)
  place += L.SAVED_BYTES
  const position = positionOf(asset)
  memory.copy(place, changetype<usize>(position), L.POSITION_BYTES)
  memory.copy(place + L.POSITION_BYTES, detailOf(position), L.DETAIL_BYTES)
  place += L.POSITION_BYTES + L.DETAIL_BYTES
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    memory.copy(place, changetype<usize>(orderAt(i)), L.LIVE_BYTES)
    place += L.LIVE_BYTES
  }
}

function restore(asset: i32): void {
  let place = run.scratch
  memory.copy(changetype<usize>(run), place, L.RUN_BYTES)
  place += L.RUN_BYTES
  const quantity = load<f64>(place)
  store<f64>(at(run.quantities, asset), quantity)
  setBit(run.heldBits, asset, quantity != 0)
  setMark(asset, load<f64>(place, 8))
  setWaterMarks(asset, load<f64>(place, 16), load<f64>(place, 24))
  store<f64>(at(run.belows, asset), load<f64>(place, 32))
  store<f64>(at(run.aboves, asset), load<f64>(place, 40))
  const head = load<i32>(place, 48)
  store<i32>(run.heads + ((<usize>asset) << 2), head)
  setBit(run.orderBits, asset, head >= 0)
  place += L.SAVED_BYTES
  const position = positionOf(asset)
  memory.copy(changetype<usize>(position), place, L.POSITION_BYTES)
  memory.copy(detailOf(position), place + L.POSITION_BYTES, L.DETAIL_BYTES)
  place += L.POSITION_BYTES + L.DETAIL_BYTES
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    memory.copy(changetype<usize>(orderAt(i)), place, L.LIVE_BYTES)
    place += L.LIVE_BYTES
  }
}

// ---- one path ----------------------------------------------------------------------------------

/** What fires next: its price, its rank at that price, and what it is. */
let nextPrice: f64 = 0
let nextRank: i32 = 0
let nextPlace: i32 = 0
let nextOrder: i32 = 0

const RANK_PENDING: i32 = 0
const RANK_STOP_RULE: i32 = 1
const RANK_STOP_ORDER: i32 = 2
const RANK_LIMIT_RULE: i32 = 3
const RANK_LIMIT_ORDER: i32 = 4
const RANK_ENTRY: i32 = 5
const RANK_NONE: i32 = 6

/**
 * Walks from O to the extreme on the side of `first`, to the other one, to C; `turned`: the first entry on the first
 * leg before its extreme sends the price to the other extreme, then to the first. Leaves in `turnable` whether such
 * an entry was met.
 */
function walkPath(asset: i32, first: f64, turned: bool): void {
  const low = barValue(run.rangeLow, asset)
  const high = barValue(run.rangeHigh, asset)
  run.flow = 0
  run.maxFlow = 0
  run.turnable = 0
  let price = barValue(run.open, asset)
  let target = first > 0 ? high : low
  let then = first > 0 ? low : high
  let leg = 0
  for (;;) {
    touchAll(asset, price)
    const direction = signOf(target - price)
    findNext(asset, price, target, direction, low, high)
    if (nextRank == RANK_NONE) {
      if (leg == 3) break
      price = target
      leg++
      if (leg == 1) target = then
      else if (leg == 2) target = barValue(run.close, asset)
      continue
    }
    if (nextPrice != price) {
      // Arriving moves the marks, which may bring a trail's level here too: look again before anything fires.
      price = nextPrice
      continue
    }
    run.entered = 0
    fire(asset, price, low, high)
    if (run.entered && leg == 0 && price != target && !run.turnable) {
      run.turnable = 1
      if (turned) {
        const away = target
        target = then
        then = away
      }
    }
  }
  settlePending(asset)
}

/** The price is, or has come to be, at `price`: water marks and trails follow. */
export function touchAll(asset: i32, price: f64): void {
  if (quantityOf(asset) != 0) {
    touchPosition(asset, price)
    followTrails(asset)
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state == L.STATE_LIVE && order.type == L.TYPE_TRAILING_STOP) touchOrder(order, price)
  }
}

/** A candidate that fires at `level`: at once when the price has reached it, else on this leg if it lies there. */
// @ts-ignore: decorator
@inline function offer(level: f64, firesWhen: f64, price: f64, target: f64, direction: f64, rank: i32, place: i32, order: i32): void {
  let where: f64
  if (isReached(level, firesWhen, price)) where = price
  else if (firesWhen == direction && isReached(level, firesWhen, target)) where = level
  else return
  // Nearest first; at one price by rank, then by place or id, which is the order in which they are offered.
  const nearer = direction > 0 ? where < nextPrice : where > nextPrice
  if (nextRank == RANK_NONE || nearer || (where == nextPrice && rank < nextRank)) {
    nextPrice = where
    nextRank = rank
    nextPlace = place
    nextOrder = order
  }
}

function findNext(asset: i32, price: f64, target: f64, direction: f64, low: f64, high: f64): void {
  nextRank = RANK_NONE
  nextPrice = price
  const q = quantityOf(asset)
  if (q != 0) {
    const position = positionOf(asset)
    const side = signOf(q)
    if (position.pendingCount > 0 && hasPending(position, L.STOP_FILL_EXTREME)) {
      const extreme = side > 0 ? low : high
      // Reached at the extreme only, whichever way it is passed.
      if (price == extreme) offer(price, direction, price, target, direction, RANK_PENDING, 0, 0)
      else if ((extreme - price) * direction > 0 && isReached(extreme, direction, target)) offer(extreme, direction, price, target, direction, RANK_PENDING, 0, 0)
    }
    const places = placesOf(asset)
    for (let place = 0; place < places; place++) {
      if (isSpent(position, place)) continue
      const reason = reasonAt(asset, place)
      if (reason == L.REASON_TIME) continue
      offer(levelAt(asset, place), ruleFiresOn(reason, side), price, target, direction, reason == L.REASON_TARGET ? RANK_LIMIT_RULE : RANK_STOP_RULE, place, 0)
    }
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || order.type == L.TYPE_MARKET) continue
    let rank = RANK_ENTRY
    if (q * <f64>order.side < 0) rank = isLimit(order) ? RANK_LIMIT_ORDER : RANK_STOP_ORDER
    offer(orderLevel(order), firesOn(order), price, target, direction, rank, 0, i)
  }
}

function fire(asset: i32, price: f64, low: f64, high: f64): void {
  if (nextRank == RANK_PENDING) {
    fillPending(asset, L.STOP_FILL_EXTREME, price, L.PHASE_RANGE)
    return
  }
  if (nextRank == RANK_STOP_RULE || nextRank == RANK_LIMIT_RULE) {
    fireRule(asset, nextPlace, price, L.PHASE_RANGE)
    return
  }
  const order = orderAt(nextOrder)
  if (order.type == L.TYPE_STOP_LIMIT && order.status != L.ORDER_TRIGGERED) trigger(order)
  else fillBoth(order, price)
}

/** A stop-limit's stop has been reached: it is a limit from here on. */
export function trigger(order: Order): void {
  order.status = L.ORDER_TRIGGERED
  appendEvent(L.EVENT_TRIGGER, order.id)
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
    addPending(position, fraction, reason, run.stopFill, place)
  } else exitPart(asset, fraction, price, reason, phase)
}

// ---- exits that wait (6.3) ---------------------------------------------------------------------

/** Mode of a time exit that fills at the close after the hook. */
export const PENDING_SAME_CLOSE: i32 = 4

// @ts-ignore: decorator
@inline function fractionPlace(position: Position, i: i32): usize {
  return detailOf(position) + L.DETAIL_PENDING_FRACTIONS + ((<usize>i) << 3)
}

// @ts-ignore: decorator
@inline function codePlace(position: Position, i: i32): usize {
  return detailOf(position) + L.DETAIL_PENDING_CODES + ((<usize>i) << 2)
}

// @ts-ignore: decorator
@inline function pendingFraction(position: Position, i: i32): f64 {
  return load<f64>(fractionPlace(position, i))
}

// @ts-ignore: decorator
@inline function pendingCode(position: Position, i: i32): i32 {
  return load<i32>(codePlace(position, i))
}

// @ts-ignore: decorator
@inline function modeOf(code: i32): i32 {
  return (code >> 4) & 15
}

/** An exit begins to wait: what it takes off, why, in which mode, and the place of its rule. */
export function addPending(position: Position, fraction: f64, reason: i32, mode: i32, place: i32): void {
  const i = position.pendingCount++
  store<f64>(fractionPlace(position, i), fraction)
  store<i32>(codePlace(position, i), reason | (mode << 4) | (place << 8))
}

function hasPending(position: Position, mode: i32): bool {
  for (let i = 0; i < position.pendingCount; i++) if (modeOf(pendingCode(position, i)) == mode) return true
  return false
}

/** Fills the exits that wait in a mode, in the order in which they were reached. */
export function fillPending(asset: i32, mode: i32, price: f64, phase: i32): void {
  const position = positionOf(asset)
  let i = 0
  while (quantityOf(asset) != 0 && i < position.pendingCount) {
    const code = pendingCode(position, i)
    if (modeOf(code) != mode) {
      i++
      continue
    }
    const fraction = pendingFraction(position, i)
    openFence(asset)
    position.pendingCount--
    for (let j = i; j < position.pendingCount; j++) {
      store<f64>(fractionPlace(position, j), pendingFraction(position, j + 1))
      store<i32>(codePlace(position, j), pendingCode(position, j + 1))
    }
    exitPart(asset, fraction, price, code & 15, phase)
  }
}

/** What waited for an extreme that no longer comes fills at the close. */
function settlePending(asset: i32): void {
  if (quantityOf(asset) == 0) return
  const position = positionOf(asset)
  for (let i = 0; i < position.pendingCount; i++) {
    const code = pendingCode(position, i)
    if (modeOf(code) == L.STOP_FILL_EXTREME) store<i32>(codePlace(position, i), (code & ~0xf0) | (L.STOP_FILL_CLOSE << 4))
  }
}
