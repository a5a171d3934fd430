// Which assets have to be looked at in a bar: 64 in a word of bits, told without a branch an asset.
import * as L from '../layout'
import { at, quantityOf, run } from './state'

// @ts-ignore: decorator
@inline export function words(): i32 {
  return (run.assets + 63) >> 6
}

/** Which of the word's assets have pending orders. */
// @ts-ignore: decorator
@inline export function orderBits(word: i32): u64 {
  return load<u64>(run.orderBits + ((<usize>word) << 3))
}

/** Which of the word's assets have a position. */
// @ts-ignore: decorator
@inline export function heldBits(word: i32): u64 {
  return load<u64>(run.heldBits + ((<usize>word) << 3))
}

/** Which of the word's assets are at a price of this bar that does not lie inside their fence, or have no bar. */
export function outside(word: i32, prices: usize): u64 {
  const r = run
  const first = word << 6
  const last = min(first + 64, r.assets)
  const row = prices + ((<usize>r.bar * <usize>r.assets) << 3)
  let bits: u64 = 0
  let a = first
  for (; a + 2 <= last; a += 2) {
    const price = v128.load(at(row, a))
    const inside = v128.and(f64x2.gt(price, v128.load(at(r.belows, a))), f64x2.lt(price, v128.load(at(r.aboves, a))))
    bits |= <u64>(i64x2.bitmask(inside) ^ 3) << (a - first)
  }
  if (a < last) {
    const price = load<f64>(at(row, a))
    const inside = price > load<f64>(at(r.belows, a)) && price < load<f64>(at(r.aboves, a))
    bits |= <u64>(inside ? 0 : 1) << (a - first)
  }
  return bits
}

/**
 * Which of the word's assets have a range in this bar that does not lie inside their fence, or have no bar. The others, save
 * those of `apart`, pass it: their water marks are taken along the range; those of assets without a position mean nothing.
 */
export function followRange(word: i32, apart: u64): u64 {
  const r = run
  const first = word << 6
  const last = min(first + 64, r.assets)
  const lows = r.rangeLow + ((<usize>r.bar * <usize>r.assets) << 3)
  const highs = r.rangeHigh + ((<usize>r.bar * <usize>r.assets) << 3)
  const ones = i64x2(1, 2)
  let bits: u64 = 0
  let a = first
  for (; a + 2 <= last; a += 2) {
    const low = v128.load(at(lows, a))
    const high = v128.load(at(highs, a))
    const inside = v128.and(f64x2.gt(low, v128.load(at(r.belows, a))), f64x2.lt(high, v128.load(at(r.aboves, a))))
    bits |= <u64>(i64x2.bitmask(inside) ^ 3) << (a - first)
    const free = i64x2.eq(v128.and(i64x2.splat(apart >> (a - first)), ones), i64x2.splat(0))
    const taken = v128.and(inside, free)
    const most = v128.load(at(r.highs, a))
    const least = v128.load(at(r.lows, a))
    v128.store(at(r.highs, a), v128.bitselect(f64x2.pmax(most, high), most, taken))
    v128.store(at(r.lows, a), v128.bitselect(f64x2.pmin(least, low), least, taken))
  }
  if (a < last) {
    const low = load<f64>(at(lows, a))
    const high = load<f64>(at(highs, a))
    if (!(low > load<f64>(at(r.belows, a)) && high < load<f64>(at(r.aboves, a)))) bits |= <u64>1 << (a - first)
    else if (((apart >> (a - first)) & 1) == 0) {
      store<f64>(at(r.highs, a), Math.max(load<f64>(at(r.highs, a)), high))
      store<f64>(at(r.lows, a), Math.min(load<f64>(at(r.lows, a)), low))
    }
  }
  return bits
}

/**
 * Which of the 64 assets from `from` on have a target; of targets in units only those that are not the position, or
 * whose asset has an order. Found without a branch an asset, which nobody could foresee.
 */
// @ts-ignore: decorator
@inline export function givenTargets(targets: usize, from: i32, size: i32): u64 {
  const quantities = run.quantities
  const last = min(from + 64, run.assets)
  let given: u64 = 0
  let open: u64 = 0
  let a = from
  for (; a + 2 <= last; a += 2) {
    const target = v128.load(at(targets, a))
    given |= <u64>i64x2.bitmask(f64x2.eq(target, target)) << (a - from)
    open |= <u64>i64x2.bitmask(f64x2.ne(target, v128.load(at(quantities, a)))) << (a - from)
  }
  if (a < last) {
    const target = load<f64>(at(targets, a))
    given |= (target == target ? <u64>1 : 0) << (a - from)
    open |= (target != quantityOf(a) ? <u64>1 : 0) << (a - from)
  }
  return size != L.SIZE_UNITS ? given : given & (open | load<u64>(run.orderBits + ((<usize>from >> 6) << 3)))
}
