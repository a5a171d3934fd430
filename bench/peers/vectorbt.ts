import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { peerPython, root } from '../host.ts'
import type { CrossSet } from '../native.ts'

/** One program in one engine of vectorbt: milliseconds, and values to compare before any time. */
export interface PeerRun {
  name: 'workload' | 'cross'
  timing?: 'same-close' | 'next-open'
  engine: 'rust' | 'numba'
  /** Milliseconds of the first run, compilation included. */
  first: number
  times: number[]
  orders: number
  closed: number
  open: number
  closedPnl: number
  pnl: number
  /** Of the cross: the closed trades. */
  trades?: { entryBar: number[]; exitBar: number[]; entryPrice: number[]; exitPrice: number[] }
}

/**
 * Times vectorbt's two engines on the panels of a folder; undefined without its environment.
 * @param runs how often, after a first run that is kept apart
 */
export function peerRuns(folder: string, set: CrossSet, runs: number): PeerRun[] | undefined {
  const python = peerPython()
  if (python === undefined) return undefined
  const numbers = [runs, set.fast, set.slow, set.stop, set.target, set.fee].map(String)
  const script = join(root, 'bench', 'peers', 'time_vectorbt.py')
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  const text = execFileSync(python, [script, folder, ...numbers], { encoding: 'utf8', env, maxBuffer: 2 ** 28 })
  return (JSON.parse(text) as { runs: PeerRun[] }).runs
}

/** One of the runs. @throws Error where it is not there */
export function peerRun(
  runs: readonly PeerRun[],
  engine: PeerRun['engine'],
  name: PeerRun['name'],
  timing?: string,
): PeerRun {
  const found = runs.find((run) => run.engine === engine && run.name === name && run.timing === timing)
  if (!found) throw new Error(`bench: vectorbt did not run ${name} ${timing ?? ''} with ${engine}.`)
  return found
}
