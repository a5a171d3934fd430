import { FillgridError } from '../errors.ts'
import type { MarketColumns } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { prepare } from '../prepare.ts'
import { panelCache, releasePanels } from '../signals/panels.ts'
import {
  describeError,
  type Job,
  type JobContext,
  type JobOutcome,
  type JobReply,
  type JobSetup,
  runJob,
} from './job.ts'
import { type LoadedStrategy, loadStrategy, type StrategyReference } from './strategy-ref.ts'

/** What a worker makes of a setup. */
export interface JobRunner {
  run(job: Job): JobReply
  /** Gives back the memory that it has used. */
  release(): void
}

/** Indicator columns of a worker beyond those in use, bytes: with its run and its thread a worker stays below 64 MiB. */
const PANEL_BYTES = 24 * 1048576

/** What a worker does first: its market, then the strategy, `served` if it is its own; then jobs. Errors become replies. */
export async function jobRunner(
  openMarket: () => Market,
  setup: JobSetup,
  served?: LoadedStrategy,
): Promise<JobRunner> {
  try {
    const market = openMarket()
    const runner = prepare(market, await loadStrategy(setup.reference, served), setup.config)
    panelCache(market).budget = PANEL_BYTES
    return {
      run: (job) => runJob(runner, setup.codec, job, setup.metricCount),
      release() {
        runner.release()
        releasePanels(market)
        market.release()
      },
    }
  } catch (error) {
    const reply = { error: describeError(error) }
    return { run: () => reply, release() {} }
  }
}

/** The part of an executor's context that workers get. */
export function jobSetup({ config, codec, metricCount }: JobContext, reference: StrategyReference): JobSetup {
  const setup = { reference, config, codec, metricCount }
  try {
    return structuredClone(setup)
  } catch (cause) {
    throw new FillgridError(
      'invalid_value',
      `sweep: what workers get must be plain data, found ${(cause as Error).message}. Run it on the calling thread, or leave functions out.`,
      {},
      { cause },
    )
  }
}

/** The outcome in a reply. @throws FillgridError what the worker met before any set ran */
export function outcomeOf(reply: JobReply): JobOutcome {
  if ('error' in reply) throw new FillgridError(reply.error.code, reply.error.message)
  return reply
}

/** A market as arrays of its own, for a worker that cannot share its memory. */
export function marketColumns(market: Market): MarketColumns {
  return {
    assets: [...market.assets],
    time: market.time.slice(),
    open: market.open.slice(),
    high: market.high.slice(),
    low: market.low.slice(),
    close: market.close.slice(),
    volume: market.volume.slice(),
    signals: Object.fromEntries([...market.signals].map(([name, { values }]) => [name, values.slice()])),
    context: Object.fromEntries([...market.context].map(([name, values]) => [name, values.slice()])),
    allowNonPositive: market.allowNonPositive,
    delisted: market.delisted,
  } as MarketColumns
}
