// The one file that decides a fill: how many units of an order or rule trade at a given base price, whether the
// account can pay, and what the fill ends or wakes (semantics 3.2, 3.5-3.9, 7.5, 7.6).
import * as L from '../layout'
import { Order } from '../records'
import { freeFunds, fundsChange, leastFunds } from './account'
import { otherExitPrice } from './caps'
import { chargesOf, commissionOf, entryNeed, exitCommission, marketPrice, needOf, nextCommission, orderPrice } from './costs'
import { largestEntry } from './cut'
import { noteRuleExit } from './foreign'
import { coverUnits, openingUnits, ruleCoverUnits } from './funds'
import { guardOf } from './guards'
import { holdingOf, limitOf, rounded, times } from './instruments'
import { boundLot, lotAt, putLot, reducible, takeLot, takenLot, wholeQuantity } from './lots'
import { cancelOrphans, cancelReduceOnly, cancelTied, cancelWith, endOrder, wakeChildren } from './orders'
import { countTraded, leaveOrder, partOf, setTraded, tradedOf } from './parts'
import { closedLots, entryLot, fillEntry, fillExit, setEntry, setEntryChain, setEntryLot, setEntrySleep, setExitLot } from './positions'
import { keepRule } from './rules'
import { tieScaled } from './scaled'
import { wakeBehind } from './waiting'
import { DUST, addTotal, larger, markOf, positionOf, quantityOf, run, signOf, sleepAfter } from './state'

/** Why a fill of this order happened: children give their kind, others that they are orders. */
// @ts-ignore: decorator
@inline function reasonOf(order: Order): i32 {
  if (order.parent != 0) {
    if (order.type == L.TYPE_TRAILING_STOP) return L.REASON_TRAIL
    return order.type == L.TYPE_STOP ? L.REASON_STOP : L.REASON_TARGET
  }
  return (order.flags & L.FLAG_SIGNAL) != 0 ? L.REASON_SIGNAL : L.REASON_ORDER
}

// @ts-ignore: decorator
@inline function isTarget(order: Order): bool {
  return order.size >= L.SIZE_TARGET_UNITS
}

/** A size that is not a target, in units at `base` (3.2). */
function sizeInUnits(asset: i32, size: i32, amount: f64, base: f64): f64 {
  if (size == L.SIZE_UNITS || size == L.SIZE_TARGET_UNITS) return amount
  if (base == 0) return 0
  if (size == L.SIZE_VALUE || size == L.SIZE_TARGET_VALUE) return amount / times(asset, Math.abs(base))
  return amount * run.phaseEquity / times(asset, Math.abs(base))
}

/** What a target still asks for, signed; 0 where it is met (1.6). `closed`: what its closing leg has closed, or NaN. */
// @ts-ignore: decorator
@inline export function leftToTarget(goal: f64, q: f64, closed: f64): f64 {
  const difference = goal - q
  const dust = DUST * larger(larger(Math.abs(goal), Math.abs(q)), closed)
  // What is not a number asks for nothing.
  return Math.abs(difference) > dust ? difference : 0
}

/** The units to close of a position of `size`, `k` being wanted: all of it where next to nothing would stay. */
// @ts-ignore: decorator
@inline export function closingUnits(k: f64, size: f64): f64 {
  return k > size || size - k <= DUST * size ? size : k
}

/**
 * What the order still wants, signed, against the position as it is now; 0 when there is nothing (left) to do.
 * Fixes the units of a sized order the first time; `units` is what is left of them.
 */
export function wanted(order: Order, base: f64): f64 {
  let q = quantityOf(order.asset)
  if ((order.flags & L.FLAG_REDUCE_ONLY) != 0) {
    if (run.lots) q = reducible(order)
    if (q == 0 || (order.side != 0 && <f64>order.side * q > 0)) return 0
    if ((order.flags & L.FLAG_CLOSE_ALL) != 0) return -q
    if (order.units != order.units) order.units = larger(0, rounded(order.asset, sizeInUnits(order.asset, order.size, order.amount, base)))
    return <f64>order.side * Math.min(order.units, Math.abs(q))
  }
  if (isTarget(order)) {
    // Of a target, `units` is what its closing leg closed.
    const difference = leftToTarget(sizeInUnits(order.asset, order.size, order.amount, base), q, order.units)
    return order.type != L.TYPE_MARKET && difference * <f64>order.side < 0 ? 0 : difference
  }
  // A fraction of a negative equity, or of one that is not a number, is no units.
  if (order.units != order.units) order.units = larger(0, rounded(order.asset, sizeInUnits(order.asset, order.size, order.amount, base)))
  return <f64>order.side * order.units
}

/** The order has done what it was to do. */
// @ts-ignore: decorator
@inline function finish(order: Order): void {
  endOrder(order, L.ORDER_FILLED, L.END_NONE)
}

// @ts-ignore: decorator
@inline export function refusedStatus(order: Order): i32 {
  return order.filled > 0 ? L.ORDER_PARTIALLY_FILLED : L.ORDER_REJECTED
}

/** The order may not go on: refused with nothing, or ended with a part. */
// @ts-ignore: decorator
@inline function refuse(order: Order, reason: i32): void {
  endOrder(order, refusedStatus(order), reason)
}

/**
 * The closing part of an order at `base` (4.1): units opposite to the position, at most all of it. The order may
 * end by it; if it lives on there may be something left for `fillRest`.
 */
export function fillClosing(order: Order, base: f64, phase: i32): void {
  const r = run
  const asset = order.asset
  const q = r.lots ? reducible(order) : quantityOf(asset)
  const want = wanted(order, base)
  if (want * q >= 0) return
  const size = Math.abs(q)
  let k = Math.abs(want)
  if (k < size && size - k > DUST * size && isTarget(order)) k = rounded(asset, k)
  let wish = closingUnits(k, size)
  if (r.lots) wish = closingUnits(wish, Math.abs(quantityOf(asset)))
  if (wish == 0) return
  k = partOf(asset, wish)
  if (k < wish && isWhole(order)) {
    cancelWith(order, L.END_NOT_FILLED)
    return
  }
  if (k == 0) {
    leaveOrder(order, 0)
    return
  }
  const isPart = k < wish
  const s = signOf(want)
  let cut = false
  if (r.otherFunds && r.account != L.ACCOUNT_CREDIT && s > 0) {
    const paid = coverUnits(order, k, base, false)
    if (paid == 0) {
      refuse(order, L.END_INSUFFICIENT_FUNDS)
      return
    }
    cut = paid < k
    if (cut) k = closingUnits(paid, size)
  }
  const m = markOf(asset)
  const held = holdingOf(asset)
  // What a target or a close given while flat trades is known only now.
  if (order.type == L.TYPE_MARKET) order.side = <i32>s
  const gone = closeUnits(order, s, k, base, phase)
  countTraded(asset, k)
  if (phase == L.PHASE_RANGE && r.account < L.ACCOUNT_UNLIMITED) lastChange = fundsChange(s, times(asset, k), legPrice, legCommission, held, m, holdingOf(asset), base)
  cancelTied(order, isPart ? k : NaN)
  if (order.parent != 0 && order.link != 0) tieScaled(order, k, isPart, base, phase)
  if (r.lots && !gone && closedLots > 0) cancelOrphans(asset, order.id)
  if (isPart) {
    if (r.links > 0 && phase == L.PHASE_RANGE) wakeBehind(order, base)
    leaveOrder(order, k)
    return
  }
  if (gone) cancelReduceOnly(asset, order.id, <i32>s)
  if (r.links > 0 && phase == L.PHASE_RANGE) wakeBehind(order, base)
  if (cut) {
    if (r.children) wakeChildren(order, 0, base, phase)
    endOrder(order, L.ORDER_FILLED, L.END_CUT)
  } else if ((order.flags & L.FLAG_REDUCE_ONLY) != 0) finish(order)
  else if (isTarget(order)) order.units = k
  else {
    order.units = order.units - k
    if (!gone || order.units <= DUST * size) {
      if (r.children) wakeChildren(order, 0, base, phase)
      finish(order)
    }
  }
}

/** Change of free funds by the last closing fill (5.6). */
export let lastChange: f64 = 0

/** Price and commission of the last leg of an order. */
let legPrice: f64 = 0
let legCommission: f64 = 0

/** What a leg of `k` units trades at and costs, noted with the order. */
// @ts-ignore: decorator
@inline function priceLeg(order: Order, s: f64, k: f64, base: f64, opens: bool): void {
  const price = orderPrice(order, s, k, base, opens)
  const value = Math.abs(times(order.asset, k) * price)
  const commission = nextCommission(order, s, value, k, base, price, opens)
  if (price < 0) order.flags |= L.FLAG_BELOW_ZERO
  order.filled = order.filled + k
  order.value = order.value + value
  order.commission = order.commission + commission
  legPrice = price
  legCommission = commission
}

/** An order takes `k` units off the position, which lies on the other side than `s`. Returns whether it is gone. */
// @ts-ignore: decorator
@inline export function closeUnits(order: Order, s: f64, k: f64, base: f64, phase: i32): bool {
  priceLeg(order, s, k, base, false)
  if (run.lots) setExitLot(boundLot(order))
  return fillExit(order.asset, k, legPrice, base, legCommission, order.id, order.tag, reasonOf(order), phase, -1)
}

/** An order opens or adds `k` units, which the account may and can. */
// @ts-ignore: decorator
@inline export function openUnits(order: Order, s: f64, k: f64, base: f64, phase: i32): void {
  priceLeg(order, s, k, base, true)
  order.opened = order.opened + k
  if (run.exitsLive != L.EXITS_LIVE_FILL) setEntrySleep(sleepAfter(order.type == L.TYPE_MARKET, phase))
  setEntry(order.basis, order.ruleStop, order.ruleTarget, order.ruleTrail)
  if (order.chainRules > 0) setEntryChain(order.chain, order.chainRules)
  if (run.lots) setEntryLot(order.lot)
  fillEntry(order.asset, s, k, legPrice, base, legCommission, order.id, order.tag, reasonOf(order), phase)
  if (run.lots) order.lot = entryLot
}

/**
 * What is left of an order at `base` (4.3): closing against the position as it is now, then opening, paid from
 * `funds`. The order ends. Returns what the opening took from the funds.
 */
export function fillRest(order: Order, base: f64, phase: i32, funds: f64): f64 {
  const asset = order.asset
  if ((order.flags & L.FLAG_REDUCE_ONLY) != 0 && wanted(order, base) == 0) {
    // Something to reduce, and no units to do it with.
    if (order.units == 0 && quantityOf(asset) * <f64>order.side < 0) refuse(order, L.END_SIZE_ZERO)
    else endOrder(order, L.ORDER_CANCELLED, L.END_POSITION_CLOSED)
    return 0
  }
  let want = wanted(order, base)
  if (want == 0) {
    if (isTarget(order)) finish(order)
    else refuse(order, L.END_SIZE_ZERO)
    return 0
  }
  const q = quantityOf(asset)
  if (want * q < 0) {
    // A target that only reduces is done with this leg, also where rounding leaves it nothing to do.
    finish(order)
    return 0
  }
  const s = signOf(want)
  const k = isTarget(order) ? rounded(asset, Math.abs(want)) : Math.abs(want)
  if (k == 0) {
    finish(order)
    return 0
  }
  return fillOpening(order, s, k, base, phase, funds)
}

/** Funds that are asked for when it is known what they are to pay: often it is enough to know what they are at least. */
export const ASKED: f64 = NaN

/** Why the account cut or refused the last opening, and what that takes from the funds. */
export let openingEnd: i32 = L.END_NONE
let openingNeed: f64 = 0

/**
 * How many of `wanted` units the account may and can open with `funds` (7.5, 7.6); 0 where it refuses. They are all that the order
 * is to open, `whole`, or the part of it that may trade (3.12).
 */
// @ts-ignore: decorator
@inline export function affordable(order: Order, s: f64, wanted: f64, whole: f64, base: f64, funds: f64): f64 {
  addTotal(L.TOTAL_ENTRIES_ATTEMPTED, 1)
  openingEnd = L.END_NONE
  openingNeed = 0
  if (run.limits && isOutside(order, whole, base)) return 0
  if (run.guarded && funds != Infinity) {
    openingEnd = guardOf(order.asset, s, wanted, base)
    if (openingEnd != L.END_NONE) {
      addTotal(L.TOTAL_ENTRIES_REFUSED, 1)
      return 0
    }
  }
  return run.account == L.ACCOUNT_UNLIMITED ? wanted : limited(order, s, wanted, base, funds)
}

/** Whether what an order is to open is outside the limits of its asset, and so refused (3.2). */
function isOutside(order: Order, whole: f64, base: f64): bool {
  openingEnd = limitOf(order.asset, whole, order.opened, base)
  if (openingEnd == L.END_NONE) return false
  addTotal(L.TOTAL_ENTRIES_REFUSED, 1)
  return true
}

function limited(order: Order, s: f64, wanted: f64, base: f64, funds: f64): f64 {
  const r = run
  if (r.otherFunds) {
    const k = openingUnits(order, s, wanted, base, funds)
    if (k > 0 && (k == wanted || limitOf(order.asset, k, order.opened, base) == L.END_NONE)) {
      if (k < wanted) openingEnd = L.END_CUT
      return k
    }
    openingEnd = L.END_INSUFFICIENT_FUNDS
  } else if (s < 0 && r.account == L.ACCOUNT_CASH) openingEnd = L.END_SHORT_NOT_ALLOWED
  else if (r.marginCall) openingEnd = L.END_MARGIN_CALL
  else {
    openingNeed = entryNeed(order, s, wanted, base)
    if (funds != funds) {
      if (openingNeed <= leastFunds()) return wanted
      funds = freeFunds()
    }
    if (openingNeed <= funds) return wanted
    const inUnits = order.size == L.SIZE_UNITS || order.size == L.SIZE_TARGET_UNITS
    const cut = !isWhole(order) && (r.shortfall == L.SHORTFALL_PARTIAL || (r.shortfall == L.SHORTFALL_AUTO && !inUnits))
    const largest = cut ? largestEntry(order, s, wanted, base, funds, false, false) : 0
    if (largest > 0 && largest >= DUST * wanted && limitOf(order.asset, largest, order.opened, base) == L.END_NONE) {
      openingNeed = entryNeed(order, s, largest, base)
      openingEnd = L.END_CUT
      return largest
    }
    openingEnd = L.END_INSUFFICIENT_FUNDS
  }
  addTotal(L.TOTAL_ENTRIES_REFUSED, 1)
  return 0
}

/** Opens or adds `wanted` units if the account may and can, and ends the order. Returns the funds it took. */
// @ts-ignore: decorator
@inline function fillOpening(order: Order, s: f64, wanted: f64, base: f64, phase: i32, funds: f64): f64 {
  const part = partOf(order.asset, wanted)
  if (part == 0) {
    leaveOrder(order, 0)
    return 0
  }
  const k = affordable(order, s, part, wanted, base, funds)
  if (k == 0) {
    refuse(order, openingEnd)
    return 0
  }
  if (order.type == L.TYPE_MARKET) order.side = <i32>s
  openUnits(order, s, k, base, phase)
  countTraded(order.asset, k)
  run.entered = 1
  cancelTied(order, NaN)
  // What the account has cut has no more turns.
  const left = part < wanted && k == part
  // Plain children wake when their parent is filled (10.11).
  if (!left || !run.children) wakeChildren(order, k, base, phase)
  if (run.links > 0 && phase == L.PHASE_RANGE) wakeBehind(order, base)
  if (left) leaveOrder(order, k)
  else endOrder(order, L.ORDER_FILLED, openingEnd)
  return openingNeed
}

/** What is left of a due order once all exits of the phase are done, against the funds that there are then (4.2, 4.3). */
export function fillDue(order: Order, base: f64, phase: i32): void {
  if (order.state != L.STATE_LIVE) return
  if (isWhole(order)) {
    fillWhole(order, base, phase)
    return
  }
  if (quantityOf(order.asset) != 0) fillClosing(order, base, phase)
  if (order.state != L.STATE_LIVE) return
  fillRest(order, base, phase, ASKED)
}

// ---- fill or kill (3.14) -----------------------------------------------------------------------

// @ts-ignore: decorator
@inline function isWhole(order: Order): bool {
  return ((order.flags >> L.FLAG_FORCE_SHIFT) & 3) == L.FORCE_FOK
}

/** A fill-or-kill order that opens more than it closes does nothing among the exits. */
// @ts-ignore: decorator
@inline export function waitsWhole(order: Order, base: f64): bool {
  return isWhole(order) && opens(order, base) > 0
}

/** Units that an order in units, value or fraction would open. */
function opens(order: Order, base: f64): f64 {
  if ((order.flags & L.FLAG_REDUCE_ONLY) != 0) return 0
  const q = quantityOf(order.asset)
  const want = wanted(order, base)
  if (want * q >= 0) return Math.abs(want)
  const left = Math.abs(want) - Math.abs(q)
  return left <= DUST * Math.abs(q) ? 0 : left
}

/** All units of a fill-or-kill order at its turn among the entries, or none. */
function fillWhole(order: Order, base: f64, phase: i32): void {
  const k = opens(order, base)
  if (k > 0 && isKilled(order, k, base)) return
  if (quantityOf(order.asset) != 0) fillClosing(order, base, phase)
  // Guards have been asked, and what it opens is paid for.
  if (order.state == L.STATE_LIVE) fillRest(order, base, phase, Infinity)
}

/** The volume has all of a closing and of the opening leg after it. */
function hasVolume(asset: i32, closed: f64, k: f64): bool {
  if (closed > 0 && partOf(asset, closed) < closed) return false
  const traded = tradedOf(asset)
  setTraded(asset, traded + closed)
  const part = partOf(asset, k)
  setTraded(asset, traded)
  return part == k
}

/** Ends the order, with nothing done, where the volume, a limit, a guard or the account does not let it open `k` units. */
function isKilled(order: Order, k: f64, base: f64): bool {
  const held = quantityOf(order.asset)
  if (run.participation > 0 && !hasVolume(order.asset, <f64>order.side * held < 0 ? Math.abs(held) : 0, k)) {
    cancelWith(order, L.END_NOT_FILLED)
    return true
  }
  const s: f64 = order.side
  openingEnd = limitOf(order.asset, k, order.opened, base)
  if (run.guarded && openingEnd == L.END_NONE) openingEnd = guardOf(order.asset, s, k, base)
  if (openingEnd != L.END_NONE) addTotal(L.TOTAL_ENTRIES_REFUSED, 1)
  else if (run.account == L.ACCOUNT_UNLIMITED || isPaidWhole(order, s, k, base)) return false
  addTotal(L.TOTAL_ENTRIES_ATTEMPTED, 1)
  refuse(order, openingEnd)
  return true
}

/** Whether the account lets the order open `k` units once its closing leg is done. */
function isPaidWhole(order: Order, s: f64, k: f64, base: f64): bool {
  const asset = order.asset
  const q = quantityOf(asset)
  const filled = order.filled
  const value = order.value
  let funds = freeFunds()
  const closed = s * q < 0 ? Math.abs(q) : 0
  if (closed > 0) {
    const price = orderPrice(order, s, closed, base, false)
    const all = times(asset, closed)
    const worth = Math.abs(all * price)
    const commission = nextCommission(order, s, worth, closed, base, price, false)
    funds = funds + fundsChange(s, all, price, commission, holdingOf(asset), markOf(asset), 0, base)
    order.filled = filled + closed
    order.value = value + worth
  }
  const whole = limited(order, s, k, base, funds)
  order.filled = filled
  order.value = value
  return whole > 0
}

/** Both legs of an order at once, as the walk fires it, with the running funds of the range (5.6). */
export function fillBoth(order: Order, base: f64): void {
  const before = run.funds
  lastChange = 0
  const traded = order.filled
  fillClosing(order, base, L.PHASE_RANGE)
  const closed = order.filled != traded
  let funds = before
  if (closed) funds = before + lastChange
  let need: f64 = 0
  // Other funds are what there is now (10.4).
  if (run.otherFunds) funds = ASKED
  if (order.state == L.STATE_LIVE) need = fillRest(order, base, L.PHASE_RANGE, funds)
  if (run.account >= L.ACCOUNT_UNLIMITED) return
  run.funds = closed ? Math.min(before, funds - need) : before - need
}

/**
 * A rule (at a place of the chain, else -1), time, a bust or an end takes `k` units off at `base`; it pays as an order of its own,
 * a maker's where it is of a target at its level (7.2).
 */
export function fillRuleExit(asset: i32, k: f64, base: f64, reason: i32, phase: i32, place: i32, makes: bool): void {
  // A lot gives way to the position for its fill.
  const lot = run.lots != 0 && takenLot() > 0 ? putLot() : 0
  if (lot > 0) setExitLot(lotAt(lot).number)
  const q = holdingOf(asset)
  const s = -signOf(quantityOf(asset))
  const m = markOf(asset)
  const all = times(asset, k)
  const price = (reason == L.REASON_TARGET && !run.targetFill) || reason == L.REASON_ENDED ? base : run.slips == L.SLIPS_PLAIN ? marketPrice(asset, s, k, base, false) : otherExitPrice(asset, s, k, base)
  const commission = exitCommission(asset, s, Math.abs(all * price), k, base, price, makes)
  const gone = fillExit(asset, k, price, base, commission, 0, 0, reason, phase, place)
  if (phase == L.PHASE_RANGE && run.account < L.ACCOUNT_UNLIMITED) {
    run.funds = Math.min(run.funds, run.funds + fundsChange(s, all, price, commission, q, m, holdingOf(asset), base))
  }
  if (gone) cancelReduceOnly(asset, 0, <i32>s)
  else if (run.lots && closedLots > 0) cancelOrphans(asset, 0)
  if (lot > 0) takeLot(lot)
  if (run.ruleExit) noteRuleExit(asset, reason, gone)
}

/**
 * Exits all (`fraction` NaN), a fraction of the position as it is now or (negative) of its entries, rounded by the step unless it
 * is all. Returns what the volume has left of it (3.12): 0 for nothing, NaN for what is left of all, else units.
 */
export function exitPart(asset: i32, fraction: f64, base: f64, reason: i32, phase: i32, place: i32, makes: bool): f64 {
  const size = Math.abs(quantityOf(asset))
  if (size == 0) return 0
  let k = size
  if (fraction == fraction) {
    k = fraction < 0 ? Math.min(size, -fraction * positionOf(asset).entered) : size * fraction
    if (size - k > DUST * size) k = rounded(asset, k)
    k = closingUnits(k, size)
  }
  if (run.otherFunds && run.account != L.ACCOUNT_CREDIT && k > 0 && quantityOf(asset) < 0) {
    const paid = ruleCoverUnits(asset, k, base, reason, makes)
    if (paid < k) keepRule(asset, place, fraction != fraction)
    if (paid == 0) return 0
    if (paid < k) k = closingUnits(paid, size)
  }
  const left = exitUnits(asset, k, base, reason, phase, place, makes)
  return left > 0 && fraction != fraction ? NaN : left
}

/** Exits `k` units of the position, or as many as may trade. Returns what is left of them. */
export function exitUnits(asset: i32, k: f64, base: f64, reason: i32, phase: i32, place: i32, makes: bool): f64 {
  if (!(k > 0)) return 0
  if (run.lots && takenLot() > 0) k = closingUnits(k, Math.abs(wholeQuantity(asset)))
  const part = partOf(asset, k)
  if (part > 0) {
    fillRuleExit(asset, part, base, reason, phase, place, makes)
    countTraded(asset, part)
  }
  return k - part
}

// ---- orders that never wait --------------------------------------------------------------------
//
// A market order that fills whole as soon as it is given needs no record. Flat assets and whole positions only.

/** Counts an order, which takes the next id. */
// @ts-ignore: decorator
@inline function countAtOnce(): i32 {
  addTotal(L.TOTAL_ORDERS, 1)
  return run.nextId++
}

/** What the only fill of an order pays (7.2). */
// @ts-ignore: decorator
@inline function costAtOnce(asset: i32, s: f64, k: f64, price: f64): f64 {
  return Math.max(0, commissionOf(chargesOf(s), Math.abs(times(asset, k) * price), k))
}

/**
 * An entry of a flat asset at this bar's open, with the equity of the phase noted and its basis and rules given. False,
 * with nothing done, where there is nothing to fill or the account will not have all of it: that takes an order.
 */
export function openAtOnce(asset: i32, s: f64, size: i32, amount: f64, base: f64, basis: f64, stop: f64, target: f64): bool {
  const r = run
  const k = larger(0, rounded(asset, sizeInUnits(asset, size, amount, base)))
  if (!(k > 0) || limitOf(asset, k, 0, base) != L.END_NONE) return false
  const price = marketPrice(asset, s, k, base, true)
  const commission = costAtOnce(asset, s, k, price)
  if (r.account != L.ACCOUNT_UNLIMITED) {
    if ((s < 0 && r.account == L.ACCOUNT_CASH) || r.marginCall) return false
    if (!(needOf(times(asset, k), base, price, commission) <= freeFunds())) return false
  }
  if (stop == stop || target == target) r.ruled = 1
  addTotal(L.TOTAL_ENTRIES_ATTEMPTED, 1)
  setEntry(basis, stop, target, NaN)
  fillEntry(asset, s, k, price, base, commission, countAtOnce(), 0, L.REASON_SIGNAL, L.PHASE_OPEN)
  return true
}

/** An exit of all at this bar's open, which is never refused. */
export function closeAtOnce(asset: i32, base: f64): void {
  const q = quantityOf(asset)
  const k = Math.abs(q)
  const s = -signOf(q)
  const price = marketPrice(asset, s, k, base, false)
  fillExit(asset, k, price, base, costAtOnce(asset, s, k, price), countAtOnce(), 0, L.REASON_SIGNAL, L.PHASE_OPEN, -1)
}
