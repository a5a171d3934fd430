// The order of events in one bar (semantics 2 and 4); the only file that knows it.
import * as L from '../layout'
import { Drawdown, Order, Run } from '../records'
import { followWorst } from '../stats/drawdown'
import { equityNow, fault, forgetFunds, freeFunds, gross, isNumber, markAll } from './account'
import { heldBits, orderBits, outside, followRange, words } from './active'
import { fillBatch, placeBatch, placeLarge } from './batch'
import { addOwn, beginBound, endBound, restingOwn } from './bound'
import { accountValue, beginEquity, tellEquity, writeEquity } from './equity'
import { WAITING_SAME_CLOSE, endAssets, exitLeft, fillLotsWaiting, fillWaiting, fireRule, timeExits } from './exits'
import { isInside, isLotInside } from './fence'
import { beginDay, checkHalt } from './guards'
import { fillClosing, fillDue, fillRuleExit, waitsWhole } from './fills'
import { takeBarAtClose, takeBarAtOpen } from './foreign'
import {
  RANK_ENTRY, RANK_NONE, followLots, followTrails, isReached, levelDirection, levelOrder, levelPlace, levelPrice, levelRank, lookAt, nextLevel,
  touchOrder, trails,
} from './levels'
import { compactLots, firstLot, lotAt, lotPosition, putLot, takeLot } from './lots'
import { noteLimits } from './maker'
import { bringToLife, compactPool, endAll, expireOrders } from './orders'
import { beginParts } from './parts'
import { touchPosition } from './positions'
import { runQueues, seeRange } from './queue'
import { adoptChanges } from './rules'
import { fillInSequence, isDueAtOpen, openBase } from './sequence'
import { checkSubmitted } from './submission'
import {
  addTotal, barsHeld, barValue, firstOrder, hasBar, isAwake, larger, orderAt, positionOf, quantityOf, run, smaller,
} from './state'
import { moveMarkCalm, moveTrailsAfter, moveTrailsBefore } from './trails'
import { settleWaits } from './waiting'
import { walkAsset } from './walk'

/**
 * One step: what bar t's hook ordered for its own close, equity[t], then bar t+1 up to its hook.
 * STATUS_BAR: a hook is due for `run.bar`. STATUS_DONE: the data or the account have ended; then call `finish`.
 * STATUS_ROOM: nothing was done, the tables have to be drained or grown first. STATUS_FAULT: a number is none any more (1.8).
 */
export function advance(): i32 {
  const r = run
  if (r.ended) return L.STATUS_DONE
  if (isCalm(r) && passCalm(r)) return r.fault ? end() : L.STATUS_BAR
  if (!hasRoom()) return L.STATUS_ROOM
  if (r.bar >= r.first) {
    if (r.submissionCheck != L.SUBMISSION_CHECK_NONE && r.live > 0) checkGiven()
    closeAfterHook()
    writeEquity()
    if ((r.bust && r.held == 0) || r.bar == r.bars - 1 || r.fault) return end()
  } else beginEquity()
  if (r.participation > 0 && r.batch > 0) placeLarge(r.bar + 1)
  compactPool()
  if (r.lots) compactLots()
  r.bar++
  r.bound = r.bust ? NaN : r.cash
  r.boundExposure = 0
  if (r.participation > 0) beginParts()
  if (r.dayLossType != L.DAY_LOSS_NONE) beginDay()
  if (r.held > 0 || r.live > 0 || r.batch > 0) {
    openPhase()
    if (r.bust && r.held == 0) {
      r.unvalued = 1
      writeEquity()
      return end()
    }
    if (r.links > 0) settleWaits(r.open, L.PHASE_OPEN)
    rangePhase()
  }
  closeBeforeHook()
  return r.fault ? end() : L.STATUS_BAR
}

/** What the hook has ordered is looked at (10.9). */
function checkGiven(): void {
  takePhaseEquity()
  checkSubmitted()
  if (run.links > 0) settleWaits(run.close, L.PHASE_CLOSE)
}

/** The run has come to its end. */
// @ts-ignore: decorator
@inline export function end(): i32 {
  run.ended = 1
  return run.fault ? L.STATUS_FAULT : L.STATUS_DONE
}

/** The run is over: what is still pending ends as cancelled (section 2). Needs room like a step. */
export function finish(): i32 {
  if (!hasRoom()) return L.STATUS_ROOM
  placeBatch()
  endAll(L.END_END_OF_DATA)
  return L.STATUS_DONE
}

// ---- room --------------------------------------------------------------------------------------
//
// A step writes no more than these numbers of rows, so that no append has to check: each order fills at most twice; each
// opening lets every rule of the chain fire once; each order ends once and may trigger once; an asset is ambiguous once; a step
// has the end of one bar and most of the next. The shell makes room for as many.

/** Rows of fills, and of trades, that a step may write. */
export function fillsAhead(): i32 {
  const live = run.live + run.batch
  const rules = max(max(run.longestChain, run.longestOwn), 3) + 4
  // Of lots each has its rules.
  return 2 * (live * 2 + (live + max(run.held, run.liveLots)) * rules) + 16
}

/** Trades that a step may write: one a fill, and one for each lot that a fill of others closes. */
export function tradesAhead(): i32 {
  return run.lots ? fillsAhead() + lotsAhead() : fillsAhead()
}

/** Lots that there are, and that a step may open. */
export function lotsAhead(): i32 {
  return run.lots ? run.liveLots + 2 * run.live + 16 : 0
}

/** Orders that a step may end. */
export function endsAhead(): i32 {
  return run.live + run.batch + 16
}

/** Events that a step may tell of. */
export function eventsAhead(): i32 {
  return fillsAhead() + tradesAhead() + 2 * endsAhead()
}

/** Assets that may be ambiguous in a step. */
export function ambiguousAhead(): i32 {
  return min(run.assets, run.live + run.batch + run.held)
}

/** Whether the tables have room for all that. Rows that nobody keeps begin anew. */
export function hasRoom(): bool {
  const r = run
  const fills = fillsAhead()
  if (r.lots && r.lotCount + 2 * r.live + 16 > r.lotCapacity) return false
  if (!r.record) {
    r.fillCount = 0
    r.tradeCount = 0
    return fills <= r.fillCapacity
  }
  return r.fillCount + fills <= r.fillCapacity && r.tradeCount + tradesAhead() <= r.tradeCapacity &&
    r.orderCount + endsAhead() <= r.orderCapacity && r.ambiguousCount + ambiguousAhead() <= r.ambiguousCapacity &&
    (r.record < L.RECORD_EVENTS || r.eventCount + eventsAhead() <= r.eventCapacity)
}

// ---- calm bars ---------------------------------------------------------------------------------
//
// A hook on one asset gets most of its bars while nothing is pending and the price stays inside the fence. Such a bar is its
// equity, its water marks and its close: a hook over 525,600 bars took 35 ms with this way and 88 without.

/** Whether the next bar may be one: the run admits it, and what has been ordered does not have to be looked at. */
// @ts-ignore: decorator
@inline function isCalm(r: Run): bool {
  return (r.ways & L.WAY_CALM) != 0 && (r.live | r.batch | r.bust | r.fault) == 0 && r.bar >= r.first && r.bar < r.bars - 1
}

/**
 * The whole step where nothing can fire in the next bar. False, with nothing done, where something may. The run is handed over
 * and not looked up, which each time costs as much as a field of it.
 */
function passCalm(r: Run): bool {
  const cash = r.cash
  const q = load<f64>(r.holdings)
  const unchecked = r.account >= L.ACCOUNT_UNLIMITED
  if (load<f64>(r.quantities) == 0) {
    // What is flat is worth its cash. A bust is told by the long way.
    if (!(cash > 0 || unchecked)) return false
    endCalm(r, cash, cash)
    r.equity = cash
    r.bound = cash
    return true
  }
  const next = (<usize>(r.bar + 1)) << 3
  const low = load<f64>(r.rangeLow + next)
  const high = load<f64>(r.rangeHigh + next)
  // Where there is no fence yet its lower side is infinite.
  if (!(low > load<f64>(r.belows) && high < load<f64>(r.aboves)) && !isInside(0, low, high)) return false
  const close = load<f64>(r.close + next)
  const equity = cash + (0 + q * close)
  // The account is looked at by the long way where that may find something.
  if (!isNumber(equity) || !(equity > 0 || unchecked)) return false
  const exposed = changetype<usize>(r) + L.RUN_TOTALS + (L.TOTAL_EXPOSED_BARS << 3)
  store<f64>(exposed, load<f64>(exposed) + 1)
  endCalm(r, cash, r.unvalued ? accountValue() : r.equity)
  r.equity = equity
  r.bound = cash + restingOwn(q, low, high)
  store<f64>(r.highs, larger(load<f64>(r.highs), high))
  store<f64>(r.lows, smaller(load<f64>(r.lows), low))
  store<f64>(r.marks, close)
  if (r.foreign && r.trailFollows != L.TRAIL_WALK) moveMarkCalm()
  return true
}

/** This bar is over, with this equity; the next one begins, and nobody waits for anything. */
// @ts-ignore: decorator
@inline function endCalm(r: Run, cash: f64, equity: f64): void {
  const bar = r.bar
  const place = (<usize>(bar - r.first)) << 3
  const state = changetype<Drawdown>(changetype<usize>(r) + L.RUN_DRAWDOWN)
  const worst = smaller(r.bound, equity)
  // Between two peaks, above the floor, of a run that keeps a column: `tellEquity`.
  if (equity < state.peak && !(worst <= r.floor) && !r.periodEquity && isNumber(equity)) {
    if (equity < state.low) state.low = equity
    followWorst(state, worst)
    store<f64>(r.equityColumn + place, equity)
  } else tellEquity(bar, equity, r.bound)
  if (r.cashColumn) store<f64>(r.cashColumn + place, cash)
  r.bar = bar + 1
  r.unvalued = 0
  r.poolCount = 0
  r.chainCount = 0
}

/** Sizes by fraction of equity take it as it is before the first fill of a phase (3.2). */
// @ts-ignore: decorator
@inline export function takePhaseEquity(): void {
  forgetFunds()
  if (run.fractions > 0) run.phaseEquity = equityNow()
}

// ---- open (section 4) --------------------------------------------------------------------------

function openPhase(): void {
  const r = run
  if (r.account < L.ACCOUNT_UNLIMITED || r.fractions > 0 || !r.dense || r.guarded) markAll(r.open)
  takePhaseEquity()
  if (r.foreign) {
    if ((r.exitsLive != L.EXITS_LIVE_FILL || r.stopLimit != L.STOP_LIMIT_LIMIT) && r.live > 0) bringToLife()
    if (r.trailFollows == L.TRAIL_BAR) moveTrailsBefore()
  }
  if (r.ends) endAssets()
  if (r.nextExpiry <= r.bar) expireOrders()
  if (r.matching && !r.bust) {
    runQueues()
    return
  }
  if (r.batch > 0) {
    fillBatch(r.open, L.PHASE_OPEN)
    return
  }
  let due = 0
  for (let w = 0; w < words(); w++) {
    let bits = orderBits(w)
    const held = heldBits(w)
    if (r.bust) bits |= held
    // Without rules a position without orders has nothing to do at its open.
    else if (r.ruled && held) bits |= held & outside(w, r.open)
    for (; bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (!hasBar(a)) continue
      const open = barValue(r.open, a)
      if (r.bust) {
        if (quantityOf(a) != 0) fillRuleExit(a, Math.abs(quantityOf(a)), open, L.REASON_BUST, L.PHASE_OPEN, -1, false)
        continue
      }
      if (firstOrder(a) < 0 && isInside(a, open, open)) continue
      due += openExits(a, open)
    }
  }
  if (r.sequence != L.SEQUENCE_EXITS_FIRST) openInSequence()
  else if (due > 0) fillEntries(due, r.open, L.PHASE_OPEN)
}

/** The orders that are due at the open, each in one go, where exits do not come first (10.6). */
function openInSequence(): void {
  const r = run
  if (r.bust) return
  fillInSequence(r.open, L.PHASE_OPEN, L.TIMING_NEXT_OPEN)
  for (let w = 0; w < words(); w++) {
    for (let bits = orderBits(w) | heldBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (!hasBar(a)) continue
      const open = barValue(r.open, a)
      if (quantityOf(a) != 0 && !r.lots && positionOf(a).entryBar < r.bar) touchPosition(a, open)
      trailsAtOpen(a, open)
    }
  }
}

/** The closing part of a market order that is due. Returns 1 where something is left for the entries. */
// @ts-ignore: decorator
@inline function closeDue(a: i32, order: Order, price: f64, phase: i32): i32 {
  if (quantityOf(a) != 0 && !waitsWhole(order, price)) fillClosing(order, price, phase)
  if (order.state != L.STATE_LIVE) return 0
  order.flags |= L.FLAG_DUE
  return 1
}

/** What is left, what waits and what is due by time of a position at its O (4.1). */
// @ts-ignore: decorator
@inline function exitsDueAtOpen(a: i32, open: f64): void {
  const position = positionOf(a)
  adoptChanges(a)
  if (run.ranged) followTrails(a)
  // In other sequences trails follow O after the orders (10.6), which may add to the position.
  if (run.sequence == L.SEQUENCE_EXITS_FIRST || run.lots) touchPosition(a, open)
  if (position.pendingCount > 0) {
    if (run.participation > 0) exitLeft(a, open)
    fillWaiting(a, L.STOP_FILL_NEXT_OPEN, open, L.PHASE_OPEN)
  }
  if (run.timing == L.TIMING_NEXT_OPEN && quantityOf(a) != 0) timeExits(a, open, barsHeld(position, L.PHASE_OPEN), L.PHASE_OPEN)
}

/** Exits of one asset at its O (4.1). Returns how many of its orders are due for the entries step (4.3). */
function openExits(a: i32, open: f64): i32 {
  if (quantityOf(a) != 0) {
    if (run.lots) {
      for (let i = firstLot(a); i > 0; i = lotAt(i).next) {
        if (lotAt(i).quantity == 0 || isLotInside(i, open, open)) continue
        takeLot(i)
        exitsDueAtOpen(a, open)
        putLot()
      }
    } else exitsDueAtOpen(a, open)
    if (quantityOf(a) != 0) {
      while (fireReached(a, open)) {}
    }
  }
  if (run.ruleExit == L.RULE_EXIT_TAKES_BAR) takeBarAtOpen(a)
  if (run.sequence != L.SEQUENCE_EXITS_FIRST) {
    if (run.makers) noteLimits(a, open)
    return 0
  }
  let due = 0
  for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || (order.parent != 0 && !run.children) || !isDueAtOpen(order, open)) continue
    due += closeDue(a, order, openBase(order, open), L.PHASE_OPEN)
  }
  if (run.makers) noteLimits(a, open)
  trailsAtOpen(a, open)
  return due
}

/** Only now do trails see the open: a jump tests their level before their mark moves (5.5). */
// @ts-ignore: decorator
@inline function trailsAtOpen(a: i32, open: f64): void {
  if (quantityOf(a) != 0) {
    if (run.lots) followLots(a)
    else followTrails(a)
  }
  for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (isAwake(order) && trails(order)) touchOrder(order, open)
  }
}

/** Fires the first rule or child, in the order of 5.3, whose level the price has reached; other sequences (10.6) and plain children have none here. False when there is none. */
function fireReached(a: i32, price: f64): bool {
  if (quantityOf(a) == 0) return false
  const rulesOnly = run.sequence != L.SEQUENCE_EXITS_FIRST || run.children != 0
  if (run.lots) return fireLots(a, price, rulesOnly)
  let rank = RANK_NONE
  let place = 0
  let child = 0
  for (lookAt(a); nextLevel(); ) {
    if (levelRank >= min(rank, RANK_ENTRY) || (levelOrder >= 0 && (rulesOnly || orderAt(levelOrder).parent == 0))) continue
    if (!isReached(levelPrice, levelDirection, price)) continue
    rank = levelRank
    place = levelPlace
    child = levelOrder
  }
  if (rank == RANK_NONE) return false
  if (child >= 0) fillClosing(orderAt(child), price, L.PHASE_OPEN)
  else fireRule(a, place, price, L.PHASE_OPEN)
  return true
}

/** The same of a position of lots: the first of the levels of all lots, then of children. */
function fireLots(a: i32, price: f64, rulesOnly: bool): bool {
  let rank = RANK_NONE
  let place = 0
  let child = -1
  let lot = 0
  for (let i = firstLot(a); i > 0; i = lotAt(i).next) {
    if (lotAt(i).quantity == 0 || isLotInside(i, price, price)) continue
    takeLot(i)
    for (lookAt(a); nextLevel(); ) {
      if (levelRank >= rank || !isReached(levelPrice, levelDirection, price)) continue
      rank = levelRank
      place = levelPlace
      lot = i
    }
    putLot()
  }
  for (lookAt(a); nextLevel(); ) {
    if (levelRank >= min(rank, RANK_ENTRY) || rulesOnly || orderAt(levelOrder).parent == 0) continue
    if (!isReached(levelPrice, levelDirection, price)) continue
    rank = levelRank
    child = levelOrder
  }
  if (rank == RANK_NONE) return false
  if (child >= 0) fillClosing(orderAt(child), price, L.PHASE_OPEN)
  else {
    takeLot(lot)
    fireRule(a, place, price, L.PHASE_OPEN)
    putLot()
  }
  return true
}

/** What is left of the due orders, in id order over all assets. */
function fillEntries(due: i32, column: usize, phase: i32): void {
  const r = run
  for (let i = 0; due > 0 && i < r.poolCount; i++) {
    const order = orderAt(i)
    if ((order.flags & L.FLAG_DUE) == 0) continue
    order.flags &= ~L.FLAG_DUE
    due--
    const base = openBase(order, barValue(column, order.asset))
    order.flags &= ~L.FLAG_AT_STOP
    fillDue(order, base, phase)
  }
}

// ---- range (section 5) -------------------------------------------------------------------------

function rangePhase(): void {
  const r = run
  const cash = r.cash
  takePhaseEquity()
  if (r.account < L.ACCOUNT_UNLIMITED && r.live > 0) r.funds = freeFunds()
  beginBound()
  for (let w = 0; w < words(); w++) {
    const orders = orderBits(w)
    const held = heldBits(w)
    let bits = orders | held
    if (bits == 0) continue
    let walked: u64 = 0
    if (held) bits &= orders | followRange(w, orders)
    for (; bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (!hasBar(a)) continue
      const low = barValue(r.rangeLow, a)
      const high = barValue(r.rangeHigh, a)
      if (firstOrder(a) < 0 && isInside(a, low, high)) {
        touchPosition(a, high)
        touchPosition(a, low)
      } else if (r.matching) seeRange(a, low, high)
      else {
        walkAsset(a)
        walked |= bits & -bits
      }
    }
    addOwn(w, held | walked, walked)
  }
  if (r.foreign && (r.trailFollows == L.TRAIL_CLOSE || r.trailFollows == L.TRAIL_EXTREMES)) moveTrailsAfter()
  if (!r.bust) endBound(cash)
}

// ---- close (section 2, steps 3 and 5) ----------------------------------------------------------

export function closeBeforeHook(): void {
  const r = run
  markAll(r.close)
  if (r.links > 0) settleWaits(r.close, L.PHASE_CLOSE)
  if (r.held > 0 || r.atClose > 0) {
    takePhaseEquity()
    let due = 0
    for (let w = 0; w < words(); w++) {
      let bits = r.atClose > 0 ? orderBits(w) : 0
      const held = heldBits(w)
      if (held) {
        if (!r.dense) countBars(w, held)
        if (r.ruled && !r.bust) bits |= held & outside(w, r.close)
      }
      for (; bits != 0; bits &= bits - 1) {
        const a = (w << 6) + <i32>ctz(bits)
        if (hasBar(a)) due += closeExits(a)
      }
    }
    if (r.sequence != L.SEQUENCE_EXITS_FIRST) fillInSequence(r.close, L.PHASE_CLOSE, L.TIMING_NEXT_CLOSE)
    else if (due > 0) fillEntries(due, r.close, L.PHASE_CLOSE)
    if (r.links > 0) settleWaits(r.close, L.PHASE_CLOSE)
  }
  if (r.account >= L.ACCOUNT_UNLIMITED) {
    r.unvalued = 1
    if (r.guarded) checkHalt()
    return
  }
  r.equity = equityNow()
  r.unvalued = 0
  if (!isNumber(r.equity)) fault(0, r.bar)
  if (r.bust) return
  if (r.account == L.ACCOUNT_MARGIN) {
    r.marginCall = r.equity < r.maintenance * gross ? 1 : 0
    if (r.marginCall) addTotal(L.TOTAL_MARGIN_CALLS, 1)
  }
  if (r.equity <= 0) {
    r.bust = 1
    endAll(L.END_BUST)
  }
  if (r.guarded) checkHalt()
}

/** Counts this bar of the word's positions that have one (6.4). */
function countBars(word: i32, held: u64): void {
  if (run.bust) return
  for (let bits = held; bits != 0; bits &= bits - 1) {
    const a = (word << 6) + <i32>ctz(bits)
    if (run.lots) {
      if (hasBar(a)) countLots(a)
      continue
    }
    const position = positionOf(a)
    if (hasBar(a) && position.entryBar < run.bar) position.barsHeld++
  }
}

function countLots(a: i32): void {
  for (let i = firstLot(a); i > 0; i = lotAt(i).next) {
    const position = lotPosition(i)
    if (position.entryBar < run.bar) position.barsHeld++
  }
}

/** What waits for C and is due by time of a position. */
// @ts-ignore: decorator
@inline function exitsDueAtClose(a: i32, close: f64): void {
  const position = positionOf(a)
  if (position.pendingCount > 0) fillWaiting(a, L.STOP_FILL_CLOSE, close, L.PHASE_CLOSE)
  if (run.timing != L.TIMING_NEXT_OPEN && quantityOf(a) != 0) timeExits(a, close, barsHeld(position, L.PHASE_CLOSE), L.PHASE_CLOSE)
}

/** Exits of one asset at its C before the hook. Returns how many of its orders are due for entries. */
function closeExits(a: i32): i32 {
  const close = barValue(run.close, a)
  if (quantityOf(a) != 0 && !run.bust && !isInside(a, close, close)) {
    if (run.lots) {
      for (let i = firstLot(a); i > 0; i = lotAt(i).next) {
        if (lotAt(i).quantity == 0 || isLotInside(i, close, close)) continue
        takeLot(i)
        exitsDueAtClose(a, close)
        putLot()
      }
    } else exitsDueAtClose(a, close)
  }
  if (run.ruleExit == L.RULE_EXIT_TAKES_BAR) takeBarAtClose(a)
  return closeOrders(a, close, L.TIMING_NEXT_CLOSE)
}

/** The closing parts of an asset's market orders with a timing at the close. */
function closeOrders(a: i32, close: f64, timing: i32): i32 {
  if (run.sequence != L.SEQUENCE_EXITS_FIRST) return 0
  let due = 0
  for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || order.type != L.TYPE_MARKET || order.timing != timing) continue
    due += closeDue(a, order, close, L.PHASE_CLOSE)
  }
  return due
}

/** Whether the equity was a number before anything is filled at this close (1.8): an `unlimited` account is not valued before. */
function wasFinite(): bool {
  if (run.unvalued && !isNumber(accountValue())) fault(0, run.bar)
  return !run.fault
}

function closeAfterHook(): void {
  const r = run
  if (r.lastBar != L.LAST_BAR_FILL && r.bar == r.bars - 1) return
  if (r.participation > 0 && r.batch > 0 && r.timing == L.TIMING_SAME_CLOSE) placeLarge(r.bar)
  if (r.batch > 0 && r.timing == L.TIMING_SAME_CLOSE) {
    if (!wasFinite()) return
    r.sameBar = 1
    r.unvalued = 1
    fillBatch(r.close, L.PHASE_CLOSE)
    r.sameBar = 0
    return
  }
  // Exits that wait for this close come from time exits of runs with this timing.
  const waiting = r.ruled != 0 && r.timing == L.TIMING_SAME_CLOSE && r.held > 0
  if (r.bust || !(waiting || r.atClose > 0) || !wasFinite()) return
  r.sameBar = 1
  r.unvalued = 1
  takePhaseEquity()
  let due = 0
  for (let w = 0; w < words(); w++) {
    let bits = r.atClose > 0 ? orderBits(w) : 0
    const held = waiting ? heldBits(w) : 0
    if (held) bits |= held & outside(w, r.close)
    for (; bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (!hasBar(a)) continue
      const close = barValue(r.close, a)
      if (r.lots) fillLotsWaiting(a, WAITING_SAME_CLOSE, close, L.PHASE_CLOSE)
      else if (quantityOf(a) != 0 && positionOf(a).pendingCount > 0) fillWaiting(a, WAITING_SAME_CLOSE, close, L.PHASE_CLOSE)
      due += closeOrders(a, close, L.TIMING_SAME_CLOSE)
    }
  }
  if (r.sequence != L.SEQUENCE_EXITS_FIRST) fillInSequence(r.close, L.PHASE_CLOSE, L.TIMING_SAME_CLOSE)
  else if (due > 0) fillEntries(due, r.close, L.PHASE_CLOSE)
  if (r.links > 0) settleWaits(r.close, L.PHASE_CLOSE)
  r.sameBar = 0
}
