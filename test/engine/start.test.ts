import { expect, it } from 'vitest'
import { backtest } from '../../src/engine/backtest.ts'
import type { Bar } from '../../src/engine/bar.ts'
import type { Broker } from '../../src/engine/broker.ts'
import { Strategy } from '../../src/engine/strategy.ts'
import { Market } from '../../src/market/market.ts'

const market = Market.from({
  assets: ['A'],
  time: [0, 1, 2, 3].map((day) => day * 86_400_000),
  open: [100, 100, 100, 100],
  high: [101, 101, 101, 101],
  low: [99, 99, 90, 99],
  close: [100, 100, 95, 100],
})

it('takes position rules in onStart, before the first bar', () => {
  class Stopped extends Strategy {
    override onStart(broker: Broker): void {
      broker.setPositionRules([{ type: 'stop', distance: 0.05 }])
    }
    override onBar(bar: Bar, broker: Broker): void {
      if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 1 })
    }
  }
  const [trade] = [...backtest(market, Stopped).trades]
  expect(trade).toMatchObject({ exitBar: 2, exitPrice: 95, exitReason: 'stop' })
})

it('takes no orders in onStart', () => {
  class Eager extends Strategy {
    override onStart(broker: Broker): void {
      broker.submitOrder({ asset: 0, quantity: 1 })
    }
  }
  expect(() => backtest(market, Eager)).toThrow('orders can be given in onBar')
})
