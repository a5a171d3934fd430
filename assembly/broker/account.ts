// Cash, marks, equity and what entries may cost (semantics 1.7, 7.5, 7.6).
import * as L from '../layout'
import { Order } from '../records'
import { heldBits, words } from './active'
import { commissionOf, slipped, tierEdge, tierOf, tierRate } from './costs'
import { addTotal, at, barValue, larger, markOf, quantityOf, run } from './state'

/** Marks every asset that has a bar at its price in `column`. Flat assets of a market without holes are marked with their neighbours, or when asked. */
export function markAll(column: usize): void {
  const r = run
  const row = column + ((<usize>r.bar * <usize>r.assets) << 3)
  const closes = r.close + ((<usize>r.bar * <usize>r.assets) << 3)
  if (!r.dense) {
    for (let a = 0; a < r.assets; a++) {
      const close = load<f64>(at(closes, a))
      if (close == close) store<f64>(at(r.marks, a), load<f64>(at(row, a)))
    }
    return
  }
  for (let w = 0; w < words(); w++) {
    if (heldBits(w) == 0) continue
    const last = min((w << 6) + 64, r.assets)
    let a = w << 6
    for (; a + 2 <= last; a += 2) v128.store(at(r.marks, a), v128.load(at(row, a)))
    if (a < last) store<f64>(at(r.marks, a), load<f64>(at(row, a)))
  }
}

/** The last price seen of an asset at the close (1.5), NaN before its first bar. */
export function lastMark(asset: i32): f64 {
  return run.dense ? barValue(run.close, asset) : markOf(asset)
}

/** Cash plus marked positions in asset order; leaves the gross exposure in `gross`. */
export function equityNow(): f64 {
  const r = run
  let value: f64 = 0
  gross = 0
  for (let w = 0; w < words(); w++) {
    let bits = heldBits(w)
    while (bits) {
      const a = (w << 6) + <i32>ctz(bits)
      bits &= bits - 1
      const q = quantityOf(a)
      const m = markOf(a)
      value = value + q * m
      gross = gross + Math.abs(q) * Math.abs(m)
    }
  }
  return r.cash + value
}

/** Gross exposure at the last `equityNow`. */
export let gross: f64 = 0

/** What entries may use now: free funds of a margin account, the cash of a cash account. */
export function freeFunds(): f64 {
  if (run.account == L.ACCOUNT_CASH) return run.cash
  const equity = equityNow()
  return equity - run.initialMargin * gross
}

/** What an entry of `k` units needs at `base` (7.5), its commission being `commission`. */
// @ts-ignore: decorator
@inline export function needOf(k: f64, base: f64, price: f64, commission: f64): f64 {
  return run.account == L.ACCOUNT_CASH
    ? k * price + commission
    : run.initialMargin * k * Math.abs(base) + Math.abs(price - base) * k + commission
}

/** Market orders, stops and trails slip; limits, also those of stop-limits, do not (7.1). */
// @ts-ignore: decorator
@inline export function doesSlip(order: Order): bool {
  return order.type == L.TYPE_MARKET || order.type == L.TYPE_STOP || order.type == L.TYPE_TRAILING_STOP
}

/** Need of `k` units, costs and what the order has traded in this bar included. */
export function entryNeed(order: Order, s: f64, k: f64, base: f64): f64 {
  const price = doesSlip(order) ? slipped(order.asset, s, k, base) : base
  return needOf(k, base, price, nextCommission(order, Math.abs(k * price), k))
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

/**
 * The largest quantity up to `wanted` whose need fits into `funds` (7.6): the largest double, or multiple of the
 * quantity step. The need grows with the quantity except across the edges of commission tiers, so it is halved
 * towards the answer once, or once a tier. Doubles are halved by their bits, which are ordered as they are.
 */
export function largestEntry(order: Order, s: f64, wanted: f64, base: f64, funds: f64): f64 {
  if (run.commissionType != L.COMMISSION_TIERED) return largestFit(order, s, wanted, base, funds, -1)
  for (let tier = run.tiers - 1; tier >= 0; tier--) {
    const k = largestFit(order, s, wanted, base, funds, tier)
    if (k > 0 && entryNeed(order, s, k, base) <= funds) {
      const price = doesSlip(order) ? slipped(order.asset, s, k, base) : base
      if (tierOf(order.value + Math.abs(k * price)) == tier) return k
    }
  }
  return 0
}

/** Whether `k` units fit; with a tier: at that tier's rate and not above its edge, both of which only tighten with k. */
function fits(order: Order, s: f64, k: f64, base: f64, funds: f64, tier: i32): bool {
  if (tier < 0) return entryNeed(order, s, k, base) <= funds
  const price = doesSlip(order) ? slipped(order.asset, s, k, base) : base
  const value = order.value + Math.abs(k * price)
  if (tier < run.tiers - 1 && value > tierEdge(tier)) return false
  const commission = Math.max(0, tierRate(tier) * value - commissionOf(order.value, order.filled))
  return needOf(k, base, price, commission) <= funds
}

function largestFit(order: Order, s: f64, wanted: f64, base: f64, funds: f64, tier: i32): f64 {
  const step = run.quantityStep
  if (fits(order, s, wanted, base, funds, tier)) return wanted
  if (step > 0) {
    let low: f64 = 0
    let high = Math.round(wanted / step)
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (fits(order, s, middle * step, base, funds, tier)) low = middle
      else high = middle
    }
    return low * step
  }
  // Bits of positive doubles are ordered as the doubles are. Search outwards from a guess, then halve.
  let low: u64 = 0
  let high = reinterpret<u64>(wanted)
  const guess = reinterpret<u64>(guessEntry(order, s, wanted, base, funds))
  if (guess > low && guess < high) {
    let step: u64 = 1
    if (fits(order, s, reinterpret<f64>(guess), base, funds, tier)) {
      low = guess
      while (low + step < high && fits(order, s, reinterpret<f64>(low + step), base, funds, tier)) {
        low += step
        step <<= 1
      }
      high = min(high, low + step)
    } else {
      high = guess
      while (high > step && !fits(order, s, reinterpret<f64>(high - step), base, funds, tier)) {
        high -= step
        step <<= 1
      }
      low = high > step ? high - step : 0
    }
  }
  while (high - low > 1) {
    const middle = low + ((high - low) >> 1)
    if (fits(order, s, reinterpret<f64>(middle), base, funds, tier)) low = middle
    else high = middle
  }
  // Every operation of the need rounds without changing order, save where the price falls with the units sold: there
  // look a little further.
  if (run.slippageType == L.SLIPPAGE_VOLUME_SHARE) {
    const edge = low
    for (let next = edge + 1; next <= edge + 64 && next < reinterpret<u64>(wanted); next++) {
      if (fits(order, s, reinterpret<f64>(next), base, funds, tier)) low = next
    }
  }
  return reinterpret<f64>(low)
}

/** Where the need would meet the funds if it were a straight line, which it nearly always is. */
function guessEntry(order: Order, s: f64, wanted: f64, base: f64, funds: f64): f64 {
  const need = entryNeed(order, s, wanted, base)
  const first = wanted * (funds / need)
  if (!(first > 0 && first < wanted)) return 0
  const second = entryNeed(order, s, first, base)
  const guess = first + (funds - second) * ((wanted - first) / (need - second))
  return guess > 0 && guess < wanted ? guess : first
}

/** Moves cash by one fill (7.3). */
// @ts-ignore: decorator
@inline export function payFill(s: f64, k: f64, price: f64, commission: f64): void {
  const flow = -s * k * price - commission
  run.cash = run.cash + flow
  run.flow = run.flow + flow
  run.maxFlow = larger(run.maxFlow, Math.abs(s * k * price))
  addTotal(L.TOTAL_COMMISSION, commission)
}

/** Change of free funds by a fill from q, m to q2, m2 (5.6); of cash in a cash account. */
export function fundsChange(s: f64, k: f64, price: f64, commission: f64, q: f64, m: f64, q2: f64, m2: f64): f64 {
  const flow = -s * k * price - commission
  if (run.account == L.ACCOUNT_CASH) return flow
  const i = run.initialMargin
  return flow + ((q2 * m2 - i * Math.abs(q2) * Math.abs(m2)) - (q * m - i * Math.abs(q) * Math.abs(m)))
}
