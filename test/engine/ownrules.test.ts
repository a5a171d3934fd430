/** Orders that bring a chain of rules of their own, and what fills and trades say of the rule that they follow. */
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { FillEvent, TradeEvent } from '../../src/strategy/events.ts'
import { at, flat, market, type Row, rows, textOf, walk } from './script.ts'

const FREE: BacktestConfig = { account: 'unlimited' }

/** Fills of orders given at bar 0 (and later ones by bar), and their rules. */
function fillsOf(
  prices: readonly Row[],
  steps: Record<number, (broker: Broker) => void>,
  config: BacktestConfig = {},
): unknown[][] {
  return rows(
    backtest(market(prices), at(steps), { ...FREE, ...config }).fills,
    'bar',
    'quantity',
    'price',
    'reason',
    'rule',
  )
}

const buy = (rules: readonly Rule[], quantity = 4) => ({
  0: (broker: Broker) => void broker.submitOrder({ asset: 0, quantity, rules }),
})

describe('a chain that an order brings', () => {
  it('is in place of the global one and of the asset’s', () => {
    const config: BacktestConfig = { rules: [{ type: 'stop', distance: 0.01 }] }
    const falling = flat(100, 100, 98, 94)
    expect(fillsOf(falling, buy([{ type: 'stop', distance: 5, unit: 'price' }]), config)).toEqual([
      [1, 4, 100, 'order', -1],
      [3, 4, 94, 'stop', 0],
    ])
    const asset = (broker: Broker) => {
      broker.setPositionRules([{ type: 'stop', distance: 0.015 }], 0)
      broker.submitOrder({ asset: 0, quantity: 4, rules: [{ type: 'stop', distance: 0.05 }] })
    }
    expect(fillsOf(falling, { 0: asset }, config)).toEqual([
      [1, 4, 100, 'order', -1],
      [3, 4, 94, 'stop', 0],
    ])
  })

  it('may have each kind of rule, with its action, and fills name its place', () => {
    const rules: Rule[] = [
      { type: 'stop', distance: 0.2 },
      { type: 'target', distance: 5, unit: 'price', action: { type: 'exit-fraction', fraction: 0.5 } },
      { type: 'target', distance: 0.08, action: { type: 'move-stop', offset: 0.04 } },
      { type: 'time', bars: 9 },
    ]
    expect(fillsOf(flat(100, 100, 105, 109, 103, 103), buy(rules))).toEqual([
      [1, 4, 100, 'order', -1],
      [2, 2, 105, 'target', 1],
      [4, 2, 103, 'stop', 0],
    ])
    expect(fillsOf(flat(100, 100, 101, 102, 103), buy([rules[0], { type: 'time', bars: 2 }]))).toEqual([
      [1, 4, 100, 'order', -1],
      [3, 4, 102, 'time', 1],
    ])
    const trail: Rule[] = [{ type: 'target', distance: 0.5 }, rules[0], { type: 'trail', distance: 3, unit: 'price' }]
    expect(fillsOf(flat(100, 100, 110, 106), buy(trail))).toEqual([
      [1, 4, 100, 'order', -1],
      [3, 4, 106, 'trail', 2],
    ])
  })

  it('has a stop that was added to it behind its last place', () => {
    const rules: Rule[] = [
      { type: 'time', bars: 50 },
      { type: 'target', distance: 0.05, action: { type: 'move-stop', offset: 0.02 } },
    ]
    expect(fillsOf(flat(100, 100, 106, 101, 101), buy(rules))).toEqual([
      [1, 4, 100, 'order', -1],
      [3, 4, 101, 'stop', 2],
    ])
  })

  it('may have eight rules, of which the last fires', () => {
    const far: Rule[] = Array.from({ length: 7 }, (_, i) => ({ type: 'target', distance: 5 + i }))
    expect(fillsOf(flat(100, 100, 94), buy([...far, { type: 'stop', distance: 0.05 }]))).toEqual([
      [1, 4, 100, 'order', -1],
      [2, 4, 94, 'stop', 7],
    ])
    const moving: Rule = { type: 'target', distance: 0.05, action: { type: 'move-stop', offset: 0.02 } }
    expect(fillsOf(flat(100, 100, 106, 101), buy([...far, moving]))).toEqual([
      [1, 4, 100, 'order', -1],
      [3, 4, 101, 'stop', 8],
    ])
  })

  it('is not taken by what adds to a position, and is by what reverses it', () => {
    const add = {
      0: (broker: Broker) =>
        void broker.submitOrder({ asset: 0, quantity: 4, rules: [{ type: 'stop', distance: 0.1 }] }),
      1: (broker: Broker) =>
        void broker.submitOrder({ asset: 0, quantity: 4, rules: [{ type: 'stop', distance: 0.01 }] }),
    }
    expect(fillsOf(flat(100, 100, 100, 95, 89), add)).toEqual([
      [1, 4, 100, 'order', -1],
      [2, 4, 100, 'order', -1],
      [4, 8, 89, 'stop', 0],
    ])
    const reverse = {
      0: (broker: Broker) =>
        void broker.submitOrder({ asset: 0, quantity: 4, rules: [{ type: 'stop', distance: 0.1 }] }),
      1: (broker: Broker) =>
        void broker.submitOrder({
          asset: 0,
          quantity: -6,
          rules: [
            { type: 'time', bars: 40 },
            { type: 'stop', distance: 3, unit: 'price' },
          ],
        }),
    }
    expect(fillsOf(flat(100, 100, 100, 102, 104), reverse)).toEqual([
      [1, 4, 100, 'order', -1],
      [2, 4, 100, 'order', -1],
      [2, 2, 100, 'order', -1],
      [4, 2, 104, 'stop', 1],
    ])
  })

  it('belongs to its order alone: those given before and after have others, or none', () => {
    const prices = market({ A: flat(100, 100, 97, 90), B: flat(100, 100, 97, 90), C: flat(100, 100, 97, 90) })
    const give = (broker: Broker) => {
      broker.submitOrder({ asset: 0, quantity: 1, stop: 0.05 })
      broker.submitOrder({ asset: 1, quantity: 1, rules: [{ type: 'time', bars: 1 }] })
      broker.submitOrder({ asset: 2, quantity: 1 })
    }
    const result = backtest(prices, at({ 0: give }), FREE)
    expect(rows(result.trades, 'asset', 'exitBar', 'exitReason', 'exitRule')).toEqual([
      ['B', 2, 'time', 0],
      ['A', 3, 'stop', 0],
    ])
    expect(rows(result.openPositions, 'asset')).toEqual([['C']])
  })

  it('waits with its order: a limit that fills later, a stop-limit, the parent of a bracket, a member of a group', () => {
    const rules: Rule[] = [
      { type: 'target', distance: 0.5 },
      { type: 'time', bars: 2 },
    ]
    const prices = flat(100, 100, 100, 94, 94, 94, 94, 94)
    const requests: ((broker: Broker) => unknown)[] = [
      (b) => b.submitOrder({ asset: 0, quantity: 2, type: 'limit', limitPrice: 95, rules }),
      (b) => b.submitBracket({ asset: 0, quantity: 2, type: 'limit', limitPrice: 95, stopLossPrice: 50, rules }),
      (b) =>
        b.submitOco([
          { asset: 0, quantity: 2, type: 'limit', limitPrice: 50, rules: [{ type: 'time', bars: 1 }] },
          { asset: 0, quantity: 2, type: 'limit', limitPrice: 95, rules },
        ]),
      (b) => b.orderTargetQuantity(0, 2, { type: 'limit', limitPrice: 95, rules }),
    ]
    for (const give of requests)
      expect(fillsOf(prices, { 0: (broker) => void give(broker) })).toEqual([
        [3, 2, 94, 'order', -1],
        [5, 2, 94, 'time', 1],
      ])
  })

  it('is that of the shorthand where it says the same', () => {
    const prices = market(walk(200, 5, 0))
    const run = (options: object) =>
      backtest(
        prices,
        at(
          Object.fromEntries(
            Array.from({ length: 40 }, (_, i) => [
              i * 5,
              (broker: Broker) =>
                void broker.submitOrder({ asset: 0, side: i % 3 === 0 ? 'sell' : 'buy', quantity: 3, ...options }),
            ]),
          ),
        ),
        FREE,
      )
    const short = run({ stop: 0.02, target: 0.03, trail: 0.025 })
    const chain = run({
      rules: [
        { type: 'stop', distance: 0.02 },
        { type: 'target', distance: 0.03 },
        { type: 'trail', distance: 0.025 },
      ],
    })
    expect(short.trades.length).toBeGreaterThan(10)
    expect(textOf(chain)).toBe(textOf(short))
    expect(chain.fingerprint.outcome).toBe(short.fingerprint.outcome)
  })

  it('goes through a full ring, snapshots and forks', () => {
    const rules: Rule[] = Array.from({ length: 8 }, (_, i) => ({ type: 'target', distance: 0.01 * (i + 1) }))
    const prices = market({ A: walk(60, 1, 0), B: walk(60, 2, 0) })
    const made = at(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, bar) => [
          bar,
          (broker: Broker) => {
            for (let i = 0; i < 150; i++)
              broker.submitBracket({
                asset: i % 2,
                quantity: 1,
                type: 'limit',
                limitPrice: 60 + (i % 40),
                stopLossPrice: 20,
                rules: rules.slice(i % 8),
              })
          },
        ]),
      ),
    )
    const whole = backtest(prices, made, FREE)
    expect(whole.orders.length).toBe(20 * 300)
    const run = openRun(prices, made, FREE)
    for (let i = 0; i < 15; i++) run.advance()
    const saved = run.snapshot()
    const ends: Result[] = [resultOf(run.toEnd()), resultOf(run.restore(saved).toEnd())]
    const fork = openRun(prices, made, FREE)
    ends.push(resultOf(fork.restore(saved).toEnd()))
    for (const end of ends) expect(textOf(end)).toBe(textOf(whole))
    run.release()
    fork.release()
  })
})

describe('the place of a rule', () => {
  it('is said by events as by the tables', () => {
    const fills: FillEvent[] = []
    const trades: TradeEvent[] = []
    const rules: Rule[] = [
      { type: 'trail', distance: 0.03 },
      { type: 'target', distance: 0.02, action: { type: 'exit-fraction', fraction: 0.3 } },
      { type: 'time', bars: 6 },
    ]
    const prices = market({ A: walk(150, 8), B: walk(150, 9) })
    const steps = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        i * 5,
        (broker: Broker) =>
          void broker.submitOrder({ asset: i % 2, quantity: 1 + (i % 3), rules: i % 4 ? rules : undefined }),
      ]),
    )
    const result = backtest(
      prices,
      at(steps, { onFill: (fill) => void fills.push(fill), onTrade: (trade) => void trades.push(trade) }),
      { ...FREE, rules: [{ type: 'stop', distance: 0.01 }] },
    )
    expect(rows(result.fills, 'bar', 'reason', 'rule')).toEqual(fills.map((f) => [f.bar, f.reason, f.rule]))
    expect(rows(result.trades, 'exitBar', 'exitReason', 'exitRule')).toEqual(
      trades.map((t) => [t.exitBar, t.exitReason, t.exitRule]),
    )
    expect([...new Set(fills.map((fill) => `${fill.reason} ${fill.rule}`))].sort()).toEqual([
      'order -1',
      'stop 0',
      'target 1',
      'time 2',
      'trail 0',
    ])
  })

  it('is none for orders, their children and the bust', () => {
    const rules: Rule[] = [{ type: 'target', distance: 9 }]
    const bracket = {
      0: (broker: Broker) => void broker.submitBracket({ asset: 0, quantity: 1, stopLossPrice: 95, rules }),
    }
    expect(fillsOf(flat(100, 100, 94), bracket)).toEqual([
      [1, 1, 100, 'order', -1],
      [2, 1, 94, 'stop', -1],
    ])
    const bust = backtest(
      market(flat(100, 100, 1, 1, 1)),
      at({ 0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1500, rules }) }),
      { account: { type: 'margin', initial: 0.5 } },
    )
    expect(rows(bust.fills, 'reason', 'rule')).toEqual([
      ['order', -1],
      ['bust', -1],
    ])
  })
})

describe('a trail that changes its unit', () => {
  const trailing = (broker: Broker, trail: object) =>
    broker.submitOrder({ asset: 0, side: 'sell', quantity: 1, type: 'trailing-stop', ...trail })

  it.each([
    ['an amount to a fraction', { trailAmount: 10 }, { trailFraction: 0.02 }, 98],
    ['a fraction to an amount', { trailFraction: 0.1 }, { trailAmount: 2 }, 98],
    ['an amount to another', { trailAmount: 10 }, { trailAmount: 2 }, 98],
    ['a fraction to another', { trailFraction: 0.1 }, { trailFraction: 0.02 }, 98],
  ])('%s', (_, before, after, level) => {
    const seen: unknown[] = []
    const prices: Row[] = [...flat(100, 100), [100, 100, 97, 97], ...flat(97)]
    const result = backtest(
      market(prices),
      at({
        0: (broker) => void trailing(broker, before),
        1: (broker) => {
          expect(broker.getOrder(1)).toMatchObject({ trailAmount: Number.NaN, trailFraction: Number.NaN, ...before })
          seen.push(broker.updateOrder(1, after))
          expect(broker.getOrder(1)).toMatchObject({ trailAmount: Number.NaN, trailFraction: Number.NaN, ...after })
        },
        3: (broker) => {
          expect(broker.getOrder(1)).toMatchObject({ status: 'filled', trailAmount: Number.NaN, ...after })
        },
      }),
      FREE,
    )
    expect(seen).toEqual([true])
    expect(rows(result.fills, 'bar', 'price')).toEqual([[2, level]])
  })

  it('there and back keeps the tighter level', () => {
    const result = backtest(
      market([...flat(100, 100, 100), [100, 100, 90, 90], ...flat(90)]),
      at({
        0: (broker) => void trailing(broker, { trailAmount: 5 }),
        1: (broker) => {
          expect(broker.updateOrder(1, { trailFraction: 0.03 })).toBe(true)
          expect(broker.updateOrder(1, { trailAmount: 50 })).toBe(true)
        },
      }),
      FREE,
    )
    expect(rows(result.fills, 'bar', 'price')).toEqual([[3, 97]])
  })

  it('is refused whole for an order that has no trail', () => {
    const answers: boolean[] = []
    backtest(
      market(flat(100, 100)),
      at({
        0: (broker) => {
          const limit = broker.submitOrder({ asset: 0, quantity: 1, type: 'limit', limitPrice: 90 })
          answers.push(broker.updateOrder(limit, { trailFraction: 0.1, limitPrice: 80 }))
          expect(broker.getOrder(limit)).toMatchObject({ limitPrice: 90, trailFraction: Number.NaN })
        },
      }),
    )
    expect(answers).toEqual([false])
  })
})
