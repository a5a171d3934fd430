import { FillgridError, show } from '../errors.ts'
import { Calendar, defineCalendar, type Session } from './calendar.ts'
import { expectMarket } from './expect.ts'
import type { Market } from './market.ts'
import { nearNames } from './names.ts'

/** A part of the day in which a financial centre works. */
export interface SessionHours {
  name: string
  /** Other names it answers to. */
  also: readonly string[]
  /** IANA name of the zone. */
  zone: string
  /** Wall-clock time of the zone, as in calendars: '08:00-17:00'. */
  hours: string
}

/**
 * The sessions of the foreign exchange day: office hours of the three centres, Monday to Friday by their own clocks, as
 * brokers and charting programs commonly draw them; there is no official list. They move against UTC and against each
 * other when clocks change. Holidays are not cut out.
 */
export const SESSIONS: readonly SessionHours[] = [
  { name: 'Asia', also: ['Tokyo'], zone: 'Asia/Tokyo', hours: '09:00-18:00' },
  { name: 'London', also: ['Europe'], zone: 'Europe/London', hours: '08:00-17:00' },
  { name: 'New York', also: ['NY', 'NewYork', 'US'], zone: 'America/New_York', hours: '08:00-17:00' },
]

const made = new Map<string, Calendar>()

/**
 * When a named session is on, as a calendar: `isOpen`, `sessionAt`, `sessionAfter` (to jump to its next start), all in ms UTC.
 *
 * @param given a name of SESSIONS (letter case aside), or hours of your own
 * @throws FillgridError unknown_name with near names; invalid_value for hours that are not
 */
export function session(given: string | Pick<SessionHours, 'name' | 'zone' | 'hours'>): Calendar {
  if (typeof given !== 'string') return defineCalendar(given)
  const key = given.toLowerCase()
  const known = made.get(key)
  if (known) return known
  const found = SESSIONS.find(({ name, also }) => [name, ...also].some((one) => one.toLowerCase() === key))
  if (!found) {
    const near = nearNames(
      given,
      SESSIONS.flatMap(({ name, also }) => [name, ...also]),
    )
    const hint =
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `There are ${SESSIONS.map(({ name }) => name).join(', ')}.`
    throw new FillgridError('unknown_name', `session: ${show(given)} is not one. ${hint}`)
  }
  const calendar = defineCalendar(found)
  made.set(key, calendar)
  return calendar
}

/** The next start of a session after a moment. @throws FillgridError as `session` */
export function nextStart(given: Parameters<typeof session>[0], utc: number): number {
  const hours = session(given)
  const next = hours.sessionAfter(utc)!
  return next.open > utc ? next.open : hours.sessionAfter(next.close)!.open
}

/**
 * 1 for each bar that starts while a session (or a venue) is open, 0 for the others: a context column.
 *
 *     const market = prices.with({ context: { london: sessionColumn(prices, 'London') } })
 *     // in a hook: bar.context('london') === 1
 */
export function sessionColumn(market: Market, given: Parameters<typeof session>[0] | Calendar): Float64Array {
  expectMarket(market, 'sessionColumn')
  const hours = given instanceof Calendar ? given : session(given)
  return market.time.map((utc) => (hours.isOpen(utc) ? 1 : 0))
}

/** Which of the named sessions are on at a moment, in the order of SESSIONS. */
export function sessionsAt(utc: number): string[] {
  return SESSIONS.filter(({ name }) => session(name).isOpen(utc)).map(({ name }) => name)
}

export type { Session }
