/** The check of orders as they are given (10.9). */
import { cancelOrder, endOrder } from './ends.ts'
import { wanted } from './fills.ts'
import { commissionFor, equityOf, times } from './money.ts'
import { levelBehind } from './rules.ts'
import { type LiveOrder, type Run, sideOf, wrong } from './state.ts'

export function checkSubmitted(run: Run): void {
  run.sizing = equityOf(run)
  const units = new Map<number, number>()
  let amount = run.cash
  for (const order of run.orders) {
    if (order.createdBar !== run.bar || order.endedBar >= 0) continue
    const price = priceOf(run, order)
    if (Number.isNaN(price)) continue
    const { side, k } = asked(run, order, price, units)
    units.set(order.id, k)
    const all = times(run, run.assets[order.asset], k)
    const leg = { asset: run.assets[order.asset], base: price, price, opens: true }
    const commission = wrong(run, '10.9/commission') ? 0 : commissionFor(run, null, side, k, Math.abs(all * price), leg)
    const left = amount - side * all * price - commission
    if (order.parent === 0 || !wrong(run, '10.9/children'))
      amount = left < 0 && wrong(run, '10.9/stays') ? amount : left
    if (left < 0) refuse(run, order)
  }
}

/** What the order wants, not yet fixed; a child what its parent does. */
function asked(run: Run, order: LiveOrder, price: number, units: Map<number, number>): { side: number; k: number } {
  if (order.parent > 0) return { side: order.side, k: units.get(order.parent) ?? 0 }
  const { position } = run.assets[order.asset]
  const { side, units: k } = wanted(run, run.assets[order.asset], { ...order }, price)
  if (!(k > 0)) return { side, k: 0 }
  if (!order.reduceOnly) return { side, k }
  return { side, k: sideOf(position) === -side ? Math.min(k, Math.abs(position!.q)) : 0 }
}

function priceOf(run: Run, order: LiveOrder): number {
  const { mark } = run.assets[order.asset]
  if (order.type === 'market' || wrong(run, '10.9/price')) return mark
  if (order.type === 'limit') return order.limit
  if (order.type !== 'trailing-stop' && order.type !== 'trailing-limit') return order.stop
  return order.parent > 0
    ? levelBehind(run, run.assets[order.asset], -order.side, mark, order.trail, order.trailFraction)
    : order.level
}

function refuse(run: Run, order: LiveOrder): void {
  const asset = run.assets[order.asset]
  endOrder(run, asset, order, 'rejected', 'insufficient_funds')
  if (order.parent > 0 && !wrong(run, '10.9/bracket')) {
    for (const other of asset.pending.filter((o) => o.parent === order.parent))
      cancelOrder(run, asset, other, 'sibling')
    const parent = asset.pending.find((o) => o.id === order.parent)
    if (parent) cancelOrder(run, asset, parent, 'sibling')
  }
  if (order.group === 0 || wrong(run, '10.9/group')) return
  for (const other of asset.pending.filter((o) => o.group === order.group && o.id < order.id)) {
    if (other.endedBar < 0) cancelOrder(run, asset, other, 'oco')
  }
}
