/** Orders that wait for another one to fill (3.16). */
import { cancelOrder, lookFirst, rest } from './ends.ts'
import { isLimit, trailStart, trails, trailTo } from './rules.ts'
import { type Asset, type LiveOrder, type Run, wrong } from './state.ts'

/** Whether an order that is being given sleeps until another one fills. */
export function waits(run: Run, order: LiveOrder): boolean {
  if (order.after === 0 || wrong(run, '3.16/waits')) return false
  const other = run.orders[order.after - 1]
  return !(other.endedBar < 0 && other.filled > 0)
}

function isWaiting(order: LiveOrder): boolean {
  return order.dormant && order.parent === 0
}

/** The order is awake, at this price of its asset. */
function wake(run: Run, asset: Asset, order: LiveOrder, price: number): void {
  order.dormant = false
  if (trails(order) && !(run.set.trailFollows === 'close' && !Number.isNaN(order.water))) {
    order.startedBar = run.phase === 'close' ? -1 : run.bar
    const from = wrong(run, '3.16/trail') ? order.signal : price
    if (!Number.isNaN(from)) trailTo(run, order, asset.bar ? trailStart(run, asset, -order.side, from) : from)
  }
  if (run.phase === 'close' || !asset.bar || !isLimit(order)) return
  if (!wrong(run, '3.16/post-only')) lookFirst(run, asset, order, price)
  if (!wrong(run, '3.16/rests')) rest(order, price)
}

/** An order has filled in the range: what waits for it in its asset is awake (5.4). */
export function wakeBehind(run: Run, asset: Asset, order: LiveOrder, base: number): void {
  if (run.phase !== 'range' || wrong(run, '3.16/range')) return
  for (const other of [...asset.pending])
    if (isWaiting(other) && other.after === order.id) wake(run, asset, other, base)
}

/** An order has ended with nothing: what waits for it in its asset ends before it. */
export function endBehind(run: Run, asset: Asset, order: LiveOrder): void {
  if (order.filled > 0 || wrong(run, '3.16/ends')) return
  for (const other of [...asset.pending])
    if (other.endedBar < 0 && isWaiting(other) && other.after === order.id) cancelOrder(run, asset, other, 'parent')
}

/** A phase is over: all that waits for what has filled in it is awake, or ends with what has ended. */
export function settleWaits(run: Run): void {
  for (const order of run.orders) {
    if (order.endedBar >= 0) continue
    if (!isWaiting(order)) continue
    const asset = run.assets[order.asset]
    const other = run.orders[order.after - 1]
    const price = run.phase === 'open' && asset.bar ? asset.bar.open : asset.mark
    if (other.filled > 0) {
      if (!wrong(run, '3.16/phase')) wake(run, asset, order, price)
    } else if (other.endedBar >= 0) cancelOrder(run, asset, order, 'parent')
  }
}
