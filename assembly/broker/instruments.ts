// What an asset is traded in (semantics 1.9): columns of the market by asset, 0 where no asset has one. Runs without them pass
// each of these functions with one question about the run.
import * as L from '../layout'
import { DUST, MANY_STEPS, at, run } from './state'

/** Distance between the prices that orders of an asset may name; 0 is any price. */
// @ts-ignore: decorator
@inline export function tickOf(asset: i32): f64 {
  return run.ticks ? load<f64>(at(run.ticks, asset)) : 0
}

/** What a pip of the asset is, price; 0 where it has none. */
// @ts-ignore: decorator
@inline export function pipOf(asset: i32): f64 {
  return run.pips ? load<f64>(at(run.pips, asset)) : 0
}

/** Quantity step of the asset, else the run's (3.2). */
// @ts-ignore: decorator
@inline export function stepOf(asset: i32): f64 {
  return run.steps ? ownStep(asset) : run.quantityStep
}

function ownStep(asset: i32): f64 {
  const step = load<f64>(at(run.steps, asset))
  return step == step ? step : run.quantityStep
}

/** Units rounded toward zero to the quantity step of their asset (3.2). */
// @ts-ignore: decorator
@inline export function rounded(asset: i32, units: f64): f64 {
  const step = stepOf(asset)
  if (!(step > 0)) return units
  const steps = units / step
  return steps < MANY_STEPS ? Math.trunc(steps + DUST) * step : units
}

// ---- multipliers (1.2) -------------------------------------------------------------------------

/** K of k units, or Q of q: times the multiplier of their asset, what they move in currency with a price. */
// @ts-ignore: decorator
@inline export function times(asset: i32, units: f64): f64 {
  return run.multipliers ? units * load<f64>(at(run.multipliers, asset)) : units
}

/** Q of a position. Where no asset has a multiplier the column is that of the quantities. */
// @ts-ignore: decorator
@inline export function holdingOf(asset: i32): f64 {
  return load<f64>(at(run.holdings, asset))
}

/** The units of a position, signed, and its Q. */
// @ts-ignore: decorator
@inline export function putQuantity(asset: i32, quantity: f64): void {
  store<f64>(at(run.quantities, asset), quantity)
  if (run.multipliers) store<f64>(at(run.holdings, asset), times(asset, quantity))
}

// ---- limits (3.2) ------------------------------------------------------------------------------

/** Why an entry of k units, of which earlier turns have opened some, is outside the limits of its asset; END_NONE where it is not. */
// @ts-ignore: decorator
@inline export function limitOf(asset: i32, k: f64, opened: f64, base: f64): i32 {
  return run.limits ? brokenLimit(asset, k, opened, base) : L.END_NONE
}

function brokenLimit(asset: i32, k: f64, opened: f64, base: f64): i32 {
  const limits = run.limits
  const assets = run.assets
  const minimum = load<f64>(at(limits, asset))
  const notional = load<f64>(at(limits, asset + assets))
  const maximum = load<f64>(at(limits, asset + 2 * assets))
  const small = minimum - k > 1e-9 * minimum || notional - times(asset, k) * Math.abs(base) > 1e-9 * notional
  // An order that was large enough is, whatever it has left (3.12).
  if (small && opened == 0) return L.END_BELOW_MINIMUM
  return opened + k - maximum > 1e-9 * maximum ? L.END_ABOVE_MAXIMUM : L.END_NONE
}

// ---- the grid of prices (1.10) -----------------------------------------------------------------

/** From so many ticks on the tick is finer than doubles of that size: 2^53. */
const MANY_TICKS: f64 = 9007199254740992

/** A price that was worked out, rounded up or down to the grid of its asset. */
// @ts-ignore: decorator
@inline export function toGrid(asset: i32, price: f64, up: bool): f64 {
  return run.ticks ? gridPrice(asset, price, up) : price
}

/** Somebody has named a price that the grid of the asset does not have; NaN names none. */
// @ts-ignore: decorator
@inline export function isOffGrid(asset: i32, price: f64): bool {
  return run.ticks != 0 && price == price && isBetween(asset, price)
}

/** The whole number next to so many ticks. */
// @ts-ignore: decorator
@inline function nearestTick(ticks: f64): f64 {
  return Math.trunc(ticks < 0 ? ticks - 0.5 : ticks + 0.5)
}

// @ts-ignore: decorator
@inline function isWhole(ticks: f64, near: f64): bool {
  return Math.abs(ticks - near) <= 1e-9 + 1e-15 * Math.abs(ticks)
}

function gridPrice(asset: i32, price: f64, up: bool): f64 {
  const tick = tickOf(asset)
  const ticks = price / tick
  // Also where there is no tick, or no price.
  if (!(Math.abs(ticks) < MANY_TICKS)) return price
  const near = nearestTick(ticks)
  const n = isWhole(ticks, near) ? near : up ? Math.ceil(ticks) : Math.floor(ticks)
  // Where 1 is a whole number of ticks the price is the quotient, which has no rounding of the tick in it.
  const inOne = load<f64>(at(run.ticks, asset + run.assets))
  // Plus 0, as there is one 0: paths are compared by their bits.
  return (inOne > 0 ? n / inOne : n * tick) + 0
}

function isBetween(asset: i32, price: f64): bool {
  const tick = tickOf(asset)
  if (tick == 0) return false
  const ticks = price / tick
  return !isWhole(ticks, nearestTick(ticks))
}
