import { Market } from '../market/market.ts'
import { loadAddresses } from './addresses.ts'
import { type Executor, type ExecutorPlan, type JobHead, type JobSetup, marketKey, outcomeOf } from './executor.ts'
import { type MarketLoader, Runners } from './runners.ts'

/** An executor on the calling thread that loads markets in some way. */
export function executorHere(
  load: MarketLoader,
): (plan?: Partial<ExecutorPlan>, warnings?: Executor['warnings']) => Promise<Executor> {
  return async (_, warnings = []) => {
    const runners = new Runners(load)
    const known = new WeakMap<JobHead, { id: number; setup: JobSetup }>()
    let lastId = 0
    let closed = false
    let under = 0
    let last: Promise<unknown> = Promise.resolve()
    const setupOf = (head: JobHead) => {
      let one = known.get(head)
      if (!one) {
        const { market, ...rest } = head
        const key = marketKey(market)
        const way = market instanceof Market ? { key, here: market } : { key, reference: market }
        one = { id: ++lastId, setup: { ...rest, executor: 0, market: way } }
        known.set(head, one)
      }
      return one
    }
    return {
      workers: 1,
      warnings,
      run(head, piece) {
        under++
        const outcome = last
          .then(pause)
          .then(() => {
            if (closed) throw new Error('the executor is closed')
            const { id, setup } = setupOf(head)
            return runners.run(id, piece, setup)
          })
          .finally(() => {
            if (--under === 0 && closed) runners.release()
          })
        last = outcome.catch(() => {})
        return outcome.then(outcomeOf)
      },
      async close() {
        closed = true
        if (under === 0) runners.release()
      },
    }
  }
}

/**
 * Runs jobs on the calling thread, one piece at a time, and lets the thread do other things between two of them: the
 * executor where no other is given, and of strategies that only this thread has. Markets that jobs refer to are loaded from
 * addresses; that of fillgrid/node loads files too.
 *
 * @param warnings what the caller should be told
 */
export const localExecutor = executorHere(loadAddresses)

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
