import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import type { Result } from '../../src/results/result.ts'
import { STRATEGIES } from '../../src/strategies/catalogue.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { at, flat, market, walk } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { runScenario, signalsOf } from './runs.ts'
import { validateResult } from './validate.ts'

const valid = (result: Result | undefined, prices: Market) => {
  if (result) expect(validateResult(result, prices)).toEqual([])
}

describe('what holds in every result', () => {
  it('of random orders, rules and settings', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const prices = makeMarket(scenario.market)
        valid(runScenario(scenario, prices), prices)
        prices.release()
      }),
      { numRuns: 600, seed: 11 },
    )
  })

  it('of random signal columns', () => {
    fc.assert(
      fc.property(signalScenarios, (scenario) => {
        const prices = makeMarket(scenario.market)
        const { columns, config } = signalsOf(scenario)
        valid(backtest(prices, columns, config), prices)
        prices.release()
      }),
      { numRuns: 300, seed: 12 },
    )
  })

  it('of a busy strategy over long and wide markets, and of the built-in ones', () => {
    const rules = [
      { type: 'stop' as const, distance: 0.02 },
      { type: 'target' as const, distance: 0.03, action: { type: 'exit-fraction' as const, fraction: 0.4 } },
    ]
    const long = busyMarket(3000, 2)
    for (const account of ['margin', 'cash', 'unlimited'] as const)
      valid(backtest(long, Busy, { account, commission: 0.001, slippage: 0.0005, rules }), long)
    const wide = market(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`A${i}`, walk(120, i)])))
    valid(backtest(wide, Busy, { quantityStep: 1, rules }), wide)
    for (const { strategy } of STRATEGIES)
      valid(backtest(wide, strategy, { commission: 0.001, rules, cash: 1e6 }), wide)
  })
})

describe('validateResult', () => {
  it('finds what is wrong', () => {
    const prices = market(flat(100, 100, 110))
    const fresh = () =>
      backtest(
        prices,
        at({
          0: (broker) => void broker.submitOrder({ asset: 0, quantity: 1 }),
          1: (broker) => void broker.closePosition(0),
        }),
      )
    expect(validateResult(fresh(), prices)).toEqual([])
    const set = (values: Float64Array | Int32Array, row: number, value: number) => {
      values[row] = value
    }
    const wrongs: ((result: Result) => void)[] = [
      (result) => set(result.equity, 1, result.equity[1] + 1e-3),
      (result) => set(result.trades.values('pnl'), 0, 9.999),
      (result) => set(result.fills.values('price'), 1, 111.5),
      (result) => set(result.fills.values('quantity'), 1, 0.5),
      (result) => set(result.orders.values('status'), 0, 0),
      (result) => set(result.orders.values('side'), 1, 1),
    ]
    for (const wrong of wrongs) {
      const result = fresh()
      wrong(result)
      expect(validateResult(result, prices)).not.toEqual([])
    }
  })
})
