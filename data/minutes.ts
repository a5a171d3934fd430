import { type Bars, makeBars } from './path.ts'
import { RandomStream } from './random.ts'

/** Size, seed and character of generated minute bars. */
export interface MinuteOptions {
  /** Bars; 100,000. */
  bars?: number
  /** Minutes from one bar to the next; 1. */
  minutes?: number
  /** Seed of the random stream; 1. */
  seed?: number
  /** First price; 100. */
  price?: number
  /** Typical volatility of one minute as a fraction of the price; 0.0008. */
  volatility?: number
  /** Prices are whole multiples of this, which divides 1; 0.01. With 1/128 sums of prices are exact. */
  tick?: number
}

/** Minute bars of one asset that trades round the clock. */
export interface Minutes extends Bars {
  bars: number
  /** 'GENERATED'. */
  asset: string
  /** Start of each bar in ms UTC, from 2023-01-01T00:00Z on, none left out. */
  time: Float64Array
}

const START_MS = Date.UTC(2023, 0, 1)
const MINUTE_MS = 60_000

/**
 * Minute bars with volatility clusters, trends, gaps between bars, rare jumps, equal prices and
 * volumes that follow the range. The same options give the same bytes everywhere.
 */
export function makeMinutes(options: MinuteOptions = {}): Minutes {
  const { bars = 100_000, minutes = 1, seed = 1, price = 100, volatility = 0.0008, tick = 0.01 } = options
  const path = { price, volatility, gap: volatility * 0.1, tick, volume: 500 }
  const time = new Float64Array(bars)
  for (let bar = 0; bar < bars; bar++) time[bar] = START_MS + bar * minutes * MINUTE_MS
  return { bars, asset: 'GENERATED', time, ...makeBars(bars, new RandomStream(seed), path) }
}
