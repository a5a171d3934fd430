/**
 * Kernel and oracle on prices, steps, sizes and cash of all magnitudes: equal, and at an end. Both run in a thread of their
 * own, so that a loop without end is found and shown.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { magnitudes } from '../oracle/magnitudes.ts'
import type { Scenario } from '../oracle/types.ts'

const RUNS = process.env.FUZZ_RUNS === undefined ? 1500 : Math.ceil(Number(process.env.FUZZ_RUNS) / 4)
const SEED =
  process.env.FUZZ_SEED === undefined
    ? process.env.FUZZ_RUNS === undefined
      ? 20261129
      : undefined
    : Number(process.env.FUZZ_SEED)
/** A scenario takes some milliseconds; the machine may be busy with others. */
const LIMIT_MS = 10_000

let folder = ''
let worker: Worker | undefined

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fillgrid-magnitudes-'))
  buildSync({
    entryPoints: [fileURLToPath(new URL('./magnitudes.worker.ts', import.meta.url))],
    outfile: join(folder, 'worker.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  })
})

afterAll(async () => {
  await worker?.terminate()
  rmSync(folder, { recursive: true, force: true })
})

/** The first difference between kernel and oracle, or that they came to no end. */
function compare(scenario: Scenario): Promise<string | undefined> {
  worker ??= new Worker(join(folder, 'worker.mjs'))
  const thread = worker
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer)
      // Each by itself: all at once would take those of Node's own with them, and with these the next answer.
      thread.off('message', answered)
      thread.off('error', failed)
    }
    const answered = (answer: string | undefined) => {
      done()
      resolve(answer)
    }
    const failed = (error: unknown) => {
      worker = undefined
      done()
      reject(error)
    }
    const timer = setTimeout(() => {
      worker = undefined
      done()
      thread.terminate().then(() => resolve(`no end after ${LIMIT_MS} ms`), reject)
    }, LIMIT_MS)
    thread.on('message', answered)
    thread.on('error', failed)
    thread.postMessage(scenario)
  })
}

it(`the kernel equals the oracle on ${RUNS} scenarios of all magnitudes`, { timeout: 3_600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(magnitudes, async (scenario) => {
      expect(await compare(scenario)).toBeUndefined()
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
