/** Section 7 and the arithmetic of section 1: prices, commissions, equity, funds. Nothing here changes the run. */
import type { Commission } from '../../src/settings/settings.ts'
import { toGrid } from './grid.ts'
import { ownCost } from './own.ts'
import type { Slip } from './slips.ts'
import { type Asset, type Bar, cover, type LiveOrder, type Run, wrong } from './state.ts'

/** The bar of an asset as triggers see it, or null when it is absent (1.3). */
export function barOf(run: Run, asset: number, t = run.bar): Bar | null {
  const m = run.market
  const close = m.close[t][asset]
  if (Number.isNaN(close)) return null
  const given = m.open[t][asset]
  const { mark } = run.assets[asset]
  const missing = wrong(run, '1.3/missing') && !Number.isNaN(mark) ? mark : close
  const open = Number.isNaN(given) ? missing : given
  const h = Number.isNaN(m.high[t][asset]) ? Math.max(open, close) : m.high[t][asset]
  const l = Number.isNaN(m.low[t][asset]) ? Math.min(open, close) : m.low[t][asset]
  const volume = Number.isNaN(m.volume[t][asset]) ? 0 : m.volume[t][asset]
  if (run.set.triggers === 'close' && !wrong(run, '10.15'))
    return { open: close, high: close, low: close, close, volume }
  if (wrong(run, '1.3/range')) return { open, high: Math.max(h, close), low: Math.min(l, close), close, volume }
  return { open, high: Math.max(open, h, l, close), low: Math.min(open, h, l, close), close, volume }
}

/** price * (1 + change); the change acts on the absolute price (1.3). */
export function scaled(run: Run, price: number, change: number): number {
  if (price >= 0 || wrong(run, '1.3/negative')) return price * (1 + change)
  return price * (1 - change)
}

/** K or Q: units times the asset's multiplier (1.2, 1.9). */
export function times(run: Run, asset: Asset, units: number): number {
  return wrong(run, '1.9/multiplier') ? units : units * asset.instrument.multiplier
}

export function equityOf(run: Run): number {
  const signed = !wrong(run, '1.7')
  let sum = 0
  for (const asset of run.assets) {
    const { position, mark } = asset
    if (!position) continue
    const q = wrong(run, '1.7/multiplier') ? position.q : times(run, asset, position.q)
    sum = sum + (signed ? q * mark : position.average * position.q)
  }
  return run.cash + sum
}

/** |q0|*m0 + |q1|*m1 + ... */
export function exposureOf(run: Run): number {
  let sum = 0
  for (const asset of run.assets) {
    const { position, mark } = asset
    if (!position) continue
    const q = wrong(run, '7.5/exposure') ? position.q : times(run, asset, position.q)
    sum = sum + Math.abs(q) * Math.abs(mark)
  }
  return sum
}

/** What an entry may use outside the range (4.2, 7.5). */
export function freeFunds(run: Run): number {
  if (run.set.account === 'cash') return run.cash
  const initial = wrong(run, '7.5/initial') ? 1 : run.set.initial
  return equityOf(run) - initial * exposureOf(run)
}

/** The asset's quantity step, else the run's (3.2). */
export function stepOf(run: Run, { instrument }: Asset): number {
  return Number.isNaN(instrument.step) || wrong(run, '3.2/step') ? run.set.step : instrument.step
}

/** n = trunc(units / step + 1e-9), units = n * step, unless the step is finer than doubles of that size (3.2). */
export function rounded(run: Run, asset: Asset, units: number): number {
  const step = stepOf(run, asset)
  if (step === 0) return units
  if (units / step >= 2 ** 53 && !wrong(run, '3.2/finer')) return units
  if (wrong(run, '3.2/nudge')) return Math.trunc(units / step) * step
  if (wrong(run, '3.2/round')) return Math.round(units / step) * step
  return Math.trunc(units / step + 1e-9) * step
}

/** Closing units against a position of |q| = held, dust decided (1.6). */
export function closing(run: Run, units: number, held: number): number {
  if (!wrong(run, '1.6/close') && Math.abs(units - held) <= 1e-9 * held) return held
  return Math.min(units, held)
}

/** Base price, moved by impact, then by slippage and spread (7.1). `opens`: the leg opens or adds. */
export function fillPrice(
  run: Run,
  asset: Asset,
  s: number,
  k: number,
  base: number,
  slip: Slip,
  opens: boolean,
): number {
  const against = wrong(run, '7.1/side') ? -s : s
  const apart = paidSpread(run, asset, base, slip !== null, opens)
  const grid = (price: number) =>
    price === base || wrong(run, '1.10/slipped') ? price : toGrid(run, asset, price, s > 0)
  if (slip === null) return checked(run, base, base, base + against * apart, grid)
  if (wrong(run, '7.1/impact')) {
    const late = checked(run, base, base, slipped(run, asset, against, k, base, base, opens), grid)
    return capped(run, s, grid(moved(run, asset, against, k, late, opens)), slip)
  }
  const p = moved(run, asset, against, k, base, opens)
  const price = slipped(run, asset, against, k, base, p, opens)
  return capped(run, s, checked(run, base, p, price + against * apart, grid), slip)
}

/** No further than it may slip; where nothing is taken of prices nothing is capped (10.3). */
function capped(run: Run, s: number, price: number, slip: number): number {
  const { slippage, impact, spread } = run.set
  const takes = [slippage, impact, spread].some(
    (cost) =>
      cost.type === 'column' ||
      (cost.type === 'own' && !wrong(run, '7.9/capped')) ||
      ('rate' in cost && cost.rate > 0) ||
      ('amount' in cost && cost.amount > 0),
  )
  if (!takes) return price
  return s > 0 ? Math.min(price, slip) : Math.max(price, slip)
}

/** The price on the grid; what would make a positive price non-positive is not applied: slippage and spread, then impact. */
function checked(run: Run, base: number, p: number, price: number, grid: (price: number) => number): number {
  const found = grid(price)
  if (!(p > 0 && found <= 0) || wrong(run, '7.1/positive')) return found
  return grid(p) > 0 || wrong(run, '7.1/least') ? grid(p) : base
}

/** What a leg pays of the spread. */
function paidSpread(run: Run, asset: Asset, base: number, slips: boolean, opens: boolean): number {
  const { spread } = run.set
  if (spread.type === 'none') return 0
  const w = spreadOf(run, asset, base)
  if (spread.charge === 'entry' && !wrong(run, '7.1/charge')) return opens || wrong(run, '7.1/exits') ? w : 0
  if (wrong(run, '7.1/half')) return slips ? w : 0
  return slips || wrong(run, '7.1/crossed') ? 0.5 * w : 0
}

function spreadOf(run: Run, asset: Asset, base: number): number {
  const { spread } = run.set
  if (spread.type === 'fixed') return spread.amount
  if (spread.type === 'ticks' || spread.type === 'pips') return spread.amount * ticksOf(run, asset, spread.type)
  if (spread.type === 'fraction') return spread.rate * Math.abs(base)
  if (spread.type === 'none') return 0
  const v = run.market.signals![spread.column][run.bar][asset.index]
  if (Number.isNaN(v)) return 0
  return spread.unit === 'price' ? v : v * Math.abs(base)
}

/** Tick or pip size (1.9). */
function ticksOf(run: Run, { instrument }: Asset, type: 'ticks' | 'pips'): number {
  if (wrong(run, '7.1/steps')) return 1
  return (type === 'ticks') !== wrong(run, '7.1/pips') ? instrument.tick : instrument.pip
}

/** min(1, k / V), 1 where V is 0. Only the mistake of 3.11/slip gets here without a bar. */
function shareOf(run: Run, asset: Asset, k: number): number {
  const v = asset.bar ? asset.bar.volume : 0
  if (v === 0) return wrong(run, '7.1/volume') ? 0 : 1
  return Math.min(1, k / v)
}

function moved(run: Run, asset: Asset, s: number, k: number, base: number, opens: boolean): number {
  const { impact } = run.set
  if (impact.type === 'none') return base
  if (impact.type === 'own') {
    const value = Math.abs(times(run, asset, k) * base)
    const p =
      base + s * ownCost(run, impact.model, { asset, s, units: k, base, price: base, value, opens, makes: false })
    return base > 0 && p <= 0 && !wrong(run, '7.9/impact') ? base : p
  }
  const x = wrong(run, '7.1/share') ? 1 : shareOf(run, asset, k)
  if (impact.type === 'linear' || wrong(run, '7.1/root')) return scaled(run, base, s * impact.rate * x)
  return scaled(run, base, s * impact.rate * Math.sqrt(x))
}

function slipped(run: Run, asset: Asset, s: number, k: number, base: number, p: number, opens: boolean): number {
  const { slippage } = run.set
  let price = p
  if (slippage.type === 'own') {
    const from = wrong(run, '7.9/from') ? base : p
    const value = Math.abs(times(run, asset, k) * from)
    price = p + s * ownCost(run, slippage.model, { asset, s, units: k, base, price: from, value, opens, makes: false })
  }
  if (slippage.type === 'fraction') price = scaled(run, p, s * slippage.rate)
  if (slippage.type === 'per-unit') price = p + s * slippage.amount
  if (slippage.type === 'ticks' || slippage.type === 'pips')
    price = p + s * (slippage.amount * ticksOf(run, asset, slippage.type))
  if (slippage.type === 'volume-share') price = scaled(run, p, s * slippage.rate * shareOf(run, asset, k))
  if (slippage.type === 'range' && asset.bar) {
    const { open, close, high, low } = asset.bar
    const range = wrong(run, '7.1/range') ? Math.abs(close - open) : high - low
    price = p + s * slippage.rate * range
  }
  if (slippage.type === 'column') {
    const row = wrong(run, '7.1/column') ? Math.max(0, run.bar - 1) : run.bar
    const v = run.market.signals![slippage.column][row][asset.index]
    if (!Number.isNaN(v)) price = slippage.unit === 'price' ? p + s * v : scaled(run, p, s * v)
    else if (wrong(run, '7.1/none')) price = scaled(run, p, s * 0.5)
  }
  return price
}

/** The tier of an order value, edge included (7.2). */
export function tierOf(run: Run, tiers: readonly { upTo: number; rate: number }[], value: number): number {
  const edge = wrong(run, '7.2/edge')
  const at = tiers.findIndex((tier) => (edge ? tier.upTo > value : tier.upTo >= value))
  return at < 0 ? tiers.length - 1 : at
}

/** c of rule 7.2. */
function commissionOf(run: Run, c: Commission, units: number, value: number): number {
  if (units === 0) return 0
  switch (c.type) {
    case 'none':
      return 0
    case 'fraction':
      return c.rate * value
    case 'per-unit':
      return perUnit(run, c.amount * units, c.minimum ?? 0, c.maximum ?? Number.POSITIVE_INFINITY)
    case 'per-trade':
      return c.amount
    case 'fraction-plus-fixed':
      return c.rate * value + c.fixed
    case 'tiered':
      return c.tiers[tierOf(run, c.tiers, value)].rate * value
    case 'maker-taker':
    case 'own':
      throw new Error('by fill, not by order')
  }
}

function perUnit(run: Run, amount: number, minimum: number, maximum: number): number {
  const least = wrong(run, '7.2/minimum') ? amount : Math.max(amount, minimum)
  return wrong(run, '7.2/maximum') ? least : Math.min(least, maximum)
}

/** The leg that pays a commission, and the price that it trades at. */
export interface Paying {
  asset: Asset
  base: number
  price: number
  opens: boolean
}

/** Commission of one more fill of an order (null: an exit that is an order of its own, `makes` by a target at its level) (7.2). */
export function commissionFor(
  run: Run,
  order: LiveOrder | null,
  s: number,
  k: number,
  value: number,
  leg: Paying,
  makes = false,
): number {
  const c = s < 0 && !wrong(run, '7.2/sells') ? run.set.sellCommission : run.set.commission
  if (c.type === 'own') {
    const maker = order === null ? makes : isMaker(run, order)
    const asked = (units: number, worth: number) =>
      units === 0 ? 0 : ownCost(run, c.model, { ...leg, s, units, value: worth, makes: maker })
    const whole = order !== null && !wrong(run, '7.9/life')
    const units = whole ? order.chargedUnits : 0
    const worth = whole ? order.chargedValue : 0
    const change = asked(units + k, worth + value) - asked(units, worth)
    return change < 0 && wrong(run, '7.9/rebate') ? 0 : change
  }
  if (c.type === 'maker-taker') {
    const rests = order === null ? makes && !wrong(run, '7.2/target') : isMaker(run, order)
    return (rests !== wrong(run, '7.2/maker') ? c.maker : c.taker) * value
  }
  const before = order !== null && !wrong(run, '7.2/order')
  const units = before ? order.chargedUnits : 0
  const worth = before ? order.chargedValue : 0
  const change = commissionOf(run, c, units + k, worth + value) - commissionOf(run, c, units, worth)
  return change < 0 && !wrong(run, '7.2/negative') ? 0 : change
}

function isMaker(run: Run, { resting, postOnly }: LiveOrder): boolean {
  return resting || (postOnly && !wrong(run, '7.2/posted'))
}

/** What is to be traded as one leg: by an order, or by a rule (null). */
export interface Traded {
  asset: Asset
  order: LiveOrder | null
  /** +1 buys, -1 sells. */
  side: number
  base: number
  slip: Slip
  /** It opens or adds, and does not close. */
  opens: boolean
  /** A rule's exit that pays as a maker (7.2). */
  makes?: boolean
}

/** What k units of a leg need of the free funds, or of cash (7.5, 10.4). */
export function need(run: Run, { asset, order, side, base, slip, opens, makes }: Traded, k: number): number {
  const fill = fillPrice(run, asset, side, k, base, slip, opens)
  const all = wrong(run, '7.5/multiplier') ? k : times(run, asset, k)
  const commission = wrong(run, '7.5/commission')
    ? 0
    : commissionFor(
        run,
        order,
        side,
        k,
        Math.abs(times(run, asset, k) * fill),
        { asset, base, price: fill, opens },
        makes,
      )
  if (run.set.account === 'cash' || run.set.funds !== 'account') return all * fill + commission
  const slipped = wrong(run, '7.5/slippage') ? 0 : Math.abs(fill - base) * all
  return run.set.initial * all * Math.abs(base) + slipped + commission
}

/** Change of the free funds by a fill from Q, m to Q2, m2 with a cash flow (5.6). */
export function fundsChange(run: Run, flow: number, q: number, m: number, q2: number, m2: number): number {
  cover(run, '5.6')
  if (run.set.account === 'cash') return flow
  const i = run.set.initial
  const after = q2 * m2 - i * Math.abs(q2) * Math.abs(m2)
  return flow + (after - (q * m - i * Math.abs(q) * Math.abs(m)))
}
