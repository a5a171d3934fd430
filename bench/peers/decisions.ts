import type { RandomStream } from '../../data/random.ts'
import { cents, type Series } from './series.ts'

/** The kinds of scenarios. */
export const FAMILIES = [
  'market-next-open',
  'market-same-close',
  'stop-limit-orders',
  'brackets-next-open',
  'trailing',
  'signals-long-sltp',
  'signals-reversal',
  'multi-asset-targets',
  'commission-slippage',
] as const

export type Family = (typeof FAMILIES)[number]

/** One order without a bar; quantities are signed whole units. */
export interface PlainOrder {
  type: 'market' | 'limit' | 'stop' | 'stop-limit'
  quantity: number
  limit?: number
  stop?: number
}

/** What is decided at the close of a bar. */
export type Decision = { bar: number; asset: number } & (
  | ({ do: 'order' } & PlainOrder)
  /** Both orders; a fill of one cancels the other. */
  | { do: 'oco'; orders: [PlainOrder, PlainOrder] }
  /** Closes the position, if there is one. */
  | { do: 'close' }
  /** Cancels what is pending. */
  | { do: 'cancel' }
  /** An entry with a stop and a target at these prices; `flat`: only without a position. */
  | {
      do: 'bracket'
      type: 'market' | 'limit'
      quantity: number
      limit?: number
      stop: number
      target: number
      flat: boolean
    }
  /** A market entry and a trailing stop of the same units, given with it or a bar later. */
  | { do: 'trail'; quantity: number; amount?: number; fraction?: number; late: boolean }
  /** Long (1), short (-1) or out (0), with stop and target as fractions; nothing where it is so already. */
  | { do: 'signal'; side: 1 | 0 | -1; units: number; stop?: number; target?: number }
  /** Trades to this many signed units. */
  | { do: 'target'; units: number }
)

/** Decisions of all assets: 3 to 14 of each, some at the last bar. */
export function decide(family: Family, assets: readonly Series[], random: RandomStream): Decision[] {
  const bars = assets[0].close.length
  // What a whole scenario does or does not: groups, orders with prices, shorts.
  const traits = { a: random.uniform() < 0.5, b: random.uniform() < 0.5 }
  const shared = family === 'multi-asset-targets' && traits.a ? pickBars(bars, random) : undefined
  const decisions = assets.flatMap((series, asset) => {
    const make = new Maker(series, asset, random)
    return (shared ?? pickBars(bars, random)).flatMap((bar) => MAKERS[family](make, bar, traits))
  })
  return decisions.sort((a, b) => a.bar - b.bar || a.asset - b.asset)
}

/** 3 to 14 ascending bars, a quarter of the time with the last one, now and then one after another. */
function pickBars(bars: number, random: RandomStream): number[] {
  const picked = new Set<number>()
  const wanted = random.integer(3, 15)
  if (random.uniform() < 0.25) picked.add(bars - 1)
  while (picked.size < wanted) {
    const bar = random.integer(1, bars)
    picked.add(bar)
    if (random.uniform() < 0.25 && bar + 1 < bars && picked.size < wanted) picked.add(bar + 1)
  }
  return [...picked].sort((a, b) => a - b)
}

interface Traits {
  a: boolean
  b: boolean
}

const MAKERS: Record<Family, (make: Maker, bar: number, traits: Traits) => Decision[]> = {
  'market-next-open': (make, bar) => make.market(bar),
  'market-same-close': (make, bar) => make.market(bar),
  'stop-limit-orders': (make, bar, { a }) => make.priced(bar, a),
  'brackets-next-open': (make, bar, { a }) => make.bracket(bar, a),
  trailing: (make, bar, { a, b }) => make.trail(bar, a, b),
  'signals-long-sltp': (make, bar) => make.signal(bar, [1, 1, 0]),
  'signals-reversal': (make, bar) => make.signal(bar, [1, -1, 1, -1, 0]),
  'multi-asset-targets': (make, bar) => make.target(bar),
  'commission-slippage': (make, bar, { a }) => (a ? make.market(bar) : make.priced(bar, false)),
}

/** Makes the decisions of one asset. */
class Maker {
  readonly #series: Series
  readonly #asset: number
  readonly #random: RandomStream

  constructor(series: Series, asset: number, random: RandomStream) {
    this.#series = series
    this.#asset = asset
    this.#random = random
  }

  market(bar: number): Decision[] {
    if (this.#chance(0.2)) return [{ bar, asset: this.#asset, do: 'close' }]
    return [{ bar, asset: this.#asset, do: 'order', type: 'market', quantity: this.#side() * this.#units() }]
  }

  priced(bar: number, groups: boolean): Decision[] {
    const asset = this.#asset
    const pick = this.#random.uniform()
    if (pick < 0.1) return [{ bar, asset, do: 'close' }]
    if (pick < 0.2) return [{ bar, asset, do: 'cancel' }]
    const side = this.#side()
    if (groups && pick < 0.55) {
      const quantity = side * this.#units()
      // Most groups are an exit at a profit or a loss, the others an entry either way.
      const second = this.#chance(0.7) ? quantity : -quantity
      return [{ bar, asset, do: 'oco', orders: [this.#limit(bar, quantity), this.#stop(bar, second)] }]
    }
    const quantity = side * this.#units()
    const type = this.#random.integer(0, 8)
    if (type < 1) return [{ bar, asset, do: 'order', type: 'market', quantity }]
    if (type < 3) return [{ bar, asset, do: 'order', ...this.#limit(bar, quantity) }]
    if (type < 5) return [{ bar, asset, do: 'order', ...this.#stop(bar, quantity) }]
    return [{ bar, asset, do: 'order', ...this.#stopLimit(bar, quantity) }]
  }

  bracket(bar: number, flat: boolean): Decision[] {
    const asset = this.#asset
    if (this.#chance(0.1)) return [{ bar, asset, do: 'close' }]
    const side = this.#side()
    const quantity = side * this.#units()
    const type = this.#chance(0.5) ? 'market' : 'limit'
    const close = this.#series.close[bar]
    const limit = type === 'limit' ? this.#level(bar, -side, 0.04) : undefined
    const base = limit ?? close
    const stop = this.#beyond(bar, base, -side)
    const target = this.#beyond(bar, base, side)
    return [
      { bar, asset, do: 'bracket', type, quantity, ...(limit === undefined ? {} : { limit }), stop, target, flat },
    ]
  }

  trail(bar: number, amounts: boolean, late: boolean): Decision[] {
    const asset = this.#asset
    if (this.#chance(0.1)) return [{ bar, asset, do: 'close' }]
    const quantity = this.#side() * this.#units()
    const fraction = this.#fraction()
    const distance = amounts ? { amount: cents(this.#series.close[bar] * fraction) } : { fraction }
    return [{ bar, asset, do: 'trail', quantity, ...distance, late }]
  }

  signal(bar: number, sides: readonly (1 | 0 | -1)[]): Decision[] {
    const side = sides[this.#random.integer(0, sides.length)]
    const stop = this.#chance(0.7) ? { stop: this.#fraction() } : {}
    const target = this.#chance(0.7) ? { target: this.#fraction() } : {}
    return [
      {
        bar,
        asset: this.#asset,
        do: 'signal',
        side,
        units: this.#units(),
        ...(side === 0 ? {} : { ...stop, ...target }),
      },
    ]
  }

  target(bar: number): Decision[] {
    return [{ bar, asset: this.#asset, do: 'target', units: this.#series.unit * this.#random.integer(-3, 5) }]
  }

  #chance(probability: number): boolean {
    return this.#random.uniform() < probability
  }

  #side(): 1 | -1 {
    return this.#chance(0.6) ? 1 : -1
  }

  #units(): number {
    return this.#series.unit * (this.#chance(0.7) ? 1 : this.#random.integer(1, 4))
  }

  /** 1 to 10 %, in steps of a hundredth of a percent. */
  #fraction(): number {
    return this.#random.integer(100, 1001) / 10_000
  }

  /** One price in five is exactly an open, high, low or close of the four bars to come. */
  #exact(bar: number): number | undefined {
    if (!this.#chance(0.2)) return undefined
    const at = bar + this.#random.integer(1, 5)
    const column = this.#series[(['open', 'high', 'low', 'close'] as const)[this.#random.integer(0, 4)]]
    return column[Math.min(at, column.length - 1)]
  }

  /** A price above (way 1) or below the close, now and then on the other side of it. */
  #level(bar: number, way: number, most: number): number {
    const exact = this.#exact(bar)
    if (exact !== undefined) return exact
    const turned = this.#chance(0.08) ? -way : way
    return cents(this.#series.close[bar] * (1 + turned * most * this.#random.uniform()))
  }

  /** A price on that side of a base, at least 0.5 % away, so that spreads of 0.4 % do not turn it. */
  #beyond(bar: number, base: number, way: number): number {
    const exact = this.#exact(bar)
    if (exact !== undefined && (exact / base - 1) * way > 0.005) return exact
    return cents(base * (1 + way * (0.008 + 0.08 * this.#random.uniform())))
  }

  #limit(bar: number, quantity: number): PlainOrder {
    return { type: 'limit', quantity, limit: this.#level(bar, -Math.sign(quantity), 0.05) }
  }

  #stop(bar: number, quantity: number): PlainOrder {
    return { type: 'stop', quantity, stop: this.#level(bar, Math.sign(quantity), 0.05) }
  }

  #stopLimit(bar: number, quantity: number): PlainOrder {
    const stop = this.#level(bar, Math.sign(quantity), 0.04)
    const exact = this.#exact(bar)
    const limit = exact ?? (this.#chance(0.1) ? stop : cents(stop * (1 + 0.02 * (2 * this.#random.uniform() - 1))))
    return { type: 'stop-limit', quantity, stop, limit }
  }
}
