import { type ResultData, resultData, type TableColumns } from '../results/data.ts'
import type { Result } from '../results/result.ts'
import { type ResultTable, resultTable } from '../results/tables.ts'

/** What an outcome may keep: the metrics of each set, its equity, its trades, its whole result. */
export const KEEPS = ['metrics', 'equity', 'trades', 'result'] as const
/** One of them. */
export type Keep = (typeof KEEPS)[number]

/** What is kept of one set beyond its metrics, as plain data. */
export interface KeptRun {
  /** Columns `time`, `date`, `equity` and `cash`, a value a bar. */
  equity?: TableColumns
  /** Columns of the trades; assets are places in `assets`, words and flags numbers, as in `ResultData`. */
  trades?: TableColumns
  /** With `trades`; `details` are the words of `exitDetail`, from place 1 on. */
  assets?: readonly string[]
  details?: readonly string[]
  /** The whole result, of which `resultFrom` makes a `Result`. */
  result?: ResultData
}

/** What a job asks to be kept of a result, as plain data. */
export function keptOf(result: Result, keep: readonly Keep[]): KeptRun {
  const kept: KeptRun = {}
  if (keep.includes('equity')) kept.equity = columnsOf(result, 'equity')
  if (keep.includes('trades')) {
    kept.trades = columnsOf(result, 'trades')
    kept.assets = [...result.assets]
    kept.details = [...result.details]
  }
  if (keep.includes('result')) kept.result = resultData(result)
  return kept
}

function columnsOf(result: Result, name: ResultTable): TableColumns {
  const table = resultTable(result, name)
  return Object.fromEntries(table.columns.map((column) => [column.name, table.values(column.name).slice()]))
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
