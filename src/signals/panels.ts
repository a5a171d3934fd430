import { FillgridError, show } from '../errors.ts'
import { type Engine, getEngine } from '../kernel/load.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import type { Alignment } from '../market/visible.ts'
import {
  findIndicator,
  type IndicatorParameters,
  indicatorValues,
  isRepainting,
  outputIndex,
  unknownName,
} from './catalogue.ts'
import { runIndicator } from './compute.ts'
import { LongerBars, type LongerCut, type LongerParameters, splitLonger } from './longer.ts'
import { cutKey, periodRows } from './periods.ts'
import {
  type IndicatorInput,
  type IndicatorSpec,
  type IndicatorValues,
  type PeriodCut,
  PRICES,
  STANDARD,
  TIMED,
} from './spec.ts'

/** Columns of a market that an indicator may read. */
const COLUMNS = [...PRICES, 'rangeHigh', 'rangeLow'] as const
type ColumnName = (typeof COLUMNS)[number]

/** What an indicator is taken of: a column of the market, one of its signals by name, another panel, or in a run its key. */
export type PanelSource = string | Panel

/**
 * Parameters of a panel: those of the indicator, `source` ('close' by default) where it reads one, and `timeframe` (with
 * `calendar` and so on) where it is to be taken of longer bars, each seen only once it has closed.
 */
export type PanelParameters<S = PanelSource, N extends string = string> = IndicatorParameters<N> & {
  readonly source?: S
  /** The second column, where it reads two of the caller's choice: 'open' by default. */
  readonly other?: S
} & LongerParameters

/** Default byte budget of a market's panels: 256 MiB. */
export const PANEL_BUDGET = 256 * 1048576

/** What a panel is an output of. */
let entryOf: (panel: Panel) => Entry

/** What an indicator reads. */
interface PanelInput {
  key: string
  pointer: number
  warmup: number
  panel?: Panel
}

/** The outputs of one computation, kept and evicted together. */
interface Entry {
  key: string
  pointers: number[]
  bytes: number
  pins: number
  /** Evicted: the memory belongs to something else. */
  gone: boolean
  panels: Panel[]
  /** Numbers of the own columns that it is or was computed of. */
  owners: readonly number[]
  /** The key of what later bars change in it: an indicator that repaints. */
  repaints?: string
}

/** An indicator over every bar and asset of a market: [bar * assets + asset], NaN while it warms up and where an asset has no bar. */
export class Panel {
  /** What it is, for example `ema(close,20)` or `macd(close,12,26,9).signal`; `column:z` for a run's own column z. */
  readonly key: string
  readonly bars: number
  readonly assets: number
  /** bars * assets. */
  readonly length: number
  /** Own bars of an asset before the first value, counted from the first bar of the market's column. */
  readonly warmup: number
  readonly market: Market
  readonly #entry: Entry
  readonly #pointer: number
  readonly #engine: Engine
  #view: Float64Array | undefined

  static {
    entryOf = (panel) => panel.#entry
  }

  /** Made by the cache. @internal */
  constructor(engine: Engine, market: Market, entry: Entry, output: number, key: string, warmup: number) {
    this.#engine = engine
    this.#entry = entry
    this.#pointer = entry.pointers[output]
    this.key = key
    this.market = market
    this.bars = market.bars
    this.assets = market.assetCount
    this.length = this.bars * this.assets
    this.warmup = warmup
  }

  /** The key of an indicator that repaints, where it is one or is made of one: later bars change it. */
  get repaints(): string | undefined {
    return this.#entry.repaints
  }

  /** Byte offset in the engine's memory. @throws FillgridError engine_failed after eviction */
  get pointer(): number {
    if (this.#entry.gone) {
      throw new FillgridError('engine_failed', `panel ${this.key}: it was given back. Pin a panel while it is in use.`)
    }
    return this.#pointer
  }

  /** A view of the values; take it anew after anything that may allocate. */
  get values(): Float64Array {
    const { pointer } = this
    if (this.#view?.buffer !== this.#engine.arena.memory.buffer)
      this.#view = this.#engine.arena.f64(pointer, this.length)
    return this.#view as Float64Array
  }

  /** Keeps it from eviction until as many calls of `unpin`. */
  pin(): this {
    this.#entry.pins++
    return this
  }

  unpin(): void {
    if (this.#entry.pins > 0) this.#entry.pins--
  }
}

/**
 * The panels of one market, each computed once. Beyond the budget those not used for longest go, but never one that
 * is pinned: what a run uses stays, even where it is more than the budget.
 */
export class PanelCache {
  readonly #engine: Engine
  readonly #market: Market
  /** In the order of use, the last used last. */
  readonly #entries = new Map<string, Entry>()
  readonly #longer: LongerBars
  #budget = PANEL_BUDGET
  #bytes = 0
  /** Counts own columns: those of two runs differ, whatever their names. */
  #owned = 0
  /** Columns of the market, by pointer, that were looked at for gaps, and those that have none. */
  readonly #looked = new Set<number>()
  readonly #whole = new Set<number>()
  /** Whether any bar of the market has a volume; not looked at yet. */
  #traded: boolean | undefined

  /** Made by `panelCache`. @internal */
  constructor(engine: Engine, market: Market) {
    this.#engine = engine
    this.#market = market
    this.#longer = new LongerBars(market)
  }

  /** Bytes that panels may take. Lowering it evicts at once. */
  get budget(): number {
    return this.#budget
  }
  set budget(bytes: number) {
    if (!(bytes >= 0)) {
      throw new FillgridError('invalid_value', `panels: a budget is bytes, 0 or more, found ${show(bytes)}.`)
    }
    this.#budget = bytes
    this.#evict(0)
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes
  }

  /** Keys of the computations held, the least recently used first. */
  get keys(): string[] {
    return [...this.#entries.values()].map(({ key }) => key)
  }

  /** See `computePanel`. */
  panel(name: string, parameters: PanelParameters = {}, output?: string): Panel {
    const indicator = findIndicator(name)
    checkParameters(name, parameters)
    const { cut, rest: given } = splitLonger(parameters)
    const { source, other, ...rest } = given
    const chosen: Readonly<Record<string, PanelSource | undefined>> = { source, other }
    for (const [input, column] of Object.entries(chosen)) {
      if (column !== undefined && !indicator.inputs.includes(input as IndicatorInput))
        throw new FillgridError(
          'invalid_value',
          `${name}: it reads ${indicator.inputs.join(', ')}, found ${input} ${show(column)}.`,
        )
      if (cut && column instanceof Panel)
        throw new FillgridError(
          'invalid_value',
          `${name}: with a timeframe, ${input} must be a column of the market, found panel ${column.key}.`,
        )
    }
    const values = indicatorValues(indicator, rest)
    const at = outputIndex(indicator, output)
    const read = indicator.inputs.filter((input) => input !== TIMED)
    const inputs = read.map((input) => {
      const column = chosen[input]
      return this.#input(indicator, input, column === undefined ? STANDARD[input] : column)
    })
    const words = [...inputs.filter((_, i) => read[i] in chosen).map((input) => input.key), ...Object.values(values)]
    const key = `${name}(${words.join(',')})${cut ? `@${cut.key}` : ''}`
    const place = placeOf(key, ownersOf(inputs))
    let entry = this.#entries.get(place)
    if (entry) this.#entries.delete(place)
    else if (cut) entry = this.#spread(indicator, given, cut, key)
    else {
      // The last, as records name it.
      if (indicator.periods) inputs.push(this.#periods(indicator, indicator.periods(values)))
      entry = this.#compute(indicator, values, inputs, key)
    }
    this.#entries.set(place, entry)
    return entry.panels[at]
  }

  /**
   * A column that a run has worked out itself. It is another one each time, whatever its name, and stays until `disown`.
   *
   * @param values one a bar and asset, copied
   * @internal
   */
  own(name: string, values: Float64Array): Panel {
    const { arena } = this.#engine
    const key = `column:${name}`
    const bytes = values.length * 8
    this.#evict(bytes)
    const pointer = arena.allocate(bytes, `the column ${name}`)
    arena.f64(pointer, values.length).set(values)
    const owners = [++this.#owned]
    const entry: Entry = { key, pointers: [pointer], bytes, pins: 0, gone: false, panels: [], owners }
    // Where its values begin is the function's own business: NaN after NaN may be anything.
    entry.panels = [new Panel(this.#engine, this.#market, entry, 0, key, 0)]
    this.#bytes += bytes
    this.#entries.set(placeOf(key, owners), entry)
    return entry.panels[0]
  }

  /**
   * A column that is worked out of panels and columns of this market, once.
   *
   * @param key all that it depends on; none of it is a column that a run has worked out itself
   * @param inputs make the panels that `write` reads, which stay meanwhile
   * @param write fills the column, of which it is given the pointer
   * @internal
   */
  derive(
    key: string,
    inputs: readonly (() => Panel)[],
    write: (pointer: number, inputs: readonly Panel[]) => void,
  ): Panel {
    // An indicator with the same text may be another panel, which does not mind what is undefined in its source.
    const place = `= ${key}`
    const known = this.#entries.get(place)
    if (known) {
      this.#entries.delete(place)
      this.#entries.set(place, known)
      return known.panels[0]
    }
    const panels: Panel[] = []
    const { arena } = this.#engine
    const bytes = this.#market.bars * this.#market.assetCount * 8
    const entry: Entry = { key, pointers: [], bytes, pins: 0, gone: false, panels: [], owners: [] }
    try {
      for (const make of inputs) panels.push(make().pin())
      entry.repaints = repaintsOf(panels)
      this.#evict(bytes)
      entry.pointers.push(arena.allocate(bytes, `the panel ${key}`))
      write(entry.pointers[0], panels)
    } catch (error) {
      for (const pointer of entry.pointers) arena.release(pointer)
      throw error
    } finally {
      for (const panel of panels) panel.unpin()
    }
    this.#bytes += bytes
    // Where its values begin is a matter of what it is made of: a condition may be known where a part of it is not.
    entry.panels = [new Panel(this.#engine, this.#market, entry, 0, key, 0)]
    this.#entries.set(place, entry)
    return entry.panels[0]
  }

  /** Longer bars of this market with their panels, and how they come back to its bars. @internal */
  longer(cut: LongerCut): { cache: PanelCache; alignment: Alignment } {
    const { market, alignment } = this.#longer.of(cut)
    return { cache: cacheOf(market, this.#engine), alignment }
  }

  /** @internal */
  get market(): Market {
    return this.#market
  }

  /** @internal */
  get engine(): Engine {
    return this.#engine
  }

  /** Gives back a run's own column and all that was computed of it, which nobody else can ask for. @internal */
  disown(own: Panel): void {
    const [owner] = entryOf(own).owners
    for (const [place, entry] of this.#entries) {
      if (!entry.owners.includes(owner)) continue
      this.#entries.delete(place)
      this.#drop(entry)
    }
  }

  /** Names of the market's columns that an indicator may read. */
  get columnNames(): string[] {
    return [...COLUMNS, ...this.#market.signals.keys()]
  }

  /** Gives back every panel. */
  clear(): void {
    for (const entry of this.#entries.values()) this.#drop(entry)
    this.#entries.clear()
    for (const market of this.#longer.release()) releasePanels(market)
  }

  /** The column that numbers the periods of the bars. */
  #periods(indicator: IndicatorSpec, cut: PeriodCut): PanelInput {
    const { market, engine } = this
    const { bars, assetCount, pointers } = market
    const key = `${TIMED} ${cutKey(cut)}`
    const panel = this.derive(key, [], (dst) => {
      const rows = periodRows(indicator.name, market, cut)
      const { arena, kernels } = engine
      const room = arena.allocate(bars * 8, key)
      try {
        arena.f64(room, bars).set(rows)
        kernels.rowsAcross(room, pointers.close, dst, bars, assetCount)
      } finally {
        arena.release(room)
      }
    })
    return { key, pointer: panel.pointer, warmup: 0, panel }
  }

  #input(indicator: IndicatorSpec, input: IndicatorInput, source: PanelSource): PanelInput {
    const market = this.#market
    if (source instanceof Panel) {
      if (source.market !== market) {
        throw new FillgridError(
          'invalid_value',
          `${indicator.name}: ${input} must be a panel of the same market, found ${source.key} over another of ${source.bars} bars and ${source.assets} assets.`,
        )
      }
      return { key: source.key, pointer: source.pointer, warmup: source.warmup, panel: source }
    }
    if (COLUMNS.includes(source as ColumnName)) {
      if (source === 'volume') this.#expectVolume(indicator)
      return { key: source, pointer: market.pointers[source as ColumnName], warmup: 0 }
    }
    const signal = market.signals.get(source)
    if (signal) return { key: `signal:${source}`, pointer: signal.pointer, warmup: 0 }
    throw unknownName(`${indicator.name}: ${input}`, source, this.columnNames)
  }

  /** Which of some columns of the market have no gap; each is looked at once. Those of several assets seldom have none. */
  #wholeOf(inputs: readonly { pointer: number; panel?: Panel }[]): ReadonlySet<number> {
    if (this.#market.assetCount > 1) return this.#whole
    for (const { pointer, panel } of inputs) {
      if (panel || this.#looked.has(pointer)) continue
      this.#looked.add(pointer)
      if (this.#engine.kernels.leadingAbsent(pointer, this.#market.bars) === 0) this.#whole.add(pointer)
    }
    return this.#whole
  }

  /** A market without volumes has zeros, of which every figure would be a wrong one. */
  #expectVolume(indicator: IndicatorSpec): void {
    this.#traded ??= this.#market.volume.some((units) => units > 0)
    if (this.#traded) return
    throw new FillgridError(
      'invalid_value',
      `${indicator.name}: a market with volumes expected, found ${this.#market.bars} bars without any. Load the column of volumes, or use an indicator of prices alone.`,
    )
  }

  #compute(indicator: IndicatorSpec, values: IndicatorValues, inputs: readonly PanelInput[], key: string): Entry {
    const { arena } = this.#engine
    const { bars, assetCount } = this.#market
    const size = bars * assetCount * 8
    const bytes = size * indicator.outputs.length
    const owners = ownersOf(inputs)
    const entry: Entry = { key, pointers: [], bytes, pins: 0, gone: false, panels: [], owners }
    entry.repaints = isRepainting(indicator, values) ? key : repaintsOf(inputs.map(({ panel }) => panel))
    for (const input of inputs) input.panel?.pin()
    try {
      this.#evict(bytes)
      for (const output of indicator.outputs) entry.pointers.push(arena.allocate(size, `the panel ${key} (${output})`))
      runIndicator(
        this.#engine,
        this.#market,
        indicator,
        values,
        inputs.map((input) => input.pointer),
        entry.pointers,
        this.#wholeOf(inputs),
      )
    } catch (error) {
      for (const pointer of entry.pointers) arena.release(pointer)
      throw error
    } finally {
      for (const input of inputs) input.panel?.unpin()
    }
    this.#bytes += bytes
    const before = Math.max(...inputs.map((input) => input.warmup))
    entry.panels = indicator.outputs.map((output, i) => {
      const name = indicator.outputs.length > 1 ? `${key}.${output}` : key
      return new Panel(this.#engine, this.#market, entry, i, name, before + indicator.warmup(values, output))
    })
    return entry
  }

  /** The indicator of longer bars, brought to the bars of this market. */
  #spread(indicator: IndicatorSpec, given: PanelParameters, cut: LongerCut, key: string): Entry {
    const { arena } = this.#engine
    const { bars, assetCount } = this.#market
    const { market, alignment } = this.#longer.of(cut)
    const cache = cacheOf(market, this.#engine)
    const panels = indicator.outputs.map((output) => cache.panel(indicator.name, given, output))
    const size = bars * assetCount * 8
    const bytes = size * panels.length
    const entry: Entry = { key, pointers: [], bytes, pins: 0, gone: false, panels: [], owners: [] }
    entry.repaints = repaintsOf(panels)
    try {
      this.#evict(bytes)
      for (const panel of panels) entry.pointers.push(arena.allocate(size, `the panel ${key} (${panel.key})`))
      panels.forEach((panel, i) => {
        arena.f64(entry.pointers[i], bars * assetCount).set(alignment.spread(panel.values))
      })
    } catch (error) {
      for (const pointer of entry.pointers) arena.release(pointer)
      throw error
    } finally {
      cache.clear()
    }
    this.#bytes += bytes
    entry.panels = indicator.outputs.map((output, i) => {
      const name = panels.length > 1 ? `${key}.${output}` : key
      const first = alignment.rows.findIndex((row) => row >= panels[i].warmup)
      return new Panel(this.#engine, this.#market, entry, i, name, first < 0 ? bars : first)
    })
    return entry
  }

  /** Makes room for so many bytes more, as far as what is not pinned allows. */
  #evict(bytes: number): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes + bytes <= this.#budget) return
      if (entry.pins > 0) continue
      this.#entries.delete(key)
      this.#drop(entry)
    }
  }

  #drop(entry: Entry): void {
    entry.gone = true
    this.#bytes -= entry.bytes
    for (const pointer of entry.pointers) this.#engine.arena.release(pointer)
  }
}

/** @throws FillgridError invalid_value */
function checkParameters(name: string, parameters: unknown): void {
  if (parameters === null || typeof parameters !== 'object')
    throw new FillgridError(
      'invalid_value',
      `${name}: an object of parameters expected, found ${show(parameters)}. For example { length: 20 }.`,
    )
}

/** The first of some panels that repaints. */
function repaintsOf(panels: readonly (Panel | undefined)[]): string | undefined {
  return panels.find((panel) => panel?.repaints !== undefined)?.repaints
}

/** Where the cache keeps something: equal keys over different own columns are different things. */
function placeOf(key: string, owners: readonly number[]): string {
  return owners.length > 0 ? `${key}#${owners.join('#')}` : key
}

function ownersOf(inputs: readonly { panel?: Panel }[]): number[] {
  const owners = new Set<number>()
  for (const { panel } of inputs) if (panel) for (const owner of entryOf(panel).owners) owners.add(owner)
  return [...owners]
}

const caches = new Map<Market, PanelCache>()

/** The panels of a market, on this thread. */
export function panelCache(market: Market): PanelCache {
  expectMarket(market, 'panelCache')
  return cacheOf(market, getEngine())
}

/** The same of an engine of one's own. */
export function cacheOf(market: Market, engine: Engine): PanelCache {
  let cache = caches.get(market)
  if (!cache) {
    for (const [other, panels] of caches) {
      if (!other.released) continue
      panels.clear()
      caches.delete(other)
    }
    cache = new PanelCache(engine, market)
    caches.set(market, cache)
  }
  return cache
}

/** Gives back the panels of a market at once; those of a released market go when the next one is read. */
export function releasePanels(market: Market): void {
  caches.get(market)?.clear()
  caches.delete(market)
}

/**
 * An indicator over all assets of a market, computed at the first call.
 *
 * @param name of INDICATORS
 * @param parameters those of the indicator, defaults for the rest, and `source`
 * @param output the first by default
 * @throws FillgridError unknown_name, invalid_value with the value and its range, memory_limit
 */
export function computePanel(
  engine: Engine,
  market: Market,
  name: string,
  parameters: PanelParameters = {},
  output?: string,
): Panel {
  return cacheOf(market, engine).panel(name, parameters, output)
}
