import type { SignalStrategy, StrategyClass } from '../engine/strategy.ts'
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
