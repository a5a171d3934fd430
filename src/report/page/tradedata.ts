import type { SheetColumn } from '../sheetdata.ts'

/** A trade over the bars of its asset. */
export interface ShownTrade {
  /** Row of the table of trades. */
  row: number
  /** Rows of the asset's bars. */
  entryRow: number
  exitRow: number
  entryPrice: number
  exitPrice: number
  /** NaN without. */
  stop: number
  target: number
  pnl: number
  long: boolean
}

/** The table of trades: columns with their numbers. */
export class TradeData {
  readonly columns: readonly SheetColumn[]
  readonly assets: readonly string[]
  readonly length: number
  readonly #values: ReadonlyMap<string, Float64Array>

  constructor(columns: readonly SheetColumn[], assets: readonly string[], valuesOf: (name: string) => Float64Array) {
    this.columns = columns
    this.assets = assets
    this.#values = new Map(columns.map(({ name }) => [name, valuesOf(name)]))
    this.length = this.#values.get('pnl')?.length ?? 0
  }

  /** Numbers of a column; NaN everywhere for one that the run does not have. */
  values(name: string): Float64Array {
    return this.#values.get(name) ?? new Float64Array(this.length).fill(Number.NaN)
  }

  /** A cell as plain data: null where there is nothing. */
  cell(column: SheetColumn, row: number): number | string | boolean | null {
    const value = this.values(column.name)[row]
    if (column.kind === 'asset') return this.assets[value] ?? null
    if (column.kind === 'label') return column.labels?.[value] || null
    if (column.kind === 'bool') return value !== 0
    if (Number.isNaN(value)) return null
    return column.kind === 'time' ? new Date(value).toISOString() : value
  }
}
