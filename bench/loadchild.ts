/**
 * Loads one file in a process of its own: `node loadchild.js PATH [CACHE]` prints the milliseconds, the peak resident bytes
 * beyond those before, and the digest, as JSON.
 */
import { loadMarket } from '../src/io/load.ts'
import { peakResident, resetPeak } from './resident.ts'

/** What it prints. */
export interface LoadOutput {
  ms: number
  peak: number
  digest: string
}

const [path, cache] = process.argv.slice(2)
resetPeak()
const before = peakResident()
const start = performance.now()
const market = await loadMarket(path, cache ? { cache } : {})
const ms = performance.now() - start
const peak = peakResident() - before
const output: LoadOutput = { ms, peak, digest: market.digest() }
process.stdout.write(`${JSON.stringify(output)}\n`, () => process.exit(0))
