/** What orders and exits are paid from where it is not `account` (10.4). Nothing here changes the run. */
import { affordable } from './cuts.ts'
import { commissionFor, fillPrice, need, rounded, type Traded, times } from './money.ts'
import { cover, type LiveOrder, type Run, wrong } from './state.ts'
import type { OrderReason } from './types.ts'

/** So many units of a leg. */
export interface Leg extends Traded {
  units: number
}

/** Cash that short positions do not lock, at most the cash. */
function freeCash(run: Run): number {
  if (wrong(run, '10.4/lock')) return run.cash
  let locked = 0
  for (const asset of run.assets) {
    const { position } = asset
    if (position && position.q < 0) locked = locked + Math.abs(times(run, asset, position.q)) * position.average
  }
  return Math.min(run.cash - 2 * locked, run.cash)
}

/** Funds of a leg that closes a short position under `lock`. */
function unlocked(run: Run, { asset, order, base, slip, makes }: Leg): number {
  const free = freeCash(run)
  if (wrong(run, '10.4/unlock')) return free
  const position = asset.position!
  const held = Math.abs(position.q)
  const all = times(run, asset, held)
  const fill = fillPrice(run, asset, 1, held, base, slip, false)
  const cost =
    all * fill +
    commissionFor(run, order, 1, held, Math.abs(all * fill), { asset, base, price: fill, opens: false }, makes)
  const brought = 2 * (all * position.average)
  const enough = free + brought - cost >= 0 || wrong(run, '10.4/scarce')
  return Math.min(enough ? free + brought : (cost * free) / (cost - brought), run.cash)
}

/** The need of all of a leg is met. */
function fits(run: Run, needed: number, funds: number): boolean {
  if (needed <= funds) return true
  if (run.set.funds === 'credit' || wrong(run, '10.4/tolerance')) return false
  return needed - 1e-9 * Math.abs(needed) <= funds
}

/** The part of a leg that the funds allow; 0 where it is next to nothing. */
function cut(run: Run, leg: Leg, funds: number): number {
  const { asset, side, units, base, slip } = leg
  const { slippage } = run.set
  const volume = asset.bar ? asset.bar.volume : 0
  if (base < 0) return 0
  let most = units
  if (side < 0) {
    const turns = slip !== null && slippage.type === 'volume-share' && slippage.rate > 0.5 && volume > 0
    if (turns && !wrong(run, '10.4/turns')) most = Math.min(most, volume / (2 * slippage.rate))
  }
  const part = affordable(run, leg, most, funds)
  return part > 0 && part >= 1e-9 * units ? part : 0
}

/** The units that an opening leg may have, or why it may have none. */
export function openingUnits(run: Run, leg: Leg, order: LiveOrder): number | OrderReason {
  const { asset, side, units, base, slip } = leg
  const { funds, shortfall } = run.set
  if (side < 0 && funds === 'vectorbt' && !wrong(run, '10.4/sales')) return units
  if (side < 0 && funds === 'credit') {
    if (wrong(run, '10.4/below')) return units
    const fill = fillPrice(run, asset, side, units, base, slip, true)
    const value = times(run, asset, units) * fill
    const commission = commissionFor(run, order, side, units, Math.abs(value), {
      asset,
      base,
      price: fill,
      opens: true,
    })
    const brings = wrong(run, '10.4/credit') ? -value : value
    return commission - brings <= run.cash ? units : 'insufficient_funds'
  }
  const available = funds === 'lock' ? freeCash(run) : run.cash
  const from = wrong(run, '10.4/now') && run.phase === 'range' ? Math.min(run.funds, available) : available
  if (fits(run, need(run, leg, units), from)) return units
  const inUnits = order.size === 'units' || order.size === 'target-units'
  if (shortfall === 'reject' || (shortfall === 'auto' && inUnits)) return 'insufficient_funds'
  return cut(run, leg, from) || 'insufficient_funds'
}

/** The units that a closing leg may have; 0 for none. */
export function closingUnits(run: Run, leg: Leg): number {
  const { asset, side, units } = leg
  const { funds } = run.set
  if (funds === 'account' || funds === 'credit' || side < 0 || wrong(run, '10.4/covers')) return units
  const available = funds === 'lock' ? unlocked(run, leg) : run.cash
  if (fits(run, need(run, leg, units), available)) return units
  if (run.set.shortfall === 'reject' && wrong(run, '10.4/shortfall')) return 0
  cover(run, '10.4')
  const part = cut(run, leg, available)
  return wrong(run, '10.4/largest') ? rounded(run, asset, part * 0.999) : part
}
