/** When hooks are called, in which order, what they see, and what becomes of what they throw. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import type { FillgridError } from '../../src/errors.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { at, causeOf, failure, flat, type Hooks, market, rows, strategy, walk } from './script.ts'

const quiet = [100, 100, 100, 100]

/** Hooks that write down what they are told. */
function logging(log: unknown[], onBar: Hooks['onBar']): Hooks {
  return {
    onStart: () => void log.push('start'),
    onBar(bar, broker) {
      log.push(`bar ${bar.index}`)
      onBar?.call(this, bar, broker)
    },
    onOrder: (order) => void log.push(`order ${order.id} ${order.status}${order.reason && ` ${order.reason}`}`),
    onFill: (fill) =>
      void log.push(
        `fill ${fill.orderId} ${fill.side} ${fill.quantity} ${fill.reason} ${fill.phase} of bar ${fill.bar}`,
      ),
    onTrade: (trade) => void log.push(`trade ${trade.quantity} ${trade.pnl} ${trade.exitReason}`),
    onEnd: () => void log.push('end'),
  }
}

describe('hooks', () => {
  it('hear of a fill, its trade, cancelled siblings, the closed position’s orders, its own end; then comes the bar', () => {
    const log: unknown[] = []
    const prices = market([quiet, quiet, [100, 111, 99, 110], quiet])
    const one = strategy(
      logging(log, (bar, broker) => {
        if (bar.index !== 0) return
        broker.submitBracket({ asset: 0, quantity: 5, stopLossPrice: 90, takeProfitPrice: 110 })
        broker.submitBracket({ asset: 0, quantity: 5, stopLossPrice: 80 })
        broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 })
      }),
    )
    backtest(prices, one)
    expect(log).toEqual([
      'start',
      'bar 0',
      'fill 1 buy 5 order open of bar 1',
      'order 1 filled',
      'fill 4 buy 5 order open of bar 1',
      'order 4 filled',
      'bar 1',
      'fill 3 sell 5 target range of bar 2',
      'trade 5 50 target',
      'order 2 cancelled sibling',
      'order 3 filled',
      'bar 2',
      'bar 3',
      'order 5 cancelled end_of_data',
      'order 6 cancelled end_of_data',
      'end',
    ])
  })

  it('hear of orders that the closed position takes with it before the order that closed it', () => {
    const log: unknown[] = []
    backtest(
      market(flat(100, 100, 100, 100)),
      strategy(
        logging(log, (bar, broker) => {
          if (bar.index === 0) broker.submitBracket({ asset: 0, quantity: 5, stopLossPrice: 90, takeProfitPrice: 110 })
          if (bar.index === 1) broker.closePosition(0)
        }),
      ),
    )
    expect(log.slice(5, 10)).toEqual([
      'fill 4 sell 5 order open of bar 2',
      'trade 5 0 order',
      'order 2 cancelled position_closed',
      'order 3 cancelled position_closed',
      'order 4 filled',
    ])
  })

  it('hear of a refusal, of a stop-limit that is triggered, of children before their cancelled parent', () => {
    const log: unknown[] = []
    backtest(
      market([quiet, [104, 105, 103.5, 104], [104, 104, 102.5, 103], quiet]),
      strategy(
        logging(log, (bar, broker) => {
          if (bar.index === 0) {
            broker.submitOrder({ asset: 0, quantity: 1, type: 'stop-limit', stopPrice: 102, limitPrice: 103 })
            broker.submitOrder({ asset: 0, quantity: 1_000_000 })
            broker.submitBracket({
              asset: 0,
              quantity: 5,
              type: 'limit',
              limitPrice: 50,
              stopLossPrice: 45,
              takeProfitPrice: 60,
            })
          }
          if (bar.index === 1) broker.cancelOrder(3)
        }),
      ),
    )
    expect(log).toEqual([
      'start',
      'bar 0',
      'order 1 triggered',
      'order 2 rejected insufficient_funds',
      'bar 1',
      'order 4 cancelled parent',
      'order 5 cancelled parent',
      'order 3 cancelled user',
      'fill 1 buy 1 order range of bar 2',
      'order 1 filled',
      'bar 2',
      'bar 3',
      'end',
    ])
  })

  it('see the account marked at the closes, whenever in the bar the fill was', () => {
    const seen: number[][] = []
    backtest(
      market([quiet, [101, 104, 100, 103], [103, 105, 102, 104]]),
      at(
        { 0: (broker) => broker.submitOrder({ asset: 0, quantity: 10 }) },
        {
          onFill: (_, broker) =>
            void seen.push([
              broker.getCash(),
              broker.getAccountValue(),
              broker.getPosition(0).markPrice,
              broker.getPosition(0).unrealizedPnl,
            ]),
        },
      ),
    )
    expect(seen).toEqual([[98_990, 100_020, 103, 20]])
  })

  it('order from every hook of a bar; orders of the last bar can fill at its close alone', () => {
    const result = backtest(
      market(flat(100, 101, 102)),
      strategy({
        onBar(bar, broker) {
          if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 1 })
          if (bar.index === 2) {
            broker.submitOrder({ asset: 0, quantity: 7 })
            broker.submitOrder({ asset: 0, quantity: 3, timing: 'same-close' })
          }
        },
        onFill(fill, broker) {
          if (fill.orderId === 1) broker.closePosition(0)
        },
        onTrade(_, broker) {
          broker.submitOrder({ asset: 0, quantity: 2, type: 'limit', limitPrice: 50 })
        },
        onOrder(order, broker) {
          if (order.id === 2) broker.submitOrder({ asset: 0, quantity: 4, timing: 'same-close' })
        },
      }),
    )
    expect(rows(result.fills, 'bar', 'orderId', 'quantity', 'phase')).toEqual([
      [1, 1, 1, 'open'],
      [2, 2, 1, 'open'],
      [2, 4, 4, 'close'],
      [2, 6, 3, 'close'],
    ])
    expect(rows(result.orders, 'id', 'status', 'reason').slice(2)).toEqual([
      [3, 'cancelled', 'end_of_data'],
      [4, 'filled', null],
      [5, 'cancelled', 'end_of_data'],
      [6, 'filled', null],
    ])
  })

  it('are called in the bar of a bust, and not after the run has ended', () => {
    const log: unknown[] = []
    backtest(
      market([quiet, [100, 100, 85, 85], [80, 99, 80, 99], quiet]),
      strategy(
        logging(log, (bar, broker) => {
          if (bar.index === 0) broker.submitOrder({ asset: 0, quantity: 10 })
          if (bar.index === 1) broker.submitOrder({ asset: 0, quantity: 1 })
        }),
      ),
      { cash: 100, account: { type: 'margin', initial: 0.1 } },
    )
    expect(log).toEqual([
      'start',
      'bar 0',
      'fill 1 buy 10 order open of bar 1',
      'order 1 filled',
      'bar 1',
      'order 2 rejected bust',
      'fill 0 sell 10 bust open of bar 2',
      'trade 10 -200 bust',
      'end',
    ])
  })

  it('see parameters, assets and indicators from onStart on', () => {
    let made = false
    class Early extends Strategy {
      static override parameters = { length: { type: 'integer', default: 3, min: 1 } } as const
      #average!: Indicator
      constructor() {
        super()
        expect(() => this.parameters).toThrow(/from onStart on/)
        made = true
      }
      override onStart(): void {
        this.#average = this.indicator('sma', { length: this.parameters.length })
        expect(this.assets).toEqual(['A', 'B'])
        expect(this.#average.value()).toBeNaN()
      }
      override onBar(): void {
        expect(this.parameters.length).toBe(2)
      }
    }
    backtest(market({ A: flat(1, 2), B: flat(3, 4) }), Early, { parameters: { length: 2 } })
    expect(made).toBe(true)
  })

  it('cannot order before the first bar or after the last', () => {
    const prices = market(flat(100, 101))
    for (const [hook, code] of [
      ['onStart', 'invalid_value'],
      ['onEnd', 'run_over'],
    ] as const) {
      const error = failure(() =>
        backtest(
          prices,
          strategy({ [hook]: (broker: { closePosition(asset: number): number }) => broker.closePosition(0) }),
        ),
      )
      expect(error.code).toBe('strategy_failed')
      expect(causeOf(error).code).toBe(code)
      expect(causeOf(error).message).toMatch(/not before the first bar or after the last|found one that is over/)
    }
  })

  it('may order on hearing what came after the last bar: such orders end with the data, unheard', () => {
    const heard: number[] = []
    const result = backtest(
      market(flat(100, 101)),
      strategy({
        onBar(bar, broker) {
          if (bar.index === 1) broker.submitOrder({ asset: 0, quantity: 1, timing: 'same-close' })
          broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 50 })
        },
        onFill: (fill, broker) => {
          broker.submitBracket({ asset: fill.asset, quantity: 1, takeProfitPrice: 200 })
          broker.updatePositionContext(0, {})
        },
        onOrder: (order, broker) => {
          heard.push(order.id)
          if (order.status === 'cancelled') broker.submitOrder({ asset: 0, quantity: 2, timing: 'same-close' })
        },
      }),
    )
    expect(heard).toEqual([2, 1, 3])
    expect(rows(result.orders, 'id', 'status', 'reason', 'createdBar', 'endedBar').slice(3)).toEqual(
      [4, 5, 6, 7].map((id) => [id, 'cancelled', 'end_of_data', 1, 1]),
    )
    expect(result.fills.length).toBe(1)
  })

  it('read everything in onEnd: positions, orders, cash', () => {
    let seen: unknown
    backtest(
      market(flat(100, 101)),
      at(
        { 0: (broker) => broker.submitOrder({ asset: 0, quantity: 2 }) },
        {
          onEnd: (broker) => {
            seen = [
              broker.getQuantity('A'),
              broker.getOrder(1)?.status,
              broker.getPendingOrders().length,
              broker.getCash(),
            ]
          },
        },
      ),
    )
    expect(seen).toEqual([2, 'filled', 0, 99_798])
  })
})

describe('what a hook throws', () => {
  const boom = () => {
    throw new RangeError('boom')
  }
  const buy: Hooks['onBar'] = (bar, broker) => {
    if (bar.index === 0) broker.submitOrder({ asset: 'B', quantity: 1 })
    if (bar.index === 1) broker.closePosition('B')
  }
  const prices = market({ A: flat(1, 2, 3, 4), B: flat(5, 6, 7, 8) })

  it.each([
    ['onStart', { onStart: boom }, {}],
    ['onBar', { onBar: (bar) => void (bar.index === 2 && boom()) }, { bar: 2, time: '1970-01-03T00:00:00.000Z' }],
    ['onOrder', { onBar: buy, onOrder: boom }, { bar: 1, time: '1970-01-02T00:00:00.000Z', asset: 'B' }],
    ['onFill', { onBar: buy, onFill: boom }, { bar: 1, time: '1970-01-02T00:00:00.000Z', asset: 'B' }],
    ['onTrade', { onBar: buy, onTrade: boom }, { bar: 2, time: '1970-01-03T00:00:00.000Z', asset: 'B' }],
    ['onEnd', { onEnd: boom }, { bar: 3, time: '1970-01-04T00:00:00.000Z' }],
  ] as [string, Hooks, FillgridError['place']][])('in %s stops the run and says where', (hook, hooks, place) => {
    const error = failure(() => backtest(prices, strategy(hooks)))
    expect(error.code).toBe('strategy_failed')
    expect(error.message).toContain(hook)
    expect(error.message).toContain('boom')
    if (place.time) expect(error.message).toContain(place.time)
    if (place.asset) expect(error.message).toContain(place.asset)
    expect(Object.fromEntries(Object.entries(error.place).filter(([, value]) => value !== undefined))).toEqual(place)
    expect(error.cause).toBeInstanceOf(RangeError)
  })

  it('may be anything', () => {
    const error = failure(() =>
      backtest(
        prices,
        strategy({
          onBar: () => {
            throw 'a string'
          },
        }),
      ),
    )
    expect(error.message).toContain('"a string"')
  })

  it('in the constructor too', () => {
    class Early extends Strategy {
      constructor() {
        super()
        boom()
      }
    }
    const error = failure(() => backtest(prices, Early))
    expect([error.code, error.cause]).toEqual(['strategy_failed', expect.any(RangeError)])
  })

  it.each(['onStart', 'onBar', 'onFill'] as const)('later, in an async %s, is refused at once', (hook) => {
    const error = failure(() => backtest(prices, strategy({ onBar: buy, [hook]: async () => boom() })))
    expect(causeOf(error).code).toBe('invalid_strategy')
    expect(causeOf(error).message).toMatch(/cannot be async/)
  })

  it('ends a stepped run', () => {
    const run = openRun(prices, strategy({ onBar: (bar) => void (bar.index === 1 && boom()) }))
    expect(run.advance()).toBe(true)
    expect(failure(() => run.advance()).code).toBe('strategy_failed')
    expect(run.ended).toBe(true)
    expect(run.advance()).toBe(false)
    run.release()
  })
})

describe('events over a long run', () => {
  it('are the rows of the tables, in order, though the tables are drained on the way', () => {
    const prices = market({ A: walk(6000, 5), B: walk(6000, 6), C: walk(6000, 7) })
    const told = { fills: [] as unknown[], trades: [] as unknown[], orders: [] as unknown[] }
    const result = backtest(
      prices,
      strategy({
        onBar(bar, broker) {
          for (let asset = 0; asset < 3; asset++) {
            const goal = ((bar.index * 7 + asset * 3) % 5) - 2
            broker.orderTargetQuantity(asset, goal, { tag: bar.index })
            if (bar.index % 3 === asset)
              broker.submitOrder({
                asset,
                quantity: 1,
                type: 'limit',
                limitPrice: bar.value('low', asset, bar.index === 0 ? 0 : 1) || 1,
                tag: -1,
              })
          }
        },
        onFill: ({ bar, asset, orderId, price, quantity, tag }) =>
          void told.fills.push([bar, asset, orderId, price, quantity, tag]),
        onTrade: ({ asset, exitBar, quantity, pnl }) => void told.trades.push([asset, exitBar, quantity, pnl]),
        onOrder: ({ id, status, filledQuantity }) =>
          void (status !== 'triggered' && told.orders.push([id, status, filledQuantity])),
      }),
      { account: 'unlimited' },
    )
    expect(result.fills.length).toBeGreaterThan(16_384)
    const column = (table: typeof result.fills, name: string) => table.values(name)
    const zip = (table: typeof result.fills, ...names: string[]) => {
      const columns = names.map((name) => column(table, name))
      return Array.from({ length: table.length }, (_, row) => columns.map((values) => values[row]))
    }
    expect(told.fills).toEqual(zip(result.fills, 'bar', 'asset', 'orderId', 'price', 'quantity', 'tag'))
    expect(told.trades).toEqual(zip(result.trades, 'asset', 'exitBar', 'quantity', 'pnl'))
    expect(told.orders.length).toBe(result.orders.length)
    const byId = new Map(told.orders.map((order) => [(order as unknown[])[0], order]))
    for (const row of [0, 1000, 9000, result.orders.length - 1]) {
      const { id, status, filledQuantity } = result.orders.row(row)
      expect(byId.get(id)).toEqual([id, status, filledQuantity])
    }
  })
})
