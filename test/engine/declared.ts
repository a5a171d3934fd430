/** What strategies declare in onStart, for tests of it: what it reads, and what it is refused with. */
import { expect } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import type { Strategy } from '../../src/strategy/strategy.ts'
import { failure, type Hooks, market, strategy, walk } from './script.ts'

/** Two assets, one of which lacks bars. */
export const prices = market({ A: walk(120, 1), B: walk(120, 2, 0.1) })

/** What some hooks throw when they start. */
export function startError(onStart: Hooks['onStart'], over = prices) {
  const error = failure(() => backtest(over, strategy({ onStart })))
  expect(error.code).toBe('strategy_failed')
  return error.cause as { code: string; message: string }
}

/** The values of what some hooks declare, bar by bar and asset by asset. */
export function valuesOf(declare: (this: Strategy) => Indicator, over = prices): number[] {
  const seen: number[] = []
  let one: Indicator
  backtest(
    over,
    strategy({
      onStart() {
        one = declare.call(this)
      },
      onBar() {
        for (let asset = 0; asset < over.assetCount; asset++) seen.push(one.value(asset))
      },
    }),
  )
  return seen
}
