import { type Endpoint, expose, transfer, wrap } from 'comlink'
import { Ledger, workerLedger } from '../kernel/ledger.ts'
import { adoptEngine, type Engine, getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import { inlineWarning, localExecutor } from './inline.ts'
import type { ExecutorFactory, Job, JobReply, JobSetup } from './job.ts'
import { type JobRunner, jobRunner, jobSetup, marketColumns, outcomeOf } from './setup.ts'

/** A web worker, or anything that speaks like one. */
export interface WorkerLike extends Endpoint {
  terminate(): void
}

/** What a worker needs of the engine; all but the module null where nothing is shared. */
interface Shared {
  module: unknown
  memory: unknown
  ledger: Ledger['buffer'] | null
  /** Its number in the ledger. */
  id: number
}

/** Numbers of web workers in the ledger are below 0, those of threads above. */
let lastId = 0

interface Service {
  start(engine: Shared, market: unknown, setup: JobSetup): Promise<void>
  run(job: Job): Promise<JobReply>
}

/**
 * Runs jobs in web workers. On a page that is cross-origin isolated they read the one market in shared memory; elsewhere
 * each gets a copy of it. A strategy that is defined inline runs on the calling thread, with a warning.
 *
 * @param options `workers`: how many, as many as the host runs at once by default; `spawn` makes one: its module must
 * call `serveJobs()`; by default the entry that is built beside this file
 */
export function comlinkExecutor(options: { workers?: number; spawn?: () => WorkerLike } = {}): ExecutorFactory {
  const most = options.workers ?? globalThis.navigator?.hardwareConcurrency ?? 2
  const spawn =
    options.spawn ?? (() => new Worker(new URL('../workers/browser.js', import.meta.url), { type: 'module' }))
  return async (context) => {
    const { market, reference } = context
    if (!reference) return localExecutor(context, [inlineWarning])
    const workers = Math.max(1, Math.min(most, context.sets))
    const { arena, module, shared } = getEngine()
    const ledger = shared ? workerLedger() : null
    const all = new Set<WorkerLike>()
    const hire = async () => {
      const worker = spawn()
      const id = --lastId
      const engine = { module, memory: shared ? arena.memory : null, ledger: ledger?.buffer ?? null, id }
      all.add(worker)
      const died = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => reject(new Error((event as ErrorEvent).message || 'a worker died')))
      })
      const service = wrap<Service>(worker)
      const given = shared ? market.descriptor() : marketColumns(market)
      await Promise.race([service.start(engine, given, jobSetup(context, reference)), died])
      return { worker, service, died, id }
    }
    const idle = await Promise.all(Array.from({ length: workers }, hire))
    const waiting: ((one: (typeof idle)[0]) => void)[] = []
    const free = (one: (typeof idle)[0]) => (waiting.shift() ?? ((next) => idle.push(next)))(one)
    return {
      workers,
      warnings: [],
      async run(job) {
        const one = idle.pop() ?? (await new Promise<(typeof idle)[0]>((resolve) => waiting.push(resolve)))
        const sent = job.room ? transfer(job, [job.room.buffer]) : job
        const reply = await Promise.race([one.service.run(sent), one.died]).catch(async (error) => {
          one.worker.terminate()
          if (all.delete(one.worker)) free(await hire())
          throw error
        })
        free(one)
        return outcomeOf(reply)
      },
      async close() {
        for (const worker of all) worker.terminate()
        // One that is busy may write for a moment yet: what it has of the memory is nobody's from here on.
        for (const { id } of idle) ledger?.leave(id)
        all.clear()
      },
    }
  }
}

/** The other side: what a worker's module calls to take jobs. */
export function serveJobs(endpoint?: Endpoint): void {
  let runner: JobRunner
  const start: Service['start'] = async ({ module, memory, ledger, id }, market, setup) => {
    runner = await jobRunner(() => {
      if (!memory) return Market.from(market as Parameters<typeof Market.from>[0])
      const { arena } = adoptEngine(module as Engine['module'], memory as Engine['arena']['memory'])
      const slot = ledger && new Ledger(ledger).enter(id)
      if (slot) arena.inherit(slot)
      return Market.attach(market as Parameters<typeof Market.attach>[0])
    }, setup)
  }
  const run = async (job: Job) => {
    const reply = runner.run(job)
    return 'error' in reply ? reply : transfer(reply, [reply.metrics.buffer])
  }
  expose({ start, run }, endpoint)
}
