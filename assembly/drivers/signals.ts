// The signals driver (semantics 8): the whole loop over signal columns, in slices.
import * as L from '../layout'
import { admitOrder, closingOrder, placeOrder } from '../broker/orders'
import { advance, end } from '../broker/cycle'
import { quantityOf, run } from '../broker/state'
import { givenTargets } from '../broker/active'
import { mayBatch, takeBatch } from '../broker/batch'
import { hasPending, isWanted, targetSide } from '../broker/targets'
import { entrySide, entrySize, hasRules, isExit, signalOrder, uncancelled } from './flags'
import { leap, mayLeap } from './leap'
import { skipQuiet } from './quiet'

/**
 * Runs over `bars` bars, or a stretch more. STATUS_SLICE: call again; STATUS_ROOM: make room, call again; STATUS_DONE: the
 * run is over. One bar at a time, every bar is stopped at; otherwise stretches in which nothing can happen are taken at
 * one go. Slices let the host compile this loop to fast code between two calls, take several runs in step, and hear of
 * an abort.
 */
export function runSignals(bars: i32): i32 {
  const until = run.bar + bars
  const leaps = bars > 1 && mayLeap()
  do {
    if (leaps && run.bar >= run.first) {
      if (leap(until)) giveOrders(true)
      if (run.fault) return end()
      if (run.bar >= until) break
    }
    if (run.poolCount + 2 * run.assets > run.poolCapacity && run.live + 2 * run.assets > run.poolCapacity) return L.STATUS_ROOM
    if (run.signalRuleCount > 0 && run.chainCount + run.assets > run.chainCapacity) return L.STATUS_ROOM
    const status = advance()
    if (status != L.STATUS_BAR) return status
    giveOrders(bars > 1)
    if (bars == 1) break
    if (!leaps) skipQuiet()
  } while (run.bar < until)
  return L.STATUS_SLICE
}

/** The decisions of this bar, asset by asset, as a hook would give them (8.2); `alone`: nobody looks at them before they fill. */
function giveOrders(alone: bool): void {
  const row = <usize>run.bar * <usize>run.assets
  const assets = run.assets
  if (run.signalTargets) {
    const targets = run.signalTargets + (row << 3)
    if (alone && run.signalSizeType == L.SIZE_UNITS && !hasRules() && mayBatch()) {
      takeBatch(targets, L.FLAG_SIGNAL)
      return
    }
    for (let from = 0; from < assets; from += 64) {
      for (let bits = givenTargets(targets, from, run.signalSizeType); bits != 0; bits &= bits - 1) {
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

// @ts-ignore: decorator
@inline function giveTarget(asset: i32, target: f64, row: usize): void {
  const size = run.signalSizeType
  if (isWanted(asset, size, target)) place(asset, targetSide(asset, size, target), size + L.SIZE_TARGET_UNITS, target, row)
}

function giveSignals(asset: i32, flag: i32, row: usize): void {
  const kept = uncancelled(flag)
  const q = quantityOf(asset)
  if (isExit(kept, q)) close(asset)
  const side = entrySide(kept)
  if (side == 0 || q * <f64>side > 0 || hasPending(asset, true)) return
  const size = entrySize(row, asset)
  if (q == 0) place(asset, side, run.signalSizeType, size, row)
  else place(asset, side, run.signalSizeType + L.SIZE_TARGET_UNITS, <f64>side * size, row)
}

function place(asset: i32, side: i32, size: i32, amount: f64, row: usize): void {
  const order = signalOrder(asset, side, size, amount, row)
  placeOrder(order)
  admitOrder(order)
}

function close(asset: i32): void {
  const order = closingOrder(asset, run.timing, L.FLAG_SIGNAL)
  placeOrder(order)
  admitOrder(order)
}
