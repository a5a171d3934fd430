import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import { type Clock, checkMaker, closeClass, GONE } from './clock.ts'
import type { Indicator } from './indicator.ts'
import { gone, reaches, Windows } from './windows.ts'

/** A price or volume column, the name of a signal column of the market, or an indicator. */
export type Series = 'open' | 'high' | 'low' | 'close' | 'volume' | Indicator | (string & {})

/**
 * The current bar over all assets, and what came before it. One object for a whole run: its arrays are overwritten by
 * the next bar, so copy what you keep. Nothing in it reaches beyond the current bar.
 */
export class Bar {
  readonly #market: Market
  readonly #clock: Clock
  readonly #assets: number
  readonly #open: Column
  readonly #high: Column
  readonly #low: Column
  readonly #close: Column
  readonly #volume: Column
  readonly #signals: ReadonlyMap<string, Column>
  #time: Float64Array

  /** Made by the run, which moves its clock. @internal */
  constructor(market: Market, clock: Clock) {
    checkMaker(clock, 'bar')
    const column = (take: () => Float64Array) => new Column(take, market, clock)
    this.#market = market
    this.#clock = clock
    this.#assets = market.assetCount
    this.#open = column(() => market.open)
    this.#high = column(() => market.high)
    this.#low = column(() => market.low)
    this.#close = column(() => market.close)
    this.#volume = column(() => market.volume)
    this.#signals = new Map(
      [...market.signals.keys()].map((name) => [name, column(() => market.signals.get(name)!.values)]),
    )
    this.#time = market.time
    Object.freeze(this)
  }

  /** Index of the bar, from 0. */
  get index(): number {
    const { index } = this.#clock
    if (index === GONE) throw gone()
    return index
  }

  /** Start of the bar, ms UTC. */
  get time(): number {
    const { index } = this
    if (this.#time.length === 0) this.#time = this.#market.time
    return this.#time[index]
  }

  /** Start of the bar, ISO 8601 UTC. */
  get isoTime(): string {
    return new Date(this.time).toISOString()
  }

  /** Opens by asset; NaN where an asset has no bar. The other columns alike. */
  get open(): Float64Array {
    return this.#open.row()
  }

  get high(): Float64Array {
    return this.#high.row()
  }

  get low(): Float64Array {
    return this.#low.row()
  }

  get close(): Float64Array {
    return this.#close.row()
  }

  get volume(): Float64Array {
    return this.#volume.row()
  }

  /** A signal column of the market by asset. @throws FillgridError unknown_name */
  signal(name: string): Float64Array {
    const column = this.#signals.get(name)
    if (!column)
      throw new FillgridError(
        'unknown_name',
        `bar: the market has no signal column ${show(name)}; it has ${[...this.#signals.keys()].join(', ') || 'none'}.`,
      )
    return column.row()
  }

  /** A context column's value at this bar. @throws FillgridError unknown_name */
  context(name: string): number {
    const { index } = this
    const column = this.#market.context.get(name)
    if (!column)
      throw new FillgridError(
        'unknown_name',
        `bar: the market has no context column ${show(name)}; it has ${[...this.#market.context.keys()].join(', ') || 'none'}.`,
      )
    return column[index]
  }

  /** Index of an asset by its name. @throws FillgridError unknown_name */
  asset(name: string): number {
    return this.#market.assetIndex(name)
  }

  /**
   * One value of an asset's series at this bar, or `ago` bars before it; NaN before the first bar.
   * @throws FillgridError out_of_range for an `ago` that is negative or no whole number, unknown_name
   */
  value(series: Series, asset = 0, ago = 0): number {
    if (isReadable(series)) return series.value(asset, ago)
    const { index } = this.#clock
    const there = reaches(ago, index)
    this.#checkAsset(asset)
    const column = this.#column(series)
    return there ? column.values()[(index - ago) * this.#assets + asset] : Number.NaN
  }

  /**
   * The last `n` values of an asset's series, oldest first, this bar included; in an array that the next call for
   * the same series, asset and n reuses. @throws FillgridError out_of_range where there are not yet n bars
   */
  last(series: Series, n: number, asset = 0): Float64Array {
    if (isReadable(series)) return series.last(n, asset)
    const { index } = this
    this.#checkAsset(asset)
    return this.#column(series).last(index, n, asset)
  }

  #column(name: string): Column {
    switch (name) {
      case 'open':
        return this.#open
      case 'high':
        return this.#high
      case 'low':
        return this.#low
      case 'close':
        return this.#close
      case 'volume':
        return this.#volume
    }
    const column = this.#signals.get(name)
    if (!column)
      throw new FillgridError(
        'unknown_name',
        `bar: there is no series ${show(name)}; there are open, high, low, close, volume${[...this.#signals.keys()].map((s) => `, ${s}`).join('')}.`,
      )
    return column
  }

  #checkAsset(asset: number): void {
    if (!(Number.isInteger(asset) && asset >= 0 && asset < this.#assets)) {
      throw new FillgridError(
        'unknown_name',
        `bar: assets run from 0 to ${this.#assets - 1}, found ${show(asset)}. Use bar.asset(name) for its index.`,
      )
    }
  }
}

closeClass(Bar)

/** Whether a series is read by itself, as indicators are. */
function isReadable(series: Series): series is Indicator {
  return typeof series === 'object' && typeof series?.value === 'function' && typeof series.last === 'function'
}

/** A column of the market as a bar shows it: the current row, copied when it is first asked for, and what came before. */
class Column {
  readonly #take: () => Float64Array
  readonly #market: Market
  readonly #clock: Clock
  readonly #row: Float64Array
  readonly #windows: Windows
  /** Asking the market costs more than reading it; its view lasts as long as it has a length. */
  #values: Float64Array
  #turn = -1

  constructor(take: () => Float64Array, market: Market, clock: Clock) {
    this.#take = take
    this.#market = market
    this.#clock = clock
    this.#row = new Float64Array(market.assetCount)
    this.#windows = new Windows(market.assetCount)
    this.#values = take()
  }

  /** The whole column, a view: never to be given to a hook. */
  values(): Float64Array {
    this.#market.checkHeld()
    if (this.#values.length === 0) this.#values = this.#take()
    return this.#values
  }

  row(): Float64Array {
    if (this.#turn !== this.#clock.turn) this.#copyRow()
    return this.#row
  }

  last(index: number, n: number, asset: number): Float64Array {
    return this.#windows.last(this.values(), index, n, asset)
  }

  /** Not `set` of a subarray, which would be an object a bar; four at a time, as the checks of each element cost more than it does. */
  #copyRow(): void {
    const { index, turn } = this.#clock
    if (index === GONE) throw gone()
    const source = this.values()
    const row = this.#row
    const fours = row.length & ~3
    let from = index * row.length
    let a = 0
    for (; a < fours; a += 4, from += 4) {
      row[a] = source[from]
      row[a + 1] = source[from + 1]
      row[a + 2] = source[from + 2]
      row[a + 3] = source[from + 3]
    }
    for (; a < row.length; a++, from++) row[a] = source[from]
    this.#turn = turn
  }
}
