// The market orders of a bar's targets, one an asset, while nothing else is pending: they need no records of their own as
// long as nobody asks for one. They are the bits of their assets and the column of their targets; their ids follow each
// other in asset order. When they are due, one record goes from asset to asset and fills as any other would. Whoever
// wants to see, change or add an order has them placed first (`placeBatch`).
import * as L from '../layout'
import { Order } from '../records'
import { givenTargets, heldBits, words } from './active'
import { fillClosing, fillDue } from './fills'
import { admitOrder, blankOrder, endOrder, marketOrder, placeOrder } from './orders'
import { addTotal, at, orderAt, quantityOf, run } from './state'

/** Whether targets in units may wait as a batch: nothing pending, no rules, every asset has a bar, and they are due soon. */
export function mayBatch(): bool {
  const r = run
  return r.batch == 0 && r.live == 0 && r.dense != 0 && !r.nonPositive && !r.bust && !r.ruled && r.timing != L.TIMING_NEXT_CLOSE
}

/** Takes the targets in units that ask for an order. Returns their number. */
export function takeBatch(targets: usize, flags: i32): i32 {
  const r = run
  let count = 0
  for (let w = 0; w < words(); w++) {
    const bits = givenTargets(targets, w << 6, L.SIZE_UNITS)
    store<u64>(r.batchBits + ((<usize>w) << 3), bits)
    count += <i32>popcnt(bits)
  }
  r.batch = count
  r.batchTargets = targets
  r.batchFlags = flags
  return count
}

// @ts-ignore: decorator
@inline function batchBits(word: i32): u64 {
  return load<u64>(run.batchBits + ((<usize>word) << 3))
}

// @ts-ignore: decorator
@inline function sideOf(asset: i32, target: f64): i32 {
  return target > quantityOf(asset) ? 1 : -1
}

/** Makes orders of the batch, as if they had been placed when they were given. */
export function placeBatch(): void {
  const r = run
  if (r.batch == 0) return
  r.batch = 0
  r.poolCount = 0
  for (let w = 0; w < words(); w++) {
    for (let bits = batchBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      const target = load<f64>(at(r.batchTargets, a))
      const order = marketOrder(a, sideOf(a, target), L.SIZE_TARGET_UNITS, target, r.timing, r.batchFlags)
      placeOrder(order)
      admitOrder(order)
    }
  }
}

/** The one record as the order of this asset. */
// @ts-ignore: decorator
@inline function deal(order: Order, asset: i32, id: i32, target: f64, basis: f64): void {
  order.id = id
  order.asset = asset
  order.amount = target
  order.side = sideOf(asset, target)
  order.basis = basis
  order.units = NaN
  order.filled = 0
  order.value = 0
  order.commission = 0
  order.opened = 0
  order.flags = run.batchFlags
  order.state = L.STATE_LIVE
}

/** Fills the batch at the prices of `column`, in the phase in which it is due: all closing parts, then what is left (4.1, 4.3). */
export function fillBatch(column: usize, phase: i32): void {
  const r = run
  const count = r.batch
  const first = r.nextId
  const row = column + ((<usize>r.bar * <usize>r.assets) << 3)
  // Given at the close of this bar, or of the one before.
  const created = r.timing == L.TIMING_SAME_CLOSE ? r.bar : r.bar - 1
  const basis = r.close + ((<usize>created * <usize>r.assets) << 3)
  r.batch = 0
  r.poolCount = 0
  r.nextId += count
  r.live += count
  if (r.timing == L.TIMING_SAME_CLOSE) r.atClose += count
  addTotal(L.TOTAL_ORDERS, count)
  const order = orderAt(0)
  blankOrder(order)
  order.type = L.TYPE_MARKET
  order.size = L.SIZE_TARGET_UNITS
  order.timing = r.timing
  order.created = created
  // What the closing parts have traded, signed, for how much, at what cost; 0 where there was none.
  const filled = r.batchClosed
  const values = at(filled, r.assets)
  const commissions = at(values, r.assets)
  let before = first
  for (let w = 0; w < words(); w++) {
    const all = batchBits(w)
    for (let bits = all & heldBits(w); bits != 0; bits &= bits - 1) {
      const bit = ctz(bits)
      const a = (w << 6) + <i32>bit
      const id = before + <i32>popcnt(all & ((<u64>1 << bit) - 1))
      deal(order, a, id, load<f64>(at(r.batchTargets, a)), load<f64>(at(basis, a)))
      fillClosing(order, load<f64>(at(row, a)), phase)
      store<f64>(at(filled, a), <f64>order.side * order.filled)
      store<f64>(at(values, a), order.value)
      store<f64>(at(commissions, a), order.commission)
    }
    before += <i32>popcnt(all)
  }
  let id = first
  for (let w = 0; w < words(); w++) {
    for (let bits = batchBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      const target = load<f64>(at(r.batchTargets, a))
      deal(order, a, id++, target, load<f64>(at(basis, a)))
      const k = load<f64>(at(filled, a))
      if (k != 0) {
        store<f64>(at(filled, a), 0)
        order.side = k > 0 ? 1 : -1
        order.filled = Math.abs(k)
        order.units = Math.abs(k)
        order.value = load<f64>(at(values, a))
        order.commission = load<f64>(at(commissions, a))
      }
      if (k != 0 && target == 0 && quantityOf(a) == 0) endOrder(order, L.ORDER_FILLED, L.END_NONE)
      else fillDue(order, load<f64>(at(row, a)), phase)
    }
  }
}
