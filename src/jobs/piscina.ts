import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { FillgridError } from '../errors.ts'
import { workerLedger } from '../kernel/ledger.ts'
import { getEngine } from '../kernel/load.ts'
import { builtFile } from './bundle.ts'
import { type ExecutorFactory, type JobReply, outcomeOf, Setups } from './executor.ts'
import { localExecutor } from './files.ts'
import { inlineWarning, useModule } from './inline.ts'
import type { WorkerData, WorkerTask } from './worker.ts'

/** Pools between two uses. Their threads do not keep the process alive, and what they hold of the memory is used again. */
const idle: Piscina[] = []

/** Each costs a thread with memory of its own, and the ledger has a page for no more. */
const MOST_WORKERS = 256

/**
 * Runs jobs in worker threads. Markets of the calling thread they read in shared memory; those that jobs refer to by files
 * each of them loads once. Each has its own run region. A strategy that threads cannot load (a class or signals defined
 * inline in a sweep) runs on the calling thread, with a warning when `workers` is not given. Threads are kept for the next
 * use.
 *
 * @param workers threads, at most 256; as many as the machine runs at once. With 1 a single worker keeps the calling thread free.
 * @throws FillgridError invalid_value; invalid_strategy for an inline strategy with several `workers`
 */
export function piscinaExecutor(workers?: number): ExecutorFactory {
  return async (plan) => {
    if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS)) {
      throw new FillgridError(
        'invalid_value',
        `workers: a whole number from 1 to ${MOST_WORKERS} is needed, found ${workers}. This machine runs ${availableParallelism()} at once.`,
      )
    }
    if (plan.inline) {
      if (workers === undefined || workers === 1) return localExecutor(plan, [inlineWarning])
      const found = `${workers} workers and a strategy that is defined inline, which they cannot load`
      throw new FillgridError(
        'invalid_strategy',
        `sweep: a strategy for workers must be loadable, found ${found}. ${useModule}`,
      )
    }
    // Fewer where there are fewer sets, but no pools of all sizes: those of this machine's own stay as they are.
    const threads = Math.min(workers ?? availableParallelism(), Math.max(plan.sets, availableParallelism()))
    const at = idle.findIndex((pool) => pool.options.maxThreads === threads)
    const pool = at < 0 ? newPool(threads) : idle.splice(at, 1)[0]
    const setups = new Setups(true)
    let under = 0
    const ask = (task: WorkerTask): Promise<JobReply> =>
      pool.run(task, { transferList: task.piece.room ? [task.piece.room.buffer] : [] })
    return {
      workers: threads,
      warnings: [],
      async run(head, piece) {
        under++
        try {
          const { id, setup } = setups.of(head)
          const reply = await ask({ id, piece })
          if (!('missing' in reply)) return outcomeOf(reply)
          // The worker that missed the setup has the room.
          const { count, values } = piece
          return outcomeOf(await ask({ id, piece: { count, values }, setup }))
        } finally {
          under--
        }
      },
      async close() {
        if (under === 0) idle.push(pool)
        else await pool.destroy()
      },
    }
  }
}

function newPool(threads: number): Piscina {
  const filename = fileURLToPath(builtFile('jobs/worker.js'))
  if (!existsSync(filename)) {
    throw new FillgridError(
      'engine_failed',
      `workers: the built library is needed, found no ${filename}. Run npm run build.`,
    )
  }
  const { arena, modules } = getEngine()
  const ledger = workerLedger()
  const workerData: WorkerData = { modules: { ...modules }, memory: arena.memory, ledger: ledger.buffer }
  const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, workerData, recordTiming: false })
  /** A worker that dies between two jobs is replaced; nothing is lost with it. */
  pool.on('error', () => {})
  /** What a thread had of the memory goes to another once it has ended, and not before: it writes until then. */
  const seen = new WeakSet<object>()
  const watch = () => {
    for (const thread of pool.threads) {
      if (seen.has(thread)) continue
      seen.add(thread)
      const { threadId } = thread
      thread.once('exit', () => ledger.leave(threadId))
    }
  }
  watch()
  pool.on('workerCreate', watch)
  return pool
}
