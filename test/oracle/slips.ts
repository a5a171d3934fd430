/** Which fills slip and how far (7.1, 10.3). */
import { barOf } from './money.ts'
import { type Asset, type LiveOrder, type Run, wrong } from './state.ts'

/** How far a fill may slip at most: a price, infinite for as far as it goes; null where it does not slip at all. */
export type Slip = number | null

/** Of a leg of an order. */
export function slipOf(run: Run, asset: Asset, order: LiveOrder, s: number, base: number, opens: boolean): Slip {
  const limit =
    ['limit', 'stop-limit', 'limit-if-touched', 'trailing-limit'].includes(order.type) ||
    (order.type === 'market-if-touched' && wrong(run, '3.13/slips'))
  const none = limit && wrong(run, '10.3/limits')
  switch (run.set.slips) {
    case 'plain':
    case 'orders':
      return limit && !wrong(run, '7.1/limits') ? null : s * Number.POSITIVE_INFINITY
    case 'entries':
      return (opens || wrong(run, '10.3/exits')) && !none ? s * Number.POSITIVE_INFINITY : null
    case 'limits':
      return limit && wrong(run, '10.3/all') ? null : s * Number.POSITIVE_INFINITY
  }
  const bar = capOf(run, asset, s)
  if (!limit) return bar
  if (none) return null
  if (wrong(run, '10.3/limit') || (isAtStop(asset, order, s, base) && !wrong(run, '10.3/stop'))) return bar
  return s > 0 ? Math.min(bar, order.limit) : order.limit
}

/** Of an exit that no order asks for. */
export function exitSlip(run: Run, asset: Asset, s: number, target: boolean): Slip {
  if (target && !wrong(run, '7.1/limits')) return null
  if (run.set.slips === 'plain' || run.set.slips === 'limits') return s * Number.POSITIVE_INFINITY
  if (run.set.slips === 'orders') return wrong(run, '10.3/orders') ? s * Number.POSITIVE_INFINITY : null
  if (run.set.slips === 'entries') return wrong(run, '10.3/exits') ? s * Number.POSITIVE_INFINITY : null
  return capOf(run, asset, s)
}

/** The high for buys, the low for sells: of the bar, or of the asset's next one for what was given at this close. */
function capOf(run: Run, asset: Asset, s: number): number {
  if (wrong(run, '10.3/bar')) return s * Number.POSITIVE_INFINITY
  let { bar } = asset
  if (run.set.slips === 'capped-ahead' && run.ownClose && !wrong(run, '10.3/ahead')) {
    bar = null
    for (let t = run.bar + 1; t < run.market.bars && bar === null; t++) bar = barOf({ ...run, bar: t }, asset.index)
  }
  if (bar === null) return s * Number.POSITIVE_INFINITY
  return s > 0 ? bar.high : bar.low
}

/** The range has reached the stop, and the limit lies at or beyond it: filled there. */
function isAtStop(asset: Asset, order: LiveOrder, s: number, base: number): boolean {
  const { stop, limit, type } = order
  if (type !== 'stop-limit' || base !== stop) return false
  return s > 0 ? limit >= stop && asset.bar!.open < stop : limit <= stop && asset.bar!.open > stop
}
