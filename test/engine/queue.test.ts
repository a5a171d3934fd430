/** What a person sees of a bar whose orders are a queue (semantics 10.12). */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { market, rows, strategy } from './script.ts'

const profile = 'backtesting.py'
const waves = () =>
  market(
    Array.from({ length: 80 }, (_, i) => {
      const mid = 100 + 8 * Math.sin(i / 3)
      return [mid, mid + 3, mid - 3, mid + Math.cos(i), 1000]
    }),
  )

describe('a queue', () => {
  it('survives snapshots: what stands where in it, too', () => {
    const one = strategy({
      onBar(bar, broker) {
        const close = bar.close[0]
        if (bar.index % 4 === 0)
          broker.submitBracket({
            asset: 0,
            quantity: 1 + (bar.index % 3),
            stopLossPrice: close - 4,
            takeProfitPrice: close + 4,
          })
        if (bar.index % 9 === 5) broker.submitOrder({ asset: 0, type: 'limit', quantity: -2, limitPrice: close + 2 })
        if (bar.index % 5 === 2) broker.closePosition(0)
        for (const { id, type, stopPrice, status } of broker.getPendingOrders(0))
          if (type === 'stop' && status === 'pending' && id % 2 === 0)
            broker.updateOrder(id, { stopPrice: stopPrice! + 0.5 })
      },
    })
    const result = backtest(waves(), one, { profile, verify: 'snapshot' })
    expect(new Set(rows(result.fills, 'reason').flat())).toEqual(new Set(['order', 'stop', 'target']))
    expect(result.settings.matching).toBe('queue')
  })

  it('has nothing that is looked at once, and nothing that rests', () => {
    const given = (request: object) => () =>
      backtest(
        waves(),
        strategy({
          onBar(bar, broker) {
            if (bar.index === 0)
              broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 99, ...request })
          },
        }),
        { profile },
      )
    expect(given({ timeInForce: 'ioc' })).toThrow(
      /timeInForce: gtc or gtt where the orders of a bar are a queue, .*found "ioc"/,
    )
    expect(given({ timeInForce: 'fok' })).toThrow(/timeInForce: gtc or gtt where the orders of a bar are a queue/)
    expect(given({ postOnly: true })).toThrow(/postOnly: none where the orders of a bar are a queue/)
    expect(given({ reduceOnly: true })).not.toThrow()
  })

  it('does not go together with what asks for an open or a way', () => {
    const empty = strategy({})
    for (const settings of [
      { participation: 0.5 },
      { sequence: 'value' },
      { funds: 'credit' },
      { exitsLive: 'next-bar' },
    ] as const)
      expect(() => backtest(waves(), empty, { profile, ...settings })).toThrow(
        /profile backtesting.py sets matching to queue/,
      )
  })
})
