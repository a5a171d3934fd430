import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { TIMINGS } from './config.ts'
import { checkFields } from './fields.ts'
import type { Timing } from './settings.ts'

/** What may change of a pending order; `trail` is in the unit the order was given in. */
export interface OrderChanges {
  limitPrice?: number
  stopPrice?: number
  trail?: number
  quantity?: number
}

/** Options of closePosition. */
export interface CloseRequest {
  timing?: Timing
  tag?: number
  signal?: boolean
}

/** Changes in numbers, NaN where something stays as it is. @throws FillgridError invalid_value, unknown_name */
export function readChanges(
  id: number,
  changes: OrderChanges,
  allowNonPositive: boolean,
): { limit: number; stop: number; trail: number; quantity: number } {
  checkId(id)
  checkFields(changes, 'changes', 'changes of an order')
  const check = (name: string, value: number | undefined, positive: boolean) => {
    if (value === undefined) return Number.NaN
    if (!Number.isFinite(value) || (positive && value <= 0))
      throw new FillgridError(
        'invalid_value',
        `order ${id}.${name}: a finite number${positive ? ' above 0' : ''} expected, found ${show(value)}.`,
      )
    return value
  }
  return {
    limit: check('limitPrice', changes.limitPrice, !allowNonPositive),
    stop: check('stopPrice', changes.stopPrice, !allowNonPositive),
    trail: check('trail', changes.trail, true),
    quantity: check('quantity', changes.quantity, true),
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
  return { timing, flags: request.signal ? L.FLAG_SIGNAL : 0, tag }
}

/** A bracket gives three ids in an object, which would quietly be the id of no order. @throws FillgridError invalid_value */
export function checkId(id: number): void {
  if (typeof id !== 'number')
    throw new FillgridError('invalid_value', `order: the id of an order expected, a number, found ${show(id)}.`)
}
