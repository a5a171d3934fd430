import { labelOf } from '../results/metrics.ts'
import type { Table } from '../results/table.ts'
import type { TradeAnalysis } from '../results/tradeanalysis.ts'
import type { TradeGroup } from '../results/tradegroups.ts'

/** What trades are broken down by for people, and what they read there. */
const GROUPS: readonly (readonly [group: TradeGroup, label: string])[] = [
  ['side', 'Side'],
  ['asset', 'Asset'],
  ['exitReason', 'Exit reason'],
  ['month', 'Month'],
  ['weekday', 'Weekday'],
  ['hour', 'Hour'],
  ['barsHeld', 'Bars held'],
  ['entryTag', 'Tag of the entry'],
]

/** Columns behind that of the group. */
const SHOWN = ['numTrades', 'winRate', 'pnl', 'profitFactor', 'expectancy', 'avgWin', 'avgLoss', 'avgBarsHeld']
/** Their headings where these are not the words of the field. */
const HEADINGS: Readonly<Record<string, string>> = {
  numTrades: 'Trades',
  pnl: 'P&L',
  avgWin: 'Average win',
  avgLoss: 'Average loss',
  avgBarsHeld: 'Average bars',
}
/** Groups of a table; of more the largest are shown. */
const MOST = 50

/** Trades by what they have in common, as people see it. */
export interface Breakdown {
  /** 'Exit reason'. */
  label: string
  /** A row a group. */
  table: Table
  /** Rows to show: those with the most trades, in their order. */
  rows: readonly number[]
  /** Columns to show, and their headings. */
  columns: readonly string[]
  headings: Readonly<Record<string, string>>
}

/** The breakdowns of an analysis that say something: where there is more than one group. */
export function breakdowns(analysis: TradeAnalysis): Breakdown[] {
  return GROUPS.map(([group, label]) => {
    const table = analysis.by(group)
    const trades = table.values('numTrades')
    const all = Array.from(trades.keys())
    const largest = new Set([...all].sort((a, b) => trades[b] - trades[a] || a - b).slice(0, MOST))
    const headings = Object.fromEntries(
      SHOWN.map((name) => [name, HEADINGS[name] ?? labelOf(table.column(name).field)]),
    )
    return {
      label: all.length > MOST ? `${label}, the ${MOST} with the most trades of ${all.length}` : label,
      table,
      rows: all.filter((row) => largest.has(row)),
      columns: [group, ...SHOWN],
      headings: { ...headings, [group]: label },
    }
  }).filter(({ table }) => table.length > 1)
}
