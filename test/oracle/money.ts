/** Section 7 and the arithmetic of section 1: prices, commissions, equity, funds. Nothing here changes the run. */
import type { Commission } from '../../src/settings/settings.ts'
import { toGrid } from './grid.ts'
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

export function fillPrice(run: Run, asset: Asset, s: number, k: number, base: number, slip: Slip): number {
  const slippage = run.set.slippage
  if (slip === null) return base
  const against = wrong(run, '7.1/side') ? -s : s
  let price = base
  if (slippage.type === 'fraction') price = scaled(run, base, against * slippage.rate)
  if (slippage.type === 'per-unit') price = base + against * slippage.amount
  if (slippage.type === 'volume-share') {
    // Only the mistake of 3.11/slip gets here without a bar.
    const v = asset.bar ? asset.bar.volume : 0
    const share = v === 0 ? (wrong(run, '7.1/volume') ? 0 : 1) : k / v
    price = scaled(run, base, against * slippage.rate * Math.min(1, share))
  }
  if (price !== base && !wrong(run, '1.10/slipped')) price = toGrid(run, asset, price, s > 0)
  if (base > 0 && price <= 0 && !wrong(run, '7.1/positive')) price = base
  // Without slippage nothing is capped (10.3).
  if (slippage.type === 'none' || (slippage.type === 'per-unit' ? slippage.amount : slippage.rate) === 0) return price
  return s > 0 ? Math.min(price, slip) : Math.max(price, slip)
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
      return wrong(run, '7.2/minimum') ? c.amount * units : Math.max(c.amount * units, c.minimum ?? 0)
    case 'per-trade':
      return c.amount
    case 'fraction-plus-fixed':
      return c.rate * value + c.fixed
    case 'tiered':
      return c.tiers[tierOf(run, c.tiers, value)].rate * value
  }
}

/** Commission of one more fill of an order (null: an exit that is an order of its own) (7.2). */
export function commissionFor(run: Run, order: LiveOrder | null, k: number, value: number): number {
  const c = run.set.commission
  const before = order !== null && !wrong(run, '7.2/order')
  const units = before ? order.chargedUnits : 0
  const worth = before ? order.chargedValue : 0
  const change = commissionOf(run, c, units + k, worth + value) - commissionOf(run, c, units, worth)
  return change < 0 && !wrong(run, '7.2/negative') ? 0 : change
}

/** What an entry of k units needs of the free funds, or of cash (7.5). */
export function need(
  run: Run,
  asset: Asset,
  order: LiveOrder | null,
  s: number,
  k: number,
  base: number,
  slip: Slip,
): number {
  const fill = fillPrice(run, asset, s, k, base, slip)
  const all = wrong(run, '7.5/multiplier') ? k : times(run, asset, k)
  const commission = wrong(run, '7.5/commission')
    ? 0
    : commissionFor(run, order, k, Math.abs(times(run, asset, k) * fill))
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
