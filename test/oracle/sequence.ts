/** Orders done one after the other, each in one go, at an open or a close (10.6). */
import { execute, wanted } from './fills.ts'
import { isReduceOnly } from './foreign.ts'
import { reducible } from './lots.ts'
import { times } from './money.ts'
import { type Asset, type LiveOrder, type Run, wrong } from './state.ts'

/** Does the orders of all assets that are found to be due, by id, in the sequence of the run. */
export function inSequence(
  run: Run,
  isDue: (asset: Asset, order: LiveOrder) => boolean,
  base: (asset: Asset, order: LiveOrder) => number,
): void {
  const pending = run.assets.flatMap((asset) => (asset.bar ? asset.pending : []))
  const byId = pending
    .filter((order) => !order.dormant && !order.done && order.sleeps === 0)
    .sort((a, b) => a.id - b.id)
  const due = byId.filter((order) => isDue(run.assets[order.asset], order))
  if (run.set.sequence === 'value' && !wrong(run, '10.6/value')) {
    const values = new Map(due.map((order) => [order, worthOf(run, order, base(run.assets[order.asset], order))]))
    due.sort((a, b) => {
      const x = values.get(a)!
      const y = values.get(b)!
      if (x !== y) return x < y !== wrong(run, '10.6/ascending') ? -1 : 1
      return (wrong(run, '10.6/ties') ? 0 : a.asset - b.asset) || a.id - b.id
    })
  } else if (wrong(run, '10.6/id')) due.sort((a, b) => a.asset - b.asset || a.id - b.id)
  for (const order of due) {
    const asset = run.assets[order.asset]
    if (order.endedBar < 0) execute(run, asset, order, base(asset, order))
    order.atStop = false
  }
}

/** Signed units that an order wants, times the price. */
function worthOf(run: Run, order: LiveOrder, base: number): number {
  const asset = run.assets[order.asset]
  const q = reducible(run, asset, order)?.q ?? 0
  const { side, units } = wanted(run, asset, order, base)
  if (!(units > 0)) return 0
  if (!isReduceOnly(run, order)) return times(run, asset, side * units) * base
  return side * q < 0 ? times(run, asset, side * Math.min(units, Math.abs(q))) * base : 0
}
