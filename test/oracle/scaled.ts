/** Brackets with several targets (3.17). */
import { cancelOrder, endOrder } from './ends.ts'
import { toGrid } from './grid.ts'
import { reducible } from './lots.ts'
import { rounded } from './money.ts'
import { trailStart, trailTo } from './rules.ts'
import { type Asset, type LiveOrder, type Run, wrong } from './state.ts'

function childrenOf(asset: Asset, parent: number): LiveOrder[] {
  return asset.pending.filter((order) => order.parent === parent && order.scaled)
}

function isStop(child: LiveOrder): boolean {
  return Number.isNaN(child.share)
}

/** Units of an order that is awake, what it has traded taken off. */
function unitsOf(child: LiveOrder): number {
  return child.dormant ? 0 : Number.isNaN(child.units) ? child.amount : child.remaining
}

/** The child is to close so many units. */
export function coverAll(child: LiveOrder, units: number): void {
  if (Number.isNaN(child.units)) child.amount = units
  else child.remaining = units
}

/** Units that the parent's targets have after it has opened k more. */
export function shareOut(run: Run, asset: Asset, parent: LiveOrder, k: number): Map<LiveOrder, number> {
  const units = new Map<LiveOrder, number>()
  let rest = k
  for (const target of childrenOf(asset, parent.id)) {
    if (isStop(target)) continue
    const was = unitsOf(target)
    if (target.lastTarget && !wrong(run, '3.17/last')) {
      const more = rest <= 1e-9 * parent.opened ? 0 : rest
      units.set(target, was + more)
    } else {
      const share = target.share * parent.opened
      units.set(target, wrong(run, '3.17/rounded') ? share : rounded(run, asset, share))
      rest = rest - (units.get(target)! - was)
    }
  }
  return units
}

/** Targets that got no units have none to come. */
export function endUnitless(run: Run, asset: Asset, parent: LiveOrder): void {
  for (const child of childrenOf(asset, parent.id))
    if (child.dormant && !wrong(run, '3.17/unitless')) endOrder(run, asset, child, 'rejected', 'size_zero')
}

/** Takes units off a child, which ends where no more than dust is left; whether it does. */
function takeOff(run: Run, asset: Asset, child: LiveOrder, k: number): boolean {
  const units = unitsOf(child)
  if (units - k <= 1e-9 * units) {
    cancelOrder(run, asset, child, 'sibling')
    return true
  }
  coverAll(child, units - k)
  return false
}

/** A child has traded k units: what that makes of the others. */
export function tieScaled(run: Run, asset: Asset, order: LiveOrder, k: number, part: boolean): void {
  const others = childrenOf(asset, order.parent).filter((child) => child !== order)
  if (!isStop(order)) {
    const stop = others.find(isStop)
    if (stop === undefined) return
    const ends = !wrong(run, '3.17/stop') && takeOff(run, asset, stop, k)
    if (!ends && !part) countTarget(run, asset, stop)
    return
  }
  if (!part) {
    for (const target of others) cancelOrder(run, asset, target, 'sibling')
    return
  }
  const targets = others.filter((target) => !target.dormant)
  if (!wrong(run, '3.17/first')) targets.reverse()
  let left = k
  for (const target of targets) {
    if (!(left > 0) || wrong(run, '3.17/targets')) return
    const units = unitsOf(target)
    if (!takeOff(run, asset, target, left)) return
    left = left - units
  }
}

/** One more target has been filled: the stop may move, and may trail from here on. */
function countTarget(run: Run, asset: Asset, stop: LiveOrder): void {
  stop.targetsFilled++
  const position = reducible(run, asset, stop)
  if (stop.status !== 'pending' || position === null) return
  if (stop.targetsFilled === stop.breakEvenAfter && !wrong(run, '3.17/even')) {
    const raw = wrong(run, '3.17/costs') ? position.average + position.held / position.q : position.average
    tighten(run, stop, wrong(run, '3.17/grid') ? raw : toGrid(run, asset, raw, stop.side > 0))
  }
  if (stop.targetsFilled === stop.trailAfter && !wrong(run, '3.17/trail')) trailFrom(run, asset, stop)
}

function tighten(run: Run, stop: LiveOrder, price: number): void {
  const looser = stop.side * (price - (stop.type === 'stop' ? stop.stop : stop.level)) >= 0
  if (looser && !wrong(run, '3.17/tightens')) return
  if (stop.type === 'stop') stop.stop = price
  else stop.level = price
}

function trailFrom(run: Run, asset: Asset, stop: LiveOrder): void {
  stop.type = 'trailing-stop'
  stop.reason = 'trail'
  stop.level = wrong(run, '3.17/looser') ? Number.NaN : stop.stop
  stop.stop = Number.NaN
  stop.trail = stop.later.trail
  stop.trailFraction = stop.later.fraction
  stop.startedBar = run.phase === 'close' ? -1 : run.bar
  trailTo(run, stop, trailStart(run, asset, -stop.side, asset.mark))
}
