import { FillgridError, show } from '../errors.ts'
import { expectMarket } from './expect.ts'
import type { Market } from './market.ts'

/** How long a bar lasts: a stretch of time within a session, or whole sessions by their dates. */
export interface Timeframe {
  /** As it is written: '5m', '4h', '1d', '1w', '1mo', '1y'. */
  readonly text: string
  readonly unit: 'time' | 'day' | 'week' | 'month'
  /** Milliseconds of 'time'; otherwise how many of the unit. */
  readonly count: number
}

export const DAY = 86400000

/** Units by how they are written; capital M is a month, as exchanges write it, small m a minute. */
const UNITS: readonly (readonly [words: RegExp, unit: Timeframe['unit'], of: number])[] = [
  [/^(s|sec|seconds?)$/, 'time', 1000],
  [/^(m|min|minutes?)$/, 'time', 60000],
  [/^(h|H|hours?)$/, 'time', 3600000],
  [/^(d|D|days?)$/, 'day', 1],
  [/^(w|W|weeks?)$/, 'week', 1],
  [/^(mo|M|months?)$/, 'month', 1],
  [/^(y|Y|years?)$/, 'month', 12],
]

/** As MetaTrader writes them. */
const LETTERS: Readonly<Record<string, string>> = { M: 'm', H: 'h', D: 'd', W: 'w', MN: 'mo' }

/**
 * A timeframe from its text: a number and s, m, h, d, w, mo (or M) or y; also M5, H4, D1, W1, MN1. Within the day it must be
 * shorter than 24 hours: days are sessions, which have no fixed length.
 *
 * @throws FillgridError invalid_value
 */
export function timeframe(given: string | Timeframe): Timeframe {
  if (typeof given === 'object' && given !== null) return given
  const text = String(given).trim()
  const letters = /^(M|H|D|W|MN)(\d+)$/.exec(text)
  const plain = /^(\d+) ?([A-Za-z]+)$/.exec(letters ? `${letters[2]}${LETTERS[letters[1]]}` : text)
  const found = plain && UNITS.find(([words]) => words.test(plain[2]))
  const count = plain && found ? Number(plain[1]) * found[2] : 0
  if (!found || !(count >= 1 && count <= 1e12)) {
    throw new FillgridError(
      'invalid_value',
      `timeframe: a number and s, m, h, d, w, mo or y is needed, like '5m', '4h', '1d', '1w' or '1mo', found ${show(given)}.`,
    )
  }
  if (found[1] === 'time' && count >= DAY) {
    throw new FillgridError(
      'invalid_value',
      `timeframe: within the day it is shorter than 24 hours, found ${show(given)}. Whole days are sessions: write ${show(`${Math.max(1, Math.floor(count / DAY))}d`)}.`,
    )
  }
  return named(found[1], count)
}

function named(unit: Timeframe['unit'], count: number): Timeframe {
  return { unit, count, text: textOf(unit, count) }
}

function textOf(unit: Timeframe['unit'], count: number): string {
  if (unit === 'day') return `${count}d`
  if (unit === 'week') return `${count}w`
  if (unit === 'month') return count % 12 === 0 ? `${count / 12}y` : `${count}mo`
  if (count % 3600000 === 0) return `${count / 3600000}h`
  if (count % 60000 === 0) return `${count / 60000}m`
  return count % 1000 === 0 ? `${count / 1000}s` : `${count}ms`
}

/**
 * The timeframe of a market's bars by the commonest distance between them; undefined with fewer than two bars. Months
 * and years are known by their days, so weeks must be 7 days apart and not 28 to be taken for weeks.
 */
export function marketTimeframe(market: Market): Timeframe | undefined {
  expectMarket(market, 'marketTimeframe')
  const { step } = market
  if (!(step > 0)) return undefined
  if (step < DAY) return named('time', step)
  const days = Math.round(step / DAY)
  for (const months of [1, 2, 3, 4, 6, 12]) {
    if (days >= months * 30.4 - 2 && days <= months * 30.5 + 2 && days !== 28) return named('month', months)
  }
  return days % 7 === 0 ? named('week', days / 7) : named('day', days)
}

/** Days of the week on which weeks may begin. */
export const WEEK_DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
export type WeekDay = (typeof WEEK_DAYS)[number]

/** The dates (midnight UTC, ms) of the period that a date falls into: `from` <= date < `to`. */
export function datePeriod(frame: Timeframe, date: number, weekStart: WeekDay): { from: number; to: number } {
  if (frame.unit === 'month') {
    const day = new Date(date)
    const month = day.getUTCFullYear() * 12 + day.getUTCMonth()
    const from = Math.floor(month / frame.count) * frame.count
    return { from: firstOf(from), to: firstOf(from + frame.count) }
  }
  // Days are counted from 1 January 1970, a Thursday; weeks from the first such weekday then or after.
  const length = frame.unit === 'week' ? 7 * frame.count : frame.count
  const anchor = frame.unit === 'week' ? (WEEK_DAYS.indexOf(weekStart) + 3) % 7 : 0
  const from = anchor + Math.floor((date / DAY - anchor) / length) * length
  return { from: from * DAY, to: (from + length) * DAY }
}

/** The date so many of a timeframe's units (days or longer) after a date. */
export function datesLater(frame: Timeframe, date: number): number {
  if (frame.unit === 'week') return date + frame.count * 7 * DAY
  if (frame.unit === 'day') return date + frame.count * DAY
  const day = new Date(date)
  return firstOf(day.getUTCFullYear() * 12 + day.getUTCMonth() + frame.count) + (day.getUTCDate() - 1) * DAY
}

/** Midnight UTC of the first day of a month that is counted from the year 0. */
function firstOf(month: number): number {
  const date = new Date(0)
  date.setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1)
  return date.getTime()
}
