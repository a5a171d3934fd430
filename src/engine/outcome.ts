import * as L from '../../assembly/layout.ts'
import { engineDigest } from '../kernel/load.ts'
import { lotsOf } from '../kernel/lots.ts'
import { METRICS } from '../results/metrics.ts'
import { type OpenPosition, recordedParts } from '../results/recorded.ts'
import { Result } from '../results/result.ts'
import type { Run } from './run.ts'
import { warningsOf } from './warnings.ts'
import { windowSettings } from './window.ts'

/** What a result says that the run does not know. */
export interface OutcomeParts {
  /** Name of the strategy. */
  name: string
  strategyDigest: () => string
  /** The other path policies are run too. */
  banded: boolean
  /** It was restored from a snapshot of another text of the strategy. */
  changed: boolean
  /** Indicators without a value on any bar. */
  empty: readonly { key: string; warmup: number }[]
}

/** How many bars have been traded so far. */
function barsOf(run: Run): number {
  return Math.max(0, run.index + 1 - run.setup.window.first)
}

/** From the first to the last bar that was traded, ms. */
export function elapsedIn(run: Run): number {
  const bars = barsOf(run)
  if (bars < 2) return 0
  const { market, window } = run.setup
  const { time } = market
  return time[window.first + bars - 1] - time[window.first]
}

/** Has what was ordered carried out, and the equity of the bar that the run stands on written: with that it can be looked at. */
export function upToNow(run: Run, ended: boolean): void {
  const { lane } = run
  const bars = barsOf(run)
  lane.bind()
  lane.settle()
  if (ended || bars === 0) return
  // Written at the end of the bar, which has not come yet; the next step writes it again.
  lane.equity[bars - 1] = lane.accountValue
  lane.cash[bars - 1] = lane.f64(L.RUN_CASH)
}

/** Metrics of a run as far as it has come, from its equity and totals; written to `out` in the order of METRICS. */
export function readMetrics(run: Run, out: Float64Array): Float64Array {
  const { lane } = run
  const { window, settings } = run.setup
  const { kernels } = lane
  const { arena } = lane.engine
  const scratch = lane.i32(L.RUN_RING) >>> 0
  const bars = barsOf(run)
  const { periods, annual } = window
  const ends = lane.periodEnds
  lane.bind()
  const { perYear } = annual
  const elapsed = window.cagr === 'periods' ? Number.NaN : elapsedIn(run)
  if (lane.shape.followed) kernels.followedStats(perYear, elapsed, scratch)
  else {
    const equity = lane.i32(L.RUN_EQUITY_COLUMN) >>> 0
    kernels.equityStats(equity, bars, ends, periods, settings.cash, perYear, elapsed, scratch)
  }
  kernels.putIntrabar(scratch)
  const stats = arena.f64(scratch, L.STAT_COUNT)
  const totals = lane.totals
  const openTrades = lane.i32(lane.i32(L.RUN_LOTS) === L.LOTS_AVERAGE ? L.RUN_HELD : L.RUN_LIVE_LOTS)
  const context = { initialCash: settings.cash, holdReturn: window.holdReturn(), openTrades }
  for (let i = 0; i < METRICS.length; i++) out[i] = METRICS[i].from(stats, totals, context)
  return out
}

/** What is held, a row an asset, or a row a lot (semantics 10.13). */
function openPositions({ lane }: Run): OpenPosition[] {
  const { dense } = lane.shape
  const now = lane.i32(L.RUN_BAR)
  if (lane.i32(L.RUN_LOTS) !== L.LOTS_AVERAGE)
    return lotsOf(lane, undefined).map(({ f64, i32, position, words }) => ({
      asset: i32[L.LOT_ASSET / 4],
      quantity: f64[L.LOT_QUANTITY / 8],
      average: position[L.POSITION_AVERAGE / 8],
      mark: lane.mark(i32[L.LOT_ASSET / 4]),
      commission: position[L.POSITION_COMMISSION / 8],
      barsHeld: dense ? now - words[L.POSITION_ENTRY_BAR / 4] : words[L.POSITION_BARS_HELD / 4],
      entryBar: words[L.POSITION_ENTRY_BAR / 4],
      entryOrder: words[L.POSITION_ENTRY_ORDER / 4],
    }))
  return Array.from(lane.quantities).flatMap((quantity, asset) =>
    quantity === 0
      ? []
      : [
          {
            asset,
            quantity,
            average: lane.position(asset, L.POSITION_AVERAGE),
            mark: lane.mark(asset),
            commission: lane.position(asset, L.POSITION_COMMISSION),
            barsHeld: lane.barsHeld(asset),
            entryBar: lane.positionI32(asset, L.POSITION_ENTRY_BAR),
            entryOrder: lane.positionI32(asset, L.POSITION_ENTRY_ORDER),
          },
        ],
  )
}

/** What came of a run, as far as it has come. */
export function collect(run: Run, ended: boolean, known: OutcomeParts): Result {
  const { lane } = run
  const { market, window, settings, parameters, size } = run.setup
  const bars = barsOf(run)
  upToNow(run, ended)
  const metrics = readMetrics(run, new Float64Array(METRICS.length))
  const positions = openPositions(run)
  const parts = recordedParts({
    market,
    firstBar: window.first,
    fills: lane.tables.fills.take(),
    trades: lane.tables.trades.take(),
    orders: lane.tables.orders.take(),
    ambiguous: lane.tables.ambiguous.take(),
    positions,
    equity: lane.equity.slice(0, bars),
    cash: lane.cash.slice(0, bars),
    metrics,
    contextNames: run.setup.contextNames,
    settings: { ...settings, size, ...windowSettings(market, window) },
    parameters,
    strategy: known.name,
    costModelCalls: lane.f64(L.RUN_OWN_CALLS),
    annual: window.annual,
    warnings: warningsOf(run, positions, metrics, { ...known, ended }),
    engineDigest,
    strategyDigest: known.strategyDigest,
  })
  return new Result(parts)
}
