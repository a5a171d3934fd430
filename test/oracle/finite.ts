/** Numbers that leave the finite range end the run (1.8). */
import { type Asset, holdings, type LiveOrder, type Run, wrong } from './state.ts'

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

/** After each fill that counts: the pnl of its trades, from row `trades` on, the cash, the position and its average price. */
export function checkFill(run: Run, asset: Asset, order: LiveOrder | null, trades: number): void {
  if (run.trying || wrong(run, '1.8/fills')) return
  const numbers = [run.cash]
  if (run.trades.length > trades && !wrong(run, '1.8/pnl'))
    for (const { pnl } of run.trades.slice(trades)) numbers.push(pnl)
  if (asset.position) numbers.push(asset.position.q, ...holdings(asset.position).map(({ average }) => average))
  if (!numbers.every(Number.isFinite)) fail(run, order && !wrong(run, '1.8/order') ? order.id : 0)
}

/** At the close of a bar, before the hook and when equity[t] is written (2.3, 2.6). */
export function checkEquity(run: Run, equity: number): void {
  if (!Number.isFinite(equity) && !wrong(run, '1.8/equity')) fail(run, 0)
}
