import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { nearNames } from '../market/names.ts'
import { type Also, alsoOf } from './also.ts'

/** What metrics are made of beside the equity column and the totals of the broker. */
export interface MetricContext {
  /** Cash before the first bar, currency. */
  initialCash: number
  /** Return of holding every asset over the bars of the run, a fraction. */
  holdReturn: number
  /** Round trips that have not ended: positions that are held, or lots. */
  openTrades: number
}

/** One metric: what it is called, what it means and how it is read. */
export interface MetricSpec<N extends string = string> {
  /** camelCase, used in TypeScript. */
  name: N
  /** snake_case, used in files. */
  field: string
  /** As people read it: 'Max drawdown'. */
  label: string
  /** 'currency', 'fraction', 'percent', 'bars', 'periods' or '' for ratios and counts. */
  unit: string
  /** Whether more of it is better (1), less (-1), or neither (0). */
  better: 1 | 0 | -1
  /** How it is made a figure of a year: by the days of the run, by the number of return periods a year, or not at all. */
  annual: 'days' | 'periods' | 'none'
  /** Names of the same quantity elsewhere: in files of what was here before, and in packages. */
  also: Also
  /** Formula and source. NaN (null in JSON) means undefined: there is nothing to take it of. */
  doc: string
  /** What it is made of: of the run, in every result and row of a sweep; of the equity curve or the trades, when it is asked for. */
  of: 'run' | 'curve' | 'trades'
}

/** One of METRICS. */
export interface RunMetric<N extends string = string> extends MetricSpec<N> {
  of: 'run'
  /** @param stats the STAT_* block @param totals the TOTAL_* block @internal */
  from(stats: Float64Array, totals: Float64Array, context: MetricContext): number
}

/** Metrics that say what another one says: files have them, a page that a person reads has each quantity once. */
export const SAID_AGAIN: ReadonlySet<string> = new Set(['totalReturnPct', 'maxDrawdownPct', 'avgTrade'])

/** Those that are figures of a year. */
const ANNUAL: Readonly<Record<string, 'days' | 'periods'>> = {
  cagr: 'days',
  calmar: 'days',
  volatility: 'periods',
  sharpe: 'periods',
  sortino: 'periods',
}

type Words<N extends string> = [name: N, field: string, unit: string, better: 1 | 0 | -1, doc: string]

/** Labels that are not their field in words. */
const LABELS: Readonly<Record<string, string>> = {
  cagr: 'CAGR',
  totalReturnPct: 'Total return, percent',
  maxDrawdownPct: 'Max drawdown, percent',
  maxDrawdownMoney: 'Max drawdown, money',
  maxDrawdownBars: 'Longest drawdown, bars',
  buyAndHoldReturn: 'Buy and hold',
  numTrades: 'Trades',
  numExits: 'Exits',
  exitWinRate: 'Win rate of exits',
  numFills: 'Fills',
  numOrders: 'Orders',
  totalPnl: 'P&L of trades',
}

function metric<N extends string>(words: Words<N>, from: RunMetric['from']): RunMetric<N> {
  const [name, field, unit, better, doc] = words
  const label = LABELS[name] ?? labelOf(field)
  return { name, field, label, unit, better, annual: ANNUAL[name] ?? 'none', also: alsoOf(name), doc, of: 'run', from }
}

/** The words of a field as a label: 'max_drawdown' is 'Max drawdown'. */
export function labelOf(field: string): string {
  const words = field.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A number of the STAT_* block as it is. */
function stat<N extends string>(words: Words<N>, index: number): RunMetric<N> {
  return metric(words, (stats) => stats[index])
}

/** A number of the TOTAL_* block as it is. */
function total<N extends string>(words: Words<N>, index: number): RunMetric<N> {
  return metric(words, (_, totals) => totals[index])
}

/** Average of some total over some count; undefined where there is nothing to count. */
function average<N extends string>(words: Words<N>, sum: number, count: number, sign: 1 | -1 = 1): RunMetric<N> {
  return metric(words, (_, totals) => (totals[count] > 0 ? (sign * totals[sum]) / totals[count] : Number.NaN))
}

/** What a closed trade has brought, on average. */
function perTrade(_: Float64Array, totals: Float64Array): number {
  return totals[L.TOTAL_TRADES] > 0
    ? (totals[L.TOTAL_GROSS_PROFIT] - totals[L.TOTAL_GROSS_LOSS]) / totals[L.TOTAL_TRADES]
    : Number.NaN
}

/** METRICS, each with its name as a type. */
const SPECS = [
  metric(
    ['initialCash', 'initial_cash', 'currency', 0, 'Cash before the first bar.'],
    (_, __, context) => context.initialCash,
  ),
  stat(['finalValue', 'final_value', 'currency', 1, 'Equity after the last bar.'], L.STAT_FINAL_EQUITY),
  stat(['totalReturn', 'total_return', 'fraction', 1, 'finalValue / initialCash - 1.'], L.STAT_TOTAL_RETURN),
  metric(
    ['totalReturnPct', 'total_return_pct', 'percent', 1, '100 * totalReturn.'],
    (stats) => stats[L.STAT_TOTAL_RETURN] * 100,
  ),
  metric(
    [
      'buyAndHoldReturn',
      'buy_and_hold_return',
      'fraction',
      0,
      'Mean over the assets of last close / first close - 1: an equal share of the cash in each, without costs. Over the whole market, also where a run ended early.',
    ],
    (_, __, context) => context.holdReturn,
  ),
  stat(
    [
      'maxDrawdown',
      'max_drawdown',
      'fraction',
      -1,
      'Largest (peak - equity) / peak over every bar, positive; the peak is the highest equity so far, initial cash included. Above 1 where equity fell below 0.',
    ],
    L.STAT_DRAWDOWN,
  ),
  metric(
    ['maxDrawdownPct', 'max_drawdown_pct', 'percent', -1, '100 * maxDrawdown.'],
    (stats) => stats[L.STAT_DRAWDOWN] * 100,
  ),
  stat(
    [
      'maxDrawdownMoney',
      'max_drawdown_money',
      'currency',
      -1,
      'Largest peak - equity over every bar, positive; not always in the same place as maxDrawdown.',
    ],
    L.STAT_DRAWDOWN_MONEY,
  ),
  stat(
    [
      'maxDrawdownBars',
      'max_drawdown_bars',
      'bars',
      -1,
      'Longest drawdown: from the bar of a peak to the bar at which equity is back at it, or to the last bar. The initial cash stands one bar before the first.',
    ],
    L.STAT_DRAWDOWN_BARS,
  ),
  stat(
    [
      'intrabarDrawdown',
      'intrabar_drawdown',
      'fraction',
      -1,
      'Largest (peak - worst bound) / peak over every bar, positive; the peak is the highest equity of the bars before. The worst bound is the equity with each position at the price of the bar that hurts it most: exact with one asset, a bound with several, whose worst prices need not have come together (docs/semantics.md, 7.8). At least maxDrawdown, but that bars after a bust are left out, and of a run that goes on the bar that it stands on.',
    ],
    L.STAT_INTRABAR_DRAWDOWN,
  ),
  total(
    [
      'numTrades',
      'num_trades',
      '',
      0,
      'Trades that were closed, as round trips: each lot where positions are lots, else each position from flat to flat, however many exits it took (docs/semantics.md, 7.10).',
    ],
    L.TOTAL_TRADES,
  ),
  metric(
    [
      'openTrades',
      'open_trades',
      '',
      0,
      'Round trips that are not closed: positions that are held, or lots. They are no trades yet, whatever of them was sold.',
    ],
    (_, __, context) => context.openTrades,
  ),
  metric(
    [
      'numExits',
      'num_exits',
      '',
      0,
      'Exits: rows of the table of trades. As many as numTrades where every position is closed at once.',
    ],
    (_, totals) => totals[L.TOTAL_TRADES] + totals[L.TOTAL_PARTS],
  ),
  total(
    ['winningTrades', 'winning_trades', '', 1, 'Trades with P&L > 0, that of all their exits together.'],
    L.TOTAL_WINS,
  ),
  total(['losingTrades', 'losing_trades', '', -1, 'Trades with P&L < 0, likewise.'], L.TOTAL_LOSSES),
  average(
    ['winRate', 'win_rate', 'fraction', 1, 'winningTrades / numTrades. Undefined without a closed trade.'],
    L.TOTAL_WINS,
    L.TOTAL_TRADES,
  ),
  metric(
    [
      'exitWinRate',
      'exit_win_rate',
      'fraction',
      1,
      'Exits with P&L > 0 / numExits. What there is to say of positions that are sold in parts and never closed. Undefined without exits.',
    ],
    (_, totals) =>
      (totals[L.TOTAL_WINS] + totals[L.TOTAL_PART_WINS]) / (totals[L.TOTAL_TRADES] + totals[L.TOTAL_PARTS]),
  ),
  total(
    [
      'totalCommission',
      'total_commission',
      'currency',
      -1,
      'Commission of all fills, those of open positions included.',
    ],
    L.TOTAL_COMMISSION,
  ),
  total(
    ['totalSlippage', 'total_slippage', 'currency', -1, 'Slippage of all fills: |fill price - base price| * units.'],
    L.TOTAL_SLIPPAGE,
  ),
  stat(
    [
      'sharpe',
      'sharpe',
      '',
      1,
      'Mean of the returns / their standard deviation (n - 1) * sqrt(periods a year). Sharpe 1994, The Sharpe Ratio. Undefined without spread, where a period starts with an equity of 0 or less, and where nobody knows how many periods make a year.',
    ],
    L.STAT_SHARPE,
  ),
  stat(
    [
      'sortino',
      'sortino',
      '',
      1,
      'Mean of the returns / downside deviation * sqrt(periods a year), with downside deviation sqrt(sum of min(return, 0)^2 / all periods). Sortino and Price 1994, Performance Measurement in a Downside Risk Framework. Undefined without a falling period, where a period starts with an equity of 0 or less, and where nobody knows how many periods make a year.',
    ],
    L.STAT_SORTINO,
  ),
  stat(
    [
      'calmar',
      'calmar',
      '',
      1,
      'cagr / maxDrawdown, over the whole run. Young 1991, Calmar Ratio. Undefined (NaN) without drawdown, and where cagr is.',
    ],
    L.STAT_CALMAR,
  ),
  stat(
    [
      'cagr',
      'cagr',
      'fraction',
      1,
      "(finalValue / initialCash)^(365.25 days / days from the first bar to the last) - 1; with cagr: 'periods' the exponent is periods a year / periods, as quantstats and empyrical have it. Undefined (NaN) where finalValue is 0 or less, where the run is shorter than a day (or has one bar), and where its growth is beyond all numbers in a year.",
    ],
    L.STAT_CAGR,
  ),
  stat(
    [
      'volatility',
      'volatility',
      'fraction',
      -1,
      'Standard deviation of the returns (n - 1) * sqrt(periods a year). Undefined with fewer than two periods, where a period starts with an equity of 0 or less, and where nobody knows how many periods make a year.',
    ],
    L.STAT_VOLATILITY,
  ),
  metric(
    [
      'profitFactor',
      'profit_factor',
      '',
      1,
      'Sum of the P&L of wins / sum of the P&L of losses. Undefined without losses.',
    ],
    (_, totals) =>
      totals[L.TOTAL_GROSS_LOSS] > 0 ? totals[L.TOTAL_GROSS_PROFIT] / totals[L.TOTAL_GROSS_LOSS] : Number.NaN,
  ),
  metric(
    [
      'expectancy',
      'expectancy',
      'currency',
      1,
      'winRate * avgWin + losingTrades / numTrades * avgLoss: what a trade may be expected to bring. Tharp 1998, Trade Your Way to Financial Freedom. Undefined without trades.',
    ],
    perTrade,
  ),
  metric(
    ['avgTrade', 'avg_trade', 'currency', 1, 'Mean P&L of the trades, which is expectancy. Undefined without trades.'],
    perTrade,
  ),
  average(
    ['avgWin', 'avg_win', 'currency', 1, 'Mean P&L of the wins. Undefined without one.'],
    L.TOTAL_GROSS_PROFIT,
    L.TOTAL_WINS,
  ),
  average(
    ['avgLoss', 'avg_loss', 'currency', 1, 'Mean P&L of the losses, negative. Undefined without one.'],
    L.TOTAL_GROSS_LOSS,
    L.TOTAL_LOSSES,
    -1,
  ),
  metric(['largestWin', 'largest_win', 'currency', 1, 'Largest P&L of a win. Undefined without one.'], (_, totals) =>
    totals[L.TOTAL_WINS] > 0 ? totals[L.TOTAL_LARGEST_WIN] : Number.NaN,
  ),
  metric(
    ['largestLoss', 'largest_loss', 'currency', 1, 'Largest loss, as negative P&L. Undefined without one.'],
    (_, totals) => (totals[L.TOTAL_LOSSES] > 0 ? -totals[L.TOTAL_LARGEST_LOSS] : Number.NaN),
  ),
  average(
    [
      'avgTradeReturn',
      'avg_trade_return',
      'fraction',
      1,
      'Mean over the trades of P&L / value at the entry price, that of all units which were closed. Undefined without trades.',
    ],
    L.TOTAL_RETURN_SUM,
    L.TOTAL_TRADES,
  ),
  average(
    [
      'avgBarsHeld',
      'avg_bars_held',
      'bars',
      0,
      "Mean over the trades of the asset's own bars after the entry bar, up to the last exit. Undefined without trades.",
    ],
    L.TOTAL_BARS_HELD,
    L.TOTAL_TRADES,
  ),
  total(
    ['totalPnl', 'total_pnl', 'currency', 1, 'Sum of the P&L of all exits; what is still open is not in it.'],
    L.TOTAL_PNL,
  ),
  metric(
    [
      'exposure',
      'exposure',
      'fraction',
      0,
      'Bars at whose close any position was open / bars. Undefined before the first bar.',
    ],
    (stats, totals) => (stats[L.STAT_BARS] > 0 ? totals[L.TOTAL_EXPOSED_BARS] / stats[L.STAT_BARS] : Number.NaN),
  ),
  stat(['bars', 'bars', 'bars', 0, 'Bars that were run.'], L.STAT_BARS),
  stat(['periods', 'periods', 'periods', 0, 'Return periods that were run.'], L.STAT_PERIODS),
  total(['numFills', 'num_fills', '', 0, 'Fills.'], L.TOTAL_FILLS),
  total(['numOrders', 'num_orders', '', 0, 'Orders given, children included.'], L.TOTAL_ORDERS),
  total(['rejectedOrders', 'rejected_orders', '', 0, 'Orders that ended as rejected.'], L.TOTAL_REJECTED),
  total(['cancelledOrders', 'cancelled_orders', '', 0, 'Orders that ended as cancelled.'], L.TOTAL_CANCELLED),
  total(
    [
      'entriesAttempted',
      'entries_attempted',
      '',
      0,
      'Fills that would open or add to a position, refused ones included.',
    ],
    L.TOTAL_ENTRIES_ATTEMPTED,
  ),
  total(['entriesRefused', 'entries_refused', '', -1, 'Entries that were refused.'], L.TOTAL_ENTRIES_REFUSED),
  total(
    [
      'sameBarFills',
      'same_bar_fills',
      '',
      0,
      'Fills at the close of the bar in which they were decided, with a latency at which they arrived.',
    ],
    L.TOTAL_SAME_BAR_FILLS,
  ),
  total(
    [
      'ambiguousBars',
      'ambiguous_bars',
      '',
      -1,
      "Bars of an asset in which the price's way through the bar decides what happens.",
    ],
    L.TOTAL_AMBIGUOUS_BARS,
  ),
  total(
    ['marginCalls', 'margin_calls', 'bars', -1, 'Bars that closed below the maintenance margin.'],
    L.TOTAL_MARGIN_CALLS,
  ),
]

/**
 * All metrics of a run, in the order in which runs give their values.
 *
 * Returns are those of periods: bars where no day has two, else sessions; `market.annual` says how many make a year, and
 * why. The first is taken from the initial cash; the risk-free rate is 0. Where a period starts with an equity that is not
 * positive, or nobody knows how many make a year, what is made from returns is undefined. Trades are round trips
 * that were closed (semantics 7.10); their P&L is that of their exits, after slippage and their share of both commissions; a win
 * has P&L > 0, a loss P&L < 0.
 */
export const METRICS: readonly RunMetric<MetricName>[] = SPECS

/** Names of METRICS. */
export type MetricName = (typeof SPECS)[number]['name']

/** The metrics of a run by name: what METRICS says of each is its meaning and unit. NaN where there is nothing to take it of. */
export interface Summary extends Readonly<Record<MetricName, number>> {}

/** Place of a metric in METRICS by either of its names. @throws FillgridError invalid_value for what is no name, unknown_name with near names */
export function metricIndex(name: string): number {
  return METRICS.indexOf(specNamed(name, METRICS))
}

/** One of some metrics by either of its names. @throws FillgridError as `metricIndex` */
export function specNamed<S extends MetricSpec>(name: string, specs: readonly S[]): S {
  if (typeof name !== 'string')
    throw new FillgridError(
      'invalid_value',
      `metric: a name expected, found ${show(name)}. Name one, like 'sharpe'; figures of your own are worked out from the rows of a table.`,
    )
  const found = specs.find((spec) => spec.name === name || spec.field === name)
  if (found) return found
  const here = specs.filter(({ also }) =>
    Object.values(also)
      .flat()
      .some((other) => isNamed(other, name)),
  )
  if (here.length > 0)
    throw new FillgridError(
      'unknown_name',
      `metric: ${show(name)} is not one. It is ${here.map((spec) => spec.name).join(' or ')} here.`,
    )
  const names = specs.map((spec) => spec.name)
  const near = nearNames(name, names)
  throw new FillgridError(
    'unknown_name',
    `metric: ${show(name)} is not one. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${names.join(', ')}.`}`,
  )
}

/** One name, whatever its case, spaces and signs are. */
function isNamed(other: string, name: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  return plain(other) === plain(name)
}

/** The values of METRICS by camelCase name. */
export function summarize(values: ArrayLike<number>): Summary {
  return Object.fromEntries(METRICS.map((spec, i) => [spec.name, values[i]])) as Summary
}
