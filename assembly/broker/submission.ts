// The check of orders as they are given (semantics 10.9), as backtrader has it: what all of them together would leave of the cash.
import * as L from '../layout'
import { Order } from '../records'
import { lastMark } from './account'
import { chargesOf, commissionOf, ownCommission } from './costs'
import { refusedStatus, wanted } from './fills'
import { times } from './instruments'
import { isLimit, orderLevel, trailLevel } from './levels'
import { endOrder } from './orders'
import { firstOrder, orderAt, run, signOf } from './state'

/** Looks at the orders that this bar's hook has given. The equity of the phase is taken. */
export function checkSubmitted(): void {
  const r = run
  let amount = r.cash
  // Children come behind their parent.
  let parentUnits: f64 = 0
  for (let i = 0; i < r.poolCount; i++) {
    const order = orderAt(i)
    if (order.created != r.bar || order.state == L.STATE_ENDED) continue
    const price = priceOf(order)
    if (order.parent == 0) parentUnits = price == price ? Math.abs(wantedAt(order, price)) : 0
    if (price != price) continue
    const want = order.parent != 0 ? <f64>order.side * parentUnits : wantedAt(order, price)
    const s = signOf(want)
    const k = Math.abs(want)
    const all = times(order.asset, k)
    amount = amount - s * all * price - commissionAt(order.asset, s, k, price, Math.abs(all * price))
    if (amount < 0) refuse(order)
  }
}

/** What an order of its own would pay, as a taker. */
function commissionAt(asset: i32, s: f64, k: f64, price: f64, value: f64): f64 {
  const c = chargesOf(s)
  return run.ownCosts && c.type == L.COMMISSION_OWN ? ownCommission(asset, s, k, price, price, value, true, false) : commissionOf(c, value, k)
}

/** What the order would trade, signed, without having its units fixed. */
function wantedAt(order: Order, price: f64): f64 {
  const units = order.units
  const want = wanted(order, price)
  order.units = units
  return want
}

function priceOf(order: Order): f64 {
  if (order.type == L.TYPE_MARKET) return lastMark(order.asset)
  if (order.type != L.TYPE_TRAILING_STOP || order.parent == 0) return isLimit(order) ? order.limit : orderLevel(order)
  const guarded: f64 = order.side < 0 ? 1 : -1
  return trailLevel(order.asset, guarded, lastMark(order.asset), order.trail, (order.flags & L.FLAG_TRAIL_FRACTION) != 0)
}

/** An order is refused; with a child its whole bracket goes, of a group what came before it. */
function refuse(order: Order): void {
  endOrder(order, refusedStatus(order), L.END_INSUFFICIENT_FUNDS)
  if (order.parent != 0) {
    let parent = -1
    for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
      const other = orderAt(i)
      if (other.state == L.STATE_ENDED) continue
      if (other.id == order.parent) parent = i
      else if (other.parent == order.parent) endOrder(other, L.ORDER_CANCELLED, L.END_SIBLING)
    }
    if (parent >= 0) endOrder(orderAt(parent), L.ORDER_CANCELLED, L.END_SIBLING)
  }
  if (order.group == 0) return
  for (let i = firstOrder(order.asset); i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.group == order.group && other.id < order.id && other.state != L.STATE_ENDED) endOrder(other, L.ORDER_CANCELLED, L.END_OCO)
  }
}
