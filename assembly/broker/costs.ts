// Prices of fills and commission (semantics 7.1, 7.2): one formula each, chosen by code; and what an entry needs with them (7.5).
import * as L from '../layout'
import { Charges, Order } from '../records'
import { otherPrice, slipsOtherwise } from './caps'
import { pipOf, tickOf, times, toGrid } from './instruments'
import { ownCost } from './owncosts'
import { barValue, run, scaled } from './state'

/** What `k` units of an order trade at, of a leg that opens or closes. */
// @ts-ignore: decorator
@inline export function orderPrice(order: Order, s: f64, k: f64, base: f64, opens: bool): f64 {
  if (run.pricing == L.PRICING_BASE) return base
  return run.slips == L.SLIPS_PLAIN ? priceBy(order.asset, s, k, base, doesSlip(order), opens) : otherPrice(order, s, k, base, opens)
}

/** The same of what slips and is no order in the pool. */
// @ts-ignore: decorator
@inline export function marketPrice(asset: i32, s: f64, k: f64, base: f64, opens: bool): f64 {
  return run.pricing == L.PRICING_BASE ? base : priceBy(asset, s, k, base, true, opens)
}

/** Base price, moved by impact, then by slippage and spread, and rounded; what would make it non-positive is not applied (7.1). */
export function priceBy(asset: i32, s: f64, k: f64, base: f64, slips: bool, opens: bool): f64 {
  if (run.pricing == L.PRICING_SLIPPAGE) return slips ? slippedBy(run.slippageType, asset, s, k, base) : base
  const p = slips ? moved(asset, s, k, base, opens) : base
  const amount = spreadAmount(asset, base, slips, opens)
  const price = onGrid(asset, s, (slips ? slippedFrom(asset, s, k, base, p, opens) : p) + s * amount, base)
  if (!(p > 0 && price <= 0)) return price
  const least = onGrid(asset, s, p, base)
  return least > 0 ? least : base
}

/** A price that is not the base price any more, rounded against the trader (1.10). */
// @ts-ignore: decorator
@inline function onGrid(asset: i32, s: f64, price: f64, base: f64): f64 {
  return price != base ? toGrid(asset, price, s > 0) : price
}

function slippedBy(type: i32, asset: i32, s: f64, k: f64, base: f64): f64 {
  const price = onGrid(asset, s, unchecked(type, asset, s, k, base), base)
  return base > 0 && price <= 0 ? base : price
}

/** The price that slippage makes of `p`. A run whose slippage is its own prices everything here. */
// @ts-ignore: decorator
@inline function slippedFrom(asset: i32, s: f64, k: f64, base: f64, p: f64, opens: bool): f64 {
  if (!run.ownCosts || run.slippageType != L.SLIPPAGE_OWN) return unchecked(run.slippageType, asset, s, k, p)
  return p + s * ownCost(L.COST_SLIPPAGE, asset, s, k, base, p, Math.abs(times(asset, k) * p), opens, false)
}

// @ts-ignore: decorator
@inline function unchecked(type: i32, asset: i32, s: f64, k: f64, base: f64): f64 {
  if (type == L.SLIPPAGE_FRACTION) return scaled(base, s * run.slippageA)
  if (type == L.SLIPPAGE_PER_UNIT) return base + s * run.slippageA
  if (type == L.SLIPPAGE_VOLUME_SHARE) return scaled(base, s * run.slippageA * shareOf(asset, k))
  return slippedByBar(type, asset, s, base)
}

/** What a leg pays of the spread, in price: half of it where it slips, or all of it where it opens. */
export function spreadAmount(asset: i32, base: f64, slips: bool, opens: bool): f64 {
  if (run.spreadType == L.SPREAD_NONE) return 0
  if (run.spreadCharge == L.CHARGE_ENTRY) return opens ? spreadOf(asset, base) : 0
  return slips ? 0.5 * spreadOf(asset, base) : 0
}

function spreadOf(asset: i32, base: f64): f64 {
  if (run.spreadType == L.SPREAD_FIXED) return run.spreadA
  if (run.spreadType == L.SPREAD_FRACTION) return run.spreadA * Math.abs(base)
  if (run.spreadType == L.SPREAD_TICKS) return run.spreadA * tickOf(asset)
  if (run.spreadType == L.SPREAD_PIPS) return run.spreadA * pipOf(asset)
  const value = orNothing(barValue(run.spreadColumn, asset))
  return run.spreadUnit == L.UNIT_PRICE ? value : value * Math.abs(base)
}

/** Slippage that goes by the asset, its ticks or pips, or by the bar: its range, or what a column says of it. */
function slippedByBar(type: i32, asset: i32, s: f64, base: f64): f64 {
  if (type == L.SLIPPAGE_NONE) return base
  if (type == L.SLIPPAGE_COLUMN && run.slippageUnit == L.UNIT_FRACTION) return scaled(base, s * slippageFraction(asset))
  return base + s * slippageAmount(asset)
}

// @ts-ignore: decorator
@inline function rangeOf(asset: i32): f64 {
  return barValue(run.rangeHigh, asset) - barValue(run.rangeLow, asset)
}

/** Units as a share of the bar's volume, at most all of it. */
// @ts-ignore: decorator
@inline function shareOf(asset: i32, k: f64): f64 {
  const volume = barValue(run.volume, asset)
  return volume == 0 ? 1 : Math.min(1, k / volume)
}

/** Price that the impact of `k` units leaves of `base`. */
function moved(asset: i32, s: f64, k: f64, base: f64, opens: bool): f64 {
  if (run.impactType == L.IMPACT_NONE) return base
  if (run.impactType == L.IMPACT_OWN) {
    const p = base + s * ownCost(L.COST_IMPACT, asset, s, k, base, base, Math.abs(times(asset, k) * base), opens, false)
    return base > 0 && p <= 0 ? base : p
  }
  const share = shareOf(asset, k)
  return scaled(base, s * run.impactA * (run.impactType == L.IMPACT_SQUARE_ROOT ? Math.sqrt(share) : share))
}

/** The price of a leg of the order, which opens or closes, goes by its units. */
export function slipsByVolume(order: Order, opens: bool): bool {
  return (run.slips == L.SLIPS_PLAIN ? doesSlip(order) : slipsOtherwise(order, opens)) && (run.impactType != L.IMPACT_NONE || run.slippageType == L.SLIPPAGE_VOLUME_SHARE)
}

/** What of slippage is an amount of price, and what a fraction of it, whatever the units. */
export function slippageAmount(asset: i32): f64 {
  const type = run.slippageType
  if (type == L.SLIPPAGE_PER_UNIT) return run.slippageA
  if (type == L.SLIPPAGE_RANGE) return run.slippageA * rangeOf(asset)
  if (type >= L.SLIPPAGE_TICKS) return run.slippageA * (type == L.SLIPPAGE_TICKS ? tickOf(asset) : pipOf(asset))
  return type == L.SLIPPAGE_COLUMN && run.slippageUnit == L.UNIT_PRICE ? orNothing(barValue(run.slippageColumn, asset)) : 0
}

export function slippageFraction(asset: i32): f64 {
  const type = run.slippageType
  if (type == L.SLIPPAGE_FRACTION) return run.slippageA
  return type == L.SLIPPAGE_COLUMN && run.slippageUnit == L.UNIT_FRACTION ? orNothing(barValue(run.slippageColumn, asset)) : 0
}

// @ts-ignore: decorator
@inline function orNothing(x: f64): f64 {
  return x == x ? x : 0
}

/** What buys pay, or what sells pay. */
// @ts-ignore: decorator
@inline export function chargesOf(s: f64): Charges {
  return changetype<Charges>(changetype<usize>(run) + (s < 0 ? L.RUN_SELL_CHARGES : L.RUN_CHARGES))
}

/** Commission of an order that has traded `units` worth `value` (absolute), as a taker, by a model that is not the strategy's own. */
export function commissionOf(c: Charges, value: f64, units: f64): f64 {
  if (units == 0) return 0
  const type = c.type
  if (type == L.COMMISSION_NONE) return 0
  if (type == L.COMMISSION_FRACTION) return c.a * value
  if (type == L.COMMISSION_PER_UNIT) return Math.min(c.c, Math.max(c.b, c.a * units))
  if (type == L.COMMISSION_PER_TRADE) return c.a
  if (type == L.COMMISSION_TIERED) return tierRate(c, tierOf(c, value)) * value
  return type == L.COMMISSION_MAKER_TAKER ? c.b * value : c.a * value + c.b
}

/** The tier of an order value: the first whose upper edge is not below it. */
export function tierOf(c: Charges, value: f64): i32 {
  let tier = 0
  while (tier < c.tiers - 1 && value > tierEdge(c, tier)) tier++
  return tier
}

// @ts-ignore: decorator
@inline export function tierEdge(c: Charges, tier: i32): f64 {
  return load<f64>(c.table + ((<usize>tier) << 4))
}

// @ts-ignore: decorator
@inline export function tierRate(c: Charges, tier: i32): f64 {
  return load<f64>(c.table + ((<usize>tier) << 4) + 8)
}

/** What K units need at `base` (7.5, 10.4), their commission being `commission`. */
// @ts-ignore: decorator
@inline export function needOf(k: f64, base: f64, price: f64, commission: f64): f64 {
  return run.account != L.ACCOUNT_MARGIN
    ? k * price + commission
    : run.initialMargin * k * Math.abs(base) + Math.abs(price - base) * k + commission
}

const SLIPS: i32 = (1 << L.TYPE_MARKET) | (1 << L.TYPE_STOP) | (1 << L.TYPE_TRAILING_STOP) | (1 << L.TYPE_MARKET_IF_TOUCHED)

/** Market orders, those if touched too, stops and trailing stops slip; limits, also what has become one, do not (7.1). */
// @ts-ignore: decorator
@inline export function doesSlip(order: Order): bool {
  return ((SLIPS >> order.type) & 1) != 0
}

/** Need of `k` units, costs and what the order has traded before included. */
export function entryNeed(order: Order, s: f64, k: f64, base: f64): f64 {
  const price = orderPrice(order, s, k, base, true)
  const all = times(order.asset, k)
  return needOf(all, base, price, nextCommission(order, s, Math.abs(all * price), k, base, price, true))
}

/** Commission of one more fill of an order: c(all so far) - c(before), never below 0, or what makers or takers pay (7.2). */
// @ts-ignore: decorator
@inline export function nextCommission(order: Order, s: f64, value: f64, k: f64, base: f64, price: f64, opens: bool): f64 {
  return run.charging ? commissionStep(order, s, value, k, base, price, opens) : 0
}

function commissionStep(order: Order, s: f64, value: f64, k: f64, base: f64, price: f64, opens: bool): f64 {
  const c = chargesOf(s)
  if (run.ownCosts && c.type == L.COMMISSION_OWN) {
    const makes = (order.flags & (L.FLAG_RESTING | L.FLAG_POST_ONLY)) != 0
    const all = ownCommission(order.asset, s, order.filled + k, base, price, order.value + value, opens, makes)
    return order.filled == 0 ? all : all - ownCommission(order.asset, s, order.filled, base, price, order.value, opens, makes)
  }
  if (c.type == L.COMMISSION_MAKER_TAKER) return ((order.flags & (L.FLAG_RESTING | L.FLAG_POST_ONLY)) != 0 ? c.a : c.b) * value
  if (order.filled == 0) return Math.max(0, commissionOf(c, value, k))
  const before = commissionOf(c, order.value, order.filled)
  return Math.max(0, commissionOf(c, order.value + value, order.filled + k) - before)
}

/** Commission of an exit that is an order of its own, a maker's or a taker's (7.2). */
export function exitCommission(asset: i32, s: f64, value: f64, k: f64, base: f64, price: f64, makes: bool): f64 {
  if (!run.charging) return 0
  const c = chargesOf(s)
  if (run.ownCosts && c.type == L.COMMISSION_OWN) return ownCommission(asset, s, k, base, price, value, false, makes)
  return makes && c.type == L.COMMISSION_MAKER_TAKER ? c.a * value : commissionOf(c, value, k)
}

/** What an own model takes of `units` worth `value`, at least one of which is traded now (7.9). */
export function ownCommission(asset: i32, s: f64, units: f64, base: f64, price: f64, value: f64, opens: bool, makes: bool): f64 {
  if (units == 0) return 0
  return ownCost(s < 0 ? L.COST_SELL_COMMISSION : L.COST_COMMISSION, asset, s, units, base, price, value, opens, makes)
}
