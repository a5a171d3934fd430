import { type Zone, zone } from './zone.ts'

/**
 * What the week tells about a clock. Currency and index markets rest from Friday to Sunday and open at 17:00 or 18:00 in
 * New York, summer and winter; stamps that put this elsewhere are in another zone than they are thought to be.
 */

const HOUR = 3600000
const DAY = 24 * HOUR

/** Rows (index of the first after the rest) at which a week opens, where the market rests for about 48 hours. */
export function weekOpenings(time: ArrayLike<number>): number[] {
  const rests: number[] = []
  let short = 0
  for (let i = 1; i < time.length; i++) {
    const rest = time[i] - time[i - 1]
    if (rest < 36 * HOUR || rest > 3.5 * DAY) continue
    rests.push(i)
    // From the start of the last bar, so up to a bar of an hour longer; an hour more or less where clocks change.
    if (rest >= 46 * HOUR && rest <= 51 * HOUR) short++
  }
  return short >= rests.length * 0.6 ? rests : []
}

/** How many weeks open at an hour that such markets open at: the better of 17:00 and 18:00, New York, to 20 minutes after. */
export function openingHits(openings: readonly number[]): { hits: number; commonest: string } {
  const newYork = zone('America/New_York')
  const counts = new Map<number, number>()
  let five = 0
  let six = 0
  for (const utc of openings) {
    const local = newYork.toLocal(utc)
    // 4 January 1970 was a Sunday.
    const minute = Math.floor((((local - 3 * DAY) % (7 * DAY)) + 7 * DAY) / 60000) % 10080
    if (minute >= 17 * 60 && minute <= 17 * 60 + 20) five++
    if (minute >= 18 * 60 && minute <= 18 * 60 + 20) six++
    counts.set(minute, (counts.get(minute) ?? 0) + 1)
  }
  let commonest = 0
  for (const [minute, count] of counts) if (count > (counts.get(commonest) ?? 0)) commonest = minute
  return { hits: Math.max(five, six), commonest: weekMinute(commonest) }
}

function weekMinute(minute: number): string {
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
  const clock = `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return `${days[Math.floor(minute / 1440)]} ${clock}`
}

/** A clock on a wall: a zone, or so many milliseconds ahead of one. */
export interface WallClock {
  name: string
  zone: Zone
  /** Milliseconds ahead of the zone. */
  shift: number
}

/**
 * A clock by name: all that `zone` takes, and a zone with a shift: 'America/New_York+07:00' shows seven hours more than
 * New York (the usual clock of currency brokers).
 *
 * @throws FillgridError unknown_name
 */
export function wallClock(name: string): WallClock {
  const match = /^(.*[A-Za-z].*)([+-])(\d{1,2}):([0-5]\d)$/.exec(name)
  if (!match || /^(utc|gmt)$/i.test(match[1])) return { name: zone(name).name, zone: zone(name), shift: 0 }
  const base = zone(match[1])
  const shift = (match[2] === '-' ? -1 : 1) * (Number(match[3]) * 60 + Number(match[4])) * 60000
  return { name: `${base.name}${match[2]}${match[3].padStart(2, '0')}:${match[4]}`, zone: base, shift }
}

/** Moment at which a clock shows a time (of two, the first). */
export function clockUtc(clock: WallClock, local: number): number {
  return clock.zone.toUtc(local - clock.shift)
}

/** How well each clock fits local stamps at which weeks open. */
export interface ClockFit {
  clock: WallClock
  /** Weeks that open when such markets do. */
  hits: number
  weeks: number
}

/** The clocks with the weeks that fit each, in their order. @param local stamps of the first bars of weeks */
export function fitClocks(local: readonly number[], names: readonly string[]): ClockFit[] {
  return names.map((name) => {
    const clock = wallClock(name)
    return { clock, hits: openingHits(local.map((stamp) => clockUtc(clock, stamp))).hits, weeks: local.length }
  })
}

/** Clocks that the stamps of such markets are commonly written in. */
export const USUAL_CLOCKS: readonly string[] = [
  'UTC',
  'EET',
  'America/New_York+07:00',
  'America/New_York',
  'Europe/London',
  'Europe/London-05:00',
  'America/Chicago',
  'Etc/GMT+5',
  'Etc/GMT-3',
]
