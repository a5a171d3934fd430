import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import { releasePanels } from '../../src/signals/panels.ts'
import { STRATEGIES } from '../../src/strategies/catalogue.ts'
import type { ParameterValues } from '../../src/strategy/strategy.ts'
import { prices, stream } from '../indicators/columns.ts'

const HOUR = 3600000

/** Random prices of some assets with gaps, flat stretches and absent bars. */
function randomMarket(seed: number, assets: number, bars: number, hole: number): Market {
  const random = stream(seed * 7919 + 1)
  const columns = Array.from({ length: assets }, (_, a) =>
    prices(seed * 31 + a + 1, bars, { hole, wild: 0.03, tick: 0.05 }),
  )
  for (let t = 0; t < bars; t++) if (columns.every((column) => Number.isNaN(column[t]))) columns[0][t] = 100
  const cells = (make: (close: number) => number) =>
    Array.from({ length: bars * assets }, (_, i) => make(columns[i % assets][Math.floor(i / assets)]))
  const close = cells((x) => x)
  const open = cells((x) => x * (1 + (random() - 0.5) * 0.02))
  return Market.from({
    assets: Array.from({ length: assets }, (_, a) => `A${a}`),
    time: Array.from({ length: bars }, (_, t) => t * HOUR),
    open,
    high: close.map((x, i) => Math.max(x, open[i]) * (1 + random() * 0.01)),
    low: close.map((x, i) => Math.min(x, open[i]) * (1 - random() * 0.01)),
    close,
    volume: cells((x) => (Number.isNaN(x) ? x : 1 + Math.floor(random() * 1000))),
  })
}

/** Everything a result says, byte for byte; NaN equals NaN. */
function bytes(result: Result): string {
  const tables = [result.trades, result.fills, result.orders, result.openPositions].map((table) =>
    table.columns.map(({ name }) => [name, Array.from(table.values(name), String)]),
  )
  return JSON.stringify([
    tables,
    Array.from(result.equity, String),
    Array.from(result.cash, String),
    Array.from(result.metrics, String),
  ])
}

function find(name: string) {
  return STRATEGIES.find((one) => one.name === name)!.strategy
}

/** Runs both forms of a strategy, compares them, and returns the number of trades. */
function compare(name: string, market: Market, config: BacktestConfig): number {
  const signals = backtest(market, find(name), config)
  const hooks = backtest(market, find(`${name}-hooks`), config)
  expect(hooks.trades.length).toBe(signals.trades.length)
  expect(bytes(hooks)).toBe(bytes(signals))
  return signals.trades.length
}

const direction = fc.constantFrom('long', 'short', 'both')
const strategy: fc.Arbitrary<[string, ParameterValues]> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 10 }), direction)
    .map(
      ([fast, more, side]) => ['sma-cross', { fast, slow: fast + more, direction: side }] as [string, ParameterValues],
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 5, max: 48 }), fc.integer({ min: 52, max: 95 }), direction)
    .map(
      ([length, low, high, side]) =>
        ['rsi-reversion', { length, low, high, direction: side }] as [string, ParameterValues],
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 6 }), direction)
    .map(
      ([exit, more, side]) => ['breakout', { entry: exit + more, exit, direction: side }] as [string, ParameterValues],
    ),
)
const settings: fc.Arbitrary<BacktestConfig> = fc.record(
  {
    timing: fc.constantFrom('next-open', 'next-close', 'same-close'),
    path: fc.constantFrom('adverse', 'favourable', 'nearest'),
    commission: fc.constantFrom(0, 0.001),
    slippage: fc.constantFrom(0, 0.0005),
    account: fc.constantFrom('margin', 'cash', 'unlimited'),
    quantityStep: fc.constantFrom(0, 1),
    rules: fc.constantFrom(
      [],
      [
        { type: 'stop', distance: 0.02 },
        { type: 'target', distance: 0.03 },
      ],
      [
        { type: 'trail', distance: 0.04 },
        { type: 'time', bars: 6 },
      ],
    ) as fc.Arbitrary<NonNullable<BacktestConfig['rules']>>,
    size: fc.constantFrom(
      { type: 'units', amount: 10 },
      { type: 'value', amount: 5000 },
      { type: 'fraction', amount: 0.4 },
    ) as fc.Arbitrary<NonNullable<BacktestConfig['size']>>,
  },
  { requiredKeys: [] },
)

describe('a built-in strategy as hooks and as signals', () => {
  it('gives the same bytes on random markets, under random settings', () => {
    let trades = 0
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(1, 1, 2, 5, 9),
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom(0, 0, 12),
        strategy,
        settings,
        (seed, assets, bars, hole, [name, parameters], config) => {
          const market = randomMarket(seed, assets, bars, hole)
          trades += compare(name, market, { ...config, parameters })
          releasePanels(market)
          market.release()
        },
      ),
      { numRuns: 250 },
    )
    expect(trades).toBeGreaterThan(1000)
  })

  it.each(['sma-cross', 'rsi-reversion', 'breakout'])('%s trades on every side with its defaults', (name) => {
    const market = randomMarket(3, 3, 1500, 0)
    for (const side of ['long', 'short', 'both']) {
      expect(compare(name, market, { parameters: { direction: side } }), side).toBeGreaterThan(5)
    }
    releasePanels(market)
    market.release()
  })
})

describe('what they trade', () => {
  /** One asset, opens equal to closes, a day apart. */
  const marketOf = (close: number[]) => Market.from({ assets: ['A'], time: close.map((_, t) => t * 24 * HOUR), close })
  const trades = (name: string, close: number[], parameters: ParameterValues) => {
    const market = marketOf(close)
    const { trades: table } = backtest(market, find(name), { parameters, timing: 'same-close', account: 'unlimited' })
    const rows = Array.from(table, (row) => [row.side, row.entryBar, row.exitBar])
    releasePanels(market)
    market.release()
    return rows
  }

  it('sma-cross buys above and sells below', () => {
    const close = [10, 9, 8, 9, 10, 9, 8, 7, 8, 9]
    // Averages of 1 and 2 bars cross up at 3 and 8, down at 5.
    expect(trades('sma-cross', close, { fast: 1, slow: 2 })).toEqual([['long', 3, 5]])
    expect(trades('sma-cross', close, { fast: 1, slow: 2, direction: 'short' })).toEqual([['short', 5, 8]])
    expect(trades('sma-cross', close, { fast: 1, slow: 2, direction: 'both' })).toEqual([
      ['long', 3, 5],
      ['short', 5, 8],
    ])
  })

  it('rsi-reversion buys what has fallen and sells what has risen', () => {
    const close = [10, 11, 10, 9, 8, 7, 8, 9, 10, 11, 12]
    // Relative strength over 2: 50, 25, 12.5, 6.25, then 53 and above: through 20 at bar 4, through 80 at bar 8.
    expect(trades('rsi-reversion', close, { length: 2, low: 20, high: 80 })).toEqual([['long', 4, 8]])
  })

  it('breakout opens beyond the longer channel and closes beyond the shorter one', () => {
    const close = [5, 6, 5, 7, 8, 7, 6, 6, 4, 3, 4, 5, 6]
    expect(trades('breakout', close, { entry: 3, exit: 2 })).toEqual([['long', 3, 6]])
    expect(trades('breakout', close, { entry: 3, exit: 2, direction: 'both' })).toEqual([
      ['long', 3, 6],
      ['short', 6, 11],
    ])
  })
})

describe('the registry', () => {
  it('has each strategy in both forms with the same parameters', () => {
    expect(STRATEGIES.map((one) => one.name)).toEqual(
      ['sma-cross', 'rsi-reversion', 'breakout'].flatMap((name) => [name, `${name}-hooks`]),
    )
    for (let i = 0; i < STRATEGIES.length; i += 2) {
      expect(STRATEGIES[i + 1].strategy.parameters).toEqual(STRATEGIES[i].strategy.parameters)
      expect(STRATEGIES[i + 1].strategy.constraints).toEqual(STRATEGIES[i].strategy.constraints)
    }
  })

  it('sees nothing of the future, and is restored from a snapshot', () => {
    const market = randomMarket(9, 2, 200, 15)
    for (const { strategy: one, name } of STRATEGIES) {
      expect(() => backtest(market, one, { verify: 'lookahead' }), name).not.toThrow()
      if (typeof one === 'function') expect(() => backtest(market, one, { verify: 'snapshot' }), name).not.toThrow()
    }
    releasePanels(market)
    market.release()
  })
})
