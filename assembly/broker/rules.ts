// Position rules: levels, trails, what has fired (semantics 6). Places 0..n-1 are the chain's; place n is the stop
// that a move-stop action adds where the chain has none.
import * as L from '../layout'
import { Position, Rule } from '../records'
import { assetChain, at, chainLength, chainOf, detailOf, highOf, lowOf, positionOf, quantityOf, ruleAt, run, scaled, signOf } from './state'

// @ts-ignore: decorator
@inline function basisOf(position: Position): f64 {
  return run.stopBasis == L.STOP_BASIS_FILL ? position.average : position.basis
}

// @ts-ignore: decorator
@inline function trailLevelPlace(position: Position, place: i32): usize {
  return detailOf(position) + L.DETAIL_TRAIL_LEVELS + ((<usize>place) << 3)
}

/** The first stop of a chain: the place a moved stop acts on, or the chain's length where it adds one. */
function firstStop(chain: usize, count: i32): i32 {
  for (let place = 0; place < count; place++) if (ruleAt(chain, place).type == L.REASON_STOP) return place
  return count
}

// @ts-ignore: decorator
@inline function tighter(side: f64, a: f64, b: f64): f64 {
  return side > 0 ? Math.max(a, b) : Math.min(a, b)
}

/** Number of places that can have a level: the chain, and the added stop where there is one. */
export function placesOf(asset: i32): i32 {
  const position = positionOf(asset)
  const count = chainLength(asset)
  if (position.movedStop != position.movedStop) return count
  return firstStop(chainOf(asset), count) == count ? count + 1 : count
}

/** REASON_STOP, _TARGET, _TRAIL or _TIME of the rule at a place. */
export function reasonAt(asset: i32, place: i32): i32 {
  return place < chainLength(asset) ? ruleAt(chainOf(asset), place).type : L.REASON_STOP
}

/** The rule at this place has fired for good, or waits for its fill (6.1, 6.3). */
// @ts-ignore: decorator
@inline export function isSpent(position: Position, place: i32): bool {
  return ((position.fired | position.waiting) & (1 << place)) != 0
}

/** Level of a stop or target at its distance from the basis (6.2). */
// @ts-ignore: decorator
@inline function ruleLevel(position: Position, rule: Rule, side: f64): f64 {
  const basis = basisOf(position)
  const direction = rule.type == L.REASON_STOP ? -side : side
  return rule.unit == L.UNIT_PRICE ? basis + direction * rule.distance : scaled(basis, direction * rule.distance)
}

/** Price at which the rule at a place fires (6.2, 5.5), NaN where it has none. Trails: as last followed. */
export function levelAt(asset: i32, place: i32): f64 {
  const position = positionOf(asset)
  const count = chainLength(asset)
  const side = signOf(quantityOf(asset))
  if (place == count) return position.movedStop
  const chain = chainOf(asset)
  const rule = ruleAt(chain, place)
  if (rule.type == L.REASON_TIME) return NaN
  if (rule.type == L.REASON_TRAIL) return load<f64>(trailLevelPlace(position, place))
  const level = ruleLevel(position, rule, side)
  if (rule.type != L.REASON_STOP || position.movedStop != position.movedStop) return level
  return firstStop(chain, count) == place ? position.movedStop : level
}

/** Takes the trail levels along with the water marks; a level never loosens (5.5). */
export function followTrails(asset: i32): void {
  const position = positionOf(asset)
  const count = chainLength(asset)
  if (count == 0) return
  const chain = chainOf(asset)
  const side = signOf(quantityOf(asset))
  for (let place = 0; place < count; place++) {
    const rule = ruleAt(chain, place)
    if (rule.type != L.REASON_TRAIL) continue
    const stored = trailLevelPlace(position, place)
    const level = trailLevel(side, side > 0 ? highOf(asset) : lowOf(asset), rule.distance, rule.unit == L.UNIT_FRACTION)
    const old = load<f64>(stored)
    store<f64>(stored, old == old ? tighter(side, old, level) : level)
  }
}

/** Level of a trail at `distance` behind a water mark; side +1 for a long position or a sell trail. */
export function trailLevel(side: f64, mark: f64, distance: f64, fraction: bool): f64 {
  return fraction ? scaled(mark, -side * distance) : mark - side * distance
}

/** Where the stop moves to (6.1): a price, kept where it tightens what there is. */
export function moveStop(asset: i32, offset: f64): void {
  const position = positionOf(asset)
  const side = signOf(quantityOf(asset))
  const level = scaled(basisOf(position), side * offset)
  const place = firstStop(chainOf(asset), chainLength(asset))
  const old = levelAt(asset, place)
  openFence(asset)
  if (old != old || side * (level - old) > 0) position.movedStop = level
}

/** A position begins: nothing has fired, nothing waits, trails start anew. */
export function resetRules(asset: i32): void {
  const position = positionOf(asset)
  openFence(asset)
  position.fired = 0
  position.waiting = 0
  position.pendingCount = 0
  position.movedStop = NaN
  if (!run.ruled) return
  const none = f64x2.splat(NaN)
  const levels = trailLevelPlace(position, 0)
  v128.store(levels, none)
  v128.store(levels, none, 16)
  v128.store(levels, none, 32)
  v128.store(levels, none, 48)
}

/** The three fractions of semantics 8.1 become the position's own chain, in the order stop, target, trail. */
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
  for (let a = 0; a < run.assets; a++) if (quantityOf(a) != 0) openFence(a)
}

// @ts-ignore: decorator
@inline function seenChain(position: Position): usize {
  return detailOf(position) + L.DETAIL_SEEN_RULES
}

/** Notes the chain that the position goes by, against which changes are told. */
function noteChain(asset: i32, position: Position): void {
  position.seenRevision = run.rulesRevision
  position.seenCount = chainLength(asset)
  // Not memory.copy, which is a call out of WebAssembly.
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
    setFence(asset, -Infinity, Infinity)
    return
  }
  noteChain(asset, position)
  followTrails(asset)
}

// ---- the fence ---------------------------------------------------------------------------------
//
// Between which prices nothing happens to a position: found when it is first asked for, and again after something that
// moves a level. Most bars of most positions lie inside, and need no look at the chain. Two columns, so that many assets
// are looked at in one go; nothing can happen to an asset without a position, and all has to be looked at (`below` is
// infinite) where the fence is open, and where time, a trail or a waiting exit is due to be looked at every bar.

// @ts-ignore: decorator
@inline function setFence(asset: i32, below: f64, above: f64): void {
  store<f64>(at(run.belows, asset), below)
  store<f64>(at(run.aboves, asset), above)
  positionOf(asset).fenced = 1
}

/** Something has moved a level of the position, or what fires. */
// @ts-ignore: decorator
@inline export function openFence(asset: i32): void {
  store<f64>(at(run.belows, asset), Infinity)
  positionOf(asset).fenced = 0
}

/** The position is gone. */
// @ts-ignore: decorator
@inline export function dropFence(asset: i32): void {
  setFence(asset, -Infinity, Infinity)
}

// @ts-ignore: decorator
@inline export function belowOf(asset: i32): f64 {
  return load<f64>(at(run.belows, asset))
}

// @ts-ignore: decorator
@inline export function aboveOf(asset: i32): f64 {
  return load<f64>(at(run.aboves, asset))
}

/** The fence is there, found if it has to be; not where rules have changed that the position has not yet adopted. */
// @ts-ignore: decorator
@inline export function isFenced(asset: i32): bool {
  const position = positionOf(asset)
  if (position.fenced) return true
  if (position.seenRevision != run.rulesRevision) return false
  buildFence(asset)
  return true
}

/** No rule of the position can do anything while the price stays from `low` to `high`. */
// @ts-ignore: decorator
@inline export function isInside(asset: i32, low: f64, high: f64): bool {
  return isFenced(asset) && low > belowOf(asset) && high < aboveOf(asset)
}

/** Finds the levels next to the price. */
function buildFence(asset: i32): void {
  const position = positionOf(asset)
  const side = signOf(quantityOf(asset))
  const chain = chainOf(asset)
  const count = chainLength(asset)
  const moved = position.movedStop
  let below = -Infinity
  let above = Infinity
  // The stop that has been moved: the first of the chain, or one behind it.
  let first = moved == moved
  for (let place = 0; place < count; place++) {
    const rule = ruleAt(chain, place)
    const type = rule.type
    if (type == L.REASON_TRAIL) {
      // It follows the price even when it has fired: a chain that replaces this one may take up its level.
      below = Infinity
      continue
    }
    const isMoved = first && type == L.REASON_STOP
    if (isMoved) first = false
    if (isSpent(position, place)) continue
    if (type == L.REASON_TIME) below = Infinity
    else {
      const level = isMoved ? moved : ruleLevel(position, rule, side)
      if ((type == L.REASON_TARGET) == side > 0) above = Math.min(above, level)
      else below = Math.max(below, level)
    }
  }
  if (first && !isSpent(position, count)) {
    if (side > 0) below = Math.max(below, moved)
    else above = Math.min(above, moved)
  }
  setFence(asset, position.pendingCount > 0 ? Infinity : below, above)
}

/** No rule can touch the asset's position: no chain, nothing that waits. */
// @ts-ignore: decorator
@inline export function isFree(asset: i32): bool {
  if (!run.ruled) return true
  if (run.longestChain > 0) return false
  const position = positionOf(asset)
  return position.ownCount == 0 && position.pendingCount == 0
}
