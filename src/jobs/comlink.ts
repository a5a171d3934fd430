import { type Endpoint, expose, transfer, wrap } from 'comlink'
import { Ledger, workerLedger } from '../kernel/ledger.ts'
import { adoptEngine, type Engine, getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import { loadAddresses } from './addresses.ts'
import { type ExecutorFactory, type JobReply, type JobSetup, marketColumns, outcomeOf, Setups } from './executor.ts'
import { inlineWarning, localExecutor } from './inline.ts'
import { movable } from './keep.ts'
import type { JobPiece } from './piece.ts'
import { type MarketLoader, Runners } from './runners.ts'

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
  start(engine: Shared): Promise<void>
  run(id: number, piece: JobPiece, setup?: JobSetup): Promise<JobReply>
}

/**
 * Runs jobs in web workers. Markets of the page they read in shared memory where it is cross-origin isolated; elsewhere each
 * gets a copy of those that it runs jobs on. Those that jobs refer to by addresses each of them loads once. A strategy that
 * is defined inline in a sweep runs on the calling thread, with a warning.
 *
 * @param options `workers`: how many, as many as the host runs at once by default; `spawn` makes one: its module must
 * call `serveJobs()`; by default the entry that is built beside this file
 */
export function comlinkExecutor(options: { workers?: number; spawn?: () => WorkerLike } = {}): ExecutorFactory {
  const most = options.workers ?? globalThis.navigator?.hardwareConcurrency ?? 2
  const spawn =
    options.spawn ?? (() => new Worker(new URL('../workers/browser.js', import.meta.url), { type: 'module' }))
  return async (plan) => {
    if (plan.inline) return localExecutor(plan, [inlineWarning])
    const workers = Math.max(1, Math.min(most, plan.sets))
    const { arena, module, shared } = getEngine()
    const ledger = shared ? workerLedger() : null
    const setups = new Setups(shared)
    const all = new Set<WorkerLike>()
    let closed = false
    const hire = async () => {
      const worker = spawn()
      const id = --lastId
      const engine = { module, memory: shared ? arena.memory : null, ledger: ledger?.buffer ?? null, id }
      all.add(worker)
      const died = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => reject(new Error((event as ErrorEvent).message || 'a worker died')))
      })
      const service = wrap<Service>(worker)
      await Promise.race([service.start(engine), died])
      return { worker, service, died, id }
    }
    type Hired = Awaited<ReturnType<typeof hire>>
    const idle: Hired[] = await Promise.all(Array.from({ length: workers }, hire))
    const waiting: { take: (one: Hired) => void; refuse: (cause: unknown) => void }[] = []
    const free = (one: Hired) => {
      const next = waiting.shift()
      if (next) next.take(one)
      else idle.push(one)
    }
    /** Of workers that are gone, and could not be replaced: hired when they are needed, so that no piece waits for ever. */
    let lacking = 0
    const take = async (): Promise<Hired> => {
      const one = idle.pop()
      if (one) return one
      if (lacking === 0) return new Promise((take, refuse) => waiting.push({ take, refuse }))
      lacking--
      return hire().catch((error) => {
        lacking++
        throw error
      })
    }
    return {
      workers,
      warnings: [],
      async run(head, piece) {
        const { id, setup } = setups.of(head)
        const one = await take()
        const { count, values, room } = piece
        const ask = async (): Promise<JobReply> => {
          const reply = await one.service.run(id, room ? transfer(piece, [room.buffer]) : piece)
          if (!('missing' in reply)) return reply
          // The worker that missed the setup has the room.
          const bare = { count, values }
          const next = await one.service.run(id, bare, setup)
          if (!('missing' in next) || !(head.market instanceof Market)) return next
          const market = { key: setup.market.key, columns: marketColumns(head.market) }
          return one.service.run(id, bare, { ...setup, market })
        }
        const reply = await Promise.race([ask(), one.died]).catch(async (error) => {
          one.worker.terminate()
          if (all.delete(one.worker) && !closed)
            await hire().then(free, (cause) => {
              lacking++
              for (const { refuse } of waiting.splice(0)) refuse(cause)
            })
          throw error
        })
        free(one)
        return outcomeOf(reply)
      },
      async close() {
        closed = true
        for (const worker of all) worker.terminate()
        // One that is busy may write for a moment yet: what it has of the memory is nobody's from here on.
        for (const { id } of idle) ledger?.leave(id)
        all.clear()
      },
    }
  }
}

/**
 * The other side: what a worker's module calls to take jobs.
 *
 * @param endpoint what it listens to; the worker itself by default
 * @param load how it loads markets that it does not have; from http: and https: addresses by default
 */
export function serveJobs(endpoint?: Endpoint, load: MarketLoader = loadAddresses): void {
  const runners = new Runners(load)
  const start: Service['start'] = async ({ module, memory, ledger, id }) => {
    if (!memory) return
    const { arena } = adoptEngine(module as Engine['module'], memory as Engine['arena']['memory'])
    const slot = ledger && new Ledger(ledger).enter(id)
    if (slot) arena.inherit(slot)
  }
  const run: Service['run'] = async (id, piece, setup) => {
    const reply = await runners.reply(id, piece, setup)
    return 'metrics' in reply ? transfer(reply, [reply.metrics.buffer, ...movable(reply.runs)]) : reply
  }
  expose({ start, run }, endpoint)
}
