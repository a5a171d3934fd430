import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { TIMINGS } from '../settings/table.ts'
import { checkFields } from './fields.ts'
import type { CloseRequest, OrderChanges } from './requests.ts'

/** Changes in numbers: NaN where something stays as it is. */
export interface ChangeSpec {
  limit: number
  stop: number
  trail: number
  /** What `trail` is, where it changes: 0 a distance in price, 1 a fraction. */
  trailUnit: number
  units: number
}

/** Checks changes of an order and puts them in numbers. @throws FillgridError invalid_value, unknown_name */
export function readChanges(id: number, changes: OrderChanges, allowNonPositive: boolean): ChangeSpec {
  checkFields(changes, 'changes', 'changes of an order')
  const check = (name: keyof OrderChanges, positive: boolean, below = Number.POSITIVE_INFINITY) => {
    const value = changes[name]
    if (value === undefined) return Number.NaN
    if (Number.isFinite(value) && !(positive && value <= 0) && value < below) return value
    const range = below === 1 ? ' above 0 and below 1' : positive ? ' above 0' : ''
    throw new FillgridError(
      'invalid_value',
      `order ${id}.${name}: a finite number${range} expected, found ${show(value)}.`,
    )
  }
  const amount = check('trailAmount', true)
  const fraction = check('trailFraction', true, 1)
  if (!Number.isNaN(amount) && !Number.isNaN(fraction))
    throw new FillgridError(
      'invalid_value',
      `order ${id}: one of trailAmount and trailFraction expected, found both. Leave one of them out.`,
    )
  return {
    limit: check('limitPrice', !allowNonPositive),
    stop: check('stopPrice', !allowNonPositive),
    trail: Number.isNaN(fraction) ? amount : fraction,
    trailUnit: Number.isNaN(fraction) ? 0 : 1,
    units: check('quantity', true),
  }
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
