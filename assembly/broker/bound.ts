// The worst bound of a bar (semantics 7.8): the equity with each position at the price of the bar that hurts it most while it is
// open. Own parts by asset stand in a column where a walk has found them; they are summed word by word.
import * as L from '../layout'
import { Drawdown } from '../records'
import { followWorst } from '../stats/drawdown'
import { holdingOf } from './instruments'
import { addTotal, at, barValue, hasBar, markOf, run, smaller } from './state'

// @ts-ignore: decorator
@inline export function drawdown(): Drawdown {
  return changetype<Drawdown>(changetype<usize>(run) + L.RUN_DRAWDOWN)
}

/** Own part of a position, Q, that trades nothing while the price goes from `low` to `high`. */
// @ts-ignore: decorator
@inline export function restingOwn(q: f64, low: f64, high: f64): f64 {
  return smaller(q * low, q * high)
}

/** The walk is at `price`: what the asset has come to, if that is its least so far. */
// @ts-ignore: decorator
@inline export function noteOwn(asset: i32, price: f64): void {
  const value = holdingOf(asset) * price
  const own = run.flow + value
  if (own < run.own) {
    run.own = own
    run.ownExposure = Math.abs(value)
  }
}

/** The asset's own part of this bar, which its walk has found, and its exposure then. */
// @ts-ignore: decorator
@inline export function setOwn(asset: i32, own: f64, exposure: f64): void {
  store<f64>(at(run.worsts, asset), own)
  store<f64>(at(run.worstExposures, asset), exposure)
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

/** So many assets of a word are added as fast one by one as all 64 at once, which asks nothing that nobody can foresee. */
const FEW: i32 = 3

/** Adds the own parts of some assets of a word; of those in `walked` they are there, the others rest. */
export function addOwn(word: i32, assets: u64, walked: u64): void {
  const r = run
  if (walked == 0 && r.dense && !(r.maintenance > 0) && <i32>popcnt(assets) > FEW) {
    addResting(word)
    return
  }
  for (let bits = assets; bits != 0; bits &= bits - 1) {
    const bit = <i32>ctz(bits)
    const a = (word << 6) + bit
    let own: f64
    let exposure: f64
    if ((walked >> bit) & 1) {
      own = load<f64>(at(r.worsts, a))
      exposure = load<f64>(at(r.worstExposures, a))
    } else {
      const q = holdingOf(a)
      own = hasBar(a) ? restingOwn(q, barValue(r.rangeLow, a), barValue(r.rangeHigh, a)) : q * markOf(a)
      exposure = Math.abs(own)
    }
    const both = oneOf(bit, own)
    if (bit & 2) own23 = f64x2.add(own23, both)
    else own01 = f64x2.add(own01, both)
    if (!(r.maintenance > 0)) continue
    const taken = oneOf(bit, exposure)
    if (bit & 2) exposure23 = f64x2.add(exposure23, taken)
    else exposure01 = f64x2.add(exposure01, taken)
  }
}

/** A number in the lane of an asset, 0 in the other. */
// @ts-ignore: decorator
@inline function oneOf(bit: i32, x: f64): v128 {
  return bit & 1 ? f64x2.replace_lane(f64x2.splat(0), 1, x) : f64x2.replace_lane(f64x2.splat(0), 0, x)
}

/** Adds all assets of a word at rest: those without a position add 0. */
function addResting(word: i32): void {
  const r = run
  const last = min((word << 6) + 64, r.assets)
  const row = (<usize>r.bar * <usize>r.assets) << 3
  const lows = r.rangeLow + row
  const highs = r.rangeHigh + row
  let low = own01
  let high = own23
  let a = word << 6
  for (; a + 4 <= last; a += 4) {
    low = f64x2.add(low, restingTwo(a, lows, highs))
    high = f64x2.add(high, restingTwo(a + 2, lows, highs))
  }
  own01 = a + 2 <= last ? f64x2.add(low, restingTwo(a, lows, highs)) : low
  own23 = high
  for (a = last & ~1; a < last; a++) {
    const both = oneOf(0, restingOwn(holdingOf(a), load<f64>(at(lows, a)), load<f64>(at(highs, a))))
    if (a & 2) own23 = f64x2.add(own23, both)
    else own01 = f64x2.add(own01, both)
  }
}

// @ts-ignore: decorator
@inline function restingTwo(a: i32, lows: usize, highs: usize): v128 {
  const q = v128.load(at(run.holdings, a))
  return f64x2.pmin(f64x2.mul(q, v128.load(at(lows, a))), f64x2.mul(q, v128.load(at(highs, a))))
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

/** Before the first bar. */
export function beginWorst(): void {
  const r = run
  r.bustBound = NaN
  r.callBound = NaN
  r.bustBar = -1
  r.callBar = -1
}

/**
 * A bar is over, with this equity and bound (NaN: it is not looked at); before its
 * equity is followed, as it falls from the highest before it.
 */
// @ts-ignore: decorator
@inline export function noteBound(bar: i32, equity: f64, bound: f64): void {
  const worst = smaller(bound, equity)
  followWorst(drawdown(), worst)
  if (worst <= run.floor) noteWorst(bar, equity, worst)
}

/** A bar that has come to the floor. */
function noteWorst(bar: i32, equity: f64, worst: f64): void {
  const r = run
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
