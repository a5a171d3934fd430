/** Assets that are not listed yet, and assets that have ended (3.11). */
import { cancelOrder, endOrder } from './ends.ts'
import { fill } from './fills.ts'
import { type Asset, cover, type LiveOrder, type Run, sideOf, wrong } from './state.ts'
import type { OrderReason } from './types.ts'

/** What ends with this bar, assets in their order: a position where the setting says so, then the orders. */
export function endAssets(run: Run): void {
  for (const asset of run.assets) {
    if (asset.ends !== run.bar) continue
    const { position } = asset
    if (position && run.set.ended === 'close' && !wrong(run, '3.11/close')) {
      // The mark is the last C that the asset had.
      const s = -sideOf(position)
      const slip = wrong(run, '3.11/slip') ? s * Number.POSITIVE_INFINITY : null
      fill(run, asset, null, s, Math.abs(position.q), asset.mark, slip, 'ended')
    }
    if (!wrong(run, '3.11/pending')) endAll(run, 'delisted', asset)
  }
}

/** Ends pending orders, all or those of one asset, by id, children before their parent (2.6, 3.11, 7.7). */
export function endAll(run: Run, reason: OrderReason, only?: Asset): void {
  for (const order of run.orders) {
    const asset = run.assets[order.asset]
    if (order.endedBar >= 0 || (only !== undefined && asset !== only)) continue
    endWith(run, asset, order, reason)
  }
}

/** Its children first, then what waits for it in its asset (3.16). */
function endWith(run: Run, asset: Asset, order: LiveOrder, reason: OrderReason): void {
  for (const id of order.children) {
    if (run.orders[id - 1].endedBar < 0) endWith(run, asset, run.orders[id - 1], reason)
  }
  for (const other of [...asset.pending]) {
    const waits = other.dormant && other.parent === 0 && other.after === order.id
    if (waits && order.filled === 0) endWith(run, asset, other, reason)
  }
  cancelOrder(run, asset, order, reason)
}

/** Refuses an order that was just given for an asset that has ended, or, where the setting says so, is not listed. */
export function refuseByListing(run: Run, asset: Asset, order: LiveOrder): boolean {
  if (run.bar >= asset.ends && !wrong(run, '3.11/given')) {
    endOrder(run, asset, order, 'rejected', 'delisted')
    return true
  }
  if (run.bar >= asset.first) return false
  cover(run, '3.11')
  const rejects = run.set.notListed === 'reject' && !wrong(run, '3.11/wait')
  if (rejects || !wrong(run, '3.11/count')) run.unlisted++
  if (rejects) endOrder(run, asset, order, 'rejected', 'not_listed')
  return rejects
}
