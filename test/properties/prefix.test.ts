/** No look-ahead: a run on the first bars is the first rows of the run on all of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { Table } from '../../src/results/table.ts'
import { INDICATORS } from '../../src/signals/catalogue.ts'
import { panelCache, releasePanels } from '../../src/signals/panels.ts'
import type { StrategyInput } from '../../src/strategies/catalogue.ts'
import { STRATEGIES } from '../../src/strategies/catalogue.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { market, walk } from '../engine/script.ts'
import { makeMarket } from '../kernel/adapter.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { looksAhead } from '../oracle/options.ts'
import { rowsOf, runScenario, signalsOf } from './runs.ts'

/** Everything that a run had done by the end of bar `bars - 1`, as text. */
function firstBars(result: Result, bars: number): string {
  const rows = (table: Table, bar: string, keep: (row: number) => boolean = () => true) => {
    const at = table.values(bar)
    const kept = Array.from({ length: table.length }, (_, row) => row).filter((row) => at[row] < bars && keep(row))
    return table.columns.map(({ name }) => {
      const values = table.values(name)
      return [name, kept.map((row) => String(values[row]))]
    })
  }
  const ended = result.orders.columns.find(({ name }) => name === 'reason')!.labels!.indexOf('end_of_data')
  const reasons = result.orders.values('reason')
  return JSON.stringify([
    rows(result.fills, 'bar'),
    rows(result.trades, 'exitBar'),
    rows(result.orders, 'endedBar', (row) => reasons[row] !== ended),
    Array.from(result.equity.slice(0, bars), String),
    Array.from(result.cash.slice(0, bars), String),
  ])
}

/** Of bars without volume no share can be had, which is refused. */
function isTraded(over: Market, { participation }: BacktestConfig): boolean {
  return participation === undefined || over.volume.some((units) => units > 0)
}

/** Runs over the first `bars` bars and over all of them. */
function compare(prices: Market, bars: number, run: (over: Market) => Result | undefined): void {
  const part = prices.slice(0, bars)
  const [short, long] = [run(part), run(prices)]
  if (short && long) expect(firstBars(short, bars)).toBe(firstBars(long, bars))
  releasePanels(part)
  part.release()
}

describe('a run on the first bars equals the first rows of the run on all', () => {
  it('for random orders', () => {
    fc.assert(
      fc.property(scenarios, fc.nat(), (scenario, n) => {
        fc.pre(!looksAhead(scenario.settings))
        const prices = makeMarket(scenario.market)
        compare(prices, 1 + (n % prices.bars), (over) =>
          isTraded(over, scenario.settings) ? runScenario(scenario, over) : undefined,
        )
        prices.release()
      }),
      { numRuns: 400, seed: 21 },
    )
  })

  it('for random signal columns', () => {
    fc.assert(
      fc.property(signalScenarios, fc.nat(), (scenario, n) => {
        fc.pre(!looksAhead(scenario.settings))
        const prices = makeMarket(scenario.market)
        const cut = (over: Market) => {
          const { columns, config } = signalsOf(rowsOf(scenario, 0, over.bars))
          return isTraded(over, config) ? backtest(over, columns, config) : undefined
        }
        compare(prices, 1 + (n % prices.bars), cut)
        prices.release()
      }),
      { numRuns: 200, seed: 22 },
    )
  })

  const settings: BacktestConfig[] = [
    {
      rules: [
        { type: 'trail', distance: 0.02 },
        { type: 'time', bars: 7 },
      ],
      commission: 0.001,
    },
    { timing: 'same-close', stopFill: 'close', rules: [{ type: 'stop', distance: 0.02 }] },
    { timing: 'next-close', path: 'favourable', stopFill: 'next-open', rules: [{ type: 'stop', distance: 0.02 }] },
  ]
  const inputs: [string, StrategyInput][] = [
    ['busy', Busy],
    ...STRATEGIES.map(({ name, strategy }) => [name, strategy] as [string, StrategyInput]),
  ]
  it.each(inputs)('for %s', (_, input) => {
    const prices = busyMarket(220, 31)
    for (const config of settings) {
      for (const bars of [1, 2, 37, 63, 64, 110, 219, 220])
        compare(prices, bars, (over) => backtest(over, input, config))
    }
    prices.release()
  })
})

describe('an indicator on the first bars has the first values of the one on all', () => {
  const prices = market({ A: walk(200, 41, 0.1), B: walk(200, 42, 0), C: walk(200, 43, 0.3) })

  it.each(
    INDICATORS.flatMap(({ name, outputs, repaints }) =>
      outputs.map((output) => [name, output, repaints ? { delay: 3 } : {}] as const),
    ),
  )('%s %s', (name, output, given) => {
    const all = panelCache(prices).panel(name, given, output).pin().values.slice()
    for (const bars of [1, 5, 30, 77, 128, 199]) {
      const part = prices.slice(0, bars)
      expect(Array.from(panelCache(part).panel(name, given, output).values, String)).toEqual(
        Array.from(all.slice(0, bars * 3), String),
      )
      releasePanels(part)
      part.release()
    }
  })
})
