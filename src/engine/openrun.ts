import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { putHistory, takeHistory } from '../kernel/history.ts'
import type { Lane } from '../kernel/lane.ts'
import { type LiveState, roomForState } from '../kernel/livestate.ts'
import { Sha256 } from '../kernel/sha256.ts'
import { METRICS } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import { cacheOf, type Panel } from '../signals/panels.ts'
import { PanelScope } from '../signals/scope.ts'
import type { NamedStrategy } from '../strategy/given.ts'
import type { Decision } from './decision.ts'
import type { DecisionLog } from './decisionlog.ts'
import { type Mark, type Marked, Marks } from './marks.ts'
import { collect, readMetrics, upToNow } from './outcome.ts'
import { Run, type RunSetup } from './run.ts'
import {
  type Driven,
  makeSnapshot,
  openSnapshot,
  ownSnapshot,
  type Pending,
  type Snapshot,
  type SnapshotHead,
  type StrategyIdentity,
} from './snapshot.ts'
import { damaged } from './statebytes.ts'

/** What a driver is made of, beside what its run needs. */
export interface OpenSetup extends RunSetup {
  strategy: NamedStrategy
  /** Text that stands for the strategy, in place of its own. */
  strategySource?: string
  /** Marks are kept on the way, so that it can step back. */
  keepMarks?: boolean
  /** The result is one of several under other path policies. */
  banded?: boolean
}

/**
 * A run that somebody drives: what all drivers have. Marks go back within the run, snapshots into other ones; both are
 * taken between two bars. A run whose start or strategy fails is over.
 */
export abstract class OpenRun<S extends OpenSetup = OpenSetup> {
  /** What it is made of. @internal */
  readonly setup: S
  protected readonly run: Run
  protected readonly scope: PanelScope
  #empty: readonly { key: string; warmup: number }[] | undefined
  protected readonly marks = new Marks()
  protected begun = false
  protected isOver = false
  /** A hook of this run is being called, or its strategy works out its columns. */
  protected inside = false
  protected listener: ((events: Int32Array) => void) | undefined
  #unkept: { error: unknown } | undefined
  #stride = 1
  #askAt = 0
  #warned = false
  #released = false

  /** Made by the functions that open runs. @internal */
  constructor(setup: S) {
    this.setup = setup
    this.run = new Run(setup)
    this.scope = new PanelScope(cacheOf(setup.market, this.run.lane.engine))
  }

  /** The run's memory, for whoever reads results of it. @internal */
  get lane(): Lane {
    return this.run.lane
  }

  /** Columns of the strategy's own by name, for proofs; none before it has begun. @internal */
  get columns(): ReadonlyMap<string, Panel> {
    return this.scope.own
  }

  /** The data or the account have ended, or the strategy has failed. */
  get ended(): boolean {
    return this.isOver
  }

  /** Called with the raw events (kind, index) of every bar, in order; for tests and journals. Needs RECORD_EVENTS. @internal */
  onEvents(listener: (events: Int32Array) => void): void {
    this.listener = listener
  }

  /**
   * A place to come back to with `rewind`: some kilobytes, for as long as the run does not go back to before it.
   *
   * @throws FillgridError invalid_strategy where the strategy's state cannot be kept, busy
   */
  mark(): Mark {
    this.ready()
    return this.makeMark(this.save())
  }

  /** Goes back to a mark of this run. Marks that were made after it hold no longer. @throws FillgridError lost_mark, busy */
  rewind(mark: Mark): this {
    this.ready()
    const marked = this.marks.open(mark)
    this.alone(() => this.giveState(marked.strategy))
    this.goTo(mark, marked)
    return this
  }

  /**
   * Goes so many bars back, to where the run was when it had come to that bar. What was decided is given again and nobody is
   * asked, but for synchronous hooks, whose answers are the same by contract (semantics 9.2): they and hooks that are awaited
   * have decided that bar then; by hand nothing was given at it yet.
   *
   * @throws FillgridError invalid_value, busy, released, no_earlier_bar before the first bar, invalid_strategy where the
   * strategy's state cannot be kept
   */
  back(bars = 1): this {
    if (!(Number.isInteger(bars) && bars >= 1))
      throw new FillgridError('invalid_value', `back: a whole number of bars from 1 expected, found ${show(bars)}.`)
    this.ready()
    const target = this.run.index - bars
    const { first } = this.setup.window
    if (target < first - 1)
      throw new FillgridError(
        'no_earlier_bar',
        `back: at most ${this.run.index - first + 1} bars to before the first one expected, found ${bars} from bar ${this.run.index}.`,
      )
    if (this.#unkept) throw this.#unkept.error
    const mark = this.marks.before(target)
    if (!mark)
      throw new FillgridError('no_earlier_bar', 'back: this run keeps no marks to step back to. Open it with openRun.')
    const { listener, past } = this
    this.rewind(mark)
    this.listener = undefined
    try {
      this.replayTo(target, past)
    } finally {
      this.listener = listener
    }
    if (this.run.index !== target)
      throw new FillgridError(
        'no_earlier_bar',
        `back: the same decisions as before on the way to bar ${target} expected, found a run that ends at bar ${this.run.index}. Decide by data, parameters and state alone.`,
        { bar: this.run.index },
      )
    return this
  }

  /**
   * The run with all that it has written down, for other runs, processes and files.
   *
   * @throws FillgridError invalid_strategy, busy, run_over where the run has failed in the middle of a bar
   */
  snapshot(): Snapshot {
    this.readable()
    this.#checkBetweenBars()
    const state = this.save() ?? null
    const live = this.run.take()
    const bar = this.run.index
    return makeSnapshot(this.#head(), this.lane, live, {
      bar,
      time: this.#timeOf(bar),
      decisions: this.recorded()?.encode() ?? new Uint8Array(0),
      pending: this.pending(),
      state,
    })
  }

  /**
   * Takes the run to a snapshot of a run like this one: over equal data, with the same window, settings, parameters and
   * strategy. Where it is refused this run is as it was.
   *
   * @throws FillgridError snapshot_damaged, snapshot_version, snapshot_market, snapshot_strategy, snapshot_parameters,
   * snapshot_settings, busy
   */
  restore(snapshot: Snapshot): this {
    this.ready()
    const head = this.#head()
    const own = ownSnapshot(snapshot)
    const { live, history } = openSnapshot(own, head, this.lane)
    if (own.time !== this.#timeOf(own.bar)) throw damaged(`${show(own.time)} for the time of bar ${own.bar}`)
    const driven = this.readDriven(own, live)
    // What may fail comes first: room, then the strategy.
    roomForState(this.lane, live)
    this.alone(() => this.giveState(own.state ?? undefined))
    putHistory(this.lane, history)
    this.#put(live, driven)
    this.#warned = head.strategy.source === null && own.strategy.text !== head.strategy.text
    return this
  }

  /** Keeps what is known of panels that have no value, before they are given back. */
  protected noteEmpty(): void {
    this.#empty = this.scope.empty
  }

  /** What came of it, as far as it has come. */
  result(): Result {
    return collect(this.run, this.isOver, {
      name: this.setup.strategy.name,
      strategyDigest: this.digester(),
      changed: this.#warned,
      banded: this.setup.banded === true,
      empty: this.#empty ?? this.scope.empty,
    })
  }

  /** Metrics so far in the order of METRICS, written to `out`, which has room for them. @throws FillgridError invalid_value */
  metrics(out: Float64Array): Float64Array {
    if (!(out instanceof Float64Array && out.length >= METRICS.length))
      throw new FillgridError(
        'invalid_value',
        `metrics: a Float64Array of ${METRICS.length} numbers expected, found ${show(out?.length)}. Pass new Float64Array(METRICS.length).`,
      )
    upToNow(this.run, this.isOver)
    return readMetrics(this.run, out)
  }

  /**
   * Gives the run's memory back. Its broker, positions and indicators throw from then on.
   *
   * @throws FillgridError busy in a hook of the run, which is to go on in that memory
   */
  release(): void {
    if (this.#released) return
    this.mayRelease()
    this.#released = true
    this.scope.release()
    this.run.release()
  }

  // ---- for drivers -----------------------------------------------------------------------------

  /** What of the driver comes before the first bar. */
  protected abstract start(): void

  /** Decisions that are recorded; none where the driver gives the same again. */
  protected get past(): readonly Decision[] {
    return NO_DECISIONS
  }

  /** Goes on to a bar from before it, as the run has done, by the decisions of then. */
  protected abstract replayTo(bar: number, past: readonly Decision[]): void

  /** The strategy's state, encoded; undefined where there is none. */
  protected abstract encodeState(): Uint8Array | undefined

  /** Gives the strategy a state that was encoded; where it throws, it has the one that it had. */
  protected abstract giveState(state: Uint8Array | undefined): void

  /** What the driver has to know at a mark beside the run. */
  protected driverMark(): unknown {
    return undefined
  }

  protected putDriverMark(_: unknown): void {}

  /** What was given so far, in runs that record it; of its own. */
  protected recorded(): DecisionLog | undefined {
    return undefined
  }

  /** What of the bar is still to be asked, in runs that can stand there. */
  protected pending(): Pending | null {
    return null
  }

  /** Takes both of another run. */
  protected putDriven(_: Driven): void {}

  /** Both of a snapshot, as the run's own. @throws FillgridError snapshot_damaged where they can be of no such run */
  protected readDriven({ decisions, pending }: Snapshot, _: LiveState): Driven {
    if (decisions.length > 0 || pending !== null) throw damaged('decisions of a run that records none')
    return { decisions: undefined, pending: null }
  }

  /** What works out what stands for the strategy in the fingerprint, when it is asked for. */
  protected digester(): () => string {
    const { strategy, strategySource } = this.setup
    return () => strategy.digest(strategySource)
  }

  /** The run is there and nobody is at work on it. @throws FillgridError busy, released */
  protected ready(): void {
    this.checkIdle()
    this.prepare()
  }

  /** The run is there and can be looked at. @throws FillgridError busy, released */
  protected readable(): void {
    this.ready()
  }

  /** @throws FillgridError busy */
  protected mayRelease(): void {
    this.checkIdle()
  }

  /** Does something that asks the strategy: the run goes nowhere meanwhile. */
  protected alone<T>(work: () => T): T {
    const { inside } = this
    this.inside = true
    try {
      return work()
    } finally {
      this.inside = inside
    }
  }

  /** The strategy's state, encoded. */
  protected save(): Uint8Array | undefined {
    return this.alone(() => this.encodeState())
  }

  /**
   * Goes on to the close of the next bar.
   *
   * @returns false where there is none: the run is over, and what was pending has ended
   */
  protected step(): boolean {
    try {
      if (this.run.advance()) return true
    } catch (error) {
      if (this.run.faulted) this.isOver = true
      throw error
    }
    this.run.finish()
    this.isOver = true
    return false
  }

  /** @throws FillgridError busy */
  protected checkIdle(): void {
    if (this.inside)
      throw new FillgridError(
        'busy',
        `run: its strategy is at work at bar ${this.run.index}, and only that can go on now, found another call of the run. Wait until it has returned.`,
        { bar: this.run.index },
      )
  }

  /** Everything before the first bar, where it has not been yet: settings, the strategy's columns or `onStart`. */
  protected prepare(): void {
    if (this.#released) this.lane.bind()
    this.setup.market.checkHeld()
    if (this.begun) return
    this.begun = true
    const { inside } = this
    this.inside = true
    try {
      this.run.begin()
      this.start()
    } catch (error) {
      this.isOver = true
      throw error
    } finally {
      this.inside = inside
    }
    this.keepMark()
  }

  protected makeMark(strategy: Uint8Array | undefined): Mark {
    const marked = { live: this.run.take(), strategy, ended: this.isOver, driver: this.driverMark() }
    return this.marks.make(this.run.index, marked)
  }

  protected goTo(mark: Mark, marked: Marked): void {
    this.marks.returned(mark)
    this.#askAt = 0
    this.run.put(marked.live)
    this.isOver = marked.ended
    this.putDriverMark(marked.driver)
  }

  /** Keeps a mark of where the run is, if it is to keep any. A state that cannot be kept is heard of when it is to step back. */
  protected keepMark(): void {
    if (!this.setup.keepMarks || this.#unkept) return
    const start = performance.now()
    try {
      const mark = this.makeMark(this.save())
      this.marks.keep(mark, performance.now() - start)
    } catch (error) {
      this.#unkept = { error }
      this.marks.clear()
    }
  }

  /** Keeps a mark where it is time for one. Fast bars ask the clock more rarely than slow ones. */
  protected keepMarkIfDue(): void {
    const { index } = this.run
    if (!this.setup.keepMarks || index < this.#askAt) return
    const due = this.marks.isDue(index)
    if (due) this.keepMark()
    this.#stride = due ? Math.max(1, this.#stride >> 1) : Math.min(MOST_STRIDE, 2 * this.#stride)
    this.#askAt = index + this.#stride
  }

  /** Bars until it is asked again whether a mark is due. */
  protected get stride(): number {
    return this.setup.keepMarks ? this.#stride : Number.POSITIVE_INFINITY
  }

  /** Takes this run to where another one is; both are between two bars. */
  protected continue(other: OpenRun, state: Uint8Array | undefined): this {
    this.prepare()
    const live = other.run.take()
    const history = takeHistory(other.lane)
    this.alone(() => this.giveState(state))
    putHistory(this.lane, history)
    this.#put(live, { decisions: other.recorded(), pending: other.pending() })
    this.isOver = other.isOver
    return this
  }

  /** Back to before the first bar; keeps the memory. @throws FillgridError busy */
  protected reset(): void {
    this.checkIdle()
    this.scope.release()
    this.run.reset()
    this.marks.clear()
    this.#unkept = undefined
    this.#askAt = 0
    this.begun = false
    this.isOver = false
  }

  /** A hook or a step that failed has left half a bar behind, which no run could come to. */
  #checkBetweenBars(): void {
    if (!this.isOver || (this.run.ended && !this.run.faulted)) return
    throw new FillgridError(
      'run_over',
      `snapshot: a run between two bars expected, found one that failed in bar ${this.run.index}. Step back to before it.`,
      { bar: this.run.index },
    )
  }

  #put(live: LiveState, driven: Driven): void {
    this.run.put(live)
    this.marks.replaced(this.run.index)
    this.#askAt = 0
    this.isOver = this.run.ended
    this.#unkept = undefined
    this.putDriven(driven)
  }

  #timeOf(bar: number): string | null {
    return bar < 0 ? null : this.setup.market.barTime(bar)
  }

  #head(): SnapshotHead {
    const { market, window, settings, size, parameters, costs } = this.setup
    return {
      market: { digest: market.digest(), bars: market.bars, assets: market.assetCount },
      window: { first: window.first, end: window.end },
      settings: { ...settings, size, ...(costs ? { costModels: costs.digests } : {}) },
      parameters,
      strategy: this.#identity(),
    }
  }

  #identity(): StrategyIdentity {
    const { strategy, strategySource, contextNames } = this.setup
    const source = strategySource ?? strategy.source
    return {
      kind: this.kind,
      name: strategy.name,
      schema: strategy.schema,
      context: [...contextNames],
      source: source === undefined ? null : new Sha256().update(source).hex(),
      text: strategy.digest(undefined),
    }
  }

  /** What drives it. */
  abstract readonly kind: StrategyIdentity['kind']
}

const NO_DECISIONS: readonly Decision[] = Object.freeze([])

/** Asking the clock costs as much as a bar. */
const MOST_STRIDE = 512

/** How much of what happens a run of hooks records: events where its strategy listens to them, tables at least. */
export function recordOf(listens: boolean, record: number): number {
  return listens ? L.RECORD_EVENTS : Math.max(record, L.RECORD_TABLES)
}

/** The result of a run that is stepped, as far as it has come. */
export function resultOf(run: OpenRun): Result {
  return run.result()
}
