/**
 * Random scenarios of all magnitudes: prices from 1e-12 to 1e12, steps from 1e-12 to 1e6, cash from 1 to 1e15, sizes up to
 * the largest doubles. What a loop has to come to an end on, and numbers that leave the finite range (1.8). Everything is
 * drawn as small integers, as in arbitrary.ts.
 */
import fc from 'fast-check'
import type { Instrument } from '../../src/market/instrument.ts'
import type { BrokerSettings, Commission, Impact, Rule, Slippage } from '../../src/settings/settings.ts'
import { int, mostly, pick } from './bars.ts'
import { account } from './options.ts'
import type { Command, OrderSpec, Scenario, ScenarioMarket } from './types.ts'

/** Factors from one price to the next. */
const MOVES = [1, 1.01, 0.99, 1.25, 0.7, 2, 0.5, 10, 0.1, 1000, 0.001]
const MANTISSAS = [1, 1.5, 3, 7.3, 1.7]
const VOLUMES = [0, 1, 20, 1e3, 1e-6, 1e9, 1e15, 1e200]

interface BarDraw {
  moves: number[]
  volume: number
  absent: boolean
}

interface GivenDraw {
  kind: 'order' | 'close' | 'cancel'
  type: OrderSpec['type']
  side: 1 | -1
  size: OrderSpec['size']
  /** Power of ten and what stands before it. */
  power: number
  mantissa: number
  /** Percent from the last close to the price. */
  off: number
  force: OrderSpec['force']
  timing: OrderSpec['timing']
}

const bar: fc.Arbitrary<BarDraw> = fc.record({
  moves: fc.array(fc.oneof({ weight: 4, arbitrary: int(0, 4) }, { weight: 1, arbitrary: int(0, MOVES.length - 1) }), {
    minLength: 4,
    maxLength: 4,
  }),
  volume: int(0, VOLUMES.length - 1),
  absent: mostly(9, false, true),
})

const given: fc.Arbitrary<GivenDraw> = fc.record({
  kind: mostly(5, 'order' as const, 'close' as const, 'cancel' as const),
  type: mostly(
    3,
    'market' as const,
    'limit' as const,
    'stop' as const,
    'stop-limit' as const,
    'trailing-stop' as const,
    'market-if-touched' as const,
    'limit-if-touched' as const,
    'trailing-limit' as const,
  ),
  side: mostly(2, 1 as const, -1 as const),
  size: pick<OrderSpec['size']>('units', 'value', 'fraction', 'target-units', 'target-value', 'target-fraction'),
  power: fc.oneof(
    { weight: 4, arbitrary: int(-4, 8) },
    { weight: 2, arbitrary: int(-12, 308) },
    { weight: 1, arbitrary: int(140, 170) },
    { weight: 2, arbitrary: int(290, 308) },
  ),
  mantissa: int(0, MANTISSAS.length - 1),
  off: int(-30, 30),
  force: mostly(5, undefined, 'ioc' as const, 'fok' as const),
  timing: mostly(4, undefined, 'next-close' as const, 'same-close' as const),
})

interface Draw {
  assets: number
  powers: number[]
  negative: boolean
  cash: number
  step: number
  scale: number
  commission: number
  slippage: number
  impact: number
  account: BrokerSettings['account']
  plain: Pick<BrokerSettings, 'timing' | 'path' | 'shortfall' | 'stopFill'>
  rules: number
  /** Powers of ten, 20 for none; of the tick below the asset's price. */
  multipliers: number[]
  ticks: number[]
  rows: { bars: BarDraw[]; given: { asset: number; draw: GivenDraw }[] }[]
}

const draw: fc.Arbitrary<Draw> = int(1, 3).chain((assets) =>
  fc.record({
    assets: fc.constant(assets),
    powers: fc.array(int(-12, 11), { minLength: assets, maxLength: assets }),
    negative: mostly(7, false, true),
    cash: int(0, 15),
    step: fc.oneof(fc.constant(-13), int(-12, 6)),
    scale: int(-9, 9),
    commission: int(0, 11),
    slippage: int(0, 9),
    impact: mostly(1, 6, 0, 1, 2, 3, 4, 5, 7),
    account: fc.oneof(account, fc.constant('unlimited' as const)),
    plain: fc.record({
      timing: pick('next-open' as const, 'next-close' as const, 'same-close' as const),
      path: pick('nearest' as const, 'adverse' as const, 'favourable' as const),
      shortfall: pick('auto' as const, 'reject' as const, 'partial' as const, 'partial' as const),
      stopFill: pick('level' as const, 'extreme' as const, 'close' as const, 'next-open' as const),
    }),
    rules: int(0, 7),
    multipliers: fc.array(fc.oneof(fc.constant(20), int(-9, 9)), { minLength: assets, maxLength: assets }),
    ticks: fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(20) }, { weight: 1, arbitrary: int(-14, 1) }), {
      minLength: assets,
      maxLength: assets,
    }),
    rows: fc.array(
      fc.record({
        bars: fc.array(bar, { minLength: assets, maxLength: assets }),
        given: fc.array(fc.record({ asset: int(0, assets - 1), draw: given }), { maxLength: 3 }),
      }),
      { minLength: 2, maxLength: 9, size: 'max' },
    ),
  }),
)

/** 10^power, as the literal of it is. */
function ten(power: number): number {
  return Number(`1e${power}`)
}

function commissionOf(draw: Draw): Commission {
  const scale = ten(draw.scale)
  const models: Commission[] = [
    { type: 'none' },
    { type: 'fraction', rate: 0.01 },
    { type: 'per-unit', amount: scale, minimum: 10 * scale },
    { type: 'per-unit', amount: scale },
    { type: 'per-trade', amount: scale },
    { type: 'fraction-plus-fixed', rate: 0.002, fixed: scale },
    {
      type: 'tiered',
      tiers: [
        { upTo: scale, rate: 0.3 },
        { upTo: scale * 1000, rate: 0.01 },
        { upTo: Number.POSITIVE_INFINITY, rate: 0 },
      ],
    },
    {
      type: 'tiered',
      tiers: [
        { upTo: scale, rate: 0.001 },
        { upTo: scale * 50, rate: 0.5 },
        { upTo: Number.POSITIVE_INFINITY, rate: 0.02 },
      ],
    },
    { type: 'none' },
    { type: 'own', model: 'paid' },
    { type: 'own', model: 'tiered' },
    { type: 'own', model: 'minimum' },
  ]
  return models[draw.commission]
}

function slippageOf(draw: Draw): Slippage {
  const models: Slippage[] = [
    { type: 'none' },
    { type: 'fraction', rate: 0.002 },
    { type: 'per-unit', amount: ten(draw.scale) },
    { type: 'volume-share', rate: 0.1 },
    { type: 'volume-share', rate: 0.6 },
    { type: 'volume-share', rate: 0.9 },
    { type: 'range', rate: 0.3 },
    { type: 'range', rate: 1 },
    { type: 'own', model: 'root' },
    { type: 'own', model: 'worth' },
  ]
  return models[draw.slippage]
}

function impactOf({ impact }: Draw): Impact {
  if (impact === 7) return { type: 'own', model: 'huge' }
  const rate = [0.1, 0.6, 0.9][impact % 3]
  return impact > 5 ? { type: 'none' } : { type: impact < 3 ? 'linear' : 'square-root', rate }
}

function rulesOf(draw: Draw): Rule[] {
  const rules: Rule[] = []
  if (draw.rules & 1) rules.push({ type: 'stop', distance: 0.1 })
  if (draw.rules & 2) rules.push({ type: 'target', distance: 0.2, action: { type: 'exit-fraction', fraction: 0.3 } })
  if (draw.rules & 4) rules.push({ type: 'trail', distance: ten(draw.scale), unit: 'price' })
  return rules
}

/** Within the prices that are meant to be tried. */
function kept(price: number): number {
  return Math.min(1e12, Math.max(1e-12, price))
}

function marketOf(draw: Draw): ScenarioMarket {
  const market: ScenarioMarket = {
    assets: draw.assets,
    bars: draw.rows.length,
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
  }
  if (draw.negative) market.allowNonPositive = true
  const last = draw.powers.map((power) => kept(3 * ten(power)))
  for (const { bars } of draw.rows) {
    const rows: number[][] = [[], [], [], [], []]
    bars.forEach(({ moves, volume, absent }, a) => {
      const open = kept(last[a] * MOVES[moves[0]])
      const close = kept(open * MOVES[moves[1]])
      const others = [kept(open * MOVES[moves[2]]), kept(close / MOVES[moves[3]])]
      const all = [open, close, ...others]
      const sign = draw.negative ? -1 : 1
      const high = sign > 0 ? Math.max(...all) : -Math.min(...all)
      const low = sign > 0 ? Math.min(...all) : -Math.max(...all)
      const values = [sign * open, high, low, absent ? Number.NaN : sign * close, VOLUMES[volume]]
      for (let i = 0; i < 5; i++) rows[i].push(values[i])
      if (!absent) last[a] = close
    })
    market.open.push(rows[0])
    market.high.push(rows[1])
    market.low.push(rows[2])
    market.close.push(rows[3])
    market.volume.push(rows[4])
  }
  return market
}

/** Multipliers, and ticks where no setting refuses them (7.6). */
function instrumentsOf(draw: Draw): Instrument[] {
  const byUnits = slippageOf(draw).type === 'volume-share' || impactOf(draw).type !== 'none'
  const noTicks = byUnits && (draw.negative || commissionOf(draw).type === 'tiered')
  return draw.multipliers.map((power, asset) => ({
    ...(power === 20 ? {} : { multiplier: ten(power) }),
    ...(noTicks || draw.ticks[asset] === 20 ? {} : { tickSize: ten(draw.powers[asset] + draw.ticks[asset]) }),
  }))
}

/** A price near the last close, which is of the market's sign. */
function near(market: ScenarioMarket, t: number, asset: number, percent: number): number {
  let close = Number.NaN
  for (let bar = t; bar >= 0 && Number.isNaN(close); bar--) close = market.close[bar][asset]
  if (Number.isNaN(close)) close = 1
  return close * (1 + percent / 100)
}

function amountOf({ size, power, mantissa, side }: GivenDraw): number {
  const x = MANTISSAS[mantissa] * ten(power)
  const amount = Number.isFinite(x) ? x : 1.7e308
  return size.startsWith('target') ? side * amount : amount
}

function commandOf(market: ScenarioMarket, t: number, asset: number, draw: GivenDraw): Command {
  const { kind, type, side, size, off, timing, mantissa } = draw
  if (kind === 'close') return { kind: 'close', asset, ...(timing ? { timing } : {}) }
  if (kind === 'cancel') return { kind: 'cancel', id: 1 + mantissa }
  const order: OrderSpec = { asset, type, side, size, amount: amountOf(draw) }
  if (type === 'stop' || type === 'stop-limit' || type.endsWith('touched')) order.stop = near(market, t, asset, off)
  if (type === 'limit' || type === 'stop-limit') order.limit = near(market, t, asset, off + mantissa)
  if (type === 'limit-if-touched') order.limit = near(market, t, asset, off)
  if (type.startsWith('trailing')) Object.assign(order, { trail: 0.05, trailFraction: true })
  if (type === 'trailing-limit') order.offset = mantissa === 0 ? 0.01 : -0.02 * mantissa
  if (timing) order.timing = timing
  if (draw.force && (type === 'market' || type === 'limit') && !size.startsWith('target')) order.force = draw.force
  return { kind: 'order', order }
}

/** A scenario of all magnitudes. */
export const magnitudes: fc.Arbitrary<Scenario> = draw.map((draw) => {
  const market = marketOf(draw)
  const settings: BrokerSettings = {
    cash: ten(draw.cash),
    quantityStep: draw.step < -12 ? 0 : ten(draw.step),
    commission: commissionOf(draw),
    slippage: slippageOf(draw),
    impact: impactOf(draw),
    rules: rulesOf(draw),
    ...draw.plain,
    ...(draw.account === undefined ? {} : { account: draw.account }),
  }
  const none = draw.multipliers.every((power) => power === 20) && draw.ticks.every((power) => power === 20)
  if (!none) market.instruments = instrumentsOf(draw)
  const commands = draw.rows.map(({ given: all }, t) =>
    all.map(({ asset, draw: one }) => commandOf(market, t, asset, one)),
  )
  return { market, settings, commands }
})
