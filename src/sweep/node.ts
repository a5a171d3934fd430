import type { Market } from '../market/market.ts'
import { piscinaExecutor } from '../workers/piscina.ts'
import type { StrategyInput } from '../workers/strategy-ref.ts'
import type { Space, SpaceInput } from './space.ts'
import { type SweepOptions, type SweepResult, sweep as sweepAnywhere } from './sweep.ts'

/** Options of a sweep in Node. */
export interface NodeSweepOptions extends SweepOptions {
  /** Worker threads; as many as the machine runs at once. Ignored when an executor is given. */
  workers?: number
}

/** `sweep` of the index, run on worker threads unless an executor says otherwise. */
export function sweep(
  market: Market,
  strategy: StrategyInput,
  space: Space | SpaceInput,
  options: NodeSweepOptions = {},
): Promise<SweepResult> {
  const { workers, ...rest } = options
  return sweepAnywhere(market, strategy, space, { ...rest, executor: options.executor ?? piscinaExecutor(workers) })
}
