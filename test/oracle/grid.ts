/** The grid of prices of an asset with a tick size (1.10), and the limits of what an entry may open (3.2). */
import { times } from './money.ts'
import { type Asset, type LiveOrder, type Run, wrong } from './state.ts'
import type { OrderReason } from './types.ts'

/** The whole number next to x / tick, and whether x is on the grid. */
function nearest(run: Run, x: number, tick: number): { n: number; m: number; on: boolean } {
  const n = x / tick
  const m = Math.trunc(n < 0 ? n - 0.5 : n + 0.5)
  const tolerance = wrong(run, '1.10/tolerance') ? 0 : 1e-9 + 1e-15 * Math.abs(n)
  return { n, m, on: Math.abs(n - m) <= tolerance }
}

/** The price of a whole number of ticks. */
function priceAt(run: Run, m: number, tick: number): number {
  const whole = Math.trunc(1 / tick + 0.5)
  const counts = whole >= 1 && Math.abs(1 / tick - whole) <= 1e-9 * whole
  return (counts && !wrong(run, '1.10/whole') ? m / whole : m * tick) + 0
}

/** A price that was worked out, rounded up or down to the grid (1.10). */
export function toGrid(run: Run, asset: Asset, x: number, up: boolean): number {
  const { tick } = asset.instrument
  if (tick === 0 || Number.isNaN(x)) return x
  const { n, m, on } = nearest(run, x, tick)
  if (Math.abs(n) >= 2 ** 53) return x
  if (on) return priceAt(run, m, tick)
  return priceAt(run, up !== wrong(run, '1.10/side') ? Math.ceil(n) : Math.floor(n), tick)
}

/** A price that somebody named, which the grid does not have; NaN names none. */
export function isOffGrid(run: Run, { instrument: { tick } }: Asset, price: number): boolean {
  if (tick === 0 || Number.isNaN(price) || wrong(run, '1.10/given')) return false
  return !nearest(run, price, tick).on
}

/** Why what an order is to open, k units, is outside the limits of its asset, or null (3.2). */
export function limitOf(run: Run, asset: Asset, order: LiveOrder, k: number, base: number): OrderReason | null {
  const { minimum, notional, maximum } = asset.instrument
  const value = (wrong(run, '3.2/notional-multiplier') ? k : times(run, asset, k)) * Math.abs(base)
  // An order that has opened a part was large enough (3.12).
  const first = order.opened === 0 || wrong(run, '3.12/minimum')
  if (first && minimum - k > 1e-9 * minimum && !wrong(run, '3.2/minimum')) return 'below_minimum'
  if (first && notional - value > 1e-9 * notional && !wrong(run, '3.2/notional')) return 'below_minimum'
  const all = wrong(run, '3.12/maximum') ? k : order.opened + k
  if (all - maximum > 1e-9 * maximum && !wrong(run, '3.2/maximum')) return 'above_maximum'
  return null
}
