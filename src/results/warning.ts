/**
 * Something a careful person would want to know before trusting a result. The data's remarks (of its market) are among
 * them, with codes of their own.
 */
export interface Warning {
  code: /** Fills at the close of the bar that decided them. */
    | 'same_bar_fills'
    /** Bars in which the price's way decides the fills; `result.ambiguousBars` has them. */
    | 'ambiguous_bars'
    /** Every entry was refused. */
    | 'entries_rejected'
    | 'no_trades'
    /** What was still on its way when the run ended (semantics 3.15). */
    | 'never_arrived'
    | 'bust'
    | 'margin_calls'
    /** Bars whose worst bound was no more than 0, or below the maintenance margin, where their close was not (semantics 7.8). */
    | 'intrabar_bust'
    | 'intrabar_margin_call'
    /** Positions that were closed because their assets had ended (semantics 3.11). */
    | 'ended_positions'
    /** Positions open at the end whose assets have had no bar for a while. */
    | 'stale_positions'
    /** Orders given before the first bar of their asset (semantics 3.11). */
    | 'orders_not_listed'
    /** Orders that traded more units in a bar than its volume. */
    | 'orders_over_volume'
    /** The market was released before anybody asked for warnings, so that its volumes could not be looked at. */
    | 'volume_unknown'
    /** How many returns make a year is not known: there is one period alone. */
    | 'no_annual_periods'
    /** A run of under 90 days, whose growth is taken for that of a year. */
    | 'short_run'
    /** A growth that in a year is beyond all numbers. */
    | 'cagr_overflow'
    /** An indicator that needs more bars than the market has, and is NaN on all of them. */
    | 'indicator_empty'
    | 'closes_only'
    | 'inline_strategy'
    | 'strategy_changed'
    | (string & {})
  /** A sentence that can be shown as it is. */
  message: string
}
