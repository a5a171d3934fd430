/** Costs of fills by kind, against the formulas of semantics 7.1 and 7.2, fill by fill. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import { resultData, resultFrom } from '../../src/results/data.ts'
import type { Result } from '../../src/results/result.ts'
import { Busy, busyMarket } from '../engine/busy.ts'
import { at, market, rows } from '../engine/script.ts'

/** A busy market with ticks, pips and two columns. */
function priced(seed: number, tickSize: number | undefined): Market {
  const plain = busyMarket(90, seed)
  const column = (times: number) =>
    Float64Array.from(plain.close, (_, i) => (i % 5 === 0 ? Number.NaN : times * (1 + (i % 3))))
  const { assets, time, open, high, low, close, volume } = plain
  const given = {
    assets,
    time,
    open: open.slice(),
    high: high.slice(),
    low: low.slice(),
    close: close.slice(),
    volume: volume.slice(),
    signals: { fraction: column(0.001), amount: column(0.05) },
    instruments: Object.fromEntries(
      assets.map((name) => [name, { pipSize: 0.02, multiplier: 3, ...(tickSize ? { tickSize } : {}) }]),
    ),
  }
  plain.release()
  return Market.from(given)
}

type Kind = 'impact' | 'slippage' | 'spread'

/** What a fill that slips, or does not, pays of each kind in price by the formulas, without rounding. */
function partsOf(
  over: Market,
  config: Settings,
  bar: number,
  asset: number,
  s: number,
  units: number,
  base: number,
  slips: boolean,
  opens: boolean,
): Record<Kind, number> {
  const cell = bar * over.assetCount + asset
  const volume = over.volume[cell]
  const share = volume === 0 ? 1 : Math.min(1, units / volume)
  const { impact, slippage, spread } = config
  const rate = impact.type === 'none' ? 0 : impact.rate * (impact.type === 'square-root' ? Math.sqrt(share) : share)
  const moved = slips ? base * (1 + s * rate) : base
  const prices = [over.open, over.high, over.low, over.close].map((panel) => panel[cell])
  const said = (name: string) => {
    const value = over.signals.get(name)!.values[cell]
    return Number.isNaN(value) ? 0 : value
  }
  const slip = {
    none: () => 0,
    fraction: () => moved * (slippage.rate ?? 0),
    'per-unit': () => slippage.amount!,
    'volume-share': () => moved * (slippage.rate! * share),
    pips: () => slippage.amount! * 0.02,
    range: () => slippage.rate! * (Math.max(...prices) - Math.min(...prices)),
    column: () => moved * said('fraction'),
  }[slippage.type]()
  const wide = {
    none: () => 0,
    fixed: () => spread.amount!,
    fraction: () => spread.rate! * base,
    column: () => said('amount'),
  }[spread.type]()
  const paid = spread.charge === 'entry' ? (opens ? wide : 0) : slips ? 0.5 * wide : 0
  return { impact: Math.abs(moved - base), slippage: slips ? slip : 0, spread: paid }
}

interface Settings {
  impact: { type: 'none' | 'linear' | 'square-root'; rate: number }
  slippage: {
    type: 'none' | 'fraction' | 'per-unit' | 'volume-share' | 'pips' | 'range' | 'column'
    rate?: number
    amount?: number
  }
  spread: { type: 'none' | 'fixed' | 'fraction' | 'column'; rate?: number; amount?: number; charge?: 'half' | 'entry' }
}

const models = fc.record({
  impact: fc.constantFrom({ type: 'none' }, { type: 'linear', rate: 0.02 }, { type: 'square-root', rate: 0.004 }),
  slippage: fc.constantFrom(
    { type: 'none' },
    { type: 'fraction', rate: 0.002 },
    { type: 'per-unit', amount: 0.07 },
    { type: 'volume-share', rate: 0.1 },
    { type: 'pips', amount: 3 },
    { type: 'range', rate: 0.25 },
    { type: 'column', column: 'fraction' },
  ),
  spread: fc.constantFrom(
    { type: 'none' },
    { type: 'fixed', amount: 0.1 },
    { type: 'fraction', rate: 0.001, charge: 'entry' },
    { type: 'column', column: 'amount', unit: 'price' },
    { type: 'fixed', amount: 0.1, charge: 'entry' },
  ),
})

/** Costs of a table by kind and leg. */
function byKind(result: Result, options = {}): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { kind, leg, cost } of result.tradeAnalysis(options).costs) all[`${kind} ${leg}`] = cost as number
  return all
}

const SLIPPING = ['market', 'stop', 'trailing-stop', 'market-if-touched']

describe('costs of fills by kind', () => {
  it('are the parts of the formulas, and their sum is what lies between prices and base prices', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), models, fc.boolean(), (seed, salt, drawn, onTicks) => {
        const over = priced(seed, onTicks ? 0.01 : undefined)
        try {
          const config = drawn as unknown as Settings
          const result = backtest(over, Busy, { parameters: { salt }, ...drawn, commission: 0.001 } as BacktestConfig)
          const found = byKind(result)
          const wanted: Record<string, number> = {}
          const add = (kind: string, leg: string, cost: number) => {
            wanted[`${kind} ${leg}`] = (wanted[`${kind} ${leg}`] ?? 0) + cost
          }
          const types = new Map([...result.orders].map(({ id, type }) => [id, type as string]))
          const held = [0, 0, 0]
          let slack = 0
          for (const { asset: name, side, quantity, price, basePrice, orderId, reason, bar } of result.fills) {
            const asset = over.assets.indexOf(name as string)
            const [s, k, base] = [side === 'buy' ? 1 : -1, quantity as number, basePrice as number]
            const leg = held[asset] * s < 0 ? 'exit' : 'entry'
            held[asset] += s * k
            const slips = orderId === 0 ? reason !== 'target' : SLIPPING.includes(types.get(orderId) ?? '')
            const parts = partsOf(over, config, bar as number, asset, s, k, base, slips, leg === 'entry')
            for (const [kind, part] of Object.entries(parts)) add(kind, leg, part * k * 3)
            add('all', leg, Math.abs((price as number) - base) * k * 3)
            slack += (onTicks ? 0.01 : 0) * k * 3
          }
          const scale = 1e-7 * (1 + (wanted['all entry'] ?? 0) + (wanted['all exit'] ?? 0))
          let sum = 0
          for (const [name, cost] of Object.entries(found)) {
            if (name.startsWith('commission')) continue
            seen.add(name)
            sum += cost
            const [kind, leg] = name.split(' ')
            expect(cost, name).toBeGreaterThanOrEqual((wanted[`${kind} ${leg}`] ?? 0) - scale)
            expect(cost, name).toBeLessThanOrEqual((wanted[`${kind} ${leg}`] ?? 0) + slack + scale)
          }
          expect(Math.abs(sum - result.summary.totalSlippage)).toBeLessThanOrEqual(scale)
          expect(Math.abs(sum - (wanted['all entry'] ?? 0) - (wanted['all exit'] ?? 0))).toBeLessThanOrEqual(scale)
        } finally {
          over.release()
        }
      }),
      { numRuns: 80 },
    )
    expect([...seen].sort()).toEqual(
      ['impact', 'slippage', 'spread'].flatMap((kind) => [`${kind} entry`, `${kind} exit`]),
    )
  })

  it('of makers and takers stand apart, by side where sells pay by another model', () => {
    // Bought at the market (a taker's), sold by a limit that rested (a maker's).
    const over = market([
      [100, 100, 100, 100],
      [100, 100, 100, 100],
      [100, 100, 100, 100],
      [100, 112, 100, 112],
    ])
    const script = at({
      0: (broker) => void broker.submitOrder({ asset: 0, quantity: 10 }),
      1: (broker) => void broker.submitOrder({ asset: 0, side: 'sell', type: 'limit', limitPrice: 110, quantity: 10 }),
    })
    const commission = { type: 'maker-taker', maker: -0.0001, taker: 0.001 } as const
    const list = (config: BacktestConfig) =>
      rows(backtest(over, script, config).tradeAnalysis().costs, 'kind', 'leg', 'cost').filter(
        ([kind]) => kind !== 'slippage',
      )
    expect(list({ commission })).toEqual([
      ['maker commission', 'entry', 0],
      ['maker commission', 'exit', -0.0001 * 1100],
      ['taker commission', 'entry', 0.001 * 1000],
      ['taker commission', 'exit', 0],
    ])
    expect(list({ commission, sellCommission: { type: 'per-trade', amount: 2 } })).toEqual([
      ['commission', 'entry', 0],
      ['commission', 'exit', 2],
      ['maker commission', 'entry', 0],
      ['maker commission', 'exit', 0],
      ['taker commission', 'entry', 0.001 * 1000],
      ['taker commission', 'exit', 0],
    ])
  })

  it('that go by the bars stand together where the market is not there', () => {
    const over = priced(7, undefined)
    const config = {
      parameters: { salt: 3 },
      slippage: { type: 'range', rate: 0.1 },
      spread: { type: 'fixed', amount: 0.1 },
    } as const
    const result = backtest(over, Busy, config)
    const again = resultFrom(structuredClone(resultData(result)))
    const { totalSlippage } = result.summary
    const of = (found: Record<string, number>, kind: string) => found[`${kind} entry`] + found[`${kind} exit`]
    const apart = byKind(result)
    expect(of(apart, 'slippage') + of(apart, 'spread')).toBeCloseTo(totalSlippage, 6)
    const together = byKind(again)
    expect(of(together, 'slippage and spread')).toBeCloseTo(totalSlippage, 6)
    expect([of(together, 'slippage'), of(together, 'spread')]).toEqual([0, 0])
    expect(byKind(again, { market: over })).toEqual(apart)
  })
})
