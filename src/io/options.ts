import { asCalendar, type Calendar } from '../market/calendar.ts'
import type { CheckPolicies } from '../market/checks.ts'
import type { ContextTable, MarketOptions, Numbers } from '../market/input.ts'
import { moment } from '../market/moment.ts'
import type { TextOptions } from './dialect.ts'
import type { SignalChoice } from './head.ts'
import type { RowChoice } from './parser.ts'
import type { RowOptions } from './rows.ts'

/** How files are read into a market, whatever their format. `Context` is what the reader accepts as context. */
export interface ReadOptions<Context = never> extends Omit<MarketOptions, 'context' | 'periods'>, TextOptions {
  /** What is done about rows that fail a check, by its name. Default: the policies of the catalogue of checks. */
  checks?: CheckPolicies
  /**
   * When the market trades, by its name ('NYSE', '24/7') or as a calendar: gaps are then counted against it, else against the
   * data's own week; and it says which days returns are taken over, and how many make a year.
   */
  calendar?: string | Calendar
  /** Columns beyond prices and volume: all that hold numbers (true, the default), none (false), or those named. */
  signals?: SignalChoice
  /** Only these symbols; each must be there. Default: all. */
  symbols?: readonly string[]
  /** Only bars stamped at or after this: milliseconds UTC or ISO 8601. */
  from?: number | string
  /** Only bars stamped before this: milliseconds UTC or ISO 8601. */
  to?: number | string
  /** A second table keyed by time stamp: a source of its own, or columns in memory. */
  context?: ContextTable | Readonly<Record<string, Numbers>> | Context
  /** Carries the last context row forward to bars without one (`ContextTable.carry`); for context that is read from a source. */
  carryContext?: boolean
}

/** The part of the options that a row is chosen by. @throws FillgridError invalid_value */
export function rowChoice(options: ReadOptions<unknown>): RowChoice {
  return {
    signals: options.signals,
    symbols: options.symbols && new Set(options.symbols),
    from: moment('market', 'from', options.from),
    to: moment('market', 'to', options.to),
  }
}

/** The part of the options that is the market's, with its context read. */
export function marketOptions(options: ReadOptions<unknown>, context: MarketOptions['context']): RowOptions {
  const { sort, allowNonPositive, barTime, barLength, remarks, checks, calendar, provenance, delisted, instruments } =
    options
  const { periodsPerYear } = options
  const known = calendar === undefined ? undefined : asCalendar(calendar)
  return {
    sort,
    allowNonPositive,
    barTime,
    barLength,
    remarks,
    checks,
    calendar: known,
    provenance,
    context,
    delisted,
    instruments,
    periodsPerYear,
  }
}
