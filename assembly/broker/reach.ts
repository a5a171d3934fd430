// What the range of a bar can do to an asset: a quick look at its levels, before any path is walked (semantics 5.1).
import * as L from '../layout'
import { isLotInside } from './fence'
import { isLimit, isReached, isTrail, levelDirection, levelOrder, levelPlace, lookAt, nearestLevel, nextLevel } from './levels'
import { firstLot, lotAt, putLot, takeLot } from './lots'
import { bringsRules, chainLength, chainOf, orderAt, positionOf, quantityOf, ruleAt, run } from './state'
import { WAITING_FAR, hasWaiting } from './exits'

/** No level lies inside. */
export const NOTHING: i32 = 0
/** One fill that is the same on every path. */
export const CERTAIN: i32 = 1
/** Paths have to be walked. */
export const OPEN_ENDED: i32 = 2

/**
 * Which of the asset's levels, trails as near as they can come, lie inside [low, high]. Certain is only what is known to be
 * the same on every candidate path: one level at a fixed price, whose fill makes nothing else live and moves no level. That
 * spares the walk of two to four paths: 500 assets with stops at 2 % and targets at 3 % took 144 ms with it and 171 without.
 */
export function reach(asset: i32, low: f64, high: f64): i32 {
  if (run.lots) {
    if (anyLotReached(asset, low, high)) return OPEN_ENDED
  } else if (hasWaiting(asset, L.STOP_FILL_EXTREME) || (run.targetFill && hasWaiting(asset, WAITING_FAR))) return OPEN_ENDED
  let found = 0
  let certain = (run.ways & L.WAY_CERTAIN) != 0 && run.links == 0
  for (lookAt(asset); nextLevel(); ) {
    if (!isReached(nearestLevel(asset, low, high), levelDirection, levelDirection > 0 ? high : low)) continue
    found++
    if (!isCertain(asset)) certain = false
  }
  return found == 0 ? NOTHING : found == 1 && certain ? CERTAIN : OPEN_ENDED
}

/** Whether a lot has a level there, or an exit that waits for the extreme. */
function anyLotReached(asset: i32, low: f64, high: f64): bool {
  if (!run.ruled) return false
  let found = false
  for (let i = firstLot(asset); i > 0 && !found; i = lotAt(i).next) {
    if (lotAt(i).quantity == 0 || isLotInside(i, low, high)) continue
    takeLot(i)
    found = hasWaiting(asset, L.STOP_FILL_EXTREME) || (run.targetFill != 0 && hasWaiting(asset, WAITING_FAR))
    for (lookAt(asset); !found && nextLevel(); ) {
      found = isReached(nearestLevel(asset, low, high), levelDirection, levelDirection > 0 ? high : low)
    }
    putLot()
  }
  return found
}

/** The level of `nextLevel` is fixed, and what fires at it does nothing but trade. */
function isCertain(asset: i32): bool {
  if (isTrail()) return false
  if (levelOrder < 0) {
    if (levelPlace == chainLength(asset)) return true
    const rule = ruleAt(chainOf(asset), levelPlace)
    return (rule.type == L.REASON_STOP || rule.type == L.REASON_TARGET) &&
      (rule.action == L.ACTION_EXIT || rule.action == L.ACTION_EXIT_FRACTION || rule.action == L.ACTION_EXIT_ENTRIES)
  }
  const order = orderAt(levelOrder)
  if (order.type != L.TYPE_STOP && !isLimit(order)) return false
  // A target of a scaled bracket may move its stop (3.17).
  if ((order.flags & L.FLAG_REDUCE_ONLY) != 0) return order.parent == 0 || order.link == 0
  // An entry: nothing may come with it, and no rules may take it up.
  return order.children == 0 && !bringsRules(order) && run.longestChain == 0 &&
    (quantityOf(asset) == 0 || positionOf(asset).ownCount == 0)
}
