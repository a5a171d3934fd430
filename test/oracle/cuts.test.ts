/** The largest part that fits (7.6): examples by hand, and the search by pieces against every multiple there is. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account, BrokerSettings, Commission, Impact, Slippage } from '../../src/settings/settings.ts'
import { int, pick } from './bars.ts'
import { createBroker } from './broker.ts'
import { type Leg, largestByPieces, largestOfAll } from './cuts.ts'
import { ends, order, run } from './hand.ts'
import { fillPrice, need, tierOf } from './money.ts'
import type { LiveOrder } from './state.ts'

const quiet = [100, 100, 100, 100]

describe('by hand', () => {
  const tiers = (...edges: [number, number][]): Commission => ({
    type: 'tiered',
    tiers: edges.map(([upTo, rate]) => ({ upTo, rate })),
  })

  test('a later tier with a lower rate brings the need down', () => {
    // 1,200 of funds, 30 wanted at 100. Up to 1,000: 50 %, so 8 cost 1,200. Above: nothing, so 12 cost 1,200.
    const commission = tiers([1000, 0.5], [Number.POSITIVE_INFINITY, 0])
    const settings: BrokerSettings = { cash: 1200, commission, shortfall: 'partial' }
    const cut = (step: number) =>
      run([quiet], { ...settings, quantityStep: step }, { 0: [order('market', 1, 30)] }).fills[0].quantity
    expect([cut(1), cut(0), cut(0.001)]).toEqual([12, 12, 12])
  })

  test('slippage of more than half the volume brings a tier back', () => {
    // 100 units of volume, rate 0.9: the value of what is sold at 1 is k * (1 - 0.9 * k / 100), 27.78 at most, at 55.6
    // units, and 10 at 100. Above 20 the commission is 90 %: it is so from 27.7 to 83.4 units, and from 200 on, where the
    // price stays at 0.1. The need of 199 is 199 + 0.9 * 199 + 0.01 * 19.9 = 378.299.
    const settings: BrokerSettings = {
      cash: 378.3,
      commission: tiers([20, 0.01], [Number.POSITIVE_INFINITY, 0.9]),
      slippage: { type: 'volume-share', rate: 0.9 },
      shortfall: 'partial',
      quantityStep: 1,
    }
    const o = run([[1, 1, 1, 1, 100]], settings, { 0: [order('market', -1, 5000)] })
    expect(o.fills[0].quantity).toBe(-199)
    expect(ends(o)).toEqual(['filled: cut'])
    // No more is wanted than 210: from 200 on the value is above 20.
    const less = run([[1, 1, 1, 1, 100]], { ...settings, cash: 300 }, { 0: [order('market', -1, 210)] })
    expect(less.fills[0].quantity).toBe(-157)
  })

  test('below 1e-9 of what was wanted it is a rejection', () => {
    const settings: BrokerSettings = { cash: 100, shortfall: 'partial' }
    const all = (amount: number) => ends(run([quiet], settings, { 0: [order('market', 1, amount)] }))
    expect(all(0.99e9)).toEqual(['filled: cut'])
    expect(all(1.01e9)).toEqual(['rejected: insufficient_funds'])
  })

  test('no multiple above what was wanted', () => {
    // 4 - 1e-10 is 4 in whole steps, with the nudge of 3.2; the fourth is more than was wanted, and is not looked at.
    const wanted = 4 - 1e-10
    const leg: Leg = { need: (k) => (k === wanted ? 5 : k), available: 4, value: (k) => k, tier: () => 0, volume: 0 }
    expect([largestOfAll(1, wanted, leg), largestByPieces(1, wanted, leg)]).toEqual([3, 3])
  })
})

interface Case {
  settings: BrokerSettings
  base: number
  volume: number
  side: 1 | -1
  available: number
  wanted: number
  step: number
  /** Units and value that the order has traded in the bar already. */
  before: [number, number]
  limit: boolean
}

const rate = int(50, 99).map((percent) => percent / 100)
const commissions: fc.Arbitrary<Commission> = fc.oneof(
  fc.constant<Commission>({ type: 'none' }),
  int(0, 99).map((percent): Commission => ({ type: 'fraction', rate: percent / 100 })),
  fc
    .record({ amount: int(0, 300), minimum: int(0, 3000), more: fc.option(int(0, 3000)) })
    .map(({ amount, minimum, more }): Commission => {
      const maximum = more === null ? Number.POSITIVE_INFINITY : minimum + more
      return { type: 'per-unit', amount: amount / 100, minimum, maximum }
    }),
  int(0, 2000).map((amount): Commission => ({ type: 'per-trade', amount })),
  fc
    .record({ percent: int(0, 99), fixed: int(0, 2000) })
    .map(({ percent, fixed }): Commission => ({ type: 'fraction-plus-fixed', rate: percent / 100, fixed })),
  // Rates that rise and fall, edges near and far from each other.
  fc
    .array(fc.record({ more: int(1, 3000), percent: int(0, 99) }), { minLength: 2, maxLength: 5 })
    .map((draws): Commission => {
      let edge = 0
      return {
        type: 'tiered',
        tiers: draws.map(({ more, percent }, i) => {
          edge += more
          return { upTo: i === draws.length - 1 ? Number.POSITIVE_INFINITY : edge, rate: percent / 100 }
        }),
      }
    }),
)
const slippages: fc.Arbitrary<Slippage> = fc.oneof(
  fc.constant<Slippage>({ type: 'none' }),
  int(0, 99).map((percent): Slippage => ({ type: 'fraction', rate: percent / 100 })),
  int(0, 2000).map((amount): Slippage => ({ type: 'per-unit', amount: amount / 100 })),
  rate.map((share): Slippage => ({ type: 'volume-share', rate: share })),
  rate.map((share): Slippage => ({ type: 'volume-share', rate: share })),
)
const impacts: fc.Arbitrary<Impact> = fc.oneof(
  fc.constant<Impact>({ type: 'none' }),
  rate.map((share): Impact => ({ type: 'linear', rate: share })),
  rate.map((share): Impact => ({ type: 'square-root', rate: share })),
)
const accounts: fc.Arbitrary<Account> = fc.oneof(
  fc.constant<Account>({ type: 'cash' }),
  pick(0.05, 0.1, 0.5, 1).map((initial): Account => ({ type: 'margin', initial })),
)

const cases: fc.Arbitrary<Case> = fc
  .record({
    commission: commissions,
    slippage: slippages,
    impact: impacts,
    account: accounts,
    base: fc.oneof(int(1, 40), int(-40, -1)),
    volume: pick(0, 1, 20, 100, 333, 1000, 5000),
    side: pick<1 | -1>(1, -1),
    available: fc.oneof(int(1, 20_000), int(1, 500)),
    steps: int(1, 4000),
    step: pick(1, 0.5, 0.1, 3, 1 / 3),
    traded: pick(0, 0, 0, 10, 500),
    limit: fc.boolean(),
  })
  .map(({ commission, slippage, impact, account, base, step, steps, traded, ...rest }) => ({
    ...rest,
    settings: { cash: 1000, commission, slippage, impact, account, quantityStep: step },
    base,
    step,
    wanted: steps * step,
    before: [traded, traded * Math.abs(base) * 0.9],
  }))

/** The leg of a case as the broker asks about it. */
function legOf(c: Case): Leg {
  const column = (x: number) => [[x]]
  const { run: state } = createBroker(
    {
      assets: 1,
      bars: 1,
      open: column(c.base),
      high: column(c.base),
      low: column(c.base),
      close: column(c.base),
      volume: column(c.volume),
      allowNonPositive: true,
    },
    c.settings,
  )
  const [asset] = state.assets
  state.bar = 0
  asset.bar = { open: c.base, high: c.base, low: c.base, close: c.base, volume: c.volume }
  const [chargedUnits, chargedValue] = c.before
  const part = { resting: false, postOnly: false, chargedUnits, chargedValue }
  const one = part as unknown as LiveOrder
  const slip = c.limit ? null : c.side * Number.POSITIVE_INFINITY
  const value = (k: number) => chargedValue + Math.abs(k * fillPrice(state, asset, c.side, k, c.base, slip, true))
  const { commission, slippage, impact } = state.set
  const goesBy = slippage.type === 'volume-share' || impact.type !== 'none'
  return {
    need: (k) => need(state, { asset, order: one, side: c.side, base: c.base, slip, opens: true }, k),
    available: c.available,
    value,
    tier: (k) => (commission.type === 'tiered' ? tierOf(state, commission.tiers, value(k)) : 0),
    volume: goesBy && !c.limit ? c.volume : 0,
  }
}

const RUNS = Number(process.env.RUNS ?? 2000)

describe('the search by pieces', () => {
  test('finds the largest multiple that fits, as trying them all does', { timeout: 3_600_000 }, () => {
    let cut = 0
    fc.assert(
      fc.property(cases, (c) => {
        const leg = legOf(c)
        const all = largestOfAll(c.step, c.wanted, leg)
        if (all > 0 && all < c.wanted) cut++
        expect(largestByPieces(c.step, c.wanted, leg)).toBe(all)
      }),
      { numRuns: RUNS },
    )
    expect(cut).toBeGreaterThan(RUNS / 10)
  })

  test('without a step finds one that fits, where none of many above it do', { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(cases, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 }), (c, places) => {
        const leg = legOf(c)
        const found = largestByPieces(0, c.wanted, leg)
        if (found > 0) expect(leg.need(found)).toBeLessThanOrEqual(leg.available)
        const more = [
          ...places.map((x) => found + x * (c.wanted - found)),
          ...places.map((x) => found * (1 + x * 1e-9)),
          ...Array.from({ length: 500 }, (_, i) => found + ((i + 1) / 500) * (c.wanted - found)),
          largestOfAll(c.step, c.wanted, leg),
        ]
        for (const k of more)
          if (k > found && k <= c.wanted && k >= 1e-9 * c.wanted) expect(leg.need(k)).toBeGreaterThan(leg.available)
      }),
      { numRuns: RUNS / 10 },
    )
  })
})
