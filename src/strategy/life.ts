import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'

import { isoTime } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { firstBarAt, type Moment, moment } from '../market/moment.ts'
import { ORDER_TYPES, SIZE_TYPES, TIMES_IN_FORCE } from '../results/schema.ts'
import type { CheckedSettings } from '../settings/settings.ts'
import type { Fail } from './fields.ts'
import type { OrderRequest } from './requests.ts'

/** How long an order lives and what it may do, in the numbers of a command. */
export interface Life {
  flags: number
  /** ms UTC; NaN: it has no end. */
  goodTill: number
  /** The first bar that starts at or after it. */
  endBar: number
}

const PLAIN: Life = Object.freeze({ flags: 0, goodTill: Number.NaN, endBar: L.NO_END })
const POSTED: readonly number[] = [L.TYPE_LIMIT, L.TYPE_STOP_LIMIT, L.TYPE_TRAILING_LIMIT]

/**
 * Times in force, post-only and reduce-only of a request (semantics 3.6, 3.14).
 *
 * @param bar index of the bar in whose hook it is given
 * @throws FillgridError invalid_value
 */
export function readLife(
  request: OrderRequest,
  type: number,
  size: number,
  market: Market,
  settings: CheckedSettings,
  bar: number,
  fail: Fail,
): Life {
  const { timeInForce, goodTill, postOnly, reduceOnly } = request
  if (timeInForce === undefined && goodTill === undefined && postOnly === undefined && reduceOnly === undefined)
    return PLAIN
  const end = readEnd(market, bar, goodTill, 'order')
  const words = timeInForce ?? (Number.isNaN(end.goodTill) ? 'gtc' : 'gtt')
  const force = TIMES_IN_FORCE.indexOf(words)
  if (force < 0) throw fail('timeInForce', `one of ${TIMES_IN_FORCE.join(', ')}`, timeInForce)
  const once = force === L.FORCE_IOC || force === L.FORCE_FOK
  if (once && type !== L.TYPE_MARKET && type !== L.TYPE_LIMIT)
    throw fail('timeInForce', `gtc or gtt for a ${ORDER_TYPES[type]} order`, timeInForce)
  if ((force === L.FORCE_GTT) === Number.isNaN(end.goodTill))
    throw fail('goodTill', force === L.FORCE_GTT ? 'an end for gtt' : `none for ${words}`, goodTill)
  const target = size >= L.SIZE_TARGET_UNITS
  if ((once || postOnly) && settings.matching === 'queue')
    throw fail(
      once ? 'timeInForce' : 'postOnly',
      `${once ? 'gtc or gtt' : 'none'} where the orders of a bar are a queue, which has no first price`,
      once ? words : postOnly,
    )
  if (force === L.FORCE_FOK && settings.funds !== 'account')
    throw fail(
      'timeInForce',
      `gtc, gtt or ioc where funds are '${settings.funds}', which ask each leg by itself`,
      words,
    )
  if (force === L.FORCE_FOK && target) throw fail('size', 'units, value or fraction for fok', SIZE_TYPES[size])
  for (const [name, value] of [
    ['postOnly', postOnly],
    ['reduceOnly', reduceOnly],
  ] as const)
    if (value !== undefined && typeof value !== 'boolean') throw fail(name, 'true or false', value)
  if (postOnly && !POSTED.includes(type))
    throw fail('postOnly', `none for a ${ORDER_TYPES[type]} order, which rests as no limit`, postOnly)
  if (postOnly && once) throw fail('postOnly', `none for ${words}, which never rests`, postOnly)
  if (reduceOnly && target) throw fail('reduceOnly', 'units, value or fraction, not a target', SIZE_TYPES[size])
  return {
    ...end,
    flags:
      (force << L.FLAG_FORCE_SHIFT) |
      (postOnly ? L.FLAG_POST_ONLY | L.FLAG_UNPOSTED : 0) |
      (reduceOnly ? L.FLAG_REDUCE_ONLY : 0),
  }
}

/** The end of an order; NaN and none where it is not given, or Infinity. @throws FillgridError invalid_value */
export function readEnd(
  market: Market,
  bar: number,
  value: Moment | undefined,
  subject: string,
): { goodTill: number; endBar: number } {
  const ms = moment(subject, 'goodTill', value)
  if (ms === undefined || ms === Number.POSITIVE_INFINITY) return { goodTill: Number.NaN, endBar: L.NO_END }
  const { time } = market
  if (ms <= time[bar])
    throw new FillgridError(
      'invalid_value',
      `${subject}.goodTill: a time after the start of this bar, ${isoTime(time[bar])}, expected, found ${isoTime(ms)}. An order is live in bars that start before its end.`,
    )
  return { goodTill: ms, endBar: firstBarAt(time, ms) }
}
