import { backtest } from '../src/backtest.ts'
import type { Result } from '../src/results/result.ts'
import { TRADE_GROUPS, type TradeGroup } from '../src/results/tradegroups.ts'
import { type Figure, summarise } from './figures.ts'
import { targetSignals, workloadMarket } from './strategies.ts'

/** Breakdowns that a page of a run would show. */
const SHOWN: readonly TradeGroup[] = ['side', 'asset', 'month', 'weekday', 'hour', 'exitReason', 'entryTag', 'barsHeld']
const ROUNDS = 15

/** Processor time of some work, ms. */
function spent(work: (result: Result) => unknown, result: Result): number {
  const before = process.cpuUsage()
  work(result)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Figures of the workload's trades: of a result whose tables were read, and of one that nobody has read, with the columns that they take. */
export function tradeFigures(): Figure[] {
  const market = workloadMarket()
  const config = { account: 'unlimited', cash: 1e-6, commission: 0.001, slippage: 0.0005 } as const
  const times: Record<'scalars' | 'shown' | 'all' | 'unread', number[]> = {
    scalars: [],
    shown: [],
    all: [],
    unread: [],
  }
  const breakDown = (result: Result, groups: readonly TradeGroup[]) => {
    const analysis = result.tradeAnalysis()
    for (const group of groups) analysis.by(group)
  }
  for (let round = 0; round < ROUNDS; round++) {
    times.unread.push(spent((result) => result.tradeAnalysis(), backtest(market, targetSignals, config)))
    for (const [name, work] of [
      ['scalars', (result: Result) => result.tradeAnalysis()],
      ['shown', (result: Result) => breakDown(result, SHOWN)],
      ['all', (result: Result) => breakDown(result, TRADE_GROUPS)],
    ] as const) {
      const result = backtest(market, targetSignals, config)
      for (const column of result.trades.columns) result.trades.values(column.name)
      times[name].push(spent(work, result))
    }
  }
  market.release()
  const figure = (name: string, values: number[], most?: number): Figure => {
    const { min, median } = summarise(values.slice(3))
    const goal = most === undefined ? undefined : ({ kind: 'at most', value: most } as const)
    return { name, value: min, unit: 'ms', spread: median / min - 1, goal }
  }
  return [
    figure('all figures of 119,577 trades', times.scalars, 25),
    figure('the same of a result that was not read', times.unread),
    figure(`and ${SHOWN.length} breakdowns`, times.shown, 60),
    figure(`and all ${TRADE_GROUPS.length} breakdowns`, times.all),
  ]
}
