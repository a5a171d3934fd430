/** A fixed amount of varied work whose outcome must be the same wherever and after whatever it is done. */
import fc from 'fast-check'
import { backtest } from '../../src/backtest.ts'
import { openRun } from '../../src/drivers/driven.ts'
import { resultOf } from '../../src/engine/openrun.ts'
import { Market } from '../../src/market/market.ts'
import { prepare } from '../../src/prepare.ts'
import { releasePanels } from '../../src/signals/panels.ts'
import { STRATEGIES } from '../../src/strategies/catalogue.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { at, textOf } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { runScenario, signalsOf } from './runs.ts'

/** Does it and returns what came of each part, as text. */
export function work(): string[] {
  const out: string[] = []
  for (const scenario of fc.sample(scenarios, { numRuns: 120, seed: 5 })) {
    const prices = makeMarket(scenario.market)
    const result = runScenario(scenario, prices)
    if (result) out.push(textOf(result))
    prices.release()
  }
  for (const scenario of fc.sample(signalScenarios, { numRuns: 60, seed: 5 })) {
    const prices = makeMarket(scenario.market)
    const { columns, config } = signalsOf(scenario)
    out.push(textOf(backtest(prices, columns, config)))
    prices.release()
  }
  const prices = busyMarket(700, 4)
  for (const { name, strategy } of STRATEGIES) {
    out.push(
      name,
      textOf(backtest(prices, strategy, { commission: 0.001, rules: [{ type: 'trail', distance: 0.03 }] })),
    )
    const runner = prepare(prices, strategy)
    out.push(Array.from(runner.metrics({}), String).join())
    runner.release()
  }
  const run = openRun(prices, new Busy(), { rules: [{ type: 'stop', distance: 0.02 }] })
  while (run.bar < 300) run.advance()
  const saved = run.snapshot()
  out.push(saved.checksum)
  // Memory grows between here and the restore, in one hook as well.
  const many = at({
    1: (broker) => {
      for (let i = 0; i < 5000; i++)
        broker.submitOrder({ asset: i % 3, quantity: 1, type: 'limit', limitPrice: 1 + (i % 300) })
    },
  })
  out.push(textOf(backtest(prices, many, { account: 'unlimited' })))
  const large = Market.from({
    assets: ['L'],
    time: Float64Array.from({ length: 400_000 }, (_, i) => i),
    close: new Float64Array(400_000).fill(7),
  })
  out.push(textOf(resultOf(run.restore(saved).toEnd())))
  large.release()
  run.release()
  releasePanels(prices)
  prices.release()
  return out
}
