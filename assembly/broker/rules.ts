// Rule chains of positions (semantics 6.1, 8.1): where they come from, what changes of them mean. Places 0..n-1 are the
// chain's; place n is the stop that a move-stop action adds where the chain has none.
import * as L from '../layout'
import { Position, Rule } from '../records'
import { dropFence, openFence } from './fence'
import { followTrails, trailLevelPlace } from './levels'
import { openLots } from './lots'
import { assetChain, chainLength, chainOf, detailOf, orderChain, positionOf, quantityOf, ruleAt, run } from './state'

/** A position begins: nothing has fired, nothing waits, trails start anew. */
export function resetRules(asset: i32): void {
  const position = positionOf(asset)
  openFence(asset)
  position.fired = 0
  position.waiting = 0
  position.pendingCount = 0
  position.cutBar = -1
  position.movedStop = NaN
  if (!run.ruled) return
  const none = f64x2.splat(NaN)
  const levels = trailLevelPlace(position, 0)
  v128.store(levels, none)
  v128.store(levels, none, 16)
  v128.store(levels, none, 32)
  v128.store(levels, none, 48)
}

/** A rule's exit was cut or refused (10.4): no rule fires again in this bar; one that was to exit all is live again after it. */
export function keepRule(asset: i32, place: i32, all: bool): void {
  const position = positionOf(asset)
  position.cutBar = run.bar
  if (all && place >= 0) position.waiting &= ~(1 << place)
}

/** A chain that an order brings becomes the position's own (8.1). */
export function setOwnChain(position: Position, chain: i32, count: i32): void {
  position.ownCount = count
  memory.copy(detailOf(position) + L.DETAIL_OWN_RULES, orderChain(chain), <usize>count * L.RULE_BYTES)
}

/** Fractions that it brings do, in the order stop, target, trail. */
export function setOwnRules(position: Position, stop: f64, target: f64, trail: f64): void {
  position.ownCount = 0
  if (stop != stop && target != target && trail != trail) return
  ownRule(position, L.REASON_STOP, stop)
  ownRule(position, L.REASON_TARGET, target)
  ownRule(position, L.REASON_TRAIL, trail)
}

function ownRule(position: Position, type: i32, distance: f64): void {
  if (distance != distance) return
  const rule = ruleAt(detailOf(position) + L.DETAIL_OWN_RULES, position.ownCount++)
  rule.distance = distance
  rule.value = 0
  rule.from = 0
  rule.type = type
  rule.unit = L.UNIT_FRACTION
  rule.action = L.ACTION_EXIT
  rule.bars = 0
}

// ---- changes of the chains ---------------------------------------------------------------------

/** Replaces the global chain (asset -1) or an asset's; count -1 takes an asset back to the global chain (6.1). */
export function setRules(asset: i32, source: usize, count: i32): void {
  if (asset < 0) {
    memory.copy(run.globalRules, source, <usize>count * L.RULE_BYTES)
    run.rules = count
  } else {
    if (count > 0) memory.copy(assetChain(asset), source, <usize>count * L.RULE_BYTES)
    store<i32>(run.assetRuleCounts + ((<usize>asset) << 2), count)
  }
  run.rulesRevision++
  if (count > run.longestChain) run.longestChain = count
  if (count > 0) run.ruled = 1
  lookForRanges(source, count)
  for (let a = 0; a < run.assets; a++) if (quantityOf(a) != 0) openFence(a)
  if (run.lots) openLots()
}

/** Notes whether rules are measured in average true ranges, which change from bar to bar. */
export function lookForRanges(chain: usize, count: i32): void {
  for (let place = 0; place < count; place++) if (ruleAt(chain, place).unit == L.UNIT_ATR) run.ranged = 1
}

// @ts-ignore: decorator
@inline function seenChain(position: Position): usize {
  return detailOf(position) + L.DETAIL_SEEN_RULES
}

/** Notes the chain that the position goes by, against which changes are told. */
function noteChain(asset: i32, position: Position): void {
  position.seenRevision = run.rulesRevision
  position.seenCount = chainLength(asset)
  // Not memory.copy, which is a call out of WebAssembly. Half a rule more may be taken along, which nobody looks at.
  const to = seenChain(position)
  const from = chainOf(asset)
  for (let i = 0; i < position.seenCount * L.RULE_BYTES; i += 16) v128.store(to + i, v128.load(from + i))
}

/**
 * The asset's bar begins: if chains have changed, what the position remembers of a place survives where the same rule
 * stands there (fired, waiting) or again a trail (level) (6.1, 5.5).
 */
export function adoptChanges(asset: i32): void {
  const position = positionOf(asset)
  if (position.seenRevision == run.rulesRevision) return
  openFence(asset)
  const before = seenChain(position)
  const beforeCount = position.seenCount
  const after = chainOf(asset)
  const afterCount = chainLength(asset)
  for (let place = 0; place <= L.RULE_LIMIT; place++) {
    const both = place < beforeCount && place < afterCount
    const b = before + <usize>place * L.RULE_BYTES
    const a = after + <usize>place * L.RULE_BYTES
    // The place behind the chain is that of an added stop, which is the same as long as both chains end there.
    const same = both ? memory.compare(b, a, L.RULE_BYTES) == 0 : place == beforeCount && place == afterCount
    if (!same) {
      position.fired &= ~(1 << place)
      position.waiting &= ~(1 << place)
    }
    const trails = both && changetype<Rule>(b).type == L.REASON_TRAIL && changetype<Rule>(a).type == L.REASON_TRAIL
    if (place < L.RULE_LIMIT && !trails) store<f64>(trailLevelPlace(position, place), NaN)
  }
  noteChain(asset, position)
  followTrails(asset)
}

/** A position begins under the chain that holds now. */
export function beginRules(asset: i32, position: Position): void {
  if (!run.ruled) {
    // Rules that come later find a chain without rules, and reset everything else.
    position.seenRevision = run.rulesRevision
    position.seenCount = 0
    dropFence(asset)
    return
  }
  noteChain(asset, position)
  followTrails(asset)
}
