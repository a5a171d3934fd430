import { backtest } from './backtest.ts'
import { FillgridError, show } from './errors.ts'
import { expectMarket } from './market/expect.ts'
import type { Market } from './market/market.ts'
import { firstBarAt, moment } from './market/moment.ts'
import type { BacktestConfig } from './prepare.ts'
import type { Result } from './results/result.ts'
import type { Table } from './results/table.ts'
import { isListOption, type ListOptions, readListOptions } from './strategies/list/options.ts'
import { type PlacedSignal, placeSignals } from './strategies/list/place.ts'
import type { SignalProblem } from './strategies/list/problem.ts'
import { readList } from './strategies/list/read.ts'
import type { SignalList, TradeSignal } from './strategies/list/signal.ts'
import { listStrategy } from './strategies/list/traded.ts'
import { listTrades, type RiskFigures, riskFigures } from './strategies/list/trades.ts'

/** How a list is traded, and the settings of the run beside it. */
export type SignalsConfig = ListOptions & Omit<BacktestConfig, 'size' | 'parameters' | 'strategySource' | 'verify'>

/** What came of a list of signals. */
export interface SignalsOutcome {
  readonly result: Result
  /** A row an exit: `signal_id`, `rr`, why it ended, the gap from the signal's price to the entry, and all columns of `result.trades`. */
  readonly trades: Table
  readonly figures: RiskFigures
  /** Signals that could not be traded, and why. */
  readonly problems: readonly SignalProblem[]
  /** Signals that came to nothing because their asset was held or had an entry pending. */
  readonly overlapped: readonly PlacedSignal[]
  /** What a careful person would want to know. */
  readonly warnings: readonly string[]
}

/**
 * Trades a list of signals on the one broker (semantics 8.4 to 8.9).
 *
 *     const { result, figures } = backtestSignals(market, signals, { profile: 'scanner' })
 *
 * @param signals rows, or what `readSignals` has read
 * @throws FillgridError invalid_value, unknown_name; as `backtest`
 */
export function backtestSignals(
  market: Market,
  signals: SignalList | readonly TradeSignal[],
  config: SignalsConfig = {},
): SignalsOutcome {
  expectMarket(market, 'signals')
  const list = readList(signals)
  const split = (own: boolean) =>
    Object.fromEntries(Object.entries(config).filter(([name]) => isListOption(name) === own))
  const options = readListOptions(split(true), config.profile)
  const settings: BacktestConfig = { ...split(false) }
  if (options.overlap === 'lot') {
    settings.lots ??= 'fifo'
    if (settings.lots !== 'fifo')
      throw new FillgridError(
        'conflicting_settings',
        `lots: overlap 'lot' needs lots 'fifo', found ${show(settings.lots)}. Leave lots out, or take another overlap.`,
      )
  }
  const first = firstBarAt(market.time, moment('signals', 'from', config.from) ?? Number.NEGATIVE_INFINITY)
  const last = firstBarAt(market.time, moment('signals', 'to', config.to) ?? Number.POSITIVE_INFINITY) - 1
  // Closing orders are given in the bar before the last, or with a latency so many bars before.
  const end = last - 1 - (config.latency ?? 0)
  const { placed, problems, otherCloses } = placeSignals(market, list, options, first, end)
  const result = backtest(market, listStrategy(placed, options.overlap, end), { ...settings, size: options.size })
  const trades = listTrades(result, list)
  const given = new Set(result.orders.values('tag'))
  const overlapped = placed.filter(({ index }) => !given.has(index + 1))
  return {
    result,
    trades,
    figures: riskFigures(trades),
    problems,
    overlapped,
    warnings: warningsOf(list, problems, overlapped.length, otherCloses),
  }
}

function warningsOf(
  list: SignalList,
  problems: readonly SignalProblem[],
  overlapped: number,
  otherCloses: number,
): string[] {
  const of = (count: number) => `${count} of ${list.signals.length} signals`
  const warnings = list.notes.map((note) => `${list.name}: ${note}`)
  const kinds = new Map<string, SignalProblem[]>()
  for (const problem of problems) kinds.set(problem.kind, [...(kinds.get(problem.kind) ?? []), problem])
  for (const [kind, found] of kinds)
    warnings.push(`${of(found.length)} dropped, ${kind.replace('_', ' ')}; the first: ${found[0].message}`)
  if (overlapped > 0)
    warnings.push(`${of(overlapped)} came to nothing, as their asset was held or had an entry pending.`)
  if (otherCloses > 0)
    warnings.push(
      `${of(otherCloses)} have a close that is not that of the market. Are they of the same data, and of its adjustment?`,
    )
  return warnings
}
