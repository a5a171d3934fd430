// Lots (semantics 10.13): where they stand, and how one is looked at. Runs without lots come nowhere here.
//
//   table    [kept][lot 1][lot 2 gone][lot 3] ...   as they were opened, over all assets; those that are gone are squeezed out between bars
//   heads    asset -> its first lot and its last one that is there, and how many are
//
// What rules do is written for the position of an asset. A lot is a position by itself: while one is looked at it stands in the
// place of the position of its asset, which is kept in the first record meanwhile, and is put back afterwards.
import * as L from '../layout'
import { Lot, Order, Position } from '../records'
import { putQuantity } from './instruments'
import { detailOf, highOf, lowOf, orderAt, positionOf, quantityOf, run, setWaterMarks } from './state'

// @ts-ignore: decorator
@inline export function lotAt(index: i32): Lot {
  return changetype<Lot>(run.lotTable + <usize>index * <usize>L.LOT_FIELDS_BYTES)
}

/** The record of the position that a lot is; its details stand behind it. */
// @ts-ignore: decorator
@inline export function lotPosition(index: i32): Position {
  return changetype<Position>(run.lotDetails + <usize>index * <usize>L.LOT_REST_BYTES)
}

// @ts-ignore: decorator
@inline export function lotHead(asset: i32): usize {
  return run.lotHeads + <usize>asset * L.LOT_HEAD_BYTES
}

/** The first lot of an asset, 0 for none; follow `next`, skip those without units. */
// @ts-ignore: decorator
@inline export function firstLot(asset: i32): i32 {
  return load<i32>(lotHead(asset))
}

/** How many lots an asset has. */
// @ts-ignore: decorator
@inline export function lotsOf(asset: i32): i32 {
  return load<i32>(lotHead(asset), 8)
}

/** Index of the lot with a number, which are given out as lots are opened; 0 where it is gone. */
export function findLot(number: i32): i32 {
  let low = 1
  let high = run.lotCount - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = lotAt(middle).number
    if (found == number) return lotAt(middle).quantity == 0 ? 0 : middle
    if (found < number) low = middle + 1
    else high = middle - 1
  }
  return 0
}

/** Index of the asset's lot that an order has opened, by its id; 0 where there is none. */
export function lotOfOrder(asset: i32, order: i32): i32 {
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (lot.quantity != 0 && lotPosition(i).entryOrder == order) return i
  }
  return 0
}

// ---- a lot in the place of the position --------------------------------------------------------

/** Index of the lot that stands there, 0 for none. */
let taken: i32 = 0

// @ts-ignore: decorator
@inline export function takenLot(): i32 {
  return taken
}

/** Puts a lot in the place of the position of its asset. The context there stays, as it is one for all lots. */
export function takeLot(index: i32): void {
  const lot = lotAt(index)
  if (saving && !lot.saved) saveRest(lot, index)
  const asset = lot.asset
  const place = positionOf(asset)
  const kept = lotAt(0)
  kept.quantity = quantityOf(asset)
  kept.high = highOf(asset)
  kept.low = lowOf(asset)
  const rest = changetype<usize>(lotPosition(index))
  memory.copy(changetype<usize>(lotPosition(0)), changetype<usize>(place), L.POSITION_BYTES)
  memory.copy(changetype<usize>(place), rest, L.POSITION_BYTES)
  copyDetail(detailOf(place), rest + L.POSITION_BYTES)
  // Whatever moves a level of it opens its fence.
  place.fenced = 1
  putQuantity(asset, lot.quantity)
  setWaterMarks(asset, lot.high, lot.low)
  taken = index
}

/** Puts the lot back to the others, and the position in its place. Returns the lot's index. */
export function putLot(): i32 {
  const index = taken
  const lot = lotAt(index)
  const asset = lot.asset
  const place = positionOf(asset)
  const kept = lotAt(0)
  lot.quantity = quantityOf(asset)
  lot.high = highOf(asset)
  lot.low = lowOf(asset)
  if (!place.fenced) lot.fenced = 0
  const rest = changetype<usize>(lotPosition(index))
  memory.copy(rest, changetype<usize>(place), L.POSITION_BYTES)
  memory.copy(changetype<usize>(place), changetype<usize>(lotPosition(0)), L.POSITION_BYTES)
  copyDetail(rest + L.POSITION_BYTES, detailOf(place))
  putQuantity(asset, kept.quantity)
  setWaterMarks(asset, kept.high, kept.low)
  taken = 0
  return index
}

/** Units of the whole position of an asset, also while one of its lots is in its place. */
// @ts-ignore: decorator
@inline export function wholeQuantity(asset: i32): f64 {
  return taken > 0 ? lotAt(0).quantity : quantityOf(asset)
}

function copyDetail(to: usize, from: usize): void {
  memory.copy(to, from, L.DETAIL_CONTEXT)
  memory.copy(to + L.DETAIL_PENDING_CODES, from + L.DETAIL_PENDING_CODES, L.DETAIL_BYTES - L.DETAIL_PENDING_CODES)
}

// ---- lots come and go --------------------------------------------------------------------------

/** A new lot of an asset, the last, without units yet. Returns its index. */
export function newLot(asset: i32): i32 {
  const r = run
  const index = r.lotCount++
  const lot = lotAt(index)
  memory.fill(changetype<usize>(lot), 0, L.LOT_FIELDS_BYTES)
  memory.fill(changetype<usize>(lotPosition(index)), 0, L.LOT_REST_BYTES)
  lot.number = r.nextLot++
  lot.asset = asset
  linkLot(index)
  r.liveLots++
  return index
}

function linkLot(index: i32): void {
  const head = lotHead(lotAt(index).asset)
  const count = load<i32>(head, 8)
  if (count == 0) store<i32>(head, index)
  else lotAt(load<i32>(head, 4)).next = index
  store<i32>(head, index, 4)
  store<i32>(head, count + 1, 8)
  lotAt(index).next = 0
}

/** A lot is gone. Whoever stands at it can still go on from there. */
export function dropLot(index: i32): void {
  const lot = lotAt(index)
  const head = lotHead(lot.asset)
  lot.quantity = 0
  store<i32>(head, load<i32>(head, 8) - 1, 8)
  run.liveLots--
  let first = load<i32>(head)
  while (first > 0 && lotAt(first).quantity == 0) first = lotAt(first).next
  store<i32>(head, first)
}

/** Squeezes lots that are gone out of the table. */
export function compactLots(): void {
  const r = run
  if (r.liveLots == 0) {
    if (r.lotCount > 1) memory.fill(r.lotHeads, 0, <usize>r.assets * L.LOT_HEAD_BYTES)
    r.lotCount = 1
  } else if (r.lotCount - r.liveLots > 64 || r.lotCount >= r.lotCapacity >> 1) squeezeLots()
}

function squeezeLots(): void {
  const r = run
  const count = r.lotCount
  memory.fill(r.lotHeads, 0, <usize>r.assets * L.LOT_HEAD_BYTES)
  let kept = 1
  for (let i = 1; i < count; i++) {
    if (lotAt(i).quantity == 0) continue
    if (kept != i) {
      memory.copy(changetype<usize>(lotAt(kept)), changetype<usize>(lotAt(i)), L.LOT_FIELDS_BYTES)
      memory.copy(changetype<usize>(lotPosition(kept)), changetype<usize>(lotPosition(i)), L.LOT_REST_BYTES)
    }
    linkLot(kept++)
  }
  r.lotCount = kept
}

// ---- paths that are tried ----------------------------------------------------------------------
//
// Of the lots of an asset that walks a path on trial what every bar asks of them is saved, and the rest of those that are looked at.

let saving: bool = false
let savedRests: i32 = 0

/** Behind what a walk saves of orders, where as many as there may be end: room for all lots, then for the rest of each with its index. */
function lotScratch(): usize {
  return run.scratch + L.RUN_BYTES + L.SAVED_BYTES + L.POSITION_BYTES + L.DETAIL_BYTES + <usize>(run.poolCapacity + 1) * <usize>L.LIVE_BYTES
}

// @ts-ignore: decorator
@inline function savedRest(i: i32): usize {
  return lotScratch() + <usize>run.lotCapacity * L.LOT_FIELDS_BYTES + <usize>i * <usize>(L.LOT_REST_BYTES + 8)
}

function saveRest(lot: Lot, index: i32): void {
  const place = savedRest(savedRests++)
  store<i32>(place, index)
  memory.copy(place + 8, changetype<usize>(lotPosition(index)), L.LOT_REST_BYTES)
  lot.saved = 1
}

export function saveLots(asset: i32, head: usize): void {
  memory.copy(head, lotHead(asset), L.LOT_HEAD_BYTES)
  let place = lotScratch()
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    memory.copy(place, changetype<usize>(lotAt(i)), L.LOT_FIELDS_BYTES)
    place += L.LOT_FIELDS_BYTES
  }
  saving = true
  savedRests = 0
}

/** A lot that a path has opened stands behind the last one that is saved, which does not know of it. */
export function restoreLots(asset: i32, head: usize): void {
  for (let i = 0; i < savedRests; i++) {
    const place = savedRest(i)
    memory.copy(changetype<usize>(lotPosition(load<i32>(place))), place + 8, L.LOT_REST_BYTES)
  }
  savedRests = 0
  memory.copy(lotHead(asset), head, L.LOT_HEAD_BYTES)
  let place = lotScratch()
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    memory.copy(changetype<usize>(lotAt(i)), place, L.LOT_FIELDS_BYTES)
    place += L.LOT_FIELDS_BYTES
  }
}

/** The last path that was walked holds. */
export function keepLots(): void {
  for (let i = 0; i < savedRests; i++) lotAt(load<i32>(savedRest(i))).saved = 0
  saving = false
}

/** The rules of the run have changed. */
export function openLots(): void {
  for (let i = 1; i < run.lotCount; i++) lotAt(i).fenced = 0
}

// ---- orders and their lots ---------------------------------------------------------------------

/** Number of the lot that an order is bound to (children and closings of one), 0 for none. */
// @ts-ignore: decorator
@inline export function boundLot(order: Order): i32 {
  return (order.flags & L.FLAG_REDUCE_ONLY) != 0 ? order.lot : 0
}

/** Signed units of what an order may reduce: its lot, or the position. */
export function reducible(order: Order): f64 {
  const number = boundLot(order)
  if (number == 0) return quantityOf(order.asset)
  const index = findLot(number)
  return index > 0 ? lotAt(index).quantity : 0
}

// ---- what hooks see ----------------------------------------------------------------------------

/** Writes into the record of the position of an asset what its lots come to together; bar and order of entry are those of the first one. Without lots it is nothing. */
export function sumLots(asset: i32): void {
  const p = positionOf(asset)
  const first = lotPosition(firstLot(asset))
  let units: f64 = 0
  let value: f64 = 0
  let commission: f64 = 0
  let slippage: f64 = 0
  let entered: f64 = 0
  let high: f64 = -Infinity
  let low: f64 = Infinity
  for (let i = firstLot(asset); i > 0; i = lotAt(i).next) {
    const lot = lotAt(i)
    if (lot.quantity == 0) continue
    const position = lotPosition(i)
    const u = Math.abs(lot.quantity)
    units = units + u
    value = value + position.average * u
    commission = commission + position.commission
    slippage = slippage + position.slippage
    entered = entered + position.entered
    high = Math.max(high, lot.high)
    low = Math.min(low, lot.low)
  }
  const none = lotsOf(asset) == 0
  p.average = none ? 0 : value / units
  p.commission = commission
  p.slippage = slippage
  p.entered = entered
  p.entryBar = none ? 0 : first.entryBar
  p.barsHeld = none ? 0 : first.barsHeld
  p.entryOrder = none ? 0 : first.entryOrder
  p.entryCode = none ? 0 : first.entryCode
  p.tag = none ? 0 : first.tag
  setWaterMarks(asset, none ? 0 : high, none ? 0 : low)
}

/** The asset's pending orders that are bound to a lot which is gone (10.13). */
// @ts-ignore: decorator
@inline export function isOrphan(index: i32): bool {
  const order = orderAt(index)
  const number = (order.state & L.STATE_AWAKE) != 0 ? boundLot(order) : 0
  return number > 0 && findLot(number) == 0
}
