import { nyseSessions } from './calendar.ts'
import { type Bars, makeBars } from './path.ts'
import { RandomStream } from './random.ts'

/** Size and seed of generated daily equities. */
export interface EquityOptions {
  /** Sessions; 1,500. */
  bars?: number
  /** Assets; 10. */
  assets?: number
  /** Seed; asset k draws from a stream of its own, seeded with `seed + k`. 7. */
  seed?: number
}

/** Daily bars of generated equities; `series[k]` belongs to `assets[k]`. */
export interface Equities {
  bars: number
  /** 'EQUITY_0' and so on. */
  assets: string[]
  /** NYSE sessions from 2015-01-02, midnight UTC in ms. */
  time: Float64Array
  series: Bars[]
}

/**
 * Daily bars with overnight gaps (twice as large after a weekend or holiday), volatility clusters, trends and jumps;
 * prices in cents, opens inside [low, high].
 */
export function makeEquities(options: EquityOptions = {}): Equities {
  const { bars = 1500, assets = 10, seed = 7 } = options
  const time = nyseSessions('2015-01-02', bars)
  const gapSize = (bar: number) => (bar > 0 && time[bar] - time[bar - 1] > 86_400_000 ? 2 : 1)
  const series: Bars[] = []
  for (let asset = 0; asset < assets; asset++) {
    const random = new RandomStream(seed + asset)
    const price = Math.round(20 + 180 * random.uniform())
    const volatility = 0.008 + 0.022 * random.uniform()
    const path = { price, volatility, gap: volatility * 0.4, tick: 0.01, volume: 2_000_000, gapSize }
    series.push(makeBars(bars, random, path))
  }
  return { bars, assets: Array.from({ length: assets }, (_, asset) => `EQUITY_${asset}`), time, series }
}
