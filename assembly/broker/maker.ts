// Which limits rest (semantics 7.2): those that the price had not reached at the first moment at which they were live. What
// fills of them is a maker's. Asked only in runs where that matters (`charging`).
import * as L from '../layout'
import { Order } from '../records'
import { firesOn, isLimit, isReached } from './levels'
import { firstOrder, orderAt } from './state'

// @ts-ignore: decorator
@inline function note(order: Order, price: f64): void {
  if (isLimit(order) && !isReached(order.limit, firesOn(order), price)) order.flags |= L.FLAG_RESTING
}

/** Every limit of an asset is live at its O. */
export function noteLimits(asset: i32, open: f64): void {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state == L.STATE_LIVE) note(order, open)
  }
}

/** Children have been woken at a price inside their bar. */
export function noteChildren(parent: Order, price: f64): void {
  for (let i = parent.next; i >= 0; i = orderAt(i).next) {
    const child = orderAt(i)
    if (child.parent == parent.id && child.state == L.STATE_LIVE) note(child, price)
  }
}

/** A stop-limit has become a limit at a price. */
export function noteTrigger(order: Order, price: f64): void {
  note(order, price)
}
