import { Bench as Tinybench } from 'tinybench'
import { backtest } from '../src/backtest.ts'
import type { Result } from '../src/results/result.ts'
import { checksOf, expectEqual } from './checks.ts'
import type { ChildOutput } from './child.ts'
import { against, type Figure, fasterThan, summarise, type Timing } from './figures.ts'
import { runFresh } from './host.ts'
import { peerRun } from './peers/vectorbt.ts'
import { Targets, TargetsOneByOne, targetSignals, workloadMarket } from './strategies.ts'
import type { Bench } from './suite.ts'

const TIMINGS = ['same-close', 'next-open'] as const
/** The hook gives all of a bar's orders in one call; what it takes to give them one by one is printed beside it. */
const DRIVERS = { hook: Targets, signals: targetSignals, 'hook, order by order': TargetsOneByOne } as const
const GOALS = {
  hook: { c: 4, rust: 4 },
  signals: { c: 2, rust: 4 },
  'hook, order by order': { c: 4, rust: undefined },
} as const
/** What the account begins with: so little that the profit keeps all its digits. */
const CASH = 1e-6
/** Ours and the reference take turns, so that a busy moment of the machine meets both; some seconds of it must not decide. */
const ROUNDS = 6

/** Milliseconds of several calls, after some that are not counted. */
export async function measure(name: string, run: () => unknown, iterations = 7, warmup = 3): Promise<number[]> {
  const bench = new Tinybench({ iterations, time: 0, warmupIterations: warmup, warmupTime: 0, retainSamples: true })
  bench.add(name, run)
  await bench.run()
  const { result } = bench.tasks[0]
  if (!('latency' in result) || !result.latency.samples)
    throw new Error(`bench: ${name} did not run.`, { cause: result })
  return [...result.latency.samples]
}

/** The workload with both drivers and timings, beside the C reference and, where it was run, vectorbt. */
export async function workloadFigures(bench: Bench): Promise<Figure[]> {
  const market = workloadMarket()
  const figures: Figure[] = []
  for (const timing of TIMINGS) {
    const config = { account: 'unlimited', cash: CASH, timing } as const
    const ours: Record<string, number[]> = { hook: [], signals: [], 'hook, order by order': [] }
    const native = { own: [] as number[], reused: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      const reference = bench.native?.workload(bench.workload, timing, 7, 'own')
      native.own.push(...(reference?.times.slice(1) ?? []))
      native.reused.push(...(bench.native?.workload(bench.workload, timing, 7, 'reused').times.slice(1) ?? []))
      for (const [driver, strategy] of Object.entries(DRIVERS)) {
        const run = () => readTrades(backtest(market, strategy, config))
        if (round === 0 && reference)
          expectEqual(`workload, ${driver}, ${timing}`, checksOf(backtest(market, strategy, config), CASH), reference)
        ours[driver].push(...(await measure(driver, run)))
      }
    }
    for (const driver of ['hook', 'signals', 'hook, order by order'] as const) {
      const goal = GOALS[driver]
      const times = summarise(ours[driver])
      if (bench.native) {
        figures.push(besideC(driver, timing, times, 'C', native.own, goal.c))
        figures.push(besideC(driver, timing, times, 'C into old tables', native.reused))
      }
      if (!bench.peers) continue
      for (const engine of ['rust', 'numba'] as const) {
        const peer = peerRun(bench.peers, engine, 'workload', timing)
        checkPeer(backtest(market, DRIVERS[driver], config), peer)
        const reference = { name: `vectorbt ${engine}`, value: Math.min(...peer.times) }
        const factor = engine === 'rust' ? goal.rust : undefined
        const spread = times.median / times.min - 1
        figures.push(fasterThan(`${driver}, ${timing}`, times.min, 'ms', reference, factor, spread))
      }
    }
  }
  market.release()
  return figures
}

function besideC(driver: string, timing: string, ours: Timing, name: string, native: number[], goal?: number): Figure {
  const reference = { name, value: summarise(native).min }
  return against(`${driver}, ${timing}`, ours.min, 'ms', reference, goal, ours.median / ours.min - 1)
}

/** The trades table is part of what is timed, as it is in vectorbt. */
function readTrades(result: Result): Float64Array | Int32Array {
  return result.trades.values('pnl')
}

/** @throws Error where trades or profit differ */
function checkPeer(result: Result, peer: { closed: number; pnl: number }): void {
  const profit = result.equity[result.equity.length - 1] - CASH
  if (result.trades.length !== peer.closed || Math.abs(profit - peer.pnl) > 1e-6) {
    throw new Error(`bench: ${result.trades.length} trades and ${profit}, vectorbt has ${peer.closed} and ${peer.pnl}.`)
  }
}

/** The first run in a fresh process beside the later ones, and the time to make an engine; best of three processes. */
export async function startFigures(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = []
  const instantiate: number[] = []
  for (const driver of ['hook', 'signals'] as const) {
    const runs: ChildOutput['first'][] = []
    for (let i = 0; i < 3; i++)
      runs.push(await runFresh<ChildOutput['first']>('child', 'first', driver, bench.workload))
    instantiate.push(...runs.map((run) => run.instantiate))
    const first = summarise(runs.map((run) => run.first))
    const later = summarise(runs.flatMap((run) => run.later))
    const reference = { name: 'later runs, median', value: later.median }
    figures.push(against(`first run, ${driver} driver`, first.min, 'ms', reference, 3, first.median / first.min - 1))
  }
  const made = summarise(instantiate)
  figures.push({
    name: 'compile and instantiate',
    value: made.median,
    unit: 'ms',
    spread: made.spread,
    goal: { kind: 'at most', value: 20 },
  })
  return figures
}
