import { prepare } from '../src/prepare.ts'
import type { Result } from '../src/results/result.ts'
import { releasePanels } from '../src/signals/panels.ts'
import { checksOf, expectEqual } from './checks.ts'
import { against, type Figure, fasterThan, summarise, type Timing } from './figures.ts'
import { type PeerRun, peerRun } from './peers/vectorbt.ts'
import { crossSignals, minuteMarket } from './strategies.ts'
import { type Bench, CROSS_SET } from './suite.ts'

const BARS = 525_600
const CASH = 1e-6

/**
 * Parameter sets of the SMA cross with stop and target over a year of minutes, one thread: a grid of sets as a sweep
 * runs them (metrics only, averages computed once each), and one set with its averages computed anew, as vectorbt
 * and the C reference do it.
 */
export function crossFigures(bench: Bench): Figure[] {
  const market = minuteMarket(BARS)
  const config = {
    account: 'unlimited',
    cash: CASH,
    commission: CROSS_SET.fee,
    size: { type: 'units', amount: 1 },
  } as const
  const { fast, slow, stop, target } = CROSS_SET
  const runner = prepare(market, crossSignals, config)
  const result = runner.run({ fast, slow, stop, target })
  const native = bench.native?.cross(bench.minutes, [CROSS_SET], 9)[0]
  if (native) expectEqual('SMA cross', checksOf(result, CASH), native)

  const grid: number[] = []
  const alone: number[] = []
  const list: { fast: number; slow: number; stop: number; target: number }[] = []
  for (let f = 10; f <= 48; f += 2) for (let s = 60; s <= 155; s += 5) list.push({ fast: f, slow: s, stop, target })
  for (let round = 0; round < 4; round++) {
    // Each round computes its averages anew, once each.
    releasePanels(market)
    const start = performance.now()
    runner.metricsOf(list, checkOutcome)
    grid.push((performance.now() - start) / list.length)
  }
  for (let i = 0; i < 9; i++) {
    // Lengths that no set before had, so that nothing is in the cache.
    const before = performance.now()
    runner.metrics({ fast: 30 + i, slow: 200 + i, stop, target })
    alone.push(performance.now() - before)
  }
  runner.release()

  const [inGrid, one] = [summarise(grid), summarise(alone)]
  const figures: Figure[] = []
  const add = (make: typeof against, reference: { name: string; value: number }, goal?: number) => {
    const spread = (times: Timing) => times.median / times.min - 1
    figures.push(make(`per set, in a grid of ${list.length}`, inGrid.min, 'ms', reference, goal, spread(inGrid)))
    figures.push(make('one set, averages anew', one.min, 'ms', reference, undefined, spread(one)))
  }
  if (native) add(against, { name: 'C', value: summarise(native.times).min })
  for (const engine of ['rust', 'numba'] as const) {
    if (!bench.peers) continue
    const peer = peerRun(bench.peers, engine, 'cross')
    const differing = comparePeer(result, peer, market.open)
    const name = `vectorbt ${engine}${differing > 0 ? ` (${differing} of ${peer.closed} exits by rules 3.5, 4.1)` : ''}`
    add(fasterThan, { name, value: Math.min(...peer.times) }, engine === 'rust' ? 20 : undefined)
  }
  figures.push({ name: 'sets a second in a grid', value: 1000 / inGrid.min, unit: 'sets/s' })
  figures.push({ name: 'bars x sets a second', value: (BARS * 1000) / inGrid.min / 1e6, unit: 'M' })
  market.release()
  return figures
}

function checkOutcome(_at: number, outcome: Float64Array | { error: unknown }): void {
  if (!(outcome instanceof Float64Array)) throw outcome.error
}

/**
 * Compares every trade with vectorbt's. Two things may differ, as test/parity shows: an exit due at an open whose bar
 * then reaches a level, which vectorbt fills there (rule 4.1), and a stop or target on the entry bar, which it leaves
 * for the next bar (rule 3.5).
 * @returns how many of those there are @throws Error for any other difference
 */
function comparePeer(result: Result, peer: PeerRun, open: Float64Array): number {
  const names = ['entryBar', 'exitBar', 'entryPrice', 'exitPrice'] as const
  const [entryBar, exitBar, entryPrice, exitPrice] = names.map((name) => result.trades.values(name))
  const theirs = peer.trades
  if (!theirs || theirs.entryBar.length !== result.trades.length) {
    throw new Error(`bench: SMA cross: ${result.trades.length} trades, vectorbt has ${theirs?.entryBar.length}.`)
  }
  const same = (a: number, b: number) => Math.abs(a - b) <= 1e-12 * b
  let differing = 0
  for (let i = 0; i < result.trades.length; i++) {
    const entry = entryBar[i] === theirs.entryBar[i] && same(entryPrice[i], theirs.entryPrice[i])
    const bar = exitBar[i] === theirs.exitBar[i]
    if (entry && bar && same(exitPrice[i], theirs.exitPrice[i])) continue
    const atOpen = bar && exitPrice[i] === open[exitBar[i]]
    const onEntryBar = exitBar[i] === entryBar[i] && theirs.exitBar[i] > entryBar[i]
    if (!entry || !(atOpen || onEntryBar)) throw new Error(`bench: SMA cross: trade ${i} differs from vectorbt's.`)
    differing++
  }
  return differing
}
