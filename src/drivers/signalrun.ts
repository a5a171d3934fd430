import * as L from '../../assembly/layout.ts'
import { OpenRun, type OpenSetup } from '../engine/openrun.ts'
import { FillgridError } from '../errors.ts'
import { roomForStep } from '../kernel/room.ts'
import type { CheckedSettings } from '../settings/settings.ts'
import type { Broker } from '../strategy/broker.ts'
import { Gate } from '../strategy/clock.ts'
import { askPositions, type PositionRule } from '../strategy/decisions.ts'
import type { Driver } from '../strategy/given.ts'
import type { ParameterValues, Strategy } from '../strategy/strategy.ts'
import { hookError } from './hooks.ts'
import { SignalWriter } from './signals.ts'

/** What a run of signals is made of. */
export interface SignalSetup extends OpenSetup {
  driver: Extract<Driver, { kind: 'signals' }>
}

/** Bars of one slice: some tens of microseconds to milliseconds. */
const SLICE = 4096

/** A run of signal columns, whose loop is the kernel's: in slices, or bar by bar. */
export class SignalRun extends OpenRun<SignalSetup> {
  readonly kind = 'signals'
  #signals: SignalWriter | undefined
  /** What carries out the answers of a rule. */
  #asked: { gate: Gate; broker: Broker } | undefined

  /** Everything before the first bar: settings, `onStart` or the strategy's columns. */
  begin(): this {
    this.ready()
    return this
  }

  /** Index of the last bar that was decided; before the first the one before it, -1 without a window. */
  get bar(): number {
    return this.run.index
  }

  /** Runs up to and including the next bar's decisions. @returns false when the run has ended */
  advance(): boolean {
    if (this.isOver) return false
    const on = this.slice(1)
    this.keepMarkIfDue()
    return on
  }

  /** Runs to the end. */
  toEnd(): this {
    while (!this.isOver && this.slice(SLICE)) this.keepMarkIfDue()
    return this
  }

  /** The strategy's rule about positions: then a run goes bar by bar. */
  get #rule(): PositionRule | undefined {
    const { strategy } = this.setup.driver
    return 'onPosition' in strategy ? strategy.onPosition : undefined
  }

  /** Asks it, after the signals of the bar that has closed. */
  #ask(rule: PositionRule): void {
    const { run, lane } = this
    if (lane.i32(L.RUN_HELD) === 0) return
    const { index } = run
    const { clock } = run
    clock.moveTo(index)
    if (this.#asked?.gate.clock !== clock) {
      const made = new Gate(clock)
      this.#asked = { gate: made, broker: run.makeBroker(made) }
    }
    const { gate, broker } = this.#asked
    gate.setOpen(true)
    try {
      askPositions(rule, run.bar, broker)
    } catch (error) {
      this.isOver = true
      throw hookError('onPosition', index, undefined, this.setup.market, error)
    } finally {
      gate.setOpen(false)
    }
    run.commit()
  }

  /** Runs over so many bars, or a stretch more. @returns false when the run has ended @throws FillgridError busy @internal */
  slice(bars: number): boolean {
    this.checkIdle()
    if (!this.begun) this.prepare()
    this.setup.market.checkHeld()
    const { lane } = this
    lane.bind()
    const rule = this.#rule
    let left = rule ? bars : 1
    for (;;) {
      const status = lane.kernels.runSignals(rule ? 1 : bars)
      if (status === L.STATUS_ROOM) {
        roomForStep(lane)
        continue
      }
      this.#tell()
      if (status === L.STATUS_FAULT) {
        this.isOver = true
        throw this.run.fault()
      }
      if (status === L.STATUS_SLICE) {
        if (rule) {
          // Behind the signals of the bar in which it was decided, which are of this row.
          if (lane.late) this.run.arrive()
          this.#ask(rule)
        }
        if (--left > 0) continue
        return true
      }
      this.run.finish()
      this.isOver = true
      this.#tell()
      return false
    }
  }

  /** Taken also where nobody listens: they would pile up, and be part of every mark. */
  #tell(): void {
    const events = this.lane.takeEvents()
    this.listener?.(events)
  }

  /** A second run that goes on from here. @throws FillgridError invalid_value */
  fork(strategy?: Strategy): SignalRun {
    if (strategy !== undefined)
      throw new FillgridError(
        'invalid_value',
        'fork: no strategy expected for a run of signals, found one. Call fork().',
      )
    this.ready()
    const fork = new SignalRun({ ...this.setup })
    try {
      return fork.continue(this, undefined)
    } catch (error) {
      fork.release()
      throw error
    }
  }

  /** Back to before the first bar with other parameters; keeps the memory. @internal */
  restart(parameters: ParameterValues, driver: Driver): void {
    this.reset()
    this.setup.parameters = parameters
    this.setup.driver = driver as SignalSetup['driver']
  }

  protected start(): void {
    const { driver, market, parameters, size, settings, window } = this.setup
    this.#signals ??= new SignalWriter(this.lane, market, this.scope, {
      latency: settings.latency,
      first: window.first,
      leverage: leverageOf(settings),
    })
    this.#signals.prepare(driver.strategy, parameters, size)
    // What was computed of them is the run's own now.
    this.noteEmpty()
    this.scope.release()
  }

  protected replayTo(bar: number): void {
    while (this.run.index < bar && this.slice(1)) this.keepMarkIfDue()
  }

  protected encodeState(): undefined {
    return undefined
  }

  protected giveState(): void {}
}

/**
 * Runs over one market to their ends in step: each over some bars, then each over the next, so that the bars come into
 * the processor's cache once for all of them.
 *
 * @param failed told of a run that cannot go on
 */
export function toEndInStep(
  runs: readonly SignalRun[],
  bars: number,
  failed: (run: SignalRun, error: unknown) => void,
): void {
  let left = runs
  while (left.length > 0) {
    left = left.filter((run) => {
      try {
        return run.slice(bars)
      } catch (error) {
        failed(run, error)
        return false
      }
    })
  }
}

/** How many times the equity positions may be worth when they are opened. */
function leverageOf({ account, funds }: CheckedSettings): number {
  if (funds !== 'account' || account.type === 'unlimited') return Number.POSITIVE_INFINITY
  return account.type === 'margin' ? 1 / account.initial : 1
}
