import { onlyNames } from '../market/names.ts'
import type { Job, JobOutcome } from './job.ts'
import { piscinaExecutor } from './piscina.ts'
import { RUN_OPTIONS, type RunJobsOptions, runJobs as runJobsAnywhere } from './run.ts'

/** Options of `runJobs` in Node. */
export interface NodeRunJobsOptions extends RunJobsOptions {
  /** Worker threads; as many as the machine runs at once. Ignored when an executor is given. */
  workers?: number
}

const NODE_OPTIONS = new Set([...RUN_OPTIONS, 'workers'])

/** `runJobs` of the index, on worker threads unless an executor says otherwise. @throws FillgridError as there */
export async function runJobs(jobs: readonly Job[], options: NodeRunJobsOptions = {}): Promise<JobOutcome[]> {
  onlyNames(options, NODE_OPTIONS, 'runJobs', 'one of its options')
  const { workers, ...rest } = options
  return runJobsAnywhere(jobs, { ...rest, executor: options.executor ?? piscinaExecutor(workers) })
}
