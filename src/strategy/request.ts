import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { ORDER_TYPES, SIZE_TYPES } from '../results/schema.ts'
import { checkRules } from '../settings/read.ts'
import type { CheckedSettings, DefaultSize, Rule, SizeType } from '../settings/settings.ts'
import { TIMINGS } from '../settings/table.ts'
import type { AtrDistance } from './atrtrail.ts'
import { checkFields, type Fail } from './fields.ts'
import { readLife } from './life.ts'
import { LIMITED, STOPPED, TRAILING } from './ordertypes.ts'
import type { BracketRequest, OrderRequest } from './requests.ts'

/** An order in the numbers of a command. */
export interface OrderSpec {
  asset: number
  side: number
  type: number
  size: number
  amount: number
  limit: number
  stop: number
  trail: number
  /** From the level of a trailing limit to its limit; NaN for other types. */
  offset: number
  timing: number
  flags: number
  /** Its end, ms UTC, and the first bar that starts then or later; NaN and NO_END where it has none. */
  goodTill: number
  endBar: number
  tag: number
  /** The order that it waits for; 0 for none. */
  after: number
  ruleStop: number
  ruleTarget: number
  ruleTrail: number
  /** The chain of the position that it opens; empty where it brings none. */
  rules: readonly Rule[]
}

/** Checks a request of a bar's hook, before which ids up to `next` were given, and puts it in numbers. @throws FillgridError unknown_name, invalid_value */
export function readOrder(
  request: OrderRequest,
  market: Market,
  settings: CheckedSettings,
  defaultSize: DefaultSize,
  bar: number,
  next: number,
  atr: AtrDistance,
): OrderSpec {
  const asset = typeof request.asset === 'string' ? market.assetIndex(request.asset) : request.asset
  if (!(Number.isInteger(asset) && asset >= 0 && asset < market.assetCount)) {
    throw new FillgridError(
      'unknown_name',
      `order.asset: an index from 0 to ${market.assetCount - 1} or a name expected, found ${show(request.asset)}.`,
    )
  }
  const symbol = market.assets[asset]
  const fail = (name: string, expected: string, value: unknown) =>
    new FillgridError('invalid_value', `order of ${symbol}.${name}: ${expected} expected, found ${show(value)}.`, {
      asset: symbol,
    })
  const type = ORDER_TYPES.indexOf(request.type ?? 'market')
  if (type < 0) throw fail('type', `one of ${ORDER_TYPES.join(', ')}`, request.type)
  const { size, amount, side } = readSize(request, defaultSize, fail)
  const price = (name: 'limitPrice' | 'stopPrice', wanted: boolean): number => {
    const value = request[name]
    if (!wanted) {
      if (value !== undefined) throw fail(name, `none for a ${ORDER_TYPES[type]} order`, value)
      return Number.NaN
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) throw fail(name, 'a finite price', value)
    if (value <= 0 && !market.allowNonPositive)
      throw fail(name, 'a price above 0 (or a market with allowNonPositive)', value)
    return value
  }
  const limit = price('limitPrice', LIMITED.includes(type))
  const stop = price('stopPrice', STOPPED.includes(type))
  if (type === L.TYPE_LIMIT_IF_TOUCHED && side * (limit - stop) < 0)
    throw fail(
      'limitPrice',
      `a limit ${side > 0 ? 'not below' : 'not above'} the touch price ${stop} when ${side > 0 ? 'buying' : 'selling'}`,
      limit,
    )
  const trail = readTrail(TRAILING.includes(type), asset, request, TRAIL_NAMES, fail, atr)
  const offset = readOffset(type, request.limitOffset, fail)
  const timing = TIMINGS.indexOf(request.timing ?? settings.timing)
  if (timing < 0) throw fail('timing', `one of ${TIMINGS.join(', ')}`, request.timing)
  const life = readLife(request, type, size, market, settings, bar, fail)
  const after = readAfter(request, life.flags, next, fail)
  const tag = request.tag ?? 0
  if (typeof tag !== 'number') throw fail('tag', 'a number', tag)
  const { signal } = request
  if (signal !== undefined && typeof signal !== 'boolean') throw fail('signal', 'true or false', signal)
  const fraction = (name: 'stop' | 'target' | 'trail', below: number): number => {
    const value = request[name]
    if (value === undefined || Number.isNaN(value)) return Number.NaN
    if (!(value > 0 && value < below && Number.isFinite(value)))
      throw fail(
        name,
        `a fraction ${below === 1 ? 'between 0 and 1' : 'above 0'} of the entry (prices are ${PRICES})`,
        value,
      )
    return value
  }
  const ruleStop = fraction('stop', 1)
  const ruleTarget = fraction('target', Number.POSITIVE_INFINITY)
  const ruleTrail = fraction('trail', 1)
  const given = request.rules
  const rules = given === undefined ? NO_RULES : checkRules(given, `order of ${symbol}.rules`)
  if (given !== undefined && rules.length === 0) throw fail('rules', 'none, or 1 to 8 rules', given)
  if (rules.length > 0 && !(Number.isNaN(ruleStop) && Number.isNaN(ruleTarget) && Number.isNaN(ruleTrail)))
    throw new FillgridError(
      'invalid_value',
      `order of ${symbol}: rules, or stop, target and trail expected, found both. Put all of them into rules.`,
      { asset: symbol },
    )
  return {
    asset,
    side,
    type,
    size,
    amount,
    limit,
    stop,
    trail: trail.distance,
    offset,
    timing,
    flags: (trail.fraction ? L.FLAG_TRAIL_FRACTION : 0) | (signal ? L.FLAG_SIGNAL : 0) | life.flags,
    goodTill: life.goodTill,
    endBar: life.endBar,
    tag,
    after,
    ruleStop,
    ruleTarget,
    ruleTrail,
    rules,
  }
}

/** Where prices are given that `stop` and its like are taken for. */
const PRICES = 'stopPrice of stop orders, stopLossPrice and takeProfitPrice of brackets'

const NO_RULES: readonly Rule[] = []

const SIZE_NAMES = ['quantity', 'value', 'fraction', 'size'] as const

function readSize(
  request: OrderRequest,
  defaultSize: DefaultSize,
  fail: Fail,
): { size: number; amount: number; side: number } {
  // Each order comes by here: no list is made of one that has one size.
  let name: (typeof SIZE_NAMES)[number] = 'size'
  let count = 0
  for (const one of SIZE_NAMES) {
    if (request[one] === undefined) continue
    name = one
    count++
  }
  if (count > 1) {
    const given = SIZE_NAMES.filter((one) => request[one] !== undefined)
    throw fail(given.join(' and '), 'only one size', given)
  }
  if (request.side !== undefined && request.side !== 'buy' && request.side !== 'sell')
    throw fail('side', "'buy' or 'sell'", request.side)
  let side = request.side === 'sell' ? -1 : 1
  let type: SizeType = defaultSize.type
  let amount = defaultSize.amount
  if (request.size !== undefined) {
    if (request.size === null || typeof request.size !== 'object')
      throw fail('size', 'a type and an amount', request.size)
    checkFields(request.size, 'size', 'order.size')
    type = request.size.type
    amount = request.size.amount
  } else if (request.quantity !== undefined) {
    type = 'units'
    amount = request.quantity
    if (request.side === undefined && amount < 0) {
      side = -1
      amount = -amount
    }
  } else if (request.value !== undefined) {
    type = 'value'
    amount = request.value
  } else if (request.fraction !== undefined) {
    type = 'fraction'
    amount = request.fraction
  }
  const size = SIZE_TYPES.indexOf(type)
  if (size < 0) throw fail('size.type', `one of ${SIZE_TYPES.join(', ')}`, type)
  if (typeof amount !== 'number' || !Number.isFinite(amount)) throw fail(name, 'a finite number', amount)
  if (size < L.SIZE_TARGET_UNITS && amount <= 0)
    throw fail(
      name,
      request.side === undefined && name === 'quantity'
        ? 'a number other than 0'
        : 'a number above 0 (the side says which way)',
      amount,
    )
  return { size, amount, side }
}

/** The order that this one waits for, given before the `next` one; 0 for none. @throws FillgridError invalid_value */
function readAfter({ after, timeInForce }: OrderRequest, flags: number, next: number, fail: Fail): number {
  if (after === undefined) return 0
  if (!(Number.isInteger(after) && after > 0 && after < next))
    throw fail('after', 'the id of an order that was given before', after)
  const force = (flags >> L.FLAG_FORCE_SHIFT) & 3
  if (force === L.FORCE_IOC || force === L.FORCE_FOK)
    throw fail('timeInForce', 'gtc or gtt for an order that waits for another', timeInForce)
  return after
}

/** Offset of a trailing limit. @throws FillgridError invalid_value */
function readOffset(type: number, offset: number | undefined, fail: Fail): number {
  if (type !== L.TYPE_TRAILING_LIMIT) {
    if (offset !== undefined) throw fail('limitOffset', 'none but for a trailing limit', offset)
    return Number.NaN
  }
  if (offset === undefined) return 0
  if (typeof offset !== 'number' || !Number.isFinite(offset)) throw fail('limitOffset', 'a finite number', offset)
  return offset
}

/** Names of the fields of an order's own trail, and of one of its child: amount, fraction, ATR. */
export const TRAIL_NAMES = ['trailAmount', 'trailFraction', 'trailAtr'] as const
export const CHILD_TRAIL_NAMES = ['childTrailAmount', 'childTrailFraction', 'childTrailAtr'] as const

/** Distance of a trail, of whose names exactly one is given; NaN where none is wanted. @throws FillgridError invalid_value */
export function readTrail(
  wanted: boolean,
  asset: number,
  request: BracketRequest,
  names: typeof TRAIL_NAMES | typeof CHILD_TRAIL_NAMES,
  fail: Fail,
  atr: AtrDistance,
): { distance: number; fraction: boolean } {
  const [amountName, fractionName, atrName] = names
  const amount = request[amountName]
  const fraction = request[fractionName]
  const byAtr = request[atrName]
  if (!wanted) {
    if (amount !== undefined) throw fail(amountName, 'none but for trailing orders', amount)
    if (fraction !== undefined) throw fail(fractionName, 'none but for trailing orders', fraction)
    if (byAtr !== undefined) throw fail(atrName, 'none but for trailing orders', byAtr)
    return { distance: Number.NaN, fraction: false }
  }
  const given = names.filter((name) => request[name] !== undefined)
  if (given.length !== 1)
    throw fail(
      `${amountName}, ${fractionName} or ${atrName}`,
      'one of the three',
      given.length === 0 ? undefined : given,
    )
  if (byAtr !== undefined) return { distance: atr(asset, byAtr, atrName, fail), fraction: false }
  if (amount !== undefined) {
    if (!(amount > 0 && Number.isFinite(amount))) throw fail(amountName, 'a price distance above 0', amount)
    return { distance: amount, fraction: false }
  }
  if (!(typeof fraction === 'number' && fraction > 0 && fraction < 1))
    throw fail(fractionName, 'a fraction between 0 and 1', fraction)
  return { distance: fraction, fraction: true }
}
