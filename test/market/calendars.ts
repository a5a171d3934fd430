/** Time stamps of kinds of calendars, ms UTC. */
import { zone } from '../../src/market/zone.ts'

export const MINUTE = 60000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Midnights of a zone on these weekdays (0 Sunday), both ends included. */
export function daily(from: string, to: string, weekdays: readonly number[], name = 'UTC'): number[] {
  const out: number[] = []
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY)
    if (weekdays.includes(new Date(day).getUTCDay())) out.push(zone(name).toUtc(day))
  return out
}

/** Bars from one hour of a zone to another (not included) on these weekdays. */
export function hours(
  from: string,
  to: string,
  name: string,
  first: number,
  end: number,
  weekdays: readonly number[],
  step = HOUR,
): number[] {
  return daily(from, to, weekdays).flatMap((day) => {
    const open = zone(name).toUtc(day + first * HOUR)
    const close = zone(name).toUtc(day + end * HOUR)
    return Array.from({ length: Math.ceil((close - open) / step) }, (_, i) => open + i * step)
  })
}

/** Bars from Sunday at an hour of a zone's clock to Friday at the same. */
export function weekBars(from: string, to: string, name: string, hour: number, step: number): number[] {
  return daily(from, to, [0]).flatMap((sunday) => {
    const open = zone(name).toUtc(sunday + hour * HOUR)
    const close = Math.min(zone(name).toUtc(sunday + 5 * DAY + hour * HOUR), Date.parse(to) + DAY)
    return Array.from({ length: Math.max(0, Math.ceil((close - open) / step)) }, (_, i) => open + i * step)
  })
}

/** So many dates, so many days apart. */
export function dates(from: string, count: number, days: number): number[] {
  return Array.from({ length: count }, (_, i) => Date.parse(from) + i * days * DAY)
}

/** Ends or beginnings of months from one (yyyy-mm) on. */
export function monthly(from: string, count: number, step: number, ends: boolean): number[] {
  const [year, month] = from.split('-').map(Number)
  return Array.from({ length: count }, (_, i) => Date.UTC(year, month - 1 + i * step + (ends ? 1 : 0), ends ? 0 : 1))
}
