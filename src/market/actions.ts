import { FillgridError, show } from '../errors.ts'
import { expectMarket } from './expect.ts'
import { isoTime } from './input.ts'
import type { Market } from './market.ts'
import { lowerBound } from './order.ts'
import { DAY } from './timeframe.ts'
import { zone } from './zone.ts'

/** A split or dividend, or both. */
export interface CorporateAction {
  /** May be left out in a market of one asset. */
  asset?: string
  /** Ex-date ('2020-08-31', compared with the bars' dates) or moment (ms UTC); it counts from the asset's first bar then or after. */
  time: string | number
  /** Shares after for each share before: 4 for 4:1, 0.1 for a reverse split. */
  split?: number
  /** Money per share, of the shares after a split of the same day. */
  dividend?: number
}

/** Events as columns of a market: splits (1 for none) and dividends (0 for none), time-major. */
export interface EventColumns {
  split: Float64Array
  dividend: Float64Array
}

/**
 * Events as columns, to be carried instead of adjusted for: `market.with({ signals: eventColumns(market, actions) })`. A hook
 * then reads `bar.signal('dividend')`; resampling multiplies splits and sums dividends.
 *
 * @param timezone zone in which an intraday bar's date is read; 'UTC' by default
 * @throws FillgridError invalid_value, unknown_name
 */
export function eventColumns(
  market: Market,
  actions: readonly CorporateAction[],
  timezone?: string,
): EventColumns & Record<string, Float64Array> {
  expectMarket(market, 'eventColumns')
  const { split, dividend } = actionsAt(market, actions, timezone)
  return { split, dividend }
}

/** As `eventColumns`, and how many events lie after the last bar of their asset. */
export function actionsAt(
  market: Market,
  actions: readonly CorporateAction[],
  timezone?: string,
): EventColumns & { unmatched: number } {
  const width = market.assetCount
  const split = new Float64Array(market.bars * width).fill(1)
  const dividend = new Float64Array(market.bars * width)
  const { close, time } = market
  const dates = barDates(market, timezone)
  let unmatched = 0
  for (const action of actions) {
    const asset = assetOf(market, action.asset, 'event')
    check(action, market.assets[asset])
    const from = typeof action.time === 'number' ? action.time : dateOf(action)
    const stamps = typeof action.time === 'number' ? time : dates
    let bar = lowerBound(stamps, from)
    while (bar < market.bars && Number.isNaN(close[bar * width + asset])) bar++
    if (bar === market.bars) unmatched++
    else {
      split[bar * width + asset] *= action.split ?? 1
      dividend[bar * width + asset] += action.dividend ?? 0
    }
  }
  return { split, dividend, unmatched }
}

/**
 * Events from a vendor's columns, like Alpha Vantage's `split_coefficient` and `dividend_amount`: where the first is neither
 * 1 nor 0 nor missing, or the second is above 0.
 *
 * @throws FillgridError unknown_name for a column
 */
export function actionsOf(market: Market, columns: { split?: string; dividend?: string }): CorporateAction[] {
  expectMarket(market, 'actionsOf')
  const read = (name: string | undefined) => {
    if (name === undefined) return undefined
    const column = market.signals.get(name)
    if (column) return column.values
    throw new FillgridError(
      'unknown_name',
      `event: column ${show(name)} is not one of the market. There are ${[...market.signals.keys()].join(', ') || 'none'}.`,
    )
  }
  const splits = read(columns.split)
  const dividends = read(columns.dividend)
  const out: CorporateAction[] = []
  for (let bar = 0, i = 0; bar < market.bars; bar++) {
    for (const asset of market.assets) {
      const split = splits?.[i] || 1
      const dividend = dividends?.[i] || 0
      if (split !== 1 || dividend !== 0) out.push({ asset, time: market.time[bar], split, dividend })
      i++
    }
  }
  return out
}

function check(action: CorporateAction, asset: string): void {
  const { split = 1, dividend = 0 } = action
  if (split > 0 && split < Number.POSITIVE_INFINITY && dividend >= 0 && dividend < Number.POSITIVE_INFINITY) return
  throw new FillgridError(
    'invalid_value',
    `event: a split must be above 0 and a dividend not below, found ${show(split)} and ${show(dividend)} for ${asset} at ${typeof action.time === 'number' ? isoTime(action.time) : action.time}.`,
    { asset },
  )
}

function dateOf(action: CorporateAction): number {
  const date = /^\d{4}-\d\d-\d\d$/.test(String(action.time)) ? Date.parse(`${action.time}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(date)) return date
  throw new FillgridError(
    'invalid_value',
    `event: time must be a date like '2020-08-31' or milliseconds UTC, found ${show(action.time)}.`,
    { asset: action.asset },
  )
}

/** The date of each bar as midnight UTC: daily bars stamped with midnight UTC have it for a stamp. */
export function barDates(market: Market, timezone = 'UTC'): Float64Array {
  const clock = zone(timezone)
  const daily = market.step >= DAY
  return market.time.map((utc) => Math.floor((daily && utc % DAY === 0 ? utc : clock.toLocal(utc)) / DAY) * DAY)
}

/** Index of an asset; of a market of one it need not be named. */
export function assetOf(market: Market, asset: string | undefined, subject: string): number {
  if (asset !== undefined) return market.assetIndex(asset)
  if (market.assetCount === 1) return 0
  throw new FillgridError(
    'invalid_value',
    `${subject}: an asset is needed in a market of ${market.assetCount}, found none.`,
  )
}
