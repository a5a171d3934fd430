// The order of events in one bar (semantics 2 and 4); the only file that knows it.
import * as L from '../layout'
import { Order } from '../records'
import { equityNow, freeFunds, gross, markAll } from './account'
import { heldBits, orderBits, outside, passRange, words } from './active'
import { fillBatch, placeBatch } from './batch'
import { beginEquity, writeEquity } from './equity'
import { exitPart, fillClosing, fillDue, fillRuleExit } from './fills'
import { barsHeld, touchPosition } from './positions'
import { compactPool, endAll, touchOrder } from './orders'
import { adoptChanges, followTrails, isFree, isInside, isSpent, levelAt, openFence, placesOf, reasonAt } from './rules'
import { addTotal, at, barValue, chainLength, chainOf, firstOrder, hasBar, orderAt, positionOf, quantityOf, ruleAt, run, signOf } from './state'
import { firesOn, isLimit, isReached, orderLevel, ruleFiresOn } from './triggers'
import { PENDING_SAME_CLOSE, addPending, fillPending, fireRule, trigger, walkAsset } from './walk'

/**
 * One step: what bar t's hook ordered for its own close, equity[t], then bar t+1 up to its hook.
 * STATUS_BAR: a hook is due for `run.bar`. STATUS_DONE: the data or the account have ended; then call `finish`.
 * STATUS_ROOM: nothing was done, the tables have to be drained or grown first.
 */
export function advance(): i32 {
  if (run.ended) return L.STATUS_DONE
  if (!makeRoom()) return L.STATUS_ROOM
  if (run.bar >= run.first) {
    closeAfterHook()
    writeEquity()
    if ((run.bust && run.held == 0) || run.bar == run.bars - 1) {
      run.ended = 1
      return L.STATUS_DONE
    }
  } else beginEquity()
  compactPool()
  run.bar++
  if (run.held > 0 || run.live > 0 || run.batch > 0) {
    openPhase()
    if (run.bust && run.held == 0) {
      run.unvalued = 1
      writeEquity()
      run.ended = 1
      return L.STATUS_DONE
    }
    rangePhase()
  }
  closeBeforeHook()
  return L.STATUS_BAR
}

/** The run is over: what is still pending ends as cancelled (section 2). Needs room like a step. */
export function finish(): i32 {
  if (!makeRoom()) return L.STATUS_ROOM
  placeBatch()
  endAll(L.END_END_OF_DATA)
  return L.STATUS_DONE
}

/**
 * Whether the tables have room for everything one step can write. Each order fills at most twice; each opening lets
 * every rule of the chain fire once; each order ends once and may trigger once; a step has the end of one bar and
 * most of the next.
 */
function makeRoom(): bool {
  if (!run.record) {
    run.fillCount = 0
    run.tradeCount = 0
  }
  const rules = Math.max(run.longestChain, 3) as i32 + 2
  const live = run.live + run.batch
  const exits = (live + run.held) * rules
  const fills = 2 * (live * 2 + exits) + 16
  return run.fillCount + fills <= run.fillCapacity && run.tradeCount + fills <= run.tradeCapacity &&
    (run.record == L.RECORD_NONE || run.orderCount + live + 16 <= run.orderCapacity) &&
    (run.record < L.RECORD_EVENTS || run.eventCount + 2 * fills + 2 * live + 16 <= run.eventCapacity)
}

/** Sizes by fraction of equity take it as it is before the first fill of a phase (3.2). */
// @ts-ignore: decorator
@inline export function takePhaseEquity(): void {
  if (run.fractions > 0) run.phaseEquity = equityNow()
}

// ---- open (section 4) --------------------------------------------------------------------------

function openPhase(): void {
  const r = run
  if (r.account != L.ACCOUNT_UNLIMITED || r.fractions > 0 || !r.dense) markAll(r.open)
  takePhaseEquity()
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
        if (quantityOf(a) != 0) fillRuleExit(a, Math.abs(quantityOf(a)), open, L.REASON_BUST, L.PHASE_OPEN)
        continue
      }
      const first = firstOrder(a)
      if (isFree(a)) {
        // Without orders and rules the open is just a price of the range.
        if (first < 0) continue
        const order = orderAt(first)
        if (order.next < 0 && order.type == L.TYPE_MARKET && order.parent == 0) {
          due += openMarket(a, order, open)
          continue
        }
      } else if (first < 0 && isInside(a, open, open)) continue
      due += openExits(a, open)
    }
  }
  if (due > 0) fillEntries(due, r.open, L.PHASE_OPEN)
}

/** `openExits` of an asset with nothing but one market order, which most assets with orders are. */
// @ts-ignore: decorator
@inline function openMarket(a: i32, order: Order, open: f64): i32 {
  return order.timing == L.TIMING_NEXT_OPEN ? closeDue(a, order, open, L.PHASE_OPEN) : 0
}

/** The closing part of a market order that is due. Returns 1 where something is left for the entries. */
// @ts-ignore: decorator
@inline function closeDue(a: i32, order: Order, price: f64, phase: i32): i32 {
  if (quantityOf(a) != 0) fillClosing(order, price, phase)
  if (order.state != L.STATE_LIVE) return 0
  order.flags |= L.FLAG_DUE
  return 1
}

/** Exits of one asset at its O (4.1). Returns how many of its orders are due for the entries step (4.3). */
function openExits(a: i32, open: f64): i32 {
  const position = positionOf(a)
  if (quantityOf(a) != 0) {
    adoptChanges(a)
    touchPosition(a, open)
    if (position.pendingCount > 0) fillPending(a, L.STOP_FILL_NEXT_OPEN, open, L.PHASE_OPEN)
    if (run.timing == L.TIMING_NEXT_OPEN && quantityOf(a) != 0) timeExits(a, open, barsHeld(position, L.PHASE_OPEN), L.PHASE_OPEN)
    if (quantityOf(a) != 0) {
      while (fireReached(a, open)) {}
    }
  }
  let due = 0
  for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || order.parent != 0 || !isDueAtOpen(order, open)) continue
    due += closeDue(a, order, open, L.PHASE_OPEN)
  }
  // Only now do trails see the open: a jump tests their level before their mark moves (5.5).
  if (quantityOf(a) != 0) followTrails(a)
  for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state == L.STATE_LIVE && order.type == L.TYPE_TRAILING_STOP) touchOrder(order, open)
  }
  return due
}

/** Market orders for the open, and levels that O has reached; a stop-limit's stop turns it into a limit first (4.4). */
function isDueAtOpen(order: Order, open: f64): bool {
  if (order.type == L.TYPE_MARKET) return order.timing == L.TIMING_NEXT_OPEN
  if (!isReached(orderLevel(order), firesOn(order), open)) return false
  if (order.type != L.TYPE_STOP_LIMIT || isLimit(order)) return true
  trigger(order)
  return isReached(order.limit, firesOn(order), open)
}

/** Fires the first rule or child, in the order of 5.3, whose level the price has reached. False when there is none. */
function fireReached(a: i32, price: f64): bool {
  const q = quantityOf(a)
  if (q == 0) return false
  const position = positionOf(a)
  const side = signOf(q)
  const places = placesOf(a)
  for (let limits = 0; limits < 2; limits++) {
    for (let place = 0; place < places; place++) {
      const reason = reasonAt(a, place)
      if (reason == L.REASON_TIME || isSpent(position, place) || (reason == L.REASON_TARGET) != (limits == 1)) continue
      if (!isReached(levelAt(a, place), ruleFiresOn(reason, side), price)) continue
      fireRule(a, place, price, L.PHASE_OPEN)
      return true
    }
    for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
      const child = orderAt(i)
      if (child.state != L.STATE_LIVE || child.parent == 0 || isLimit(child) != (limits == 1)) continue
      if (!isReached(orderLevel(child), firesOn(child), price)) continue
      fillClosing(child, price, L.PHASE_OPEN)
      return true
    }
  }
  return false
}

/** Time exits of a position that has been held `held` bars (6.4), at once at `price` or, at the close, after the hook. */
function timeExits(a: i32, price: f64, held: i32, phase: i32): void {
  const count = chainLength(a)
  const chain = chainOf(a)
  const position = positionOf(a)
  for (let place = 0; place < count && quantityOf(a) != 0; place++) {
    const rule = ruleAt(chain, place)
    if (rule.type != L.REASON_TIME || held < rule.bars || isSpent(position, place)) continue
    const fraction = rule.action == L.ACTION_EXIT_FRACTION ? rule.value : NaN
    openFence(a)
    if (fraction == fraction) position.fired |= 1 << place
    if (phase == L.PHASE_CLOSE && run.timing == L.TIMING_SAME_CLOSE) {
      if (fraction != fraction) position.waiting |= 1 << place
      addPending(position, fraction, L.REASON_TIME, PENDING_SAME_CLOSE, place)
    } else exitPart(a, fraction, price, L.REASON_TIME, phase)
  }
}

/** What is left of the due orders, in id order over all assets. */
function fillEntries(due: i32, column: usize, phase: i32): void {
  const r = run
  for (let i = 0; due > 0 && i < r.poolCount; i++) {
    const order = orderAt(i)
    if ((order.flags & L.FLAG_DUE) == 0) continue
    order.flags &= ~L.FLAG_DUE
    due--
    fillDue(order, barValue(column, order.asset), phase)
  }
}

// ---- range (section 5) -------------------------------------------------------------------------

function rangePhase(): void {
  const r = run
  takePhaseEquity()
  if (r.account != L.ACCOUNT_UNLIMITED && r.live > 0) r.funds = freeFunds()
  for (let w = 0; w < words(); w++) {
    const orders = orderBits(w)
    const held = heldBits(w)
    let bits = orders | held
    if (held) bits &= orders | passRange(w, orders)
    for (; bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      if (!hasBar(a)) continue
      const low = barValue(r.rangeLow, a)
      const high = barValue(r.rangeHigh, a)
      if (firstOrder(a) < 0 && isInside(a, low, high)) {
        touchPosition(a, high)
        touchPosition(a, low)
      } else walkAsset(a)
    }
  }
}

// ---- close (section 2, steps 3 and 5) ----------------------------------------------------------

export function closeBeforeHook(): void {
  const r = run
  markAll(r.close)
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
    if (due > 0) fillEntries(due, r.close, L.PHASE_CLOSE)
  }
  if (r.account == L.ACCOUNT_UNLIMITED) {
    r.unvalued = 1
    return
  }
  r.equity = equityNow()
  r.unvalued = 0
  if (r.bust) return
  if (r.account == L.ACCOUNT_MARGIN) {
    r.marginCall = r.equity < r.maintenance * gross ? 1 : 0
    if (r.marginCall) addTotal(L.TOTAL_MARGIN_CALLS, 1)
  }
  if (r.equity <= 0) {
    r.bust = 1
    endAll(L.END_BUST)
  }
}

/** Counts this bar of the word's positions that have one (6.4). */
function countBars(word: i32, held: u64): void {
  if (run.bust) return
  for (let bits = held; bits != 0; bits &= bits - 1) {
    const a = (word << 6) + <i32>ctz(bits)
    const position = positionOf(a)
    if (hasBar(a) && position.entryBar < run.bar) position.barsHeld++
  }
}

/** Exits of one asset at its C before the hook. Returns how many of its orders are due for entries. */
function closeExits(a: i32): i32 {
  const close = barValue(run.close, a)
  const position = positionOf(a)
  if (quantityOf(a) != 0 && !run.bust && !isInside(a, close, close)) {
    if (position.pendingCount > 0) fillPending(a, L.STOP_FILL_CLOSE, close, L.PHASE_CLOSE)
    if (run.timing != L.TIMING_NEXT_OPEN && quantityOf(a) != 0) timeExits(a, close, barsHeld(position, L.PHASE_CLOSE), L.PHASE_CLOSE)
  }
  return closeOrders(a, close, L.TIMING_NEXT_CLOSE)
}

/** The closing parts of an asset's market orders with a timing at the close. */
function closeOrders(a: i32, close: f64, timing: i32): i32 {
  let due = 0
  for (let i = firstOrder(a); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || order.type != L.TYPE_MARKET || order.timing != timing) continue
    due += closeDue(a, order, close, L.PHASE_CLOSE)
  }
  return due
}

function closeAfterHook(): void {
  const r = run
  if (r.batch > 0 && r.timing == L.TIMING_SAME_CLOSE) {
    r.sameBar = 1
    r.unvalued = 1
    fillBatch(r.close, L.PHASE_CLOSE)
    r.sameBar = 0
    return
  }
  // Exits that wait for this close come from time exits of runs with this timing.
  const waiting = r.ruled != 0 && r.timing == L.TIMING_SAME_CLOSE && r.held > 0
  if (r.bust || !(waiting || r.atClose > 0)) return
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
      if (quantityOf(a) != 0 && positionOf(a).pendingCount > 0) fillPending(a, PENDING_SAME_CLOSE, close, L.PHASE_CLOSE)
      due += closeOrders(a, close, L.TIMING_SAME_CLOSE)
    }
  }
  if (due > 0) fillEntries(due, r.close, L.PHASE_CLOSE)
  r.sameBar = 0
}
