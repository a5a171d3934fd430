import * as L from '../../assembly/layout.ts'
import { OpenRun, type OpenSetup, recordOf } from '../engine/openrun.ts'
import { encodeState } from '../engine/state.ts'
import { decodeState } from '../engine/statedecode.ts'
import { FillgridError } from '../errors.ts'
import { roomForStep } from '../kernel/room.ts'
import type { Broker } from '../strategy/broker.ts'
import { Gate } from '../strategy/clock.ts'
import { type Driver, runOnce } from '../strategy/given.ts'
import { overError } from '../strategy/refusals.ts'
import { attach, type ParameterValues, type Strategy } from '../strategy/strategy.ts'
import { Hooks, refusePromise } from './hooks.ts'
import { hostOf } from './host.ts'

/** What a run of hooks is made of. */
export interface HookSetup extends OpenSetup {
  driver: Extract<Driver, { kind: 'hooks' }>
}

/**
 * A run of hooks, bar by bar: `advance` until it returns false, or `toEnd`. It can be saved after any bar, restored and
 * forked; a restored run ends byte-identical.
 */
export class HookRun extends OpenRun<HookSetup> {
  readonly kind = 'hooks'
  #gate!: Gate
  #broker!: Broker
  #hooks: Hooks | undefined

  /** Made by `openRun`. @internal */
  constructor(setup: HookSetup) {
    super({ ...setup, record: recordOf(listens(setup.driver.strategy), setup.record) })
    this.#open()
  }

  /** A broker of this run's own clock. */
  #open(): void {
    this.#gate = new Gate(this.run.clock)
    this.#broker = this.run.makeBroker(this.#gate)
  }

  /** Everything before the first bar: settings and `onStart`. */
  begin(): this {
    this.ready()
    return this
  }

  /** Index of the last bar whose hook has run; before the first the one before it, -1 without a window. */
  get bar(): number {
    return this.run.index
  }

  /** Runs up to and including the next hook. @returns false when the run has ended */
  advance(): boolean {
    this.checkIdle()
    if (this.isOver) return false
    this.prepare()
    const on = this.#runTo(this.run.index + 1)
    this.keepMarkIfDue()
    return on
  }

  /** Runs to the end. */
  toEnd(): this {
    this.checkIdle()
    if (this.isOver) return this
    this.prepare()
    while (this.#runTo(this.run.index + this.stride)) this.keepMarkIfDue()
    return this
  }

  /**
   * A second run that goes on from here.
   *
   * @param strategy the instance that is to go on: one that has not been run
   * @throws FillgridError invalid_value, invalid_strategy, busy
   */
  fork(strategy?: Strategy): HookRun {
    if (strategy === undefined)
      throw new FillgridError(
        'invalid_value',
        'fork: a fresh instance of the strategy expected, found none. Pass new YourStrategy().',
      )
    this.ready()
    const state = this.save()
    runOnce(strategy)
    const fork = new HookRun({ ...this.setup, driver: { kind: 'hooks', strategy } })
    try {
      return fork.continue(this, state)
    } catch (error) {
      fork.release()
      throw error
    }
  }

  /** Back to before the first bar with other parameters; keeps the memory. @internal */
  restart(parameters: ParameterValues, driver: Driver): void {
    this.reset()
    this.setup.parameters = parameters
    this.setup.driver = driver as HookSetup['driver']
    this.#hooks = undefined
    this.#open()
  }

  protected start(): void {
    const { driver, market } = this.setup
    const { strategy } = driver
    const gate = this.#gate
    attach(
      strategy,
      hostOf(this.run, this.scope, () => gate.starting),
    )
    this.#hooks = new Hooks(strategy, this.lane, market, this.#broker)
    this.#gate.starting = true
    try {
      this.#hooks.onStart()
    } finally {
      this.#gate.starting = false
    }
  }

  protected replayTo(bar: number): void {
    while (this.run.index < bar && this.#runTo(Math.min(bar, this.run.index + this.stride))) this.keepMarkIfDue()
  }

  protected encodeState(): Uint8Array {
    return encodeStrategy(this.setup.driver.strategy)
  }

  protected giveState(state: Uint8Array | undefined): void {
    giveStrategy(this.setup.driver.strategy, state)
  }

  /**
   * Bar by bar up to one, each up to and including its hook. The loop is what hooks cost beside themselves, so it asks
   * for nothing twice and makes nothing.
   *
   * @returns false where the run has ended before
   */
  #runTo(last: number): boolean {
    const { run, lane } = this
    const { engine, pointer } = lane
    const { market, driver } = this.setup
    const { strategy } = driver
    const { bar, clock } = run
    const broker = this.#broker
    const gate = this.#gate
    const hooks = this.#hooks as Hooks
    const told = lane.shape.record >= L.RECORD_EVENTS
    const decides = strategy.onBar !== undefined
    const rules = strategy.onPosition !== undefined
    const advance = run.stepper
    let index = run.index
    let deciding = false
    let asked = false
    this.inside = true
    // Nobody but hooks is at work in between.
    gate.setOpen(true)
    try {
      while (index < last) {
        market.checkHeld()
        if (engine.bound !== pointer) lane.bind()
        const status = advance()
        if (status === L.STATUS_BAR) {
          index++
          clock.moveTo(index)
          deciding = true
          if (told) this.#tell(hooks, index)
          if (rules && lane.i32(L.RUN_HELD) > 0) hooks.onPosition(bar, index)
          if (decides) {
            asked = true
            const returned: unknown = strategy.onBar!(bar, broker)
            if (returned !== undefined) refusePromise(returned)
            asked = false
          }
          deciding = false
          if (lane.ringCount > 0) run.commit()
        } else if (status === L.STATUS_DONE) {
          this.#end(hooks)
          return false
        } else if (status === L.STATUS_FAULT) {
          this.isOver = true
          throw run.fault()
        } else roomForStep(lane)
      }
      return true
    } catch (error) {
      // What the engine has no room for leaves the run where it is.
      if (deciding || run.faulted) this.isOver = true
      throw asked ? hooks.failed('onBar', index, undefined, error) : error
    } finally {
      this.inside = false
      gate.setOpen(false, this.isOver ? overError : undefined)
    }
  }

  #end(hooks: Hooks): void {
    const { run, lane } = this
    run.finish()
    this.isOver = true
    if (lane.shape.record >= L.RECORD_EVENTS) {
      // A hook that hears of the end may order as ever; that ends with the data too, unheard.
      this.#tell(hooks, run.index)
      run.commit()
      run.finish()
      lane.takeEvents()
    }
    this.#gate.setOpen(false, overError)
    hooks.onEnd(run.index)
  }

  /** Tells what happened since the last time. */
  #tell(hooks: Hooks, bar: number): void {
    const events = this.lane.takeEvents()
    if (events.length === 0) return
    this.listener?.(events)
    hooks.deliver(events, bar)
  }
}

/** Whether a strategy hears of orders, fills or trades. */
export function listens(strategy: Strategy): boolean {
  return Boolean(strategy.onOrder || strategy.onFill || strategy.onTrade)
}

/** What a strategy remembers, encoded. @throws FillgridError invalid_strategy */
export function encodeStrategy(strategy: Strategy): Uint8Array {
  if (strategy.saveState) return encodeState(strategy.saveState(), 'saveState()')
  return encodeState(strategy.state)
}

/** Gives a strategy what it remembered; where `loadState` throws, it gets back what it had. */
export function giveStrategy(strategy: Strategy, state: Uint8Array | undefined): void {
  const value = state === undefined ? undefined : decodeState(state)
  if (!strategy.loadState) {
    strategy.state = value
    return
  }
  const had = encodeStrategy(strategy)
  try {
    strategy.loadState(value)
  } catch (error) {
    strategy.loadState(decodeState(had))
    throw error
  }
}
