import { FillgridError, show } from '../errors.ts'
import { type Engine, getEngine } from '../kernel/load.ts'
import { Sha256 } from '../kernel/sha256.ts'
import { alignColumns, alignTables } from './align.ts'
import type { AnnualPeriods } from './annual.ts'
import { buildMarket, type MarketDescriptor, type MarketPointers } from './build.ts'
import { type Calendar, readCalendar } from './calendar.ts'
import { type AddedColumns, extendDescriptor } from './extend.ts'
import {
  type AssetTable,
  checkMarketNames,
  isoTime,
  type KnownPeriods,
  type MarketColumns,
  type MarketOptions,
  PRICE_COLUMNS,
  type Remark,
} from './input.ts'
import type { Instrument } from './instrument.ts'
import type { InstrumentColumns } from './instruments.ts'
import { type Listing, sliceListing } from './listing.ts'
import { nearNames } from './names.ts'
import { cutEnds } from './periods.ts'
import type { Provenance } from './provenance.ts'

/** A column of a market in the engine's memory: one value a bar and asset, [bar * assetCount + asset]. */
export interface MarketColumn {
  readonly pointer: number
  readonly values: Float64Array
}

/** Memory held by a market and its slices together; given back when the last of them is released. */
interface Holding {
  blocks: number[]
  holders: number
  /** The markets among those that hold it. */
  markets: Set<WeakRef<Market>>
}

/**
 * The prices of some assets over some bars, with everything a run may read. Read-only once made.
 *
 * Columns are time-major in the engine's memory: value of asset a at bar b is at [b * assetCount + a]. They are
 * filled by rule 1.3: where only the close is known the rest is made from it; a bar that an asset does not have is NaN
 * in every column.
 */
export class Market {
  readonly assets: readonly string[]
  readonly assetCount: number
  readonly bars: number
  /** Byte offsets of the columns in the engine's memory, for kernels. @internal */
  readonly pointers: Readonly<MarketPointers>
  /** No asset lacks a bar. */
  readonly dense: boolean
  /** Prices may be zero or negative. */
  readonly allowNonPositive: boolean
  /** Milliseconds between neighbouring bars, the commonest; NaN with fewer than two bars. */
  readonly step: number
  /** Return periods: pointer to the index (i32) of the last bar of each, the day of each (i32) behind them, and their count. @internal */
  readonly periods: Readonly<{ ends: number; count: number }>
  /** How many returns make a year, and how that is known; of a slice, what the whole market has. */
  readonly annual: AnnualPeriods
  /** Pointers to the first bar of each asset and to the one from which it has ended (semantics 3.11), for kernels. @internal */
  readonly listing: Readonly<Listing>
  /** The time from which an asset has no bars any more, ms UTC by name; only those that have one (semantics 3.11). */
  readonly delisted: Readonly<Record<string, number>>
  /** What the assets are traded in, by name; only those of which something was said (semantics 1.9). */
  readonly instruments: Readonly<Record<string, Instrument>>
  /** Where that stands in the engine's memory, for kernels. @internal */
  readonly instrumentColumns: Readonly<InstrumentColumns>
  /** What a careful person would want to know about the data. */
  readonly remarks: readonly Remark[]
  /** Where the data came from and what was done with them; undefined for data from memory. */
  readonly provenance: Provenance | undefined
  readonly #engine: Engine
  readonly #index: ReadonlyMap<string, number>
  readonly #descriptor: MarketDescriptor
  readonly #holdings: Holding[]
  #views = new Map<number, Float64Array>()
  #buffer: ArrayBufferLike
  #signals: ReadonlyMap<string, MarketColumn> | undefined
  #context: ReadonlyMap<string, Float64Array> | undefined
  #digest: string | undefined
  #dataId: string | undefined
  #calendar: Calendar | undefined
  #released = false
  readonly #self = new WeakRef(this)

  /** Something more to be said about the data, by whoever read them. */
  addRemark(remark: Remark): void {
    this.#descriptor.remarks.push(remark)
  }

  private constructor(engine: Engine, descriptor: MarketDescriptor, holdings: Holding[]) {
    if (!Array.isArray(holdings))
      throw new FillgridError(
        'invalid_value',
        'market: made by its functions, found a call of its constructor. Use Market.from(...), or loadMarket of fillgrid/node.',
      )
    this.assets = descriptor.assets
    this.assetCount = descriptor.assets.length
    this.bars = descriptor.bars
    this.pointers = descriptor.pointers
    this.dense = descriptor.dense
    this.allowNonPositive = descriptor.allowNonPositive
    this.step = descriptor.step
    this.periods = descriptor.periods
    this.annual = descriptor.periods.annual
    this.listing = descriptor.listing
    this.delisted = delistedByName(descriptor)
    this.instruments = descriptor.instruments.byName
    this.instrumentColumns = descriptor.instruments.columns
    this.remarks = descriptor.remarks
    this.provenance = descriptor.provenance
    this.#engine = engine
    this.#index = new Map(descriptor.assets.map((asset, i) => [asset, i]))
    this.#descriptor = descriptor
    this.#holdings = holdings
    this.#buffer = engine.arena.memory.buffer
    this.#digest = descriptor.digest
    for (const { markets } of holdings) markets.add(this.#self)
  }

  /**
   * A market from time-major arrays, or from the rows of each asset (`[{ asset, time, open, ... }]`), which are brought
   * to the union of their time stamps; tables of the same asset are joined in time.
   *
   * @param options as in `MarketColumns`; what is given here wins
   * @throws FillgridError invalid_market (empty, unsorted or duplicate stamps, high below low, prices that are not
   * positive or finite, columns of unequal length, overlapping tables), invalid_value, memory_limit
   */
  static from(source: MarketColumns | readonly AssetTable[], options: MarketOptions = {}): Market {
    if (source === null || typeof source !== 'object') {
      throw new FillgridError(
        'invalid_market',
        `market: an object of arrays or a list of tables is needed, found ${show(source)}.` +
          (typeof source === 'string' ? ' Files and addresses are opened by `openMarket` of fillgrid/node.' : ''),
      )
    }
    checkMarketNames(source, options)
    const engine = getEngine()
    if (isTables(source)) return Market.#made(engine, buildMarket(engine, alignTables(source, options), options))
    const all = { ...source, ...options }
    return Market.#made(engine, buildMarket(engine, alignColumns(source, all), all))
  }

  static #made(engine: Engine, built: { descriptor: MarketDescriptor; blocks: number[] }): Market {
    return new Market(engine, built.descriptor, [newHolding(built.blocks)])
  }

  /** The market that another thread described, over the memory both share. It holds nothing: `release` leaves the memory alone. @internal */
  static attach(descriptor: MarketDescriptor): Market {
    return new Market(getEngine(), descriptor, [])
  }

  /** Plain data from which another thread over the same memory attaches this market; it must outlive that use. @internal */
  descriptor(): MarketDescriptor {
    this.#check()
    return this.#digest === undefined ? this.#descriptor : { ...this.#descriptor, digest: this.#digest }
  }

  /** Start of each bar, milliseconds UTC, increasing. */
  get time(): Float64Array {
    return this.#view(this.pointers.time, this.bars)
  }
  get open(): Float64Array {
    return this.#view(this.pointers.open, this.bars * this.assetCount)
  }
  get high(): Float64Array {
    return this.#view(this.pointers.high, this.bars * this.assetCount)
  }
  get low(): Float64Array {
    return this.#view(this.pointers.low, this.bars * this.assetCount)
  }
  get close(): Float64Array {
    return this.#view(this.pointers.close, this.bars * this.assetCount)
  }
  get volume(): Float64Array {
    return this.#view(this.pointers.volume, this.bars * this.assetCount)
  }
  /** max(open, high, low, close): what triggers see (rule 1.3). The column `high` itself where no bar differs. */
  get rangeHigh(): Float64Array {
    return this.#view(this.pointers.rangeHigh, this.bars * this.assetCount)
  }
  /** min(open, high, low, close); the column `low` itself where no bar differs. */
  get rangeLow(): Float64Array {
    return this.#view(this.pointers.rangeLow, this.bars * this.assetCount)
  }

  /** Index of the last bar of each return period, a view. @internal */
  get periodEnds(): Int32Array {
    this.#check()
    return this.#engine.arena.i32(this.periods.ends, this.periods.count)
  }

  /** The day that each return period belongs to, as days since 1970-01-01, a view. @internal */
  get periodDays(): Int32Array {
    this.#check()
    return this.#engine.arena.i32(this.periods.ends + this.periods.count * 4, this.periods.count)
  }

  /** Return periods for a market over the same time stamps. @internal */
  get knownPeriods(): KnownPeriods {
    const { annual, calendar } = this.#descriptor.periods
    return { ends: this.periodEnds.slice(), days: this.periodDays.slice(), annual, calendar }
  }

  /** When it trades, where that was said (`calendar`); of longer bars, what their days were cut by. */
  get calendar(): Calendar | undefined {
    const { calendar } = this.#descriptor.periods
    if (calendar !== undefined) this.#calendar ??= readCalendar(calendar)
    return this.#calendar
  }

  /** Further columns per asset, by name. */
  get signals(): ReadonlyMap<string, MarketColumn> {
    this.#fresh()
    this.#signals ??= new Map(
      this.#descriptor.signals.map(({ name, pointer }) => [
        name,
        { pointer, values: this.#view(pointer, this.bars * this.assetCount) },
      ]),
    )
    return this.#signals
  }

  /** Columns per bar that belong to no asset, by name. */
  get context(): ReadonlyMap<string, Float64Array> {
    this.#fresh()
    this.#context ??= new Map(
      this.#descriptor.context.map(({ name, pointer }) => [name, this.#view(pointer, this.bars)]),
    )
    return this.#context
  }

  /** Index of an asset. @throws FillgridError unknown_name with the nearest names */
  assetIndex(asset: string): number {
    const index = this.#index.get(asset)
    if (index !== undefined) return index
    const near = nearNames(asset, this.assets)
    const known =
      this.assets.length <= 8
        ? this.assets.join(', ')
        : `${this.assets.slice(0, 8).join(', ')} and ${this.assets.length - 8} more`
    throw new FillgridError(
      'unknown_name',
      `market: asset ${show(asset)} is not in it. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known}.`}`,
      { asset: typeof asset === 'string' ? asset : show(asset) },
    )
  }

  /** Currency that a unit of an asset gains when its price rises by 1 (semantics 1.9). @internal */
  multiplierOf(asset: number): number {
    return this.instruments[this.assets[asset]]?.multiplier ?? 1
  }

  /** Start of a bar as ISO 8601 UTC. @throws FillgridError out_of_range */
  barTime(bar: number): string {
    if (!(Number.isInteger(bar) && bar >= 0 && bar < this.bars)) {
      throw new FillgridError('out_of_range', `market: bars are 0 to ${this.bars - 1}, found ${show(bar)}.`)
    }
    return isoTime(this.time[bar])
  }

  /**
   * The bars `fromBar` to `toBar` (exclusive; default: to the end) as a market of their own over the same memory.
   * Release it like any other; the memory is given back with the last of them. Remarks are those of the whole.
   *
   * @throws FillgridError out_of_range when the range is empty or outside
   */
  slice(fromBar: number, toBar: number = this.bars): Market {
    this.#check()
    if (
      !(Number.isInteger(fromBar) && Number.isInteger(toBar) && fromBar >= 0 && fromBar < toBar && toBar <= this.bars)
    ) {
      throw new FillgridError(
        'out_of_range',
        `market: a slice needs 0 <= from < to <= ${this.bars}, found ${show(fromBar)} and ${show(toBar)}.`,
      )
    }
    const { arena } = this.#engine
    const bars = toBar - fromBar
    const cut = cutEnds(this.periodEnds, fromBar, toBar)
    const ends = arena.allocate(cut.length * 8, 'the periods of a slice')
    arena.i32(ends, cut.length).set(cut)
    const period = this.periodEnds.findIndex((last) => last >= fromBar)
    arena.i32(ends + cut.length * 4, cut.length).set(this.periodDays.subarray(period, period + cut.length))
    const perBar = fromBar * 8
    const perCell = fromBar * this.assetCount * 8
    const pointers = { ...this.pointers }
    for (const name of Object.keys(pointers) as (keyof MarketPointers)[])
      pointers[name] += name === 'time' ? perBar : perCell
    const from = fromBar * this.assetCount
    const dense = this.dense || !this.close.subarray(from, from + bars * this.assetCount).some(Number.isNaN)
    const listing = sliceListing(this.#engine, this.listing, this.assetCount, fromBar, dense)
    const descriptor: MarketDescriptor = {
      ...this.#descriptor,
      bars,
      pointers,
      dense,
      listing,
      signals: this.#descriptor.signals.map(({ name, pointer }) => ({ name, pointer: pointer + perCell })),
      context: this.#descriptor.context.map(({ name, pointer }) => ({ name, pointer: pointer + perBar })),
      periods: { ...this.#descriptor.periods, ends, count: cut.length },
      digest: undefined,
    }
    for (const holding of this.#holdings) holding.holders++
    return new Market(this.#engine, descriptor, [
      ...this.#holdings,
      newHolding(listing.listed === 0 ? [ends] : [ends, listing.listed]),
    ])
  }

  /**
   * The same market with further columns, over the same memory. Release it like any other; the memory is given back with
   * the last of them.
   *
   * @throws FillgridError invalid_market for columns of another length, memory_limit
   */
  with(columns: AddedColumns): Market {
    this.#check()
    const { descriptor, block } = extendDescriptor(this.#engine, this.#descriptor, columns)
    for (const holding of this.#holdings) holding.holders++
    return new Market(this.#engine, descriptor, [...this.#holdings, newHolding([block])])
  }

  /**
   * SHA-256 of the content (64 hexadecimal digits): assets, time and columns as they were filled. Equal for equal data,
   * however they were given. Computed once, and known from then on, also when the market was released.
   *
   * @param options `provenance`: of the content and of the record of where it came from and what was done with it
   * @throws FillgridError released where nobody had asked for it before
   */
  digest(options: { provenance?: boolean } = {}): string {
    if (options.provenance) {
      this.#dataId ??= new Sha256()
        .update(`fillgrid data 1\n${this.digest()}\n${JSON.stringify(this.provenance ?? null, sortedKeys)}\n`)
        .hex()
      return this.#dataId
    }
    if (this.#digest !== undefined) return this.#digest
    if (this.#released)
      throw new FillgridError(
        'released',
        'market: its digest is made of its bars, and fingerprints and data ids of the digest, found it released before anybody had asked for one. Call market.digest(), or read result.fingerprint, before market.release().',
      )
    const signals = [...this.signals].sort(([a], [b]) => (a < b ? -1 : 1))
    const context = [...this.context].sort(([a], [b]) => (a < b ? -1 : 1))
    const head = {
      format: 'fillgrid market 1',
      assets: this.assets,
      bars: this.bars,
      allowNonPositive: this.allowNonPositive,
      signals: signals.map(([name]) => name),
      context: context.map(([name]) => name),
      // Only where there is one, so that the digests of other markets are what they were before it.
      ...(this.#descriptor.delisted ? { delisted: this.assets.map((asset) => this.delisted[asset] ?? null) } : {}),
      ...(Object.keys(this.instruments).length > 0
        ? { instruments: this.assets.map((asset) => this.instruments[asset] ?? null) }
        : {}),
    }
    const hash = new Sha256().update(`${JSON.stringify(head)}\n`).update(this.time)
    for (const name of PRICE_COLUMNS) hash.update(this[name])
    for (const [, column] of signals) hash.update(column.values)
    for (const [, values] of context) hash.update(values)
    this.#digest = hash.hex()
    return this.#digest
  }

  /** It was released and cannot be used any more. */
  get released(): boolean {
    return this.#released
  }

  /** For whoever goes on with pointers that were read before. @throws FillgridError released @internal */
  checkHeld(): void {
    this.#check()
  }

  /** The other markets over the same memory that were not released: what this one was cut from or made of, its slices. @internal */
  relatives(): Market[] {
    const found = new Set<Market>()
    for (const { markets } of this.#holdings)
      for (const reference of markets) {
        const market = reference.deref()
        if (!market) markets.delete(reference)
        else if (market !== this) found.add(market)
      }
    return [...found]
  }

  /** Keeps the memory until the function that it returns is called, whoever releases the market meanwhile. @internal */
  hold(): () => void {
    this.#check()
    for (const holding of this.#holdings) holding.holders++
    return () => this.#letGo()
  }

  /** Gives the memory back (with the last of a market and its slices). Using the market afterwards is an error. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#views.clear()
    for (const { markets } of this.#holdings) markets.delete(this.#self)
    this.#letGo()
  }

  #letGo(): void {
    for (const holding of this.#holdings) {
      holding.holders--
      if (holding.holders === 0) for (const block of holding.blocks) this.#engine.arena.release(block)
    }
  }

  #check(): void {
    if (this.#released)
      throw new FillgridError('released', 'market: it was released and cannot be used any more. Load it again.')
  }

  /** Unshared memory moves when it grows; views are then taken anew. */
  #fresh(): void {
    this.#check()
    if (this.#engine.arena.memory.buffer === this.#buffer) return
    this.#buffer = this.#engine.arena.memory.buffer
    this.#views = new Map()
    this.#signals = undefined
    this.#context = undefined
  }

  #view(pointer: number, length: number): Float64Array {
    this.#fresh()
    let view = this.#views.get(pointer)
    if (!view) {
      view = this.#engine.arena.f64(pointer, length)
      this.#views.set(pointer, view)
    }
    return view
  }
}

function newHolding(blocks: number[]): Holding {
  return { blocks, holders: 1, markets: new Set() }
}

function delistedByName({ assets, delisted }: MarketDescriptor): Readonly<Record<string, number>> {
  const known = assets.flatMap((asset, i) => (delisted && !Number.isNaN(delisted[i]) ? [[asset, delisted[i]]] : []))
  return Object.freeze(Object.fromEntries(known))
}

/** For JSON.stringify: objects with their keys in one order. */
function sortedKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isTables(source: MarketColumns | readonly AssetTable[]): source is readonly AssetTable[] {
  return Array.isArray(source)
}
