const DAY_MS = 86_400_000

/** Days from 2000 on (ISO dates) on which the New York Stock Exchange stayed closed for a reason of their own. */
const SPECIAL_CLOSURES: ReadonlySet<string> = new Set([
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
])

/**
 * Session dates of the New York Stock Exchange as midnight UTC in milliseconds, ascending.
 * @param first ISO date of the earliest possible session, 2000 or later
 * @param count how many sessions
 */
export function nyseSessions(first: string, count: number): Float64Array {
  const sessions = new Float64Array(count)
  let day = Date.parse(`${first}T00:00:00Z`)
  let holidays = new Set<number>()
  let year = 0
  for (let n = 0; n < count; day += DAY_MS) {
    const date = new Date(day)
    if (date.getUTCFullYear() !== year) {
      year = date.getUTCFullYear()
      holidays = nyseHolidays(year)
    }
    const weekday = date.getUTCDay()
    if (weekday === 0 || weekday === 6 || holidays.has(day)) continue
    if (SPECIAL_CLOSURES.has(date.toISOString().slice(0, 10))) continue
    sessions[n++] = day
  }
  return sessions
}

/**
 * The exchange's holidays of a year as they are observed (Rule 7.2): a holiday on a Sunday moves to Monday, one on a
 * Saturday to Friday, except New Year's Day, which would fall into the old year and is not made up for.
 */
function nyseHolidays(year: number): Set<number> {
  const holidays = new Set<number>([
    nthWeekday(year, 0, 1, 3), // Martin Luther King Day
    nthWeekday(year, 1, 1, 3), // Washington's Birthday
    easter(year) - 2 * DAY_MS, // Good Friday
    lastMonday(year, 4), // Memorial Day
    observed(Date.UTC(year, 6, 4)),
    nthWeekday(year, 8, 1, 1), // Labor Day
    nthWeekday(year, 10, 4, 4), // Thanksgiving
    observed(Date.UTC(year, 11, 25)),
  ])
  const newYear = Date.UTC(year, 0, 1)
  if (new Date(newYear).getUTCDay() !== 6) holidays.add(observed(newYear))
  if (year >= 2022) holidays.add(observed(Date.UTC(year, 5, 19))) // Juneteenth
  return holidays
}

function observed(day: number): number {
  const weekday = new Date(day).getUTCDay()
  if (weekday === 6) return day - DAY_MS
  return weekday === 0 ? day + DAY_MS : day
}

/** The n-th such weekday (0 = Sunday) of a month (0 = January). */
function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  const first = Date.UTC(year, month, 1)
  const ahead = (weekday - new Date(first).getUTCDay() + 7) % 7
  return first + (ahead + 7 * (n - 1)) * DAY_MS
}

function lastMonday(year: number, month: number): number {
  const last = Date.UTC(year, month + 1, 0)
  return last - ((new Date(last).getUTCDay() + 6) % 7) * DAY_MS
}

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm, Meeus, Astronomical Algorithms, chapter 8). */
function easter(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1)
}
