import { SIGNAL_ENTRY_LONG, SIGNAL_ENTRY_SHORT, SIGNAL_EXIT_LONG, SIGNAL_EXIT_SHORT } from '../../assembly/layout.ts'
import type { Broker } from '../strategy/broker.ts'

/** The parameter that says which sides a built-in strategy trades. */
export const DIRECTION = {
  type: 'choice',
  default: 'long',
  choices: ['long', 'short', 'both'],
  doc: 'Sides that are traded; with both, an entry against the position reverses it.',
} as const

/** Signals (SIGNAL_* bits) of a reason to buy, and of a reason to sell, on the sides that are traded. */
export function sidesOf(direction: string): { buy: number; sell: number } {
  if (direction === 'short') return { buy: SIGNAL_EXIT_SHORT, sell: SIGNAL_ENTRY_SHORT }
  if (direction === 'both') return { buy: SIGNAL_ENTRY_LONG, sell: SIGNAL_ENTRY_SHORT }
  return { buy: SIGNAL_ENTRY_LONG, sell: SIGNAL_EXIT_LONG }
}

/**
 * Does in a hook what the signals driver does with the signals of one asset at one bar (semantics 8.2): the exit
 * first, then the entry. Signals that contradict each other are not looked for; the built-in strategies give none.
 */
export function follow(broker: Broker, asset: number, signals: number): void {
  const quantity = broker.getQuantity(asset)
  const exits = quantity > 0 ? SIGNAL_EXIT_LONG : quantity < 0 ? SIGNAL_EXIT_SHORT : 0
  if (signals & exits) broker.closePosition(asset, { signal: true })
  if (signals & SIGNAL_ENTRY_LONG) broker.enterPosition(asset, 'long', { signal: true })
  else if (signals & SIGNAL_ENTRY_SHORT) broker.enterPosition(asset, 'short', { signal: true })
}
