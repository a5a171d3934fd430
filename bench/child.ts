/**
 * What has to be measured in a process of its own: `node child.js MODE ...` prints one JSON object. Modes:
 * `bare` (an idle Node), `first DRIVER PANEL` (engine, first and later runs), `memory DRIVER PANEL`,
 * `sized DRIVER PANEL RUNS`, `bars N...` (a hook on one asset), `sweep WORKERS SETS [TIMES]`.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { peakResident, resetPeak } from './resident.ts'

const MODES: Record<string, (...parameters: string[]) => unknown> = {
  bare,
  first,
  memory,
  sized,
  bars,
  sweep: sweepSets,
}
const DRIVERS = ['hook', 'signals'] as const

/** What the modes print. */
export interface ChildOutput {
  bare: { resident: number }
  first: { instantiate: number; first: number; later: number[] }
  memory: { peak: number; inputs: number; tables: number }
  sized: { times: number[]; orders: number; fills: number; fillHash: number }
  bars: { bars: number; times: number[] }[]
  sweep: { peak: number; rows: number; table: number; seconds: number }
}

/** Resident memory of a process that has done nothing. */
function bare(): ChildOutput['bare'] {
  globalThis.gc?.()
  return { resident: process.memoryUsage.rss() }
}

/** A panel as a market, its columns read one after the other so that little is held twice. */
async function readMarket(path: string) {
  const { Market } = await import('../src/market/market.ts')
  const { nyseSessions } = await import('../data/calendar.ts')
  const file = openSync(path, 'r')
  const read = (count: number) => {
    const values = new Float64Array(count)
    const bytes = new Uint8Array(values.buffer)
    for (let at = 0; at < bytes.length; ) at += readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 28), null)
    return values
  }
  const [bars, count] = read(2)
  const [open, high, low, close, volume, target] = Array.from({ length: 6 }, () => read(bars * count))
  closeSync(file)
  const assets = Array.from({ length: count }, (_, asset) => `ASSET_${asset}`)
  const time =
    bars > 6000 ? Float64Array.from({ length: bars }, (_, bar) => bar * 60_000) : nyseSessions('2013-01-03', bars)
  return Market.from({ assets, time, open, high, low, close, volume, signals: { target } })
}

async function runnerOf(driver: string, panel: string) {
  if (!DRIVERS.includes(driver as (typeof DRIVERS)[number])) throw new Error(`bench: no driver ${driver}.`)
  const { Targets, targetSignals } = await import('./strategies.ts')
  const { backtest } = await import('../src/backtest.ts')
  const market = await readMarket(panel)
  const config = { account: 'unlimited', cash: 1e-6 } as const
  return { market, run: () => backtest(market, driver === 'hook' ? Targets : targetSignals, config) }
}

async function first(driver: string, panel: string): Promise<ChildOutput['first']> {
  const { getEngine } = await import('../src/kernel/load.ts')
  const start = performance.now()
  getEngine()
  const instantiate = performance.now() - start
  const { run } = await runnerOf(driver, panel)
  const times = Array.from({ length: 21 }, () => {
    const before = performance.now()
    run()
    return performance.now() - before
  })
  return { instantiate, first: times[0], later: times.slice(6) }
}

async function memory(driver: string, panel: string): Promise<ChildOutput['memory']> {
  const L = await import('../assembly/layout.ts')
  const { market, run } = await runnerOf(driver, panel)
  await new Promise((resolve) => setTimeout(resolve, 50))
  resetPeak()
  const result = run()
  const peak = peakResident()
  const row = (f64: number, i32: number) => 8 * f64 + 4 * i32
  const tables =
    result.fills.length * row(L.FILL_F64, L.FILL_I32) +
    result.trades.length * row(L.TRADE_F64, L.TRADE_I32) +
    result.orders.length * row(L.ENDED_F64, L.ENDED_I32) +
    result.equity.byteLength +
    result.cash.byteLength
  return { peak, inputs: market.bars * (6 * 8 * market.assetCount + 8), tables }
}

async function sized(driver: string, panel: string, runs: string): Promise<ChildOutput['sized']> {
  const { checksOf } = await import('./checks.ts')
  const { run } = await runnerOf(driver, panel)
  const times: number[] = []
  for (let i = 0; i < Number(runs) + 2; i++) {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  const { orders, fills, fillHash } = checksOf(run(), 1e-6)
  return { times: times.slice(2), orders, fills, fillHash }
}

async function bars(...sizes: string[]): Promise<ChildOutput['bars']> {
  const { HookCross, minuteMarket } = await import('./strategies.ts')
  const { backtest } = await import('../src/backtest.ts')
  // Warm first: the smallest size would otherwise pay for the compiler.
  const warm = minuteMarket(100_000)
  for (let i = 0; i < 5; i++) backtest(warm, HookCross)
  warm.release()
  const found = sizes.map(Number).map((size) => ({ bars: size, market: minuteMarket(size), times: [] as number[] }))
  // In turns, so that a busy moment of the machine meets all sizes.
  for (let round = 0; round < 8; round++) {
    for (const { bars, market, times } of found) {
      // As many bars a sample, whatever the size: a long run meets more of what goes on beside it than a short one.
      const runs = Math.max(1, Math.round(1_000_000 / bars))
      const start = performance.now()
      for (let i = 0; i < runs; i++) backtest(market, HookCross)
      times.push((performance.now() - start) / runs)
    }
  }
  return found.map(({ bars, times }) => ({ bars, times }))
}

/** `times` sweeps of `sets` sets each over the same market and threads; the table is that of the last one. */
async function sweepSets(workers: string, sets: string, times = '1'): Promise<ChildOutput['sweep']> {
  const { sweep } = await import('../src/sweep/sweep.ts')
  const { piscinaExecutor } = await import('../src/jobs/piscina.ts')
  const { minuteMarket } = await import('./strategies.ts')
  const market = minuteMarket(500)
  resetPeak()
  const start = performance.now()
  const side = Math.round(Math.sqrt(Number(sets) / 10))
  const grid = { fast: { from: 2, to: 1 + side, step: 1 }, slow: { from: side + 2, to: 11 * side + 1, step: 1 } }
  const run = () => sweep(market, 'sma-cross', grid, { executor: piscinaExecutor(Number(workers)) })
  let outcome = await run()
  for (let i = 1; i < Number(times); i++) outcome = await run()
  const seconds = (performance.now() - start) / 1000
  let table = 0
  for (const column of outcome.table.columns) table += outcome.table.values(column.name).byteLength
  return { peak: peakResident(), rows: outcome.table.length, table, seconds }
}

const [mode, ...parameters] = process.argv.slice(2)
const output = await MODES[mode](...parameters)
process.stdout.write(`${JSON.stringify(output)}\n`, () => process.exit(0))
