import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'

/** What a run ends in whose numbers have left the finite range (semantics 1.8): where, and with which order. */
export function notFinite(lane: Lane, market: Market): FillgridError {
  const bar = lane.i32(L.RUN_FAULT_BAR)
  const order = lane.i32(L.RUN_FAULT_ORDER)
  const time = market.barTime(bar)
  const what = order > 0 ? `order ${order}` : 'the equity, or an exit by rule,'
  return new FillgridError(
    'not_finite',
    `run: numbers must stay finite, found that ${what} left that range at bar ${bar} (${time}). Use smaller sizes or prices: units times price, and their sums, end at 1.8e308.`,
    { bar, time, order },
  )
}
