import { type Endpoint, expose, transfer, wrap } from 'comlink'
import { FillgridError, show } from '../errors.ts'
import { Ledger, workerLedger } from '../kernel/ledger.ts'
import { adoptEngine, type Engine, engineDigest, getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import type { SignalStrategy, StrategyClass } from '../strategy/strategy.ts'
import { loadAddresses } from './addresses.ts'
import { Crew } from './crew.ts'
import { type ExecutorFactory, type JobReply, type JobSetup, marketColumns, outcomeOf, Setups } from './executor.ts'
import { localExecutor } from './inline.ts'
import { movable } from './keep.ts'
import type { JobPiece } from './piece.ts'
import { type MarketLoader, Runners } from './runners.ts'
import { servedReference } from './strategy-ref.ts'
import { workerText } from './workertext.ts'

/** A web worker, or anything that speaks like one. */
export interface WorkerLike extends Endpoint {
  terminate(): void
}

/** What a worker needs of the engine; all but the modules null where nothing is shared. */
interface Shared {
  modules: unknown
  /** Null: the worker makes its own. */
  memory: unknown
  ledger: Ledger['buffer'] | null
  /** Its number in the ledger. */
  id: number
  /** Of the engine's binaries, which workers do not have. */
  digest: string
}

/** Numbers of web workers in the ledger are below 0, those of threads above. */
let lastId = 0

interface Service {
  start(engine: Shared): Promise<void>
  run(id: number, piece: JobPiece, setup?: JobSetup): Promise<JobReply>
}

/** Said where a page's own strategy is to run in workers that do not have it. */
const ownWarning = {
  code: 'inline_strategy',
  message:
    "The strategy is the page's own, so it runs on the calling thread alone. To use workers call serveJobs(strategy) in a file of its own, and start that one with comlinkExecutor({ spawn }).",
}

/**
 * Runs jobs in web workers. Markets of the page they read in shared memory where it is cross-origin isolated; elsewhere each
 * gets a copy of those that it runs jobs on. Those that jobs refer to by addresses each of them loads once. By default workers start from a text inside the library and have the built-in strategies and
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
  return async (plan) => {
    if (plan.inline && !options.spawn) return localExecutor(plan, [ownWarning])
    const workers = Math.max(1, Math.min(most, plan.sets))
    const { arena, modules, shared } = getEngine()
    const ledger = shared ? workerLedger() : null
    const setups = new Setups(shared)
    const all = new Set<WorkerLike>()
    const hire = async () => {
      const worker = start(spawn)
      const id = --lastId
      const memory = shared ? arena.memory : null
      const engine = { modules: { ...modules }, memory, ledger: ledger?.buffer ?? null, id, digest: engineDigest() }
      all.add(worker)
      const died = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => reject(new Error((event as ErrorEvent).message || 'a worker died')))
      })
      const service = wrap<Service>(worker)
      const silence = answerWithin(ANSWER_SECONDS)
      try {
        await Promise.race([service.start(engine), died.catch(notStarted), silence.passed])
      } catch (error) {
        if (all.delete(worker)) worker.terminate()
        throw error
      } finally {
        silence.end()
      }
      return { worker, service, died, id }
    }
    const crew = new Crew(hire)
    const end = () => {
      crew.close()
      for (const worker of all) worker.terminate()
      all.clear()
    }
    await crew.fill(workers).catch((error) => {
      end()
      throw error
    })
    return {
      workers,
      warnings: [],
      async run(head, piece) {
        const { id, setup } = setups.of(head)
        const one = await crew.take()
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
          all.delete(one.worker)
          await crew.replace()
          throw error
        })
        crew.give(one)
        return outcomeOf(reply)
      },
      async close() {
        end()
        // One that is busy may write for a moment yet: what it has of the memory is nobody's from here on.
        for (const { id } of crew.idle) ledger?.leave(id)
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
 * @param load how it loads the markets of jobs that it does not have; from http: and https: addresses by default
 * @throws FillgridError invalid_strategy for what is no strategy
 */
export function serveJobs(
  strategy?: StrategyClass | SignalStrategy,
  endpoint?: Endpoint,
  load: MarketLoader = loadAddresses,
): void {
  if (strategy !== undefined) servedReference(strategy)
  const runners = new Runners(load, strategy)
  const start: Service['start'] = async ({ modules, memory, ledger, id, digest }) => {
    const { arena } = adoptEngine(modules as Engine['modules'], memory as Engine['arena']['memory'] | null, digest)
    const slot = ledger && new Ledger(ledger).enter(id)
    if (slot) arena.inherit(slot)
  }
  const run: Service['run'] = async (id, piece, setup) => {
    const reply = await runners.reply(id, piece, setup)
    return 'metrics' in reply ? transfer(reply, [reply.metrics.buffer, ...movable(reply.runs)]) : reply
  }
  expose({ start, run }, endpoint)
}
