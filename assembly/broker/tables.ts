// The growing tables: one appended row a fill, trade, ended order and event. The step functions see to it that
// there is room for everything one step can write, so no append checks.
import * as L from '../layout'
import { Order, Position } from '../records'
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

// @ts-ignore: decorator
@inline export function appendFill(asset: i32, order: i32, quantity: f64, price: f64, base: f64, commission: f64, tag: f64, code: i32): void {
  const r = run
  const row = r.fillCount
  const cap = r.fillCapacity
  const t = r.fillTable
  store<f64>(f(t, cap, L.FILL_QUANTITY, row), quantity)
  store<f64>(f(t, cap, L.FILL_PRICE, row), price)
  store<f64>(f(t, cap, L.FILL_BASE, row), base)
  store<f64>(f(t, cap, L.FILL_COMMISSION, row), commission)
  store<f64>(f(t, cap, L.FILL_TAG, row), tag)
  store<i32>(n(t, cap, L.FILL_F64, L.FILL_BAR, row), r.bar)
  store<i32>(n(t, cap, L.FILL_F64, L.FILL_ASSET, row), asset)
  store<i32>(n(t, cap, L.FILL_F64, L.FILL_ORDER, row), order)
  store<i32>(n(t, cap, L.FILL_F64, L.FILL_CODE, row), code)
  r.fillCount = row + 1
  appendEvent(L.EVENT_FILL, row)
}

/** A trade row from the position as it was before the exit. `share` is the entry commission of the units that left. */
// @ts-ignore: decorator
@inline export function appendTrade(
  asset: i32, position: Position, barsHeld: i32, quantity: f64, exitPrice: f64, pnl: f64, share: f64, exitCommission: f64,
  slippage: f64, mfe: f64, mae: f64, order: i32, tag: f64, code: i32,
): void {
  const r = run
  const row = r.tradeCount
  const cap = r.tradeCapacity
  const t = r.tradeTable
  store<f64>(f(t, cap, L.TRADE_QUANTITY, row), quantity)
  store<f64>(f(t, cap, L.TRADE_ENTRY_PRICE, row), position.average)
  store<f64>(f(t, cap, L.TRADE_EXIT_PRICE, row), exitPrice)
  store<f64>(f(t, cap, L.TRADE_PNL, row), pnl)
  store<f64>(f(t, cap, L.TRADE_ENTRY_COMMISSION, row), share)
  store<f64>(f(t, cap, L.TRADE_EXIT_COMMISSION, row), exitCommission)
  store<f64>(f(t, cap, L.TRADE_SLIPPAGE, row), slippage)
  store<f64>(f(t, cap, L.TRADE_MFE, row), mfe)
  store<f64>(f(t, cap, L.TRADE_MAE, row), mae)
  store<f64>(f(t, cap, L.TRADE_ENTRY_TAG, row), position.tag)
  store<f64>(f(t, cap, L.TRADE_EXIT_TAG, row), tag)
  for (let i = 0; i < r.contexts; i++) {
    const value = load<f64>(detailOf(position) + L.DETAIL_CONTEXT + ((<usize>i) << 3))
    store<f64>(f(t, cap, L.TRADE_F64 + i, row), value)
  }
  const f64s = L.TRADE_F64 + r.contexts
  store<i32>(n(t, cap, f64s, L.TRADE_ASSET, row), asset)
  store<i32>(n(t, cap, f64s, L.TRADE_ENTRY_BAR, row), position.entryBar)
  store<i32>(n(t, cap, f64s, L.TRADE_EXIT_BAR, row), r.bar)
  store<i32>(n(t, cap, f64s, L.TRADE_BARS_HELD, row), barsHeld)
  store<i32>(n(t, cap, f64s, L.TRADE_ENTRY_ORDER, row), position.entryOrder)
  store<i32>(n(t, cap, f64s, L.TRADE_EXIT_ORDER, row), order)
  store<i32>(n(t, cap, f64s, L.TRADE_CODE, row), code | (position.entryCode << L.CODE_ENTRY_SHIFT))
  r.tradeCount = row + 1
  appendEvent(L.EVENT_TRADE, row)
}

// @ts-ignore: decorator
@inline function averageOf(order: Order): f64 {
  if (order.filled == 0) return NaN
  const average = order.value / order.filled
  return (order.flags & L.FLAG_BELOW_ZERO) != 0 ? -average : average
}

/** The row of an order that has ended, with its final status and reason. */
export function appendEnded(order: Order, status: i32, reason: i32): void {
  const r = run
  if (r.record) {
    const row = r.orderCount
    const cap = r.orderCapacity
    const t = r.orderTable
    store<f64>(f(t, cap, L.ENDED_AMOUNT, row), order.amount)
    // Prices that the type does not have are 0, which costs nothing to hand over; the schema reads them by the type.
    store<f64>(f(t, cap, L.ENDED_LIMIT, row), order.limit == order.limit ? order.limit : 0)
    store<f64>(f(t, cap, L.ENDED_STOP, row), order.stop == order.stop ? order.stop : 0)
    store<f64>(f(t, cap, L.ENDED_TRAIL, row), order.trail == order.trail ? order.trail : 0)
    store<f64>(f(t, cap, L.ENDED_FILLED, row), order.filled)
    store<f64>(f(t, cap, L.ENDED_AVERAGE, row), averageOf(order))
    store<f64>(f(t, cap, L.ENDED_COMMISSION, row), order.commission)
    store<f64>(f(t, cap, L.ENDED_TAG, row), order.tag)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_ID, row), order.id)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_ASSET, row), order.asset)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_CREATED, row), order.created)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_ENDED_BAR, row), r.bar)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_PARENT, row), order.parent)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_GROUP, row), order.group)
    const code = order.type | (order.size << L.ORDER_CODE_SIZE) | (order.timing << L.ORDER_CODE_TIMING) |
      (status << L.ORDER_CODE_STATUS) | (reason << L.ORDER_CODE_REASON) |
      ((order.side > 0 ? 1 : 0) << L.ORDER_CODE_BUY) | (order.flags << L.ORDER_CODE_FLAGS)
    store<i32>(n(t, cap, L.ENDED_F64, L.ENDED_CODE, row), code)
    r.orderCount = row + 1
    appendEvent(L.EVENT_ORDER, order.id)
  }
  if (status == L.ORDER_REJECTED) addTotal(L.TOTAL_REJECTED, 1)
  else if (status == L.ORDER_CANCELLED) addTotal(L.TOTAL_CANCELLED, 1)
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

/** A number that two sequences of fills share only when they are the same: order, rule, units and prices, in order. */
export function digestFills(from: i32): u64 {
  let hash: u64 = 0xcbf29ce484222325
  const cap = run.fillCapacity
  const t = run.fillTable
  for (let row = from; row < run.fillCount; row++) {
    hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_QUANTITY, row))))
    hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_PRICE, row))))
    hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_BASE, row))))
    hash = mix(hash, reinterpret<u64>(load<f64>(f(t, cap, L.FILL_COMMISSION, row))))
    hash = mix(hash, <u64>load<u32>(n(t, cap, L.FILL_F64, L.FILL_ORDER, row)) << 32 | load<u32>(n(t, cap, L.FILL_F64, L.FILL_CODE, row)))
  }
  return hash
}

export function mix(hash: u64, value: u64): u64 {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15
  return hash ^ (hash >> 29)
}
