import type { RandomStream } from '../../data/random.ts'

/** Bars of one asset, and the units that an ordinary order of it has. */
export interface Series {
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  volume: number[]
  unit: number
}

/** To cents, not below one. */
export function cents(price: number): number {
  return Math.max(1, Math.round(price * 100)) / 100
}

/**
 * Prices from 8 to 250 in cents, moving 0.6 to 3.5 % a bar, with a gap in a quarter of the bars, jumps of 4 to 18 %, flat
 * bars, and no volume now and then.
 */
export function makeSeries(bars: number, random: RandomStream): Series {
  const chance = (probability: number) => random.uniform() < probability
  const start = 8 + 242 * random.uniform()
  const volatility = 0.006 + 0.029 * random.uniform()
  const series: Series = { open: [], high: [], low: [], close: [], volume: [], unit: 0 }
  // A whole number of units worth some thousands, so that plenty of cash is plenty.
  series.unit = Math.max(1, Math.round((2_000 + 6_000 * random.uniform()) / start))
  let last = cents(start)
  for (let bar = 0; bar < bars; bar++) {
    const keep = (price: number) => cents(Math.min(Math.max(price, 2), 1_000))
    if (chance(0.03)) {
      for (const column of [series.open, series.high, series.low, series.close]) column.push(last)
      series.volume.push(chance(0.5) ? 0 : random.integer(1_000, 2_000_000))
      continue
    }
    let open = last
    if (chance(0.25)) open = keep(last * (1 + volatility * random.normal()))
    if (chance(0.02)) open = keep(last * (1 + (chance(0.5) ? 1 : -1) * (0.04 + 0.14 * random.uniform())))
    const close = keep(open * (1 + volatility * random.normal()))
    const reach = () => volatility * Math.abs(random.normal()) * 0.6
    const high = chance(0.1) ? Math.max(open, close) : keep(Math.max(open, close) * (1 + reach()))
    const low = chance(0.1) ? Math.min(open, close) : keep(Math.min(open, close) * (1 - reach()))
    series.open.push(open)
    series.high.push(Math.max(high, open, close))
    series.low.push(Math.min(low, open, close))
    series.close.push(close)
    series.volume.push(chance(0.02) ? 0 : random.integer(1_000, 2_000_000))
    last = close
  }
  return series
}
