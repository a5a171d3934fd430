import { type Decision, giveAgain, placeFrom, RecordingBroker, readGiven, recordTo } from '../engine/decision.ts'
import type { OpenSetup } from '../engine/openrun.ts'
import { type DecidedMark, RecordedRun } from '../engine/recordedrun.ts'
import { type RunConfig, stepSetup } from '../engine/setup.ts'
import type { Driven, Pending, Snapshot } from '../engine/snapshot.ts'
import { damaged } from '../engine/statebytes.ts'
import { FillgridError, show } from '../errors.ts'
import type { LiveState } from '../kernel/livestate.ts'
import { Sha256 } from '../kernel/sha256.ts'
import type { Market } from '../market/market.ts'
import { canonical } from '../results/result.ts'
import type { Bar } from '../strategy/bar.ts'
import type { Broker } from '../strategy/broker.ts'
import { Gate } from '../strategy/clock.ts'
import type { NamedStrategy, ReadStrategy } from '../strategy/given.ts'
import { committedError, earlyError, overError } from '../strategy/refusals.ts'
import { type EventPlace, eventAt, placesOf, type RunEvent, readPlaces } from './happened.ts'

/** Everything that can be set about a manual run: what is not a strategy's. */
export type ManualConfig = Omit<RunConfig, 'parameters' | 'strategySource'>

const MANUAL: NamedStrategy = {
  name: 'manual',
  schema: {},
  source: undefined,
  digest: () => new Sha256().update('manual').hex(),
}

/**
 * A run whose orders are given from outside, between its bars, to its broker. It has begun: rules can be set, and
 * `advance` goes to the close of the first bar. Release it when done.
 *
 * @throws FillgridError as `backtest`
 */
export function openManual(market: Market, config: ManualConfig = {}): ManualRun {
  for (const name of ['parameters', 'strategySource'] as const)
    if ((config as RunConfig | null)?.[name] !== undefined)
      throw new FillgridError(
        'invalid_value',
        `config.${name}: it is of a strategy, found it for a manual run. Leave it out.`,
      )
  const none: Pick<ReadStrategy, 'contextNames' | 'constraints' | 'costModels'> = {
    contextNames: [],
    constraints: [],
    costModels: new Map(),
  }
  const run = new ManualRun(stepSetup(market, { ...MANUAL, ...none }, config))
  try {
    return run.begin()
  } catch (error) {
    run.release()
    throw error
  }
}

/** What a manual run is in beside the engine's state. */
interface Desk {
  decided: DecidedMark
  committed: boolean
  places: readonly EventPlace[]
  events: readonly RunEvent[]
}

/** See `openManual`. */
export class ManualRun extends RecordedRun {
  readonly kind = 'manual'
  readonly #gate: Gate
  readonly #broker: RecordingBroker
  #committed = false
  #places: readonly EventPlace[] = []
  #events: readonly RunEvent[] = []

  /** Made by `openManual`. @internal */
  constructor(setup: OpenSetup) {
    super(setup)
    this.#gate = new Gate(this.run.clock)
    this.#broker = this.run.makeBroker(this.#gate, RecordingBroker) as RecordingBroker
    recordTo(this.#broker, (given) => this.given.push(given))
  }

  /** The bar that has closed; before the first of a window the one before it. @throws FillgridError out_of_range where none has */
  get bar(): Bar {
    if (this.run.index < 0)
      throw new FillgridError('out_of_range', 'run: no bar has closed yet, found a look at it. Call advance first.')
    return this.run.bar
  }

  /** Index of that bar; before the first one the bar before it, -1 without a window. */
  get index(): number {
    return this.run.index
  }

  /** The account, and where orders go: open from the close of a bar until it is committed. */
  get broker(): Broker {
    return this.#broker
  }

  /** What has happened since the last `advance`, in order. */
  get events(): readonly RunEvent[] {
    return this.#events
  }

  /** Everything before the first bar. */
  begin(): this {
    this.ready()
    return this
  }

  /**
   * Commits what was given, and goes on to the close of the next bar.
   *
   * @returns false when the run has ended
   * @throws FillgridError not_finite, busy, released
   */
  advance(): boolean {
    this.ready()
    if (this.isOver) return false
    if (!this.#committed) this.#commit()
    const on = this.#step()
    this.given = []
    this.#committed = !on
    const raw = this.lane.takeEvents()
    this.listener?.(raw)
    this.#setDesk()
    this.#happened(placesOf(raw, this.lane))
    if (on) this.keepMarkIfDue()
    return on
  }

  /** Goes on to the end; nothing more is given. */
  toEnd(): this {
    while (this.advance()) {}
    return this
  }

  /** Carries out what was given at this bar, which is decided then; `advance` does so too. @throws FillgridError run_over, already_committed */
  commit(): this {
    this.#mayDecide()
    this.#commit()
    this.#setDesk()
    return this
  }

  /**
   * Gives what was recorded of this bar once more: all of it or, where some is refused, nothing.
   *
   * @throws FillgridError wrong_bar, run_over, already_committed, and what the broker refuses
   */
  apply(decision: Decision): this {
    this.#mayDecide()
    // Read once: what is checked is what is given.
    const { bar, given } = decision ?? {}
    const own = readGiven(given)
    if (!own)
      throw new FillgridError(
        'invalid_value',
        `apply: a decision with calls of the broker expected, found ${show(decision)}. Give what \`decisions\` has.`,
      )
    if (bar !== this.run.index)
      throw new FillgridError(
        'wrong_bar',
        `apply: a decision of bar ${this.run.index} expected, found one of bar ${show(bar)}. Advance or step back to its bar.`,
        { bar: this.run.index },
      )
    const before = this.mark()
    try {
      giveAgain(this.#broker, own)
    } catch (error) {
      this.rewind(before)
      throw error
    }
    return this
  }

  /** A second run that goes on from here, with the same past. */
  fork(): ManualRun {
    this.ready()
    const fork = new ManualRun({ ...this.setup })
    try {
      fork.continue(this, undefined)
      return fork
    } catch (error) {
      fork.release()
      throw error
    }
  }

  protected start(): void {
    this.#setDesk()
  }

  protected get isDeciding(): boolean {
    return !this.#committed
  }

  protected replayTo(bar: number, past: readonly Decision[]): void {
    let next = placeFrom(past, this.run.index)
    while (this.run.index < bar) {
      if (past[next]?.bar === this.run.index) giveAgain(this.#broker, past[next++].given)
      if (!this.advance()) return
    }
  }

  protected encodeState(): undefined {
    return undefined
  }

  protected giveState(): void {}

  protected override driverMark(): Desk {
    return {
      decided: this.decidedMark(),
      committed: this.#committed,
      places: this.#places,
      events: this.#events,
    }
  }

  protected override putDriverMark(mark: unknown): void {
    const { decided, committed, places, events } = mark as Desk
    this.putDecidedMark(decided)
    this.#committed = committed
    this.#places = places
    this.#events = events
    this.#setDesk()
  }

  protected override pending(): Pending {
    return { last: this.#committed ? 'advance' : 'commit', events: this.#places }
  }

  protected override readDriven(snapshot: Snapshot, live: LiveState): Driven {
    const { last, events } = snapshot.pending ?? {}
    if (last !== 'commit' && last !== 'advance') throw damaged('hooks of a run without any')
    return { decisions: this.readDecisions(snapshot), pending: { last, events: readPlaces(events, live) } }
  }

  protected override putDriven(driven: Driven): void {
    this.#committed = driven.pending?.last === 'advance'
    this.putDecisions(driven, !this.#committed)
    this.#setDesk()
    this.#happened(driven.pending?.events ?? [])
  }

  protected override digester(): () => string {
    const { decisions } = this
    return () => new Sha256().update(`manual\n${canonical(decisions)}`).hex()
  }

  #happened(places: readonly EventPlace[]): void {
    this.#places = places
    this.#events = places.map((place) => eventAt(place, this.lane, this.setup.market, this.#broker))
  }

  /** Where it fails, nothing more is given either. */
  #step(): boolean {
    try {
      return this.step()
    } catch (error) {
      this.#setDesk()
      throw error
    }
  }

  #commit(): void {
    this.run.commit()
    this.decide()
    this.#committed = true
  }

  #mayDecide(): void {
    this.ready()
    if (this.isOver) throw overError()
    if (this.#committed)
      throw new FillgridError(
        'already_committed',
        `run: bar ${this.run.index} is decided once, found another commit or decision of it. Advance to the next bar, or step back.`,
        { bar: this.run.index },
      )
  }

  /** Opens or closes the broker: before the first bar rules can be set, at the close of a bar all be given. */
  #setDesk(): void {
    const before = this.run.index < this.setup.window.first
    const open = !this.isOver && !this.#committed
    this.#gate.starting = before && open
    if (before && open) this.#gate.setOpen(false, earlyError)
    else this.#gate.setOpen(open, this.isOver ? overError : committedError)
  }
}
