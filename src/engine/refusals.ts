import { FillgridError } from '../errors.ts'

/** What an order meets that is given to a run that is over. */
export function overError(): FillgridError {
  return new FillgridError(
    'run_over',
    'broker: orders are given while a run goes on, found one that is over: its data or its account have ended, or a hook failed. Step back, restore a snapshot or open another run.',
  )
}
