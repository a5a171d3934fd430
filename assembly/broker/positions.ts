// What a fill does to a position: open, add, reduce; trades, MFE and MAE (semantics 7.3, 7.4).
import * as L from '../layout'
import { Position } from '../records'
import { areFundsFollowed, fault, forgetFunds, isNumber, moveFunds, payFill, stakeOf } from './account'
import { noteOwn } from './bound'
import { dropFence, openFence, setFence } from './fence'
import { noteTrade } from './guards'
import { putQuantity, times } from './instruments'
import { followTrails, noteStops } from './levels'
import { dropLot, findLot, firstLot, lotAt, lotPosition, lotsOf, newLot, putLot, takeLot } from './lots'
import { beginRules, resetRules, setOwnChain, setOwnRules } from './rules'
import { DUST, addTotal, at, barsHeld, detailOf, highOf, larger, lowOf, positionOf, quantityOf, run, setBit, setMark, setWaterMarks, signOf, smaller } from './state'
import { appendFill, appendTrade } from './tables'
import { startMark } from './trails'

/** What opening a position takes along from its order. Set before `fillEntry`. */
export let entryBasis: f64 = NaN
export let entryStop: f64 = NaN
export let entryTarget: f64 = NaN
export let entryTrail: f64 = NaN
/** A chain of the order's own, for one entry. */
let entryChain: i32 = 0
let entryChainRules: i32 = 0

/** Own bars after an entry for which its rules are not live (10.1), where runs have such. */
let entrySleeps: i32 = 0

/** What the rule says of itself whose exit is filled next (6.1). */
export let toldDistance: f64 = 0
export let toldUnit: i32 = 0

export function setTold(distance: f64, unit: i32): void {
  toldDistance = distance
  toldUnit = unit
}

export function setEntrySleep(bars: i32): void {
  entrySleeps = bars
}

export function setEntryChain(chain: i32, rules: i32): void {
  entryChain = chain
  entryChainRules = rules
}

/** Number of the lot that an entry adds to, and then that it is in (10.13); 0 for a new one. */
export let entryLot: i32 = 0
/** Number of the lot that an exit takes units of, 0 for the first ones; for one exit. */
let exitLot: i32 = 0
/** Lots that the last exit has closed whole. */
export let closedLots: i32 = 0

export function setEntryLot(number: i32): void {
  entryLot = number
}

export function setExitLot(number: i32): void {
  exitLot = number
}

// @ts-ignore: decorator
@inline export function setEntry(basis: f64, stop: f64, target: f64, trail: f64): void {
  entryBasis = basis
  entryStop = stop
  entryTarget = target
  entryTrail = trail
}

// @ts-ignore: decorator
@inline function setQuantity(asset: i32, quantity: f64): void {
  const r = run
  const old = quantityOf(asset)
  putQuantity(asset, quantity)
  if ((old != 0) != (quantity != 0)) {
    setBit(r.heldBits, asset, quantity != 0)
    r.held += quantity != 0 ? 1 : -1
  }
}

/** The price has been at `price` while the position was open: water marks, from which MFE, MAE and trails follow. */
// @ts-ignore: decorator
@inline export function touchPosition(asset: i32, price: f64): void {
  setWaterMarks(asset, larger(highOf(asset), price), smaller(lowOf(asset), price))
}

// @ts-ignore: decorator
@inline function codeOf(reason: i32, phase: i32): i32 {
  return reason | (phase << L.CODE_PHASE_SHIFT)
}

// @ts-ignore: decorator
@inline function countFill(price: f64, base: f64, k: f64): f64 {
  const slippage = Math.abs(price - base) * k
  addTotal(L.TOTAL_FILLS, 1)
  addTotal(L.TOTAL_SLIPPAGE, slippage)
  if (run.sameBar) addTotal(L.TOTAL_SAME_BAR_FILLS, 1)
  return slippage
}

/** Opens or adds `k` units on side `s` (the position is flat or on that side). */
export function fillEntry(asset: i32, s: f64, k: f64, price: f64, base: f64, commission: f64, order: i32, tag: f64, reason: i32, phase: i32): void {
  const r = run
  const follows = areFundsFollowed()
  const stake = follows ? stakeOf(asset) : 0
  const cash = r.cash
  const whole = quantityOf(asset)
  const q = r.lots ? beginLot(asset) : whole
  const p = positionOf(asset)
  const all = times(asset, k)
  payFill(s, all, price, commission)
  const slippage = countFill(price, base, all)
  const basis = entryBasis == entryBasis ? entryBasis : base
  if (q == 0) {
    p.average = price
    p.basis = basis
    p.commission = commission
    p.slippage = slippage
    setWaterMarks(asset, base, base)
    p.tag = tag
    p.entered = k
    p.entryBar = r.bar
    p.barsHeld = 0
    p.exits = 0
    p.entryOrder = order
    p.entryCode = codeOf(reason, phase)
    if (r.foreign) {
      p.sleeps = r.exitsLive != L.EXITS_LIVE_FILL ? entrySleeps : 0
      if (r.trailFollows != L.TRAIL_WALK) startMark(asset, s, base, phase)
    }
    resetRules(asset)
    if (entryChainRules > 0) setOwnChain(p, entryChain, entryChainRules)
    else setOwnRules(p, entryStop, entryTarget, entryTrail)
    if (r.contexts && whole == 0) memory.fill(detailOf(p) + L.DETAIL_CONTEXT, 0xff, 64)
    setQuantity(asset, s * k)
    beginRules(asset, p)
    noteStops(asset, p, s)
  } else {
    const size = Math.abs(q)
    openFence(asset)
    p.average = (p.average * size + price * k) / (size + k)
    p.basis = (p.basis * size + basis * k) / (size + k)
    p.commission = p.commission + commission
    p.slippage = p.slippage + slippage
    p.entered = p.entered + k
    setQuantity(asset, q + s * k)
    // The basis has moved, which may start a trail (6.6).
    if (r.ruled) followTrails(asset)
    if (!isNumber(p.average) || !isNumber(q + s * k)) fault(order, r.bar)
  }
  if (r.lots) endLot(asset, whole, q == 0, s * k, order)
  entryChainRules = 0
  // The units and the price of a first entry are in it.
  if (!isNumber(r.cash)) fault(order, r.bar)
  setMark(asset, base)
  if (follows) moveFunds(asset, cash, stake)
  if (phase == L.PHASE_RANGE) noteOwn(asset, base)
  appendFill(asset, order, s * k, price, base, commission, tag, 0, codeOf(reason, phase))
}

/** How far the position has been at its best and at its worst, as fractions of its average price (7.4). */
let best: f64 = 0
let worst: f64 = 0

// @ts-ignore: decorator
@inline function findExcursions(asset: i32, p: Position, side: f64): void {
  const average = Math.abs(p.average)
  best = 0
  worst = 0
  if (average == 0) return
  // The better and the worse of the two water marks for this side.
  const up = (highOf(asset) - p.average) * side
  const down = (lowOf(asset) - p.average) * side
  best = larger(0, larger(up, down) / average)
  worst = smaller(0, smaller(up, down) / average)
}

/** Why, when and by which rule of the chain (its place, else -1) an exit has filled, and in what that measures. */
// @ts-ignore: decorator
@inline function exitCode(reason: i32, phase: i32, place: i32): i32 {
  const code = codeOf(reason, phase)
  return place < 0 ? code : code | ((place + 1) << L.CODE_PLACE_SHIFT) | (toldUnit << L.CODE_TOLD_SHIFT)
}

/** Takes `k` units (at most all) off the position at `price` and writes the trade; `place` is that of the rule that did it, or -1. Returns whether it is gone. */
export function fillExit(asset: i32, k: f64, price: f64, base: f64, commission: f64, order: i32, tag: f64, reason: i32, phase: i32, place: i32): bool {
  const r = run
  if (r.lots) return exitLots(asset, k, price, base, commission, order, tag, reason, phase, place)
  const follows = areFundsFollowed()
  const stake = follows ? stakeOf(asset) : 0
  const cash = r.cash
  const q = quantityOf(asset)
  const p = positionOf(asset)
  const size = Math.abs(q)
  const side = signOf(q)
  const all = times(asset, k)
  payFill(-side, all, price, commission)
  const slippage = countFill(price, base, all)
  touchPosition(asset, base)
  // Most runs have one or neither of the two, and a division costs as much as the rest of a line.
  const share = p.commission == 0 ? 0 : p.commission * k / size
  const slipShare = p.slippage == 0 ? 0 : p.slippage * k / size
  const pnl = (price - p.average) * all * side - commission - share
  if (r.record) findExcursions(asset, p, side)
  // An asset that has ended has no bar of its own here.
  const held = reason == L.REASON_ENDED ? p.barsHeld : barsHeld(p, phase)
  const gone = k == size
  setQuantity(asset, gone ? 0 : q - side * k)
  // Asked of both at once; only where that says no, of each.
  if (!isNumber(Math.abs(r.cash) + Math.abs(pnl)) && (!isNumber(r.cash) || !isNumber(pnl))) fault(order, r.bar)
  setMark(asset, base)
  if (follows) moveFunds(asset, cash, stake)
  if (phase == L.PHASE_RANGE) noteOwn(asset, base)
  const code = exitCode(reason, phase, place)
  const distance = place >= 0 ? toldDistance : 0
  appendFill(asset, order, -side * k, price, base, commission, tag, distance, code)
  appendTrade(asset, p, held, side * k, price, pnl, share, commission, slipShare + slippage, best, worst, order, tag, distance, code)
  countExit(p, gone, pnl, p.average * all, held)
  if (r.guarded) noteTrade(asset, pnl)
  p.commission = p.commission - share
  p.slippage = p.slippage - slipShare
  if (gone) {
    p.ownCount = 0
    dropFence(asset)
  }
  return gone
}

// ---- lots (10.13) ------------------------------------------------------------------------------

/** Puts the lot that an entry is for in the place of the position: its own, or a new one. Returns its units. */
function beginLot(asset: i32): f64 {
  const own = entryLot > 0 ? findLot(entryLot) : 0
  takeLot(own > 0 ? own : newLot(asset))
  return quantityOf(asset)
}

/** The lot has its units, and goes back to the others; the position of `whole` units has so many more. */
function endLot(asset: i32, whole: f64, begins: bool, more: f64, order: i32): void {
  const index = putLot()
  entryLot = lotAt(index).number
  // A lot that begins has counted as a position that does.
  if (begins && whole != 0) run.held--
  putQuantity(asset, whole + more)
  if (!isNumber(whole + more)) fault(order, run.bar)
  // Levels of lots are looked at in every bar.
  setFence(asset, Infinity, Infinity)
}

/** The same as `fillExit` for a position of lots, of which each that gives units writes its trade. */
function exitLots(asset: i32, k: f64, price: f64, base: f64, commission: f64, order: i32, tag: f64, reason: i32, phase: i32, place: i32): bool {
  const r = run
  const bound = exitLot
  forgetFunds()
  exitLot = 0
  closedLots = 0
  const q = quantityOf(asset)
  const side = signOf(q)
  const all = times(asset, k)
  payFill(-side, all, price, commission)
  const slippage = countFill(price, base, all)
  const gone = k == Math.abs(q)
  const rest = gone ? 0 : q - side * k
  setQuantity(asset, rest)
  if (!isNumber(r.cash)) fault(order, r.bar)
  setMark(asset, base)
  if (phase == L.PHASE_RANGE) noteOwn(asset, base)
  const code = exitCode(reason, phase, place)
  const distance = place >= 0 ? toldDistance : 0
  appendFill(asset, order, -side * k, price, base, commission, tag, distance, code)
  let left = k
  for (let i = gone || bound == 0 ? firstLot(asset) : findLot(bound); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (lot.quantity == 0) continue
    const u = Math.abs(lot.quantity)
    const last = lotsOf(asset) == 1
    let given = left
    let ends = true
    if (gone) given = last ? left : Math.min(u, left)
    else if (last || u - left > DUST * u) ends = false
    else if (left - u > DUST * u) given = u
    if (given > 0) {
      const part = given == k
      takeLot(i)
      const pnl = tradeLot(asset, given, u, ends, price, base, part ? commission : commission * given / k, part ? slippage : slippage * given / k, order, tag, distance, reason, phase, code)
      putLot()
      if (r.guarded) noteTrade(asset, pnl)
    } else if (ends) endTrip(lotPosition(i))
    if (ends) {
      dropLot(i)
      closedLots++
    } else lot.quantity = last ? rest : lot.quantity - side * given
    left = left - given
    if (!ends || (!gone && !(given == u && left > 0))) break
  }
  if (gone) dropFence(asset)
  else if (lotsOf(asset) == 1) lotAt(firstLot(asset)).quantity = rest
  return gone
}

/** The trade of the lot in the position's place, which gives `k` of its `u` units. Returns its pnl. */
function tradeLot(asset: i32, k: f64, u: f64, ends: bool, price: f64, base: f64, commission: f64, slippage: f64, order: i32, tag: f64, distance: f64, reason: i32, phase: i32, code: i32): f64 {
  const r = run
  const p = positionOf(asset)
  const side = signOf(quantityOf(asset))
  const all = times(asset, k)
  touchPosition(asset, base)
  const share = ends ? p.commission : p.commission * k / u
  const slipShare = ends ? p.slippage : p.slippage * k / u
  const pnl = (price - p.average) * all * side - commission - share
  if (!isNumber(pnl)) fault(order, r.bar)
  if (r.record) findExcursions(asset, p, side)
  const held = reason == L.REASON_ENDED ? p.barsHeld : barsHeld(p, phase)
  appendTrade(asset, p, held, side * k, price, pnl, share, commission, slipShare + slippage, best, worst, order, tag, distance, code)
  countExit(p, ends, pnl, p.average * all, held)
  p.commission = p.commission - share
  p.slippage = p.slippage - slipShare
  return pnl
}

// ---- round trips (7.10) ------------------------------------------------------------------------

/** An exit of a position, or of the lot in its place, which ends its round trip or leaves some of it. */
// @ts-ignore: decorator
@inline function countExit(p: Position, ends: bool, pnl: f64, cost: f64, held: i32): void {
  addTotal(L.TOTAL_PNL, pnl)
  // Most round trips have one exit, and nothing is kept of them.
  if (ends && p.exits == 0) countTrip(pnl, Math.abs(cost), <f64>held)
  else countPart(p, ends, pnl, Math.abs(cost), held)
}

/** One of several exits: the sums over them stay with the position until the last one. */
function countPart(p: Position, ends: bool, pnl: f64, value: f64, held: i32): void {
  const detail = detailOf(p)
  addTotal(L.TOTAL_PART_WINS, <f64>(pnl > 0))
  if (p.exits != 0) {
    pnl = load<f64>(detail, L.DETAIL_TRIP_PNL) + pnl
    value = load<f64>(detail, L.DETAIL_TRIP_VALUE) + value
  }
  if (ends) {
    endParts(pnl, value, <f64>held)
    return
  }
  p.exits++
  store<f64>(detail, pnl, L.DETAIL_TRIP_PNL)
  store<f64>(detail, value, L.DETAIL_TRIP_VALUE)
  store<f64>(detail, <f64>held, L.DETAIL_TRIP_BARS)
  addTotal(L.TOTAL_PARTS, 1)
}

/** A lot is gone without an exit of its own: the one before was the last. */
function endTrip(lot: Position): void {
  if (lot.exits == 0) return
  const detail = changetype<usize>(lot) + L.POSITION_BYTES
  addTotal(L.TOTAL_PARTS, -1)
  endParts(load<f64>(detail, L.DETAIL_TRIP_PNL), load<f64>(detail, L.DETAIL_TRIP_VALUE), load<f64>(detail, L.DETAIL_TRIP_BARS))
}

function endParts(pnl: f64, value: f64, barsHeld: f64): void {
  addTotal(L.TOTAL_PART_WINS, -<f64>(pnl > 0))
  countTrip(pnl, value, barsHeld)
}

/** A round trip has ended. @param value at the entry price, of all that its exits have closed */
// @ts-ignore: decorator
@inline function countTrip(pnl: f64, value: f64, barsHeld: f64): void {
  addTotal(L.TOTAL_TRADES, 1)
  addTotal(L.TOTAL_BARS_HELD, barsHeld)
  addTotal(L.TOTAL_RETURN_SUM, pnl / value)
  if (pnl != pnl) return
  // Wins and losses without asking which it is, as nobody could foresee it: of the other kind it adds nothing.
  const totals = changetype<usize>(run) + L.RUN_TOTALS
  const win = larger(pnl, 0)
  const loss = larger(-pnl, 0)
  addTotal(L.TOTAL_WINS, <f64>(pnl > 0))
  addTotal(L.TOTAL_GROSS_PROFIT, win)
  store<f64>(at(totals, L.TOTAL_LARGEST_WIN), larger(load<f64>(at(totals, L.TOTAL_LARGEST_WIN)), win))
  addTotal(L.TOTAL_LOSSES, <f64>(pnl < 0))
  addTotal(L.TOTAL_GROSS_LOSS, loss)
  store<f64>(at(totals, L.TOTAL_LARGEST_LOSS), larger(load<f64>(at(totals, L.TOTAL_LARGEST_LOSS)), loss))
}
