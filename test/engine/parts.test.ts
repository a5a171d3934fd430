/** What a person sees of orders that trade in parts (semantics 3.12). */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { market, rows, strategy } from './script.ts'

const bar = (volume: number) => [100, 100, 100, 100, volume]
const prices = () => market([100, 100, 0, 100, 1000].map(bar))

describe('parts of an order', () => {
  it('are told to hooks as they trade, and the order says that it is filling', () => {
    const seen: unknown[] = []
    const slow = strategy({
      onBar(bar, broker) {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 25 })
        const order = broker.getOrder(1)
        seen.push([bar.index, order?.status, order?.filledQuantity])
      },
      onFill: (fill) => void seen.push(fill.quantity),
    })
    const result = backtest(prices(), slow, { participation: 0.1 })
    expect(seen).toEqual([
      [0, 'pending', 0],
      10,
      [1, 'filling', 10],
      [2, 'filling', 10],
      10,
      [3, 'filling', 20],
      5,
      [4, 'filled', 25],
    ])
    expect(rows(result.orders, 'status', 'filledQuantity')).toEqual([['filled', 25]])
  })

  it('survive snapshots: of orders, and of exits by rule that wait for more volume', () => {
    const falling = market(Array.from({ length: 60 }, (_, i) => [100 - i, 101 - i, 98 - i, 99 - i, 40 * (i % 3)]))
    const one = strategy({
      onBar(bar, broker) {
        if (bar.index % 7 === 0) broker.submitOrder({ asset: 0, quantity: 30 })
      },
    })
    const rules = [{ type: 'stop', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.5 } }] as const
    const config = { participation: 0.1, rules: [...rules, { type: 'time', bars: 9 } as const] }
    const result = backtest(falling, one, { ...config, verify: 'snapshot' })
    expect(rows(result.fills, 'reason').flat()).toContain('stop')
    expect(rows(result.fills, 'reason').flat()).toContain('time')
  })

  it('of an order that is cancelled on the way stay', () => {
    const one = strategy({
      onBar(bar, broker) {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 25 })
        if (bar.index === 1) broker.cancelOrder(1)
      },
    })
    const result = backtest(prices(), one, { participation: { type: 'volume', share: 0.1 } })
    expect(rows(result.orders, 'status', 'reason', 'filledQuantity')).toEqual([['partially_filled', 'user', 10]])
    expect(result.summary.finalValue).toBe(100_000)
  })

  it('of a market without volumes are refused, whatever way the run is made', () => {
    const silent = market([0, Number.NaN, 0].map(bar))
    for (const make of [
      () => backtest(silent, 'sma-cross', { participation: 0.1 }),
      () => openRun(silent, 'sma-cross', { participation: 0.1 }),
    ])
      expect(make).toThrow('participation: a market with volumes expected, found none above 0 in 3 bars')
  })

  it.each([[0], [-0.1], [1.5], [Number.NaN], ['half'], [{ type: 'volume' }], [{ type: 'volume', share: 0 }]])(
    'that are %j of the volume are refused',
    (participation) => {
      expect(() => backtest(prices(), 'sma-cross', { participation } as never)).toThrow(/participation/)
    },
  )
})
