import { workerData } from 'node:worker_threads'
import { adoptEngine, type Engine } from '../kernel/load.ts'
import type { MarketDescriptor } from '../market/build.ts'
import { Market } from '../market/market.ts'
import type { Job, JobReply, JobSetup } from './job.ts'
import { jobRunner } from './setup.ts'

/** What a worker thread is started with. */
export interface WorkerData {
  module: Engine['module']
  memory: Engine['arena']['memory']
  market: MarketDescriptor
  setup: JobSetup
}

/** What strategies print in a worker goes to standard error: standard output belongs to the caller alone. */
process.stdout.write = process.stderr.write.bind(process.stderr)
process.setSourceMapsEnabled(true)

let runner: Promise<(job: Job) => JobReply> | undefined

/** The worker thread's entry: runs one job; the market is attached and the strategy loaded with the first. */
export default async function work(job: Job): Promise<JobReply> {
  const { module, memory, market, setup } = workerData as WorkerData
  runner ??= jobRunner(() => {
    adoptEngine(module, memory)
    return Market.attach(market)
  }, setup)
  return (await runner)(job)
}
