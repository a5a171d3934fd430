import type { RandomStream } from './random.ts'

/** How generated bars behave. All rates are fractions of the price, per bar. */
export interface PathOptions {
  /** First price. */
  price: number
  /** Typical volatility of one bar. */
  volatility: number
  /** Volatility of the jump from a close to the next open, where `gaps` says so. */
  gap: number
  /** Prices are whole multiples of this. */
  tick: number
  /** Typical volume of one bar. */
  volume: number
  /** Multiples of the typical gap before a bar; 1 everywhere when left out. */
  gapSize?: (bar: number) => number
}

/** Columns of one asset, one value a bar. */
export interface Bars {
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
}

const STEPS = 6

/**
 * Bars of one price path. Variance follows a GARCH(1,1) recursion (Bollerslev 1986: 0.08 of the last squared return,
 * 0.90 of the last variance), so calm and wild spells cluster; a slowly turning drift makes trends; a weak pull
 * towards the first price keeps long runs in reach of it; one bar in about 2,000 jumps. Each bar is six steps of the
 * path, whose extremes are its high and low. Only + - * / and square roots: equal bytes everywhere.
 */
export function makeBars(bars: number, random: RandomStream, options: PathOptions): Bars {
  const { volatility, tick } = options
  const column = () => new Float64Array(bars)
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()]
  const typical = volatility * volatility
  let variance = typical
  let drift = 0
  let price = options.price
  for (let bar = 0; bar < bars; bar++) {
    const gap = options.gap * (options.gapSize?.(bar) ?? 1) * random.normal()
    const before = price
    price = move(price, gap)
    const first = onTick(price, tick)
    const deviation = Math.sqrt(variance / STEPS)
    drift = 0.99 * drift + 0.01 * volatility * random.normal()
    const pull = -0.002 * volatility * (price / options.price - 1)
    if (random.uniform() < 0.0005) price = move(price, 8 * volatility * random.normal())
    let top = first
    let bottom = first
    for (let step = 0; step < STEPS; step++) {
      price = move(price, deviation * random.normal() + (drift + pull) / STEPS)
      const seen = onTick(price, tick)
      if (seen > top) top = seen
      if (seen < bottom) bottom = seen
    }
    open[bar] = first
    high[bar] = top
    low[bar] = bottom
    close[bar] = onTick(price, tick)
    const change = price / before - 1
    variance = 0.02 * typical + 0.08 * change * change + 0.9 * variance
    if (variance > 100 * typical) variance = 100 * typical
    const activity = (0.3 + random.uniform()) * (0.5 + (top - bottom) / (first * volatility * 2))
    volume[bar] = Math.floor(options.volume * activity) + 1
  }
  return { open, high, low, close, volume }
}

/** One step of the path; never more than a fifth at once, so prices stay positive. */
function move(price: number, change: number): number {
  return price * (1 + Math.max(-0.2, Math.min(0.2, change)))
}

/** The nearest multiple of the tick, at least one tick. Ticks that are fractions are divided by, not multiplied with. */
function onTick(price: number, tick: number): number {
  const perUnit = Math.round(1 / tick)
  const ticks = Math.max(1, Math.round(price * perUnit))
  return ticks / perUnit
}
