// Orders one after the other, each in one go, at an open or a close (semantics 10.6), where exits do not come first.
import * as L from '../layout'
import { Order } from '../records'
import { trigger } from './exits'
import { fillDue, wanted } from './fills'
import { isHidden } from './foreign'
import { times } from './instruments'
import { becomesLimit, firesOn, isReached, orderLevel } from './levels'
import { cancelWith, isOnce } from './orders'
import { post } from './waiting'
import { at, barValue, hasBar, orderAt, run } from './state'

/** Market orders for the open, and levels that O has reached; some become limits first (4.4). */
export function isDueAtOpen(order: Order, open: f64): bool {
  if (order.type == L.TYPE_MARKET) return order.timing == L.TIMING_NEXT_OPEN
  const reached = isReached(orderLevel(order), firesOn(order), open) && !(run.bothReached && isHidden(order))
  if ((order.flags & L.FLAGS_LOOKED_AT) != 0 && !becomesLimit(order)) return reached ? passes(order, open) : rests(order)
  if (!reached) return false
  if (!becomesLimit(order)) return true
  if (trigger(order, open)) {
    order.flags |= L.FLAG_AT_STOP
    return true
  }
  if (order.state != L.STATE_LIVE || (run.bothReached && isHidden(order))) return false
  return isReached(order.limit, firesOn(order), open)
}

/** An order of its own life that O has reached: whether it may fill (3.14). */
function passes(order: Order, open: f64): bool {
  if ((order.flags & L.FLAG_UNPOSTED) != 0) post(order, open)
  return order.state == L.STATE_LIVE
}

/** And one that O has not reached. */
function rests(order: Order): bool {
  order.flags &= ~L.FLAG_UNPOSTED
  if (isOnce(order)) cancelWith(order, L.END_NOT_FILLED)
  return false
}

/** What an order that is due at O fills at: its stop where it fills there (10.8). */
// @ts-ignore: decorator
@inline export function openBase(order: Order, open: f64): f64 {
  return (order.flags & L.FLAG_AT_STOP) != 0 ? order.stop : open
}

/** Does all orders that are due at the prices of `column`: at the open, or at a close those of a timing. */
export function fillInSequence(column: usize, phase: i32, timing: i32): void {
  const r = run
  const sorted = r.sequence == L.SEQUENCE_VALUE
  let due = 0
  for (let i = 0; i < r.poolCount; i++) {
    const order = orderAt(i)
    if (order.state != L.STATE_LIVE || !hasBar(order.asset)) continue
    const price = barValue(column, order.asset)
    if (phase == L.PHASE_OPEN ? !isDueAtOpen(order, price) : order.type != L.TYPE_MARKET || order.timing != timing) continue
    order.flags |= L.FLAG_DUE
    if (sorted) setTurn(due, valueOf(order, openBase(order, price)), i)
    due++
  }
  if (sorted) {
    sortTurns(due)
    for (let turn = 0; turn < due; turn++) take(indexAt(turn), column, phase)
  } else {
    for (let i = 0; due > 0 && i < r.poolCount; i++) {
      if ((orderAt(i).flags & L.FLAG_DUE) == 0) continue
      due--
      take(i, column, phase)
    }
  }
}

// @ts-ignore: decorator
@inline function take(index: i32, column: usize, phase: i32): void {
  const order = orderAt(index)
  order.flags &= ~L.FLAG_DUE
  const base = openBase(order, barValue(column, order.asset))
  order.flags &= ~L.FLAG_AT_STOP
  fillDue(order, base, phase)
}

/** What the signed units that an order wants are worth at the price. */
// @ts-ignore: decorator
@inline function valueOf(order: Order, base: f64): f64 {
  return times(order.asset, wanted(order, base)) * base
}

// ---- turns: value and pool index, in the scratch block, which only the range needs otherwise --------

// @ts-ignore: decorator
@inline function valueAt(turn: i32): f64 {
  return load<f64>(at(run.scratch, 2 * turn))
}

// @ts-ignore: decorator
@inline export function indexAt(turn: i32): i32 {
  return load<i32>(at(run.scratch, 2 * turn + 1))
}

// @ts-ignore: decorator
@inline export function setTurn(turn: i32, value: f64, index: i32): void {
  store<f64>(at(run.scratch, 2 * turn), value)
  store<i32>(at(run.scratch, 2 * turn + 1), index)
}

/** Whether a turn comes after another: by value, then by asset, then by id. */
function isAfter(turn: i32, value: f64, index: i32): bool {
  const other = valueAt(turn)
  if (other != value) return other > value
  const asset = orderAt(indexAt(turn)).asset
  const own = orderAt(index).asset
  return asset != own ? asset > own : indexAt(turn) > index
}

/** Up to so many turns, to put each in its place costs less than a heap. */
const FEW: i32 = 48

/** Sorts in place. */
export function sortTurns(count: i32): void {
  if (count <= FEW) {
    for (let turn = 1; turn < count; turn++) insert(turn)
    return
  }
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(i, valueAt(i), indexAt(i), count)
  for (let last = count - 1; last > 0; last--) {
    const value = valueAt(last)
    const index = indexAt(last)
    setTurn(last, valueAt(0), indexAt(0))
    sink(0, value, index, last)
  }
}

/** Puts a turn in its place among those before it, which are sorted. */
// @ts-ignore: decorator
@inline function insert(turn: i32): void {
  const value = valueAt(turn)
  const index = indexAt(turn)
  let place = turn
  for (; place > 0; place--) {
    const other = valueAt(place - 1)
    if (other < value || (!(other > value) && !isAfter(place - 1, value, index))) break
    setTurn(place, other, indexAt(place - 1))
  }
  if (place < turn) setTurn(place, value, index)
}

/** Puts an entry at a place of the heap of `count`, or below it. */
function sink(place: i32, value: f64, index: i32, count: i32): void {
  for (;;) {
    let child = 2 * place + 1
    if (child >= count) break
    if (child + 1 < count && isAfter(child + 1, valueAt(child), indexAt(child))) child++
    if (!isAfter(child, value, index)) break
    setTurn(place, valueAt(child), indexAt(child))
    place = child
  }
  setTurn(place, value, index)
}
