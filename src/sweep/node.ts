import { FillgridError, show } from '../errors.ts'
import { piscinaExecutor } from '../jobs/piscina.ts'
import type { StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import { journalKeeper } from './journal.ts'
import type { Space, SpaceInput } from './space.ts'
import { keptSweep, SWEEP_OPTIONS, type SweepOptions, type SweepResult } from './sweep.ts'

/** Options of a sweep in Node. */
export interface NodeSweepOptions extends SweepOptions {
  /** Worker threads; as many as the machine runs at once. Ignored when an executor is given. */
  workers?: number
  /**
   * A file that keeps finished rows as they come. A sweep that ended before its time goes on from it when it is run again
   * with the same file, and gives the same table; another sweep is refused. It is left there: take it away once the table is
   * where it belongs.
   */
  journal?: string
}

const NODE_OPTIONS = new Set([...SWEEP_OPTIONS, 'workers', 'journal'])

/**
 * `sweep` of the index, run on worker threads unless an executor says otherwise.
 *
 * @throws FillgridError as there; with a journal also file_access, invalid_file, journal_mismatch
 */
export async function sweep(
  market: Market,
  strategy: StrategySource,
  space: Space | SpaceInput,
  options: NodeSweepOptions = {},
): Promise<SweepResult> {
  if (options === null || typeof options !== 'object')
    throw new FillgridError('invalid_value', `sweep: options must be an object, found ${show(options)}.`)
  onlyNames(options, NODE_OPTIONS, 'sweep', 'one of its options')
  const { workers, journal, ...rest } = options
  if (journal !== undefined && (typeof journal !== 'string' || journal === ''))
    throw new FillgridError('invalid_value', `sweep: journal must be the path of a file, found ${show(journal)}.`)
  const executor = options.executor ?? piscinaExecutor(workers)
  return keptSweep(market, strategy, space, { ...rest, executor }, journal ? journalKeeper(journal) : undefined)
}
