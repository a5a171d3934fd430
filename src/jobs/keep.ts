import type { Result } from '../results/result.ts'
import type { Column, Table, Values } from '../results/table.ts'

/** What an outcome may keep: the metrics of each set, its equity, its trades, its whole result. */
export const KEEPS = ['metrics', 'equity', 'trades', 'result'] as const
/** One of them. */
export type Keep = (typeof KEEPS)[number]

/** A table as plain data: its columns, an array each by name, and the names that `asset` columns count in. */
export interface TableRecord {
  columns: Column[]
  values: Record<string, Values>
  assets: string[]
}

/** Equity and cash at the end of each bar that was run, currency, with the bar's start, ms UTC. */
export interface EquityRecord {
  time: Float64Array
  equity: Float64Array
  cash: Float64Array
}

/** A whole result as plain data. */
export interface ResultRecord extends EquityRecord {
  strategy: string
  parameters: Result['parameters']
  settings: unknown
  assets: string[]
  firstBar: number
  metrics: Float64Array
  band?: Result['band']
  warnings: Result['warnings']
  fingerprint: Result['fingerprint']
  dataId: string
  tables: Record<'trades' | 'fills' | 'orders' | 'ambiguousBars' | 'openPositions', TableRecord>
}

/** What is kept of one set beyond its metrics. */
export interface KeptRun {
  equity?: EquityRecord
  trades?: TableRecord
  result?: ResultRecord
}

/** What a job asks to be kept of a result, as plain data. */
export function keptOf(result: Result, keep: readonly Keep[]): KeptRun {
  const kept: KeptRun = {}
  if (keep.includes('equity')) kept.equity = equityRecord(result)
  if (keep.includes('trades')) kept.trades = tableRecord(result.trades)
  if (keep.includes('result')) kept.result = resultRecord(result)
  return kept
}

function equityRecord({ time, equity, cash }: Result): EquityRecord {
  return { time: time.slice(), equity: equity.slice(), cash: cash.slice() }
}

function tableRecord(table: Table): TableRecord {
  const columns = table.columns.map(({ name, field, kind, labels, unit, doc }) => ({
    ...{ name, field, kind, unit, doc },
    ...(labels ? { labels: [...labels] } : {}),
  }))
  const values = Object.fromEntries(columns.map(({ name }) => [name, table.values(name).slice()]))
  return { columns, values, assets: [...table.assets] }
}

function resultRecord(result: Result): ResultRecord {
  const { strategy, parameters, settings, assets, firstBar, metrics, band, warnings, fingerprint, dataId } = result
  return {
    ...{ strategy, parameters: { ...parameters }, settings, assets: [...assets], firstBar, metrics: metrics.slice() },
    ...equityRecord(result),
    ...(band ? { band } : {}),
    warnings: [...warnings],
    fingerprint,
    dataId,
    tables: {
      trades: tableRecord(result.trades),
      fills: tableRecord(result.fills),
      orders: tableRecord(result.orders),
      ambiguousBars: tableRecord(result.ambiguousBars),
      openPositions: tableRecord(result.openPositions),
    },
  }
}

/** The arrays in kept runs, each of them alone in its memory, which may move from thread to thread. */
export function movable(runs: readonly (KeptRun | null)[] | undefined): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const visit = (value: unknown) => {
    if (value === null || typeof value !== 'object') return
    if (!ArrayBuffer.isView(value)) for (const one of Object.values(value)) visit(one)
    else if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  }
  visit(runs)
  return [...found]
}
