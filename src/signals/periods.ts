import { FillgridError } from '../errors.ts'
import { Frame, type FrameOptions } from '../market/frame.ts'
import { isoTime } from '../market/input.ts'
import type { Market } from '../market/market.ts'
import { firstBarAt, moment } from '../market/moment.ts'
import { marketTimeframe, type Timeframe } from '../market/timeframe.ts'
import { daysOption } from './longer.ts'
import type { PeriodCut, PeriodName } from './spec.ts'

/** The calendar that a market was given, and UTC where it was given none. */
export const MARKET_DAYS = 'market'
/** The first bar of the data. */
export const DATA_START = 'start'

/** As longer bars cut them (`resample`). Only sessions have an outside: a day ends where the next one begins. */
const FRAMES: Readonly<Record<PeriodName, readonly [timeframe: string, outside: FrameOptions['outside']]>> = {
  session: ['1d', 'drop'],
  day: ['1d', 'extend'],
  week: ['1w', 'extend'],
  month: ['1mo', 'extend'],
}

/** Bars within the day belong where they start, however long they last: their length is a guess that later ones could change. */
const WITHIN_DAY: Timeframe = { text: '1ms', unit: 'time', count: 1 }

/** What a cut is told from others by. */
export function cutKey(cut: PeriodCut): string {
  return 'anchor' in cut ? `from ${cut.anchor}` : `${cut.every} of ${cut.days}`
}

/**
 * The period that each bar starts in: equal for neighbours that belong together; NaN for bars outside of all.
 *
 * @param subject whose parameters they are, for the error
 * @throws FillgridError unknown_name for days that are no calendar and no zone; invalid_value for bars that are longer
 * than a period, where no bar lies in a session, or for an anchor that is no time; out_of_range for an anchor outside the data
 * and bars beyond the calendar
 */
export function periodRows(subject: string, market: Market, cut: PeriodCut): Float64Array {
  return 'anchor' in cut ? anchored(subject, market, cut.anchor) : cutRows(subject, market, cut.every, cut.days)
}

function anchored(subject: string, market: Market, anchor: string): Float64Array {
  const { time, bars } = market
  const rows = new Float64Array(bars)
  if (anchor === DATA_START) return rows
  const ms = moment(subject, 'anchor', anchor) as number
  if (!(ms >= time[0] && ms <= time[bars - 1]))
    throw new FillgridError(
      'out_of_range',
      `${subject}: anchor must lie in the data, from ${isoTime(time[0])} to ${isoTime(time[bars - 1])}, found ${anchor}. Take a time of the data, or '${DATA_START}'.`,
      { time: isoTime(ms) },
    )
  return rows.fill(Number.NaN, 0, firstBarAt(time, ms))
}

function cutRows(subject: string, market: Market, every: PeriodName, days: string): Float64Array {
  const [timeframe, outside] = FRAMES[every]
  const own = days === MARKET_DAYS ? { calendar: market.calendar } : daysOption(days)
  try {
    const source = marketTimeframe(market)
    const frame = new Frame(timeframe, { ...own, outside }, source?.unit === 'time' ? WITHIN_DAY : source)
    const rows = market.time.map((utc) => frame.slot(utc)?.stamp ?? Number.NaN)
    if (rows.every(Number.isNaN))
      throw new FillgridError(
        'invalid_value',
        `bars in the sessions of ${frame.calendar.name} expected, found none of ${market.bars}, the first at ${isoTime(market.time[0])}. Say by \`days\` whose they are, a calendar or a time zone, or take the period 'day'.`,
      )
    return rows
  } catch (error) {
    if (!(error instanceof FillgridError)) throw error
    throw new FillgridError(error.code, `${subject}: ${error.message}`, error.place)
  }
}
