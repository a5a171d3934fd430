import { threadId, workerData } from 'node:worker_threads'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { Ledger } from '../kernel/ledger.ts'
import { adoptEngine, type Engine } from '../kernel/load.ts'
import type { MarketDescriptor } from '../market/build.ts'
import { Market } from '../market/market.ts'
import type { Job, JobReply, JobSetup } from './job.ts'
import { type JobRunner, jobRunner } from './setup.ts'

/** What a worker thread is started with. */
export interface WorkerData {
  module: Engine['module']
  memory: Engine['arena']['memory']
  /** Where it enters what it takes of the memory. */
  ledger: Ledger['buffer']
}

/** One job of the executor with this id; the setup comes when the worker has asked for it. */
export interface WorkerTask {
  id: number
  job: Job
  setup?: JobSetup & { market: MarketDescriptor }
}

/** What came of a job, or that the worker does not know the setup yet. */
export type WorkerReply = JobReply | { missing: true }

/** What strategies print in a worker goes to standard error: standard output belongs to the caller alone. */
process.stdout.write = process.stderr.write.bind(process.stderr)
process.setSourceMapsEnabled(true)

const { module, memory, ledger } = workerData as WorkerData
const slot = new Ledger(ledger).enter(threadId)
const { arena } = adoptEngine(module, memory)
if (slot) arena.inherit(slot)

let current: { id: number; runner: Promise<JobRunner> } | undefined

/** The worker thread's entry: runs one job. A new setup takes the place of the last one and its memory. */
export default async function work({ id, job, setup }: WorkerTask): Promise<ReturnType<typeof move> | WorkerReply> {
  if (current?.id !== id) {
    if (!setup) return { missing: true }
    current = { id, runner: replace(current?.runner, setup) }
  }
  const reply = (await current.runner).run(job)
  if ('error' in reply) return reply
  return move({ [transferableSymbol]: [reply.metrics.buffer], [valueSymbol]: reply })
}

async function replace(
  before: Promise<JobRunner> | undefined,
  setup: NonNullable<WorkerTask['setup']>,
): Promise<JobRunner> {
  if (before) (await before).release()
  return jobRunner(() => Market.attach(setup.market), setup)
}
