// From decision to decision of one asset, as sweeps run them by the million: nothing is written down bar by bar or fill
// by fill, an order never waits for anything but the next open, and stops and targets end all of a position. A leap
// takes such a run over the bars in between, through the fill that a signal asks for, or to the level that ends the
// position, with the functions that fill and value in `advance`, but without its search for what there is to do. Water
// marks need not be right: there are no trails, and no trades to write them to. What is not as plain as that is left to
// `advance`, bar by bar: an open beyond a level, both levels in one bar, an entry that is cut or refused, a bust. Both
// give the same bytes, which test/properties/shortcuts.test.ts holds.
//
//   decided at b --stretch--> undecided at s --act--> undecided at s+1 ... --no signal--> decided
import * as L from '../layout'
import { closeBeforeHook, takePhaseEquity } from '../broker/cycle'
import { isFollowed, writeEquity } from '../broker/equity'
import { closeAtOnce, fillClosing, fillDue, fillRuleExit, openAtOnce } from '../broker/fills'
import { countOrder } from '../broker/orders'
import { aboveOf, belowOf, isFenced, isInside } from '../broker/rules'
import { assetChain, at, quantityOf, ruleAt, run, setMark } from '../broker/state'
import { walkAsset } from '../broker/walk'
import { entrySide, entrySize, isExit, signalOrder, signalValue, uncancelled } from './flags'
import { nextEvent, nextSignal, relevant, standBefore } from './quiet'

/** Whether this is such a run. */
export function mayLeap(): bool {
  const r = run
  return r.assets == 1 && r.dense && !r.nonPositive && r.record == L.RECORD_NONE && isFollowed() && r.signalTargets == 0 &&
    r.timing == L.TIMING_NEXT_OPEN && r.stopFill == L.STOP_FILL_LEVEL && r.signalTrails == 0 && hasPlainRules() &&
    r.signalTrail != r.signalTrail && !(r.account == L.ACCOUNT_MARGIN && r.maintenance > 0)
}

/** Whether every rule of the run ends a whole position at a level that does not move. */
function hasPlainRules(): bool {
  const own = load<i32>(run.assetRuleCounts)
  const chain = own >= 0 ? assetChain(0) : run.globalRules
  const count = own >= 0 ? own : run.rules
  for (let place = 0; place < count; place++) {
    const rule = ruleAt(chain, place)
    if (rule.action != L.ACTION_EXIT || (rule.type != L.REASON_STOP && rule.type != L.REASON_TARGET)) return false
  }
  return true
}

/** Goes on from a bar that is decided, up to bar `until` or a stretch further. Returns whether the bar it ends on is still to be decided. */
export function leap(until: i32): bool {
  const r = run
  // What is pending, and the last bar, are not for leaps.
  while (r.bar < min(until, r.bars - 1) && r.live == 0 && !r.bust) {
    if (!stretch()) return false
    while ((<i32>load<u8>(r.signalFlags + r.bar) & relevant(quantityOf(0))) != 0) {
      if (r.bar >= until || !act()) return true
    }
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
    const reason = up == q > 0 ? L.REASON_TARGET : L.REASON_STOP
    fillRuleExit(0, Math.abs(q), up ? above : below, reason, L.PHASE_RANGE)
  }
  settle()
  return true
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
    if (!isInside(0, low, high)) walkAsset(0)
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
  if (isExit(kept, q)) return !against && exit(open)
  return against && turn(side, open)
}

/** An entry from flat. */
function enter(side: i32): bool {
  const r = run
  const bar = r.bar
  const size = entrySize(bar, 0)
  const stop = signalValue(r.signalStops, bar, 0, r.signalStop)
  const target = signalValue(r.signalTargetRules, bar, 0, r.signalTarget)
  const basis = price(r.close, bar)
  writeEquity()
  r.bar = bar + 1
  r.phaseEquity = r.cash
  if (openAtOnce(0, <f64>side, r.signalSizeType, size, price(r.open, bar + 1), basis, stop, target)) {
    finishBar()
    return true
  }
  // The equity of this bar is told once more then, which changes nothing.
  r.bar = bar
  return false
}

/** An exit of all. */
function exit(open: f64): bool {
  writeEquity()
  run.bar++
  closeAtOnce(0, open)
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
  fillClosing(order, base, L.PHASE_OPEN)
  fillDue(order, base, L.PHASE_OPEN)
  finishBar()
  return true
}
