// The price's way through one asset's bar (semantics 5): candidate paths, what fires on them and which one counts.
import * as L from '../layout'
import { Position } from '../records'
import { forgetFunds } from './account'
import { noteOwn, restingOwn, setOwn } from './bound'
import { WAITING_FAR, fillAtExtreme, fireRule, hasWaiting, leftPlace, settleWaiting, trigger, waitingCode, waitingFraction } from './exits'
import { aboveOf, belowOf, isLotInside } from './fence'
import { fillBoth } from './fills'
import { holdingOf, putQuantity } from './instruments'
import { setTraded, tradedOf } from './parts'
import {
  RANK_LIMIT_RULE, RANK_NONE, RANK_STOP_RULE, RANK_WAITING, becomesLimit, firstPriceAtOrBeyond, followLots, followTrails, levelDirection, levelOrder,
  levelPlace, levelPrice, levelRank, lookAt, nextLevel, touchOrder, trails,
} from './levels'
import { firstLot, keepLots, lotAt, lotPosition, putLot, restoreLots, saveLots, takeLot, takenLot } from './lots'
import { touchPosition } from './positions'
import { CERTAIN, NOTHING, reach } from './reach'
import { addTotal, at, barValue, detailOf, firstOrder, highOf, isAwake, lowOf, markOf, orderAt, positionOf, quantityOf, run, setBit, setMark, setWaterMarks, signOf } from './state'
import { appendAmbiguous, digestFills, markAmbiguous, mix, setTrying } from './tables'

/** Takes an asset through the range of its bar. */
export function walkAsset(asset: i32): void {
  const low = barValue(run.rangeLow, asset)
  const high = barValue(run.rangeHigh, asset)
  const found = reach(asset, low, high)
  if (found == NOTHING) {
    touchAll(asset, high)
    touchAll(asset, low)
    const own = restingOwn(holdingOf(asset), low, high)
    setOwn(asset, own, Math.abs(own))
    return
  }
  const open = barValue(run.open, asset)
  const nearest: f64 = high - open < open - low ? 1 : -1
  if (found == CERTAIN) walkPath(asset, nearest, false)
  else choosePath(asset, nearest)
  setOwn(asset, run.own, run.ownExposure)
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
    const own = run.flow + holdingOf(asset) * barValue(run.close, asset)
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
    chosen = isNear(own0, chosenOwn, tolerance) ? 0 : isNear(own1, chosenOwn, tolerance) ? 1 : isNear(own2, chosenOwn, tolerance) ? 2 : isNear(own3, chosenOwn, tolerance) ? 3 : 0
  }
  if (chosen != walked) {
    restore(asset)
    walkPath(asset, chosen < 2 ? nearest : -nearest, (chosen & 1) != 0)
  }
  setTrying(false)
  if (run.lots) keepLots()
  if (ambiguous) {
    addTotal(L.TOTAL_AMBIGUOUS_BARS, 1)
    appendAmbiguous(asset)
    markAmbiguous(fills, trades)
    if (run.lots) {
      for (let i = firstLot(asset); i > 0; i = lotAt(i).next) markOpened(lotPosition(i))
    } else if (quantityOf(asset) != 0) markOpened(positionOf(asset))
  }
  // Nobody keeps them, and whoever leaps does not make room.
  if (!run.record) run.fillCount = fills
}

/** A position that this ambiguous bar has opened. */
function markOpened(position: Position): void {
  if (position.entryBar != run.bar || position.entryCode >> L.CODE_PHASE_SHIFT != L.PHASE_RANGE) return
  position.entryCode |= L.CODE_AMBIGUOUS
}

/** The better of two own parts for `sign` (+1 highest, -1 lowest); NaN is a path that does not exist. */
// @ts-ignore: decorator
@inline function best(a: f64, b: f64, sign: f64): f64 {
  if (b != b) return a
  return sign > 0 ? Math.max(a, b) : Math.min(a, b)
}

// @ts-ignore: decorator
@inline function isNear(own: f64, best: f64, tolerance: f64): bool {
  // Infinite ones have no distance.
  return own == best || Math.abs(own - best) <= tolerance
}

/** The sequence of fills and the exits left waiting, as one number. */
function digestWalk(asset: i32, fills: i32): u64 {
  let hash = digestFills(fills)
  if (quantityOf(asset) == 0) return hash
  if (!run.lots) return digestWaiting(hash, positionOf(asset))
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (lot.quantity == 0 || lotPosition(i).pendingCount == 0) continue
    takeLot(i)
    hash = digestWaiting(mix(hash, <u64>lot.number), positionOf(asset))
    putLot()
  }
  return hash
}

function digestWaiting(hash: u64, position: Position): u64 {
  const left = leftPlace(position)
  for (let i = 0; i < position.pendingCount; i++) if (i != left) hash = mixWaiting(hash, position, i)
  return left < 0 ? hash : mixWaiting(hash, position, left)
}

/** What a rule says of itself makes no other exit of it. */
const TOLD_BITS: i32 = 0xf00

function mixWaiting(hash: u64, position: Position, i: i32): u64 {
  return mix(mix(hash, reinterpret<u64>(waitingFraction(position, i))), <u64>(waitingCode(position, i) & ~TOLD_BITS))
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
  if (run.participation > 0) store<f64>(place, tradedOf(asset), 56)
  if (run.lots) saveLots(asset, place + 64)
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
  forgetFunds()
  let place = run.scratch
  const calls = run.ownCalls
  const fault = run.fault
  memory.copy(changetype<usize>(run), place, L.RUN_BYTES)
  // What was asked was asked, and a cost model that has failed on any path has failed (7.9).
  run.ownCalls = calls
  if (fault == L.FAULT_COST) run.fault = fault
  place += L.RUN_BYTES
  const quantity = load<f64>(place)
  putQuantity(asset, quantity)
  setBit(run.heldBits, asset, quantity != 0)
  setMark(asset, load<f64>(place, 8))
  setWaterMarks(asset, load<f64>(place, 16), load<f64>(place, 24))
  store<f64>(at(run.belows, asset), load<f64>(place, 32))
  store<f64>(at(run.aboves, asset), load<f64>(place, 40))
  const head = load<i32>(place, 48)
  store<i32>(run.heads + ((<usize>asset) << 2), head)
  setBit(run.orderBits, asset, head >= 0)
  if (run.participation > 0) setTraded(asset, load<f64>(place, 56))
  if (run.lots) restoreLots(asset, place + 64)
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
let nextLot: i32 = 0

/**
 * Walks from O to the extreme on the side of `first`, to the other one, to C; `turned`: the first entry on the first
 * leg before its extreme sends the price to the other extreme, then to the first. Leaves in `turnable` whether such
 * an entry was met. It ends: at one price each level fires at most once, orders and rules are counted, and a price moves on
 * along three legs.
 */
function walkPath(asset: i32, first: f64, turned: bool): void {
  const low = barValue(run.rangeLow, asset)
  const high = barValue(run.rangeHigh, asset)
  run.flow = 0
  run.maxFlow = 0
  run.turnable = 0
  run.own = Infinity
  let price = barValue(run.open, asset)
  let target = first > 0 ? high : low
  let then = first > 0 ? low : high
  let leg = 0
  for (;;) {
    touchAll(asset, price)
    noteOwn(asset, price)
    findNext(asset, price, target, low, high)
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
    fire(asset, price)
    if (run.entered && leg == 0 && price != target && !run.turnable) {
      run.turnable = 1
      if (turned) {
        const away = target
        target = then
        then = away
      }
    }
  }
  if (run.lots) {
    for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
      if (lotAt(i).quantity == 0 || lotPosition(i).pendingCount == 0) continue
      takeLot(i)
      settleWaiting(asset)
      putLot()
    }
  } else settleWaiting(asset)
}

/** The price is, or has come to be, at `price`: water marks and trails follow. */
function touchAll(asset: i32, price: f64): void {
  if (run.lots) touchLots(asset, price)
  else if (quantityOf(asset) != 0) {
    touchPosition(asset, price)
    followTrails(asset)
  }
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (isAwake(order) && trails(order)) touchOrder(order, price)
  }
}

function touchLots(asset: i32, price: f64): void {
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (price > lot.high) lot.high = price
    if (price < lot.low) lot.low = price
  }
  followLots(asset)
}

/** The level that fires first between `price` and `target`; at one price by rank, then by place or id, as they come (5.3). */
function findNext(asset: i32, price: f64, target: f64, low: f64, high: f64): void {
  const direction = signOf(target - price)
  nextRank = RANK_NONE
  nextPrice = price
  if (run.lots) findOfLots(asset, price, target, direction, low, high)
  else offerExtremes(asset, direction, price, target, low, high)
  for (lookAt(asset); nextLevel(); ) {
    offer(firstPriceAtOrBeyond(levelPrice, levelDirection, price, target), direction, levelRank, levelPlace, levelOrder)
  }
}

/** Exits that wait for an extreme of the bar. */
// @ts-ignore: decorator
@inline function offerExtremes(asset: i32, direction: f64, price: f64, target: f64, low: f64, high: f64): void {
  if (hasWaiting(asset, L.STOP_FILL_EXTREME)) offerExtreme(quantityOf(asset) > 0 ? low : high, direction, price, target)
  if (run.targetFill && hasWaiting(asset, WAITING_FAR)) offerExtreme(quantityOf(asset) > 0 ? high : low, direction, price, target)
}

/** Reached at the extreme only, whichever way it is passed. */
function offerExtreme(extreme: f64, direction: f64, price: f64, target: f64): void {
  const where = price == extreme ? price : (extreme - price) * direction > 0 ? firstPriceAtOrBeyond(extreme, direction, price, target) : NaN
  offer(where, direction, RANK_WAITING, -1, -1)
}

/** The first of the levels of all lots (10.13). */
function findOfLots(asset: i32, price: f64, target: f64, direction: f64, low: f64, high: f64): void {
  nextLot = 0
  if (!run.ruled) return
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    if (lotAt(i).quantity == 0 || isLotInside(i, low, high)) continue
    takeLot(i)
    offerExtremes(asset, direction, price, target, low, high)
    for (lookAt(asset); nextLevel(); ) {
      offer(firstPriceAtOrBeyond(levelPrice, levelDirection, price, target), direction, levelRank, levelPlace, levelOrder)
    }
    putLot()
  }
}

// @ts-ignore: decorator
@inline function offer(where: f64, direction: f64, rank: i32, place: i32, order: i32): void {
  if (where != where) return
  const nearer = direction > 0 ? where < nextPrice : where > nextPrice
  if (nextRank == RANK_NONE || nearer || (where == nextPrice && rank < nextRank)) {
    nextPrice = where
    nextRank = rank
    nextPlace = place
    nextOrder = order
    if (run.lots && order < 0) nextLot = takenLot()
  }
}

function fire(asset: i32, price: f64): void {
  // Exits of a lot have it in the position's place (10.13).
  const lot = run.lots != 0 && nextOrder < 0 ? nextLot : 0
  if (lot > 0) takeLot(lot)
  if (nextRank == RANK_WAITING) fillAtExtreme(asset, price, barValue(run.rangeLow, asset), barValue(run.rangeHigh, asset))
  else if (nextRank == RANK_STOP_RULE || nextRank == RANK_LIMIT_RULE) fireRule(asset, nextPlace, price, L.PHASE_RANGE)
  else {
    const order = orderAt(nextOrder)
    if (becomesLimit(order)) {
      if (trigger(order, price)) fillBoth(order, order.stop)
    } else fillBoth(order, price)
  }
  if (lot > 0) putLot()
}
