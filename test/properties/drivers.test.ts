/** The same decisions given by a hook and by signal columns yield byte-equal results (semantics 8.3). */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { textOf } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { signalScenarios } from '../oracle/arbitrary.ts'
import { atOnce, SignalsAsHook, signalsOf } from './runs.ts'

it('a hook that decides as the columns say has the same orders, fills, trades, equity and metrics', () => {
  let trades = 0
  fc.assert(
    fc.property(signalScenarios, (scenario) => {
      const prices = makeMarket(scenario.market)
      const { columns, config } = signalsOf(scenario)
      const signals = backtest(prices, columns, config)
      const hook = backtest(prices, new SignalsAsHook(scenario), atOnce(config))
      expect(textOf(hook)).toBe(textOf(signals))
      expect(hook.fingerprint.outcome).toBe(signals.fingerprint.outcome)
      trades += signals.trades.length
      prices.release()
    }),
    { numRuns: 500, seed: 31 },
  )
  expect(trades).toBeGreaterThan(500)
})

it('however many bars the signals driver does at a time', () => {
  fc.assert(
    fc.property(signalScenarios, (scenario) => {
      const prices = makeMarket(scenario.market)
      const { columns, config } = signalsOf(scenario)
      const stepped = openRun(prices, columns, config)
      while (stepped.advance()) {}
      expect(textOf(resultOf(stepped))).toBe(textOf(backtest(prices, columns, config)))
      stepped.release()
      prices.release()
    }),
    { numRuns: 100, seed: 32 },
  )
})
