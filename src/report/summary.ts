import type { AnnualPeriods } from '../market/annual.ts'
import { expectFields } from '../market/expect.ts'
import { METRICS, metricIndex } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import type { Table } from '../results/table.ts'
import { expectTable } from '../results/table.ts'
import type { TradeAnalysis } from '../results/tradeanalysis.ts'
import { breakdowns } from './breakdowns.ts'
import { formatNumber } from './format.ts'
import { tableText } from './text.ts'

/** The metrics of a printed summary, by camelCase name, in two columns. */
const LEFT = [
  'finalValue',
  'totalReturn',
  'buyAndHoldReturn',
  'cagr',
  'sharpe',
  'sortino',
  'calmar',
  'volatility',
  'maxDrawdown',
  'maxDrawdownBars',
  'intrabarDrawdown',
  'exposure',
]
const RIGHT = [
  'numTrades',
  'winRate',
  'profitFactor',
  'expectancy',
  'avgWin',
  'avgLoss',
  'largestWin',
  'largestLoss',
  'totalCommission',
  'totalSlippage',
  'ambiguousBars',
  'marginCalls',
]

/** Trades as they are printed; the others stay in the files. */
const TRADE_COLUMNS = [
  'asset',
  'side',
  'quantity',
  'entryTime',
  'entryPrice',
  'exitTime',
  'exitPrice',
  'exitReason',
  'pnl',
  'multiplier',
  'quoteCurrency',
]

/**
 * The metrics of a run in two columns of words and numbers.
 *
 * @param values one number for each entry of METRICS
 * @param annual of a result: with it a line below says how many returns make a year, and why
 */
export function summaryText(values: ArrayLike<number>, annual?: AnnualPeriods): string {
  expectFields(values, 'summaryText', 'a number for each of METRICS')
  const cells = (names: string[]) =>
    names.map((name) => {
      const i = metricIndex(name)
      return [METRICS[i].label, formatNumber(values[i], METRICS[i].unit)]
    })
  const [left, right] = [cells(LEFT), cells(RIGHT)]
  const widths = [left, right].flatMap((column) => [0, 1].map((c) => Math.max(...column.map((cell) => cell[c].length))))
  const lines = left.map(([name, value], i) => {
    const [otherName, other] = right[i]
    return `${name.padEnd(widths[0])}  ${value.padStart(widths[1])}    ${otherName.padEnd(widths[2])}  ${other.padStart(widths[3])}`
  })
  const exits = exitsText(values)
  if (exits !== undefined) lines.push('', exits)
  if (annual !== undefined) lines.push('', annualText(annual))
  return lines.join('\n')
}

/** Of positions that were sold in parts and never closed, how many of these exits were won; nothing where a trade was closed. */
export function exitsText(values: ArrayLike<number>): string | undefined {
  const value = (name: string) => values[metricIndex(name)]
  const exits = value('numExits')
  if (value('numTrades') > 0 || !(exits > 0)) return undefined
  const won = formatNumber(value('exitWinRate'), 'fraction')
  return `no trade was closed; of ${formatNumber(exits, 'count')} exits ${won} were won`
}

/** How many returns make a year, and why, as a sentence without its full stop. */
export function annualText(annual: AnnualPeriods): string {
  expectFields(annual, 'annualText', 'how many returns make a year, as results have it', ['perYear', 'reason'])
  const { perYear, reason } = annual
  if (!(perYear > 0)) return `returns a year ${reason}`
  const number = Number.isInteger(perYear) ? String(perYear) : perYear.toFixed(1)
  return `${number} ${perYear === 1 ? 'return' : 'returns'} a year: ${reason}`
}

/** The last trades of a run as a table, oldest first; a sentence where there are none. */
export function tradesText(trades: Table, most = 10): string {
  expectTable(trades, 'tradesText')
  if (trades.length === 0) return 'no closed trades'
  const from = Math.max(0, trades.length - most)
  const names = TRADE_COLUMNS.filter((name) => trades.columns.some((column) => column.name === name))
  const head =
    from === 0
      ? `${formatNumber(trades.length, 'count')} trades`
      : `last ${most} of ${formatNumber(trades.length, 'count')} trades`
  return `${head}\n\n${tableText(
    trades,
    Array.from({ length: trades.length - from }, (_, i) => from + i),
    names,
  )}`
}

/** The trades by side, asset, exit reason, month, weekday, hour, bars held and tag, a table each; a sentence where there are none. */
export function breakdownsText(analysis: TradeAnalysis): string {
  expectFields(analysis, 'breakdownsText', 'what result.tradeAnalysis() returned', ['by', 'summary'])
  const parts = breakdowns(analysis).map(
    ({ label, table, rows, columns, headings }) =>
      `trades by ${label.toLowerCase()}\n\n${tableText(table, rows, columns, headings)}`,
  )
  return parts.length === 0 ? 'no trades that differ' : parts.join('\n\n')
}

/** What was run on what: `sma-cross (fast 10, slow 50) on BTCUSDT`, with a profile by its name. */
export function runTitle(result: Result): string {
  const parameters = Object.entries(result.parameters).map(([name, value]) => `${name} ${value}`)
  const assets = result.assets.length <= 4 ? result.assets.join(', ') : `${result.assets.length} assets`
  const { profile } = result.settings
  return `${result.strategy}${parameters.length > 0 ? ` (${parameters.join(', ')})` : ''} on ${assets}${profile ? `, profile ${profile}` : ''}`
}
