import { FillgridError, show } from '../errors.ts'
import { asCalendar, type Calendar, calendar, type Stretch } from './calendar.ts'
import { isoTime } from './input.ts'
import { DAY, datePeriod, datesLater, type Timeframe, timeframe, WEEK_DAYS, type WeekDay } from './timeframe.ts'

/** How time is cut into bars. */
export interface FrameOptions {
  /** The venue whose sessions cut the days: a name like 'NYSE' or a Calendar. Default: every day of `timezone`. */
  calendar?: Calendar | string
  /** Without a calendar: the IANA zone whose midnights cut the days. Default 'UTC'. */
  timezone?: string
  /** Where bars within the day are counted from: the session's open (default), or midnight of its date by the venue's clock. */
  align?: 'session' | 'clock'
  /** First day of weekly bars. Default 'monday'. */
  weekStart?: WeekDay
  /**
   * Bars outside all sessions (before the open, in a break, on a holiday): refused (default), left out and counted, or
   * 'extend': days go on from one change of the venue's date to the next, and days without a session count as days.
   */
  outside?: 'error' | 'drop' | 'extend'
}

/** Where a bar falls in a timeframe. */
export interface Slot {
  /** Time of the bar of the timeframe, which tells them apart: where it starts; for days and longer midnight UTC of the first date. */
  readonly stamp: number
  /** When trading in it begins and ends, ms UTC. At `close` all of it is known. */
  readonly open: number
  readonly close: number
}

/** A trading day as it is cut here: in parts, or whole where it was extended. */
interface Day extends Stretch {
  date: number
  parts: readonly Stretch[]
  /** Where bars within the day are counted from. */
  anchor: number
}

/** Puts bars into the slots of a timeframe; the one place that knows how sessions cut them. */
export class Frame {
  readonly timeframe: Timeframe
  readonly calendar: Calendar
  readonly weekStart: WeekDay
  readonly #align: 'session' | 'clock'
  readonly #outside: 'error' | 'drop' | 'extend'
  readonly #source: Timeframe | undefined
  /** Length of a source bar in ms, 0 where it is unknown or a matter of dates. */
  readonly #length: number
  /** The last slot: it holds for stamps from #from to #to. */
  #from = 0
  #to = 0
  #slot: Slot | undefined
  /** The part of a day in which `closeOf` was asked last. */
  #part: Stretch | undefined

  /**
   * @param target the timeframe of the slots
   * @param source that of the bars that are put into them; undefined where it is not known
   * @throws FillgridError invalid_value, unknown_name
   */
  constructor(target: string | Timeframe, options: FrameOptions, source: Timeframe | undefined) {
    this.timeframe = timeframe(target)
    if (options.calendar !== undefined && options.timezone !== undefined) {
      throw new FillgridError(
        'invalid_value',
        `timeframe: a calendar has a time zone of its own, found calendar ${show(asCalendar(options.calendar).name)} and timezone ${show(options.timezone)}. Leave one out.`,
      )
    }
    this.calendar = asCalendar(options.calendar ?? calendar(options.timezone ?? 'UTC'))
    this.#align = choice('align', options.align, ['session', 'clock'])
    this.#outside = choice('outside', options.outside, ['error', 'drop', 'extend'])
    this.weekStart = choice('weekStart', options.weekStart, ['monday', ...WEEK_DAYS])
    this.#source = source
    this.#length = source?.unit === 'time' ? source.count : 0
    if (source) checkLonger(source, this.timeframe)
  }

  /**
   * The slot of a bar that starts at a moment; undefined where it lies outside all sessions and those are left out.
   *
   * @throws FillgridError invalid_market for a bar outside all sessions, or one that two slots would have to share;
   * out_of_range beyond the calendar
   */
  slot(utc: number): Slot | undefined {
    const slot = utc >= this.#from && utc < this.#to ? this.#slot! : this.#find(utc)
    if (slot && this.#length > 0 && utc + this.#length > slot.close && this.#goesOn(slot.close)) {
      throw new FillgridError(
        'invalid_market',
        `timeframe ${this.timeframe.text}: a bar must lie in one of its bars, found one of ${this.#source!.text} that starts at ${isoTime(utc)} and goes on after ${isoTime(slot.close)}. Give the calendar the bars were made by, or align: '${this.#align === 'clock' ? 'session' : 'clock'}'.`,
        { time: isoTime(utc) },
      )
    }
    return slot
  }

  /** When a source bar that starts at a moment has closed: after its length, but not after its session. */
  closeOf(utc: number): number {
    const source = this.#source
    if (!source) return utc
    if (source.unit === 'time') {
      if (!this.#part || utc < this.#part.open || utc >= this.#part.close) {
        const day = this.#day(utc, true)
        this.#part = day && partOf(day, utc)
      }
      return this.#part ? Math.min(utc + source.count, this.#part.close) : utc + source.count
    }
    const day = this.#day(utc, true)
    // A bar that begins amid a session is not one of sessions: it lasts by the clock.
    const byDate = day && (this.#labelled(utc) || day.open >= utc)
    if (!byDate) return datesLater(source, Math.floor(utc / DAY) * DAY) + (((utc % DAY) + DAY) % DAY)
    return this.#lastClose(day.date, datesLater(source, day.date))
  }

  #find(utc: number): Slot | undefined {
    const day = this.#day(utc, false)
    if (!day) return undefined
    const part = partOf(day, utc)
    const slot = this.timeframe.unit === 'time' ? this.#within(day, part, utc) : this.#over(day)
    // Stamps inside the part share the slot; one before its open (a bar that reaches into it) is found anew.
    this.#slot = slot
    this.#from = Math.max(part.open, this.timeframe.unit === 'time' ? slot.open : Number.NEGATIVE_INFINITY)
    this.#to = this.timeframe.unit === 'time' ? slot.close : part.close
    if (this.#labelled(utc)) this.#from = this.#to = utc
    return slot
  }

  #within(day: Day, part: Stretch, utc: number): Slot {
    const length = this.timeframe.count
    const anchor =
      this.#align === 'clock' ? this.calendar.zone.toUtc(day.date) : part === day.parts[0] ? day.anchor : part.open
    const start = anchor + Math.floor((Math.max(utc, part.open) - anchor) / length) * length
    const open = Math.max(start, part.open)
    return { stamp: open, open, close: Math.min(start + length, part.close) }
  }

  #over(day: Day): Slot {
    const { from, to } = datePeriod(this.timeframe, day.date, this.weekStart)
    const source = this.#source
    if (
      source &&
      source.unit !== 'time' &&
      datesLater(source, day.date) > to &&
      !(source.unit === 'day' && source.count === 1)
    ) {
      throw new FillgridError(
        'invalid_market',
        `timeframe ${this.timeframe.text}: a bar must lie in one of its bars, found one of ${source.text} dated ${isoTime(day.date).slice(0, 10)} that goes on after ${isoTime(to).slice(0, 10)}. Resample from shorter bars, or give the weekStart they were made by.`,
        { time: isoTime(day.date) },
      )
    }
    return { stamp: from, open: this.#firstOpen(from, to), close: this.#lastClose(from, to) }
  }

  /** The trading day that a bar belongs to: that of its start, else the one it reaches into. */
  #day(utc: number, lenient: boolean): Day | undefined {
    if (this.#labelled(utc)) {
      const session = this.calendar.sessionOn(utc)
      if (session && this.#outside !== 'extend') return { ...session, anchor: session.open }
      if (this.#outside === 'extend' || lenient) return this.#extended(utc)
      return this.#reject(utc)
    }
    if (this.#outside === 'extend') return this.#extended(this.calendar.tradeDate(utc))
    const reach = this.#source && this.#source.unit !== 'time' ? DAY : this.#length
    const session = this.calendar.sessionAfter(utc)
    const part = session?.parts.find(({ open, close }) => close > utc && (open <= utc || open < utc + reach))
    if (session && part) return { ...session, anchor: session.open }
    return lenient ? undefined : this.#reject(utc)
  }

  #extended(date: number): Day {
    const whole = this.calendar.tradeDay(date)
    return { ...whole, date, parts: [whole], anchor: this.calendar.sessionOn(date)?.open ?? whole.open }
  }

  #reject(utc: number): undefined {
    if (this.#outside === 'drop') return undefined
    throw new FillgridError(
      'invalid_market',
      `timeframe ${this.timeframe.text}: bars must lie in the sessions of ${this.calendar.name}, found one at ${isoTime(utc)}. Pass outside: 'drop' to leave such bars out, or 'extend' to count them to their date.`,
      { time: isoTime(utc) },
    )
  }

  /** A daily or longer bar that is stamped with midnight UTC has its date for a stamp, wherever it was traded. */
  #labelled(utc: number): boolean {
    const source = this.#source
    return utc % DAY === 0 && (source ? source.unit !== 'time' : this.timeframe.unit !== 'time')
  }

  /** Whether trading goes on at a moment at which a slot has closed. */
  #goesOn(close: number): boolean {
    return this.#outside === 'extend' || this.calendar.isOpen(close)
  }

  #firstOpen(from: number, to: number): number {
    if (this.#outside === 'extend') return this.calendar.tradeDay(from).open
    const last = Math.min(to - DAY, this.calendar.last)
    for (let date = Math.max(from, this.calendar.first); date <= last; date += DAY) {
      const session = this.calendar.sessionOn(date)
      if (session) return session.open
    }
    return this.calendar.tradeDay(from).open
  }

  #lastClose(from: number, to: number): number {
    if (this.#outside === 'extend') return this.calendar.tradeDay(to - DAY).close
    const first = Math.max(from, this.calendar.first)
    for (let date = Math.min(to - DAY, this.calendar.last); date >= first; date -= DAY) {
      const session = this.calendar.sessionOn(date)
      if (session) return session.close
    }
    return this.calendar.tradeDay(to - DAY).close
  }
}

/** The part of a day that a bar starts in, or the next one, which it reaches into. */
function partOf(day: Day, utc: number): Stretch {
  return day.parts.find(({ close }) => utc < close) ?? day.parts[day.parts.length - 1]
}

function checkLonger(source: Timeframe, target: Timeframe): void {
  const within = source.unit === 'time' && target.unit === 'time'
  const multiple = within ? target.count % source.count === 0 : true
  const rough = { time: 1, day: DAY, week: 7 * DAY, month: 30 * DAY }
  if (multiple && rough[target.unit] * target.count >= rough[source.unit] * source.count) return
  throw new FillgridError(
    'invalid_value',
    `timeframe: it must be ${within ? 'a multiple of' : 'longer than'} the bars', found ${target.text} and bars of ${source.text}. Where the bars are shorter than their commonest distance, say so: from: '1m'.`,
  )
}

function choice<T extends string>(name: string, given: T | undefined, choices: readonly T[]): T {
  const value = given ?? choices[0]
  if (choices.includes(value)) return value
  throw new FillgridError(
    'invalid_value',
    `timeframe: ${name} must be ${[...new Set(choices)].map((one) => `'${one}'`).join(' or ')}, found ${show(given)}.`,
  )
}
