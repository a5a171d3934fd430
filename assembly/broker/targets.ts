// Targets of all assets at once, from a signal column or from a hook: which of them ask for an order.
import * as L from '../layout'
import { givenTargets } from './active'
import { mayBatch, takeBatch } from './batch'
import { accountValue } from './equity'
import { times } from './instruments'
import { admitOrder, marketOrder, placeOrder } from './orders'
import { at, firstOrder, isAwake, markOf, orderAt, quantityOf, run } from './state'

/** Whether the target asks for an order: one in units that is met already does not, unless an order is pending. */
// @ts-ignore: decorator
@inline export function isWanted(asset: i32, size: i32, target: f64): bool {
  return size != L.SIZE_UNITS || target != quantityOf(asset) || hasPending(asset, false)
}

/** The side of a target's order until it fills: that of its units at the last price against the position. */
// @ts-ignore: decorator
@inline export function targetSide(asset: i32, size: i32, target: f64): i32 {
  let goal = target
  if (size != L.SIZE_UNITS && quantityOf(asset) != 0) {
    const money = size == L.SIZE_VALUE ? target : target * accountValue()
    goal = money / times(asset, Math.abs(markOf(asset)))
  }
  return goal > quantityOf(asset) ? 1 : -1
}

const REDUCES: i32 = L.FLAG_REDUCE_ONLY | L.FLAG_CLOSE_ALL

/** Whether an order of the asset is pending; with `entries` one that may open, which what closes a position never counts as (8.2). */
export function hasPending(asset: i32, entries: bool): bool {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (isAwake(order) && !(entries && (order.flags & REDUCES) != 0)) return true
  }
  return false
}

/** The first of so many numbers that is infinite, or -1. */
function firstInfinite(from: usize, count: i32): i32 {
  const infinity = f64x2.splat(Infinity)
  let i = 0
  while (i + 2 <= count && !v128.any_true(f64x2.eq(f64x2.abs(v128.load(at(from, i))), infinity))) i += 2
  while (i < count && Math.abs(load<f64>(at(from, i))) != Infinity) i++
  return i < count ? i : -1
}

/**
 * A market order towards each target that asks for one, in asset order; NaN asks for none. The pool must have room for
 * one an asset, and the targets have to stay where they are until they are filled or placed.
 * @param size SIZE_UNITS, _VALUE or _FRACTION
 * @returns how many orders were given, or -1 - asset, with nothing done, where a target is infinite
 */
export function orderTargets(targets: usize, size: i32, timing: i32): i32 {
  const assets = run.assets
  const infinite = firstInfinite(targets, assets)
  if (infinite >= 0) return -1 - infinite
  if (size == L.SIZE_UNITS && timing == run.timing && mayBatch()) return takeBatch(targets, 0)
  let count = 0
  for (let from = 0; from < assets; from += 64) {
    for (let bits = givenTargets(targets, from, size); bits != 0; bits &= bits - 1) {
      const a = from + <i32>ctz(bits)
      const target = load<f64>(at(targets, a))
      if (!isWanted(a, size, target)) continue
      const order = marketOrder(a, targetSide(a, size, target), size + L.SIZE_TARGET_UNITS, target, timing, 0)
      placeOrder(order)
      admitOrder(order)
      count++
    }
  }
  return count
}
