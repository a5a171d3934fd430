// Orders that wait for another one to fill (semantics 3.16), and what is looked at when an order comes to life inside a bar. Nothing
// here is reached by runs without such orders, but for post-only ones.
import * as L from '../layout'
import { Order } from '../records'
import { firesOn, isLimit, isReached, trails } from './levels'
import { noteLimit } from './maker'
import { cancelWith, endOrder, findOrder, indexOf, isWaiting, wakeTrail } from './orders'
import { barValue, hasBar, markOf, orderAt, run } from './state'

/** A post-only order becomes live as a limit: reached then, it ends (3.14). */
export function post(order: Order, price: f64): void {
  order.flags &= ~L.FLAG_UNPOSTED
  if (isReached(order.limit, firesOn(order), price)) cancelWith(order, L.END_POST_ONLY)
}

/** An order that has waited is awake, at this price of its asset. */
function wake(order: Order, price: f64, phase: i32): void {
  order.state = L.STATE_LIVE
  run.links--
  const inside = phase != L.PHASE_CLOSE && hasBar(order.asset)
  if (trails(order)) wakeTrail(order, price, inside ? phase : L.PHASE_CLOSE)
  if (!inside || !isLimit(order)) return
  if ((order.flags & L.FLAG_UNPOSTED) != 0) post(order, price)
  if (run.makers) noteLimit(order, price)
}

/** An order has filled in the range: what waits for it in its asset is awake. */
export function wakeBehind(order: Order, base: f64): void {
  for (let i = order.next; i >= 0; i = orderAt(i).next) {
    const other = orderAt(i)
    if (other.link == order.id && isWaiting(other)) wake(other, base, L.PHASE_RANGE)
  }
}

/** A phase is over: what waits for an order that has filled in it is awake, and ends with one that has ended with nothing. */
export function settleWaits(column: usize, phase: i32): void {
  for (let i = 0; i < run.poolCount; i++) {
    const order = orderAt(i)
    if (!isWaiting(order)) continue
    const index = indexOf(order.link)
    if (index >= 0 && orderAt(index).filled > 0) {
      wake(order, hasBar(order.asset) ? barValue(column, order.asset) : markOf(order.asset), phase)
    } else if (index < 0 || orderAt(index).state == L.STATE_ENDED) endOrder(order, L.ORDER_CANCELLED, L.END_PARENT)
  }
}

/** Cancels a pending order (3.10). 1 if it was pending. */
export function cancelOrder(id: i32): i32 {
  const index = findOrder(id)
  if (index < 0) return 0
  endOrder(orderAt(index), L.ORDER_CANCELLED, L.END_USER)
  if (run.links > 0) settleWaits(run.close, L.PHASE_CLOSE)
  return 1
}
