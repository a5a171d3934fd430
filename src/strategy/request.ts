import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { ORDER_TYPES, SIZE_TYPES } from '../results/schema.ts'
import { checkRules } from '../settings/read.ts'
import type { CheckedSettings, DefaultSize, Rule, SizeType } from '../settings/settings.ts'
import { TIMINGS } from '../settings/table.ts'
import { checkFields } from './fields.ts'
import type { OrderRequest } from './requests.ts'

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
  timing: number
  flags: number
  tag: number
  ruleStop: number
  ruleTarget: number
  ruleTrail: number
  /** The chain of the position that it opens; empty where it brings none. */
  rules: readonly Rule[]
}

/** Checks a request and puts it in numbers. @throws FillgridError unknown_name, invalid_value */
export function readOrder(
  request: OrderRequest,
  market: Market,
  settings: CheckedSettings,
  defaultSize: DefaultSize,
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
  const limit = price('limitPrice', type === L.TYPE_LIMIT || type === L.TYPE_STOP_LIMIT)
  const stop = price('stopPrice', type === L.TYPE_STOP || type === L.TYPE_STOP_LIMIT)
  const trail = readTrail(
    type === L.TYPE_TRAILING_STOP,
    request.trailAmount,
    request.trailFraction,
    fail,
    'trailAmount',
    'trailFraction',
  )
  const timing = TIMINGS.indexOf(request.timing ?? settings.timing)
  if (timing < 0) throw fail('timing', `one of ${TIMINGS.join(', ')}`, request.timing)
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
    timing,
    flags: (trail.fraction ? L.FLAG_TRAIL_FRACTION : 0) | (signal ? L.FLAG_SIGNAL : 0),
    tag,
    ruleStop,
    ruleTarget,
    ruleTrail,
    rules,
  }
}

/** Where prices are given that `stop` and its like are taken for. */
const PRICES = 'stopPrice of stop orders, stopLossPrice and takeProfitPrice of brackets'

const NO_RULES: readonly Rule[] = []

/** An error about a field of a request: its name, what was expected, what was found. */
export type Fail = (name: string, expected: string, value: unknown) => FillgridError

function readSize(
  request: OrderRequest,
  defaultSize: DefaultSize,
  fail: Fail,
): { size: number; amount: number; side: number } {
  const given = (['quantity', 'value', 'fraction', 'size'] as const).filter((name) => request[name] !== undefined)
  if (given.length > 1) throw fail(given.join(' and '), 'only one size', given)
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
  const name = given[0] ?? 'size'
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

/** Distance of a trailing stop, of whose two names exactly one is given; NaN where none is wanted. @throws FillgridError invalid_value */
export function readTrail(
  wanted: boolean,
  amount: number | undefined,
  fraction: number | undefined,
  fail: Fail,
  amountName: string,
  fractionName: string,
): { distance: number; fraction: boolean } {
  if (!wanted) {
    if (amount !== undefined) throw fail(amountName, 'none but for a trailing stop', amount)
    if (fraction !== undefined) throw fail(fractionName, 'none but for a trailing stop', fraction)
    return { distance: Number.NaN, fraction: false }
  }
  if ((amount === undefined) === (fraction === undefined))
    throw fail(`${amountName} or ${fractionName}`, 'one of the two', amount)
  if (amount !== undefined) {
    if (!(amount > 0 && Number.isFinite(amount))) throw fail(amountName, 'a price distance above 0', amount)
    return { distance: amount, fraction: false }
  }
  if (!(typeof fraction === 'number' && fraction > 0 && fraction < 1))
    throw fail(fractionName, 'a fraction between 0 and 1', fraction)
  return { distance: fraction, fraction: true }
}
