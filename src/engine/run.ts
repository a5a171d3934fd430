import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { Lane, type LaneImage } from '../kernel/lane.ts'
import { type Engine, getEngine } from '../kernel/load.ts'
import type { Market } from '../market/market.ts'
import { FILL_REASONS, PHASES } from '../results/schema.ts'
import { PanelScope, panelCache } from '../signals/panels.ts'
import { Bar, checkAgo, checkLength, copyLast } from './bar.ts'
import { Broker, type DefaultSize } from './broker.ts'
import { type CheckedSettings, writeSettings } from './config.ts'
import { endedOrder } from './orderbook.ts'
import { checkOrigin, noteOrigin } from './origin.ts'
import { SignalWriter } from './signals.ts'
import type { Indicator, ParameterValues, SignalColumns, SignalStrategy, Strategy } from './strategy.ts'

/** What drives the broker: a strategy's hooks, or signal columns (bare, or made by a signal strategy). */
export type Driver =
  | { kind: 'hooks'; strategy: Strategy }
  | { kind: 'signals'; strategy: SignalStrategy | SignalColumns }

/** A run at some bar: the run region, what was written so far, and the strategy's state. Can be restored many times. */
export interface Snapshot {
  /** Index of the last bar whose hook has run; -1 before the first. */
  readonly bar: number
  readonly image: LaneImage
  readonly state: unknown
}

/** Everything one run needs, checked. */
export interface RunSetup {
  market: Market
  driver: Driver
  settings: CheckedSettings
  parameters: ParameterValues
  size: DefaultSize
  /** RECORD_* of the layout; hooks with onOrder, onFill or onTrade raise it to events. */
  record: number
  contextNames: readonly string[]
  /** What stands for the strategy in the fingerprint, where it is not its own text. */
  strategySource?: string
  engine?: Engine
}

/** Bars of one slice of the signals driver: some tens of microseconds to milliseconds. */
const SLICE = 4096

/**
 * One run over a market, bar by bar: `advance` until it returns false, or `toEnd`. It can be saved after any bar,
 * restored and forked; a restored run ends byte-identical.
 */
export class Run {
  readonly setup: RunSetup
  readonly lane: Lane
  readonly #bar: Bar
  readonly #broker: Broker
  readonly #scope: PanelScope
  readonly #contextNames: string[]
  #signals: SignalWriter | undefined
  #events: ((events: Int32Array) => void) | undefined
  #started = false
  #ended = false
  #released = false

  constructor(setup: RunSetup) {
    const { market, driver } = setup
    const engine = setup.engine ?? getEngine()
    this.setup = setup
    this.#contextNames = [...setup.contextNames]
    let record = setup.record
    if (
      driver.kind === 'hooks' &&
      record > L.RECORD_NONE &&
      (driver.strategy.onOrder || driver.strategy.onFill || driver.strategy.onTrade)
    )
      record = L.RECORD_EVENTS
    if (driver.kind === 'hooks' && record === L.RECORD_NONE)
      record =
        driver.strategy.onOrder || driver.strategy.onFill || driver.strategy.onTrade ? L.RECORD_EVENTS : L.RECORD_TABLES
    this.lane = new Lane(engine, {
      bars: market.bars,
      assets: market.assetCount,
      dense: market.dense,
      nonPositive: market.allowNonPositive,
      pointers: market.pointers,
      record,
      contexts: this.#contextNames.length,
      periods: setup.record === L.RECORD_NONE ? market.periods : undefined,
    })
    this.#scope = new PanelScope(panelCache(market, engine))
    this.#bar = new Bar(market)
    this.#broker = new Broker(this.lane, market, setup.settings, setup.size, this.#contextNames)
  }

  /** Index of the last bar whose hook has run; -1 before the first. */
  get bar(): number {
    return this.lane.i32(L.RUN_BAR)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Called with the raw events (kind, index) of every bar, in order; for tests and journals. Needs RECORD_EVENTS. */
  onEvents(listener: (events: Int32Array) => void): void {
    this.#events = listener
  }

  /** Runs up to and including the next hook. @returns false when the run has ended */
  advance(): boolean {
    if (this.#ended) return false
    this.setup.market.checkHeld()
    if (this.setup.driver.kind === 'signals') return this.#advanceSignals(1)
    if (!this.#started) this.#start()
    this.lane.bind()
    if (this.#step() === L.STATUS_DONE) {
      this.#end()
      return false
    }
    this.#hooks()
    return true
  }

  /** Runs to the end. */
  toEnd(): this {
    const slice = this.setup.driver.kind === 'signals' ? SLICE : 1
    if (slice === 1) while (this.advance()) {}
    else while (!this.#ended && this.#advanceSignals(slice)) {}
    return this
  }

  /** Everything before the first bar: settings, the strategy's columns or `onStart`. */
  begin(): this {
    this.setup.market.checkHeld()
    if (!this.#started) this.#start()
    return this
  }

  /**
   * Runs over one market to their ends; those of signals in step: each over some bars, then each over the next, so that
   * the bars come into the processor's cache once for all of them.
   * @param failed told of a run that cannot go on
   */
  static toEndInStep(runs: readonly Run[], bars: number, failed: (run: Run, error: unknown) => void): void {
    let left = runs
    while (left.length > 0) {
      left = left.filter((run) => {
        try {
          if (run.setup.driver.kind === 'signals') return run.#advanceSignals(bars)
          run.toEnd()
          return false
        } catch (error) {
          failed(run, error)
          return false
        }
      })
    }
  }

  /** Saves the run as it is after a hook. @throws FillgridError invalid_strategy where the state cannot be cloned */
  snapshot(): Snapshot {
    if (!this.#started) this.#start()
    this.#broker.commit()
    const image = this.lane.save()
    noteOrigin(image, this.setup)
    return { bar: this.bar, image, state: this.#saveState() }
  }

  /**
   * Takes the run back (or forward) to a snapshot of a run with the same setup.
   * The market may be another object of equal content.
   * @throws FillgridError invalid_value where data, settings or parameters differ
   */
  restore(snapshot: Snapshot): this {
    if (!this.#started) this.#start()
    checkOrigin(snapshot, this.lane, this.setup)
    this.lane.load(snapshot.image)
    this.lane.writeMarket(this.setup.market.pointers)
    this.#broker.forget()
    this.#ended = false
    const { driver } = this.setup
    if (driver.kind === 'hooks') {
      const state = structuredClone(snapshot.state)
      if (driver.strategy.loadState) driver.strategy.loadState(state)
      else driver.strategy.state = state
    } else this.#signals?.write()
    this.#bar.moveTo(this.bar)
    return this
  }

  /** A second run that goes on from here. Hook strategies give the instance that is to go on (a fresh one). */
  fork(strategy?: Strategy): Run {
    const { driver } = this.setup
    if (driver.kind === 'hooks' && !strategy)
      throw new FillgridError(
        'invalid_value',
        'fork: a fresh instance of the strategy expected, found none. Pass new YourStrategy().',
      )
    const snapshot = this.snapshot()
    const run = new Run({ ...this.setup, driver: strategy ? { kind: 'hooks', strategy } : driver })
    return run.restore(snapshot)
  }

  /** Back to before the first bar with other parameters; keeps the memory. */
  restart(parameters: ParameterValues, driver: Driver = this.setup.driver): void {
    this.setup.parameters = parameters
    this.setup.driver = driver
    this.#scope.release()
    this.lane.reset()
    this.#broker.forget()
    this.#started = false
    this.#ended = false
  }

  /** Gives the run's memory back. Its broker, positions and indicators throw from then on. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#bar.end()
    this.#scope.release()
    this.lane.release()
  }

  #start(): void {
    const { driver, settings, market } = this.setup
    this.#started = true
    writeSettings(this.lane, settings)
    if (driver.kind === 'signals') {
      this.#signals ??= new SignalWriter(this.lane, market, this.#scope)
      this.#signals.prepare(driver.strategy, this.setup.parameters, this.setup.size)
      // What was computed of them is the run's own now.
      this.#scope.release()
      return
    }
    const { strategy } = driver
    strategy.attach({
      market,
      parameters: this.setup.parameters,
      indicator: (name, parameters, output) => this.#indicator(name, parameters, output),
    })
    this.#broker.setStarting(true)
    try {
      this.#guard('onStart', -1, undefined, () => strategy.onStart?.(this.#broker))
    } finally {
      this.#broker.setStarting(false)
    }
  }

  #step(): number {
    for (;;) {
      const status = this.lane.engine.kernels.advance()
      if (status !== L.STATUS_ROOM) return status
      this.lane.makeRoom()
    }
  }

  #hooks(): void {
    const { driver } = this.setup
    if (driver.kind !== 'hooks') return
    const { strategy } = driver
    const index = this.bar
    this.#bar.moveTo(index)
    this.#broker.setOpen(true)
    try {
      if (this.lane.shape.record >= L.RECORD_EVENTS) this.#deliver(strategy, index)
      if (strategy.onBar) {
        try {
          refusePromise(strategy.onBar(this.#bar, this.#broker))
        } catch (error) {
          throw this.#failed('onBar', index, undefined, error)
        }
      }
    } finally {
      this.#broker.setOpen(false)
    }
    if (this.lane.ringCount > 0) {
      this.lane.bind()
      this.#broker.commit()
    }
  }

  #advanceSignals(bars: number): boolean {
    this.setup.market.checkHeld()
    if (!this.#started) this.#start()
    this.lane.bind()
    for (;;) {
      const status = this.lane.engine.kernels.runSignals(bars)
      if (status === L.STATUS_ROOM) {
        this.lane.makeRoom()
        continue
      }
      if (this.#events) this.#events(this.lane.takeEvents())
      if (status === L.STATUS_SLICE) return true
      this.#end()
      return false
    }
  }

  #end(): void {
    const { driver } = this.setup
    this.#finish()
    this.#ended = true
    if (driver.kind === 'hooks') {
      const { strategy } = driver
      if (this.lane.shape.record >= L.RECORD_EVENTS) {
        // A hook that hears of the end may order as ever; that ends with the data too, unheard.
        this.#broker.setOpen(true)
        try {
          this.#deliver(strategy, this.bar)
        } finally {
          this.#broker.setOpen(false)
        }
        this.lane.bind()
        this.#broker.commit()
        this.#finish()
        this.lane.takeEvents()
      }
      this.#guard('onEnd', this.bar, undefined, () => strategy.onEnd?.(this.#broker))
    } else if (this.#events) this.#events(this.lane.takeEvents())
  }

  /** Ends what is still pending. The lane is bound. */
  #finish(): void {
    while (this.lane.engine.kernels.finish() === L.STATUS_ROOM) this.lane.makeRoom()
  }

  #deliver(strategy: Strategy, bar: number): void {
    const events = this.lane.takeEvents()
    this.#events?.(events)
    const { market } = this.setup
    // Orders end in the order of their rows: the last rows are those of these events.
    let ended = this.lane.tables.orders.rows
    for (let i = 0; i < events.length; i += 2) if (events[i] === L.EVENT_ORDER) ended--
    for (let i = 0; i < events.length; i += 2) {
      const index = events[i + 1]
      switch (events[i]) {
        case L.EVENT_FILL: {
          if (!strategy.onFill) break
          const fill = readFill(this.lane, market, index)
          this.#guard('onFill', bar, fill.symbol, () => strategy.onFill?.(fill, this.#broker))
          break
        }
        case L.EVENT_TRADE: {
          if (!strategy.onTrade) break
          const trade = readTrade(this.lane, market, index)
          this.#guard('onTrade', bar, trade.symbol, () => strategy.onTrade?.(trade, this.#broker))
          break
        }
        case L.EVENT_ORDER: {
          const row = ended++
          if (!strategy.onOrder) break
          const order = endedOrder(this.lane, market, row)
          if (order.id !== index)
            throw new FillgridError(
              'engine_failed',
              `engine: order ${index} ended, found order ${order.id} in its row.`,
            )
          this.#guard('onOrder', bar, order.symbol, () => strategy.onOrder?.(order, this.#broker))
          break
        }
        default: {
          if (!strategy.onOrder) break
          const order = this.#broker.getOrder(index)
          if (!order) throw new FillgridError('engine_failed', `engine: event of order ${index}, which is nowhere.`)
          this.#guard('onOrder', bar, order.symbol, () =>
            strategy.onOrder?.({ ...order, status: 'triggered', reason: '' }, this.#broker),
          )
        }
      }
    }
  }

  #guard(hook: string, bar: number, symbol: string | undefined, call: () => unknown): void {
    try {
      refusePromise(call())
    } catch (error) {
      throw this.#failed(hook, bar, symbol, error)
    }
  }

  /** What a hook threw, with where it happened. */
  #failed(hook: string, bar: number, symbol: string | undefined, cause: unknown): FillgridError {
    const { market } = this.setup
    const time = bar >= 0 ? market.barTime(bar) : undefined
    const where = bar >= 0 ? `at bar ${bar} (${time})` : 'before the first bar'
    const what = cause instanceof Error ? cause.message : show(cause)
    this.#ended = true
    return new FillgridError(
      'strategy_failed',
      `strategy: ${hook} ${where}${symbol ? ` for ${symbol}` : ''} threw: ${what}`,
      {
        bar: bar >= 0 ? bar : undefined,
        time,
        asset: symbol ?? (cause instanceof FillgridError ? cause.place.asset : undefined),
      },
      { cause },
    )
  }

  #saveState(): unknown {
    const { driver } = this.setup
    if (driver.kind !== 'hooks') return undefined
    const { strategy } = driver
    try {
      return structuredClone(strategy.saveState ? strategy.saveState() : strategy.state)
    } catch (cause) {
      throw new FillgridError(
        'invalid_strategy',
        `strategy: its state cannot be copied: ${(cause as Error).message}. Keep plain data in state, or give saveState and loadState.`,
        {},
        { cause },
      )
    }
  }

  #indicator(name: string, parameters: Parameters<PanelScope['panel']>[1], output?: string): Indicator {
    const panel = this.#scope.panel(name, parameters, output)
    const assets = this.setup.market.assetCount
    const windows = new Map<number, Float64Array>()
    // Asking the panel costs more than reading it; its view lasts as long as it has a length (see Lane).
    let values = panel.values
    const view = () => {
      if (values.length === 0) values = panel.values
      return values
    }
    // Reading the bar is what tells that the run's memory is gone.
    const current = () => this.bar
    const check = (asset: number) => {
      if (!(Number.isInteger(asset) && asset >= 0 && asset < assets))
        throw new FillgridError(
          'unknown_name',
          `indicator ${panel.key}: assets run from 0 to ${assets - 1}, found ${show(asset)}.`,
        )
    }
    return {
      key: panel.key,
      warmup: panel.warmup,
      value(asset = 0, ago = 0) {
        const index = current()
        if (index < 0) return Number.NaN
        if (ago !== 0) checkAgo(ago, index)
        check(asset)
        return view()[(index - ago) * assets + asset]
      },
      last(n, asset = 0) {
        check(asset)
        const key = n * assets + asset
        let window = windows.get(key)
        if (!window) {
          checkLength(n)
          window = new Float64Array(n)
          windows.set(key, window)
        }
        copyLast(window, view(), current(), assets, asset)
        return window
      },
    }
  }
}

/** Bars do not wait: what an async hook does after its first await would come too late, and what it throws be lost. */
function refusePromise(returned: unknown): void {
  if (returned === undefined || typeof (returned as PromiseLike<unknown> | null)?.then !== 'function') return
  const promise = returned as Promise<unknown>
  promise.then(undefined, () => {})
  throw new FillgridError(
    'invalid_strategy',
    'hooks are called one after another and cannot be async, found a promise. Prepare what has to be awaited before the run.',
  )
}

function readFill(lane: Lane, market: Market, row: number) {
  const f = (column: number) => lane.tables.fills.f64(column, row)
  const n = (column: number) => lane.tables.fills.i32(column, row)
  const quantity = f(L.FILL_QUANTITY)
  const code = n(L.FILL_CODE)
  const asset = n(L.FILL_ASSET)
  return {
    bar: n(L.FILL_BAR),
    asset,
    symbol: market.assets[asset],
    orderId: n(L.FILL_ORDER),
    side: quantity > 0 ? ('buy' as const) : ('sell' as const),
    quantity: Math.abs(quantity),
    price: f(L.FILL_PRICE),
    basePrice: f(L.FILL_BASE),
    commission: f(L.FILL_COMMISSION),
    reason: FILL_REASONS[code & 15],
    phase: PHASES[(code >> L.CODE_PHASE_SHIFT) & 3],
    tag: f(L.FILL_TAG),
  }
}

function readTrade(lane: Lane, market: Market, row: number) {
  const f = (column: number) => lane.tables.trades.f64(column, row)
  const n = (column: number) => lane.tables.trades.i32(column, row)
  const asset = n(L.TRADE_ASSET)
  return {
    asset,
    symbol: market.assets[asset],
    quantity: f(L.TRADE_QUANTITY),
    entryBar: n(L.TRADE_ENTRY_BAR),
    exitBar: n(L.TRADE_EXIT_BAR),
    entryPrice: f(L.TRADE_ENTRY_PRICE),
    exitPrice: f(L.TRADE_EXIT_PRICE),
    pnl: f(L.TRADE_PNL),
    barsHeld: n(L.TRADE_BARS_HELD),
    exitReason: FILL_REASONS[n(L.TRADE_CODE) & 15],
    mfe: f(L.TRADE_MFE),
    mae: f(L.TRADE_MAE),
    entryOrderId: n(L.TRADE_ENTRY_ORDER),
    exitOrderId: n(L.TRADE_EXIT_ORDER),
  }
}
