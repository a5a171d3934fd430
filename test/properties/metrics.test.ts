/** What a sweep computes of a parameter set is what the whole run of it says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import { type BacktestConfig, prepare } from '../../src/prepare.ts'
import { STRATEGIES } from '../../src/strategies/catalogue.ts'
import type { ParameterValues } from '../../src/strategy/strategy.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { market, strategy, walk } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { signalScenarios } from '../oracle/arbitrary.ts'
import { signalsOf } from './runs.ts'

const bits = (values: Float64Array) => Array.from(values, (x) => (Object.is(x, -0) ? '-0' : String(x)))

describe('runner.metrics', () => {
  const prices = busyMarket(260, 6)
  const config: BacktestConfig = {
    commission: {
      type: 'tiered',
      tiers: [
        { upTo: 5000, rate: 0.002 },
        { upTo: Number.POSITIVE_INFINITY, rate: 0.001 },
      ],
    },
    slippage: { type: 'volume-share', rate: 0.05 },
    rules: [
      { type: 'stop', distance: 0.02 },
      { type: 'target', distance: 0.03, action: { type: 'move-stop', offset: 0 } },
    ],
  }

  it.each([['busy', Busy] as const, ...STRATEGIES.map(({ name, strategy: input }) => [name, input] as const)])(
    'of %s equals run().metrics, whatever came before',
    (name, input) => {
      const runner = prepare(prices, input, config)
      const numbers =
        name === 'busy'
          ? ['length', 'salt']
          : Object.keys(runner.parameters).filter((key) => runner.parameters[key].type === 'integer')
      const draw = fc.record(Object.fromEntries(numbers.map((key) => [key, fc.integer({ min: 2, max: 30 })])))
      let compared = 0
      fc.assert(
        fc.property(fc.array(draw, { minLength: 1, maxLength: 4 }), (sets) => {
          for (const parameters of sets as ParameterValues[]) {
            let quick: string[] | undefined
            try {
              quick = bits(runner.metrics(parameters))
            } catch {
              // Sets that break a constraint of the strategy (fast < slow) do not count.
              continue
            }
            expect(quick).toEqual(bits(runner.run(parameters).metrics))
            compared++
          }
        }),
        { numRuns: 12, seed: 9 },
      )
      expect(compared).toBeGreaterThan(5)
      runner.release()
    },
  )

  it('of random signals equals run().metrics, by day and by hour, also where the money ends', () => {
    let early = 0
    let single = 0
    fc.assert(
      fc.property(signalScenarios, fc.constantFrom(1, 5, 24), (scenario, hours) => {
        const daily = makeMarket(scenario.market)
        const { open, high, low, close, volume, allowNonPositive } = daily
        const time = Float64Array.from(daily.time, (_, bar) => bar * hours * 3_600_000)
        const hourly = Market.from({
          assets: [...daily.assets],
          time,
          open: open.slice(),
          high: high.slice(),
          low: low.slice(),
          close: close.slice(),
          volume: volume.slice(),
          signals: Object.fromEntries([...daily.signals].map(([name, { values }]) => [name, values.slice()])),
          allowNonPositive,
          instruments: daily.instruments,
        })
        const { columns, config } = signalsOf(scenario)
        for (const prices of [daily, hourly]) {
          const runner = prepare(prices, columns, config)
          const whole = runner.run({})
          for (let times = 0; times < 2; times++) expect(bits(runner.metrics({}))).toEqual(bits(whole.metrics))
          if (whole.equity.length < prices.bars) early++
          if (prices.assetCount === 1) single++
          runner.release()
          prices.release()
        }
      }),
      { numRuns: 400, seed: 41 },
    )
    expect(early).toBeGreaterThan(5)
    expect(single).toBeGreaterThan(50)
  })

  it('goes on after a set that threw, in any hook', () => {
    const fragile = strategy(
      {
        onStart() {
          if (this.parameters.fail === 1) throw new Error('start')
        },
        onBar(bar, broker) {
          if (bar.index % 3 === 0) broker.orderTargetQuantity(0, bar.index % 2)
          if (this.parameters.fail === 2 && bar.index === 20) {
            broker.submitBracket({ asset: 0, quantity: 1, takeProfitPrice: 1e6 })
            throw new Error('bar')
          }
        },
        onFill(fill) {
          if (this.parameters.fail === 3 && fill.bar > 10) throw new Error('fill')
        },
      },
      { parameters: { fail: { type: 'integer', default: 0 } } },
    )
    const over = market(walk(60, 3))
    const expected = bits(backtest(over, fragile).metrics)
    const runner = prepare(over, fragile)
    for (const fail of [1, 2, 3, 2, 1]) {
      expect(() => runner.metrics({ fail })).toThrow(/start|bar|fill/)
      expect(bits(runner.metrics({}))).toEqual(expected)
    }
    runner.release()
  })
})
