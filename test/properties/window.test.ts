/** A window of a market gives what a slice of it gives, where nothing before it is looked at (semantics 9.3). */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import type { Market } from '../../src/market/market.ts'
import { prepare } from '../../src/prepare.ts'
import { METRICS } from '../../src/results/metrics.ts'
import type { Result } from '../../src/results/result.ts'
import { makeMarket, Scripted } from '../kernel/adapter.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { rowsOf, signalsOf } from './runs.ts'

/** Everything that a result says; bars counted from its first one. */
function told(result: Result): string {
  const bar = (name: string) => /(^|[a-z])[bB]ar$/.test(name)
  const number = (x: number) => (Object.is(x, -0) ? '-0' : String(x))
  const tables = [result.trades, result.fills, result.orders, result.openPositions].map((table) =>
    table.columns.map(({ name }) => [
      name,
      Array.from(table.values(name), (value) =>
        number(bar(name) ? (value as number) - result.firstBar : (value as number)),
      ),
    ]),
  )
  const columns = [result.time, result.equity, result.cash, result.metrics].map((values) => Array.from(values, number))
  return JSON.stringify([tables, columns])
}

/** A window by two random numbers; undefined where it would not be like its slice. */
function cutOf(market: Market, a: number, b: number): { first: number; end: number } | undefined {
  const first = Math.floor(a * market.bars)
  const end = first + 1 + Math.floor(b * (market.bars - first))
  const { close, assetCount } = market
  for (let asset = 0; asset < assetCount; asset++) {
    // Of an asset without a bar at its first one the window knows more than the slice.
    if (!Number.isNaN(close[first * assetCount + asset])) continue
    for (let bar = 0; bar < first; bar++) if (!Number.isNaN(close[bar * assetCount + asset])) return undefined
  }
  const slice = market.slice(first, end)
  // Of bars without volume no share can be had, which is refused.
  const same = slice.volume.some((units) => units > 0) === market.volume.some((units) => units > 0)
  slice.release()
  return same ? { first, end } : undefined
}

const DAY = 86_400_000
const part = fc.double({ min: 0, max: 0.999, noNaN: true })

it('of hooks: orders, fills, trades, equity, cash and metrics', () => {
  let trades = 0
  let compared = 0
  fc.assert(
    fc.property(scenarios, part, part, (scenario, a, b) => {
      const { step = DAY, from = 0 } = scenario.market
      const market = makeMarket(scenario.market)
      const cut = cutOf(market, a, b)
      if (!cut) return market.release()
      const slice = market.slice(cut.first, cut.end)
      const commands = Array.from({ length: market.bars }, (_, bar) => scenario.commands[bar - cut.first] ?? [])
      let expected: string | undefined
      let failed: unknown
      try {
        expected = told(backtest(slice, new Scripted(scenario.commands, scenario.market), scenario.settings))
      } catch (error) {
        failed = error
      }
      const window = { ...scenario.settings, from: from + cut.first * step, to: from + cut.end * step }
      if (failed)
        expect(() => backtest(market, new Scripted(commands, scenario.market), window)).toThrow(
          (failed as Error).message.slice(-30),
        )
      else {
        const result = backtest(market, new Scripted(commands, scenario.market), window)
        expect(result.firstBar).toBe(cut.first)
        expect(told(result)).toBe(expected)
        trades += result.trades.length
        compared++
      }
      slice.release()
      market.release()
    }),
    { numRuns: 1200, seed: 41 },
  )
  expect(compared).toBeGreaterThan(100)
  expect(trades).toBeGreaterThan(100)
})

it('of signals, with tables and for metrics alone', () => {
  let trades = 0
  fc.assert(
    fc.property(signalScenarios, part, part, (scenario, a, b) => {
      const { step = DAY, from = 0 } = scenario.market
      const market = makeMarket(scenario.market)
      const cut = cutOf(market, a, b)
      if (!cut) return market.release()
      const { first, end } = cut
      const { columns, config } = signalsOf(scenario)
      const { columns: cutColumns } = signalsOf(rowsOf(scenario, first, end))
      const slice = market.slice(first, end)
      const window = { ...config, from: from + first * step, to: from + end * step }
      const result = backtest(market, columns, window)
      expect(told(result)).toBe(told(backtest(slice, cutColumns, config)))
      trades += result.trades.length
      const runner = prepare(market, columns, window)
      const metrics = Array.from(runner.metrics({}))
      METRICS.forEach(({ name }, i) => {
        expect(metrics[i], name).toBe(result.metrics[i])
      })
      runner.release()
      slice.release()
      market.release()
    }),
    { numRuns: 500, seed: 42 },
  )
  expect(trades).toBeGreaterThan(100)
})
