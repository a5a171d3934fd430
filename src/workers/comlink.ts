import { type Endpoint, expose, wrap } from 'comlink'
import { adoptEngine, type Engine, getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import { inlineWarning, localExecutor } from './inline.ts'
import type { ExecutorFactory, Job, JobReply, JobSetup } from './job.ts'
import { type JobRunner, jobRunner, jobSetup, marketColumns, outcomeOf } from './setup.ts'

/** A web worker, or anything that speaks like one. */
export interface WorkerLike extends Endpoint {
  terminate(): void
}

interface Service {
  start(engine: { module: unknown; memory: unknown }, market: unknown, setup: JobSetup): Promise<void>
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
  const workers = options.workers ?? globalThis.navigator?.hardwareConcurrency ?? 2
  const spawn = options.spawn ?? (() => new Worker(new URL('./browser.js', import.meta.url), { type: 'module' }))
  return async (context) => {
    const { market, reference } = context
    if (!reference) return localExecutor(context, [inlineWarning])
    const { arena, module, shared } = getEngine()
    const engine = { module, memory: shared ? arena.memory : null }
    const all = new Set<WorkerLike>()
    const hire = async () => {
      const worker = spawn()
      all.add(worker)
      const died = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => reject(new Error((event as ErrorEvent).message || 'a worker died')))
      })
      const service = wrap<Service>(worker)
      const given = shared ? market.descriptor() : marketColumns(market)
      await Promise.race([service.start(engine, given, jobSetup(context, reference)), died])
      return { worker, service, died }
    }
    const idle = await Promise.all(Array.from({ length: workers }, hire))
    const waiting: ((one: (typeof idle)[0]) => void)[] = []
    const free = (one: (typeof idle)[0]) => (waiting.shift() ?? ((next) => idle.push(next)))(one)
    return {
      workers,
      warnings: [],
      async run(job) {
        const one = idle.pop() ?? (await new Promise<(typeof idle)[0]>((resolve) => waiting.push(resolve)))
        const reply = await Promise.race([one.service.run(job), one.died]).catch(async (error) => {
          one.worker.terminate()
          if (all.delete(one.worker)) free(await hire())
          throw error
        })
        free(one)
        return outcomeOf(reply)
      },
      async close() {
        for (const worker of all) worker.terminate()
        all.clear()
      },
    }
  }
}

/** The other side: what a worker's module calls to take jobs. */
export function serveJobs(endpoint?: Endpoint): void {
  let runner: JobRunner
  const start: Service['start'] = async ({ module, memory }, market, setup) => {
    runner = await jobRunner(() => {
      if (!memory) return Market.from(market as Parameters<typeof Market.from>[0])
      adoptEngine(module as Engine['module'], memory as Engine['arena']['memory'])
      return Market.attach(market as Parameters<typeof Market.attach>[0])
    }, setup)
  }
  expose({ start, run: async (job: Job) => runner.run(job) }, endpoint)
}
