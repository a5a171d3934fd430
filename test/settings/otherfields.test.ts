/** Fields of another engine's config, each by its name here (docs/parity.md), and what a strategy's own rule can read. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { PositionDecision } from '../../src/strategy/decisions.ts'
import type { PositionView } from '../../src/strategy/position.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { at, DAY, market } from '../engine/script.ts'

const prices = market([
  [100, 100, 100, 100],
  [100, 110, 96, 104],
  [104, 120, 102, 118],
  [118, 119, 108, 110],
  [110, 111, 109, 110],
])

/** Buys 10 at bar 0, sells them at bar 3; a target at 10 percent and a stop far away. */
const strategy = at({
  0: (broker) => void broker.submitOrder({ asset: 0, quantity: 10, target: 0.1, stop: 0.5 }),
  3: (broker) => void broker.closePosition(0),
})
const cashAfter = (config: BacktestConfig) => backtest(prices, strategy, config).cash.at(-1)!

describe('fields of ml4t-backtest, by what they do here', () => {
  it.each<[string, BacktestConfig, number]>([
    // Bought at the open of bar 1 at 100; the target is a little above 110, and reached in bar 2.
    ['NEXT_BAR_OPEN', {}, 100_100],
    ['SAME_BAR', { timing: 'same-close' }, 100_100],
    // Bought at 104; the target is 114.4.
    ['NEXT_BAR_CLOSE', { timing: 'next-close' }, 100_104],
    ['STOP_PRICE', { stopFill: 'level', targetFill: 'stop-fill' }, 100_100],
    ['CLOSE_PRICE', { stopFill: 'close', targetFill: 'stop-fill' }, 100_180],
    ['BAR_EXTREME', { stopFill: 'extreme', targetFill: 'stop-fill' }, 100_200],
    ['NEXT_BAR_OPEN of stops', { stopFill: 'next-open', targetFill: 'stop-fill' }, 100_180],
    ['SIGNAL_PRICE', { stopBasis: 'signal', slippage: 0.01 }, 100_090],
    ['cash', { account: 'cash' }, 100_100],
    ['initial and maintenance margin', { account: { type: 'margin', initial: 0.5, maintenance: 0.25 } }, 100_100],
    ['PERCENTAGE', { commission: 0.001 }, 100_097.9],
    ['PER_SHARE', { commission: { type: 'per-unit', amount: 0.005, minimum: 1 } }, 100_098],
    ['PER_TRADE', { commission: { type: 'per-trade', amount: 5 } }, 100_090],
    ['NONE', { commission: { type: 'none' } }, 100_100],
    ['slippage PERCENTAGE', { slippage: 0.001, stopBasis: 'signal' }, 100_099],
    ['slippage FIXED', { slippage: { type: 'per-unit', amount: 0.01 }, stopBasis: 'signal' }, 100_099.9],
    ['VOLUME_BASED', { slippage: { type: 'volume-share', rate: 0.1 }, stopBasis: 'signal' }, 100_099],
    ['impact', { impact: { type: 'linear', rate: 0.1 }, stopBasis: 'signal' }, 100_099],
    ['initial_cash', { cash: 5000 }, 5100],
  ])('%s', (_, config, cash) => {
    expect(cashAfter(config)).toBeCloseTo(cash, 6)
  })

  it('execution_limits: what the volume leaves waits', () => {
    const { fills } = backtest(prices, strategy, { participation: 0.005 })
    expect([...fills].slice(0, 2).map(({ quantity }) => quantity)).toEqual([5, 5])
  })
})

describe('a rule in TypeScript', () => {
  it('reads all of a position, of the bar, and what was attached to it', () => {
    const seen: unknown[] = []
    class Reading extends Strategy {
      static override contextNames = ['score']
      override onBar(bar: Bar, broker: Broker): void {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 10 })
        if (bar.index === 1) {
          broker.updatePositionContext(0, { score: 7 })
          broker.submitOrder({ asset: 0, quantity: -4 })
        }
      }
      override onPosition(position: PositionView, bar: Bar): PositionDecision | undefined {
        const { symbol, side, isLong, isShort, isProfitable, averagePrice, markPrice, quantity, initialQuantity } =
          position
        const { unrealizedPnl, unrealizedPercent, barsHeld, highWaterMark, lowWaterMark, mfe, mae, entryTime } =
          position
        seen.push(
          [symbol, side, isLong, isShort, isProfitable, averagePrice, markPrice, quantity, initialQuantity],
          [unrealizedPnl, unrealizedPercent, barsHeld, highWaterMark, lowWaterMark, mfe, mae, entryTime, bar.time],
          [bar.open[0], bar.high[0], bar.low[0], position.drawdownFromPeak, position.context('score')],
        )
        return bar.index === 2 ? { exit: 0.5 } : undefined
      }
    }
    const result = backtest(prices, Reading, { account: 'unlimited' })
    expect(seen.slice(0, 6)).toEqual([
      ['A', 'long', true, false, true, 100, 104, 10, 10],
      [40, 4, 0, 110, 96, 0.1, -0.04, DAY, DAY],
      [100, 110, 96, 6 / 110, Number.NaN],
      ['A', 'long', true, false, true, 100, 118, 6, 10],
      [108, 18, 1, 120, 96, 0.2, -0.04, DAY, 2 * DAY],
      [104, 120, 102, 2 / 120, 7],
    ])
    // Half of the six that were left, at the next open, with what was attached.
    const rows = [...result.trades].map(({ quantity, exitPrice, exitReason, score }) => [
      quantity,
      exitPrice,
      exitReason,
      score,
    ])
    expect(rows[1]).toEqual([3, 118, 'rule', 7])
  })
})
