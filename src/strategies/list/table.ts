/** How rows of a list are read. */
export interface SignalReadOptions {
  /** The asset of lists that have no column for it. */
  symbol?: string
  /** Whether 03/04/2024 is the third of April; told by other rows, or by a day above 12. */
  dateOrder?: 'dmy' | 'mdy'
  /** Columns by what they say, where their names do not: `{ stop: 'my level' }`. */
  columns?: Readonly<Record<string, string>>
}

/** Rows of whatever kind, as they stand in their source. */
export interface SignalTable {
  readonly name: string
  readonly names: readonly string[]
  readonly rows: number
  cell(row: number, column: number): unknown
  /** The line that a row stands in, from 1. */
  line(row: number): number
}
