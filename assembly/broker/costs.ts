// Slippage and commission (semantics 7.1, 7.2): one formula each, chosen by code; and what an entry needs with them (7.5).
import * as L from '../layout'
import { Order } from '../records'
import { otherPrice } from './caps'
import { times, toGrid } from './instruments'
import { barValue, run, scaled } from './state'

/** Price after slippage of `k` units on side `s` at `base`. Slippage that would make it non-positive is not applied. */
// @ts-ignore: decorator
@inline export function slipped(asset: i32, s: f64, k: f64, base: f64): f64 {
  return run.slippageType == L.SLIPPAGE_NONE ? base : slippedBy(run.slippageType, asset, s, k, base)
}

function slippedBy(type: i32, asset: i32, s: f64, k: f64, base: f64): f64 {
  let price: f64
  if (type == L.SLIPPAGE_FRACTION) price = scaled(base, s * run.slippageA)
  else if (type == L.SLIPPAGE_PER_UNIT) price = base + s * run.slippageA
  else {
    const volume = barValue(run.volume, asset)
    const share = volume == 0 ? 1 : Math.min(1, k / volume)
    price = scaled(base, s * run.slippageA * share)
  }
  if (price != base) price = toGrid(asset, price, s > 0)
  return base > 0 && price <= 0 ? base : price
}

/** Commission of an order that has traded `units` worth `value` (absolute) in one bar. */
export function commissionOf(value: f64, units: f64): f64 {
  if (units == 0) return 0
  const type = run.commissionType
  if (type == L.COMMISSION_NONE) return 0
  if (type == L.COMMISSION_FRACTION) return run.commissionA * value
  if (type == L.COMMISSION_PER_UNIT) return Math.max(run.commissionB, run.commissionA * units)
  if (type == L.COMMISSION_PER_TRADE) return run.commissionA
  if (type == L.COMMISSION_TIERED) return tierRate(tierOf(value)) * value
  return run.commissionA * value + run.commissionB
}

/** The tier of an order value: the first whose upper edge is not below it. */
export function tierOf(value: f64): i32 {
  let tier = 0
  while (tier < run.tiers - 1 && value > tierEdge(tier)) tier++
  return tier
}

// @ts-ignore: decorator
@inline export function tierEdge(tier: i32): f64 {
  return load<f64>(run.tierTable + ((<usize>tier) << 4))
}

// @ts-ignore: decorator
@inline export function tierRate(tier: i32): f64 {
  return load<f64>(run.tierTable + ((<usize>tier) << 4) + 8)
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

/** Fill price of `k` units of an order at `base`, which open or close (7.1, 10.3). */
// @ts-ignore: decorator
@inline export function orderPrice(order: Order, s: f64, k: f64, base: f64, opens: bool): f64 {
  if (run.slips != L.SLIPS_PLAIN) return otherPrice(order, s, k, base, opens)
  return doesSlip(order) ? slipped(order.asset, s, k, base) : base
}

/** Need of `k` units, costs and what the order has traded in this bar included. */
export function entryNeed(order: Order, s: f64, k: f64, base: f64): f64 {
  const price = orderPrice(order, s, k, base, true)
  const all = times(order.asset, k)
  return needOf(all, base, price, nextCommission(order, Math.abs(all * price), k))
}

/** Commission of one more fill of an order within its bar: c(all so far) - c(before), never below 0 (7.2). */
// @ts-ignore: decorator
@inline export function nextCommission(order: Order, value: f64, k: f64): f64 {
  return run.commissionType == L.COMMISSION_NONE ? 0 : commissionStep(order, value, k)
}

function commissionStep(order: Order, value: f64, k: f64): f64 {
  const before = commissionOf(order.value, order.filled)
  return Math.max(0, commissionOf(order.value + value, order.filled + k) - before)
}
