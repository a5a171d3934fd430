/** Orders that wait for another one to fill (3.16), worked out by hand, and what is refused at the call. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { at, failure, flat, market, type Row, rows, strategy, walk } from './script.ts'

const FREE: BacktestConfig = { account: 'unlimited', path: 'nearest' }

function played(
  prices: readonly Row[] | Record<string, readonly Row[]>,
  steps: Record<number, (broker: Broker) => void>,
  config: BacktestConfig = {},
) {
  const result = backtest(market(prices), at(steps), { ...FREE, ...config })
  return {
    fills: rows(result.fills, 'bar', 'asset', 'orderId', 'side', 'quantity', 'price'),
    ends: rows(result.orders, 'id', 'status', 'reason', 'endedBar'),
  }
}

const limit = (price: number, quantity: number, more = {}) =>
  ({ asset: 0, type: 'limit', limitPrice: price, quantity, ...more }) as const

describe('an order after another', () => {
  it('is live from that fill on in the same walk, and not reduce-only', () => {
    // Down to 95, which buys at 98; up to 105, where 3 are sold, 2 of them short.
    const { fills, ends } = played([...flat(100), [100, 106, 95, 100]], {
      0: (broker) => {
        const id = broker.submitOrder(limit(98, 1))
        broker.submitOrder({ ...limit(105, -3), after: id })
      },
    })
    expect(fills).toEqual([
      [1, 'A', 1, 'buy', 1, 98],
      [1, 'A', 2, 'sell', 1, 105],
      [1, 'A', 2, 'sell', 2, 105],
    ])
    expect(ends.map((end) => end[1])).toEqual(['filled', 'filled'])
  })

  it('sleeps while the price passes its own level', () => {
    // Up first: 105 is passed before 98 is reached, and not again.
    const { fills, ends } = played([...flat(100), [100, 105, 94, 97]], {
      0: (broker) => void broker.submitOrder({ ...limit(105, -3), after: broker.submitOrder(limit(98, 1)) }),
    })
    expect(fills).toEqual([[1, 'A', 1, 'buy', 1, 98]])
    expect(ends[1]).toEqual([2, 'cancelled', 'end_of_data', 1])
  })

  it('woken at O it fires in the range at O, a market order at the next price of its timing', () => {
    const { fills } = played(flat(100, 101, 102), {
      0: (broker) => {
        const id = broker.submitOrder({ asset: 0, quantity: 1 })
        broker.submitOrder({ ...limit(103, 2), after: id })
        broker.submitOrder({ asset: 0, quantity: 3, after: id })
        broker.submitOrder({ asset: 0, quantity: 4, timing: 'next-close', after: id })
      },
    })
    expect(fills).toEqual([
      [1, 'A', 1, 'buy', 1, 101],
      [1, 'A', 2, 'buy', 2, 101],
      [1, 'A', 4, 'buy', 4, 101],
      [2, 'A', 3, 'buy', 3, 102],
    ])
  })

  it('of another asset is awake from the end of the phase on', () => {
    const bars = { A: [...flat(100), [100, 106, 95, 100]], B: [...flat(50), [50, 60, 40, 55], ...flat(60)] }
    const { fills } = played(
      { ...bars, A: [...bars.A, ...flat(100)] },
      {
        0: (broker) => {
          const id = broker.submitOrder(limit(98, 1))
          // Its own range reached 41 in that bar; it lives from its close on.
          broker.submitOrder({ ...limit(59, -2), asset: 1, after: id })
          broker.submitOrder({ asset: 1, quantity: 3, timing: 'next-close', after: id })
        },
      },
    )
    expect(fills).toEqual([
      [1, 'A', 1, 'buy', 1, 98],
      [1, 'B', 3, 'buy', 3, 55],
      [2, 'B', 2, 'sell', 2, 60],
    ])
  })

  it('ends with one that ends with nothing, and with what waits for it in turn', () => {
    const { ends } = played(
      { A: flat(100, 100, 100), B: flat(50, 50, 50) },
      {
        0: (broker) => {
          const first = broker.submitOrder(limit(90, 1))
          const second = broker.submitOrder({ ...limit(95, 1), after: first })
          broker.submitOrder({ asset: 1, quantity: 1, after: second })
          broker.submitBracket({ ...limit(95, 1, { after: first }), stopLossPrice: 80 })
        },
        1: (broker) => {
          expect(broker.cancelOrder(1)).toBe(true)
          expect(broker.getPendingOrders()).toEqual([])
          // After one that is not pending.
          broker.submitOrder({ asset: 0, quantity: 1, after: 1 })
        },
      },
    )
    expect(ends).toEqual([
      [1, 'cancelled', 'user', 1],
      [2, 'cancelled', 'parent', 1],
      [3, 'cancelled', 'parent', 1],
      [4, 'cancelled', 'parent', 1],
      [5, 'cancelled', 'parent', 1],
      [6, 'cancelled', 'parent', 1],
    ])
  })

  it('is awake with the first part of the other', () => {
    const { fills } = played(
      flat(100, 100, 100).map((row) => [...row!.slice(0, 4), 4]),
      {
        0: (broker) => {
          const id = broker.submitOrder({ asset: 0, quantity: 5 })
          broker.submitOrder({ asset: 0, type: 'limit', limitPrice: 101, quantity: 1, after: id })
        },
        1: (broker) => void broker.submitOrder({ asset: 0, type: 'limit', limitPrice: 90, quantity: 1, after: 1 }),
      },
      { participation: 0.75 },
    )
    expect(fills).toEqual([
      [1, 'A', 1, 'buy', 3, 100],
      [2, 'A', 1, 'buy', 2, 100],
      [2, 'A', 2, 'buy', 1, 100],
    ])
  })

  it('goes on in snapshots, on every bar', () => {
    const chained = strategy({
      onBar(bar, broker) {
        const [a, b] = bar.close
        if (bar.index % 5 !== 0 || Number.isNaN(a + b)) return
        let id = broker.submitOrder({
          asset: 0,
          type: 'limit',
          limitPrice: a * 0.99,
          quantity: 1,
          goodTill: bar.time + 9 * 86_400_000,
        })
        id = broker.submitOrder({ asset: 1, type: 'trailing-stop', trailFraction: 0.01, quantity: -1, after: id })
        broker.submitOrder({ asset: 0, quantity: -1, after: id })
      },
    })
    const result = backtest(market({ A: walk(200, 5), B: walk(200, 6) }), chained, { ...FREE, verify: 'snapshot' })
    expect(result.trades.length).toBeGreaterThan(10)
  })
})

describe('orders after what cannot be', () => {
  it.each([
    [
      'an id that was not given yet',
      { after: 1 },
      /A\.after: the id of an order that was given before expected, found 1\./,
    ],
    ['no id', { after: 0.5 }, /found 0\.5/],
    ['a bracket', { after: { parent: 1, stop: 2, target: 0 } as never }, /found \{/],
  ])('%s', (_, more, sentence) => {
    played(flat(100, 100), {
      0: (broker) => {
        const error = failure(() => broker.submitOrder({ asset: 0, quantity: 1, ...more }))
        expect([error.code, error.message]).toEqual(['invalid_value', expect.stringMatching(sentence)])
        expect(broker.getPendingOrders()).toEqual([])
      },
    })
  })

  it('nor is one that is looked at once', () => {
    played(flat(100, 100), {
      0: (broker) => {
        const id = broker.submitOrder(limit(90, 1))
        const error = failure(() => broker.submitOrder({ ...limit(90, 1), timeInForce: 'ioc', after: id }))
        expect([error.code, error.message]).toEqual([
          'invalid_value',
          expect.stringMatching(/gtc or gtt for an order that waits/),
        ])
      },
    })
  })
})
