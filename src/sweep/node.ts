import { piscinaExecutor } from '../jobs/piscina.ts'
import type { StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import type { Space, SpaceInput } from './space.ts'
import { SWEEP_OPTIONS, type SweepOptions, type SweepResult, sweep as sweepAnywhere } from './sweep.ts'

/** Options of a sweep in Node. */
export interface NodeSweepOptions extends SweepOptions {
  /** Worker threads; as many as the machine runs at once. Ignored when an executor is given. */
  workers?: number
}

const NODE_OPTIONS = new Set([...SWEEP_OPTIONS, 'workers'])

/** `sweep` of the index, run on worker threads unless an executor says otherwise. @throws FillgridError as there */
export async function sweep(
  market: Market,
  strategy: StrategySource,
  space: Space | SpaceInput,
  options: NodeSweepOptions = {},
): Promise<SweepResult> {
  onlyNames(options, NODE_OPTIONS, 'sweep', 'one of its options')
  const { workers, ...rest } = options
  return sweepAnywhere(market, strategy, space, { ...rest, executor: options.executor ?? piscinaExecutor(workers) })
}
