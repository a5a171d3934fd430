// What a fill does to a position: open, add, reduce; trades, MFE and MAE (semantics 7.3, 7.4).
import * as L from '../layout'
import { Position } from '../records'
import { fault, isNumber, payFill } from './account'
import { noteOwn } from './bound'
import { dropFence, openFence } from './fence'
import { noteTrade } from './guards'
import { putQuantity, times } from './instruments'
import { followTrails } from './levels'
import { beginRules, resetRules, setOwnChain, setOwnRules } from './rules'
import { addTotal, at, barsHeld, detailOf, highOf, larger, lowOf, positionOf, quantityOf, run, setBit, setMark, setWaterMarks, signOf, smaller } from './state'
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
  const q = quantityOf(asset)
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
    p.entryOrder = order
    p.entryCode = codeOf(reason, phase)
    if (r.foreign) {
      p.sleeps = r.exitsLive != L.EXITS_LIVE_FILL ? entrySleeps : 0
      if (r.trailFollows != L.TRAIL_WALK) startMark(asset, s, base, phase)
    }
    resetRules(asset)
    if (entryChainRules > 0) setOwnChain(p, entryChain, entryChainRules)
    else setOwnRules(p, entryStop, entryTarget, entryTrail)
    if (r.contexts) memory.fill(detailOf(p) + L.DETAIL_CONTEXT, 0xff, 64)
    setQuantity(asset, s * k)
    beginRules(asset, p)
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
  entryChainRules = 0
  // The units and the price of a first entry are in it.
  if (!isNumber(r.cash)) fault(order, r.bar)
  setMark(asset, base)
  if (phase == L.PHASE_RANGE) noteOwn(asset, base)
  appendFill(asset, order, s * k, price, base, commission, tag, 0, codeOf(reason, phase))
}

/** Takes `k` units (at most all) off the position at `price` and writes the trade; `place` is that of the rule that did it, or -1. Returns whether it is gone. */
export function fillExit(asset: i32, k: f64, price: f64, base: f64, commission: f64, order: i32, tag: f64, reason: i32, phase: i32, place: i32): bool {
  const r = run
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
  const average = Math.abs(p.average)
  let best: f64 = 0
  let worst: f64 = 0
  if (r.record && average != 0) {
    // The better and the worse of the two water marks for this side.
    const up = (highOf(asset) - p.average) * side
    const down = (lowOf(asset) - p.average) * side
    best = larger(0, larger(up, down) / average)
    worst = smaller(0, smaller(up, down) / average)
  }
  // An asset that has ended has no bar of its own here.
  const held = reason == L.REASON_ENDED ? p.barsHeld : barsHeld(p, phase)
  const gone = k == size
  setQuantity(asset, gone ? 0 : q - side * k)
  // Asked of both at once; only where that says no, of each.
  if (!isNumber(Math.abs(r.cash) + Math.abs(pnl)) && (!isNumber(r.cash) || !isNumber(pnl))) fault(order, r.bar)
  setMark(asset, base)
  if (phase == L.PHASE_RANGE) noteOwn(asset, base)
  let code = codeOf(reason, phase)
  let distance: f64 = 0
  if (place >= 0) {
    code |= ((place + 1) << L.CODE_PLACE_SHIFT) | (toldUnit << L.CODE_TOLD_SHIFT)
    distance = toldDistance
  }
  appendFill(asset, order, -side * k, price, base, commission, tag, distance, code)
  appendTrade(asset, p, held, side * k, price, pnl, share, commission, slipShare + slippage, best, worst, order, tag, distance, code)
  countTrade(pnl, p.average * all, held)
  if (r.guarded) noteTrade(asset, pnl)
  p.commission = p.commission - share
  p.slippage = p.slippage - slipShare
  if (gone) {
    p.ownCount = 0
    dropFence(asset)
  }
  return gone
}

// @ts-ignore: decorator
@inline function countTrade(pnl: f64, cost: f64, barsHeld: i32): void {
  addTotal(L.TOTAL_TRADES, 1)
  addTotal(L.TOTAL_PNL, pnl)
  addTotal(L.TOTAL_BARS_HELD, barsHeld)
  addTotal(L.TOTAL_RETURN_SUM, pnl / Math.abs(cost))
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
