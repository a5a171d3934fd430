/** What runs inside the browser: the fixed scenario, and a sweep in web workers beside the same sweep on the page. */
import { makeMinutes } from '../../data/minutes.ts'
import { comlinkExecutor, type ExecutorFactory, Market, sweep } from '../../src/index.ts'
import { getEngine } from '../../src/kernel/load.ts'
import { type Fingerprints, runScenario } from '../determinism/scenario.ts'

export interface PageResult {
  fingerprints: Fingerprints
  /** Whether the memory is shared, as the library decided by itself. */
  shared: boolean
  isolated: boolean
  /** Sharpe ratios of a small sweep: on the page, and in two workers. */
  here: number[]
  workers: number[]
}

export async function run(worker: string): Promise<PageResult> {
  const fingerprints = await runScenario()
  const market = Market.from([makeMinutes({ bars: 5_000, seed: 5 })])
  const sharpes = async (executor?: ExecutorFactory) => {
    const { table } = await sweep(market, 'sma-cross', { fast: [5, 10, 15, 20], slow: [30, 60, 90] }, { executor })
    return [...table.values('sharpe')]
  }
  const here = await sharpes()
  const workers = await sharpes(comlinkExecutor({ workers: 2, spawn: () => new Worker(worker, { type: 'module' }) }))
  return { fingerprints, shared: getEngine().shared, isolated: globalThis.crossOriginIsolated === true, here, workers }
}
