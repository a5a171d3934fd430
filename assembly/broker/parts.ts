// Parts of orders (semantics 3.12): where only a share of a bar's volume may trade, what is left of an order waits for the
// asset's next bar. Nothing here is reached by runs without such a share.
import * as L from '../layout'
import { Order } from '../records'
import { rounded } from './instruments'
import { cancelWith, isOnce } from './orders'
import { DUST, at, barValue, orderAt, run } from './state'
import { appendEvent } from './tables'

/** A bar begins: nothing has traded in it, and every order may have its turn. */
export function beginParts(): void {
  const r = run
  memory.fill(r.traded, 0, <usize>r.assets << 3)
  if (r.live == 0) return
  for (let i = 0; i < r.poolCount; i++) {
    const order = orderAt(i)
    if (order.state == L.STATE_DONE) order.state = L.STATE_LIVE
  }
}

/** How many of `k` units of an asset may trade now: all of them, a part, or 0. */
// @ts-ignore: decorator
@inline export function partOf(asset: i32, k: f64): f64 {
  return run.participation > 0 ? allowedPart(asset, k) : k
}

function allowedPart(asset: i32, k: f64): f64 {
  const left = run.participation * barValue(run.volume, asset) - tradedOf(asset)
  if (k - left <= DUST * k) return k
  return left > 0 ? rounded(asset, left) : 0
}

// @ts-ignore: decorator
@inline export function tradedOf(asset: i32): f64 {
  return load<f64>(at(run.traded, asset))
}

// @ts-ignore: decorator
@inline export function setTraded(asset: i32, units: f64): void {
  store<f64>(at(run.traded, asset), units)
}

/** `k` units of an asset have traded. */
// @ts-ignore: decorator
@inline export function countTraded(asset: i32, k: f64): void {
  if (run.participation > 0) setTraded(asset, tradedOf(asset) + k)
}

/** The order has had its turn in this bar: `k` units of it have traded, and some are left. */
export function leaveOrder(order: Order, k: f64): void {
  // What is looked at once has no more turns (3.14).
  if (isOnce(order)) {
    cancelWith(order, L.END_NOT_FILLED)
    return
  }
  // Of a target, `units` is what its closing leg closed in its turn; what is left is found anew.
  order.units = order.size >= L.SIZE_TARGET_UNITS ? NaN : order.units - k
  order.state = L.STATE_DONE
  const stops = order.type == L.TYPE_STOP || order.type == L.TYPE_TRAILING_STOP || order.type == L.TYPE_MARKET_IF_TOUCHED
  if (!stops || order.status != L.ORDER_PENDING) return
  order.status = L.ORDER_TRIGGERED
  appendEvent(L.EVENT_TRIGGER, order.id)
}
