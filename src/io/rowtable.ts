import type { CheckOutcome, CheckPolicies } from '../market/checks.ts'
import type { PriceColumn } from '../market/input.ts'
import type { SourceRecord } from '../market/provenance.ts'

/** The rows of one source, checked one by one, in the order they stand there; what every reader hands on. */
export interface RowTable {
  /** The source's name, for errors. */
  file: string
  /** The asset of all rows when the caller named it or the file has no symbol column. */
  symbol?: string
  /** Symbols in the order of their first row; empty without symbol column. */
  names: readonly string[]
  /** All symbols of the source, wanted or not. */
  seen: readonly string[]
  /** Index into `names` by row; undefined without symbol column. */
  asset?: Int32Array
  /** Milliseconds UTC by row. */
  time: Float64Array
  prices: ReadonlyMap<PriceColumn, Float64Array>
  signals: ReadonlyMap<string, Float64Array>
  /** Line (1-based) of a row. */
  line(row: number): number
  /** Columns that hold no numbers and were not read. */
  leftOut: readonly string[]
  /** The decimal mark, where the source is text. */
  decimal?: '.' | ','
  /** What its stamps label, where the source is known for it; the caller's `barTime` wins. */
  barTime?: 'open' | 'close'
  /** Checks that rows failed while they were read. */
  outcomes?: readonly CheckOutcome[]
  /** Policies that fit the source better than the general ones. */
  checks?: CheckPolicies
  /** What its reader took for granted. */
  notes?: readonly string[]
  /** How it was read, for the market's provenance. */
  record?: SourceRecord
  /** The columns are nobody else's: they may be put in another order where they lie, and `asset` be used up by that. */
  owned?: boolean
  /** The rows of each name stand together, those of name i from blocks[i] to blocks[i + 1]. */
  blocks?: Int32Array
}
