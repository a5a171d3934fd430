// What the flags of one asset and bar ask for (semantics 8.1, 8.2), and the orders that they become.
import * as L from '../layout'
import { Order, Rule } from '../records'
import { marketOrder } from '../broker/orders'
import { lookForRanges } from '../broker/rules'
import { orderChain, ruleAt, run } from '../broker/state'

/** The flags that count: entry and exit of one side at once cancel each other, then long and short entries at once do. */
export function uncancelled(flag: i32): i32 {
  let long = flag & (L.SIGNAL_ENTRY_LONG | L.SIGNAL_EXIT_LONG)
  let short = flag & (L.SIGNAL_ENTRY_SHORT | L.SIGNAL_EXIT_SHORT)
  if (long == (L.SIGNAL_ENTRY_LONG | L.SIGNAL_EXIT_LONG)) long = 0
  if (short == (L.SIGNAL_ENTRY_SHORT | L.SIGNAL_EXIT_SHORT)) short = 0
  if ((long & L.SIGNAL_ENTRY_LONG) != 0 && (short & L.SIGNAL_ENTRY_SHORT) != 0) {
    long &= ~L.SIGNAL_ENTRY_LONG
    short &= ~L.SIGNAL_ENTRY_SHORT
  }
  return long | short
}

/** Whether the flags that count end a position of `q` units. */
// @ts-ignore: decorator
@inline export function isExit(kept: i32, q: f64): bool {
  return ((kept & L.SIGNAL_EXIT_LONG) != 0 && q > 0) || ((kept & L.SIGNAL_EXIT_SHORT) != 0 && q < 0)
}

/** The side of the entry that the flags that count ask for: 1, -1, or 0 for none. */
// @ts-ignore: decorator
@inline export function entrySide(kept: i32): i32 {
  return (kept & L.SIGNAL_ENTRY_LONG) != 0 ? 1 : (kept & L.SIGNAL_ENTRY_SHORT) != 0 ? -1 : 0
}

/** A number of a signal column, or the one that holds for every bar. */
// @ts-ignore: decorator
@inline export function signalValue(column: usize, row: usize, asset: i32, otherwise: f64): f64 {
  return column ? load<f64>(column + ((row + <usize>asset) << 3)) : otherwise
}

/** Whether entries may bring rules of their own. */
export function hasRules(): bool {
  const r = run
  return (r.signalStops | r.signalTargetRules | r.signalTrails) != 0 || r.signalRuleCount > 0 || r.signalStop == r.signalStop ||
    r.signalTarget == r.signalTarget || r.signalTrail == r.signalTrail
}

/** Size of an entry, in the run's type. */
// @ts-ignore: decorator
@inline export function entrySize(row: usize, asset: i32): f64 {
  const size = signalValue(run.signalSizes, row, asset, NaN)
  return size == size ? size : run.signalSize
}

/** A market order with the rules of its bar, which still has to be placed. */
// @ts-ignore: decorator
@inline export function signalOrder(asset: i32, side: i32, size: i32, amount: f64, row: usize): Order {
  const order = marketOrder(asset, side, size, amount, run.timing, L.FLAG_SIGNAL)
  order.ruleStop = signalValue(run.signalStops, row, asset, run.signalStop)
  order.ruleTarget = signalValue(run.signalTargetRules, row, asset, run.signalTarget)
  order.ruleTrail = signalValue(run.signalTrails, row, asset, run.signalTrail)
  if (run.signalRuleCount > 0) bringChain(order, row)
  return order
}

/** The order brings the rules of its bar. There is room for a chain an asset (`runSignals`). */
function bringChain(order: Order, row: usize): void {
  const r = run
  const chain = orderChain(r.chainCount)
  let count = 0
  for (let i = 0; i < r.signalRuleCount; i++) {
    const from = r.signalRules + <usize>i * <usize>L.SIGNAL_RULE_BYTES
    const rule = ruleAt(chain, count)
    memory.copy(changetype<usize>(rule), from, L.RULE_BYTES)
    if (readRule(rule, from + L.SIGNAL_RULE_COLUMNS, row, order.asset)) count++
  }
  if (count == 0) return
  lookForRanges(chain, count)
  order.chain = r.chainCount++
  order.chainRules = count
  if (count > r.longestOwn) r.longestOwn = count
}

/** Reads what a rule is at its bar. Returns whether there is one: a column that has no value leaves it out. */
function readRule(rule: Rule, columns: usize, row: usize, asset: i32): bool {
  const distance = signalValue(load<usize>(columns), row, asset, rule.distance)
  const from = signalValue(load<usize>(columns, 4), row, asset, rule.from)
  const bars = signalValue(load<usize>(columns, 8), row, asset, <f64>rule.bars)
  if (distance != distance || from != from || bars != bars) return false
  rule.distance = distance
  rule.from = from
  rule.bars = <i32>bars
  return true
}
