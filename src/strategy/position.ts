import * as L from '../../assembly/layout.ts'
import type { Lane } from '../kernel/lane.ts'
import { lotsOf, sumLots } from '../kernel/lots.ts'
import type { Market } from '../market/market.ts'
import { strangeNameError } from '../market/names.ts'
import { type Clock, checkMaker, closeClass, GONE } from './clock.ts'
import { releasedError } from './refusals.ts'

const NOT_YET = new Float64Array(0)
const NO_WORDS = new Int32Array(0)

/** One lot of a position, as it is now (semantics 10.13). */
export interface PositionLot {
  /** The id of the order that has opened it, by which it goes. */
  readonly id: number
  /** The tag of that order; 0 without. */
  readonly tag: number
  /** Signed units. */
  readonly quantity: number
  /** Average price of its entries, slippage included. */
  readonly averagePrice: number
  /** Index and start (ms UTC) of the bar in which it was opened. */
  readonly entryBar: number
  readonly entryTime: number
  /** The asset's own bars closed after the entry bar. */
  readonly barsHeld: number
  /** Entry commissions not yet charged to trades, currency. */
  readonly commission: number
  /** (mark - average) * quantity * multiplier, currency, before costs. */
  readonly unrealizedPnl: number
  /** Highest and lowest price of its walk so far. */
  readonly highWaterMark: number
  readonly lowWaterMark: number
}

/** A live view of one asset's position. Prices and times are NaN or -1 while flat. */
export class PositionView {
  readonly asset: number
  readonly symbol: string
  readonly #lane: Lane
  readonly #market: Market
  readonly #contextNames: readonly string[]
  readonly #clock: Clock
  /** The position's record, and columns of all positions; taken anew where the memory has moved. */
  #record: Float64Array = NOT_YET
  #words: Int32Array = NO_WORDS
  #marks: Float64Array = NOT_YET
  #highs: Float64Array = NOT_YET
  #lows: Float64Array = NOT_YET
  #context: Float64Array = NOT_YET
  /** Initial quantity of the position that this order opened in this bar; of another epoch it says nothing. */
  #initial = { epoch: -1, bar: -1, order: -1, quantity: 0 }

  /** Made by the broker. @internal */
  constructor(lane: Lane, market: Market, asset: number, contextNames: readonly string[], clock: Clock) {
    checkMaker(clock, 'position')
    this.#lane = lane
    this.#clock = clock
    this.#market = market
    this.asset = asset
    this.symbol = market.assets[asset]
    this.#contextNames = contextNames
    Object.freeze(this)
  }

  /** Signed units; 0 when flat. Everything else here asks for them first. */
  get quantity(): number {
    if (this.#clock.index === GONE) throw releasedError()
    return this.#lane.quantities[this.asset]
  }

  /** 'long', 'short' or 'flat'. */
  get side(): 'long' | 'short' | 'flat' {
    return this.quantity > 0 ? 'long' : this.quantity < 0 ? 'short' : 'flat'
  }

  get isLong(): boolean {
    return this.quantity > 0
  }

  get isShort(): boolean {
    return this.quantity < 0
  }

  get isFlat(): boolean {
    return this.quantity === 0
  }

  /** Average entry price, slippage included. */
  get averagePrice(): number {
    return this.#f64(L.POSITION_AVERAGE)
  }

  /** Last price seen. */
  get markPrice(): number {
    if (this.isFlat) return Number.NaN
    if (this.#marks.length === 0) this.#marks = this.#lane.column(L.RUN_MARKS)
    return this.#marks[this.asset]
  }

  /** (mark - average) * quantity * multiplier, currency, before costs. */
  get unrealizedPnl(): number {
    if (this.isFlat) return 0
    return (this.markPrice - this.averagePrice) * (this.quantity * this.#market.multiplierOf(this.asset))
  }

  /** (mark - average) * side / |average|, percent, before costs; NaN while flat. */
  get unrealizedPercent(): number {
    return 100 * this.#excursion(this.markPrice)
  }

  /** (mark - average) * side > 0: it would gain, before costs. False while flat. */
  get isProfitable(): boolean {
    return this.unrealizedPnl > 0
  }

  /** How far the mark is from the best price so far, a fraction of that price, at least 0; NaN while flat. */
  get drawdownFromPeak(): number {
    const best = this.quantity > 0 ? this.highWaterMark : this.lowWaterMark
    return Math.max(0, ((best - this.markPrice) * (this.quantity > 0 ? 1 : -1)) / Math.abs(best))
  }

  /** Maximum favourable excursion so far, a fraction of the average entry price, at least 0; NaN while flat (semantics 7.4). */
  get mfe(): number {
    return Math.max(0, this.#excursion(this.quantity > 0 ? this.highWaterMark : this.lowWaterMark))
  }

  /** Maximum adverse excursion so far, at most 0; NaN while flat. */
  get mae(): number {
    return Math.min(0, this.#excursion(this.quantity > 0 ? this.lowWaterMark : this.highWaterMark))
  }

  /** Entry commissions not yet charged to trades, currency. */
  get commission(): number {
    return this.isFlat ? 0 : this.#f64(L.POSITION_COMMISSION)
  }

  /** Highest and lowest price of its walk so far. */
  get highWaterMark(): number {
    if (this.isFlat) return Number.NaN
    this.#sum()
    if (this.#highs.length === 0) this.#highs = this.#lane.column(L.RUN_HIGHS)
    return this.#highs[this.asset]
  }

  get lowWaterMark(): number {
    if (this.isFlat) return Number.NaN
    this.#sum()
    if (this.#lows.length === 0) this.#lows = this.#lane.column(L.RUN_LOWS)
    return this.#lows[this.asset]
  }

  /** Index of the bar in which it was opened, -1 when flat. */
  get entryBar(): number {
    return this.isFlat ? -1 : this.#i32(L.POSITION_ENTRY_BAR)
  }

  /** Start of the bar in which it was opened, ms UTC; NaN when flat. */
  get entryTime(): number {
    return this.isFlat ? Number.NaN : this.#market.time[this.entryBar]
  }

  /** Signed units of the fill that opened it, whatever was added or taken off since; 0 when flat. */
  get initialQuantity(): number {
    if (this.isFlat) return 0
    const bar = this.#i32(L.POSITION_ENTRY_BAR)
    const order = this.#i32(L.POSITION_ENTRY_ORDER)
    const { epoch } = this.#clock
    const known = this.#initial
    if (known.epoch !== epoch || known.bar !== bar || known.order !== order)
      this.#initial = { epoch, bar, order, quantity: this.#openingFill(bar, order) }
    return this.#initial.quantity
  }

  /** The asset's own bars closed after the entry bar. */
  get barsHeld(): number {
    if (this.isFlat) return 0
    return this.#lane.shape.dense ? this.#lane.i32(L.RUN_BAR) - this.entryBar : this.#i32(L.POSITION_BARS_HELD)
  }

  /**
   * The lots that it is made of, first in first, copies; none while flat and in runs with `lots: 'average'`. Everything else here is
   * of all lots together: prices are averages and extremes, bar and order of entry those of the first lot.
   */
  get lots(): readonly PositionLot[] {
    if (this.isFlat) return []
    const { dense } = this.#lane.shape
    const now = this.#lane.i32(L.RUN_BAR)
    const by = this.#market.multiplierOf(this.asset)
    const mark = this.markPrice
    return lotsOf(this.#lane, this.asset).map(({ f64, position, words }) => {
      const quantity = f64[L.LOT_QUANTITY / 8]
      const averagePrice = position[L.POSITION_AVERAGE / 8]
      const entryBar = words[L.POSITION_ENTRY_BAR / 4]
      return {
        id: words[L.POSITION_ENTRY_ORDER / 4],
        tag: position[L.POSITION_TAG / 8],
        quantity,
        averagePrice,
        entryBar,
        entryTime: this.#market.time[entryBar],
        barsHeld: dense ? now - entryBar : words[L.POSITION_BARS_HELD / 4],
        commission: position[L.POSITION_COMMISSION / 8],
        unrealizedPnl: (mark - averagePrice) * (quantity * by),
        highWaterMark: f64[L.LOT_HIGH / 8],
        lowWaterMark: f64[L.LOT_LOW / 8],
      }
    })
  }

  /** A named number that the strategy attached; NaN where none was. @throws FillgridError unknown_name */
  context(name: string): number {
    const at = this.#contextNames.indexOf(name)
    if (at < 0)
      throw strangeNameError('position context', "in the strategy's static contextNames", name, this.#contextNames)
    if (this.isFlat) return Number.NaN
    if (this.#context.length === 0) this.#context = this.#lane.context(this.asset)
    return this.#context[at]
  }

  /** Fills stand in the order of their bars. Of an order that reverses, the closing fill comes first and this one last. */
  #openingFill(bar: number, order: number): number {
    const n = (column: number, row: number) => this.#lane.tables.fills.i32(column, row)
    const rows = this.#lane.tables.fills.rows
    let [low, high] = [0, rows]
    while (low < high) {
      const middle = (low + high) >> 1
      if (n(L.FILL_BAR, middle) < bar) low = middle + 1
      else high = middle
    }
    let found = Number.NaN
    for (let row = low; row < rows && n(L.FILL_BAR, row) === bar; row++)
      if (n(L.FILL_ORDER, row) === order) found = this.#lane.tables.fills.f64(L.FILL_QUANTITY, row)
    return found
  }

  /** (price - average) * side / |average|. */
  #excursion(price: number): number {
    const average = this.averagePrice
    return ((price - average) * (this.quantity > 0 ? 1 : -1)) / Math.abs(average)
  }

  #f64(offset: number): number {
    if (this.isFlat) return Number.NaN
    this.#sum()
    if (this.#record.length === 0) this.#take()
    return this.#record[offset / 8]
  }

  #i32(offset: number): number {
    this.#sum()
    if (this.#words.length === 0) this.#take()
    return this.#words[offset / 4]
  }

  /** A position of lots is worked out when somebody asks. */
  #sum(): void {
    if (this.#lane.i32(L.RUN_LOTS) === L.LOTS_AVERAGE) return
    this.#lane.bind()
    sumLots(this.#lane, this.asset)
  }

  #take(): void {
    const pointer = (this.#lane.i32(L.RUN_POSITIONS) >>> 0) + this.asset * L.POSITION_BYTES
    this.#record = this.#lane.engine.arena.f64(pointer, L.POSITION_BYTES / 8)
    this.#words = this.#lane.engine.arena.i32(pointer, L.POSITION_BYTES / 4)
  }
}

closeClass(PositionView)
