// What legs are paid from where it is not the account of 7.5 (semantics 10.4): cash as backtrader and vectorbt see it. Such an
// account is asked at each leg, closing ones included, from what there is then.
import * as L from '../layout'
import { Order } from '../records'
import { areFundsFollowed, followFunds, leastFunds } from './account'
import { heldBits, words } from './active'
import { slipsOtherwise } from './caps'
import { doesSlip, entryNeed, needOf, nextCommission, orderPrice } from './costs'
import { largestEntry } from './cut'
import { holdingOf, times } from './instruments'
import { blankOrder } from './orders'
import { DUST, barValue, positionOf, quantityOf, run } from './state'

/** How much more than the funds a need may be. */
const TOLERANCE: f64 = 1e-9

/** Funds of opening legs: the cash, of which `lock` counts twice what short positions have brought as locked. */
export function openFunds(): f64 {
  const r = run
  if (r.account != L.ACCOUNT_LOCK) return r.cash
  let brought: f64 = 0
  let size: f64 = Math.abs(r.cash)
  for (let w = 0; w < words(); w++) {
    for (let bits = heldBits(w); bits != 0; bits &= bits - 1) {
      const a = (w << 6) + <i32>ctz(bits)
      const q = quantityOf(a)
      if (q >= 0) continue
      const value = Math.abs(holdingOf(a)) * positionOf(a).average
      brought = brought + value
      size = size + 2 * Math.abs(value)
    }
  }
  const free = r.cash - 2 * brought
  followFunds(free, size)
  return Math.min(free, r.cash)
}

/** Price of `k` units that close a short position; at a target (or where no exits by rule slip) they do not slip. */
// @ts-ignore: decorator
@inline function coverPrice(order: Order, k: f64, base: f64, target: bool): f64 {
  return target ? base : orderPrice(order, 1, k, base, false)
}

/** Funds of a leg that closes a short position, of which `free` are free; NaN where those are the least that there are, and more of them would count otherwise. */
function coverFunds(order: Order, base: f64, target: bool, free: f64, isBound: bool): f64 {
  const r = run
  if (r.account != L.ACCOUNT_LOCK) return free
  const held = Math.abs(quantityOf(order.asset))
  const all = Math.abs(holdingOf(order.asset))
  const price = coverPrice(order, held, base, target)
  const cost = all * price + nextCommission(order, 1, Math.abs(all * price), held, base, price, false)
  const brought = 2 * (all * positionOf(order.asset).average)
  if (free + brought - cost >= 0) return Math.min(free + brought, r.cash)
  return isBound ? NaN : Math.min((cost * free) / (cost - brought), r.cash)
}

// @ts-ignore: decorator
@inline function isPaid(need: f64, funds: f64): bool {
  return need <= funds || (run.account != L.ACCOUNT_CREDIT && need - TOLERANCE * Math.abs(need) <= funds)
}

/** The part of a leg that the funds pay; 0 where it is next to nothing. */
function cutTo(order: Order, s: f64, wanted: f64, base: f64, funds: f64, closes: bool, target: bool): f64 {
  if (base < 0) return 0
  let most = wanted
  // Beyond these units more of them bring less.
  if (s < 0 && run.slippageType == L.SLIPPAGE_VOLUME_SHARE && run.slippageA > 0.5 && (run.slips == L.SLIPS_PLAIN ? doesSlip(order) : slipsOtherwise(order, true))) {
    const volume = barValue(run.volume, order.asset)
    if (volume > 0) most = Math.min(most, volume / (2 * run.slippageA))
  }
  const part = largestEntry(order, s, most, base, funds, closes, target)
  return part >= DUST * wanted ? part : 0
}

/** How many of `wanted` units an order may open with `funds`, NaN where they are to be asked for; 0 where it is refused. */
export function openingUnits(order: Order, s: f64, wanted: f64, base: f64, funds: f64): f64 {
  const r = run
  if (s < 0 && r.account == L.ACCOUNT_VECTORBT) return wanted
  let need: f64 = NaN
  if (funds != funds) {
    if (r.account == L.ACCOUNT_LOCK) {
      need = entryNeed(order, s, wanted, base)
      if (need <= leastFunds()) return wanted
    }
    funds = openFunds()
  }
  if (s < 0 && r.account == L.ACCOUNT_CREDIT) {
    const price = orderPrice(order, s, wanted, base, true)
    const value = times(order.asset, wanted) * price
    return nextCommission(order, s, Math.abs(value), wanted, base, price, true) - value <= funds ? wanted : 0
  }
  if (need != need) need = entryNeed(order, s, wanted, base)
  if (isPaid(need, funds)) return wanted
  const inUnits = order.size == L.SIZE_UNITS || order.size == L.SIZE_TARGET_UNITS
  if (r.shortfall == L.SHORTFALL_REJECT || (r.shortfall == L.SHORTFALL_AUTO && inUnits)) return 0
  return cutTo(order, s, wanted, base, funds, false, false)
}

/** How many of `wanted` units of a short position an order can close, under funds that ask for that. */
export function coverUnits(order: Order, wanted: f64, base: f64, target: bool): f64 {
  const price = coverPrice(order, wanted, base, target)
  const all = times(order.asset, wanted)
  const need = needOf(all, base, price, nextCommission(order, 1, Math.abs(all * price), wanted, base, price, false))
  if (areFundsFollowed() && need <= coverFunds(order, base, target, leastFunds(), true)) return wanted
  const funds = coverFunds(order, base, target, openFunds(), false)
  return isPaid(need, funds) ? wanted : cutTo(order, 1, wanted, base, funds, true, target)
}

/** The same of a rule's exit, which pays as an order of its own, or as a maker's. Its record lies behind those that the walk keeps. */
export function ruleCoverUnits(asset: i32, wanted: f64, base: f64, reason: i32, makes: bool): f64 {
  const r = run
  const kept = L.RUN_BYTES + L.SAVED_BYTES + L.POSITION_BYTES + L.DETAIL_BYTES + r.poolCapacity * L.LIVE_BYTES
  const order = changetype<Order>(r.scratch + <usize>kept)
  blankOrder(order)
  order.asset = asset
  order.type = L.TYPE_MARKET
  if (makes) order.flags = L.FLAG_RESTING
  // Not all that is an order of its own slips like one (10.3).
  return coverUnits(order, wanted, base, (reason == L.REASON_TARGET && !run.targetFill) || run.slips == L.SLIPS_ORDERS)
}
