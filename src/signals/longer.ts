import { CALENDARS, type Calendar, calendar as calendarOf } from '../market/calendar.ts'
import type { FrameOptions } from '../market/frame.ts'
import type { Market } from '../market/market.ts'
import { resample } from '../market/resample.ts'
import { type Timeframe, timeframe } from '../market/timeframe.ts'
import { type Alignment, alignTimeframe } from '../market/visible.ts'

/** What an indicator's parameters say about longer bars; only read with `timeframe`. */
export interface LongerParameters extends FrameOptions {
  /** The bars it is taken of, like '1d': those of the market resampled, each seen only once it has closed. */
  readonly timeframe?: string | Timeframe
  /** Timeframe of the market's own bars; by default the commonest distance between them. */
  readonly from?: string | Timeframe
}

/** One way of cutting longer bars. */
export interface LongerCut {
  /** For keys: what differs gives different bars. */
  key: string
  timeframe: Timeframe
  options: FrameOptions & { from?: string | Timeframe }
}

/** Takes apart what concerns the bars and what concerns the indicator. @throws FillgridError invalid_value, unknown_name */
export function splitLonger<P extends LongerParameters>(parameters: P): { cut: LongerCut | undefined; rest: P } {
  if (parameters.timeframe === undefined) return { cut: undefined, rest: parameters }
  const { timeframe: given, from, calendar, timezone, align, weekStart, outside, ...rest } = parameters
  const longer = timeframe(given as string | Timeframe)
  const days = calendar === undefined ? timezone : calendarKey(calendar)
  const words = [longer.text, days, align, weekStart, outside, from === undefined ? undefined : timeframe(from).text]
  const key = words.filter((word) => word !== undefined).join(' ')
  const options = { from, calendar, timezone, align, weekStart, outside }
  return { cut: { key, timeframe: longer, options }, rest: rest as P }
}

/** What days are cut by: a calendar by its name, else a time zone; UTC where nothing is said. */
export function daysOption(days: string): Pick<FrameOptions, 'calendar' | 'timezone'> {
  if (days === '') return {}
  return CALENDARS.some(({ name }) => name === days) ? { calendar: days } : { timezone: days }
}

const own = new WeakMap<Calendar, number>()
let owned = 0

/** A calendar's name, with a number where it is not the one that the name alone gives. */
function calendarKey(given: Calendar | string): string {
  if (typeof given === 'string') return calendarOf(given).name
  if (!own.has(given)) own.set(given, owned++)
  return `${given.name}#${own.get(given)}`
}

/** The longer bars of one market, each cut made once. */
export class LongerBars {
  readonly #base: Market
  readonly #made = new Map<string, { market: Market; alignment: Alignment }>()

  constructor(base: Market) {
    this.#base = base
  }

  /** @throws FillgridError as `resample` and `alignTimeframe` */
  of(cut: LongerCut): { market: Market; alignment: Alignment } {
    const known = this.#made.get(cut.key)
    if (known) return known
    const resampled = resample(this.#base, cut.timeframe, cut.options)
    const made = { market: resampled.market, alignment: alignTimeframe(this.#base, resampled, cut.options) }
    this.#made.set(cut.key, made)
    return made
  }

  /** Gives the memory back. @returns the markets it was of, released */
  release(): Market[] {
    const markets = [...this.#made.values()].map(({ market }) => market)
    for (const market of markets) market.release()
    this.#made.clear()
    return markets
  }
}
