/** Guards: what refuses entries beside the account, and closes positions after a drawdown (6.7 to 6.10). */
import { shown } from './clock.ts'
import { equityOf, exposureOf, times } from './money.ts'
import { type Asset, holdings, type Run, wrong } from './state.ts'
import type { OrderReason } from './types.ts'

/** What guards remember; never changed in place, so that a path that was tried is undone by putting it back. */
export interface Guards {
  halted: boolean
  peak: number
  /** By asset, or of the account as number -1: losing trades in a row, and the last bar of the pause. */
  rows: ReadonlyMap<number, number>
  pauses: ReadonlyMap<number, number>
  /** The day has lost so much, since its start (6.13). */
  stopped: boolean
  start: number
}

/** Why the guards refuse that an asset opens k units; null where they do not. */
export function refusedByGuards(run: Run, asset: Asset, k: number, base: number): OrderReason | null {
  const { set, guards } = run
  if (guards.halted && !wrong(run, '6.9/entries')) return 'drawdown_halt'
  if (wrong(run, '6.7/order') && tooMuch(run, asset, k, base)) return 'exposure_limit'
  if (guards.stopped && !wrong(run, '6.13/entries') && !wrong(run, '6.7/day')) return 'loss_a_day'
  const last = guards.pauses.get(ownerOf(run, asset))
  if (last !== undefined && run.bar <= last && !wrong(run, '6.8/entries')) return 'loss_pause'
  const held = run.assets.filter(({ position }) => position !== null).length
  const opens = asset.position === null || wrong(run, '6.10/adding')
  if (set.maxPositions > 0 && opens && held >= set.maxPositions && !wrong(run, '6.10/positions')) return 'max_positions'
  if (tooMuch(run, asset, k, base)) return 'exposure_limit'
  return guards.stopped && !wrong(run, '6.13/entries') ? 'loss_a_day' : null
}

function tooMuch(run: Run, asset: Asset, k: number, base: number): boolean {
  if (!(run.set.maxExposure > 0) || wrong(run, '6.10/exposure')) return false
  const all = wrong(run, '6.10/multiplier') ? k : times(run, asset, k)
  const gross = exposureOf(run) + (wrong(run, '6.10/entry') ? 0 : all * Math.abs(base))
  return !(gross <= run.set.maxExposure * equityOf(run))
}

function ownerOf(run: Run, asset: Asset): number {
  return run.set.lossPause.type === 'asset' && !wrong(run, '6.8/owner') ? asset.index : -1
}

/** A trade counts for the pause (6.8). */
export function countTrade(run: Run, asset: Asset, pnl: number): void {
  const pause = run.set.lossPause
  if (pause.type === 'none') return
  const owner = ownerOf(run, asset)
  const losing = wrong(run, '6.8/zero') ? pnl <= 0 : pnl < 0
  const before = run.guards.rows.get(owner) ?? 0
  const row = losing ? before + 1 : wrong(run, '6.8/row') ? before : 0
  const pauses = row > 0 && row >= pause.losses
  run.guards = {
    ...run.guards,
    rows: new Map(run.guards.rows).set(owner, pauses && !wrong(run, '6.8/anew') ? 0 : row),
    pauses: pauses
      ? new Map(run.guards.pauses).set(owner, run.bar + pause.bars - (wrong(run, '6.8/bars') ? 1 : 0))
      : run.guards.pauses,
  }
}

/** The date on which a bar starts by the clocks of the zone. */
function dayOf(run: Run, bar: number): string {
  const { lossADay, zone } = run.set
  const own = lossADay.type === 'none' ? undefined : lossADay.zone
  return shown(run, bar, wrong(run, '6.13/zone') ? 'UTC' : (own ?? zone)).date
}

/** A bar begins (6.13). */
export function beginDay(run: Run): void {
  if (run.bar > 0 && (dayOf(run, run.bar) === dayOf(run, run.bar - 1) || wrong(run, '6.13/day'))) return
  const start = wrong(run, '6.13/start') ? run.set.cash : (run.equity.at(-1) ?? run.set.cash)
  run.guards = { ...run.guards, stopped: false, start }
}

/** The close before the hook, behind the halt (6.13). */
export function checkDay(run: Run): void {
  const { lossADay } = run.set
  const { start, stopped } = run.guards
  if (lossADay.type === 'none' || run.bust) return
  const equity = equityOf(run)
  const lost =
    lossADay.type === 'amount'
      ? equity <= start - lossADay.amount
      : start > 0 && equity <= start * (1 - lossADay.fraction)
  run.guards = { ...run.guards, stopped: lost || (stopped && !wrong(run, '6.13/cured')) }
  if (!lost || stopped || lossADay.action !== 'close' || wrong(run, '6.13/close')) return
  closeAll(run)
}

/** The close before the hook (6.9). */
export function checkHalt(run: Run): void {
  const halt = run.set.drawdownHalt
  if (halt.type === 'none' || run.bust) return
  const equity = equityOf(run)
  const { peak, halted } = run.guards
  const now = wrong(run, '6.9/peak') ? peak : Math.max(peak, equity)
  const below = equity < now * (1 - halt.fraction)
  const cured = halt.type === 'until-cured' && !wrong(run, '6.9/cured')
  run.guards = { ...run.guards, peak: now, halted: below || (halted && !cured) }
  if (halt.type !== 'close' || !below || halted || wrong(run, '6.9/close')) return
  closeAll(run)
}

/** Everything is closed at its next O, what waits for that already once. */
function closeAll(run: Run): void {
  for (const position of run.assets.flatMap((asset) => holdings(asset.position))) {
    if (position.waiting.some(({ reason }) => reason === 'halt')) continue
    position.waiting.push({ place: -1, reason: 'halt', action: { type: 'exit' }, mode: 'next-open' })
  }
}
