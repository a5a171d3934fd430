/** Cost models of a strategy's own (7.9): functions that engine and oracle both ask, and what the oracle tells them. */
import { barOf } from './money.ts'
import { type Asset, type Run, wrong } from './state.ts'

/** What a model is told, as the engine does. */
export interface Told {
  asset: number
  bar: number
  side: 'buy' | 'sell'
  units: number
  basePrice: number
  price: number
  value: number
  opens: boolean
  maker: boolean
  open: number
  high: number
  low: number
  close: number
  volume: number
}

const finite = (x: number) => (Number.isNaN(x) ? 0 : Math.max(-1e300, Math.min(1e300, x)))
const amount = (x: number) => Math.max(0, finite(x))

/** Commissions. */
export const OWN_COMMISSIONS = {
  minimum: ({ units }: Told) => finite(Math.max(1, 0.02 * units)),
  tiered: ({ value }: Told) => finite(value <= 100 ? 0.3 * value : value <= 250 ? 0.01 * value : 2),
  rebate: ({ maker, value }: Told) => finite((maker ? -0.01 : 0.02) * value),
  paid: ({ value, units }: Told) => finite(0.01 * value - 0.9 * units),
  opening: ({ opens, value, side }: Told) => finite(opens ? 2 : (side === 'buy' ? 0.01 : 0.03) * value),
  crowd: ({ units, volume, price, basePrice }: Told) =>
    finite(Number.isNaN(volume) ? 3 : 0.2 * Math.min(units, volume) + Math.abs(price - basePrice)),
}

/** Amounts of price. */
export const OWN_PRICES = {
  flat: () => 0.5,
  root: ({ units, volume, price }: Told) =>
    amount(0.3 * Math.abs(price) * Math.sqrt(volume > 0 ? Math.min(1, units / volume) : 1)),
  range: ({ high, low, open, close, side }: Told) =>
    amount((side === 'buy' ? 0.5 : 0.25) * (high - low) + 0.1 * Math.abs(open - close)),
  huge: ({ price, opens }: Told) => amount((opens ? 0.2 : 1.5) * Math.abs(price)),
  worth: ({ value, bar, asset }: Told) => amount(0.002 * value + ((bar + asset) % 3) / 4),
}

/** All of them, as a strategy declares them: functions, and objects with a method. */
export const OWN_MODELS = {
  ...OWN_COMMISSIONS,
  ...OWN_PRICES,
  minimum: { least: 1, calculate: OWN_COMMISSIONS.minimum },
}

/** One leg that a model is asked about. */
export interface Asked {
  asset: Asset
  s: number
  units: number
  base: number
  price: number
  value: number
  opens: boolean
  makes: boolean
}

/** What the model of this name says. */
export function ownCost(run: Run, name: string, { asset, s, units, base, price, value, opens, makes }: Asked): number {
  const bar = barOf(run, asset.index)
  const model = OWN_MODELS[name as keyof typeof OWN_MODELS]
  const calculate = (typeof model === 'function' ? model : model.calculate) as (told: Told) => number
  return calculate({
    asset: asset.index,
    bar: run.bar,
    side: s > 0 ? 'buy' : 'sell',
    units,
    basePrice: base,
    price,
    value,
    opens: opens || wrong(run, '7.9/opens'),
    maker: makes && !wrong(run, '7.9/maker'),
    ...(bar ?? { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN, volume: Number.NaN }),
  })
}
