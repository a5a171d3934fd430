import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { TIMINGS } from '../settings/table.ts'
import { checkFields, type Fail } from './fields.ts'
import { readEnd } from './life.ts'
import { TRAIL_NAMES } from './request.ts'
import type { AtrTrail, CloseRequest, OrderChanges } from './requests.ts'

/** Changes in numbers: NaN where something stays as it is. */
export interface ChangeSpec {
  limit: number
  stop: number
  trail: number
  /** What `trail` is, where it changes: 0 a distance in price, 1 a fraction. */
  trailUnit: number
  /** Of a trailing limit, in the unit of its trail. */
  offset: number
  units: number
  /** The new end, ms UTC, Infinity for none, and the first bar that starts then or later. */
  goodTill: number
  endBar: number
}

/** Checks changes of an order and puts them in numbers. @throws FillgridError invalid_value, unknown_name */
export function readChanges(
  id: number,
  changes: OrderChanges,
  market: Market,
  bar: number,
  atr: (given: AtrTrail, fail: Fail) => number,
): ChangeSpec {
  checkFields(changes, 'changes', 'changes of an order')
  const { allowNonPositive } = market
  const check = (
    name: Exclude<keyof OrderChanges, 'goodTill' | 'trailAtr'>,
    positive: boolean,
    below = Number.POSITIVE_INFINITY,
  ) => {
    const value = changes[name]
    if (value === undefined) return Number.NaN
    if (Number.isFinite(value) && !(positive && value <= 0) && value < below) return value
    const range = below === 1 ? ' above 0 and below 1' : positive ? ' above 0' : ''
    throw new FillgridError(
      'invalid_value',
      `order ${id}.${name}: a finite number${range} expected, found ${show(value)}.`,
    )
  }
  const fixed = check('trailAmount', true)
  const fraction = check('trailFraction', true, 1)
  const given = TRAIL_NAMES.filter((name) => changes[name] !== undefined)
  if (given.length > 1)
    throw new FillgridError(
      'invalid_value',
      `order ${id}: one of trailAmount, trailFraction and trailAtr expected, found ${given.join(' and ')}. Leave one of them out.`,
    )
  const fail: Fail = (name, expected, value) =>
    new FillgridError('invalid_value', `order ${id}.${name}: ${expected} expected, found ${show(value)}.`)
  const amount = changes.trailAtr === undefined ? fixed : atr(changes.trailAtr, fail)
  return {
    limit: check('limitPrice', !allowNonPositive),
    stop: check('stopPrice', !allowNonPositive),
    trail: Number.isNaN(fraction) ? amount : fraction,
    trailUnit: Number.isNaN(fraction) ? 0 : 1,
    offset: check('limitOffset', false),
    units: check('quantity', true),
    ...newEnd(id, changes, market, bar),
  }
}

function newEnd(
  id: number,
  { goodTill }: OrderChanges,
  market: Market,
  bar: number,
): Pick<ChangeSpec, 'goodTill' | 'endBar'> {
  if (goodTill === Number.POSITIVE_INFINITY) return { goodTill, endBar: L.NO_END }
  return readEnd(market, bar, goodTill, `order ${id}`)
}

/** A close, whose fields are checked, in numbers. @throws FillgridError invalid_value */
export function readClose(
  request: CloseRequest,
  symbol: string,
  ownTiming: number,
): { timing: number; flags: number; tag: number } {
  const timing = request.timing === undefined ? ownTiming : TIMINGS.indexOf(request.timing)
  if (timing < 0)
    throw new FillgridError(
      'invalid_value',
      `close of ${symbol}.timing: one of ${TIMINGS.join(', ')} expected, found ${show(request.timing)}.`,
    )
  const tag = request.tag ?? 0
  if (typeof tag !== 'number')
    throw new FillgridError('invalid_value', `close of ${symbol}.tag: a number expected, found ${show(tag)}.`)
  const { signal } = request
  if (signal !== undefined && typeof signal !== 'boolean')
    throw new FillgridError(
      'invalid_value',
      `close of ${symbol}.signal: true or false expected, found ${show(signal)}.`,
    )
  return { timing, flags: signal ? L.FLAG_SIGNAL : 0, tag }
}

/**
 * Whether a number can be the id of an order: the kernel would cut others to a whole one of 32 bits, which may be that of
 * another order. A bracket gives three ids in an object, which would quietly be the id of none.
 *
 * @throws FillgridError invalid_value for what is no number
 */
export function checkId(id: number): boolean {
  if (typeof id !== 'number')
    throw new FillgridError('invalid_value', `order: the id of an order expected, a number, found ${show(id)}.`)
  return (id | 0) === id
}
