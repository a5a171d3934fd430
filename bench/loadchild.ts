/**
 * Loads one file in a process of its own: `node loadchild.js PATH [CACHE]` prints the milliseconds, the peak resident bytes
 * beyond those before, and the digest, as JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { loadMarket } from '../src/io/load.ts'

/** What it prints. */
export interface LoadOutput {
  ms: number
  peak: number
  digest: string
}

/** Peak resident bytes since `resetPeak`; where the system does not say, the bytes resident now. */
function peakResident(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
    if (line) return Number(line[1]) * 1024
  } catch {}
  return process.memoryUsage.rss()
}

const [path, cache] = process.argv.slice(2)
globalThis.gc?.()
try {
  writeFileSync('/proc/self/clear_refs', '5')
} catch {}
const before = peakResident()
const start = performance.now()
const market = await loadMarket(path, cache ? { cache } : {})
const ms = performance.now() - start
const peak = peakResident() - before
const output: LoadOutput = { ms, peak, digest: market.digest() }
process.stdout.write(`${JSON.stringify(output)}\n`, () => process.exit(0))
