import { FillgridError, show } from '../errors.ts'
import { expectMarket } from './expect.ts'
import type { Market } from './market.ts'

/** Prices, volume and signals of one asset at one bar. */
export interface FeedPrices {
  open: number
  high: number
  low: number
  close: number
  volume: number
  /** Values of the signal columns by name; NaN where there is none. */
  signals: Record<string, number>
}

/** One bar of all assets. */
export interface FeedBar {
  /** The market's number of the bar, and its start, ms UTC. */
  index: number
  time: number
  /** By name of the asset; those that lack this bar are not in it. */
  assets: Record<string, FeedPrices>
  /** Values of the context columns by name; NaN where there is none. */
  context: Record<string, number>
}

/**
 * A market bar by bar, for whatever wants to see it outside of a run: it has a length, and can be gone through any number of
 * times. Its bars are those of the market, the union of the time stamps at which assets have prices: context and signals at
 * other stamps are no bars of their own, but counted in the market's remarks (`context_unmatched`, `signals_unmatched`).
 *
 *     for (const { time, assets, context } of marketFeed(market)) console.log(time, assets.AAPL?.close, context.vix)
 */
export class MarketFeed implements Iterable<FeedBar> {
  /** How many bars there are. */
  readonly length: number
  readonly #market: Market
  #indexes: ReadonlyMap<number, number> | undefined

  /** Made by `marketFeed`. @internal */
  constructor(market: Market) {
    this.length = market.bars
    this.#market = market
  }

  /** A bar by its number. @throws FillgridError out_of_range, released */
  bar(index: number): FeedBar {
    const market = this.#market
    if (!(Number.isInteger(index) && index >= 0 && index < this.length))
      throw new FillgridError('out_of_range', `feed: bars are 0 to ${this.length - 1}, found ${show(index)}.`)
    const { open, high, low, close, volume, assetCount } = market
    const signals = [...market.signals]
    const assets: Record<string, FeedPrices> = {}
    market.assets.forEach((asset, i) => {
      const at = index * assetCount + i
      if (Number.isNaN(close[at])) return
      assets[asset] = {
        open: open[at],
        high: high[at],
        low: low[at],
        close: close[at],
        volume: volume[at],
        signals: Object.fromEntries(signals.map(([name, { values }]) => [name, values[at]])),
      }
    })
    const context = Object.fromEntries([...market.context].map(([name, values]) => [name, values[index]]))
    return { index, time: market.time[index], assets, context }
  }

  /** The bar that starts at a time, ms UTC; undefined where none does. Found at once, however many there are. */
  at(time: number): FeedBar | undefined {
    this.#indexes ??= new Map(Array.from(this.#market.time, (stamp, index) => [stamp, index]))
    const index = this.#indexes.get(time)
    return index === undefined ? undefined : this.bar(index)
  }

  *[Symbol.iterator](): Generator<FeedBar> {
    for (let index = 0; index < this.length; index++) yield this.bar(index)
  }
}

/** A market bar by bar. @throws FillgridError invalid_value for what is no market, released */
export function marketFeed(market: Market): MarketFeed {
  expectMarket(market, 'feed')
  market.checkHeld()
  return new MarketFeed(market)
}
