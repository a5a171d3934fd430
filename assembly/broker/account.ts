// Cash, marks, equity and free funds (semantics 1.5, 1.7, 1.8, 7.3, 7.5).
import * as L from '../layout'
import { heldBits, words } from './active'
import { openFunds } from './funds'
import { holdingOf } from './instruments'
import { addTotal, at, barValue, larger, markOf, positionOf, run } from './state'

/** Marks every asset that has a bar at its price in `column`. Flat assets of a market without holes are marked with their neighbours, or when asked. */
export function markAll(column: usize): void {
  const r = run
  forgetFunds()
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
  const funds = equity - run.initialMargin * gross
  followFunds(funds, Math.abs(run.cash) + (1 + run.initialMargin) * gross)
  return funds
}

// ---- what funds are at least -------------------------------------------------------------------

// Each entry asks for funds anew (4.3), and to add up all positions for it costs more than the rest of the entry. So what was added
// up is followed through the fills of a phase, with all that rounding may make of it, and only who may need more adds up again.

/** Funds as they were added up last and what fills have changed of them since; NaN where nobody has. */
let followed: f64 = NaN
/** Absolute values of all that this is the sum of, and how far it may be from what adding up gives now. */
let sizes: f64 = 0
let slack: f64 = 0

/** What one rounding may take of a number, eight times over: 2^-50. */
const ROUNDING: f64 = 8.881784197001252e-16

/** Something else than a fill moves cash, positions or marks. */
// @ts-ignore: decorator
@inline export function forgetFunds(): void {
  followed = NaN
}

/** Funds were added up from numbers of so much size. */
export function followFunds(funds: f64, size: f64): void {
  followed = funds
  sizes = size
  slack = ROUNDING * <f64>(run.assets + 4) * size
}

// @ts-ignore: decorator
@inline export function areFundsFollowed(): bool {
  return followed == followed
}

/** What a position adds to the funds beside the cash. */
export function stakeOf(asset: i32): f64 {
  const q = holdingOf(asset)
  if (run.account == L.ACCOUNT_LOCK) return q < 0 ? 2 * (q * positionOf(asset).average) : 0
  const m = markOf(asset)
  return q * m - run.initialMargin * Math.abs(q) * Math.abs(m)
}

/** A fill has moved the cash, or a mark has moved: the stake of its position was `before`. */
export function moveFunds(asset: i32, cash: f64, before: f64): void {
  const after = stakeOf(asset)
  const flow = run.cash - cash
  const size = Math.abs(flow) + (2 * run.initialMargin + 1) * (Math.abs(before) + Math.abs(after) + Math.abs(holdingOf(asset) * markOf(asset)))
  followed = followed + (flow + (after - before))
  sizes = sizes + size
  slack = slack + ROUNDING * (<f64>(run.assets + 4) * size + 4 * sizes)
}

/** What entries may use at least; NaN where nobody knows. */
// @ts-ignore: decorator
@inline export function leastFunds(): f64 {
  const least = followed - slack
  return run.account == L.ACCOUNT_LOCK ? Math.min(least, run.cash) : least
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
