/** Ledgers: the expectation beside a golden scenario, and how a result is held against it. */
import { metricIndex } from '../../src/results/metrics.ts'
import type { Result } from '../../src/results/result.ts'
import type { Cell, Table } from '../../src/results/table.ts'

/** A table of a ledger: the columns that are compared, and all its rows as text. */
export interface LedgerTable {
  name: string
  columns: string[]
  rows: string[][]
}

/**
 * A ledger is CSV in blocks: a line that begins with a table's name gives the columns that are compared, the lines
 * below it, which begin with a comma, all rows of that table. An empty cell is null. Lines with # say why.
 */
export function readLedger(text: string): LedgerTable[] {
  const tables: LedgerTable[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [first, ...cells] = line.split(',').map((cell) => cell.trim())
    if (first !== '') tables.push({ name: first, columns: cells, rows: [] })
    else tables[tables.length - 1].rows.push(cells)
  }
  return tables
}

/** A table of the result as rows of the ledger's columns (by their names in files), as text. */
export function ledgerRows(result: Result, { name, columns }: LedgerTable): string[][] {
  if (name === 'equity') {
    const at = { equity: result.equity, cash: result.cash }
    return Array.from(result.equity, (_, bar) =>
      columns.map((column) => String(column === 'bar' ? bar : at[column as 'equity' | 'cash'][bar])),
    )
  }
  if (name === 'totals') {
    return [columns.map((column) => String(result.metrics[metricIndex(column)]))]
  }
  const table = tableOf(result, name)
  const taken = columns.map((field) => {
    const column = table.columns.find((one) => one.field === field)
    if (!column) throw new Error(`ledger: ${name} has no column ${field}`)
    return column
  })
  return Array.from({ length: table.length }, (_, row) => taken.map((column) => cellText(table.cell(column, row))))
}

function tableOf(result: Result, name: string): Table {
  if (name === 'fills' || name === 'trades' || name === 'orders') return result[name]
  if (name === 'open_positions') return result.openPositions
  throw new Error(`ledger: unknown table ${name}`)
}

function cellText(cell: Cell): string {
  return cell === null ? '' : String(cell)
}

/** Equal as text, or as numbers within 1e-9 of the larger: ledgers are written in decimals. */
export function sameCell(expected: string, found: string): boolean {
  if (expected === found) return true
  if (expected === '' || found === '') return false
  const [a, b] = [Number(expected), Number(found)]
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-3)
}
