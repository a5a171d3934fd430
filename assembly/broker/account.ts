// Cash, marks, equity and free funds (semantics 1.5, 1.7, 1.8, 7.3, 7.5).
import * as L from '../layout'
import { heldBits, words } from './active'
import { openFunds } from './funds'
import { holdingOf } from './instruments'
import { addTotal, at, barValue, larger, markOf, run } from './state'

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
      const q = holdingOf(a)
      const m = markOf(a)
      value = value + q * m
      gross = gross + Math.abs(q) * Math.abs(m)
    }
  }
  return r.cash + value
}

/** Gross exposure at the last `equityNow`. */
export let gross: f64 = 0

/** What entries may use now: free funds of a margin account, the cash of a cash account, other funds (10.4). */
export function freeFunds(): f64 {
  if (run.account == L.ACCOUNT_CASH) return run.cash
  if (run.otherFunds) return openFunds()
  const equity = equityNow()
  return equity - run.initialMargin * gross
}

/** Moves cash by one fill of K units (7.3). */
// @ts-ignore: decorator
@inline export function payFill(s: f64, k: f64, price: f64, commission: f64): void {
  const flow = -s * k * price - commission
  run.cash = run.cash + flow
  run.flow = run.flow + flow
  run.maxFlow = larger(run.maxFlow, Math.abs(s * k * price))
  addTotal(L.TOTAL_COMMISSION, commission)
}

/** A number is neither infinite nor NaN. */
// @ts-ignore: decorator
@inline export function isNumber(x: f64): bool {
  return Math.abs(x) < Infinity
}

/** A number of the run has left the finite range (1.8), at a fill of this order or without one (0). The first such place counts. */
export function fault(order: i32, bar: i32): void {
  if (run.fault) return
  run.fault = L.FAULT_NUMBER
  run.faultOrder = order
  run.faultBar = bar
}

/** Change of free funds by a fill of K units from Q, m to Q2, m2 (5.6); of cash in a cash account. */
export function fundsChange(s: f64, k: f64, price: f64, commission: f64, q: f64, m: f64, q2: f64, m2: f64): f64 {
  const flow = -s * k * price - commission
  if (run.account == L.ACCOUNT_CASH) return flow
  const i = run.initialMargin
  return flow + ((q2 * m2 - i * Math.abs(q2) * Math.abs(m2)) - (q * m - i * Math.abs(q) * Math.abs(m)))
}
