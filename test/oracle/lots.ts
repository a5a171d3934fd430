/** Lots: first in, first out, each with rules and children of its own (10.13). */
import { isReduceOnly } from './foreign.ts'
import { closing } from './money.ts'
import { add, open, writeTrade } from './positions.ts'
import { type Asset, type LiveOrder, type Position, type Run, wrong } from './state.ts'
import { endTrip } from './trips.ts'
import type { FillReason } from './types.ts'

/** The lot that an order is bound to; null where it is bound to none, or that is gone. */
export function lotOf(run: Run, asset: Asset, order: LiveOrder | null): Position | null {
  if (order === null || order.lot === 0 || !isReduceOnly(run, order) || wrong(run, '10.13/children')) return null
  return asset.position?.lots.find(({ number }) => number === order.lot) ?? null
}

/** What an order may reduce: the position, or its lot of it. */
export function reducible(run: Run, asset: Asset, order: LiveOrder): Position | null {
  const bound = order.lot > 0 && isReduceOnly(run, order) && !wrong(run, '10.13/children')
  return bound ? lotOf(run, asset, order) : asset.position
}

/** An order that is bound to a lot which is gone. */
export function isOrphan(run: Run, asset: Asset, order: LiveOrder): boolean {
  if (order.lot === 0 || order.dormant || !isReduceOnly(run, order) || wrong(run, '10.13/gone')) return false
  return !asset.position?.lots.some(({ number }) => number === order.lot)
}

/** k units of an order open a lot, or add to its own. */
export function openLot(
  run: Run,
  asset: Asset,
  order: LiveOrder,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
): void {
  const was = asset.position
  const own = was?.lots.find(({ number }) => number === order.lot && !wrong(run, '10.13/parts'))
  if (own) add(run, asset, own, order, k, price, base, commission)
  const lot = own ?? newLot(run, asset, order, s, k, price, base, commission)
  if (was === null)
    asset.position = { ...lot, chain: [], waiting: [], left: null, timeDue: [], gone: [], movedStop: null, lots: [lot] }
  else {
    was.q = was.q + s * k
    if (!own) was.lots.push(lot)
  }
}

function newLot(
  run: Run,
  asset: Asset,
  order: LiveOrder,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
): Position {
  const adds = asset.position !== null && wrong(run, '10.13/rules')
  const lot = open(run, asset, adds ? { ...order, rules: null } : order, s, k, price, base, commission)
  asset.lotCount++
  lot.number = asset.lotCount
  if (asset.position && wrong(run, '7.10/lots')) lot.trip = asset.position.trip
  order.lot = lot.number
  return lot
}

/** k units of a position are closed: those of one lot, or first in, first out. */
export function reduceLots(
  run: Run,
  asset: Asset,
  bound: Position | null,
  order: LiveOrder | null,
  s: number,
  k: number,
  price: number,
  base: number,
  commission: number,
  reason: FillReason,
  told: string,
): void {
  const position = asset.position!
  const all = k === Math.abs(position.q)
  if (!all) position.q = position.q + s * k
  let left = k
  for (const lot of all || bound === null ? inTurn(run, position) : [bound]) {
    const u = Math.abs(lot.q)
    const last = position.lots.length === 1
    let given = left
    let gone = true
    if (all) given = last ? left : Math.min(u, left)
    else if (last || u - left > (wrong(run, '10.13/dust') ? 0 : 1e-9 * u)) gone = false
    else if (left - u > 1e-9 * u) given = u
    if (given > 0) {
      const share = gone ? lot.held : (lot.held * given) / u
      const paid = given === k || wrong(run, '10.13/commission') ? commission : (commission * given) / k
      writeTrade(run, asset, lot, order, given, price, base, paid, share, reason, told)
    }
    if (gone) {
      position.lots = position.lots.filter((other) => other !== lot)
      endTrip(run, lot)
    } else lot.q = last ? position.q : lot.q + s * given
    left = left - given
    if (!gone || (!all && !(given === u && left > 0))) break
  }
  if (all) asset.position = null
  else if (position.lots.length === 1 && !wrong(run, '10.13/only')) position.lots[0].q = position.q
}

function inTurn(run: Run, { lots }: Position): Position[] {
  return wrong(run, '10.13/fifo') ? [...lots].reverse() : [...lots]
}

/** Units that may be closed of a lot: those within dust of all are all. */
export function closingOfLot(run: Run, asset: Asset, k: number): number {
  return closing(run, k, Math.abs(asset.position!.q))
}
