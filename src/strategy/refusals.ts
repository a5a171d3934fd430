import { FillgridError } from '../errors.ts'

/** What an order meets that is given to a run that is over. */
export function overError(): FillgridError {
  return new FillgridError(
    'run_over',
    'broker: orders are given while a run goes on, found one that is over: its data or its account have ended, or a hook failed. Step back, restore a snapshot or open another run.',
  )
}

/** What an order of a manual run meets that is given before its first bar. */
export function earlyError(): FillgridError {
  return new FillgridError(
    'invalid_value',
    'broker: orders are given from the close of the first bar on, found one before it. Call advance first.',
  )
}

/** What an order meets that is given to a bar whose decision was committed. */
export function committedError(): FillgridError {
  return new FillgridError(
    'already_committed',
    'broker: orders are given before a bar is committed, found one whose decision is. Advance to the next bar.',
  )
}

/** What an order meets that a hook gives after it has settled. */
export function lateError(): FillgridError {
  return new FillgridError(
    'late_call',
    'broker: each hook has a broker of its own, for as long as it is at work, found a call after it had settled or was given up. Await what it does before it returns.',
  )
}

/** What a broker or a position meets whose run has given its memory back, or has begun anew with other parameters. */
export function releasedError(): FillgridError {
  return new FillgridError(
    'released',
    'broker: it is of one run and tells of nothing after it, found a call after its memory was given back. Ask it in hooks, or take what you need from the Result.',
  )
}
