// Where an order stands in its asset's queue (semantics 10.12): places ascend from the front. Ids are the clock: what has a place by
// being given has its id, in front what closes a position; children get theirs between two ids, when they wake or change. They
// open nothing, so that `basis` has room for it.
import * as L from '../layout'
import { Order } from '../records'
import { run } from './state'

/** A child wakes, or has another level: a limit goes to the end, a stop in front. */
export function placeChild(child: Order): void {
  const now = <f64>(run.nextId - 1) + <f64>(++run.lastPlace) / 2147483648
  child.basis = child.type == L.TYPE_LIMIT ? now : -now
}

/** The place of an order that is awake. */
export function placeOf(order: Order): f64 {
  if (order.parent != 0) return order.basis
  return (order.flags & L.FLAG_CLOSE_ALL) != 0 ? -<f64>order.id : <f64>order.id
}
