import { type ErrorPlace, FillgridError, show } from '../errors.ts'
import type { AnnualPeriods } from './annual.ts'
import type { Calendar, CalendarRecord } from './calendar.ts'
import type { Instruments } from './instrument.ts'
import type { Moment } from './moment.ts'
import { closeNames, strangeNameError } from './names.ts'
import type { Provenance } from './provenance.ts'

/** The price and volume columns of a market, in the order of the digest. */
export const PRICE_COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const
export type PriceColumn = (typeof PRICE_COLUMNS)[number]

/** Numbers by row: typed arrays are read as they are; in plain arrays null and undefined are NaN. */
export type Numbers = ArrayLike<number | null | undefined> | ArrayLike<bigint>

/** Columns that belong to no asset (an index, a rate), keyed by time stamp. */
export interface ContextTable {
  /** Milliseconds UTC, increasing, compared with the bars' stamps as given; without it one value a bar. */
  time?: Numbers
  columns: Readonly<Record<string, Numbers>>
  /**
   * false (default): a bar sees only a row with its own stamp, NaN otherwise. true: the last row with a stamp at or
   * before the bar's; then a stamp must say when its values are known (a daily close stamped midnight is not).
   */
  carry?: boolean
}

/** What all ways of making a market have in common. */
export interface MarketOptions {
  /** Puts rows in time order instead of refusing them. Default false. Duplicates are refused either way. */
  sort?: boolean
  /** Prices may be zero or negative. Default false. */
  allowNonPositive?: boolean
  /** What a time stamp labels: the start of its bar (default) or its end. A market's own `time` is always the start. */
  barTime?: 'open' | 'close'
  /** Milliseconds a bar lasts; only read with `barTime: 'close'`. Default: the commonest distance between stamps. */
  barLength?: number
  /** Columns per bar: a table with its own stamps, or a record of arrays with one value a bar. */
  context?: ContextTable | Readonly<Record<string, Numbers>>
  /** What the reader of the data found; put before the market's own remarks. */
  remarks?: readonly Remark[]
  /** Where the data came from and what was done with them. */
  provenance?: Provenance
  /**
   * The time from which an asset has no bars any more, by name (semantics 3.11). 'infer': an asset whose last bar is not the
   * market's last has ended with the bar after it. Default: none, an asset without bars may yet have some.
   */
  delisted?: 'infer' | Readonly<Record<string, Moment>>
  /** What the assets are traded in, by name: multiplier, tick, steps (semantics 1.9). 'common': as COMMON_INSTRUMENTS says. */
  instruments?: Instruments
  /**
   * When the market trades, by its name ('NYSE', '24/7', a time zone for its days) or as a calendar: its trade days are the
   * periods of returns where bars are shorter than a day, and it says how many make a year. Default: both are inferred.
   */
  calendar?: string | Calendar
  /** How many returns make a year, above 0: 252, 365, 52. Default: what the calendar says, else inferred (`market.annual`). */
  periodsPerYear?: number
  /** What another market over the same time stamps has found, in place of both. @internal */
  periods?: KnownPeriods
}

/** The return periods of a market, for another one over the same time stamps. @internal */
export interface KnownPeriods {
  readonly ends: Int32Array
  readonly days: Int32Array
  readonly annual: AnnualPeriods
  readonly calendar?: CalendarRecord
}

/** Something a careful person would want to know about the data; nothing was left out in silence. */
export interface Remark {
  code:
    | 'closes_only'
    | 'prices_filled'
    | 'incomplete_bars'
    | 'open_outside_range'
    | 'close_outside_range'
    | 'asset_without_bars'
    | 'rows_sorted'
    | 'context_unmatched'
    | 'signals_unmatched'
    | 'columns_left_out'
    | 'decimal_comma'
    | 'newest_first'
    | 'rows_dropped'
    | 'rows_repaired'
    | 'data_doubtful'
    | 'reading_assumed'
    | 'bars_outside_sessions'
    | 'partial_bars'
    | 'events_unmatched'
    | 'not_cached'
  /** How many bars, rows, assets or columns. */
  count: number
  message: string
}

/** Time-major arrays: value of asset a at bar b is at [b * assets.length + a]. A bar with NaN close is absent. */
export interface MarketColumns extends MarketOptions {
  assets: readonly string[]
  /** Milliseconds UTC, one a bar. */
  time: Numbers
  open?: Numbers
  high?: Numbers
  low?: Numbers
  close: Numbers
  volume?: Numbers
  /** Further columns per asset, by name, of the same shape. */
  signals?: Readonly<Record<string, Numbers>>
}

/** The rows of one asset; tables of the same asset are joined in time. */
export interface AssetTable {
  asset: string
  /** Milliseconds UTC, one a row. */
  time: Numbers
  open?: Numbers
  high?: Numbers
  low?: Numbers
  close: Numbers
  volume?: Numbers
  /** Further columns of the asset, by name. */
  signals?: Readonly<Record<string, Numbers>>
  /** The time from which the asset has no bars any more; `delisted` of the options wins. Tables of one asset must agree. */
  delisted?: Moment
  /** Where a row came from (file, line), for errors. */
  origin?: (row: number) => ErrorPlace
}

const OPTION_NAMES = {
  sort: true,
  allowNonPositive: true,
  barTime: true,
  barLength: true,
  context: true,
  remarks: true,
  provenance: true,
  delisted: true,
  instruments: true,
  calendar: true,
  periodsPerYear: true,
  periods: true,
} satisfies Record<keyof MarketOptions, true>
const CELL_NAMES = { time: true, open: true, high: true, low: true, close: true, volume: true, signals: true } as const
const OPTIONS: ReadonlySet<string> = new Set(Object.keys(OPTION_NAMES))
const COLUMNS: ReadonlySet<string> = new Set(
  Object.keys({ assets: true, ...CELL_NAMES, ...OPTION_NAMES } satisfies Record<keyof MarketColumns, true>),
)
const TABLE: ReadonlySet<string> = new Set(
  Object.keys({ asset: true, ...CELL_NAMES, delisted: true, origin: true } satisfies Record<keyof AssetTable, true>),
)

/**
 * Refuses a misspelt column or option, which would be missing without a word. Other fields of data are let be.
 *
 * @throws FillgridError unknown_name, invalid_market
 */
export function checkMarketNames(source: MarketColumns | readonly AssetTable[], options: MarketOptions): void {
  checkSpelling(options, OPTIONS, 'market')
  if (!Array.isArray(source)) {
    checkSpelling(source, COLUMNS, 'market')
    return
  }
  for (const table of source as readonly AssetTable[]) {
    if (table === null || typeof table !== 'object')
      throw new FillgridError('invalid_market', `market: a table of an asset expected, found ${show(table)}.`)
    checkSpelling(table, TABLE, `market, table of ${show(table.asset)}`)
  }
}

function checkSpelling(given: object, known: ReadonlySet<string>, subject: string): void {
  for (const name of Object.keys(given))
    if (!known.has(name) && closeNames(name, known).length > 0)
      throw strangeNameError(subject, 'a column or an option (further columns go into signals)', name, known)
}

/** Columns as doubles. A Float64Array is returned itself. @throws FillgridError invalid_value for anything but numbers */
export function toDoubles(values: Numbers, name: string): Float64Array {
  if (values instanceof Float64Array) return values
  if (values === null || typeof values !== 'object' || typeof values.length !== 'number') {
    throw new FillgridError(
      'invalid_value',
      `market: column ${name} must be an array of numbers, found ${show(values)}.`,
      { column: name },
    )
  }
  if (ArrayBuffer.isView(values) && !(values instanceof BigInt64Array || values instanceof BigUint64Array)) {
    return Float64Array.from(values as unknown as ArrayLike<number>)
  }
  let out: Float64Array
  try {
    out = new Float64Array(values.length)
  } catch (cause) {
    throw new FillgridError(
      'memory_limit',
      `market: column ${name} needs memory for ${show(values.length)} values, which the host refused (${(cause as Error).message}). Run fewer assets, a shorter range or longer bars at a time.`,
      { column: name },
      { cause },
    )
  }
  for (let i = 0; i < out.length; i++) {
    const value = values[i]
    if (typeof value === 'number') out[i] = value
    else if (value === null || value === undefined) out[i] = Number.NaN
    else if (typeof value === 'bigint') out[i] = Number(value)
    else {
      throw new FillgridError(
        'invalid_value',
        `market: column ${name} must hold numbers, found ${show(value)} at row ${i}. Convert it first, or give null where a value is missing.`,
        { column: name },
      )
    }
  }
  return out
}

/** ISO 8601 UTC, or the number itself where no calendar reaches. */
export function isoTime(ms: number): string {
  return Math.abs(ms) <= LAST_TIME ? new Date(ms).toISOString() : String(ms)
}

/** The time of the last millisecond that a Date can hold. */
export const LAST_TIME = 8.64e15

/** Where, as a part of a sentence: 'prices.csv line 12, asset AAPL, bar 3 (2024-01-02T00:00:00.000Z)'. */
export function atPlace(place: ErrorPlace): string {
  const parts: string[] = []
  if (place.file) parts.push(place.line === undefined ? place.file : `${place.file} line ${place.line}`)
  else if (place.line !== undefined) parts.push(`line ${place.line}`)
  if (place.column !== undefined) parts.push(`column ${place.column}`)
  if (place.asset !== undefined) parts.push(`asset ${place.asset}`)
  const time = place.time === undefined ? '' : ` (${place.time})`
  if (place.bar !== undefined) parts.push(`bar ${place.bar}${time}`)
  else if (time) parts.push(place.time!)
  return parts.join(', ')
}

/** A market error at a place: 'market: rule at place. Way out.' */
export function marketError(rule: string, place: ErrorPlace, wayOut = ''): FillgridError {
  const where = atPlace(place)
  return new FillgridError(
    'invalid_market',
    `market: ${rule}${where ? ` at ${where}` : ''}.${wayOut ? ` ${wayOut}` : ''}`,
    place,
  )
}
