// From decision to decision of one asset, as sweeps run them by the million: nothing is written down bar by bar or fill
// by fill, an order never waits for anything but the next open, and stops and targets are fractions of the entry. A leap
// takes such a run over the bars in between, through the fill that a signal asks for, or to the level that ends the
// position, with the functions that fill and value in `advance`, but without its search for what there is to do. What
// is not as plain as that is left to `advance`, bar by bar: an open beyond a level, both levels in one bar, an entry that
// is cut or refused, a bust. Both give the same bytes, which test/properties/metrics.test.ts holds.
//
//   decided at b --stretch--> undecided at s --act--> undecided at s+1 ... --no signal--> decided
import * as L from '../layout'
import { freeFunds, needOf } from '../broker/account'
import { commissionOf, slipped } from '../broker/costs'
import { closeBeforeHook, takePhaseEquity } from '../broker/cycle'
import { isFollowed, writeEquity } from '../broker/equity'
import { fillClosing, fillDue, fillRuleExit, rounded, sizeInUnits } from '../broker/fills'
import { countOrder } from '../broker/orders'
import { fillEntry, fillExit, setEntry, touchPosition } from '../broker/positions'
import { aboveOf, belowOf, isFenced, isInside } from '../broker/rules'
import { addTotal, at, quantityOf, run, setMark, signOf } from '../broker/state'
import { walkAsset } from '../broker/walk'
import { entrySide, entrySize, isExit, signalOrder, signalValue, uncancelled } from './flags'
import { nextEvent, nextSignal, relevant, standBefore } from './quiet'

/** Whether this is such a run. */
export function mayLeap(): bool {
  const r = run
  return r.assets == 1 && r.dense && !r.nonPositive && r.record == L.RECORD_NONE && isFollowed() && r.signalTargets == 0 &&
    r.timing == L.TIMING_NEXT_OPEN && r.stopFill == L.STOP_FILL_LEVEL && r.longestChain == 0 && r.signalTrails == 0 &&
    r.signalTrail != r.signalTrail && !(r.account == L.ACCOUNT_MARGIN && r.maintenance > 0)
}

/** Goes on from a bar that is decided, up to bar `until` or a stretch further. Returns whether the bar it ends on is still to be decided. */
export function leap(until: i32): bool {
  const r = run
  // What is pending, and the last bar, are not for leaps.
  while (r.bar < min(until, r.bars - 1) && r.live == 0 && !r.bust) {
    if (!stretch()) return false
    while ((<i32>load<u8>(r.signalFlags + r.bar) & relevant(quantityOf(0))) != 0) if (!act()) return true
  }
  return false
}

// @ts-ignore: decorator
@inline function price(column: usize, bar: i32): f64 {
  return load<f64>(at(column, bar))
}

/** To the next bar at which something may be decided, which is through its close then. False where it stays decided. */
function stretch(): bool {
  const r = run
  const q = quantityOf(0)
  if (q == 0) {
    const signal = nextSignal(r.bar + 1)
    standBefore(signal, q)
    if (signal >= r.bars) return false
    // Flat: the bar of the signal is worth what the one before was.
    writeEquity()
    r.bar = signal
    return true
  }
  if (!isFenced(0) || !(belowOf(0) < Infinity)) return false
  const below = belowOf(0)
  const above = aboveOf(0)
  const bar = nextEvent(r.bar, q)
  standBefore(bar, q)
  if (bar >= r.bars) return false
  const open = price(r.open, bar)
  const high = price(r.rangeHigh, bar)
  const low = price(r.rangeLow, bar)
  const up = high >= above
  const down = low <= below
  if (!(open > below && open < above) || (up && down)) return false
  writeEquity()
  r.bar = bar
  if (up || down) {
    // One level, on the way to the nearest extreme, or past it to the other one (5.1).
    const nearestUp = high - open < open - low
    touchPosition(0, open)
    if (nearestUp != up) touchPosition(0, up ? low : high)
    const reason = up == q > 0 ? L.REASON_TARGET : L.REASON_STOP
    fillRuleExit(0, Math.abs(q), up ? above : below, reason, L.PHASE_RANGE)
  } else touchRange(bar)
  settle()
  return true
}

// @ts-ignore: decorator
@inline function touchRange(bar: i32): void {
  touchPosition(0, price(run.rangeHigh, bar))
  touchPosition(0, price(run.rangeLow, bar))
}

/** The close of a bar, before its decisions. */
function settle(): void {
  const r = run
  if (r.account != L.ACCOUNT_UNLIMITED) {
    closeBeforeHook()
    return
  }
  const q = quantityOf(0)
  r.equity = r.cash
  r.unvalued = 0
  if (q == 0) return
  const close = price(r.close, r.bar)
  setMark(0, close)
  r.equity = r.cash + q * close
}

/** The rest of a bar at whose open something was filled. */
function finishBar(): void {
  if (quantityOf(0) != 0) {
    const low = price(run.rangeLow, run.bar)
    const high = price(run.rangeHigh, run.bar)
    if (isInside(0, low, high)) touchRange(run.bar)
    else walkAsset(0)
  }
  settle()
}

/** Decides this bar, fills at the next open and goes to the close of that bar. False, with nothing done, if it is not so plain. */
function act(): bool {
  const r = run
  if (r.bar + 1 >= r.bars || r.bust) return false
  const kept = uncancelled(<i32>load<u8>(r.signalFlags + r.bar))
  const q = quantityOf(0)
  const side = entrySide(kept)
  if (q == 0) return side != 0 && enter(side)
  // A level that the open reaches comes before the order.
  const open = price(r.open, r.bar + 1)
  if (!isInside(0, open, open)) return false
  const against = q * <f64>side < 0
  if (isExit(kept, q)) return !against && exit(q, open)
  return against && turn(side, open)
}

/** What a market order of the account's own pays for a fill of `k` units; the bar is that of the fill. */
// @ts-ignore: decorator
@inline function cost(k: f64, fill: f64): f64 {
  return Math.max(0, commissionOf(Math.abs(k * fill), k))
}

// @ts-ignore: decorator
@inline function nextOrder(): i32 {
  addTotal(L.TOTAL_ORDERS, 1)
  return run.nextId++
}

/** An entry from flat, if the funds are there for all of it (7.5). */
function enter(side: i32): bool {
  const r = run
  const bar = r.bar
  const base = price(r.open, bar + 1)
  const s = <f64>side
  r.phaseEquity = r.cash
  const k = Math.max(0, rounded(sizeInUnits(r.signalSizeType, entrySize(bar, 0), base)))
  if (!(k > 0)) return false
  // The volume that slippage may ask for is that of the fill's bar.
  r.bar = bar + 1
  const fill = slipped(0, s, k, base)
  const commission = cost(k, fill)
  r.bar = bar
  if (r.account != L.ACCOUNT_UNLIMITED) {
    if ((s < 0 && r.account == L.ACCOUNT_CASH) || r.marginCall) return false
    if (!(needOf(k, base, fill, commission) <= freeFunds())) return false
  }
  const stop = signalValue(r.signalStops, bar, 0, r.signalStop)
  const target = signalValue(r.signalTargetRules, bar, 0, r.signalTarget)
  if (stop == stop || target == target) r.ruled = 1
  const basis = price(r.close, bar)
  writeEquity()
  r.bar = bar + 1
  addTotal(L.TOTAL_ENTRIES_ATTEMPTED, 1)
  setEntry(basis, stop, target, NaN)
  fillEntry(0, s, k, fill, base, commission, nextOrder(), 0, L.REASON_SIGNAL, L.PHASE_OPEN)
  finishBar()
  return true
}

/** An exit of all, which is never refused. */
function exit(q: f64, base: f64): bool {
  const r = run
  const k = Math.abs(q)
  writeEquity()
  r.bar++
  const fill = slipped(0, -signOf(q), k, base)
  fillExit(0, k, fill, base, cost(k, fill), nextOrder(), 0, L.REASON_SIGNAL, L.PHASE_OPEN)
  finishBar()
  return true
}

/** A reversal: one order, two legs (3.7). */
function turn(side: i32, base: f64): bool {
  const r = run
  const order = signalOrder(0, side, r.signalSizeType + L.SIZE_TARGET_UNITS, <f64>side * entrySize(r.bar, 0), r.bar)
  countOrder(order)
  writeEquity()
  r.bar++
  setMark(0, base)
  takePhaseEquity()
  touchPosition(0, base)
  fillClosing(order, base, L.PHASE_OPEN)
  fillDue(order, base, L.PHASE_OPEN)
  finishBar()
  return true
}
