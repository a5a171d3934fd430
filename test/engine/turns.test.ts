/** Orders of an open that go by their value, more of them than are put in their places one by one (10.6). */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { Strategy } from '../../src/strategy/strategy.ts'

/** Prices and units of some assets; few of them differ, so that many values are equal. */
const assets = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -4, max: 4 })), {
  minLength: 1,
  maxLength: 200,
})

it('fill by value, then by asset, then by id', () => {
  fc.assert(
    fc.property(assets, fc.boolean(), (drawn, twice) => {
      const rows = (value: (asset: number) => number) => [0, 1, 2].flatMap(() => drawn.map((_, asset) => value(asset)))
      const market = Market.from({
        assets: drawn.map((_, i) => `A${i}`),
        time: [0, 1, 2].map((day) => day * 86_400_000),
        close: Float64Array.from(rows((asset) => drawn[asset][0])),
      })
      const orders: { asset: number; value: number }[] = []
      class Orders extends Strategy {
        override onBar(bar: { index: number }, broker: { submitOrder(order: object): number }) {
          if (bar.index > 0) return
          for (let round = 0; round < (twice ? 2 : 1); round++) {
            drawn.forEach(([price, units], asset) => {
              if (units === 0) return
              orders.push({ asset, value: price * units })
              broker.submitOrder({ asset, side: units > 0 ? 'buy' : 'sell', quantity: Math.abs(units) })
            })
          }
        }
      }
      const result = backtest(market, Orders as never, { account: 'unlimited', sequence: 'value' })
      const expected = orders
        .map((order, id) => ({ ...order, id: id + 1 }))
        .sort((a, b) => a.value - b.value || a.asset - b.asset || a.id - b.id)
      // Each order fills once, twice where it turns the position around.
      const filled = [...new Set(result.fills.values('orderId'))]
      market.release()
      expect(filled).toEqual(expected.map(({ id }) => id))
    }),
    { numRuns: 200 },
  )
})
