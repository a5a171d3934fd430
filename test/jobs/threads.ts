/** Threads of Node that speak like web workers, for the comlink executor. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker as Thread } from 'node:worker_threads'
// @ts-expect-error comlink ships no types for it
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { builtFile } from '../../src/jobs/bundle.ts'
import type { WorkerLike } from '../../src/jobs/comlink.ts'

/** Every thread that was started, for tests that ask whether they have ended. */
export const spawned: Thread[] = []

let last = 0

/**
 * A thread that serves jobs with the built library.
 *
 * @param folder for its module
 * @param options code: `prelude` comes before it serves, `strategy` is the one that it serves, `load` how it loads markets
 */
export function spawnThread(
  folder: string,
  options: { prelude?: string; strategy?: string; load?: string } = {},
): WorkerLike {
  const { prelude = '', strategy = 'undefined', load = 'undefined' } = options
  const entry = join(folder, `entry${++last}.mjs`)
  writeFileSync(
    entry,
    `import { parentPort } from 'node:worker_threads'
     import nodeEndpoint from '${import.meta.resolve('comlink/dist/esm/node-adapter.mjs')}'
     import { serveJobs } from '${builtFile('jobs/comlink.js').href}'
     ${prelude}
     serveJobs(${strategy}, nodeEndpoint(parentPort), ${load})`,
  )
  const thread = new Thread(pathToFileURL(entry))
  spawned.push(thread)
  const endpoint = nodeEndpoint(thread)
  return {
    postMessage: endpoint.postMessage,
    removeEventListener: endpoint.removeEventListener,
    start: endpoint.start,
    addEventListener(type: string, given) {
      const listener = given as (event: unknown) => void
      if (type === 'error') {
        thread.on('error', (error) => listener(error))
        thread.on('exit', () => listener({ message: 'worker exited' }))
      } else endpoint.addEventListener(type, listener)
    },
    terminate: () => void thread.terminate(),
  }
}
