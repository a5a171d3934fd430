import { FillgridError, show } from '../errors.ts'
import { onlyNames } from '../market/names.ts'
import type { Bar } from './bar.ts'
import type { Broker } from './broker.ts'
import type { PositionView } from './position.ts'

/**
 * What a rule of a strategy may answer about a position (semantics 6.11, 6.12); nothing is to hold it.
 *
 * - `'exit'`: all of it exits, with the run's timing.
 * - `{ exit: 0.5 }`: that fraction of it does.
 * - `{ stop: 95 }`: its stop moves to that price, where that tightens it.
 */
export type PositionDecision = 'exit' | { exit: number } | { stop: number }

/** A rule of a strategy. */
export type PositionRule = (position: PositionView, bar: Bar) => unknown

/** Asks a rule about each open position, in asset order, and has its answers carried out. @throws FillgridError invalid_value */
export function askPositions(rule: PositionRule, bar: Bar, broker: Broker): void {
  // Nothing fills while it is asked, so that who is held stays.
  broker.quantities.forEach((quantity, asset) => {
    if (quantity === 0) return
    const position = broker.getPosition(asset)
    carryOut(rule(position, bar), position, broker)
  })
}

const ANSWERS = new Set(['exit', 'stop'])

function carryOut(decision: unknown, { asset, symbol }: PositionView, broker: Broker): void {
  if (decision === undefined) return
  const name = `onPosition of ${symbol}`
  if (decision === 'exit') {
    broker.reducePosition(asset)
    return
  }
  if (decision === null || typeof decision !== 'object' || decision instanceof Promise)
    throw new FillgridError(
      'invalid_value',
      `${name}: 'exit', { exit: fraction }, { stop: price } or nothing expected, found ${show(decision)}.`,
    )
  onlyNames(decision, ANSWERS, name, 'an answer')
  const { exit, stop } = decision as { exit?: number; stop?: number }
  if ((exit === undefined) === (stop === undefined))
    throw new FillgridError('invalid_value', `${name}: one of exit and stop expected, found ${show(decision)}.`)
  if (exit !== undefined) broker.reducePosition(asset, exit)
  else broker.moveStop(asset, stop as number)
}
