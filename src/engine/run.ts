import * as L from '../../assembly/layout.ts'
import type { FillgridError } from '../errors.ts'
import { arrive } from '../kernel/decisions.ts'
import { Lane } from '../kernel/lane.ts'
import { Late } from '../kernel/late.ts'
import { type LiveState, putState, takeState } from '../kernel/livestate.ts'
import { type Engine, getEngine } from '../kernel/load.ts'
import { roomForStep } from '../kernel/room.ts'
import type { Market } from '../market/market.ts'
import { daysOf, secondsOf, zone } from '../market/zone.ts'
import { writeSettings } from '../settings/record.ts'
import type { CheckedSettings, DefaultSize } from '../settings/settings.ts'
import { Bar } from '../strategy/bar.ts'
import { Broker } from '../strategy/broker.ts'
import { Clock, type Gate } from '../strategy/clock.ts'
import type { ParameterValues } from '../strategy/strategy.ts'
import { notFinite } from './fault.ts'
import { type ChosenCosts, OwnCosts } from './owncosts.ts'
import { checkTraded } from './traded.ts'
import type { Window } from './window.ts'

/** Everything a run needs, checked; nothing of who decides. */
export interface RunSetup {
  market: Market
  window: Window
  settings: CheckedSettings
  parameters: ParameterValues
  size: DefaultSize
  /** RECORD_* of the layout. */
  record: number
  /** Its equity is followed for metrics alone, and no column of it kept. */
  followed: boolean
  contextNames: readonly string[]
  /** Cost models of the strategy's own that the settings choose. */
  costs?: ChosenCosts
  engine?: Engine
}

/** The columns that the broker sees: all of a bar, or its close in place of the other prices (rule 10.15). */
function seenOf({ triggers }: CheckedSettings, pointers: Market['pointers']): Market['pointers'] {
  if (triggers === 'bar') return pointers
  const { close } = pointers
  return { ...pointers, open: close, rangeHigh: close, rangeLow: close }
}

/**
 * The step that does not know who decides: `advance` goes to the next decision, at the close of a bar; orders are given
 * to a broker while it is open; `commit` carries them out. Drivers stand on top (openrun.ts).
 *
 *     begin() -> advance() -> [orders] -> commit() -> advance() -> ... -> false -> finish()
 */
export class Run {
  readonly setup: RunSetup
  readonly lane: Lane
  /** Where the run is, for what hooks are given. */
  clock = new Clock()
  /** The bar that has closed, for whoever decides. */
  bar: Bar
  /** Names of position context, in the order first used. */
  readonly contextNames: string[]
  readonly #costs: OwnCosts | undefined
  #released = false
  /** The days of the bars are there. */
  #dated = false
  /** What was on its way could not arrive: it is in the middle of a bar. */
  #stuck = false
  readonly #stepLate = (): number => {
    const status = this.lane.kernels.advance()
    if (status === L.STATUS_BAR) this.arrive()
    return status
  }

  constructor(setup: RunSetup) {
    const { market, window } = setup
    const engine = setup.engine ?? getEngine()
    checkTraded(market, setup.settings, setup.size)
    this.setup = setup
    this.contextNames = [...setup.contextNames]
    this.lane = new Lane(engine, {
      first: window.first,
      bars: window.end,
      marks: window.marks,
      assets: market.assetCount,
      dense: market.dense,
      nonPositive: market.allowNonPositive,
      pointers: seenOf(setup.settings, market.pointers),
      listing: market.listing,
      instruments: market.instrumentColumns,
      record: setup.record,
      contexts: this.contextNames.length,
      periods: { ends: window.ends ?? market.periods.ends, count: window.periods },
      followed: setup.followed,
    })
    if (setup.settings.latency > 0) this.lane.late = new Late(market.assetCount, setup.settings.latency)
    this.#costs = setup.costs && new OwnCosts(setup.costs, market, this.lane)
    this.lane.costs = this.#costs
    this.lane.clockTimes = () => secondsOf(market.time, zone(setup.settings.zone))
    this.bar = new Bar(market, this.clock)
  }

  /** Index of the bar that closed last; before the first one the bar before it, -1 without a window. */
  get index(): number {
    return this.lane.i32(L.RUN_BAR)
  }

  /** The data or the account have ended. */
  get ended(): boolean {
    return this.lane.i32(L.RUN_ENDED) !== 0
  }

  /** Numbers have left the finite range, a cost model has failed, or what arrived had no room: it is in the middle of a bar and cannot go on. */
  get faulted(): boolean {
    return this.#stuck || this.lane.i32(L.RUN_FAULT) !== 0
  }

  /** A broker of this run behind a gate. */
  makeBroker(gate: Gate, make: typeof Broker = Broker): Broker {
    const { market, settings, size } = this.setup
    return new make(this.lane, market, settings, size, this.contextNames, gate)
  }

  /** Everything before the first bar: the settings. */
  begin(): void {
    this.setup.market.checkHeld()
    const { market, settings } = this.setup
    writeSettings(this.lane, settings, (name) => market.signals.get(name)?.pointer ?? 0)
    const { lossADay } = settings
    if (lossADay.type !== 'none') this.#placeDays(lossADay.zone ?? settings.zone)
    this.clock.moveTo(this.index)
  }

  /** The local day of each bar, where the kernel looks at days (semantics 6.13). */
  #placeDays(name: string): void {
    if (this.#dated) return
    this.#dated = true
    const days = daysOf(this.setup.market.time, zone(name))
    const pointer = this.lane.block(L.RUN_DAYS, days.length * 4, 'days')
    this.lane.engine.arena.i32(pointer, days.length).set(days)
  }

  /** Goes on to the close of the next bar. @returns false where there is none: the data or the account have ended */
  advance(): boolean {
    const { lane } = this
    this.setup.market.checkHeld()
    lane.bind()
    for (;;) {
      const status = lane.kernels.advance()
      if (status === L.STATUS_BAR) {
        if (lane.late) this.arrive()
        this.clock.moveTo(this.index)
        return true
      }
      if (status === L.STATUS_DONE) return false
      if (status === L.STATUS_FAULT) throw this.fault()
      roomForStep(lane)
    }
  }

  /** A step of the bound kernel, which returns its status; at the close of a bar with a latency, what arrives there has arrived then. */
  get stepper(): () => number {
    return this.lane.late ? this.#stepLate : this.lane.kernels.advance
  }

  /** Carries out what arrives in the bar that has closed (semantics 3.15). */
  arrive(): void {
    try {
      arrive(this.lane)
    } catch (error) {
      this.#stuck = true
      throw error
    }
  }

  /** What the run has ended in: a cost model that has failed, or numbers that have left the finite range. */
  fault(): FillgridError {
    if (this.lane.i32(L.RUN_FAULT) === L.FAULT_COST && this.#costs?.failure) return this.#costs.failure
    return notFinite(this.lane, this.setup.market)
  }

  /** Carries out what was ordered since the last time. */
  commit(): void {
    this.lane.bind()
    this.lane.flush()
  }

  /** The run is over: what is still pending ends. */
  finish(): void {
    this.lane.bind()
    while (this.lane.kernels.finish() === L.STATUS_ROOM) roomForStep(this.lane)
  }

  /** What the run is in the middle of. */
  take(): LiveState {
    return takeState(this.lane)
  }

  /** Goes back to what was taken. */
  put(state: LiveState): void {
    this.lane.bind()
    putState(this.lane, state)
    this.#stuck = false
    this.clock.jumpTo(this.index)
  }

  /** Back to before the first bar; keeps the memory. What hooks were given before reads nothing from here on. */
  reset(): void {
    this.clock.end()
    this.clock = new Clock()
    this.bar = new Bar(this.setup.market, this.clock)
    this.lane.reset()
    this.#stuck = false
  }

  /** Gives the memory back. Brokers, positions and indicators throw from then on. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.clock.end()
    this.lane.release()
  }
}
