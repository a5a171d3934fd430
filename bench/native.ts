import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root, runJson, scratchFolder } from './host.ts'

/** What the C reference prints of one program: milliseconds of each run, and values to compare before any time. */
export interface NativeRun {
  times: number[]
  orders: number
  fills: number
  trades: number
  open: number
  ambiguous: number
  finalEquity: number
  tradePnl: number
  mfeSum: number
  maeSum: number
  /** FNV-1a (32 bits) over the columns bar, asset (int32), quantity and price (doubles) of all fills. */
  fillHash: number
  /** The same over the equity of every bar. */
  equityHash: number
}

/** One parameter set of the SMA cross. */
export interface CrossSet {
  fast: number
  slow: number
  stop: number
  target: number
  fee: number
}

/** The C reference of the broker, compiled on this machine. */
export interface Native {
  compiler: string
  /** `own`: every run gives tables of its own to its caller; `reused`: it writes over those of the run before. */
  workload(panel: string, timing: 'same-close' | 'next-open', runs: number, tables: 'own' | 'reused'): NativeRun
  cross(panel: string, sets: readonly CrossSet[], runs: number): NativeRun[]
}

const FLAGS = ['-O3', '-march=native', '-ffp-contract=off', '-std=c11']

/** Compiles bench/native/reference.c; undefined where no C compiler answers. */
export function buildNative(): Native | undefined {
  const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (compiler === undefined) return undefined
  const binary = join(scratchFolder(), 'reference')
  execFileSync(compiler, [...FLAGS, '-o', binary, join(root, 'bench', 'native', 'reference.c'), '-lm'])
  const version = execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0]
  return {
    compiler: `${version} ${FLAGS.join(' ')}`,
    workload: (panel, timing, runs, tables) =>
      runJson<NativeRun>(binary, ['workload', panel, timing, String(runs), tables]),
    cross(panel, sets, runs) {
      const numbers = sets.flatMap((s) => [s.fast, s.slow, s.stop, s.target, s.fee])
      return runJson<NativeRun[]>(binary, ['cross', panel, String(runs), ...numbers.map(String)])
    },
  }
}
