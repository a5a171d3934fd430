// The market orders of a bar's targets, one an asset in asset order, while nothing else is pending: they need no records
// of their own as long as nobody asks for one. They are the bits of their assets and the column of their targets. When they
// are due, one record goes from asset to asset and fills as any other would. Whoever wants to see, change or add an order
// has them placed first (`placeBatch`). The workload of 240,000 orders took 89 ms with it and 127 without.
import * as L from '../layout'
import { Order } from '../records'
import { givenTargets, heldBits, words } from './active'
import { ASKED, affordable, closeUnits, closingUnits, leftToTarget, openingEnd, openUnits, refusedStatus } from './fills'
import { admitOrder, blankOrder, marketOrder, placeOrder } from './orders'
import { countTraded, tradedOf } from './parts'
import { DUST, addTotal, at, orderAt, quantityOf, run, setBit, signOf } from './state'
import { appendEnded } from './tables'

/** Whether targets in units may begin to wait as a batch: the run admits it, nothing is pending, there are no rules. */
export function mayBatch(): bool {
  const r = run
  return (r.ways & L.WAY_BATCH) != 0 && (r.batch | r.live | r.bust | r.ruled) == 0
}

/** A column of targets of the run's own, for targets that do not stay where they are given. */
export function ownTargets(): usize {
  return at(run.batchClosed, 3 * run.assets)
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
  r.batchNext = r.assets
  return count
}

/** Takes the order of one target in units, if it comes in asset order; false where it has to be placed. */
export function joinBatch(asset: i32, target: f64): bool {
  const r = run
  if (r.batch == 0) {
    if (!mayBatch()) return false
    memory.fill(r.batchBits, 0, <usize>words() << 3)
    r.batchTargets = ownTargets()
    r.batchFlags = 0
  } else if (asset < r.batchNext) return false
  setBit(r.batchBits, asset, true)
  store<f64>(at(r.batchTargets, asset), target)
  r.batchNext = asset + 1
  r.batch++
  return true
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

/**
 * Where a bar's volume may leave something of an order (3.12), all of the batch become orders that can wait; `bar` is the one in which
 * they are due. Close to its share of the volume an asset has too much, too: only orders know the last bit of it.
 */
export function placeLarge(bar: i32): void {
  const r = run
  const row = r.volume + ((<usize>bar * <usize>r.assets) << 3)
  // What has traded in a bar counts in that one alone.
  const isNow = bar == r.bar
  for (let w = 0; w < words(); w++) {
    for (let bits = batchBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      const left = r.participation * load<f64>(at(row, a)) - (isNow ? tradedOf(a) : 0)
      if (Math.abs(load<f64>(at(r.batchTargets, a)) - quantityOf(a)) <= left * (1 - DUST)) continue
      placeBatch()
      return
    }
  }
}

/** The one record as the order of this asset, which has traded so much. */
// @ts-ignore: decorator
@inline function deal(order: Order, asset: i32, id: i32, filled: f64, value: f64, commission: f64): void {
  order.id = id
  order.asset = asset
  order.opened = 0
  order.filled = filled
  order.value = value
  order.commission = commission
}

/** Opens what a target leaves to open, as far as the account allows. */
// @ts-ignore: decorator
@inline function openRest(order: Order, s: f64, wanted: f64, base: f64, phase: i32): void {
  const k = affordable(order, s, wanted, wanted, base, ASKED)
  if (k != 0) {
    openUnits(order, s, k, base, phase)
    countTraded(order.asset, k)
  }
  appendEnded(order, k != 0 ? L.ORDER_FILLED : refusedStatus(order), openingEnd)
}

/**
 * Fills the batch at the prices of `column`, in the phase in which it is due: all closing parts, then what is left (4.1,
 * 4.3). What `fillClosing` and `fillRest` would have to find out is known of such orders: they are tied to nothing, are
 * not rounded, and close at most once.
 */
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
  addTotal(L.TOTAL_ORDERS, count)
  const order = orderAt(0)
  blankOrder(order)
  order.type = L.TYPE_MARKET
  order.size = L.SIZE_TARGET_UNITS
  order.timing = r.timing
  order.created = created
  order.flags = r.batchFlags
  // What the closing parts have traded, signed, for how much, at what cost; 0 where there was none.
  const closed = r.batchClosed
  const values = at(closed, r.assets)
  const commissions = at(values, r.assets)
  let before = first
  for (let w = 0; w < words(); w++) {
    const all = batchBits(w)
    for (let bits = all & heldBits(w); bits != 0; bits &= bits - 1) {
      const bit = ctz(bits)
      const a = (w << 6) + <i32>bit
      const q = quantityOf(a)
      const target = load<f64>(at(r.batchTargets, a))
      const want = leftToTarget(target, q, NaN)
      if (want * q >= 0) continue
      deal(order, a, before + <i32>popcnt(all & ((<u64>1 << bit) - 1)), 0, 0, 0)
      const k = closingUnits(Math.abs(want), Math.abs(q))
      closeUnits(order, signOf(want), k, load<f64>(at(row, a)), phase)
      countTraded(a, k)
      store<f64>(at(closed, a), signOf(want) * k)
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
      const q = quantityOf(a)
      const part = load<f64>(at(closed, a))
      const want = leftToTarget(target, q, Math.abs(part))
      deal(order, a, id++, Math.abs(part), load<f64>(at(values, a)), load<f64>(at(commissions, a)))
      store<f64>(at(closed, a), 0)
      store<f64>(at(values, a), 0)
      store<f64>(at(commissions, a), 0)
      order.amount = target
      order.side = target - q + part > 0 ? 1 : -1
      // What is not met opens: closing short of all leaves no more than dust.
      if (want == 0) appendEnded(order, L.ORDER_FILLED, L.END_NONE)
      else {
        order.basis = load<f64>(at(basis, a))
        openRest(order, signOf(want), Math.abs(want), load<f64>(at(row, a)), phase)
      }
    }
  }
}
