// Designs beside those that were beaten by them, on the workload of 500 assets over 2,520 bars or the minutes of one asset. All of
// a group do the same work, which is compared first, and take turns, so that a busy moment of the machine meets all of them.
// Printed are ratios of the smallest times. docs/performance.md says what follows from them.
import { makeWorkload } from '../data/workload.ts'
import { backtest } from '../src/backtest.ts'
import { marketFeed } from '../src/market/feed.ts'
import { prepare } from '../src/prepare.ts'
import type { Bar } from '../src/strategy/bar.ts'
import type { Broker } from '../src/strategy/broker.ts'
import type { PositionDecision } from '../src/strategy/decisions.ts'
import type { PositionView } from '../src/strategy/position.ts'
import { Strategy } from '../src/strategy/strategy.ts'
import { hardware, scratchFolder } from './host.ts'
import { buildNative } from './native.ts'
import { writeWorkload } from './panels.ts'
import { crossSignals, minuteMarket, Targets, TargetsOneByOne, targetSignals, workloadMarket } from './strategies.ts'

const ROUNDS = Number(process.argv[2] ?? 25)

type Design = readonly [name: string, run: () => number]

/** Processor time since then: others on the machine are not in it. */
function milliseconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Times designs in turns; each returns a number that all must agree on. The last one is what Fillgrid does. */
function compare(title: string, designs: readonly Design[], rounds = ROUNDS): void {
  const best = designs.map(() => Number.POSITIVE_INFINITY)
  let expected: number | undefined
  for (let round = 0; round < rounds + 2; round++) {
    designs.forEach(([name, run], i) => {
      // What others have left behind is no part of it.
      globalThis.gc?.()
      const start = process.cpuUsage()
      const found = run()
      const ms = milliseconds(start)
      expected ??= found
      if (Math.abs(found - expected) > 1e-6 * Math.max(1, Math.abs(expected)))
        throw new Error(`bench: ${title}, ${name}: ${found} instead of ${expected}.`)
      // The first two are for the compilers.
      if (round > 1) best[i] = Math.min(best[i], ms)
    })
  }
  const ours = best[best.length - 1]
  console.log(title)
  designs.forEach(([name], i) => {
    console.log(`  ${(best[i] / ours).toFixed(2).padStart(7)}x ${best[i].toFixed(2).padStart(9)} ms  ${name}`)
  })
}

const w = makeWorkload()
const ASSETS = w.assets.length
const BARS = w.time.length
const CELLS = ASSETS * BARS
const { close } = w
const market = workloadMarket()

// ---- what a bar is handed out as --------------------------------------------------------------

/** Rows as a file has them, one object each, by time; let go afterwards. */
let rows = Array.from({ length: BARS }, (_, bar) =>
  w.assets.map((asset, i) => ({
    asset,
    open: w.open[bar * ASSETS + i],
    high: w.high[bar * ASSETS + i],
    low: w.low[bar * ASSETS + i],
    close: close[bar * ASSETS + i],
    volume: w.volume[bar * ASSETS + i],
  })),
)
let made = rows.map((bar) => Object.fromEntries(bar.map((row) => [row.asset, row])))

compare(
  'The feed: sum of all closes',
  [
    [
      'an object by asset, made bar by bar (marketFeed)',
      () => {
        let sum = 0
        for (const { assets } of marketFeed(market)) for (const asset in assets) sum += assets[asset].close
        return sum
      },
    ],
    [
      'objects by asset made beforehand, looked up by name',
      () => {
        let sum = 0
        for (const bar of made) for (const asset of w.assets) sum += bar[asset].close
        return sum
      },
    ],
    [
      'lists of objects made beforehand, in asset order',
      () => {
        let sum = 0
        for (const bar of rows) for (let i = 0; i < ASSETS; i++) sum += bar[i].close
        return sum
      },
    ],
    [
      'columns of doubles, [bar][asset]',
      () => {
        let sum = 0
        for (let at = 0; at < CELLS; at++) sum += close[at]
        return sum
      },
    ],
  ],
  Math.min(ROUNDS, 8),
)

rows = []
made = []

// ---- positions ---------------------------------------------------------------------------------

const ids = new Map(w.assets.map((asset, i) => [asset, i]))
const stops = new Map(w.assets.map((asset, i) => [asset, close[i] * 0.9]))
const objects = w.assets.map((_, i) => ({ stop: close[i] * 0.9, quantity: 1, entry: close[i], held: 0, tag: 0 }))
const stopColumn = Float64Array.from({ length: ASSETS }, (_, i) => close[i] * 0.9)

compare('A stop looked at for every asset and bar: how many closes are below it', [
  [
    'a dictionary by symbol',
    () => {
      let hit = 0
      for (let bar = 0; bar < BARS; bar++)
        for (const asset of w.assets) if (close[bar * ASSETS + ids.get(asset)!] < stops.get(asset)!) hit++
      return hit
    },
  ],
  [
    'an object a position, by number',
    () => {
      let hit = 0
      for (let bar = 0; bar < BARS; bar++)
        for (let i = 0; i < ASSETS; i++) if (close[bar * ASSETS + i] < objects[i].stop) hit++
      return hit
    },
  ],
  [
    'a column of stops',
    () => {
      let hit = 0
      for (let bar = 0; bar < BARS; bar++)
        for (let i = 0; i < ASSETS; i++) if (close[bar * ASSETS + i] < stopColumn[i]) hit++
      return hit
    },
  ],
])

// ---- who decides, and how orders get to the broker ------------------------------------------------

const plain = { account: 'unlimited', cash: 1e-6, timing: 'same-close' } as const
const native = buildNative()
const panel = native && writeWorkload(scratchFolder())
const finalOf = (strategy: Parameters<typeof backtest>[1]) => () => backtest(market, strategy, plain).trades.length

compare('The workload: orders, and who gives them', [
  ['a hook, order by order', finalOf(TargetsOneByOne)],
  ['a hook, all orders of a bar in one call', finalOf(Targets)],
  ['signal columns, the whole loop in WebAssembly', finalOf(targetSignals)],
])
if (native && panel) {
  // The other program tells the time by the clock, so both do here.
  const times = { c: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY }
  for (let round = 0; round < ROUNDS; round++) {
    times.c = Math.min(times.c, ...native.workload(panel, 'same-close', 4, 'own').times.slice(1))
    for (let i = 0; i < 4; i++) {
      const start = performance.now()
      finalOf(targetSignals)()
      times.ours = Math.min(times.ours, performance.now() - start)
    }
  }
  console.log('The same work in C, one broker without settings')
  console.log(`  ${(times.c / times.ours).toFixed(2).padStart(7)}x ${times.c.toFixed(2).padStart(9)} ms  C`)
  console.log(`     1.00x ${times.ours.toFixed(2).padStart(9)} ms  signal columns, the whole loop in WebAssembly`)
}

// ---- rules of positions --------------------------------------------------------------------------

/** A stop and a target by hand, looked at for each position at each close. */
class ByHand extends Strategy {
  override onBar(bar: Bar, broker: Broker): void {
    broker.orderTargets(bar.signal('target'))
  }
  override onPosition(position: PositionView): PositionDecision | undefined {
    return position.unrealizedPercent < -100 ? 'exit' : undefined
  }
}
const far = [{ type: 'stop', distance: 0.999 }] as const
const ruled = (strategy: Parameters<typeof backtest>[1], config: object) => () =>
  backtest(market, strategy, { ...plain, ...config }).trades.length

compare(
  'A stop on every position of the workload, which none reaches',
  [
    ['in TypeScript, asked for each position at each close', ruled(ByHand, {})],
    ['a rule of the broker', ruled(Targets, { rules: far })],
    ['no stop', ruled(Targets, {})],
  ],
  Math.min(ROUNDS, 12),
)

// ---- short ways ----------------------------------------------------------------------------------

const minutes = minuteMarket(525_600)
const cross = { account: 'unlimited', cash: 1e-6, commission: 0.0004, size: { type: 'units', amount: 1 } } as const
/** Without stops to fill anew this setting changes nothing but that no short way is taken. */
const long = prepare(minutes, crossSignals, { ...cross, targetFill: 'stop-fill' })
const short = prepare(minutes, crossSignals, cross)
const set = { fast: 20, slow: 100, stop: 0.01, target: 0.02 }

compare('An SMA cross with stop and target over 525,600 minutes: bar by bar, or from decision to decision', [
  ['every bar looked at', () => long.metrics(set)[0]],
  ['levels next to the price are known, and bars between them left out', () => short.metrics(set)[0]],
])

// ---- results ---------------------------------------------------------------------------------------

const result = backtest(market, targetSignals, plain)
const pnl = () => result.trades.values('pnl')

compare(
  'Results: the sum of the pnl of all trades',
  [
    [
      'an object a trade',
      () => {
        let sum = 0
        for (const trade of result.trades) sum += trade.pnl as number
        return sum
      },
    ],
    [
      'a column',
      () => {
        let sum = 0
        for (const one of pnl()) sum += one
        return sum
      },
    ],
  ],
  Math.min(ROUNDS, 8),
)

const { processor, cores, memoryGiB, node } = hardware()
console.log(`\n${processor}, ${cores} cores, ${memoryGiB} GiB, Node ${node}; smallest of ${ROUNDS} rounds in turns.`)
