// Which limits rest (semantics 7.2): those that the price had not reached at the first moment at which they were live. What
// fills of them is a maker's. Asked only in runs where that matters (`makers`).
import * as L from '../layout'
import { Order } from '../records'
import { firesOn, isLimit, isReached } from './levels'
import { firstOrder, orderAt } from './state'

/** An order that is live at a price from here on: a child that wakes inside its bar, a stop-limit that has become a limit. */
// @ts-ignore: decorator
@inline export function noteLimit(order: Order, price: f64): void {
  if (isLimit(order) && !isReached(order.limit, firesOn(order), price)) order.flags |= L.FLAG_RESTING
}

/** Every limit of an asset is live at its O. */
export function noteLimits(asset: i32, open: f64): void {
  for (let i = firstOrder(asset); i >= 0; i = orderAt(i).next) {
    const order = orderAt(i)
    if (order.state == L.STATE_LIVE) noteLimit(order, open)
  }
}
