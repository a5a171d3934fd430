/** Why a signal cannot be traded as it is. */
export type SignalProblemKind =
  | 'unknown_asset'
  | 'unknown_time'
  | 'outside'
  | 'duplicate'
  | 'no_side'
  | 'wrong_side'
  | 'levels'
  | 'entry'
  | 'expired'

/** A signal that was dropped, and why. */
export interface SignalProblem {
  readonly kind: SignalProblemKind
  /** Its number in the list, from 0, and its line in the file where it has one. */
  readonly index: number
  readonly line?: number
  readonly id: string
  readonly asset: string
  /** A sentence. */
  readonly message: string
}

/** What is wrong with a signal, in words that stand behind its place. */
export class Wrong extends Error {
  readonly kind: SignalProblemKind

  constructor(kind: SignalProblemKind, message: string) {
    super(message)
    this.kind = kind
  }
}
