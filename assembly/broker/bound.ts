// The worst bound of a bar (semantics 7.8): the equity with each position at the price of the bar that hurts it most while it is
// open. Own parts by asset stand in a column while the range phase goes over the assets; they are summed word by word.
import * as L from '../layout'
import { Drawdown } from '../records'
import { addTotal, at, larger, quantityOf, run, smaller } from './state'

// @ts-ignore: decorator
@inline export function drawdown(): Drawdown {
  return changetype<Drawdown>(changetype<usize>(run) + L.RUN_DRAWDOWN)
}

/** Own part of `q` units that trade nothing while the price goes from `low` to `high`. */
// @ts-ignore: decorator
@inline export function restingOwn(q: f64, low: f64, high: f64): f64 {
  return smaller(q * low, q * high)
}

/** The walk is at `price`: what the asset has come to, if that is its least so far. */
// @ts-ignore: decorator
@inline export function noteOwn(asset: i32, price: f64): void {
  const value = quantityOf(asset) * price
  const own = run.flow + value
  if (own < run.own) {
    run.own = own
    run.ownExposure = Math.abs(value)
  }
}

/** The asset's own part of this bar, and its exposure then where somebody asks for it. */
// @ts-ignore: decorator
@inline export function setOwn(asset: i32, own: f64, exposure: f64): void {
  store<f64>(at(run.worsts, asset), own)
  if (run.maintenance > 0) store<f64>(at(run.worstExposures, asset), exposure)
}

/** No asset of the word has an own part yet. */
export function clearOwn(word: i32): void {
  const first = word << 6
  const bytes = <usize>(min(first + 64, run.assets) - first) << 3
  memory.fill(at(run.worsts, first), 0, bytes)
  if (run.maintenance > 0) memory.fill(at(run.worstExposures, first), 0, bytes)
}

// The four strands of a sum: assets 0 and 1 of each four in one vector, 2 and 3 in the other. Words begin with a four.
let own01: v128 = i64x2(0, 0)
let own23: v128 = i64x2(0, 0)
let exposure01: v128 = i64x2(0, 0)
let exposure23: v128 = i64x2(0, 0)

/** The range phase begins. */
export function beginBound(): void {
  own01 = f64x2.splat(0)
  own23 = f64x2.splat(0)
  exposure01 = f64x2.splat(0)
  exposure23 = f64x2.splat(0)
}

/** Adds the own parts of a word. */
export function addOwn(word: i32): void {
  own01 = addStrand(own01, run.worsts, word, 0)
  own23 = addStrand(own23, run.worsts, word, 2)
  if (run.maintenance > 0) {
    exposure01 = addStrand(exposure01, run.worstExposures, word, 0)
    exposure23 = addStrand(exposure23, run.worstExposures, word, 2)
  }
}

/** Adds two of every four assets of the word, beginning with its asset `from`. */
// @ts-ignore: decorator
@inline function addStrand(sum: v128, column: usize, word: i32, from: i32): v128 {
  const last = min((word << 6) + 64, run.assets)
  let a = (word << 6) + from
  for (; a + 2 <= last; a += 4) sum = f64x2.add(sum, v128.load(at(column, a)))
  if (a < last) sum = f64x2.add(sum, f64x2.replace_lane(f64x2.splat(0), 0, load<f64>(at(column, a))))
  return sum
}

/** `(s0 + s2) + (s1 + s3)`. */
// @ts-ignore: decorator
@inline function together(sum01: v128, sum23: v128): f64 {
  const both = f64x2.add(sum01, sum23)
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
}

/** The range phase is over, into which the account went with so much cash. */
export function endBound(cash: f64): void {
  run.bound = cash + together(own01, own23)
  run.boundExposure = together(exposure01, exposure23)
}

/**
 * A bar is over, with this equity and bound (NaN: it is not looked at); before its
 * equity is followed, as it falls from the highest before it.
 */
// @ts-ignore: decorator
@inline export function noteBound(bar: i32, equity: f64, bound: f64): void {
  const worst = smaller(bound, equity)
  if (worst <= run.floor) noteWorst(bar, equity, worst)
}

/** A fraction of the peak that covers the rounding of a fall from it. */
export const SLACK: f64 = 1e-15

/**
 * Nothing has to be noted of a bar whose worst stays above the floor: it falls less than some bar before, and the account would
 * not have been asked for money. Taken a little too high, as it saves the question but does not answer it.
 */
export function setFloor(): void {
  const r = run
  const peak = drawdown().peak
  const deepest = intrabarDrawdown()
  const floor = deepest > 0 ? peak - deepest * peak + peak * SLACK : below(peak)
  r.floor = r.account == L.ACCOUNT_UNLIMITED ? floor : r.maintenance > 0 ? Infinity : larger(floor, 0)
}

/** The double below a positive one. */
// @ts-ignore: decorator
@inline function below(x: f64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) - 1)
}

/** The deepest fall so far from the highest equity to the worst of a bar, a fraction. */
// @ts-ignore: decorator
@inline export function intrabarDrawdown(): f64 {
  return load<f64>(changetype<usize>(run) + L.RUN_TOTALS + (L.TOTAL_INTRABAR_DRAWDOWN << 3))
}

/** A bar whose worst is so far below the highest equity before it. */
export function noteFall(worst: f64, peak: f64): void {
  const deepest = larger(intrabarDrawdown(), (peak - worst) / peak)
  store<f64>(changetype<usize>(run) + L.RUN_TOTALS + (L.TOTAL_INTRABAR_DRAWDOWN << 3), deepest)
}

/** A bar that has come to the floor. */
function noteWorst(bar: i32, equity: f64, worst: f64): void {
  const r = run
  noteFall(worst, drawdown().peak)
  setFloor()
  if (r.account == L.ACCOUNT_UNLIMITED) return
  if (worst <= 0 && equity > 0) {
    addTotal(L.TOTAL_INTRABAR_BUSTS, 1)
    if (!(worst >= r.bustBound)) {
      r.bustBound = worst
      r.bustBar = bar
    }
  }
  if (r.account == L.ACCOUNT_MARGIN && !r.marginCall && worst < r.maintenance * r.boundExposure) {
    addTotal(L.TOTAL_INTRABAR_CALLS, 1)
    if (!(worst >= r.callBound)) {
      r.callBound = worst
      r.callBar = bar
    }
  }
}
