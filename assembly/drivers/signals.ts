// The signals driver (semantics 8): the whole loop over signal columns, in slices.
import * as L from '../layout'
import { admitOrder, closingOrder, marketOrder, placeOrder } from '../broker/orders'
import { advance } from '../broker/cycle'
import { skipQuiet } from './quiet'
import { firstOrder, markOf, orderAt, quantityOf, run } from '../broker/state'

/**
 * Runs up to `bars` bars. STATUS_SLICE: call again; STATUS_ROOM: make room, call again; STATUS_DONE: the run is over.
 * One bar at a time, every bar is stopped at; in slices, stretches in which nothing can happen are taken at one go.
 * Slices let the host compile this loop to fast code between two calls, and hear of an abort.
 */
export function runSignals(bars: i32): i32 {
  for (let i = 0; i < bars; i++) {
    if (run.poolCount + 2 * run.assets > run.poolCapacity && run.live + 2 * run.assets > run.poolCapacity) return L.STATUS_ROOM
    const status = advance()
    if (status != L.STATUS_BAR) return status
    giveOrders()
    if (bars > 1) skipQuiet()
  }
  return L.STATUS_SLICE
}

/** The decisions of this bar, asset by asset, as a hook would give them (8.2). */
function giveOrders(): void {
  const row = <usize>run.bar * <usize>run.assets
  const assets = run.assets
  if (run.signalTargets) {
    const targets = run.signalTargets + (row << 3)
    for (let from = 0; from < assets; from += 64) {
      for (let bits = givenTargets(targets, from); bits != 0; bits &= bits - 1) {
        const a = from + <i32>ctz(bits)
        giveTarget(a, load<f64>(targets + ((<usize>a) << 3)), row)
      }
    }
    return
  }
  const flags = run.signalFlags + row
  let a = 0
  while (a < assets) {
    if (a + 8 <= assets && load<u64>(flags + a) == 0) {
      a += 8
      continue
    }
    const flag = <i32>load<u8>(flags + a)
    if (flag) giveSignals(a, flag, row)
    a++
  }
}

/**
 * Which of the 64 assets from `from` on have a target; of targets in units only those that are not the position, or
 * whose asset has an order. Found without a branch an asset, which nobody could foresee.
 */
// @ts-ignore: decorator
@inline function givenTargets(targets: usize, from: i32): u64 {
  const all = run.signalSizeType != L.SIZE_UNITS
  const quantities = run.quantities
  const last = min(from + 64, run.assets)
  let given: u64 = 0
  let open: u64 = 0
  let a = from
  for (; a + 2 <= last; a += 2) {
    const at = (<usize>a) << 3
    const target = v128.load(targets + at)
    given |= <u64>i64x2.bitmask(f64x2.eq(target, target)) << (a - from)
    open |= <u64>i64x2.bitmask(f64x2.ne(target, v128.load(quantities + at))) << (a - from)
  }
  if (a < last) {
    const target = load<f64>(targets + ((<usize>a) << 3))
    given |= (target == target ? <u64>1 : 0) << (a - from)
    open |= (target != quantityOf(a) ? <u64>1 : 0) << (a - from)
  }
  return all ? given : given & (open | load<u64>(run.orderBits + ((<usize>from >> 6) << 3)))
}

// @ts-ignore: decorator
@inline function giveTarget(asset: i32, target: f64, row: usize): void {
  if (run.signalSizeType == L.SIZE_UNITS && target == quantityOf(asset) && !hasPending(asset, false)) return
  place(asset, goalUnits(asset, target) > quantityOf(asset) ? 1 : -1, run.signalSizeType + L.SIZE_TARGET_UNITS, target, row)
}

/** A target in units at the last price, by which the side of the order is told until it fills. */
// @ts-ignore: decorator
@inline function goalUnits(asset: i32, target: f64): f64 {
  if (run.signalSizeType == L.SIZE_UNITS || quantityOf(asset) == 0) return target
  const money = run.signalSizeType == L.SIZE_VALUE ? target : target * run.equity
  return money / Math.abs(markOf(asset))
}

function giveSignals(asset: i32, flag: i32, row: usize): void {
  let long = flag & (L.SIGNAL_ENTRY_LONG | L.SIGNAL_EXIT_LONG)
  let short = flag & (L.SIGNAL_ENTRY_SHORT | L.SIGNAL_EXIT_SHORT)
  // Entry and exit of one side at once cancel each other, then long and short entries at once do.
  if (long == (L.SIGNAL_ENTRY_LONG | L.SIGNAL_EXIT_LONG)) long = 0
  if (short == (L.SIGNAL_ENTRY_SHORT | L.SIGNAL_EXIT_SHORT)) short = 0
  if ((long & L.SIGNAL_ENTRY_LONG) != 0 && (short & L.SIGNAL_ENTRY_SHORT) != 0) {
    long &= ~L.SIGNAL_ENTRY_LONG
    short &= ~L.SIGNAL_ENTRY_SHORT
  }
  const q = quantityOf(asset)
  if (((long & L.SIGNAL_EXIT_LONG) != 0 && q > 0) || ((short & L.SIGNAL_EXIT_SHORT) != 0 && q < 0)) close(asset)
  const side = (long & L.SIGNAL_ENTRY_LONG) != 0 ? 1 : (short & L.SIGNAL_ENTRY_SHORT) != 0 ? -1 : 0
  if (side == 0 || q * <f64>side > 0 || hasPending(asset, true)) return
  let size = signalValue(run.signalSizes, row, asset, NaN)
  if (size != size) size = run.signalSize
  if (q == 0) place(asset, side, run.signalSizeType, size, row)
  else place(asset, side, run.signalSizeType + L.SIZE_TARGET_UNITS, <f64>side * size, row)
}

// @ts-ignore: decorator
@inline function signalValue(column: usize, row: usize, asset: i32, otherwise: f64): f64 {
  return column ? load<f64>(column + ((row + <usize>asset) << 3)) : otherwise
}

/** Whether an order of the asset is pending; with `entries` one that may open. */
function hasPending(asset: i32, entries: bool): bool {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state == L.STATE_LIVE && !(entries && (order.flags & L.FLAG_REDUCE_ONLY) != 0)) return true
  }
  return false
}

function place(asset: i32, side: i32, size: i32, amount: f64, row: usize): void {
  const order = marketOrder(asset, side, size, amount, run.timing, L.FLAG_SIGNAL)
  order.ruleStop = signalValue(run.signalStops, row, asset, run.signalStop)
  order.ruleTarget = signalValue(run.signalTargetRules, row, asset, run.signalTarget)
  order.ruleTrail = signalValue(run.signalTrails, row, asset, run.signalTrail)
  placeOrder(order)
  admitOrder(order)
}

function close(asset: i32): void {
  const order = closingOrder(asset, run.timing, L.FLAG_SIGNAL)
  placeOrder(order)
  admitOrder(order)
}
