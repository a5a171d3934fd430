import type { ErrorPlace } from '../errors.ts'
import type { Moment } from './moment.ts'

/** Input of either form, brought to one list of assets and one line of time; columns are written on demand. */
export interface Aligned {
  assets: readonly string[]
  /** The stamps of the bars as given, increasing. */
  time: Float64Array
  /** Price and volume columns that at least one asset has. */
  prices: ReadonlySet<string>
  signals: readonly string[]
  /** Per bar, by name. */
  context: ReadonlyMap<string, Float64Array>
  /** Rows of the context table with a stamp that no bar has. */
  contextUnmatched: number
  /** Rows that stood before an earlier one and were put in order. */
  mended: number
  /** Delisted times that came with tables, by asset. */
  delisted: ReadonlyMap<string, Moment>
  /** Writes every cell of a time-major column, NaN where there is no value. */
  write(kind: 'price' | 'signal', name: string, target: Float64Array): void
  /** Where the row of a bar came from. */
  place(asset: number, bar: number): ErrorPlace
}
