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

// ---- turns: value and pool index, in the scratch block, which only the range needs otherwise; it has room for all orders twice

// @ts-ignore: decorator
@inline function placeAt(turn: i32): usize {
  return run.scratch + ((<usize>turn) << 4)
}

// @ts-ignore: decorator
@inline export function indexAt(turn: i32): i32 {
  return load<i32>(placeAt(turn), 8)
}

// @ts-ignore: decorator
@inline export function setTurn(turn: i32, value: f64, index: i32): void {
  const place = placeAt(turn)
  store<f64>(place, value)
  store<i32>(place, index, 8)
}

/** Whether the turn at one place comes after that at another: by value, then by asset, then by id. */
// @ts-ignore: decorator
@inline function isAfter(one: usize, other: usize): bool {
  const value = load<f64>(one)
  const against = load<f64>(other)
  return value != against ? value > against : isLater(load<i32>(one, 8), load<i32>(other, 8))
}

function isLater(index: i32, against: i32): bool {
  const asset = orderAt(index).asset
  const other = orderAt(against).asset
  return asset != other ? asset > other : index > against
}

/** Up to so many turns are put in their places one by one; longer lists are merged of such. */
const FEW: i32 = 16

/** Sorts them. */
export function sortTurns(count: i32): void {
  for (let first = 0; first < count; first += FEW) {
    const from = placeAt(first)
    const to = placeAt(min(first + FEW, count))
    for (let turn = from + 16; turn < to; turn += 16) insert(from, turn)
  }
  let source = placeAt(0)
  let free = placeAt(count)
  for (let width = FEW; width < count; width <<= 1) {
    for (let first = 0; first < count; first += width << 1) {
      const from = (<usize>first) << 4
      const middle = (<usize>min(first + width, count)) << 4
      const end = (<usize>min(first + (width << 1), count)) << 4
      merge(source + from, source + middle, source + end, free + from)
    }
    const sorted = free
    free = source
    source = sorted
  }
  if (source != run.scratch) memory.copy(run.scratch, source, (<usize>count) << 4)
}

/** Puts a turn in its place among those from `first` on, which are sorted. */
// @ts-ignore: decorator
@inline function insert(first: usize, turn: usize): void {
  if (!isAfter(turn - 16, turn)) return
  const kept = v128.load(turn)
  const value = load<f64>(turn)
  const index = load<i32>(turn, 8)
  let place = turn
  do {
    v128.store(place, v128.load(place - 16))
    place -= 16
    if (place == first) break
    const before = load<f64>(place - 16)
    if (before != value ? before < value : !isLater(load<i32>(place - 16, 8), index)) break
  } while (true)
  v128.store(place, kept)
}

/** Two sorted lists that lie behind each other become one. */
function merge(one: usize, other: usize, end: usize, to: usize): void {
  const middle = other
  while (one < middle && other < end) {
    const second = isAfter(one, other)
    v128.store(to, v128.load(second ? other : one))
    // No branch, as nobody could foresee it.
    const step = (<usize>second) << 4
    other += step
    one += 16 - step
    to += 16
  }
  for (; one < middle; one += 16, to += 16) v128.store(to, v128.load(one))
  for (; other < end; other += 16, to += 16) v128.store(to, v128.load(other))
}
