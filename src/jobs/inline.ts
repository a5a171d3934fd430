import { prepare } from '../prepare.ts'
import { type Executor, type JobContext, runJob } from './job.ts'

/**
 * Runs jobs on the calling thread, one at a time, and lets the thread do other things between two of them: the executor
 * of sweeps where no other is given, and of strategies that only this thread has.
 *
 * @param warnings what the caller should be told
 */
export async function localExecutor(context: JobContext, warnings: Executor['warnings'] = []): Promise<Executor> {
  const { market, strategy, config, codec, metricCount } = context
  const runner = prepare(market, strategy, config)
  let closed = false
  let last: Promise<unknown> = Promise.resolve()
  return {
    workers: 1,
    warnings,
    run(job) {
      const outcome = last.then(pause).then(() => {
        if (closed) throw new Error('the executor is closed')
        return runJob(runner, codec, job, metricCount)
      })
      last = outcome.catch(() => {})
      return outcome
    },
    async close() {
      closed = true
      runner.release()
    },
  }
}

/** One turn of the event loop, so that timers, input and abort signals are seen. */
function pause(): Promise<void> {
  return new Promise((resolve) => (typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve, 0)))
}

/** The way out for a strategy that workers cannot load. */
export const useModule =
  "Pass a built-in name or { module: new URL('./strategy.js', import.meta.url).href } to use workers."

/** Said where workers were to be had and the strategy is defined inline. */
export const inlineWarning = {
  code: 'inline_strategy',
  message: `The strategy is defined inline, so it runs on the calling thread alone. ${useModule}`,
}
