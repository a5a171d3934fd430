/** Numbers that leave the finite range end the run (1.8). */
import { type Asset, type LiveOrder, type Run, wrong } from './state.ts'

class Fault extends Error {}

function fail(run: Run, order: number): never {
  run.fault = { bar: run.bar, order }
  run.ended = true
  throw new Fault('not finite')
}

/** Does what a step does; false where a fault ended the run. */
export function guarded(step: () => boolean): boolean {
  try {
    return step()
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** After each fill that counts: its pnl, the cash, the position and its average price. */
export function checkFill(run: Run, asset: Asset, order: LiveOrder | null, closes: boolean): void {
  if (run.trying || wrong(run, '1.8/fills')) return
  const numbers = [run.cash]
  if (closes && !wrong(run, '1.8/pnl')) numbers.push(run.trades[run.trades.length - 1].pnl)
  if (asset.position) numbers.push(asset.position.q, asset.position.average)
  if (!numbers.every(Number.isFinite)) fail(run, order && !wrong(run, '1.8/order') ? order.id : 0)
}

/** At the close of a bar, before the hook and when equity[t] is written (2.3, 2.6). */
export function checkEquity(run: Run, equity: number): void {
  if (!Number.isFinite(equity) && !wrong(run, '1.8/equity')) fail(run, 0)
}
