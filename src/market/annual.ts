import { FillgridError, show } from '../errors.ts'
import type { Calendar } from './calendar.ts'
import { HOLE, median, type ReturnPeriods } from './periods.ts'

const DAY = 86400000
/** Days of a year, leap years counted. */
export const YEAR_DAYS = 365.25
/** From so many days on the periods are counted, before that the weekdays. */
const COUNTED = 350
/** How often a weekday comes in a year. */
const WEEKS = 52.18

/** How many return periods make a year, and how that is known. */
export interface AnnualPeriods {
  /** Return periods a year; NaN where there are under two of them and nobody said. */
  readonly perYear: number
  /** What one is: a bar where no day has two, else a session. */
  readonly period: 'bar' | 'session'
  /** Who said: the caller (`periodsPerYear`), the calendar that was named, or the time stamps. */
  readonly source: 'given' | 'calendar' | 'inferred'
  /** Why this number, as a part of a sentence: 'sessions on 5 weekdays'. */
  readonly reason: string
}

/**
 * How many of these periods make a year: by the calendar for days, else by what there is. Holes are left out; the rate of
 * long series is taken for a usual number that is near (252, 260, 365; 52, 26, 24, 12, 6, 4, 2, 1), short series of days go
 * by their weekdays, so that neither a day more or less, one special session nor half a year without bars changes it.
 *
 * @param given what the caller said, checked here; wins @throws FillgridError invalid_value
 */
export function annualPeriods(found: ReturnPeriods, given: number | undefined, calendar?: Calendar): AnnualPeriods {
  const { period, starts } = found
  if (given !== undefined) return givenPeriods(given, period, 'market')
  const inferred = (perYear: number, reason: string): AnnualPeriods => ({ perYear, period, source: 'inferred', reason })
  if (starts.length < 2)
    return inferred(Number.NaN, `unknown: there is one ${period} alone. Say periodsPerYear, or take more data`)
  const gaps = starts.slice(1).map((start, i) => (start - starts[i]) / DAY)
  const middle = median(gaps)
  if (!isDaily(gaps, middle)) return inferred(...longerRate(found, gaps, middle))
  const what = period === 'bar' ? 'daily bars' : `sessions (${found.cut})`
  if (calendar && !calendar.isZone) {
    const { perYear, rate } = calendarYear(calendar)
    return {
      perYear,
      period,
      source: 'calendar',
      reason: `${what}, of which ${calendar.name} has ${rate.toFixed(1)} a year`,
    }
  }
  const [perYear, why] = dailyRate(found, gaps)
  return inferred(perYear, `${what}, ${why}`)
}

/** Days follow each other, if not always: over Christmas every second one is a holiday. */
function isDaily(gaps: Float64Array, middle: number): boolean {
  return middle <= 1.6 || gaps.filter((gap) => gap <= 1.25).length >= gaps.length / 4
}

/** What a caller said. @param subject what it was said to @throws FillgridError invalid_value */
export function givenPeriods(given: unknown, period: AnnualPeriods['period'], subject: string): AnnualPeriods {
  // Bars are a millisecond apart at least.
  if (!(typeof given === 'number' && given > 0 && given <= YEAR_DAYS * DAY))
    throw new FillgridError(
      'invalid_value',
      `${subject}: periodsPerYear must be a number above 0, found ${show(given)}. It is how many returns make a year: 252 for daily shares, 365 for daily crypto, 52 for weekly bars; leave it out to have it inferred.`,
    )
  return { perYear: given, period, source: 'given', reason: 'given as periodsPerYear' }
}

/** Periods of about a day. */
function dailyRate({ starts, days, length, period }: ReturnPeriods, gaps: Float64Array): [number, string] {
  const kept = gaps.filter((gap) => gap <= HOLE / DAY)
  const total = sum(kept)
  const rate = (kept.length / total) * YEAR_DAYS
  if (total >= COUNTED) {
    return [near(rate), `of which ${rate.toFixed(1)} a year are counted`]
  }
  const long = period === 'session' && length > (20 * DAY) / 24
  const span = (starts[starts.length - 1] - starts[0] + length) / DAY
  if (span < 7) {
    const round = (starts.length * length) / DAY / span
    // Daily bars from Monday to Friday fill the clock too, so that there it takes a Saturday.
    const always = round >= 0.9 && (period === 'session' || days.some((day) => weekday(day) === 6))
    return always
      ? [365, 'which fill the clock (under a week of them: a guess)']
      : [long ? 260 : 252, 'with rests between them (under a week of them: a guess)']
  }
  const on = weekdaysOf(days)
  const by = on === 7 ? 365 : on === 5 ? (long ? 260 : 252) : WEEKS * on
  // Days without any, not only week-ends and holidays: bars that come with what happens, not with the clock.
  if (on === 0 || rate < 0.75 * by) return [rate, `of which ${rate.toFixed(1)} a year are counted`]
  return [by, `on ${on} weekdays${by === 260 ? ', round the clock' : ''}`]
}

/** On how many weekdays there are periods at least every second time that there could be one, holes aside. */
function weekdaysOf(days: Int32Array): number {
  const counts = new Float64Array(7)
  const chances = new Float64Array(7)
  for (let i = 0; i < days.length; i++) {
    counts[weekday(days[i])]++
    const since = i === 0 || days[i] - days[i - 1] > HOLE / DAY ? days[i] : days[i - 1] + 1
    for (let day = since; day <= days[i]; day++) chances[weekday(day)]++
  }
  const on = counts.filter((count, day) => count > 0 && count >= chances[day] / 2).length
  // Two holidays on one weekday, as Christmas and New Year are.
  if (on === 4 && days[days.length - 1] - days[0] < 60) return 5
  // In the first weeks one special Saturday is as good as every second: it takes two.
  return on === 6 && (counts[6] === 1 || counts[0] === 1) ? 5 : on
}

/** 0 Sunday to 6 Saturday; 1 January 1970 was a Thursday. */
function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

const LONGER = [52, 26, 24, 12, 6, 4, 2, 1]

/** Periods of more than a day. */
function longerRate({ days, period }: ReturnPeriods, gaps: Float64Array, middle: number): [number, string] {
  const what = `${period}s about ${Number(middle.toFixed(1))} days apart`
  const kept = gaps.filter((gap) => gap <= 5 * middle)
  const total = sum(kept)
  const rate = (kept.length / total) * YEAR_DAYS
  const months = monthsApart(days)
  if (months > 0) return [12 / months, `${what}, ${months === 1 ? 'one a month' : `one every ${months} months`}`]
  // The ends are known to a day or so: two Fridays around a holiday lie six or eight days apart.
  const fits = (usual: number) =>
    Math.abs(rate / usual - 1) <= 0.04 || Math.abs(total - (kept.length * YEAR_DAYS) / usual) <= 1.5
  const fitting = LONGER.filter(fits).sort((a, b) => Math.abs(Math.log(rate / a)) - Math.abs(Math.log(rate / b)))
  return [fitting[0] ?? rate, `${what}, ${rate.toFixed(1)} a year counted`]
}

/**
 * How many months lie between periods that all stand at the ends or all at the beginnings of months, 0 where they do not:
 * February is too short for the rate of two or three of them.
 */
function monthsApart(days: Int32Array): number {
  const dates = Array.from(days, (day) => new Date(day * DAY))
  const within = dates.map((date) => date.getUTCDate())
  if (!(within.every((date) => date >= 25) || within.every((date) => date <= 7))) return 0
  const steps = new Map<number, number>()
  for (let i = 1; i < dates.length; i++) {
    const step = month(dates[i]) - month(dates[i - 1])
    steps.set(step, (steps.get(step) ?? 0) + 1)
  }
  const [common, count] = [...steps].sort((a, b) => b[1] - a[1])[0]
  return [1, 2, 3, 6, 12].includes(common) && count >= 0.9 * (days.length - 1) ? common : 0
}

function month(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

const years = new WeakMap<Calendar, { perYear: number; rate: number }>()

/** Sessions a year of a calendar: by its own days from 2000 to 2019, or as many of them as it covers, so that no data change it. */
function calendarYear(calendar: Calendar): { perYear: number; rate: number } {
  const known = years.get(calendar)
  if (known) return known
  let from = Math.max(calendar.first, Date.UTC(2000, 0, 1))
  let to = Math.min(calendar.last, Date.UTC(2019, 11, 31))
  // A calendar of other years alone.
  if (from > to) [from, to] = [Math.max(calendar.first, calendar.last - 20 * YEAR_DAYS * DAY), calendar.last]
  const sessions = calendar.sessions(from, to)
  const rate = (sessions.length / ((to - from) / DAY + 1)) * YEAR_DAYS
  const found = { perYear: usualOf(calendar, rate, sessions), rate }
  years.set(calendar, found)
  return found
}

function usualOf(calendar: Calendar, rate: number, sessions: readonly { open: number; close: number }[]): number {
  const usual = near(rate)
  // Hours on weekdays without a list of holidays: a venue's, not those of a market that never rests on a weekday.
  const long = median(Float64Array.from(sessions, ({ open, close }) => close - open)) > (20 * DAY) / 24
  return usual === 260 && !calendar.hasHolidays && !long ? 252 : usual
}

/** A rate of days as the usual number that it is near. */
function near(rate: number): number {
  if (rate >= 247 && rate <= 256) return 252
  if (rate >= 257 && rate <= 264) return 260
  return rate >= 355 && rate <= 367 ? 365 : rate
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
