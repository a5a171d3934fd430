import { type Endpoint, expose, transfer, wrap } from 'comlink'
import { FillgridError, show } from '../errors.ts'
import { Ledger, workerLedger } from '../kernel/ledger.ts'
import { adoptEngine, type Engine, getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import type { SignalStrategy, StrategyClass } from '../strategy/strategy.ts'
import { localExecutor } from './inline.ts'
import type { ExecutorFactory, Job, JobReply, JobSetup } from './job.ts'
import { type JobRunner, jobRunner, jobSetup, marketColumns, outcomeOf } from './setup.ts'
import { servedReference } from './strategy-ref.ts'
import { workerText } from './workertext.ts'

/** A web worker, or anything that speaks like one. */
export interface WorkerLike extends Endpoint {
  terminate(): void
}

/** What a worker needs of the engine; all but the module null where nothing is shared. */
interface Shared {
  module: unknown
  /** Null: the worker makes its own. */
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

/** Said where a page's own strategy is to run in workers that do not have it. */
const ownWarning = {
  code: 'inline_strategy',
  message:
    "The strategy is the page's own, so it runs on the calling thread alone. To use workers call serveJobs(strategy) in a file of its own, and start that one with comlinkExecutor({ spawn }).",
}

/**
 * Runs jobs in web workers. On a page that is cross-origin isolated they read the one market in shared memory; elsewhere
 * each gets a copy of it. By default workers start from a text inside the library and have the built-in strategies and
 * columns of signals; a strategy of the page's own runs on the calling thread there, with a warning. With `spawn` workers
 * start from a file of the page, which passes that strategy to `serveJobs`.
 *
 * @param options `workers`: how many, as many as the host runs at once by default; `spawn` makes one, whose module must
 * call `serveJobs`; a page whose Content-Security-Policy allows no `blob:` workers needs it
 * @throws FillgridError invalid_value; when it makes workers: worker_failed where one does not start, invalid_strategy
 */
export function comlinkExecutor(options: { workers?: number; spawn?: () => WorkerLike } = {}): ExecutorFactory {
  const most = options.workers ?? globalThis.navigator?.hardwareConcurrency ?? 2
  const spawn = options.spawn ?? spawnFromText
  if (!(Number.isInteger(most) && most >= 1))
    throw new FillgridError(
      'invalid_value',
      `workers: a whole number of at least 1 is needed, found ${show(most)}. Leave it out for as many as the host runs at once.`,
    )
  if (typeof spawn !== 'function')
    throw new FillgridError(
      'invalid_value',
      `workers: spawn must be a function that makes a worker, found ${show(spawn)}. Write () => new Worker(url, { type: 'module' }).`,
    )
  return async (context) => {
    const { market } = context
    const reference = context.reference ?? (options.spawn ? servedReference(context.strategy) : null)
    if (!reference) return localExecutor(context, [ownWarning])
    const workers = Math.max(1, Math.min(most, context.sets))
    const { arena, module, shared } = getEngine()
    const ledger = shared ? workerLedger() : null
    const setup = jobSetup(context, reference)
    const all = new Set<WorkerLike>()
    const hire = async () => {
      const worker = start(spawn)
      const id = --lastId
      const engine = { module, memory: shared ? arena.memory : null, ledger: ledger?.buffer ?? null, id }
      all.add(worker)
      const died = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => reject(new Error((event as ErrorEvent).message || 'a worker died')))
      })
      const service = wrap<Service>(worker)
      const given = shared ? market.descriptor() : marketColumns(market)
      const silence = answerWithin(ANSWER_SECONDS)
      try {
        await Promise.race([service.start(engine, given, setup), died.catch(notStarted), silence.passed])
      } finally {
        silence.end()
      }
      return { worker, service, died, id }
    }
    const idle = await Promise.all(Array.from({ length: workers }, hire)).catch((error) => {
      for (const worker of all) worker.terminate()
      throw error
    })
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

let textUrl: string | undefined

/** A worker from the text inside the library: no bundler has to know of it, and no server to have it. */
function spawnFromText(): WorkerLike {
  if (typeof Worker === 'undefined') throw new Error('no web workers on this host')
  textUrl ??= URL.createObjectURL(new Blob([workerText], { type: 'text/javascript' }))
  return new Worker(textUrl, { type: 'module' })
}

/** How long a worker may take until it has loaded and has its market. */
const ANSWER_SECONDS = 120

function answerWithin(seconds: number): { passed: Promise<never>; end: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${seconds} seconds`)), seconds * 1000)
  }).catch(notStarted)
  return { passed, end: () => clearTimeout(timer) }
}

function start(spawn: () => WorkerLike): WorkerLike {
  try {
    const worker = spawn()
    if (typeof worker?.postMessage !== 'function') throw new Error(`${show(worker)} in place of a worker`)
    return worker
  } catch (cause) {
    return notStarted(cause)
  }
}

function notStarted(cause: unknown): never {
  throw new FillgridError(
    'worker_failed',
    `workers: a web worker must start and call serveJobs, found ${cause instanceof Error ? cause.message : String(cause)}. Look at the file that spawn starts; without spawn the page must allow workers from blob: addresses.`,
    {},
    { cause },
  )
}

/**
 * The other side: what a worker's module calls to take jobs.
 *
 * @param strategy the one that the page sweeps, where it is neither built in nor columns; the same module on both sides
 * @param endpoint where jobs come from; the page that started the worker by default
 * @throws FillgridError invalid_strategy for what is no strategy
 */
export function serveJobs(strategy?: StrategyClass | SignalStrategy, endpoint?: Endpoint): void {
  if (strategy !== undefined) servedReference(strategy)
  let runner: JobRunner
  const start: Service['start'] = async ({ module, memory, ledger, id }, market, setup) => {
    const openMarket = () => {
      const { arena } = adoptEngine(module as Engine['module'], memory as Engine['arena']['memory'] | null)
      if (!memory) return Market.from(market as Parameters<typeof Market.from>[0])
      const slot = ledger && new Ledger(ledger).enter(id)
      if (slot) arena.inherit(slot)
      return Market.attach(market as Parameters<typeof Market.attach>[0])
    }
    runner = await jobRunner(openMarket, setup, strategy)
  }
  const run = async (job: Job) => {
    const reply = runner.run(job)
    return 'error' in reply ? reply : transfer(reply, [reply.metrics.buffer])
  }
  expose({ start, run }, endpoint)
}
