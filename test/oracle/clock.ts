/** What clocks show when bars start (6.13), and the days of rules that go by them (6.14). */
import { cover, type Run, wrong } from './state.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** From when on the clocks of a zone are so many minutes ahead of UTC, in the years of the scenarios; before the first as in the first. */
const CLOCKS: Readonly<Record<string, readonly (readonly [from: number, ahead: number])[]>> = {
  UTC: [[0, 0]],
  'America/New_York': [
    [Date.UTC(2023, 10, 5, 6), -300],
    [Date.UTC(2024, 2, 10, 7), -240],
    [Date.UTC(2024, 10, 3, 6), -300],
    [Date.UTC(2025, 2, 9, 7), -240],
  ],
  // Half an hour.
  'Australia/Lord_Howe': [
    [Date.UTC(2023, 8, 30, 15, 30), 660],
    [Date.UTC(2024, 3, 6, 15), 630],
    [Date.UTC(2024, 9, 5, 15, 30), 660],
    [Date.UTC(2025, 3, 5, 15), 630],
  ],
}

/** Minutes that a zone's clocks are ahead at a moment. */
function ahead(zone: string, utc: number): number {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone)
  if (fixed) return (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === '-' ? -1 : 1)
  const known = CLOCKS[zone]
  return (known.findLast(([from]) => from <= utc) ?? known[0])[1]
}

/** The date and the time of day that clocks show at the start of a bar, as texts that can be compared. */
export function shown(run: Run, bar: number, zone: string): { date: string; time: string } {
  const utc = (run.market.from ?? 0) + bar * (run.market.step ?? DAY)
  // Of a clock that is ahead by so much, UTC shows at that moment what it shows now.
  const text = new Date(utc + ahead(zone, utc) * MINUTE).toISOString()
  return { date: text.slice(0, 10), time: text.slice(11, 19) }
}

/** Seconds since midnight of HH:MM or HH:MM:SS. */
export function secondsOf(at: string): number {
  return Date.parse(`1970-01-01T${at.length === 5 ? `${at}:00` : at}Z`) / 1000
}

/** The day that a bar is of where days begin at a time of day: before that, the one before its date (6.14). */
function dayOf(run: Run, bar: number, at: string): string {
  const { date, time } = shown(run, bar, wrong(run, '6.14/zone') ? 'UTC' : run.set.zone)
  const begins = at.length === 5 ? `${at}:00` : at
  const isBefore = wrong(run, '6.14/edge') ? time <= begins : time < begins
  if (!isBefore || wrong(run, '6.14/at')) return date
  return new Date(Date.parse(date) - DAY).toISOString().slice(0, 10)
}

/** The day of a rule in which a position was opened is over (6.14). */
export function isOver(run: Run, entryBar: number, at: string): boolean {
  cover(run, '6.14')
  const entry = wrong(run, '6.14/entry') ? run.bar - 1 : entryBar
  const [now, then] = [dayOf(run, run.bar, at), dayOf(run, Math.max(0, entry), at)]
  if (wrong(run, '6.14/same')) return now >= then
  return wrong(run, '6.14/back') ? now !== then : now > then
}
