/** Where memory cannot be shared it moves when it grows, also while the columns of a strategy are worked out, or what a result held. */
import { expect, it, vi } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { createEngine } from '../../src/kernel/load.ts'
import { Market } from '../../src/market/market.ts'
import { holdings } from '../../src/results/holdings.ts'
import type { Result } from '../../src/results/result.ts'
import { expressions } from '../../src/signals/builders.ts'
import { strategy } from '../../src/strategy/expressed.ts'

const engines = vi.hoisted(() => ({ now: undefined as unknown }))

vi.mock('../../src/kernel/load.ts', async (original) => {
  const real = await original<typeof import('../../src/kernel/load.ts')>()
  return { ...real, getEngine: () => engines.now }
})

const { atr, close, crossedAbove, crossedBelow, multiply, percent, riskFraction, sma, where, top } = expressions

/** Large enough that each column of it makes the memory grow. */
function large(): Market {
  const [bars, assets] = [150_000, 2]
  const walk = Float64Array.from({ length: bars * assets }, (_, i) => 100 + 5 * Math.sin(i / 37) + Math.sin(i / 5))
  return Market.from({
    assets: ['A', 'B'],
    time: Float64Array.from({ length: bars }, (_, bar) => bar * 60_000),
    close: walk,
    high: walk.map((price) => price + 0.1),
    low: walk.map((price) => price - 0.1),
    open: walk,
  })
}

it.each([
  [
    'stops, targets and sizes',
    strategy({
      entries: crossedAbove(sma(close, 10), sma(close, 500)),
      exits: crossedBelow(sma(close, 10), sma(close, 500)),
      stopLoss: multiply(2, atr(14)),
      takeProfit: percent(3),
      trail: multiply(3, atr(50)),
      size: riskFraction(0.001),
    }),
  ],
  ['weights', strategy({ targetWeight: where(top(sma(close, 300), 1), 0.5, 0) })],
])('%s are the same over both kinds of memory', { timeout: 120_000 }, (_, traded) => {
  const [moving, standing] = [false, true].map((shared) => {
    // A fresh one has no room to spare.
    engines.now = createEngine(shared)
    const market = large()
    const before = market.close
    const result: Result = backtest(market, traded)
    const held = holdings(result, market)
    const moved = before.length === 0
    const found = { outcome: result.fingerprint.outcome, longs: Array.from(held.values('long')).slice(0, 5000) }
    const trades = result.trades.length
    market.release()
    return { found, moved, trades }
  })
  expect([moving.moved, standing.moved]).toEqual([true, false])
  expect(moving.trades).toBeGreaterThan(50)
  expect(moving.found).toEqual(standing.found)
})
