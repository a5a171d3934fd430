import { show } from '../../errors.ts'
import type { Rule } from '../../settings/settings.ts'
import type { BracketRequest } from '../../strategy/requests.ts'
import { Wrong } from './problem.ts'
import { type Distance, readDistance, type TradeSignal } from './signal.ts'

/** Exits of an entry: children at prices, rules from the entry (semantics 8.6). */
export type Exits = Pick<BracketRequest, 'stopLossPrice' | 'takeProfitPrice' | 'takeProfits'> & { rules: Rule[] }

/** What signals that say nothing have. */
export interface Defaults {
  stop: Distance | undefined
  target: Distance | undefined
  hold?: number
}

/**
 * The exits of a signal.
 *
 * @param sign 1 for long, -1 for short
 * @param known the known price (semantics 8.5), NaN where there is none
 * @throws Wrong
 */
export function exitsOf(signal: TradeSignal, sign: number, known: number, defaults: Defaults): Exits {
  const exits: Exits = { rules: [] }
  const stop = signal.stop === undefined ? defaults.stop : distance(signal.stop, 'stop')
  if (stop && 'risk' in stop)
    throw new Wrong('levels', 'a stop that is no multiple of itself is needed, found one of the risk')
  const { targets } = signal
  if (targets !== undefined) several(exits, signal, stop, sign, known)
  else {
    if (stop) addStop(exits, stop, sign, known)
    const target = signal.target === undefined ? defaults.target : distance(signal.target, 'target')
    if (target) addTarget(exits, target, stop, sign, known)
  }
  const hold = signal.hold ?? defaults.hold
  if (hold !== undefined) exits.rules.push({ type: 'time', bars: hold })
  return exits
}

function distance(given: Distance | number, name: string): Distance {
  try {
    return readDistance(given, name)
  } catch (error) {
    throw new Wrong('levels', (error as Error).message.replace(/\.$/, ''))
  }
}

function addStop(exits: Exits, stop: Distance, sign: number, known: number): void {
  if ('price' in stop) exits.stopLossPrice = beyond('stop', stop.price, -sign, known)
  else exits.rules.push(ruleOf('stop', stop))
}

function addTarget(exits: Exits, target: Distance, stop: Distance | undefined, sign: number, known: number): void {
  if ('price' in target) exits.takeProfitPrice = beyond('target', target.price, sign, known)
  else if (!('risk' in target)) exits.rules.push(ruleOf('target', target))
  else if (stop === undefined) throw new Wrong('levels', `a stop is needed for a target of ${target.risk}R, found none`)
  else if ('price' in stop)
    exits.takeProfitPrice = beyond('target', known + sign * target.risk * Math.abs(known - stop.price), sign, known)
  else exits.rules.push(ruleOf('target', times(stop, target.risk)))
}

/** Several targets are prices, and so is the stop then. */
function several(exits: Exits, signal: TradeSignal, stop: Distance | undefined, sign: number, known: number): void {
  const targets = signal.targets!
  const total = targets.reduce((sum, { share }) => sum + share, 0)
  if (targets.length === 0 || targets.some(({ share }) => !(share > 0)) || Math.abs(total - 1) > 1e-9)
    throw new Wrong(
      'levels',
      `targets whose shares add up to 1 are needed, found ${show(targets.map(({ share }) => share))}`,
    )
  const stopPrice = stop && priceOf(stop, 'stop', -sign, known)
  if (stopPrice !== undefined) exits.stopLossPrice = beyond('stop', stopPrice, -sign, known)
  exits.takeProfits = targets
    .map(({ at, share }) => {
      const target = distance(at, 'target')
      if ('risk' in target && stopPrice === undefined)
        throw new Wrong('levels', `a stop is needed for a target of ${target.risk}R, found none`)
      const price =
        'risk' in target
          ? known + sign * target.risk * Math.abs(known - stopPrice!)
          : priceOf(target, 'target', sign, known)
      return { price: beyond('target', price, sign, known), share }
    })
    .sort((a, b) => sign * (a.price - b.price))
  const twice = exits.takeProfits.find(({ price }, i, all) => i > 0 && price === all[i - 1].price)
  if (twice) throw new Wrong('levels', `targets at prices of their own are needed, found two at ${twice.price}`)
}

function priceOf(at: Distance, name: string, direction: number, known: number): number {
  if ('price' in at) return at.price
  if ('fraction' in at) return known * (1 + direction * at.fraction)
  if ('points' in at) return known + direction * at.points
  throw new Wrong(
    'levels',
    `a ${name} that is a price, a fraction or a multiple of the risk is needed beside several targets, found ${show(at)}`,
  )
}

function ruleOf(type: 'stop' | 'target', at: Distance): Rule {
  if ('fraction' in at) {
    if (type === 'stop' && at.fraction >= 1)
      throw new Wrong('levels', `a stop below 100% of the entry is needed, found ${at.fraction * 100}%`)
    return { type, distance: at.fraction }
  }
  if ('points' in at) return { type, distance: at.points, unit: 'price' }
  const { atr, period } = at as { atr: number; period?: number }
  return { type, distance: atr, unit: 'atr', ...(period === undefined ? {} : { period }) }
}

function times(stop: Distance, risk: number): Distance {
  if ('fraction' in stop) return { fraction: risk * stop.fraction }
  if ('points' in stop) return { points: risk * stop.points }
  return { ...(stop as { atr: number }), atr: risk * (stop as { atr: number }).atr }
}

/** A price that lies beyond the known one in a direction: 1 above, -1 below. */
function beyond(name: string, price: number, direction: number, known: number): number {
  if (direction * (price - known) > 0) return price
  throw new Wrong(
    'wrong_side',
    `a ${name} ${direction > 0 ? 'above' : 'below'} the price of ${known} is needed, found ${price}`,
  )
}
