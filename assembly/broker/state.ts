// The run this instance is bound to, and the addresses of what belongs to it.
import * as L from '../layout'
import { Order, Position, Rule, Run } from '../records'

/** The bound run. Per instance: two instances over one memory are bound to different runs. */
export let run: Run = changetype<Run>(0)

/** Binds this instance to a run record. */
export function bind(pointer: usize): void {
  run = changetype<Run>(pointer)
}

/** Closing units this near to the position, relative to it, are the position; an opening this small is dropped (1.6). */
export const DUST: f64 = 1e-9
/** From so many steps on the quantity step is finer than doubles of that size (3.2): 2^53. */
export const MANY_STEPS: f64 = 9007199254740992

/** First byte behind the module's own constants: where the arena may begin. */
export function heapBase(): usize {
  return __heap_base
}

// @ts-ignore: decorator
@inline export function at(column: usize, index: i32): usize {
  return column + ((<usize>index) << 3)
}

// @ts-ignore: decorator
@inline export function quantityOf(asset: i32): f64 {
  return load<f64>(at(run.quantities, asset))
}

// @ts-ignore: decorator
@inline export function markOf(asset: i32): f64 {
  return load<f64>(at(run.marks, asset))
}

// @ts-ignore: decorator
@inline export function setMark(asset: i32, price: f64): void {
  store<f64>(at(run.marks, asset), price)
}

/** Water marks of the position: the highest and lowest price of its walk so far. */
// @ts-ignore: decorator
@inline export function highOf(asset: i32): f64 {
  return load<f64>(at(run.highs, asset))
}

// @ts-ignore: decorator
@inline export function lowOf(asset: i32): f64 {
  return load<f64>(at(run.lows, asset))
}

// @ts-ignore: decorator
@inline export function setWaterMarks(asset: i32, high: f64, low: f64): void {
  store<f64>(at(run.highs, asset), high)
  store<f64>(at(run.lows, asset), low)
}

/** A price or volume of the current bar from one of the market's columns. */
// @ts-ignore: decorator
@inline export function barValue(column: usize, asset: i32): f64 {
  return load<f64>(column + ((<usize>run.bar * <usize>run.assets + <usize>asset) << 3))
}

/** The asset has a bar now (semantics 1.3: C is not NaN). */
// @ts-ignore: decorator
@inline export function hasBar(asset: i32): bool {
  if (run.dense) return true
  const close = barValue(run.close, asset)
  return close == close
}

// @ts-ignore: decorator
@inline export function positionOf(asset: i32): Position {
  return changetype<Position>(run.positions + <usize>asset * <usize>L.POSITION_BYTES)
}

/** What only rules and context need of the position, apart from the record so that many records fit into the cache. */
// @ts-ignore: decorator
@inline export function detailOf(position: Position): usize {
  const r = run
  const place = (changetype<usize>(position) - r.positions) / <usize>L.POSITION_BYTES
  return r.positions + <usize>r.assets * <usize>L.POSITION_BYTES + place * <usize>L.DETAIL_BYTES
}

// @ts-ignore: decorator
@inline export function orderAt(index: i32): Order {
  return changetype<Order>(run.pool + <usize>index * <usize>L.LIVE_BYTES)
}

/** Index of the asset's oldest order in the pool, or -1; follow `next`, skip what has ended. */
// @ts-ignore: decorator
@inline export function firstOrder(asset: i32): i32 {
  return load<i32>(run.heads + ((<usize>asset) << 2))
}

/**
 * The larger of two numbers, `a` where they are equal or one is none. Unlike Math.max, which asks and jumps, it takes one
 * instruction: of what nobody could foresee every other jump is wrong.
 */
// @ts-ignore: decorator
@inline export function larger(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmax(f64x2.splat(a), f64x2.splat(b)), 0)
}

/** The smaller of two numbers, likewise. */
// @ts-ignore: decorator
@inline export function smaller(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmin(f64x2.splat(a), f64x2.splat(b)), 0)
}

/** Sign of the position: 1, -1 or 0. */
// @ts-ignore: decorator
@inline export function signOf(x: f64): f64 {
  // Not with branches, which nobody could foresee.
  return <f64>(<i32>(x > 0) - <i32>(x < 0))
}

// @ts-ignore: decorator
@inline export function addTotal(index: i32, amount: f64): void {
  const place = changetype<usize>(run) + L.RUN_TOTALS + ((<usize>index) << 3)
  store<f64>(place, load<f64>(place) + amount)
}

/** Fraction steps of a price act on its absolute value (semantics 1.3), so below zero their sign turns. */
// @ts-ignore: decorator
@inline export function scaled(price: f64, fraction: f64): f64 {
  return price >= 0 ? price * (1 + fraction) : price * (1 - fraction)
}

/**
 * Bars held in a phase of this bar, this bar counted: the asset's own bars after the entry bar. Where no bar is absent
 * that is a difference of bar numbers; otherwise they are counted at the asset's closes, this one not yet before its own.
 */
export function barsHeld(position: Position, phase: i32): i32 {
  if (run.dense) return run.bar - position.entryBar
  return position.barsHeld + (phase != L.PHASE_CLOSE && position.entryBar < run.bar ? 1 : 0)
}

/** How many bars of its own a position is older before what came with its entry is live, filled now (10.1). */
export function sleepAfter(market: bool, phase: i32): i32 {
  const live = run.exitsLive
  if (live == L.EXITS_LIVE_FILL || (market && live == L.EXITS_LIVE_MARKET_FILL)) return 0
  return live == L.EXITS_LIVE_SECOND_BAR && phase == L.PHASE_CLOSE ? 2 : 1
}

/** The order can fire, now or from a later bar on (10.1). */
// @ts-ignore: decorator
@inline export function isAwake(order: Order): bool {
  return (order.state & L.STATE_AWAKE) != 0
}

/** Marks or clears one bit of an asset bitmap. */
// @ts-ignore: decorator
@inline export function setBit(bits: usize, asset: i32, on: bool): void {
  const place = bits + ((<usize>asset >> 6) << 3)
  const mask = <u64>1 << (<u64>asset & 63)
  const word = load<u64>(place)
  store<u64>(place, on ? word | mask : word & ~mask)
}

// ---- rule chains -------------------------------------------------------------------------------

/** Address of the chain that holds for the asset's position: its own, the asset's, or the global one (semantics 6.1). */
export function chainOf(asset: i32): usize {
  const position = positionOf(asset)
  if (position.ownCount > 0) return detailOf(position) + L.DETAIL_OWN_RULES
  if (load<i32>(run.assetRuleCounts + ((<usize>asset) << 2)) >= 0) return assetChain(asset)
  return run.globalRules
}

/** Number of rules in that chain. */
export function chainLength(asset: i32): i32 {
  const position = positionOf(asset)
  if (position.ownCount > 0) return position.ownCount
  const count = load<i32>(run.assetRuleCounts + ((<usize>asset) << 2))
  return count >= 0 ? count : run.rules
}

// @ts-ignore: decorator
@inline export function assetChain(asset: i32): usize {
  return run.assetRules + <usize>asset * <usize>(L.RULE_LIMIT * L.RULE_BYTES)
}

// @ts-ignore: decorator
@inline export function ruleAt(chain: usize, place: i32): Rule {
  return changetype<Rule>(chain + <usize>place * <usize>L.RULE_BYTES)
}

/** Address of the chain that an order brings, by `chain` of its record. */
// @ts-ignore: decorator
@inline export function orderChain(chain: i32): usize {
  return run.chains + <usize>chain * <usize>L.CHAIN_BYTES
}

/** Whether the position that an order opens has rules of the order's own. */
// @ts-ignore: decorator
@inline export function bringsRules(order: Order): bool {
  return order.chainRules > 0 || order.ruleStop == order.ruleStop || order.ruleTarget == order.ruleTarget || order.ruleTrail == order.ruleTrail
}
