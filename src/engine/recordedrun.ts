import { type Decision, decisionOf, type Given, shownDecisions } from './decision.ts'
import { DecisionLog } from './decisionlog.ts'
import { OpenRun, type OpenSetup } from './openrun.ts'
import type { Driven, Snapshot } from './snapshot.ts'

/** What of the decisions a mark has to know. */
export interface DecidedMark {
  readonly length: number
  readonly given: readonly Given[]
}

/** A run whose decisions nobody could give again: they are recorded, and what steps back or goes on elsewhere takes them from there. */
export abstract class RecordedRun<S extends OpenSetup = OpenSetup> extends OpenRun<S> {
  /** Of bars that are decided. */
  protected log = new DecisionLog()
  /** What was given at this one. */
  protected given: Given[] = []

  /**
   * What was given so far, bar by bar, and where a strategy is asked its state after it, if that has changed: plain data,
   * which `apply` of a manual run gives again.
   */
  get decisions(): readonly Decision[] {
    const open = this.#open()
    return shownDecisions(open ? [...this.log.list, open] : this.log.list)
  }

  /** Whether what was given is part of the decision of this bar, which is still to be taken. */
  protected abstract get isDeciding(): boolean

  /** This bar is decided. @param state the strategy's, encoded, where it has changed */
  protected decide(state?: Uint8Array): void {
    if (this.given.length > 0 || state) this.log.push(decisionOf(this.run.index, this.given, state))
  }

  protected override get past(): readonly Decision[] {
    return this.log.list
  }

  protected override recorded(): DecisionLog {
    const log = this.log.clone()
    const open = this.#open()
    if (open) log.push(open)
    return log
  }

  protected decidedMark(): DecidedMark {
    return { length: this.log.length, given: [...this.given] }
  }

  protected putDecidedMark({ length, given }: DecidedMark): void {
    this.log.cut(length)
    this.given = [...given]
  }

  /** Decisions of a snapshot. @throws FillgridError snapshot_damaged */
  protected readDecisions({ decisions, bar }: Snapshot): DecisionLog {
    return DecisionLog.decode(decisions, this.setup.window.first - 1, bar)
  }

  /** Takes those of another run. @param open whether that of this bar was still to be taken */
  protected putDecisions({ decisions }: Driven, open: boolean): void {
    if (!decisions) return
    const last = decisions.list.at(-1)
    this.log = decisions
    this.given = []
    if (!open || last === undefined || last.bar !== this.run.index) return
    this.log.cut(decisions.length - 1)
    this.given = [...last.given]
  }

  #open(): Decision | undefined {
    return this.isDeciding && this.given.length > 0 ? decisionOf(this.run.index, this.given) : undefined
  }
}
