import { readFileSync, writeFileSync } from 'node:fs'

/** The system's record of the peak, which only Linux has: elsewhere the bytes resident now stand for it. */
const RECORDED = process.platform === 'linux'

/** From now on the peak counts anew. */
export function resetPeak(): void {
  globalThis.gc?.()
  if (RECORDED) writeFileSync('/proc/self/clear_refs', '5')
}

/** Peak resident bytes since `resetPeak`. */
export function peakResident(): number {
  if (!RECORDED) return process.memoryUsage.rss()
  const status = readFileSync('/proc/self/status', 'utf8')
  const line = /VmHWM:\s+(\d+) kB/.exec(status)
  if (!line) throw new Error('bench: /proc/self/status has no VmHWM, so that no peak can be told.')
  return Number(line[1]) * 1024
}
