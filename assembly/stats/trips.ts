// Exits put together into round trips (semantics 7.10), from the rows of the table of trades.
import {
  EXIT_AMBIGUOUS,
  EXIT_COMMISSION,
  EXIT_ENTERED,
  EXIT_ENTRY_PRICE,
  EXIT_EXIT_PRICE,
  EXIT_LEFT,
  EXIT_MAE,
  EXIT_MFE,
  EXIT_PNL,
  EXIT_QUANTITY,
  EXIT_SLIPPAGE,
  EXIT_STOP,
  TRIP_AMBIGUOUS,
  TRIP_BARS,
  TRIP_COMMISSION,
  TRIP_DAYS,
  TRIP_EXITS,
  TRIP_GROSS,
  TRIP_MAE,
  TRIP_MFE,
  TRIP_PNL,
  TRIP_R,
  TRIP_RETURN,
  TRIP_RISK,
  TRIP_SLIPPAGE,
  TRIP_UNITS,
  TRIP_VALUE,
} from '../layout'
import { at, column } from './columns'

/** Milliseconds. */
const DAY: f64 = 86400000

// @ts-ignore: decorator
@inline function int(column: usize, i: i32): i32 {
  return load<i32>(column + (<usize>i << 2))
}

// @ts-ignore: decorator
@inline function setInt(column: usize, i: i32, value: i32): void {
  store<i32>(column + (<usize>i << 2), value)
}

/** Where the table says what group an order has opened from a bar on, or the free place where it would. */
function slotOf(order: i32, bar: i32, orders: usize, bars: usize, slots: usize, mask: i32, firsts: usize): usize {
  let h = (<u32>order * 0x9e3779b1) ^ (<u32>bar * 0x85ebca6b)
  h ^= h >> 15
  let slot = slots + (<usize>(h & <u32>mask) << 2)
  for (let group = load<i32>(slot); group != 0; group = load<i32>(slot)) {
    const first = int(firsts, group - 1)
    if (int(orders, first) == order && int(bars, first) == bar) break
    h++
    slot = slots + (<usize>(h & <u32>mask) << 2)
  }
  return slot
}

/**
 * Numbers the rows by what they have closed: what one order has opened from one bar on is one lot, or the position of its asset
 * from flat to flat, as a position begins with one order and one order opens one asset.
 *
 * @param orders @param bars pointers to i32 a row: the order and the bar of the entry
 * @param slots pointer to `mask + 1` i32 that are 0, a power of two of at least twice the rows
 * @param firsts pointer to `n` i32: the first row of each group @param groups the same: the group of each row
 * @returns how many groups there are
 */
export function groupLots(orders: usize, bars: usize, n: i32, slots: usize, mask: i32, firsts: usize, groups: usize): i32 {
  let count = 0
  for (let row = 0; row < n; row++) {
    const slot = slotOf(int(orders, row), int(bars, row), orders, bars, slots, mask, firsts)
    if (load<i32>(slot) == 0) {
      setInt(firsts, count, row)
      store<i32>(slot, ++count)
    }
    setInt(groups, row, load<i32>(slot) - 1)
  }
  return count
}

/** Marks the groups of what is still open: `held` entries by order and bar. @param open pointer to an i32 a group, 0 before */
export function markOpen(
  heldOrders: usize,
  heldBars: usize,
  held: i32,
  orders: usize,
  bars: usize,
  slots: usize,
  mask: i32,
  firsts: usize,
  open: usize,
): void {
  for (let i = 0; i < held; i++) {
    const group = load<i32>(slotOf(int(heldOrders, i), int(heldBars, i), orders, bars, slots, mask, firsts))
    if (group > 0) setInt(open, group - 1, 1)
  }
}

/**
 * Puts lots together that were held at a time: their groups become positions from flat to flat, by the units of all fills.
 *
 * @param fillOrders @param fillBars @param fillAssets @param units of each fill, in their order; units signed
 * @param held pointer to a double an asset, 0 before @param current to an i32 an asset
 * @param joined pointer to an i32 a group of `groupLots` @param groups as that has left them; changed
 * @param open pointer to an i32 a fill: whether a position is still open
 * @returns how many positions there were
 */
export function joinLots(
  fillOrders: usize,
  fillBars: usize,
  fillAssets: usize,
  units: usize,
  fills: i32,
  assets: i32,
  held: usize,
  current: usize,
  orders: usize,
  bars: usize,
  n: i32,
  slots: usize,
  mask: i32,
  firsts: usize,
  joined: usize,
  groups: usize,
  open: usize,
): i32 {
  let count = 0
  for (let i = 0; i < fills; i++) {
    const asset = int(fillAssets, i)
    const place = held + (<usize>asset << 3)
    const before = load<f64>(place)
    const more = load<f64>(units + (<usize>i << 3))
    store<f64>(place, before + more)
    if (before == 0) setInt(current, asset, count++)
    if (before * more < 0) continue
    const group = load<i32>(slotOf(int(fillOrders, i), int(fillBars, i), orders, bars, slots, mask, firsts))
    if (group > 0) setInt(joined, group - 1, int(current, asset))
  }
  for (let asset = 0; asset < assets; asset++)
    if (load<f64>(held + (<usize>asset << 3)) != 0) setInt(open, int(current, asset), 1)
  for (let row = 0; row < n; row++) setInt(groups, row, int(joined, int(groups, row)))
  return count
}

/**
 * Writes the TRIP_* columns of the round trips that are closed, in the order of their last exits, `n` doubles a column.
 *
 * @param exits pointer to the EXIT_* columns of `n` rows @param assets @param bars pointers to i32 a row: asset and bars held
 * @param groups @param count the group of each row, and how many there are @param open whether one is open, an i32 each
 * @param multipliers pointer to a double an asset
 * @param places pointer to an i32 a group, for its work
 * @param first @param last pointers to `n` i32: the first and the last row of each round trip
 * @returns how many there are
 *
 * Of each: pnl, value at the entry price, what the price alone has brought, commission, slippage and risk (the distance of entry price
 * and stop, times units), units and exits are sums over its exits in their order; bars held are those of the last; days go from the entry of the first to the last; the excursions are the widest, and it is ambiguous where one of them is.
 */
export function tripColumns(
  exits: usize,
  assets: usize,
  bars: usize,
  n: i32,
  groups: usize,
  count: i32,
  open: usize,
  multipliers: usize,
  places: usize,
  first: usize,
  last: usize,
  trips: usize,
): i32 {
  for (let row = 0; row < n; row++) setInt(places, int(groups, row), row)
  let closed = 0
  for (let row = 0; row < n; row++) {
    const group = int(groups, row)
    if (int(places, group) != row || int(open, group) != 0) continue
    setInt(last, closed, row)
    closed++
  }
  for (let group = 0; group < count; group++) setInt(places, group, -1)
  for (let trip = 0; trip < closed; trip++) {
    setInt(places, int(groups, int(last, trip)), trip)
    setInt(first, trip, -1)
  }
  for (let row = 0; row < n; row++) {
    const trip = int(places, int(groups, row))
    if (trip < 0) continue
    const begins = int(first, trip) < 0
    if (begins) setInt(first, trip, row)
    const entry = at(column(exits, EXIT_ENTRY_PRICE, n), row)
    const units = at(column(exits, EXIT_QUANTITY, n), row) * at(multipliers, int(assets, row))
    sum(column(trips, TRIP_EXITS, n), trip, begins, 1.0)
    sum(column(trips, TRIP_UNITS, n), trip, begins, at(column(exits, EXIT_QUANTITY, n), row))
    sum(column(trips, TRIP_PNL, n), trip, begins, at(column(exits, EXIT_PNL, n), row))
    sum(column(trips, TRIP_VALUE, n), trip, begins, Math.abs(entry * units))
    sum(column(trips, TRIP_GROSS, n), trip, begins, (at(column(exits, EXIT_EXIT_PRICE, n), row) - entry) * units)
    sum(column(trips, TRIP_COMMISSION, n), trip, begins, at(column(exits, EXIT_COMMISSION, n), row))
    sum(column(trips, TRIP_SLIPPAGE, n), trip, begins, at(column(exits, EXIT_SLIPPAGE, n), row))
    sum(column(trips, TRIP_RISK, n), trip, begins, Math.abs((entry - at(column(exits, EXIT_STOP, n), row)) * units))
    most(column(trips, TRIP_AMBIGUOUS, n), trip, begins, at(column(exits, EXIT_AMBIGUOUS, n), row))
    most(column(trips, TRIP_MFE, n), trip, begins, at(column(exits, EXIT_MFE, n), row))
    const worst = at(column(exits, EXIT_MAE, n), row)
    const place = column(trips, TRIP_MAE, n) + (<usize>trip << 3)
    store<f64>(place, begins ? worst : Math.min(load<f64>(place), worst))
    store<f64>(column(trips, TRIP_BARS, n) + (<usize>trip << 3), <f64>int(bars, row))
  }
  for (let trip = 0; trip < closed; trip++) {
    const pnl = at(column(trips, TRIP_PNL, n), trip)
    const risk = at(column(trips, TRIP_RISK, n), trip)
    store<f64>(column(trips, TRIP_RETURN, n) + (<usize>trip << 3), pnl / at(column(trips, TRIP_VALUE, n), trip))
    store<f64>(column(trips, TRIP_R, n) + (<usize>trip << 3), risk > 0 ? pnl / risk : NaN)
    const held = at(column(exits, EXIT_LEFT, n), int(last, trip)) - at(column(exits, EXIT_ENTERED, n), int(first, trip))
    store<f64>(column(trips, TRIP_DAYS, n) + (<usize>trip << 3), held / DAY)
  }
  return closed
}

/** A sum begins with the first exit of a round trip, and goes on with the others. */
// @ts-ignore: decorator
@inline function sum(values: usize, trip: i32, begins: bool, amount: f64): void {
  const place = values + (<usize>trip << 3)
  store<f64>(place, begins ? amount : load<f64>(place) + amount)
}

/** The same of the largest. */
// @ts-ignore: decorator
@inline function most(values: usize, trip: i32, begins: bool, amount: f64): void {
  const place = values + (<usize>trip << 3)
  store<f64>(place, begins ? amount : Math.max(load<f64>(place), amount))
}
