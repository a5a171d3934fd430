/** The broker as a hook uses it: orders, updates, questions, rules, context; and very many of them at once. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { prepare } from '../../src/prepare.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { at, DAY, flat, market, rows, strategy } from './script.ts'

const quiet = [100, 100, 100, 100]

/** Runs what is asked at bar 0 of a quiet market and returns the answer. */
function ask<T>(question: (broker: Broker) => T): T {
  let answer: T | undefined
  backtest(
    market({ A: flat(100, 100), B: flat(50, 50) }),
    at({
      0: (broker) => {
        answer = question(broker)
      },
    }),
  )
  return answer as T
}

describe('questions about orders', () => {
  it('that traded below zero have their average there', () => {
    let heard: number | undefined
    const hooks = strategy({
      onBar(bar, broker) {
        if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 2 })
        if (bar.index === 1) heard = broker.getOrder(1)?.filledPrice
      },
    })
    const prices = market(flat(-36, -37.63, -30), { allowNonPositive: true })
    const result = backtest(prices, hooks)
    expect(heard).toBe(-37.63)
    expect(Array.from(result.orders, (row) => row.filledPrice)).toEqual([-37.63])
  })

  it('include what was given earlier in the same hook; position and cash do not', () => {
    ask((broker) => {
      const id = broker.submitOrder({ asset: 'B', side: 'sell', quantity: 3, type: 'limit', limitPrice: 60, tag: 9 })
      const bracket = broker.submitBracket({ asset: 'A', value: 500, takeProfitPrice: 120, stopLossPrice: 90 })
      expect([id, bracket]).toEqual([1, { parent: 2, stop: 3, target: 4 }])
      expect(broker.getOrder(id)).toEqual({
        id: 1,
        asset: 1,
        symbol: 'B',
        type: 'limit',
        side: 'sell',
        status: 'pending',
        reason: '',
        amount: 3,
        sizeType: 'units',
        limitPrice: 60,
        stopPrice: Number.NaN,
        limitOffset: Number.NaN,
        trailAmount: Number.NaN,
        trailFraction: Number.NaN,
        filledQuantity: 0,
        filledPrice: Number.NaN,
        createdBar: 0,
        parentId: 0,
        groupId: 0,
        tag: 9,
        timeInForce: 'gtc',
        goodTill: Number.NaN,
        postOnly: false,
        reduceOnly: false,
      })
      expect(broker.getPendingOrders().map((order) => order.id)).toEqual([1, 2, 3, 4])
      expect(broker.getPendingOrders('A').map((order) => [order.id, order.parentId, order.side])).toEqual([
        [2, 0, 'buy'],
        [3, 2, 'sell'],
        [4, 2, 'sell'],
      ])
      expect(broker.cancelOrder(2)).toBe(true)
      expect(broker.getPendingOrders().map((order) => order.id)).toEqual([1])
      expect([2, 3, 4].map((n) => [broker.getOrder(n)?.status, broker.getOrder(n)?.reason])).toEqual([
        ['cancelled', 'user'],
        ['cancelled', 'parent'],
        ['cancelled', 'parent'],
      ])
      expect(broker.getOrder(5)).toBeUndefined()
      expect([1, 2, 3, 4, 5, 0, -1, 1.5].filter((n) => broker.isPending(n))).toEqual(
        [1, 2, 3, 4].filter((n) => ['pending', 'triggered'].includes(broker.getOrder(n)!.status)),
      )
      expect([
        broker.getQuantity(0),
        broker.getPosition(1).quantity,
        broker.getCash(),
        broker.getAccountValue(),
      ]).toEqual([0, 0, 100_000, 100_000])
    })
  })

  it('find an order that has ended long ago, and each of the updates it had', () => {
    const seen: unknown[] = []
    backtest(
      market(flat(...Array(30).fill(100))),
      at({
        0: (broker) => {
          broker.submitOrder({ asset: 0, quantity: 2 })
          broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 90 })
        },
        5: (broker) => broker.updateOrder(2, { limitPrice: 95, quantity: 4 }),
        6: (broker) => broker.cancelOrder(2),
        29: (broker) => {
          for (const id of [1, 2]) {
            const { status, reason, limitPrice, amount, filledQuantity, filledPrice } = broker.getOrder(id)!
            seen.push([status, reason, limitPrice, amount, filledQuantity, filledPrice])
          }
        },
      }),
    )
    expect(seen).toEqual([
      ['filled', '', Number.NaN, 2, 2, 100],
      ['cancelled', 'user', 95, 4, 0, Number.NaN],
    ])
  })
})

describe('updates and cancels', () => {
  it('answer whether they were carried out', () => {
    ask((broker) => {
      const limit = broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 90 })
      const stop = broker.submitOrder({ asset: 0, quantity: 1, type: 'stop', stopPrice: 110 })
      const trail = broker.submitOrder({ asset: 0, side: 'sell', quantity: 1, type: 'trailing-stop', trailAmount: 5 })
      const value = broker.submitOrder({ asset: 0, value: 1000, type: 'limit', limitPrice: 90 })
      const { stop: child } = broker.submitBracket({
        asset: 0,
        quantity: 1,
        type: 'limit',
        limitPrice: 90,
        stopLossPrice: 80,
      })
      expect(broker.updateOrder(limit, { limitPrice: 91 })).toBe(true)
      expect(broker.updateOrder(limit, { stopPrice: 91 })).toBe(false)
      expect(broker.updateOrder(limit, { limitPrice: 92, trailAmount: 3 })).toBe(false)
      expect(broker.getOrder(limit)?.limitPrice).toBe(91)
      expect(broker.updateOrder(stop, { stopPrice: 111, quantity: 2 })).toBe(true)
      expect(broker.updateOrder(trail, { trailAmount: 3 })).toBe(true)
      expect(broker.updateOrder(value, { quantity: 3 })).toBe(false)
      expect(broker.updateOrder(child, { stopPrice: 85 })).toBe(true)
      expect(broker.updateOrder(child, { quantity: 2 })).toBe(false)
      expect(broker.updateOrder(99, { limitPrice: 1 })).toBe(false)
      expect(broker.cancelOrder(limit)).toBe(true)
      expect(broker.cancelOrder(limit)).toBe(false)
      expect(broker.updateOrder(limit, { limitPrice: 90 })).toBe(false)
      expect([0, -1, Number.NaN, 1e12].map((id) => broker.cancelOrder(id))).toEqual([false, false, false, false])
    })
  })
})

describe('sizes and sides', () => {
  it('the sign of a quantity is its side unless a side is given', () => {
    const result = backtest(
      market(flat(100, 100)),
      at({
        0: (broker) => {
          broker.submitOrder({ asset: 0, quantity: -2 })
          broker.submitOrder({ asset: 0, side: 'sell', quantity: 1 })
        },
      }),
    )
    expect(rows(result.fills, 'side', 'quantity')).toEqual([
      ['sell', 2],
      ['sell', 1],
    ])
  })

  it('an order without a size has the run’s: all equity over the assets, or what the config says', () => {
    const one = at({ 0: (broker) => broker.submitOrder({ asset: 0 }) })
    const two = market({ A: flat(100, 100), B: flat(50, 50) })
    expect(backtest(two, one).fills.row(0).quantity).toBe(500)
    expect(backtest(two, one, { size: { type: 'units', amount: 3 } }).fills.row(0).quantity).toBe(3)
    expect(backtest(two, one, { size: { type: 'value', amount: 300 } }).fills.row(0).quantity).toBe(3)
  })

  it('targets trade towards their goal from either side and say which way they went', () => {
    const goals: ((broker: Broker) => void)[] = [
      (broker) => broker.orderTargetPercent(0, 0.5),
      (broker) => broker.orderTargetPercent(0, 0.9),
      (broker) => broker.orderTargetValue('A', 20_000),
      (broker) => broker.orderTargetQuantity(0, -5, { tag: 1 }),
      (broker) => broker.orderTargetQuantity('A', -5),
      (broker) => broker.orderTargetQuantity(0, 0),
    ]
    const result = backtest(market(flat(...Array(8).fill(100))), at({ ...goals }))
    expect(
      rows(result.orders, 'side', 'filledQuantity', 'status').map(([side, filled, status]) => [
        side,
        Math.round(filled as number),
        status,
      ]),
    ).toEqual([
      ['buy', 500, 'filled'],
      ['buy', 400, 'filled'],
      ['sell', 700, 'filled'],
      ['sell', 205, 'filled'],
      ['sell', 0, 'filled'],
      ['buy', 5, 'filled'],
    ])
    expect(result.openPositions.length).toBe(0)
  })

  it('a list of targets gives one order each where there is something to do, in asset order', () => {
    const given: unknown[] = []
    const result = backtest(
      market({ A: flat(...Array(6).fill(100)), B: flat(...Array(6).fill(50)), C: flat(...Array(6).fill(10)) }),
      at({
        0: (broker) => given.push(broker.orderTargets([5, Number.NaN, -2])),
        1: (broker) => given.push(broker.orderTargets(Float64Array.of(5, 0, -2))),
        2: (broker) => {
          given.push(broker.orderTargets([0, 3, -2]))
          // Whoever looks sees orders like any other, and what comes after has the next id.
          given.push(broker.getPendingOrders().map(({ id, symbol, side, status }) => [id, symbol, side, status].join()))
          given.push(broker.submitOrder({ asset: 2, quantity: 1 }))
        },
        3: (broker) => given.push(broker.orderTargets([0, 150, 0], 'value')),
      }),
      { account: 'unlimited' },
    )
    expect(given).toEqual([2, 0, 2, ['3,A,sell,pending', '4,B,buy,pending'], 5, 3])
    expect(rows(result.fills, 'bar', 'asset', 'side', 'quantity', 'orderId').map((row) => row.join())).toEqual([
      '1,A,buy,5,1',
      '1,C,sell,2,2',
      '3,A,sell,5,3',
      '3,C,buy,1,5',
      '3,B,buy,3,4',
      '4,C,buy,1,8',
    ])
  })

  it('a list of targets is refused whole', () => {
    const two = market({ A: flat(100, 100), B: flat(50, 50) })
    const wrong: [(broker: Broker) => unknown, RegExp][] = [
      [(broker) => broker.orderTargets([1]), /a list of 2 numbers, one for each asset, expected, found 1/],
      [(broker) => broker.orderTargets(null as never), /a list of 2 numbers.* found null/],
      [(broker) => broker.orderTargets([1, Number.POSITIVE_INFINITY]), /found Infinity for B/],
      [(broker) => broker.orderTargets([null, 1] as never), /found null for A/],
      [(broker) => broker.orderTargets('34' as never), /found "3" for A/],
      [(broker) => broker.orderTargets([1n, 2n] as never), /found 1n? for A/],
      [(broker) => broker.orderTargets({ length: 2, 1: 3 } as never), /found undefined for A/],
      [(broker) => broker.orderTargets([1, 2], 'percent' as never), /units, value, fraction expected, found "percent"/],
    ]
    for (const [call, message] of wrong) expect(() => backtest(two, at({ 0: call }))).toThrow(message)
  })

  it('a limit with a target trades the way that leads there from the position', () => {
    const result = backtest(
      market([quiet, quiet, [100, 111, 99, 110], [110, 110, 94, 95]]),
      at({
        0: (broker) => broker.orderTargetQuantity(0, 10),
        1: (broker) => broker.orderTargetQuantity(0, 4, { type: 'limit', limitPrice: 110 }),
        2: (broker) => broker.orderTargetPercent(0, 0.02, { type: 'limit', limitPrice: 95 }),
      }),
      { cash: 100_000 },
    )
    expect(rows(result.fills, 'bar', 'side', 'price').map((row) => row.join())).toEqual([
      '1,buy,100',
      '2,sell,110',
      '3,buy,95',
    ])
    expect(result.openPositions.row(0).quantity).toBeCloseTo((0.02 * 100_100) / 95, 0)
  })

  it('enterPosition does nothing on a held side or beside a pending entry, and reverses', () => {
    const ids: number[] = []
    const result = backtest(
      market(flat(...Array(6).fill(100))),
      at({
        0: (broker) =>
          ids.push(broker.enterPosition(0, 'long'), broker.enterPosition(0, 'long'), broker.enterPosition(0, 'short')),
        1: (broker) => ids.push(broker.enterPosition(0, 'long')),
        2: (broker) => ids.push(broker.enterPosition(0, 'short', { size: 3 })),
      }),
      { size: { type: 'units', amount: 5 } },
    )
    expect(ids).toEqual([1, 0, 0, 0, 2])
    expect(rows(result.fills, 'bar', 'side', 'quantity')).toEqual([
      [1, 'buy', 5],
      [3, 'sell', 5],
      [3, 'sell', 3],
    ])
  })
})

describe('money', () => {
  const power = (account: NonNullable<Parameters<typeof backtest>[2]>['account']) => {
    const seen: number[] = []
    backtest(
      market(flat(100, 100, 120)),
      at({
        0: (broker) => {
          seen.push(broker.getBuyingPower())
          broker.submitOrder({ asset: 0, quantity: 4 })
        },
        2: (broker) => void seen.push(broker.getBuyingPower()),
      }),
      { cash: 1000, account },
    )
    return seen
  }

  it('buying power is what new entries may be worth', () => {
    // 1080 of equity, 480 of it bound.
    expect(power('margin')).toEqual([1000, 600])
    expect(power('cash')).toEqual([1000, 600])
    expect(power('unlimited')).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
    // (1080 - 0.25 * 480) / 0.25.
    expect(power({ type: 'margin', initial: 0.25 })).toEqual([4000, 3840])
  })

  it('an entry of all the buying power fits, one of a little more does not', () => {
    for (const initial of [1, 0.5, 0.25]) {
      const orders: unknown[] = []
      backtest(
        market(flat(100, 100, 100)),
        at(
          {
            0: (broker) => {
              broker.submitOrder({ asset: 0, quantity: (broker.getBuyingPower() / 100) * 1.001 })
            },
            1: (broker) => {
              broker.submitOrder({ asset: 0, quantity: broker.getBuyingPower() / 100 })
            },
          },
          { onOrder: (order) => void orders.push([order.status, order.reason]) },
        ),
        { account: { type: 'margin', initial } },
      )
      expect(orders).toEqual([
        ['rejected', 'insufficient_funds'],
        ['filled', ''],
      ])
    }
  })
})

describe('rules and context', () => {
  it('rules count from the next bar, an asset’s replace the global ones, null goes back', () => {
    const prices = market({
      A: [quiet, quiet, [100, 100, 96, 100], [100, 100, 94, 100], quiet],
      B: [quiet, quiet, [100, 100, 96, 100], [100, 100, 94, 100], quiet],
    })
    const result = backtest(
      prices,
      at({
        0: (broker) => {
          broker.submitOrder({ asset: 'A', quantity: 1 })
          broker.submitOrder({ asset: 'B', quantity: 1 })
          broker.setPositionRules([{ type: 'stop', distance: 0.05 }])
          broker.setPositionRules([{ type: 'stop', distance: 0.03 }], 'B')
        },
      }),
    )
    expect(rows(result.trades, 'asset', 'exitBar', 'exitPrice')).toEqual([
      ['B', 2, 97],
      ['A', 3, 95],
    ])
    const back = backtest(
      prices,
      at({
        0: (broker) => {
          broker.submitOrder({ asset: 'B', quantity: 1 })
          broker.setPositionRules([{ type: 'stop', distance: 0.03 }], 'B')
        },
        1: (broker) => {
          broker.setPositionRules(null, 'B')
          broker.setPositionRules([{ type: 'stop', distance: 0.05 }])
        },
        2: (broker) => {
          broker.setPositionRules(null)
        },
      }),
    )
    expect(back.trades.length).toBe(0)
  })

  it('positions know when and with how much they were opened', () => {
    const seen: unknown[] = []
    const look = (broker: Broker) => {
      const { quantity, initialQuantity, entryTime } = broker.getPosition('B')
      seen.push([quantity, initialQuantity, entryTime])
    }
    const steps = [7, 3, -2, -12, -1, 0, 5].map((target) => (broker: Broker) => {
      look(broker)
      broker.orderTargetQuantity('A', target)
      broker.orderTargetQuantity('B', target)
    })
    backtest(market({ A: flat(...Array(8).fill(10)), B: flat(...Array(8).fill(10)) }), at({ ...steps, 7: look }))
    expect(seen).toEqual([
      [0, 0, Number.NaN],
      [7, 7, DAY],
      [3, 7, DAY],
      [-2, -2, 3 * DAY],
      [-12, -2, 3 * DAY],
      [-1, -2, 3 * DAY],
      [0, 0, Number.NaN],
      [5, 5, 7 * DAY],
    ])
  })

  it('positions of one run know nothing of the run before over the same memory', () => {
    const seen: number[] = []
    const sized = strategy(
      {
        onBar(bar, broker) {
          if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: this.parameters.n as number })
          else seen.push(broker.getPosition(0).initialQuantity)
        },
      },
      { parameters: { n: { type: 'integer', default: 1 } } },
    )
    const runner = prepare(market(flat(10, 10)), sized)
    for (const n of [3, 4]) runner.metrics({ n })
    runner.release()
    expect(seen).toEqual([3, 4])
  })

  it('context is kept with the position, read in hooks, written to its trades, and gone with it', () => {
    const seen: unknown[] = []
    const names = ['atr', 'regimeScore']
    const result = backtest(
      market(flat(100, 100, 100, 100, 100, 100)),
      strategy(
        {
          onBar(bar, broker) {
            const { index } = bar
            if (index === 0) {
              expect(broker.updatePositionContext(0, { atr: 1 })).toBe(false)
              broker.submitOrder({ asset: 0, quantity: 4 })
            }
            if (index === 1) {
              expect(broker.getPosition(0).context('atr')).toBeNaN()
              expect(broker.updatePositionContext(0, { atr: 2.5 })).toBe(true)
              broker.submitOrder({ asset: 0, side: 'sell', quantity: 1 })
            }
            if (index === 2) {
              seen.push(broker.getPosition('A').context('atr'), broker.getPosition(0).context('regimeScore'))
              broker.updatePositionContext('A', { atr: 3, regimeScore: -1 })
              broker.orderTargetQuantity(0, -2)
            }
            if (index === 3) {
              seen.push(broker.getPosition(0).context('atr'))
              broker.closePosition(0)
            }
            if (index === 4) seen.push(broker.getPosition(0).context('atr'))
          },
        },
        { contextNames: names },
      ),
    )
    expect(seen).toEqual([2.5, Number.NaN, Number.NaN, Number.NaN])
    expect(rows(result.trades, 'quantity', 'atr', 'regimeScore')).toEqual([
      [1, 2.5, null],
      [3, 3, -1],
      [-2, null, null],
    ])
    expect(result.trades.columns.slice(-2).map(({ name, field }) => [name, field])).toEqual([
      ['atr', 'atr'],
      ['regimeScore', 'regime_score'],
    ])
  })
})

describe('very many orders', () => {
  it('a full command ring is carried out on the way: thousands in one hook, brackets across its end', () => {
    const ids: number[] = []
    const result = backtest(
      market({ A: [quiet, quiet], B: flat(50, 50) }),
      at({
        0: (broker) => {
          for (let i = 0; i < 1500; i++) {
            ids.push(broker.submitOrder({ asset: i % 2, quantity: 1 + (i % 3), tag: i }))
            const { parent, stop, target } = broker.submitBracket({
              asset: 0,
              quantity: 1,
              type: 'limit',
              limitPrice: 90,
              stopLossPrice: 80,
              takeProfitPrice: 99,
              tag: i,
            })
            ids.push(parent, stop, target)
            if (i % 5 === 0) ids.push(broker.orderTargetQuantity(1, i))
            if (i % 7 === 0) ids.push(broker.closePosition(1))
            if (i % 11 === 0)
              ids.push(
                ...broker
                  .submitOco([
                    { asset: 1, quantity: 1, type: 'limit', limitPrice: 40 },
                    { asset: 1, quantity: 1, type: 'stop', stopPrice: 60, stopLossPrice: 55 },
                  ])
                  .flatMap(({ parent, stop }) => (stop === 0 ? [parent] : [parent, stop])),
              )
          }
        },
      }),
      { account: 'unlimited' },
    )
    const children = [...result.orders].filter((order) => order.parentId !== 0)
    const own = new Set(ids)
    for (const child of children) own.add(child.id as number)
    expect([...own].sort((a, b) => a - b)).toEqual(Array.from(result.orders.values('id')))
    expect(result.orders.length).toBeGreaterThan(6000)
    for (const child of children.slice(0, 500)) {
      const parent = result.orders.row((child.parentId as number) - 1)
      expect([child.tag, child.asset, child.side]).toEqual([
        parent.tag,
        parent.asset,
        parent.side === 'buy' ? 'sell' : 'buy',
      ])
    }
    const market1 = [...result.orders].filter(
      (order) =>
        order.sizeType === 'units' &&
        order.timing === 'next-open' &&
        order.limitPrice === null &&
        order.stopPrice === null &&
        !order.reduceOnly,
    )
    for (const order of market1) expect(order.filledQuantity).toBe(order.amount)
  })

  it('tens of thousands wait, are changed, found, cancelled and filled in the order of their ids', () => {
    const N = 30_000
    let found = 0
    const result = backtest(
      market([quiet, quiet, quiet, flat(88)[0]!, flat(88)[0]!]),
      at({
        0: (broker) => {
          for (let i = 0; i < N; i++)
            broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 10 + (i % 80), tag: i })
        },
        1: (broker) => {
          expect(broker.getPendingOrders().length).toBe(N)
          for (let id = 1; id <= N; id += 3) broker.cancelOrder(id)
          for (let id = 2; id <= N; id += 3) if (broker.updateOrder(id, { quantity: 2 })) found++
        },
        2: (broker) => {
          for (let id = 1; id <= N; id++)
            if (broker.getOrder(id)?.status === (id % 3 === 1 ? 'cancelled' : 'pending')) found++
        },
      }),
      { account: 'unlimited' },
    )
    expect(found).toBe(N / 3 + N)
    // The open at 88 reaches limits of 88 and 89 alone.
    const expected = Array.from({ length: N }, (_, i) => i + 1).filter(
      (id) => id % 3 !== 1 && 10 + ((id - 1) % 80) >= 88,
    )
    expect(Array.from(result.fills.values('orderId'))).toEqual(expected)
    expect(result.orders.length).toBe(N)
    expect(result.summary.cancelledOrders).toBe(N - expected.length)
  })

  it('a hook for the end of each of tens of thousands is not slow', () => {
    let heard = 0
    backtest(
      market(flat(100, 100)),
      at(
        {
          0: (broker) => {
            for (let i = 0; i < 20_000; i++)
              broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 })
          },
        },
        {
          onOrder(order) {
            if (order.reason === 'end_of_data') heard += order.id
          },
        },
      ),
    )
    expect(heard).toBe(200_010_000)
  })

  it('every order of a bar can fill: the tables grow in between', () => {
    const N = 12_000
    const result = backtest(
      market({ A: flat(100, 100, 100), B: flat(100, 100, 100) }),
      at({
        0: (broker) => {
          for (let i = 0; i < N; i++)
            broker.submitOrder({ asset: i & 1, side: i & 2 ? 'sell' : 'buy', quantity: 1 + (i % 5) })
        },
      }),
      { account: 'unlimited' },
    )
    expect(result.fills.length).toBeGreaterThan(N)
    expect(result.summary.numFills).toBe(result.fills.length)
    expect(result.summary.numExits).toBe(result.trades.length)
    expect([...result.orders.values('status')].every((status) => status === 2)).toBe(true)
  })
})
