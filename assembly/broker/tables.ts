// The growing tables: one appended row a fill, trade, ended order and event. The step functions see to it that
// there is room for everything one step can write, so no append checks.
import * as L from '../layout'
import { Order, Position } from '../records'
import { times } from './instruments'
import { addTotal, detailOf, run } from './state'

/** Address of an f64 cell. */
// @ts-ignore: decorator
@inline function f(table: usize, capacity: i32, column: i32, row: i32): usize {
  return table + ((<usize>column * <usize>capacity + <usize>row) << 3)
}

/** Address of an i32 cell, which lie behind the f64 columns. */
// @ts-ignore: decorator
@inline function n(table: usize, capacity: i32, f64s: i32, column: i32, row: i32): usize {
  return table + ((<usize>f64s * <usize>capacity) << 3) + ((<usize>column * <usize>capacity + <usize>row) << 2)
}

// @ts-ignore: decorator
@inline export function appendEvent(kind: i32, index: i32): void {
  const r = run
  if (r.record < L.RECORD_EVENTS) return
  const count = r.eventCount
  const row = r.eventTable + ((<usize>count) << 3)
  store<i32>(row, kind)
  store<i32>(row, index, 4)
  r.eventCount = count + 1
}

/** Reason, phase and flags of a fill's code. */
const FILL_WORD: i32 = (1 << L.CODE_PLACE_SHIFT) - 1

/** Fills are compared while the paths of a bar are tried, so they are written then in any case. */
let trying: bool = false

export function setTrying(on: bool): void {
  trying = on
}

// @ts-ignore: decorator
@inline export function appendFill(asset: i32, order: i32, quantity: f64, price: f64, base: f64, commission: f64, tag: f64, distance: f64, code: i32): void {
  const r = run
  if (!r.record && !trying) return
  const row = r.fillCount
  const cap = <usize>r.fillCapacity
  let place = r.fillTable + ((<usize>row) << 3)
  store<f64>(place, quantity)
  store<f64>(place + (cap << 3), price)
  if (r.fillWide == L.WIDE_ALL || base != price || commission != 0 || tag != 0) {
    if (r.fillWide != L.WIDE_ALL) widenFills(row)
    store<f64>(f(r.fillTable, r.fillCapacity, L.FILL_BASE, row), base)
    store<f64>(f(r.fillTable, r.fillCapacity, L.FILL_COMMISSION, row), commission)
    store<f64>(f(r.fillTable, r.fillCapacity, L.FILL_TAG, row), tag)
  }
  if (r.fillWide != 0 || distance != 0) {
    if (r.fillWide == 0) {
      r.fillWide = L.WIDE_TOLD
      clearColumn(r.fillTable, r.fillCapacity, L.FILL_DISTANCE, row)
    }
    store<f64>(f(r.fillTable, r.fillCapacity, L.FILL_DISTANCE, row), distance)
  }
  place = n(r.fillTable, r.fillCapacity, L.FILL_F64, 0, row)
  store<i32>(place, r.bar)
  store<i32>((place += cap << 2), asset)
  store<i32>((place += cap << 2), order)
  store<i32>(place + (cap << 2), code)
  r.fillCount = row + 1
  appendEvent(L.EVENT_FILL, row)
}

/** Zeros in the first rows of a column of doubles. */
function clearColumn(table: usize, capacity: i32, column: i32, rows: i32): void {
  memory.fill(f(table, capacity, column, 0), 0, (<usize>rows) << 3)
}

/** What the fills so far had no need to say. */
function widenFills(rows: i32): void {
  const r = run
  const t = r.fillTable
  const cap = r.fillCapacity
  memory.copy(f(t, cap, L.FILL_BASE, 0), f(t, cap, L.FILL_PRICE, 0), (<usize>rows) << 3)
  clearColumn(t, cap, L.FILL_COMMISSION, rows)
  clearColumn(t, cap, L.FILL_TAG, rows)
  if (r.fillWide == 0) clearColumn(t, cap, L.FILL_DISTANCE, rows)
  r.fillWide = L.WIDE_ALL
}

/** A trade row from the position as it was before the exit. `share` is the entry commission of the units that left. */
// @ts-ignore: decorator
@inline export function appendTrade(
  asset: i32, position: Position, barsHeld: i32, quantity: f64, exitPrice: f64, pnl: f64, share: f64, exitCommission: f64,
  slippage: f64, mfe: f64, mae: f64, order: i32, tag: f64, distance: f64, code: i32,
): void {
  const r = run
  if (!r.record) return
  const row = r.tradeCount
  const cap = <usize>r.tradeCapacity
  let place = r.tradeTable + ((<usize>row) << 3)
  store<f64>(place, quantity)
  store<f64>((place += cap << 3), position.average)
  store<f64>((place += cap << 3), exitPrice)
  store<f64>((place += cap << 3), pnl)
  store<f64>((place += cap << 3), mfe)
  store<f64>(place + (cap << 3), mae)
  const plain = share == 0 && exitCommission == 0 && slippage == 0 && position.tag == 0 && tag == 0 &&
    barsHeld == r.bar - position.entryBar
  if (r.tradeWide == L.WIDE_ALL || !plain) {
    if (r.tradeWide != L.WIDE_ALL) widenTrades(row)
    place = f(r.tradeTable, r.tradeCapacity, L.TRADE_F64_RARE, row)
    store<f64>(place, share)
    store<f64>((place += cap << 3), exitCommission)
    store<f64>((place += cap << 3), slippage)
    store<f64>((place += cap << 3), position.tag)
    store<f64>(place + (cap << 3), tag)
    store<i32>(n(r.tradeTable, r.tradeCapacity, L.TRADE_F64 + r.contexts, L.TRADE_BARS_HELD, row), barsHeld)
  }
  if (r.tradeWide != 0 || distance != 0 || position.stopped != 0) {
    if (r.tradeWide == 0) {
      r.tradeWide = L.WIDE_TOLD
      clearTold(row)
    }
    place = f(r.tradeTable, r.tradeCapacity, L.TRADE_EXIT_DISTANCE, row)
    store<f64>(place, distance)
    store<f64>(place + (cap << 3), position.stopped != 0 ? load<f64>(detailOf(position) + L.DETAIL_ENTRY_STOP) : NaN)
  }
  for (let i = 0; i < r.contexts; i++) {
    const value = load<f64>(detailOf(position) + L.DETAIL_CONTEXT + ((<usize>i) << 3))
    store<f64>(f(r.tradeTable, r.tradeCapacity, L.TRADE_F64 + i, row), value)
  }
  place = n(r.tradeTable, r.tradeCapacity, L.TRADE_F64 + r.contexts, 0, row)
  store<i32>(place, asset)
  store<i32>((place += cap << 2), position.entryBar)
  store<i32>((place += cap << 2), r.bar)
  store<i32>((place += cap << 2), position.entryOrder)
  store<i32>((place += cap << 2), order)
  const exit = (code & FILL_WORD) | ((code >> L.CODE_PLACE_SHIFT) << L.CODE_EXIT_PLACE_SHIFT)
  store<i32>(place + (cap << 2), exit | (position.entryCode << L.CODE_ENTRY_SHIFT))
  r.tradeCount = row + 1
  appendEvent(L.EVENT_TRADE, row)
}

/** The trades so far followed no rule, and had no initial stop. */
function clearTold(rows: i32): void {
  clearColumn(run.tradeTable, run.tradeCapacity, L.TRADE_EXIT_DISTANCE, rows)
  for (let row = 0; row < rows; row++) store<f64>(f(run.tradeTable, run.tradeCapacity, L.TRADE_ENTRY_STOP, row), NaN)
}

/** What the trades so far had no need to say. */
function widenTrades(rows: i32): void {
  const r = run
  const t = r.tradeTable
  const cap = r.tradeCapacity
  for (let column = L.TRADE_F64_RARE; column < L.TRADE_EXIT_DISTANCE; column++) clearColumn(t, cap, column, rows)
  if (r.tradeWide == 0) clearTold(rows)
  r.tradeWide = L.WIDE_ALL
  const f64s = L.TRADE_F64 + r.contexts
  for (let row = 0; row < rows; row++) {
    const held = load<i32>(n(t, cap, f64s, L.TRADE_EXIT_BAR, row)) - load<i32>(n(t, cap, f64s, L.TRADE_ENTRY_BAR, row))
    store<i32>(n(t, cap, f64s, L.TRADE_BARS_HELD, row), held)
  }
}

// @ts-ignore: decorator
@inline function averageOf(order: Order): f64 {
  if (order.filled == 0) return NaN
  const average = order.value / times(order.asset, order.filled)
  return (order.flags & L.FLAG_BELOW_ZERO) != 0 ? -average : average
}

/** The row of an order that has ended, with its final status and reason. */
export function appendEnded(order: Order, status: i32, reason: i32): void {
  const r = run
  if (r.record) {
    const row = r.orderCount
    const cap = <usize>r.orderCapacity
    let place = r.orderTable + ((<usize>row) << 3)
    store<f64>(place, order.amount)
    store<f64>((place += cap << 3), order.filled)
    store<f64>(place + (cap << 3), averageOf(order))
    const plain = order.type == L.TYPE_MARKET && order.commission == 0 && order.tag == 0 && (order.parent | order.group) == 0
    if (r.orderWide || !plain) {
      if (!r.orderWide) widenOrders(row)
      place = f(r.orderTable, r.orderCapacity, L.ENDED_F64_RARE, row)
      // Prices that the type does not have are 0, which costs nothing to hand over; the schema reads them by the type.
      store<f64>(place, order.limit == order.limit || order.type == L.TYPE_TRAILING_LIMIT ? order.limit : 0)
      store<f64>((place += cap << 3), order.stop == order.stop ? order.stop : 0)
      store<f64>((place += cap << 3), order.trail == order.trail ? order.trail : 0)
      store<f64>((place += cap << 3), order.commission)
      store<f64>(place + (cap << 3), order.tag)
      place = n(r.orderTable, r.orderCapacity, L.ENDED_F64, L.ENDED_I32_RARE, row)
      store<i32>(place, order.parent)
      store<i32>(place + (cap << 2), order.group)
    }
    place = n(r.orderTable, r.orderCapacity, L.ENDED_F64, 0, row)
    store<i32>(place, order.id)
    store<i32>((place += cap << 2), order.asset)
    store<i32>((place += cap << 2), order.created)
    store<i32>((place += cap << 2), r.bar)
    const code = order.type | (order.size << L.ORDER_CODE_SIZE) | (order.timing << L.ORDER_CODE_TIMING) |
      (status << L.ORDER_CODE_STATUS) | (reason << L.ORDER_CODE_REASON) |
      ((order.side > 0 ? 1 : 0) << L.ORDER_CODE_BUY) | (order.flags << L.ORDER_CODE_FLAGS)
    store<i32>(place + (cap << 2), code)
    r.orderCount = row + 1
    appendEvent(L.EVENT_ORDER, order.id)
  }
  if (status == L.ORDER_REJECTED) addTotal(L.TOTAL_REJECTED, 1)
  else if (status == L.ORDER_CANCELLED) addTotal(L.TOTAL_CANCELLED, 1)
}

/** What the orders so far had no need to say. */
function widenOrders(rows: i32): void {
  const r = run
  r.orderWide = L.WIDE_ALL
  for (let column = L.ENDED_F64_RARE; column < L.ENDED_F64; column++) {
    for (let row = 0; row < rows; row++) store<f64>(f(r.orderTable, r.orderCapacity, column, row), 0)
  }
  for (let column = L.ENDED_I32_RARE; column < L.ENDED_I32; column++) {
    for (let row = 0; row < rows; row++) store<i32>(n(r.orderTable, r.orderCapacity, L.ENDED_F64, column, row), 0)
  }
}

/** Whether all of so many bytes are 0: a column that nothing was written to, as those of costs often are. */
export function isZero(from: usize, bytes: usize): bool {
  let i: usize = 0
  for (; i + 64 <= bytes; i += 64) {
    const two = v128.or(v128.load(from + i), v128.load(from + i, 16))
    const four = v128.or(two, v128.or(v128.load(from + i, 32), v128.load(from + i, 48)))
    if (v128.any_true(four)) return false
  }
  for (; i < bytes; i += 4) if (load<u32>(from + i) != 0) return false
  return true
}

/** Marks what the walk of an ambiguous bar has written since `fills` and `trades` (semantics 5.7). */
export function markAmbiguous(fills: i32, trades: i32): void {
  for (let row = fills; row < run.fillCount; row++) {
    const place = n(run.fillTable, run.fillCapacity, L.FILL_F64, L.FILL_CODE, row)
    store<i32>(place, load<i32>(place) | L.CODE_AMBIGUOUS)
  }
  const f64s = L.TRADE_F64 + run.contexts
  for (let row = trades; row < run.tradeCount; row++) {
    const place = n(run.tradeTable, run.tradeCapacity, f64s, L.TRADE_CODE, row)
    store<i32>(place, load<i32>(place) | L.CODE_AMBIGUOUS)
  }
}

/** A bar of the asset that is ambiguous (5.7). */
export function appendAmbiguous(asset: i32): void {
  const r = run
  if (!r.record) return
  const row = r.ambiguousCount++
  store<i32>(n(r.ambiguousTable, r.ambiguousCapacity, 0, L.AMBIGUOUS_BAR, row), r.bar)
  store<i32>(n(r.ambiguousTable, r.ambiguousCapacity, 0, L.AMBIGUOUS_ASSET, row), asset)
}

/** A number that two sequences of fills share only when they are the same: order, rule, units and prices, in order. */
export function digestFills(from: i32): u64 {
  let hash: u64 = 0xcbf29ce484222325
  const cap = run.fillCapacity
  const t = run.fillTable
  for (let row = from; row < run.fillCount; row++) {
    hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_QUANTITY, row))))
    hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_PRICE, row))))
    if (run.fillWide) {
      hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_BASE, row))))
      hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_COMMISSION, row))))
    }
    hash = mix(hash, <u64>load<u32>(n(t, cap, L.FILL_F64, L.FILL_ORDER, row)) << 32 | (load<u32>(n(t, cap, L.FILL_F64, L.FILL_CODE, row)) & FILL_WORD))
  }
  return hash
}

export function mix(hash: u64, value: u64): u64 {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15
  return hash ^ (hash >> 29)
}
