import { type Endpoint, expose, type Remote, wrap } from 'comlink'
import { adoptEngine, type Engine, getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import { localExecutor } from './inline.ts'
import type { ExecutorFactory, Job, JobReply, JobSetup } from './job.ts'
import { jobRunner, jobSetup, marketColumns, outcomeOf } from './setup.ts'

/** A web worker, or anything that speaks like one. */
export interface WorkerLike extends Endpoint {
  terminate(): void
}

interface Service {
  start(engine: Pick<Engine, 'module'> & { memory: unknown }, market: unknown, setup: JobSetup): Promise<void>
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
  const count = options.workers ?? globalThis.navigator?.hardwareConcurrency ?? 2
  const spawn =
    options.spawn ?? (() => new Worker(new URL('./browser.js', import.meta.url), { type: 'module' }) as WorkerLike)
  return async (context) => {
    const { market, reference } = context
    if (!reference) return localExecutor(context, [INLINE])
    const setup = jobSetup(context, reference)
    const { arena, module, shared } = getEngine()
    const all = new Set<WorkerLike>()
    const idle: { worker: WorkerLike; service: Remote<Service>; died: Promise<never> }[] = []
    const waiting: (() => void)[] = []
    const hire = async () => {
      const worker = spawn()
      all.add(worker)
      const died = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) =>
          reject(new Error((event as ErrorEvent).message ?? 'the worker died')),
        )
      })
      died.catch(() => {})
      const service = wrap<Service>(worker)
      await Promise.race([
        shared
          ? service.start({ module, memory: arena.memory }, market.descriptor(), setup)
          : service.start({ module, memory: null }, marketColumns(market), setup),
        died,
      ])
      idle.push({ worker, service, died })
      waiting.shift()?.()
    }
    await Promise.all(Array.from({ length: count }, hire))
    return {
      workers: count,
      warnings: [],
      async run(job) {
        while (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
        const one = idle.pop()!
        try {
          const reply = await Promise.race([one.service.run(job), one.died])
          idle.push(one)
          waiting.shift()?.()
          return outcomeOf(reply)
        } catch (error) {
          if (all.delete(one.worker)) {
            one.worker.terminate()
            await hire()
          }
          throw error
        }
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
  let run: ((job: Job) => JobReply) | undefined
  const service: Service = {
    async start({ module, memory }, market, setup) {
      run = await jobRunner(() => {
        if (!memory) return Market.from(market as Parameters<typeof Market.from>[0])
        adoptEngine(module, memory as Engine['arena']['memory'])
        return Market.attach(market as Parameters<typeof Market.attach>[0])
      }, setup)
    },
    run: async (job) => run!(job),
  }
  expose(service, endpoint)
}

const INLINE = {
  code: 'inline_strategy',
  message:
    'The strategy is defined inline, so it runs on the calling thread alone. Pass a built-in name or { module } to use workers.',
}
