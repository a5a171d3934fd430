/**
 * Cuts at the edges of tiers, kernel against oracle (7.6): what is sold slips by so much of the volume that its value falls with
 * its units for a while, and tiers end below the highest value. The fuzz seldom comes there.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Account, BrokerSettings, Commission, Impact, Slippage, Spread } from '../../src/settings/settings.ts'
import { int, pick } from '../oracle/bars.ts'
import { runOracle } from '../oracle/broker.ts'
import { difference, runEngine } from './adapter.ts'

/** How many cases: `FUZZ_RUNS=15000` for a long run. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1500)

const cases = fc.record({
  volume: pick(100, 333, 1000),
  price: int(1, 40),
  sign: pick<1 | -1>(1, -1),
  rate: int(80, 99),
  /** What takes so much of the price: slippage, impact, or both. */
  taken: pick<'slippage' | 'linear' | 'square-root' | 'both' | 'amount'>(
    'slippage',
    'linear',
    'square-root',
    'both',
    'amount',
  ),
  account: pick<Account>(
    { type: 'margin', initial: 0.05 },
    { type: 'margin', initial: 0.1 },
    { type: 'margin', initial: 1 },
    { type: 'cash' },
  ),
  edges: fc.array(int(1, 250), { minLength: 1, maxLength: 3 }),
  rates: fc.array(pick(0, 1, 5, 30, 60, 90, 99), { minLength: 4, maxLength: 4 }),
  wanted: pick(0.6, 0.8, 0.95, 1, 1.2, 2, 5, 12),
  funds: int(1, 2000),
  step: pick(1, 0.5, 0.1, 0),
})

function costs(taken: string, rate: number, price: number): { slippage: Slippage; impact: Impact } {
  if (taken === 'slippage') return { slippage: { type: 'volume-share', rate }, impact: { type: 'none' } }
  if (taken === 'both')
    return { slippage: { type: 'volume-share', rate: rate - 0.3 }, impact: { type: 'square-root', rate: 0.4 } }
  // An amount that is more than what impact leaves of the price near the volume.
  if (taken === 'amount') return { slippage: { type: 'per-unit', amount: price / 4 }, impact: { type: 'linear', rate } }
  return { slippage: { type: 'none' }, impact: { type: taken as 'linear' | 'square-root', rate } }
}

it(`equal on ${RUNS} sales of about as much as the volume`, () => {
  let cuts = 0
  fc.assert(
    fc.property(cases, ({ volume, price, sign, rate, taken, account, edges, rates, wanted, funds, step }) => {
      const upTo = [...new Set(edges)].sort((a, b) => a - b).map((edge) => (edge / 1000) * volume * price)
      const tiers = [...upTo, Number.POSITIVE_INFINITY].map((edge, i) => ({ upTo: edge, rate: rates[i] / 100 }))
      const commission: Commission = { type: 'tiered', tiers }
      const settings: BrokerSettings = {
        cash: (funds / 1000) * volume * price,
        commission,
        ...costs(taken, rate / 100, price),
        account,
        quantityStep: step,
        shortfall: 'partial',
      }
      const column = [[sign * price], [sign * price]]
      const market = {
        ...{ assets: 1, bars: 2, open: column, high: column, low: column, close: column },
        ...{ volume: [[volume], [volume]], allowNonPositive: true },
      }
      const amount = Math.ceil((wanted * volume) / (step || 1)) * (step || 1)
      const order = { asset: 0, type: 'market', side: sign > 0 ? -1 : 1, size: 'units', amount } as const
      const scenario = { market, settings, commands: [[{ kind: 'order' as const, order }], []] }
      const expected = runOracle(scenario)
      if (expected.orders[0].reason === 'cut') cuts++
      expect(difference(runEngine(scenario), expected)).toBeUndefined()
    }),
    { numRuns: RUNS, seed: 7 },
  )
  // Most of them are cut, else they would not come where they are to.
  expect(cuts).toBeGreaterThan(RUNS / 3)
}, 600_000)

const traded = fc.record({
  volume: pick(100, 333, 1000),
  price: int(1, 40),
  side: pick<1 | -1>(1, -1, -1),
  rate: int(10, 99),
  taken: pick<'slippage' | 'linear' | 'square-root' | 'both' | 'amount'>(
    'slippage',
    'linear',
    'square-root',
    'both',
    'amount',
  ),
  spread: pick<Spread>(
    { type: 'none' },
    { type: 'fixed', amount: 0.7 },
    { type: 'fraction', rate: 0.3, charge: 'entry' },
  ),
  tick: pick(0, 0.1, 0.25, 1, 0.7, 3),
  multiplier: pick(1, 10, 0.1),
  commission: pick<Commission>(
    { type: 'none' },
    { type: 'fraction', rate: 0.3 },
    { type: 'per-unit', amount: 0.4, minimum: 20, maximum: 60 },
    { type: 'per-trade', amount: 5 },
    { type: 'fraction-plus-fixed', rate: 0.1, fixed: 3 },
    { type: 'maker-taker', maker: -0.01, taker: 0.02 },
  ),
  settings: pick<BrokerSettings>(
    { account: { type: 'margin', initial: 0.05 } },
    { account: { type: 'margin', initial: 0.5 } },
    { account: 'cash' },
    { funds: 'credit' },
    { funds: 'vectorbt' },
  ),
  wanted: pick(0.6, 0.8, 0.95, 1, 1.2, 2, 5, 12),
  funds: int(1, 2000),
  step: pick(1, 0.1, 0),
})

it(`equal on ${RUNS} entries on a grid of prices, times a multiplier`, () => {
  let cuts = 0
  fc.assert(
    fc.property(traded, ({ volume, price, side, rate, taken, tick, multiplier, wanted, funds, step, ...more }) => {
      const settings: BrokerSettings = {
        cash: (funds / 1000) * volume * price * multiplier,
        commission: more.commission,
        ...costs(taken, Math.max(rate, taken === 'both' ? 40 : 0) / 100, price),
        spread: more.spread,
        ...more.settings,
        quantityStep: step,
        shortfall: 'partial',
      }
      const column = [[price], [price]]
      const market = {
        ...{ assets: 1, bars: 2, open: column, high: column, low: column, close: column, volume: [[volume], [volume]] },
        instruments: [{ multiplier, ...(tick > 0 ? { tickSize: tick } : {}) }],
      }
      const amount = Math.ceil((wanted * volume) / (step || 1)) * (step || 1)
      const order = { asset: 0, type: 'market', side, size: 'units', amount } as const
      const scenario = { market, settings, commands: [[{ kind: 'order' as const, order }], []] }
      const expected = runOracle(scenario)
      if (expected.orders[0].reason === 'cut') cuts++
      expect(difference(runEngine(scenario), expected)).toBeUndefined()
    }),
    { numRuns: RUNS, seed: 8 },
  )
  expect(cuts).toBeGreaterThan(RUNS / 5)
}, 600_000)
