import { FillgridError, show } from '../errors.ts'
import { CBOT } from './calendars/cbot.ts'
import { CME } from './calendars/cme.ts'
import { CME_FX } from './calendars/cmefx.ts'
import { KRX } from './calendars/krx.ts'
import { LSE } from './calendars/lse.ts'
import { MOEX } from './calendars/moex.ts'
import { NYMEX } from './calendars/nymex.ts'
import { NYSE } from './calendars/nyse.ts'
import { FX_WEEK, ROUND_THE_CLOCK } from './calendars/rules.ts'
import type { CalendarTable } from './calendars/table.ts'
import { TSE } from './calendars/tse.ts'
import { XETRA } from './calendars/xetra.ts'
import { nearNames } from './names.ts'
import { type Zone, zone } from './zone.ts'

export type { CalendarTable } from './calendars/table.ts'

/** A stretch of trading: `open` <= t < `close`, ms UTC. */
export interface Stretch {
  readonly open: number
  readonly close: number
}

/** A trading day of a venue. */
export interface Session extends Stretch {
  /** Its date as midnight UTC, ms. What opens on Sunday evening may be dated Monday. */
  readonly date: number
  /** The parts with trading: one, or those around a break. */
  readonly parts: readonly Stretch[]
}

/** The tables of all venues that are built in. */
export const CALENDARS: readonly CalendarTable[] = [
  ROUND_THE_CLOCK,
  FX_WEEK,
  NYSE,
  CME,
  CME_FX,
  CBOT,
  NYMEX,
  LSE,
  XETRA,
  TSE,
  KRX,
  MOEX,
]

const DAY = 86400000
/** No venue has been closed for longer, so a search for the next session ends. */
const LONGEST_CLOSURE = 200

/** Hours of a day, in ms from the midnight of its date; the evening before is negative. */
type Hours = readonly (readonly [open: number, close: number])[]

/** A calendar as plain data. */
export type CalendarRecord = string | CalendarTable

/** When a venue trades: the sessions of a table, by date and by moment. */
export class Calendar {
  readonly name: string
  readonly title: string
  readonly source: string
  readonly zone: Zone
  /** Dates covered, as midnight UTC, both included; infinite where there is no end. */
  readonly first: number
  readonly last: number
  readonly #weekdays: ReadonlySet<number>
  readonly #rule: readonly (readonly [from: number, hours: Hours])[]
  readonly #closed: ReadonlySet<number>
  readonly #extra: ReadonlySet<number>
  readonly #special = new Map<number, Hours>()
  /** From the midnight of a date to the beginning of its trade day; negative where sessions open on the evening before. */
  readonly #roll: number
  readonly #table: CalendarTable
  readonly #sessions = new Map<number, Session | undefined>()
  /** The last answer of `sessionAfter`, and from when on it holds. */
  #from = Number.POSITIVE_INFINITY
  #current: Session | undefined

  /** Made by `calendar` and `defineCalendar`. @throws FillgridError invalid_value where the table is not one @internal */
  constructor(table: CalendarTable) {
    if (table === null || typeof table !== 'object') throw noTable(table)
    this.#table = table
    this.name = table.name
    this.title = table.title
    this.source = table.source
    this.zone = zone(table.zone)
    this.first = table.first === undefined ? Number.NEGATIVE_INFINITY : readDate(table.first, table.name)
    this.last = table.last === undefined ? Number.POSITIVE_INFINITY : readDate(table.last, table.name)
    this.#weekdays = new Set(table.weekdays)
    this.#rule = table.hours.map(([from, hours]) => [readDate(from, table.name), readHours(hours, table.name)])
    if (this.#rule.length === 0 || this.#weekdays.size === 0) throw wrong(table.name, 'it needs hours and weekdays', [])
    this.#closed = new Set(readDays(table.closed, table.name))
    this.#extra = new Set(readDays(table.extra, table.name))
    for (const [hours, days] of table.special) {
      const read = readHours(hours, table.name)
      for (const day of readDays(days, table.name)) this.#special.set(day, read)
    }
    this.#roll = Math.min(0, ...this.#rule.map(([, hours]) => hours[0][0]))
  }

  /** Whether it is the days of a time zone, from midnight to midnight, and says nothing of when a venue trades. @internal */
  get isZone(): boolean {
    return this.name === this.zone.name
  }

  /** From which `readCalendar` makes it on another thread: the name of one that is built in, or its table. @internal */
  get record(): CalendarRecord {
    return known.get(this.name.toUpperCase()) === this ? this.name : this.#table
  }

  /** Whether it lists days without a session. @internal */
  get hasHolidays(): boolean {
    return this.#closed.size > 0
  }

  /**
   * The session of a date; undefined where there is none.
   *
   * @param date midnight UTC, ms
   * @throws FillgridError out_of_range outside the years that the table covers
   */
  sessionOn(date: number): Session | undefined {
    if (this.#sessions.has(date)) return this.#sessions.get(date)
    this.#check(date)
    const session = this.#make(date)
    this.#sessions.set(date, session)
    return session
  }

  /** The session that is open or in its break at a moment (ms UTC); undefined between sessions. */
  sessionAt(utc: number): Session | undefined {
    const session = this.sessionAfter(utc)
    return session && session.open <= utc ? session : undefined
  }

  /** The first session that closes after a moment: the one that is open, or the next; undefined beyond the table's end. */
  sessionAfter(utc: number): Session | undefined {
    if (this.#current && utc >= this.#from && utc < this.#current.close) return this.#current
    let date = this.tradeDate(utc) - DAY
    this.#check(date + DAY)
    let from = utc
    for (let i = 0; i < LONGEST_CLOSURE; i++, date += DAY) {
      if (date > this.last) return undefined
      const session = date < this.first ? undefined : this.sessionOn(date)
      if (!session) continue
      if (session.close <= utc) {
        from = session.close
        continue
      }
      this.#from = from
      this.#current = session
      return session
    }
    return undefined
  }

  /** The last session that has closed by a moment; undefined before the table's first. */
  sessionBefore(utc: number): Session | undefined {
    let date = this.tradeDate(utc)
    this.#check(date)
    for (let i = 0; i < LONGEST_CLOSURE && date >= this.first; i++, date -= DAY) {
      const session = date > this.last ? undefined : this.sessionOn(date)
      if (session && session.close <= utc) return session
    }
    return undefined
  }

  /** Whether the venue trades at a moment; not in a break. */
  isOpen(utc: number): boolean {
    return this.sessionAt(utc)?.parts.some(({ open, close }) => open <= utc && utc < close) ?? false
  }

  /** Sessions with dates in [from, to], midnight UTC, ms. */
  sessions(from: number, to: number): Session[] {
    const out: Session[] = []
    for (let date = Math.floor(from / DAY) * DAY; date <= to; date += DAY) {
      const session = this.sessionOn(date)
      if (session) out.push(session)
    }
    return out
  }

  /** The date that a moment belongs to by the venue's clock, whether it has a session or not. */
  tradeDate(utc: number): number {
    return Math.floor((this.zone.toLocal(utc) - this.#roll) / DAY) * DAY
  }

  /** The whole day of a date by the venue's clock: from where the day changes to where it changes again. */
  tradeDay(date: number): Stretch {
    return { open: this.zone.toUtc(date + this.#roll), close: this.zone.toUtc(date + DAY + this.#roll) }
  }

  #make(date: number): Session | undefined {
    // 1 January 1970 was a Thursday.
    const weekday = (((date / DAY + 4) % 7) + 7) % 7
    const open = this.#extra.has(date) || (this.#weekdays.has(weekday) && !this.#closed.has(date))
    if (!open) return undefined
    const hours = this.#special.get(date) ?? (this.#rule.findLast(([from]) => from <= date) ?? this.#rule[0])[1]
    const parts = hours.map(([from, to]) => ({ open: this.zone.toUtc(date + from), close: this.zone.toUtc(date + to) }))
    return { date, open: parts[0].open, close: parts[parts.length - 1].close, parts }
  }

  #check(date: number): void {
    if (date >= this.first && date <= this.last) return
    const day = (ms: number) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : String(ms))
    throw new FillgridError(
      'out_of_range',
      `calendar ${this.name}: it has sessions from ${day(this.first)} to ${day(this.last)}, found ${day(date)}. Use a part of the data, another calendar, or defineCalendar for one of your own.`,
      Number.isFinite(date) ? { time: new Date(date).toISOString() } : {},
    )
  }
}

const known = new Map<string, Calendar>()

/**
 * A calendar by the name of its venue (letter case aside), or, for a time zone, that zone's days from midnight to
 * midnight without holidays.
 *
 * @throws FillgridError unknown_name with near names
 */
export function calendar(name: string): Calendar {
  const key = String(name).toUpperCase()
  const found = known.get(key)
  if (found) return found
  const table = CALENDARS.find((entry) => entry.name === key || entry.also.includes(key))
  const made = table ? (known.get(table.name) ?? new Calendar(table)) : zoneDays(name)
  known.set(key, made)
  if (table) known.set(table.name, made)
  return made
}

function zoneDays(name: string): Calendar {
  try {
    const days = zone(name)
    return new Calendar({
      ...ROUND_THE_CLOCK,
      name: days.name,
      title: `Days of ${days.name}`,
      zone: days.name,
      source: 'By rule: every day from midnight to midnight.',
    })
  } catch {
    const names = CALENDARS.flatMap((entry) => [entry.name, ...entry.also])
    const near = nearNames(String(name), names)
    const hint =
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `There are ${CALENDARS.map((entry) => entry.name).join(', ')}, and the names of time zones.`
    throw new FillgridError('unknown_name', `calendar: ${show(name)} is not one. ${hint}`)
  }
}

/**
 * A calendar of your own; what a table leaves out is none (`closed`, `extra`, `special`), Monday to Friday (`weekdays`).
 * Pass it wherever a calendar's name is taken.
 *
 * @throws FillgridError invalid_value, unknown_name for the zone
 */
export function defineCalendar(
  table: Pick<CalendarTable, 'name' | 'zone'> & { hours: string | CalendarTable['hours'] } & Partial<
      Omit<CalendarTable, 'hours'>
    >,
): Calendar {
  if (table === null || typeof table !== 'object') throw noTable(table)
  return new Calendar({
    also: [],
    title: table.name,
    source: 'Of your own.',
    weekdays: [1, 2, 3, 4, 5],
    closed: '',
    extra: '',
    special: [],
    ...table,
    hours: typeof table.hours === 'string' ? [['1970-01-01', table.hours]] : table.hours,
  })
}

/** The calendar of a record. @internal */
export function readCalendar(record: CalendarRecord): Calendar {
  return typeof record === 'string' ? calendar(record) : new Calendar(record)
}

/** What is taken as a calendar: one, or the name of one. */
export function asCalendar(given: Calendar | string): Calendar {
  return given instanceof Calendar ? given : calendar(given)
}

function wrong(name: string, rule: string, found: unknown): FillgridError {
  return new FillgridError('invalid_value', `calendar ${name}: ${rule}, found ${show(found)}.`)
}

function readDate(text: string, name: string): number {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(date)) throw wrong(name, 'dates are written yyyy-mm-dd', text)
  return date
}

function readDays(lines: string, name: string): number[] {
  const out: number[] = []
  for (const line of lines.split('\n')) {
    const [year, ...days] = line.trim().split(/ +/)
    for (const day of days) out.push(readDate(`${year}-${day.slice(0, 2)}-${day.slice(2)}`, name))
  }
  return out
}

function readHours(text: string, name: string): Hours {
  const [, previous, rest] = /^(previous )?(.*)$/.exec(text)!
  const hours = rest.split(' ').map((part) => {
    const found = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(part)
    if (!found) throw wrong(name, "hours are written '09:30-16:00' or '09:00-11:30 12:30-15:00'", text)
    const [h1, m1, h2, m2] = found.slice(1).map(Number)
    return [(h1 * 60 + m1) * 60000, (h2 * 60 + m2) * 60000] as [number, number]
  })
  if (previous) hours[0][0] -= DAY
  let last = Number.NEGATIVE_INFINITY
  for (const [open, close] of hours) {
    if (!(open >= last && close > open && close <= DAY))
      throw wrong(name, 'hours must follow each other within a day', text)
    last = close
  }
  return hours
}

function noTable(found: unknown): FillgridError {
  return new FillgridError(
    'invalid_value',
    `calendar: a table of hours and days expected, found ${show(found)}. Use calendar(name) or defineCalendar({ name, zone, hours }).`,
  )
}
