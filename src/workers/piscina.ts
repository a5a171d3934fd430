import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { FillgridError } from '../errors.ts'
import { getEngine } from '../kernel/load.ts'
import { builtFile } from './bundle.ts'
import { inlineWarning, localExecutor, useModule } from './inline.ts'
import type { ExecutorFactory } from './job.ts'
import { jobSetup, outcomeOf } from './setup.ts'
import type { WorkerData } from './worker.ts'

/**
 * Runs jobs in worker threads that read the one market in shared memory; each has its own run region and returns
 * metrics only. A strategy that threads cannot load (a class or signals defined inline) runs on the calling thread,
 * with a warning when `workers` is not given.
 *
 * @param workers threads; as many as the machine runs at once. With 1 a single worker keeps the calling thread free.
 * @throws FillgridError invalid_strategy for an inline strategy with `workers` given
 */
export function piscinaExecutor(workers?: number): ExecutorFactory {
  return async (work) => {
    if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1)) {
      throw new FillgridError('invalid_value', `workers: a whole number of at least 1 is needed, found ${workers}.`)
    }
    const { reference } = work
    if (!reference) {
      if (workers !== undefined && workers > 1) {
        throw new FillgridError(
          'invalid_strategy',
          `sweep: ${workers} workers cannot load a strategy that is defined inline. ${useModule}`,
        )
      }
      return localExecutor(work, [inlineWarning])
    }
    const file = fileURLToPath(builtFile('workers/worker.js'))
    if (!existsSync(file)) {
      throw new FillgridError(
        'engine_failed',
        `workers: the built library is needed, found no ${file}. Run npm run build.`,
      )
    }
    const threads = workers ?? availableParallelism()
    const { arena, module } = getEngine()
    const workerData: WorkerData = {
      module,
      memory: arena.memory,
      market: work.market.descriptor(),
      setup: jobSetup(work, reference),
    }
    const pool = new Piscina({
      filename: file,
      minThreads: threads,
      maxThreads: threads,
      workerData,
      recordTiming: false,
    })
    /** A worker that dies between two jobs is replaced; nothing is lost with it. */
    pool.on('error', () => {})
    return {
      workers: threads,
      warnings: [],
      run: async (job) => outcomeOf(await pool.run(job)),
      close: () => pool.destroy(),
    }
  }
}
