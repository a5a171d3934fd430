import { FillgridError, show } from '../errors.ts'
import type { Market } from '../market/market.ts'
import type { Indicator } from './strategy.ts'

/** A price or volume column, the name of a signal column of the market, or an indicator. */
export type Series = 'open' | 'high' | 'low' | 'close' | 'volume' | Indicator | (string & {})

/**
 * The current bar over all assets, and what came before it. One object for a whole run: its arrays are overwritten by
 * the next bar, so copy what you keep. Nothing in it reaches beyond the current bar.
 */
export class Bar {
  readonly #market: Market
  #index = -1
  readonly #rows: Row[]
  readonly #signals = new Map<string, Row>()
  /** By series, then by n and asset in one number: no text is made a bar. */
  readonly #windows = new Map<string, Map<number, Float64Array>>()
  #time: Float64Array

  /** Made by the run. */
  constructor(market: Market) {
    this.#market = market
    this.#time = market.time
    this.#rows = (['open', 'high', 'low', 'close', 'volume'] as const).map(
      (name) => new Row(() => market[name], market.assetCount),
    )
    for (const name of market.signals.keys()) {
      this.#signals.set(name, new Row(() => market.signals.get(name)!.values, market.assetCount))
    }
  }

  /** Index of the bar, from 0. */
  get index(): number {
    if (Number.isNaN(this.#index)) throw gone()
    return this.#index
  }

  /** Start of the bar, ms UTC. */
  get time(): number {
    return this.#time[this.index]
  }

  /** Start of the bar, ISO 8601 UTC. */
  get isoTime(): string {
    return new Date(this.time).toISOString()
  }

  /** Opens by asset; NaN where an asset has no bar. The other columns alike. */
  get open(): Float64Array {
    return this.#rows[0].at(this.#index)
  }

  get high(): Float64Array {
    return this.#rows[1].at(this.#index)
  }

  get low(): Float64Array {
    return this.#rows[2].at(this.#index)
  }

  get close(): Float64Array {
    return this.#rows[3].at(this.#index)
  }

  get volume(): Float64Array {
    return this.#rows[4].at(this.#index)
  }

  /** A signal column of the market by asset. @throws FillgridError unknown_name */
  signal(name: string): Float64Array {
    const row = this.#signals.get(name)
    if (!row)
      throw new FillgridError(
        'unknown_name',
        `bar: the market has no signal column ${show(name)}; it has ${[...this.#signals.keys()].join(', ') || 'none'}.`,
      )
    return row.at(this.#index)
  }

  /** A context column's value at this bar. @throws FillgridError unknown_name */
  context(name: string): number {
    if (Number.isNaN(this.#index)) throw gone()
    const column = this.#market.context.get(name)
    if (!column)
      throw new FillgridError(
        'unknown_name',
        `bar: the market has no context column ${show(name)}; it has ${[...this.#market.context.keys()].join(', ') || 'none'}.`,
      )
    return column[this.#index]
  }

  /** Index of an asset by its name. @throws FillgridError unknown_name */
  asset(name: string): number {
    return this.#market.assetIndex(name)
  }

  /** One value of an asset's series, `ago` bars before this one. @throws FillgridError out_of_range */
  value(series: Series, asset = 0, ago = 0): number {
    if (typeof series === 'object') return series.value(asset, ago)
    this.#checkAgo(ago)
    this.#checkAsset(asset)
    return this.#column(series)[(this.#index - ago) * this.#market.assetCount + asset]
  }

  /**
   * The last `n` values of an asset's series, oldest first, this bar included; in an array that the next call for
   * the same series, asset and n reuses. @throws FillgridError out_of_range where there are not yet n bars
   */
  last(series: Series, n: number, asset = 0): Float64Array {
    if (typeof series === 'object') return series.last(n, asset)
    if (Number.isNaN(this.#index)) throw gone()
    this.#checkAsset(asset)
    let windows = this.#windows.get(series)
    if (!windows) {
      windows = new Map()
      this.#windows.set(series, windows)
    }
    checkLength(n)
    const key = n * this.#market.assetCount + asset
    let window = windows.get(key)
    if (!window) {
      window = new Float64Array(n)
      windows.set(key, window)
    }
    copyLast(window, this.#column(series), this.#index, this.#market.assetCount, asset)
    return window
  }

  /** By the run, when its memory is given back: the market may go next, so nothing is read from here on. */
  end(): void {
    this.#index = Number.NaN
  }

  /** Moved on by the run. */
  moveTo(index: number): void {
    this.#index = index
    if (this.#time.length === 0) this.#time = this.#market.time
  }

  #column(name: string): Float64Array {
    if (name === 'open' || name === 'high' || name === 'low' || name === 'close' || name === 'volume')
      return this.#market[name]
    const column = this.#market.signals.get(name)
    if (!column)
      throw new FillgridError(
        'unknown_name',
        `bar: there is no series ${show(name)}; there are open, high, low, close, volume${[...this.#signals.keys()].map((s) => `, ${s}`).join('')}.`,
      )
    return column.values
  }

  #checkAsset(asset: number): void {
    if (!(Number.isInteger(asset) && asset >= 0 && asset < this.#market.assetCount)) {
      throw new FillgridError(
        'unknown_name',
        `bar: assets run from 0 to ${this.#market.assetCount - 1}, found ${show(asset)}. Use bar.asset(name) for its index.`,
      )
    }
  }

  #checkAgo(ago: number): void {
    checkAgo(ago, this.#index)
  }
}

/** One column's row of the current bar, copied when it is first asked for. */
class Row {
  readonly #source: () => Float64Array
  readonly #row: Float64Array
  readonly #length: number
  #at = -1

  constructor(source: () => Float64Array, length: number) {
    this.#source = source
    this.#length = length
    this.#row = new Float64Array(length)
  }

  at(index: number): Float64Array {
    if (this.#at !== index) {
      if (Number.isNaN(index)) throw gone()
      this.#at = index
      const source = this.#source()
      copyRow(source, index * this.#length, this.#row)
    }
    return this.#row
  }
}

/** Not `set` of a subarray, which would be an object a bar; four at a time, as the checks of each element cost more than it does. */
function copyRow(source: Float64Array, start: number, row: Float64Array): void {
  const fours = row.length & ~3
  let from = start
  let a = 0
  for (; a < fours; a += 4, from += 4) {
    row[a] = source[from]
    row[a + 1] = source[from + 1]
    row[a + 2] = source[from + 2]
    row[a + 3] = source[from + 3]
  }
  for (; a < row.length; a++, from++) row[a] = source[from]
}

function gone(): FillgridError {
  return new FillgridError(
    'released',
    'bar: its run has ended and its memory was given back. Read bars in hooks and keep copies of what you need.',
  )
}

/** @throws FillgridError out_of_range for bars after the current one or before the first */
export function checkAgo(ago: number, index: number): void {
  if (Number.isInteger(ago) && ago >= 0 && ago <= index) return
  if (Number.isNaN(index)) throw gone()
  const why = ago < 0 ? 'the future cannot be read' : `bar ${index} has ${index} bars before it`
  throw new FillgridError('out_of_range', `bar: ago counts back from the current bar and ${why}, found ${show(ago)}.`, {
    bar: index,
  })
}

/** @throws FillgridError invalid_value */
export function checkLength(n: number): void {
  if (!(Number.isInteger(n) && n >= 1))
    throw new FillgridError('invalid_value', `bar: a whole number of values from 1 expected, found ${show(n)}.`)
}

/** Fills a window with the values of a panel up to `index`. @throws FillgridError out_of_range */
export function copyLast(
  window: Float64Array,
  source: Float64Array,
  index: number,
  assets: number,
  asset: number,
): void {
  const n = window.length
  if (n > index + 1)
    throw new FillgridError(
      'out_of_range',
      `bar: ${n} values were asked for, found ${index + 1} bars so far. Wait for bar ${n - 1}.`,
      { bar: index },
    )
  let at = (index - n + 1) * assets + asset
  for (let i = 0; i < n; i++, at += assets) window[i] = source[at]
}
