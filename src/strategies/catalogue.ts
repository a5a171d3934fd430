import { FillgridError, show } from '../errors.ts'
import { nearNames } from '../market/names.ts'
import { type ReadStrategy, readStrategy } from '../strategy/given.ts'
import type { Runnable, SignalStrategy, StrategyClass } from '../strategy/strategy.ts'
import { Breakout, breakout } from './breakout.ts'
import { RsiReversion, rsiReversion } from './rsi-reversion.ts'
import { SmaCross, smaCross } from './sma-cross.ts'

/** A strategy that can be run by its name. */
export interface BuiltInStrategy {
  name: string
  doc: string
  strategy: StrategyClass | SignalStrategy
}

const words = {
  'sma-cross': 'Buys when a fast simple moving average crosses above a slow one, sells when it crosses below.',
  'rsi-reversion':
    'Buys when the relative strength index falls through a low level, sells when it rises through a high one.',
  breakout: 'Donchian channels: opens at a close beyond the longer one, closes at a close beyond the shorter one.',
} as const

/**
 * The built-in strategies. Each is there twice, with equal trades: as signal columns under its plain name, and as a
 * class with hooks under that name and `-hooks`.
 */
export const STRATEGIES: readonly BuiltInStrategy[] = [
  { name: 'sma-cross', doc: words['sma-cross'], strategy: smaCross as SignalStrategy },
  { name: 'sma-cross-hooks', doc: `${words['sma-cross']} As hooks.`, strategy: SmaCross },
  { name: 'rsi-reversion', doc: words['rsi-reversion'], strategy: rsiReversion as SignalStrategy },
  { name: 'rsi-reversion-hooks', doc: `${words['rsi-reversion']} As hooks.`, strategy: RsiReversion },
  { name: 'breakout', doc: words.breakout, strategy: breakout as SignalStrategy },
  { name: 'breakout-hooks', doc: `${words.breakout} As hooks.`, strategy: Breakout },
]

/** What can be run: the name of a built-in strategy, a class of strategies, an instance of one, a signal strategy, or bare signal columns. */
export type StrategyInput = Runnable | string

/** Reads and checks what can be run. @throws FillgridError invalid_strategy, unknown_name */
export function readInput(input: StrategyInput): ReadStrategy {
  return readStrategy(typeof input === 'string' ? builtIn(input) : input)
}

/** The built-in strategy of a name. @throws FillgridError unknown_name with the nearest names */
export function builtIn(name: string): StrategyClass | SignalStrategy {
  const found = STRATEGIES.find((one) => one.name === name)
  if (found) return found.strategy
  const names = STRATEGIES.map((one) => one.name)
  const near = nearNames(name, names)
  throw new FillgridError(
    'unknown_name',
    `strategy: ${show(name)} is not built in. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${names.join(', ')}; a file needs its ending, like ./mine.ts.`}`,
  )
}
