import { type Decision, giveAgain, placeFrom, RecordingBroker, recordTo } from '../engine/decision.ts'
import { type DecidedMark, RecordedRun } from '../engine/recordedrun.ts'
import { type RunConfig, stepSetup } from '../engine/setup.ts'
import type { Driven, Pending, Snapshot } from '../engine/snapshot.ts'
import { encodeState } from '../engine/state.ts'
import { damaged } from '../engine/statebytes.ts'
import { FillgridError, show } from '../errors.ts'
import type { LiveState } from '../kernel/livestate.ts'
import type { Market } from '../market/market.ts'
import type { Result } from '../results/result.ts'
import { readInput, type StrategyInput } from '../strategies/catalogue.ts'
import type { Broker } from '../strategy/broker.ts'
import { Gate } from '../strategy/clock.ts'
import { runOnce } from '../strategy/given.ts'
import { lateError, overError } from '../strategy/refusals.ts'
import { attach, type Strategy } from '../strategy/strategy.ts'
import { Awaiting, isPromise } from './abort.ts'
import { type Ask, callOf, hookOf } from './asks.ts'
import { placesOf, readPlaces } from './happened.ts'
import { encodeStrategy, giveStrategy, type HookSetup } from './hookrun.ts'
import { Hooks } from './hooks.ts'
import { hostOf } from './host.ts'

/** Everything that can be set about an asynchronous run. */
export interface AsyncConfig extends RunConfig {
  /** Ends it early: whatever is awaited is given up, and the run stays where it was. */
  signal?: AbortSignal
}

/**
 * Runs hooks that may return promises over a market, one bar at a time, and returns what came of it.
 *
 * @throws FillgridError as `backtest`; aborted where the signal says so
 */
export async function backtestAsync(market: Market, input: StrategyInput, config: AsyncConfig = {}): Promise<Result> {
  const run = makeAsync(market, input, config, false)
  try {
    await run.toEnd()
    return run.result()
  } finally {
    run.release()
  }
}

/**
 * A run of hooks that may return promises, to be stepped, marked, stepped back, saved and forked; release it when done.
 *
 * @throws FillgridError as `backtest`
 */
export function openAsync(market: Market, input: StrategyInput, config: AsyncConfig = {}): AsyncRun {
  return makeAsync(market, input, config, true)
}

function makeAsync(market: Market, input: StrategyInput, config: AsyncConfig, keepMarks: boolean): AsyncRun {
  const strategy = readInput(input)
  const { signal, ...rest } = config ?? {}
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new FillgridError('invalid_value', `config.signal: an AbortSignal expected, found ${show(signal)}.`)
  const setup = { ...stepSetup(market, strategy, config === null ? config : rest), keepMarks }
  if (strategy.kind !== 'hooks')
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${strategy.name}: hooks expected for an asynchronous run, found signals, which are computed before the run. Use backtest.`,
    )
  return new AsyncRun({ ...setup, driver: strategy.driver() as HookSetup['driver'] }, signal)
}

/** The state of a strategy that remembers nothing. */
const NOTHING = encodeState(undefined)

/** Milliseconds after which a run lets others have their turn, so that an abort is heard. */
const TURN = 15

/** See `openAsync`. While a hook is awaited nothing else can be asked of the run, save `release`. */
export class AsyncRun extends RecordedRun<HookSetup> {
  readonly kind = 'async'
  readonly #signal: AbortSignal | undefined
  readonly #awaiting: Awaiting
  readonly #hooks: Hooks
  /** Asked for questions about orders, never open. */
  readonly #reader: Broker
  /** Hooks of this bar that are still to be asked. */
  #asks: Ask[] = []
  #started = false
  /** The strategy's state as it was last kept with a decision. */
  #state: Uint8Array = NOTHING
  /** The state before a hook that was given up, which it may still have touched. */
  #spoilt: Uint8Array | undefined
  #turn = 0
  /** The last error of an abort of this run; hooks may meet those of others. */
  #abort: FillgridError | undefined

  /** Made by `openAsync`. @internal */
  constructor(setup: HookSetup, signal?: AbortSignal) {
    super(setup)
    this.#signal = signal
    this.#awaiting = new Awaiting(signal, () => this.#aborted())
    this.#reader = this.run.makeBroker(new Gate(this.run.clock))
    this.#hooks = new Hooks(setup.driver.strategy, this.lane, setup.market, this.#reader)
  }

  /** Index of the bar that closed last; before the first one the bar before it, -1 without a window. */
  get bar(): number {
    return this.run.index
  }

  /** Everything before the first bar: settings and `onStart`. @throws FillgridError as `advance` */
  async begin(): Promise<this> {
    await this.#alone(() => this.#begin())
    return this
  }

  /**
   * Runs up to and including the next hooks. Where one fails or the run is aborted it is as it was before that hook, the
   * strategy's state too; the next call asks that hook again.
   *
   * @returns false when the run has ended
   * @throws FillgridError strategy_failed, aborted, busy, not_finite
   */
  async advance(): Promise<boolean> {
    if (this.isOver && this.#asks.length === 0 && !this.inside) return false
    return this.#alone(async () => {
      await this.#begin()
      return this.#step()
    })
  }

  /** Runs to the end. @throws FillgridError as `advance` */
  async toEnd(): Promise<this> {
    while (await this.advance()) {}
    return this
  }

  /**
   * A second run that goes on from here; what was decided is not asked again, only `onStart` of the fresh instance.
   *
   * @param strategy an instance that has not been run
   * @throws FillgridError invalid_value, invalid_strategy, and as `advance` for its `onStart`
   */
  async fork(strategy: Strategy): Promise<AsyncRun> {
    if (strategy === undefined)
      throw new FillgridError(
        'invalid_value',
        'fork: a fresh instance of the strategy expected, found none. Pass new YourStrategy().',
      )
    this.ready()
    runOnce(strategy)
    const fork = new AsyncRun({ ...this.setup, driver: { kind: 'hooks', strategy } }, this.#signal)
    try {
      await fork.begin()
      this.ready()
      return fork.continue(this, this.save())
    } catch (error) {
      fork.release()
      throw error
    }
  }

  /** One call at a time. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    this.checkIdle()
    this.#recover()
    this.inside = true
    try {
      return await work()
    } finally {
      this.inside = false
    }
  }

  /** @throws FillgridError busy while a hook that was given up is still at work */
  #recover(): void {
    if (this.#awaiting.abandoned)
      throw new FillgridError(
        'busy',
        `run: the hook of bar ${this.run.index} that was given up has not settled yet, found another call of the run. Let it end: hear the signal in the hook.`,
        { bar: this.run.index },
      )
    if (this.#spoilt === undefined) return
    giveStrategy(this.setup.driver.strategy, this.#spoilt)
    this.#spoilt = undefined
  }

  protected override ready(): void {
    super.ready()
    this.#recover()
  }

  /** Also while a hook that was given up is still at work: where the run is, that does not reach. */
  protected override readable(): void {
    super.ready()
    if (!this.#awaiting.abandoned) this.#recover()
  }

  /** A hook that is awaited may never settle. */
  protected override mayRelease(): void {}

  protected override prepare(): void {
    if (!this.#started)
      throw new FillgridError(
        'invalid_value',
        'run: it has not begun, and its onStart may have to be awaited. Await begin() first.',
      )
    super.prepare()
  }

  async #begin(): Promise<void> {
    if (this.#started) return
    const { market, driver } = this.setup
    market.checkHeld()
    this.run.begin()
    // What an onStart that failed had declared.
    this.scope.release()
    let starting = true
    attach(
      driver.strategy,
      hostOf(this.run, this.scope, () => starting),
    )
    try {
      await this.#ask({ hook: 'onStart' })
    } finally {
      starting = false
    }
    this.#started = true
    this.#decide()
    // Begun above: once more would undo what onStart has set.
    this.begun = true
    this.keepMark()
  }

  protected start(): void {}

  async #step(): Promise<boolean> {
    if (this.#asks.length === 0) {
      await this.#yield()
      this.#queue(this.step() ? 'onBar' : 'onEnd')
    }
    while (this.#asks.length > 0) {
      const [ask] = this.#asks
      if (ask.hook === 'onEnd') this.#close()
      await this.#ask(ask)
      this.#asks.shift()
    }
    if (this.isOver) return false
    this.run.commit()
    this.#decide()
    this.keepMarkIfDue()
    return true
  }

  /** The hooks that hear of what has happened, then the one that decides. */
  #queue(then: 'onBar' | 'onEnd'): void {
    const raw = this.lane.takeEvents()
    this.listener?.(raw)
    const events: Ask[] = placesOf(raw, this.lane).map((place) => ({ hook: 'event', place }))
    this.#asks = [...events, { hook: then }]
  }

  /** What was ordered on hearing of the end ends with the data too, unheard. */
  #close(): void {
    this.run.commit()
    this.run.finish()
    this.lane.takeEvents()
    this.given = []
  }

  /** Notes what was given at this bar, and the strategy's state where it has changed. */
  #decide(): void {
    const state = encodeStrategy(this.setup.driver.strategy)
    const changed = !sameBytes(state, this.#state)
    this.decide(changed ? state : undefined)
    this.given = []
    this.#state = state
  }

  /** Asks a hook, with a broker of its own; what it throws leaves everything as it was before it. */
  async #ask(ask: Ask): Promise<void> {
    const { strategy } = this.setup.driver
    if (!strategy[hookOf(ask)] && !(ask.hook === 'onBar' && strategy.onPosition)) return
    const gate = new Gate(this.run.clock)
    const broker = this.run.makeBroker(gate, RecordingBroker) as RecordingBroker
    const place = { lane: this.lane, market: this.setup.market, bar: this.run.bar }
    const call = callOf(ask, strategy, place, this.#reader, broker)
    const before = { live: this.run.take(), state: encodeStrategy(strategy), given: this.given.length }
    recordTo(broker, (given) => this.given.push(given))
    if (ask.hook === 'onStart') gate.starting = true
    gate.setOpen(ask.hook === 'onBar' || ask.hook === 'event', ask.hook === 'onEnd' ? overError : undefined)
    try {
      const returned: unknown = call.run()
      if (isPromise(returned))
        await this.#awaiting.wait(returned, () => {
          // Whatever it still does to the strategy's state is undone before anything goes on.
          this.#spoilt = before.state
        })
    } catch (error) {
      this.#goBack(before)
      if (error === this.#abort) throw error
      throw this.#hooks.failed(call.hook, ask.hook === 'onStart' ? -1 : this.run.index, call.symbol, error)
    } finally {
      gate.starting = false
      gate.setOpen(false, lateError)
    }
  }

  #goBack({ live, state, given }: { live: LiveState; state: Uint8Array; given: number }): void {
    this.run.put(live)
    this.given.length = given
    giveStrategy(this.setup.driver.strategy, state)
  }

  /** Between two bars: an abort is heard, and others have their turn now and then. */
  async #yield(): Promise<void> {
    if (performance.now() - this.#turn > TURN) {
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 0)
      })
      this.#turn = performance.now()
    }
    this.#awaiting.check()
  }

  #aborted(): FillgridError {
    const bar = this.run.index
    const { market, window } = this.setup
    const begun = bar >= window.first
    this.#abort = new FillgridError(
      'aborted',
      `run: it was to go on, found it aborted ${begun ? `at bar ${bar} (${market.barTime(bar)})` : 'before its first bar'}. It can be saved, or go on with another signal from a snapshot.`,
      begun ? { bar } : {},
      { cause: this.#signal?.reason },
    )
    return this.#abort
  }

  protected replayTo(bar: number, past: readonly Decision[]): void {
    let next = placeFrom(past, this.run.index + 1)
    const gate = new Gate(this.run.clock)
    const broker = this.run.makeBroker(gate)
    while (this.run.index < bar) {
      if (!this.run.advance()) break
      this.lane.takeEvents()
      if (past[next]?.bar === this.run.index) {
        const decision = past[next++]
        gate.setOpen(true)
        giveAgain(broker, decision.given)
        gate.setOpen(false)
        this.log.push(decision)
        if (decision.state) this.#state = decision.state
      }
      this.run.commit()
      this.keepMarkIfDue()
    }
    giveStrategy(this.setup.driver.strategy, this.#state)
  }

  /** What is ordered on hearing of the end is no decision of a bar. */
  protected get isDeciding(): boolean {
    return !this.isOver
  }

  protected encodeState(): Uint8Array {
    // What a hook that was given up does to it is no part of it.
    return this.#spoilt ?? encodeStrategy(this.setup.driver.strategy)
  }

  protected giveState(state: Uint8Array | undefined): void {
    giveStrategy(this.setup.driver.strategy, state)
  }

  protected override driverMark(): unknown {
    return { decided: this.decidedMark(), asks: [...this.#asks], state: this.#state }
  }

  protected override putDriverMark(mark: unknown): void {
    const { decided, asks, state } = mark as { decided: DecidedMark; asks: Ask[]; state: Uint8Array }
    this.putDecidedMark(decided)
    this.#asks = [...asks]
    this.#state = state
  }

  protected override pending(): Pending | null {
    const last = this.#asks.at(-1)
    if (!last || last.hook === 'event' || last.hook === 'onStart') return null
    return { last: last.hook, events: this.#asks.flatMap((ask) => (ask.hook === 'event' ? [ask.place] : [])) }
  }

  protected override readDriven(snapshot: Snapshot, live: LiveState): Driven {
    const { pending } = snapshot
    const decisions = this.readDecisions(snapshot)
    if (pending === null) return { decisions, pending }
    const { last, events } = pending ?? {}
    if (last !== 'onBar' && last !== 'onEnd') throw damaged('hooks to ask that are none')
    return { decisions, pending: { last, events: readPlaces(events, live) } }
  }

  protected override putDriven(driven: Driven): void {
    const { pending } = driven
    // Of a bar whose onBar is still to be asked nothing is decided yet.
    this.putDecisions(driven, pending?.last === 'onBar')
    this.#state = this.log.list.findLast(({ state }) => state !== undefined)?.state ?? NOTHING
    const events: Ask[] = (pending?.events ?? []).map((place) => ({ hook: 'event', place }))
    this.#asks = pending?.last === 'onBar' || pending?.last === 'onEnd' ? [...events, { hook: pending.last }] : []
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
