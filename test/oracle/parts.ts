/** Where the volume of a bar is not enough (3.12). */
import { cancelOrder } from './ends.ts'
import { exitUnits } from './exits.ts'
import { closing, rounded } from './money.ts'
import { type Asset, type LiveOrder, type Position, type Run, type Waiting, wrong } from './state.ts'

/** Nothing has traded yet in this bar, and every order may have its turn. */
export function beginParts(run: Run): void {
  for (const asset of run.assets) {
    asset.traded = 0
    for (const order of asset.pending) order.done = false
  }
}

/** How many of k units may trade: all, a part, or 0. */
export function partOf(run: Run, asset: Asset, k: number): number {
  const share = run.set.participation
  if (share === Number.POSITIVE_INFINITY || wrong(run, '3.12/cap')) return k
  const traded = wrong(run, '3.12/shared') ? 0 : asset.traded
  const left = share * asset.bar!.volume - traded
  if (k - left <= (wrong(run, '3.12/dust') ? 0 : 1e-9 * k)) return k
  if (!(left > 0)) return 0
  return wrong(run, '3.12/rounded') ? left : rounded(run, asset, left)
}

/** The order has had its turn, and more to come. */
export function leaveOrder(run: Run, order: LiveOrder): void {
  // What is looked at once has no more turns (3.14).
  if (order.force !== undefined && !wrong(run, '3.14/rest')) {
    cancelOrder(run, run.assets[order.asset], order, 'not_filled')
    return
  }
  order.done = true
  order.due = false
  order.closed = 0
  const stops = ['stop', 'trailing-stop', 'market-if-touched'].includes(order.type)
  if (!stops || order.status !== 'pending' || wrong(run, '3.12/stop')) return
  order.status = 'triggered'
  run.occurrences.push({ kind: 'order', index: order.id })
}

/** What is left of an exit by rule or time waits; units null for all of the position. */
export function leaveExit(
  run: Run,
  position: Position,
  { place, reason, told = '' }: Pick<Waiting, 'place' | 'reason' | 'told'>,
  units: number | null,
): void {
  if (wrong(run, '3.12/exit')) return
  const { left } = position
  if (left === null || wrong(run, '3.12/sum')) position.left = { place, reason, units, told }
  else left.units = left.units === null || units === null ? null : left.units + units
}

/** At O: what earlier bars have left of the position's exits. */
export function exitLeft(run: Run, asset: Asset, position: Position, open: number): void {
  if (position.left === null) return
  const { units, ...exit } = position.left
  position.left = null
  const held = Math.abs(position.q)
  let k = units === null ? held : closing(run, units, held)
  if (position !== asset.position) k = closing(run, k, Math.abs(asset.position!.q))
  const part = partOf(run, asset, k)
  if (part > 0) exitUnits(run, asset, position, exit, part, open)
  if (part < k) leaveExit(run, position, exit, units === null ? null : k - part)
}
