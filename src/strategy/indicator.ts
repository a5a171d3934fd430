import { FillgridError, show } from '../errors.ts'
import type { Panel } from '../signals/panels.ts'
import { type Clock, checkMaker, closeClass, GONE } from './clock.ts'
import { gone, reaches, Windows } from './windows.ts'

/** An indicator, or a column of the strategy's own, as a hook sees it: its values up to the current bar. */
export interface Indicator {
  /** What it is, for example `sma(close,20)`. */
  readonly key: string
  /** Own bars of an asset before the first value. */
  readonly warmup: number
  /**
   * Value at the current bar, or `ago` bars before it (0 by default); NaN while it warms up, on absent bars and
   * before the first bar. @throws FillgridError out_of_range for an `ago` that is negative or no whole number
   */
  value(asset?: number, ago?: number): number
  /**
   * The last `n` values, oldest first, in an array that the next call with the same asset and `n` reuses.
   * @throws FillgridError out_of_range when there are fewer than n bars
   */
  last(n: number, asset?: number): Float64Array
}

/**
 * The panel behind an indicator of this clock's run; undefined for anything else. No method, by which a hook could come to
 * it.
 */
export let panelOf: (indicator: unknown, clock: Clock) => Panel | undefined

/** A panel as a hook sees it, up to the current bar. */
export class PanelIndicator implements Indicator {
  readonly key: string
  readonly warmup: number
  readonly #panel: Panel
  readonly #assets: number
  readonly #clock: Clock
  readonly #windows: Windows
  /** Asking the panel costs more than reading it; its view lasts as long as it has a length (see Lane). */
  #values: Float64Array

  /** Made by the run, which moves the clock and keeps the panel until the clock ends. */
  constructor(panel: Panel, clock: Clock) {
    checkMaker(clock, 'indicator')
    this.key = panel.key
    this.warmup = panel.warmup
    this.#panel = panel
    this.#assets = panel.assets
    this.#clock = clock
    this.#windows = new Windows(panel.assets)
    this.#values = panel.values
    Object.freeze(this)
  }

  value(asset = 0, ago = 0): number {
    const { index } = this.#clock
    const assets = this.#assets
    // What is right for certain, in whole numbers; everything else is looked at below.
    if (asset >>> 0 === asset && asset < assets && ago >>> 0 === ago && ago <= index) {
      const value = this.#values[(index - ago) * assets + asset]
      if (value !== undefined) return value
    }
    return this.#look(asset, ago)
  }

  last(n: number, asset = 0): Float64Array {
    this.#checkAsset(asset)
    const { index } = this.#clock
    if (index === GONE) throw gone()
    return this.#windows.last(this.#view(), index, n, asset)
  }

  #look(asset: number, ago: number): number {
    this.#checkAsset(asset)
    const { index } = this.#clock
    return reaches(ago, index) ? this.#view()[(index - ago) * this.#assets + asset] : Number.NaN
  }

  #view(): Float64Array {
    if (this.#values.length === 0) this.#values = this.#panel.values
    return this.#values
  }

  static {
    panelOf = (indicator, clock) =>
      typeof indicator === 'object' && indicator !== null && #clock in indicator && indicator.#clock === clock
        ? indicator.#panel
        : undefined
  }

  #checkAsset(asset: number): void {
    if (!(Number.isInteger(asset) && asset >= 0 && asset < this.#assets))
      throw new FillgridError(
        'unknown_name',
        `indicator ${this.key}: assets run from 0 to ${this.#assets - 1}, found ${show(asset)}.`,
      )
  }
}

closeClass(PanelIndicator)
