import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { SIZE_TYPES } from '../results/schema.ts'
import type { CheckedSettings } from '../settings/settings.ts'
import type { AtrDistance } from './atrtrail.ts'
import type { Fail } from './fields.ts'
import { CHILD_TRAIL_NAMES, type OrderSpec, readTrail } from './request.ts'
import type { BracketRequest } from './requests.ts'
import { readTakeProfits, stopLink } from './scaled.ts'

/** Ids of a bracket's orders; 0 for a child that was not asked for. */
export interface BracketIds {
  parent: number
  stop: number
  target: number
  /** Of a scaled bracket: its targets, of which `target` is the first. */
  targets?: number[]
}

/** A child in the numbers of a command, with what it is in a scaled bracket. */
export interface ChildSpec extends OrderSpec {
  link: number
}

export const NO_CHILDREN: readonly ChildSpec[] = []

/** The children of a bracket: the stop or trail first, then its targets (semantics 3.8, 3.17). @throws FillgridError invalid_value */
export function bracketChildren(
  request: BracketRequest,
  parent: OrderSpec,
  market: Market,
  settings: CheckedSettings,
  atr: AtrDistance,
): readonly ChildSpec[] {
  const { stopLossPrice: stop, takeProfitPrice: target } = request
  const trails = CHILD_TRAIL_NAMES.some((name) => request[name] !== undefined)
  const scaled = SCALED_NAMES.some((name) => request[name] !== undefined)
  if (stop === undefined && target === undefined && !trails && !scaled) return NO_CHILDREN
  const fail: Fail = (name, expected, value) =>
    new FillgridError('invalid_value', `bracket of ${asset}.${name}: ${expected} expected, found ${show(value)}.`, {
      asset,
    })
  const asset = market.assets[parent.asset]
  if (parent.size >= L.SIZE_TARGET_UNITS)
    throw fail('size', 'units, value or fraction, not a target', SIZE_TYPES[parent.size])
  if ((parent.flags & L.FLAG_REDUCE_ONLY) !== 0) throw fail('reduceOnly', 'none for an entry with children', true)
  const targets = readTakeProfits(request, asset, fail)
  if (targets.length > 0 && settings.children === 'plain')
    throw fail('takeProfits', "children: 'reduce-only' (with 'plain' ones a bracket has one target)", targets.length)
  const later = request.trailAfter !== undefined
  if (trails && stop !== undefined && !later) throw fail('stopLossPrice', 'a stop price or a trail, not both', stop)
  if (later && !(trails && stop !== undefined))
    throw fail(
      'trailAfter',
      'stopLossPrice and one of childTrailAmount, childTrailFraction and childTrailAtr beside it',
      request.trailAfter,
    )
  if (request.breakEvenAfter !== undefined && !trails && stop === undefined)
    throw fail('breakEvenAfter', 'a stop or trail that moves', request.breakEvenAfter)
  const prices: [name: string, price: number | undefined][] = [
    ['stopLossPrice', stop],
    ['takeProfitPrice', target],
    ...targets.map(({ price }, i): [string, number] => [`takeProfits[${i}].price`, price]),
  ]
  for (const [name, price] of prices) {
    if (price === undefined && !name.endsWith('.price')) continue
    if (!Number.isFinite(price)) throw fail(name, 'a finite price', price)
    if (price! <= 0 && !market.allowNonPositive)
      throw fail(name, 'a price above 0 (or a market with allowNonPositive)', price)
  }
  checkSides(
    parent,
    stop,
    targets.length > 0 ? targets.map(({ price }) => price) : target === undefined ? [] : [target],
    asset,
  )
  const link = targets.length > 0 ? stopLink(request, targets.length, fail) : 0
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
    after: 0,
    ruleStop: Number.NaN,
    ruleTarget: Number.NaN,
    ruleTrail: Number.NaN,
    rules: [],
    link: 0,
  })
  const children: ChildSpec[] = []
  if (stop !== undefined) children.push({ ...child(L.TYPE_STOP), stop, link })
  if (trails) {
    const trail = readTrail(true, parent.asset, request, CHILD_TRAIL_NAMES, fail, atr)
    const order = children[0] ?? { ...child(L.TYPE_TRAILING_STOP), link }
    children[0] = {
      ...order,
      trail: trail.distance,
      flags: order.flags | (trail.fraction ? L.FLAG_TRAIL_FRACTION : 0),
    }
  }
  if (target !== undefined) children.push({ ...child(L.TYPE_LIMIT), limit: target })
  targets.forEach(({ price, share }, i) => {
    const last = i === targets.length - 1 ? L.SCALED_LAST : 0
    children.push({ ...child(L.TYPE_LIMIT), limit: price, ruleTarget: share, link: L.SCALED_TARGET | last })
  })
  return children
}

const SCALED_NAMES = ['takeProfits', 'breakEvenAfter', 'trailAfter'] as const

/** The stop lies on one side of the entry's limit and the targets, each farther than the one before, on the other. @throws FillgridError invalid_value */
function checkSides(parent: OrderSpec, stop: number | undefined, targets: readonly number[], asset: string): void {
  const long = parent.side > 0
  const limit = parent.type === L.TYPE_LIMIT && !Number.isNaN(parent.limit) ? parent.limit : undefined
  const prices = [stop, limit, ...targets].filter((price) => price !== undefined)
  if (prices.every((price, i) => i === 0 || (long ? prices[i - 1] < price : prices[i - 1] > price))) return
  const order = long ? 'stop < limit < target' : 'target < limit < stop'
  const found = `stop ${show(stop)}, ${limit === undefined ? '' : `limit ${show(limit)}, `}target ${targets.length > 0 ? targets.map((price) => show(price)).join(', ') : show(undefined)}`
  throw new FillgridError(
    'invalid_value',
    `bracket of ${asset}: a ${long ? 'long' : 'short'} one needs ${order}${targets.length > 1 ? ', each target beyond the one before it' : ''}, found ${found}. Mend the prices.`,
    { asset },
  )
}

/** Ids of an order and its children, which follow it. */
export function bracketIds(parent: number, children: readonly ChildSpec[]): BracketIds {
  const ids: BracketIds = { parent, stop: 0, target: 0 }
  children.forEach((child, c) => {
    const id = parent + 1 + c
    if (child.type !== L.TYPE_LIMIT) ids.stop = id
    else {
      ids.target ||= id
      if (child.link !== 0) ids.targets = [...(ids.targets ?? []), id]
    }
  })
  return ids
}
