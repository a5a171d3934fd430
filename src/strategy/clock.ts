import { FillgridError } from '../errors.ts'

/** Index of a clock whose run has given its memory back. No bar is at or before it, so that every check of one fails. */
export const GONE = -2

/**
 * Where a run is, as the things that hooks are given read it: its bar, broker, positions and indicators. The run alone
 * moves it; they hold it in private fields, so that nothing a hook can reach moves time.
 */
export class Clock {
  /** Index of the current bar; -1 before the first, GONE once the run's memory was given back. */
  index = -1
  /** Raised by every change below: what was copied at another turn is copied again. */
  turn = 0
  /** Raised when the run goes back, starts again or ends: nothing that was remembered of it holds any more. */
  epoch = 0

  /** The run has come to this bar. */
  moveTo(index: number): void {
    this.index = index
    this.turn++
  }

  /** The run was taken to another bar, not step by step; -1 where it starts again. */
  jumpTo(index: number): void {
    this.epoch++
    this.moveTo(index)
  }

  /** The run's memory is given back: nothing is read from here on. */
  end(): void {
    this.jumpTo(GONE)
  }
}

/** Whether a broker takes orders: the run alone opens and closes it. */
export class Gate {
  readonly clock: Clock
  /** A hook runs that may give orders. */
  open = false
  /** `onStart` runs, in which rules can be set but nothing ordered. */
  starting = false
  /** What an order meets while it is closed; undefined: that it is not the time for it. */
  refusal: (() => FillgridError) | undefined

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Orders are taken from here on, or no longer. */
  setOpen(open: boolean, refusal?: () => FillgridError): void {
    this.open = open
    this.refusal = refusal
    this.clock.turn++
  }
}

/**
 * Refuses to make what only runs make. Hooks can reach the constructors of what they are given (`bar.constructor`), but
 * no clock.
 *
 * @throws FillgridError invalid_value
 */
export function checkMaker(maker: Clock | Gate, what: string): void {
  if (!(maker instanceof Clock || maker instanceof Gate))
    throw new FillgridError(
      'invalid_value',
      `${what}: made by its run, found a call of its constructor. Use the one that the hook was given.`,
    )
}

/** Closes a class whose instances hooks are given: neither it nor what its instances inherit can be changed. */
export function closeClass(made: { readonly prototype: object }): void {
  Object.freeze(made.prototype)
  Object.freeze(made)
}
