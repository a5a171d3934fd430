/** How orders end, and what hangs on one another: children, siblings, groups, what a closed position cancels (3.6, 3.8, 3.9). */
import { isReduceOnly } from './foreign.ts'
import { isOrphan } from './lots.ts'
import { placeChild } from './places.ts'
import { noteStop, sleepOf } from './positions.ts'
import { trailStart, trailTo } from './rules.ts'
import { coverAll, endUnitless, shareOut, tieScaled } from './scaled.ts'
import { type Asset, cover, holdings, type LiveOrder, type Run, wrong } from './state.ts'
import type { OrderReason, OrderStatus } from './types.ts'
import { endBehind } from './waiting.ts'

/** Ends an order; children that never lived end before it (2.4, 3.8). */
export function endOrder(run: Run, asset: Asset, order: LiveOrder, status: OrderStatus, reason: OrderReason): void {
  const plain = run.set.children === 'plain'
  if (plain && status === 'filled' && !wrong(run, '10.11/wakes')) wakeChildren(run, asset, order, 0, asset.mark)
  const woken = plain && !wrong(run, '10.11/parent') ? status === 'filled' : order.opened > 0
  const orphans = woken ? [] : asset.pending.filter((child) => child.parent === order.id)
  if (woken) endUnitless(run, asset, order)
  if (!wrong(run, '2.4/children-first')) for (const child of orphans) endOrder(run, asset, child, 'cancelled', 'parent')
  endBehind(run, asset, order)
  order.status = wrong(run, '3.3/part') && status === 'partially_filled' ? 'filled' : status
  order.endReason = reason
  order.endedBar = run.bar
  asset.pending = asset.pending.filter((other) => other !== order)
  run.occurrences.push({ kind: 'order', index: order.id })
  for (const child of orphans) if (child.endedBar < 0) endOrder(run, asset, child, 'cancelled', 'parent')
}

export function cancelOrder(run: Run, asset: Asset, order: LiveOrder, reason: OrderReason): void {
  endOrder(run, asset, order, order.filled > 0 ? 'partially_filled' : 'cancelled', reason)
}

export function refuse(run: Run, asset: Asset, order: LiveOrder, reason: OrderReason): void {
  endOrder(run, asset, order, order.filled > 0 ? 'partially_filled' : 'rejected', reason)
}

/** A post-only order becomes live as a limit: reached then, it ends (3.14). */
export function lookFirst(run: Run, asset: Asset, order: LiveOrder, price: number): void {
  if (!order.fresh) return
  order.fresh = false
  const reached = order.side > 0 ? price <= order.limit : price >= order.limit
  if (reached && !wrong(run, '3.14/post-only')) cancelOrder(run, asset, order, 'post_only')
}

/** It rests where it is a limit that the price has not reached (7.2). */
export function rest(order: LiveOrder, price: number): void {
  if (order.type !== 'limit' && order.status !== 'triggered') return
  if (order.side > 0 ? price > order.limit : price < order.limit) order.resting = true
}

/** Children live from their parent's entry on, for the units that opened (3.8, 5.4). */
export function wakeChildren(run: Run, asset: Asset, parent: LiveOrder, k: number, base: number): void {
  const plain = run.set.children === 'plain' && !wrong(run, '10.11/units')
  const targets = shareOut(run, asset, parent, k)
  for (const child of asset.pending) {
    if (child.parent !== parent.id) continue
    cover(run, '5.4')
    const units = targets.get(child)
    if (units === 0) continue
    if (units !== undefined) coverAll(child, units)
    else if (!child.dormant) {
      if (!wrong(run, '3.12/children')) coverMore(child, k)
      continue
    } else child.amount = plain || wrong(run, '3.8/units') ? parent.filled : parent.opened
    if (!child.dormant) continue
    child.dormant = false
    placeChild(run, child)
    child.lot = parent.lot
    child.sleeps = wrong(run, '10.1/children') ? 0 : sleepOf(run, parent)
    if (run.phase !== 'close' && child.sleeps === 0 && !wrong(run, '7.2/child')) rest(child, base)
    if (child.type !== 'trailing-stop') {
      if (child.type === 'stop') noteChild(run, asset, parent, child.stop)
      continue
    }
    if (run.set.trailFollows !== 'close' || Number.isNaN(child.water)) {
      child.startedBar = run.phase === 'close' ? -1 : run.bar
      trailTo(run, child, trailStart(run, asset, -child.side, base))
    }
    noteChild(run, asset, parent, child.level)
  }
}

/** A stop that wakes with the order that opened the position, or the lot, is one of its initial ones (7.11). */
function noteChild(run: Run, asset: Asset, parent: LiveOrder, level: number): void {
  if (wrong(run, '7.11/children')) return
  for (const p of holdings(asset.position))
    if (p.entryOrder === parent.id && (p.number === 0 || p.number === parent.lot)) noteStop(run, p, level)
}

/** A child that is awake is to close so many units more, or less (3.12). */
function coverMore(child: LiveOrder, units: number): void {
  if (Number.isNaN(child.units)) child.amount = child.amount + units
  else child.remaining = child.remaining + units
}

/** Siblings, group members, then what the closed position cancels (2.4). */
export function cancelOthers(
  run: Run,
  asset: Asset,
  order: LiveOrder | null,
  closed: number,
  k: number,
  part: number,
): void {
  const parent = order && order.parent > 0 && asset.pending.find((one) => one.id === order.parent)
  if (parent && !wrong(run, '3.12/parent')) cancelOrder(run, asset, parent, 'child')
  if (order?.scaled && !wrong(run, '3.17/ties')) tieScaled(run, asset, order, k, part > 0)
  else if (order && order.parent > 0 && part > 0) {
    if (!wrong(run, '3.12/sibling')) {
      for (const other of asset.pending) if (other.parent === order.parent && other !== order) coverMore(other, -part)
    }
  } else if (order && order.parent > 0 && !wrong(run, '3.8/sibling')) {
    for (const other of asset.pending.filter((o) => o.parent === order.parent && o !== order)) {
      cancelOrder(run, asset, other, 'sibling')
    }
  }
  if (order && order.group > 0 && !wrong(run, '3.9')) {
    for (const other of asset.pending.filter((o) => o.group === order.group && o !== order)) {
      cancelOrder(run, asset, other, 'oco')
    }
  }
  if (closed === 0) {
    for (const other of [...asset.pending])
      if (other !== order && isOrphan(run, asset, other)) cancelOrder(run, asset, other, 'position_closed')
    return
  }
  for (const other of [...asset.pending]) {
    const child = other.parent > 0 && !other.dormant && (isReduceOnly(run, other) || wrong(run, '10.11/outlives'))
    const given = other.reduceOnly && !other.dormant && other.side === -closed && !wrong(run, '3.6/gone')
    const bound = given || (other.size === 'position' && other.boundSide === closed)
    if (other === order || !(child || bound)) continue
    if (wrong(run, '3.6/closed') && bound) continue
    cancelOrder(run, asset, other, 'position_closed')
  }
}
