/** What runs inside the browser: the fixed scenario, and a sweep in web workers beside the same sweep on the page. */
import { makeMinutes } from '../../data/minutes.ts'
import { comlinkExecutor, type ExecutorFactory, type Job, Market, runJobs, sweep } from '../../src/index.ts'
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
  /** All that came of some jobs over several markets, those that cannot be run among them: on the page, and in two workers. */
  jobsHere: string
  jobsInWorkers: string
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
  return {
    fingerprints,
    shared: getEngine().shared,
    isolated: globalThis.crossOriginIsolated === true,
    here,
    workers,
    jobsHere: await outcomesOf(),
    jobsInWorkers: await outcomesOf(comlinkExecutor({ workers: 2 })),
  }
}

/** Outcomes of jobs over two markets that the page has, one at an address, and one that is nowhere. */
async function outcomesOf(executor?: ExecutorFactory): Promise<string> {
  const markets = [5, 6].map((seed) => Market.from([makeMinutes({ bars: 2_000, seed })]))
  const digests = markets.map((market) => market.digest())
  const job = (id: string, digest: string, rest: Partial<Job> = {}): Job => ({
    ...{ format: 'fillgrid job', version: 1, id, market: { digest }, strategy: 'sma-cross' },
    ...{ sets: [{ fast: 5, slow: 20 }, { fast: 9, slow: 8 }, {}], ...rest },
  })
  const market = Market.from([
    { asset: 'bars', time: [1704067200000, 1704153600000], open: [1, 2], high: [2, 3], low: [1, 2], close: [2, 3] },
  ])
  const files = [new URL('/bars.csv', location.href).href]
  const jobs = [
    job('a', digests[0], { keep: ['equity', 'trades', 'result'] }),
    job('b', digests[1], { strategy: 'sma-cross-hooks', keep: 'result' }),
    job('c', digests[0]),
    job('d', '0'.repeat(64)),
    job('e', market.digest(), { market: { digest: market.digest(), files } }),
    job('f', digests[1], { market: { digest: digests[0].replace(/./g, 'f'), files } }),
  ]
  const outcomes = await runJobs(JSON.parse(JSON.stringify(jobs)), { executor, markets })
  const codes = outcomes.map(({ error }) => error?.code ?? '')
  const wanted = ['', '', '', 'job_market', '', 'job_market']
  if (String(codes) !== String(wanted)) throw new Error(JSON.stringify(outcomes.map(({ error }) => error)))
  return JSON.stringify(outcomes, (_, value) => (ArrayBuffer.isView(value) ? String(value) : value))
}
