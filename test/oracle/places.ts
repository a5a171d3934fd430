/** Where an order stands in its asset's queue (10.12): places ascend from the front. */
import { type LiveOrder, type Run, wrong } from './state.ts'

export function placeAtEnd(run: Run, order: LiveOrder): void {
  run.places++
  order.place = run.places
}

export function placeInFront(run: Run, order: LiveOrder): void {
  run.places++
  order.place = -run.places
}

/** A child wakes, or has another level. */
export function placeChild(run: Run, child: LiveOrder): void {
  if (run.set.matching !== 'queue') return
  const front = child.type === 'limit' ? wrong(run, '10.12/target') : !wrong(run, '10.12/front')
  if (front) placeInFront(run, child)
  else placeAtEnd(run, child)
}
