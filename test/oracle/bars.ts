/** Random markets: small integers, turned into prices on a coarse grid so that ties are frequent. */
import fc from 'fast-check'
import type { Instrument } from '../../src/market/instrument.ts'
import type { BrokerSettings } from '../../src/settings/settings.ts'
import type { ScenarioMarket } from './types.ts'

export const pick = <T>(...values: T[]) => fc.constantFrom(...values)
export const int = (min: number, max: number) => fc.integer({ min, max })
/** `common` in most cases, one of the others sometimes. */
export const mostly = <T>(weight: number, common: T, ...others: T[]) =>
  fc.oneof({ weight, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

export type BarKind =
  | 'plain'
  | 'absent'
  | 'no-open'
  | 'no-high'
  | 'no-low'
  | 'no-volume'
  | 'outside'
  | 'close-out'
  | 'flat'

export interface BarDraw {
  gap: number
  body: number
  up: number
  down: number
  kind: BarKind
  volume: number
  jitter: number
}

export const barDraw: fc.Arbitrary<BarDraw> = fc.record({
  gap: fc.oneof({ weight: 3, arbitrary: int(-1, 1) }, { weight: 1, arbitrary: int(-8, 8) }),
  body: int(-4, 4),
  up: int(0, 4),
  down: int(0, 4),
  kind: mostly<BarKind>(
    9,
    'plain',
    'absent',
    'absent',
    'no-open',
    'no-high',
    'no-low',
    'no-volume',
    'outside',
    'close-out',
    'flat',
  ),
  volume: pick(1000, 0, 1, 5, 20),
  jitter: int(0, 100),
})

export interface MarketDraw {
  tick: number
  /** Prices off the grid. */
  fine: boolean
  start: number
  allowNonPositive: boolean
  /** By asset, for the first ones. */
  lives: LifeDraw[]
  /** Likewise what they are traded in. */
  traded: InstrumentDraw[]
}

/** What an asset is traded in; 0 is nothing said. */
export interface InstrumentDraw {
  multiplier: number
  /** Ticks of the market's prices. */
  tick: number
  pip: number
  step: number
  minimum: number
  notional: number
  maximum: number
}

const instrumentDraw: fc.Arbitrary<InstrumentDraw> = fc.record({
  multiplier: pick(0, 0, 1, 10, 0.1, 3),
  tick: pick(0, 0, 1, 1, 2, 0.5, 0.7, 3),
  pip: pick(0, 0, 1, 10, 0.3),
  step: pick(0, 0, 0, 1, 0.1, 2),
  minimum: pick(0, 0, 0, 1, 2.5),
  notional: pick(0, 0, 0, 100, 30),
  maximum: pick(0, 0, 0, 5, 20),
})

/**
 * What the assets are traded in (1.9). A tick is left out where settings refuse it: with prices that go by the units the need would fall
 * in too many places (7.6).
 */
export function instrumentsOf(draw: MarketDraw, settings: BrokerSettings, assets: number): (Instrument | null)[] {
  const { commission, sellCommission, slippage, impact, account, funds } = settings
  const byVolume = typeof slippage === 'object' && slippage.type === 'volume-share'
  const by = byVolume || (impact !== undefined && impact.type !== 'none')
  const tiers = [commission, sellCommission].some((c) => typeof c === 'object' && c.type === 'tiered')
  const cash = account === 'cash' || (typeof account === 'object' && account.type === 'cash')
  const noTicks = by && (tiers || 'slips' in settings || funds === 'lock' || (cash && draw.allowNonPositive))
  return Array.from({ length: assets }, (_, asset) => {
    const one = draw.traded[asset]
    if (!one) return null
    const fields: Instrument = {
      multiplier: one.multiplier || undefined,
      tickSize: noTicks ? undefined : one.tick * draw.tick || undefined,
      pipSize: one.pip * draw.tick || undefined,
      quantityStep: one.step || undefined,
      minimumQuantity: one.minimum || undefined,
      minimumNotional: one.notional || undefined,
      maximumQuantity: one.maximum || undefined,
    }
    const said = Object.entries(fields).filter(([, value]) => value !== undefined)
    return said.length === 0 ? null : Object.fromEntries(said)
  })
}

/** Bars that an asset lacks at the beginning, and before the end, where it has ended; -1: it has not. */
export interface LifeDraw {
  late: number
  early: number
}

const lifeDraw: fc.Arbitrary<LifeDraw> = fc.record({
  late: mostly(2, 0, 1, 2, 3, 5, 12),
  early: mostly(1, -1, 0, 1, 2, 4, 7, 11),
})

const instrumentsDraw = fc.array(instrumentDraw, { minLength: 1, maxLength: 4 })

export const marketDraw: fc.Arbitrary<MarketDraw> = fc.record({
  tick: pick(0.5, 0.5, 1, 0.01),
  fine: mostly(2, false, true),
  start: pick(100, 60, 20, 8),
  allowNonPositive: mostly(11, false, true),
  lives: fc.oneof(
    { weight: 2, arbitrary: fc.constant([] as LifeDraw[]) },
    { weight: 1, arbitrary: fc.array(lifeDraw, { maxLength: 4 }) },
  ),
  traded: fc.oneof(
    { weight: 2, arbitrary: fc.constant([] as InstrumentDraw[]) },
    { weight: 1, arbitrary: instrumentsDraw },
  ),
})

/** Markets that say what the first of their assets are traded in. */
export const tradedDraw: fc.Arbitrary<MarketDraw> = fc
  .record({ market: marketDraw, traded: instrumentsDraw })
  .map(({ market, traded }) => ({ ...market, traded }))

/** Units of price to a price that the market allows. */
export function priceOf(m: MarketDraw, units: number, jitter = 0): number {
  const u = m.allowNonPositive ? units - m.start : Math.max(1, units)
  return (m.fine ? u + ((jitter * 37) % 101) / 103 : u) * m.tick
}

export interface Built {
  market: ScenarioMarket
  /** Units of the last close known at a bar, by [bar][asset]. */
  units: number[][]
}

export function buildMarket(draw: MarketDraw, assets: number, rows: { bars: BarDraw[] }[]): Built {
  const market: ScenarioMarket = { assets, bars: rows.length, open: [], high: [], low: [], close: [], volume: [] }
  market.signals = costColumns(draw, rows)
  if (draw.allowNonPositive) market.allowNonPositive = true
  const last = new Array<number>(assets).fill(draw.start)
  const units: number[][] = []
  const ends = endsOf(draw, assets, rows.length)
  if (ends.some((end) => end !== null)) market.delisted = ends
  for (const [t, { bars }] of rows.entries()) {
    const columns: number[][] = [[], [], [], [], []]
    for (let a = 0; a < assets; a++) {
      const gone = t < (draw.lives[a]?.late ?? 0) || t >= (ends[a] ?? rows.length)
      const values = barValues(draw, gone ? { ...bars[a], kind: 'absent' } : bars[a], last, a)
      for (let i = 0; i < 5; i++) columns[i].push(values[i])
    }
    market.open.push(columns[0])
    market.high.push(columns[1])
    market.low.push(columns[2])
    market.close.push(columns[3])
    market.volume.push(columns[4])
    units.push([...last])
  }
  return { market, units }
}

/** What costs may be read from: fractions and amounts of a price, sometimes none. */
function costColumns({ tick }: MarketDraw, rows: { bars: BarDraw[] }[]): Record<string, number[][]> {
  const column = (of: (draw: BarDraw) => number) =>
    rows.map(({ bars }) => bars.map((draw) => (draw.jitter % 7 === 3 ? Number.NaN : of(draw))))
  return {
    fractions: column(({ jitter }) => (jitter % 5) / 50),
    amounts: column(({ jitter }) => ((jitter % 4) * tick) / 2),
  }
}

/** The bar from which each asset has ended (3.11). */
function endsOf(draw: MarketDraw, assets: number, bars: number): (number | null)[] {
  return Array.from({ length: assets }, (_, a) => {
    const early = draw.lives[a]?.early ?? -1
    return early < 0 ? null : Math.max(0, bars - early)
  })
}

/** O, H, L, C, V of one bar; H < L never. */
export function barValues(draw: MarketDraw, b: BarDraw, last: number[], a: number): number[] {
  const least = draw.allowNonPositive ? Number.NEGATIVE_INFINITY : 1
  const o = Math.max(least, last[a] + b.gap)
  const c = b.kind === 'flat' ? o : Math.max(least, o + b.body)
  const open = priceOf(draw, o, b.jitter)
  const close = b.kind === 'flat' ? open : priceOf(draw, c, b.jitter + 1)
  if (b.kind === 'absent')
    return [open, b.up > 2 ? open : Number.NaN, b.up > 1 ? open : Number.NaN, Number.NaN, b.volume]
  last[a] = c
  if (b.kind === 'flat') return [open, open, open, open, b.volume]
  const above = priceOf(draw, Math.max(o, c) + b.up, b.jitter + 2)
  const below = priceOf(draw, Math.min(o, c) - b.down, b.jitter + 3)
  let high = Math.max(open, close, above)
  let low = Math.min(open, close, below)
  if (b.kind === 'outside') {
    high = Math.max(close, priceOf(draw, c + b.up, b.jitter + 2))
    low = Math.min(close, priceOf(draw, c - b.down, b.jitter + 3))
  }
  if (b.kind === 'close-out') {
    high = Math.max(open, priceOf(draw, o + b.up, b.jitter + 2))
    low = Math.min(open, priceOf(draw, o - b.down, b.jitter + 3))
  }
  return [
    b.kind === 'no-open' ? Number.NaN : open,
    b.kind === 'no-high' ? Number.NaN : high,
    b.kind === 'no-low' ? Number.NaN : low,
    close,
    b.kind === 'no-volume' ? Number.NaN : b.volume,
  ]
}
