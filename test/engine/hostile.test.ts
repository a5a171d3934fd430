/** What is given to the engine may be anything: it is read once, refused by a typed error, or does no harm. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { DrivenRun } from '../../src/drivers/driven.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { type FillgridError, show } from '../../src/errors.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { OrderRequest } from '../../src/strategy/requests.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { at, causeOf, failure, flat, market, rows, strategy, textOf, walk } from './script.ts'

const prices = market({ A: walk(40, 1, 0), B: walk(40, 2, 0) })
const FREE = { account: 'unlimited' } as const

/** What a hook's call ends in, at bar 5. */
function refused(call: (broker: Broker) => unknown): FillgridError {
  return causeOf(failure(() => backtest(prices, at({ 5: (broker) => void call(broker) }), FREE)))
}

describe('a hook that gives its own run back', () => {
  it('is refused: the run would go on in the memory of another one', () => {
    const codes: string[] = []
    const open: DrivenRun[] = []
    const run: DrivenRun = openRun(
      prices,
      at({
        5: () => {
          codes.push(failure(() => run.release()).code)
          for (let i = 0; i < 20; i++) open.push(openRun(prices, strategy({})).begin())
        },
      }),
    )
    run.toEnd()
    expect(codes).toEqual(['busy'])
    expect([run.bar, ...open.map((one) => one.bar)]).toEqual([39, ...Array(20).fill(-1)])
    for (const one of [run, ...open]) one.release()
  })
})

describe('what a hook throws', () => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const secret = {
    toJSON() {
      throw new Error('no')
    },
    toString() {
      throw new Error('never')
    },
  }
  const circle = Object.create(null)
  circle.self = circle
  const silent = Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('no')
    },
  })
  it.each<[string, unknown]>([
    ['an object that cannot be shown', secret],
    ['an object that has no text', circle],
    ['what can no longer be looked at', revoked.proxy],
    ['an error that does not tell', silent],
    ['nothing', undefined],
    ['a symbol', Symbol('x')],
  ])('%s', (_, thrown) => {
    const hook = at({
      5: () => {
        throw thrown
      },
    })
    const error = failure(() => backtest(prices, hook))
    expect([error.code, error.place.bar]).toEqual(['strategy_failed', 5])
    expect(error.message).toMatch(/onBar at bar 5/)
    expect(error.cause === thrown).toBe(true)
    expect(typeof show(thrown)).toBe('string')
  })
})

describe('a request', () => {
  it('may be of a class, or inherit what it says', () => {
    class Buy {
      get asset() {
        return 1
      }
      get quantity() {
        return 3
      }
    }
    const give = at({
      1: (broker) => void broker.submitOrder(new Buy()),
      2: (broker) => void broker.submitOrder(Object.create({ asset: 0, quantity: 2 })),
    })
    expect(rows(backtest(prices, give, FREE).fills, 'asset', 'quantity')).toEqual([
      ['B', 3],
      ['A', 2],
    ])
  })

  it('says `signal` with true or false', () => {
    for (const signal of [1, 'yes', () => true, {}, null]) {
      const order = { asset: 0, quantity: 1, signal } as unknown as OrderRequest
      expect(refused((broker) => broker.submitOrder(order)).code).toBe('invalid_value')
      expect(refused((broker) => broker.closePosition(0, { signal } as never)).code).toBe('invalid_value')
    }
  })

  it('may give other orders while it is read, which come before it', () => {
    const ids: unknown[] = []
    const give = at({
      1: (broker) => {
        const nested = {
          asset: 0,
          type: 'limit' as const,
          limitPrice: 1,
          get quantity() {
            broker.submitOrder({ asset: 1, quantity: 1 })
            return 1
          },
        }
        ids.push(...broker.submitOco([nested, { ...nested }]).map(({ parent }) => parent))
        ids.push(broker.getPendingOrders().map(({ id, groupId }) => [id, groupId]))
      },
    })
    backtest(prices, give, FREE)
    expect(ids[0]).toBe((ids[1] as number) - 1)
    const group = (ids[2] as number[][]).filter(([, groupId]) => groupId > 0)
    expect(group).toEqual([
      [ids[0], ids[0]],
      [ids[1], ids[0]],
    ])
  })

  it('with a list that has holes is refused as one with nothing there', () => {
    const stop: Rule = { type: 'stop', distance: 0.1 }
    const holed = Object.assign([], { 1: stop }) as unknown as Rule[]
    const order = { asset: 0, quantity: 1, type: 'limit', limitPrice: 1 } as const
    const orders = Object.assign([], { 0: order, 2: order }) as unknown as OrderRequest[]
    const far = Object.assign([], { 0: order }) as unknown as OrderRequest[]
    far.length = 2 ** 32 - 1
    for (const call of [
      (broker: Broker) => broker.setPositionRules(holed),
      (broker: Broker) => broker.submitOrder({ ...order, rules: holed }),
      (broker: Broker) => broker.submitOco(orders),
      (broker: Broker) => broker.submitOco(far),
      (broker: Broker) => broker.orderTargets(Object.assign([], { 1: 3 })),
    ])
      expect(refused(call).code).toBe('invalid_value')
    expect(failure(() => backtest(prices, strategy({}), { rules: holed })).code).toBe('invalid_value')
  })
})

describe('a rule', () => {
  it('is what it was when it was checked, however often it says something else', () => {
    /** Says what is right so many times, then what no rule says. */
    const turning = <T>(right: T, wrong: T, times: number) => {
      let asked = 0
      return () => (asked++ < times ? right : wrong)
    }
    for (const times of [1, 2, 3, 4, 5]) {
      const type = turning<unknown>('stop', 'nothing', times)
      const distance = turning(0.5, -5, times)
      const fraction = turning(0.5, 1e9, times)
      const rule = {
        get type() {
          return type()
        },
        get distance() {
          return distance()
        },
        action: {
          type: 'exit-fraction',
          get fraction() {
            return fraction()
          },
        },
      } as unknown as Rule
      const seen = backtest(
        prices,
        at({ 1: (broker) => void broker.submitOrder({ asset: 0, quantity: 4, rules: [rule] }) }),
        FREE,
      )
      const plain: Rule = { type: 'stop', distance: 0.5, action: { type: 'exit-fraction', fraction: 0.5 } }
      const right = backtest(
        prices,
        at({ 1: (broker) => void broker.submitOrder({ asset: 0, quantity: 4, rules: [plain] }) }),
        FREE,
      )
      expect(textOf(seen)).toBe(textOf(right))
    }
  })
})

describe('targets', () => {
  it('that only look like an array of doubles are read once, and may order while they are', () => {
    const give = at({
      5: (broker) => {
        const fake = Object.create(Float64Array.prototype, {
          length: { value: 2 },
          0: {
            get() {
              for (let i = 0; i < 3000; i++)
                broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1e-3 })
              broker.getPendingOrders()
              return 3
            },
          },
          1: { value: 4 },
        })
        broker.orderTargets(fake)
      },
    })
    const { fills } = backtest(prices, give, FREE)
    expect(rows(fills, 'bar', 'asset', 'quantity')).toEqual([
      [6, 'A', 3],
      [6, 'B', 4],
    ])
  })

  it('are as long as they are, not as they say', () => {
    const short = Object.defineProperty(new Float64Array([1]), 'length', { value: 2 })
    expect(refused((broker) => broker.orderTargets(short)).code).toBe('invalid_value')
    const long = Object.defineProperty(new Float64Array([1, 2, 3, 4]), 'length', { value: 2 })
    const give = at({ 5: (broker) => void broker.orderTargets(long) })
    expect(rows(backtest(prices, give, FREE).fills, 'asset', 'quantity')).toEqual([
      ['A', 1],
      ['B', 2],
    ])
    const odd = Object.create(Float64Array.prototype, { length: { value: 2 }, 0: { value: 'x' }, 1: { value: 1 } })
    expect(refused((broker) => broker.orderTargets(odd)).code).toBe('invalid_value')
  })
})

describe('the id of an order', () => {
  it('is no other one that the kernel would cut to it', () => {
    const seen: unknown[] = []
    const give = at({
      1: (broker) => {
        const id = broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 1 })
        for (const other of [id + 2 ** 32, id + 0.5, id - 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY, 0, -1])
          seen.push(
            broker.getOrder(other),
            broker.updateOrder(other, { limitPrice: 2 }),
            broker.cancelOrder(other),
            broker.getOrder(id)?.limitPrice,
          )
      },
    })
    backtest(market(flat(100, 100, 100)), give)
    expect(seen).toEqual(Array(7).fill([undefined, false, false, 1]).flat())
  })
})

describe('a fork', () => {
  it('takes an instance of a strategy and nothing else', () => {
    class Own extends Strategy {}
    const run = openRun(prices, new Own()).begin()
    for (const none of [Own, {}, null, 'x', () => new Own(), Object.create(null)])
      expect(failure(() => run.fork(none as never)).code).toBe('invalid_strategy')
    expect(run.fork(new Own()).bar).toBe(-1)
  })
})
