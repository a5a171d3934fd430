import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import { Lane, type LaneImage } from '../kernel/lane.ts'
import { type Engine, getEngine } from '../kernel/load.ts'
import { roomForStep } from '../kernel/room.ts'
import type { Market } from '../market/market.ts'
import { PanelScope, panelCache } from '../signals/panels.ts'
import { Bar } from './bar.ts'
import { Broker, type DefaultSize } from './broker.ts'
import { type CheckedSettings, writeSettings } from './config.ts'
import { runOnce } from './given.ts'
import { Hooks } from './hooks.ts'
import { indicatorOf } from './indicator.ts'
import { checkOrigin, noteOrigin } from './origin.ts'
import { SignalWriter } from './signals.ts'
import type { ParameterValues, SignalColumns, SignalStrategy, Strategy } from './strategy.ts'
import type { Window } from './window.ts'

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
  window: Window
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
  #hooks: Hooks | undefined
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
    const { window } = setup
    this.lane = new Lane(engine, {
      first: window.first,
      bars: window.end,
      marks: window.marks,
      assets: market.assetCount,
      dense: market.dense,
      nonPositive: market.allowNonPositive,
      pointers: market.pointers,
      record,
      contexts: this.#contextNames.length,
      periods: { ends: window.ends ?? market.periods.ends, count: window.periods },
      followed: setup.record === L.RECORD_NONE,
    })
    this.#scope = new PanelScope(panelCache(market, engine))
    this.#bar = new Bar(market)
    this.#broker = new Broker(this.lane, market, setup.settings, setup.size, this.#contextNames)
  }

  /** Index of the last bar whose hook has run; before the first the one before it, -1 without a window. */
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
    this.#decide()
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

  /**
   * A second run that goes on from here. Runs of hooks give the instance that is to go on: one that has not been run.
   * @throws FillgridError invalid_value, invalid_strategy
   */
  fork(strategy?: Strategy): Run {
    const { driver } = this.setup
    if ((driver.kind === 'hooks') !== (strategy !== undefined))
      throw new FillgridError(
        'invalid_value',
        strategy
          ? 'fork: no strategy expected for a run of signals, found one. Call fork().'
          : 'fork: a fresh instance of the strategy expected, found none. Pass new YourStrategy().',
      )
    if (strategy) runOnce(strategy)
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
    this.#hooks = undefined
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

  /** Everything before the first bar. A run that cannot start has ended. */
  #start(): void {
    this.#started = true
    try {
      writeSettings(this.lane, this.setup.settings)
      this.#startDriver()
    } catch (error) {
      this.#ended = true
      throw error
    }
  }

  #startDriver(): void {
    const { driver, market, parameters, size } = this.setup
    if (driver.kind === 'signals') {
      this.#signals ??= new SignalWriter(this.lane, market, this.#scope)
      this.#signals.prepare(driver.strategy, parameters, size)
      // What was computed of them is the run's own now.
      this.#scope.release()
      return
    }
    const { strategy } = driver
    strategy.attach({
      market,
      parameters,
      indicator: (name, given, output) =>
        indicatorOf(this.#scope.panel(name, given, output), market.assetCount, () => this.bar),
    })
    this.#hooks = new Hooks(strategy, this.lane, market, this.#broker)
    this.#broker.setStarting(true)
    try {
      this.#hooks.onStart()
    } finally {
      this.#broker.setStarting(false)
    }
  }

  #step(): number {
    for (;;) {
      const status = this.lane.engine.kernels.advance()
      if (status !== L.STATUS_ROOM) return status
      roomForStep(this.lane)
    }
  }

  #decide(): void {
    const index = this.bar
    this.#bar.moveTo(index)
    this.#broker.setOpen(true)
    try {
      if (this.lane.shape.record >= L.RECORD_EVENTS) this.#deliver()
      this.#hooks?.onBar(this.#bar, index)
    } catch (error) {
      this.#ended = true
      throw error
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
        roomForStep(this.lane)
        continue
      }
      if (this.#events) this.#events(this.lane.takeEvents())
      if (status === L.STATUS_SLICE) return true
      this.#end()
      return false
    }
  }

  #end(): void {
    this.#finish()
    this.#ended = true
    if (!this.#hooks) {
      this.#events?.(this.lane.takeEvents())
      return
    }
    if (this.lane.shape.record >= L.RECORD_EVENTS) {
      // A hook that hears of the end may order as ever; that ends with the data too, unheard.
      this.#broker.setOpen(true)
      try {
        this.#deliver()
      } finally {
        this.#broker.setOpen(false)
      }
      this.lane.bind()
      this.#broker.commit()
      this.#finish()
      this.lane.takeEvents()
    }
    this.#hooks.onEnd(this.bar)
  }

  /** Tells what happened since the last time. */
  #deliver(): void {
    const events = this.lane.takeEvents()
    this.#events?.(events)
    this.#hooks?.deliver(events, this.bar)
  }

  /** Ends what is still pending. The lane is bound. */
  #finish(): void {
    while (this.lane.engine.kernels.finish() === L.STATUS_ROOM) roomForStep(this.lane)
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
}
