import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { SIZE_TYPES } from '../results/schema.ts'
import type { AtrDistance } from './atrtrail.ts'
import type { Fail } from './fields.ts'
import { CHILD_TRAIL_NAMES, type OrderSpec, readTrail } from './request.ts'
import type { BracketRequest } from './requests.ts'

/** Ids of a bracket's orders; 0 for a child that was not asked for. */
export interface BracketIds {
  parent: number
  stop: number
  target: number
}

/** A child in the numbers of a command. */
export type ChildSpec = OrderSpec

export const NO_CHILDREN: readonly ChildSpec[] = []

/** The children of a bracket: the stop or trail first, then the target (semantics 3.8). @throws FillgridError invalid_value */
export function bracketChildren(
  request: BracketRequest,
  parent: OrderSpec,
  market: Market,
  atr: AtrDistance,
): readonly ChildSpec[] {
  const { stopLossPrice: stop, takeProfitPrice: target } = request
  const trails = CHILD_TRAIL_NAMES.some((name) => request[name] !== undefined)
  if (stop === undefined && target === undefined && !trails) return NO_CHILDREN
  const fail: Fail = (name, expected, value) =>
    new FillgridError('invalid_value', `bracket of ${asset}.${name}: ${expected} expected, found ${show(value)}.`, {
      asset,
    })
  const asset = market.assets[parent.asset]
  if (parent.size >= L.SIZE_TARGET_UNITS)
    throw fail('size', 'units, value or fraction, not a target', SIZE_TYPES[parent.size])
  if ((parent.flags & L.FLAG_REDUCE_ONLY) !== 0) throw fail('reduceOnly', 'none for an entry with children', true)
  if (trails && stop !== undefined) throw fail('stopLossPrice', 'a stop price or a trail, not both', stop)
  for (const [name, price] of [
    ['stopLossPrice', stop],
    ['takeProfitPrice', target],
  ] as const) {
    if (price === undefined) continue
    if (!Number.isFinite(price)) throw fail(name, 'a finite price', price)
    if (price <= 0 && !market.allowNonPositive)
      throw fail(name, 'a price above 0 (or a market with allowNonPositive)', price)
  }
  const long = parent.side > 0
  const order = long ? 'stop < limit < target' : 'target < limit < stop'
  const above = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b) || (long ? a < b : a > b)
  const limit = parent.type === L.TYPE_LIMIT ? parent.limit : undefined
  if (!above(stop, target) || !above(stop, limit) || !above(limit, target)) {
    throw new FillgridError(
      'invalid_value',
      `bracket of ${asset}: a ${long ? 'long' : 'short'} one needs ${order}, found stop ${show(stop)}, ${limit === undefined ? '' : `limit ${show(limit)}, `}target ${show(target)}. Mend the prices.`,
      { asset },
    )
  }
  const child = (type: number): ChildSpec => ({
    ...parent,
    side: -parent.side,
    type,
    size: L.SIZE_UNITS,
    amount: Number.NaN,
    limit: Number.NaN,
    stop: Number.NaN,
    trail: Number.NaN,
    offset: Number.NaN,
    flags: parent.flags & L.FLAG_SIGNAL,
    goodTill: Number.NaN,
    endBar: L.NO_END,
    ruleStop: Number.NaN,
    ruleTarget: Number.NaN,
    ruleTrail: Number.NaN,
    rules: [],
  })
  const children: ChildSpec[] = []
  if (stop !== undefined) children.push({ ...child(L.TYPE_STOP), stop })
  if (trails) {
    const trail = readTrail(true, parent.asset, request, CHILD_TRAIL_NAMES, fail, atr)
    const order = child(L.TYPE_TRAILING_STOP)
    children.push({
      ...order,
      trail: trail.distance,
      flags: order.flags | (trail.fraction ? L.FLAG_TRAIL_FRACTION : 0),
    })
  }
  if (target !== undefined) children.push({ ...child(L.TYPE_LIMIT), limit: target })
  return children
}

/** Ids of an order and its children, which follow it. */
export function bracketIds(parent: number, children: readonly ChildSpec[]): BracketIds {
  const ids: BracketIds = { parent, stop: 0, target: 0 }
  children.forEach((child, c) => {
    if (child.type === L.TYPE_LIMIT) ids.target = parent + 1 + c
    else ids.stop = parent + 1 + c
  })
  return ids
}
