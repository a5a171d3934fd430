import { FillgridError, show } from '../errors.ts'
import { zone } from '../market/zone.ts'

const DAY = 86400000

/**
 * What a function of time gives at each bar: of its start, by the clocks of a zone.
 *
 * @param texts its arguments, the zone last ('' is UTC)
 * @throws FillgridError invalid_expression for what is no time of day, and as `zone`
 */
export function timeRows(name: string, texts: readonly string[], times: Float64Array): Float64Array {
  const clocks = zone(texts[texts.length - 1] || 'UTC')
  const rows = (of: (local: number) => number) => times.map((utc) => of(clocks.toLocal(utc)))
  const date = (of: (day: Date) => number) => rows((local) => of(new Date(local)))
  switch (name) {
    case 'session': {
      const from = timeOfDay(texts[0])
      const to = timeOfDay(texts[1])
      const inside = from < to ? (ms: number) => ms >= from && ms < to : (ms: number) => ms >= from || ms < to
      return rows((local) => (inside(local - Math.floor(local / DAY) * DAY) ? 1 : 0))
    }
    case 'hour':
      return date((day) => day.getUTCHours())
    case 'minute':
      return date((day) => day.getUTCMinutes())
    case 'weekday':
      return date((day) => ((day.getUTCDay() + 6) % 7) + 1)
    case 'day':
      return date((day) => day.getUTCDate())
    case 'month':
      return date((day) => day.getUTCMonth() + 1)
    default:
      return date((day) => day.getUTCFullYear())
  }
}

/** Milliseconds from midnight. */
function timeOfDay(text: string): number {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text)
  const [hours, minutes, seconds] = found ? [found[1], found[2], found[3] ?? 0].map(Number) : []
  if (!found || hours > 24 || minutes > 59 || seconds > 59 || (hours === 24 && minutes + seconds > 0))
    throw new FillgridError(
      'invalid_expression',
      `expression: session: a time of day like '09:30' expected, found ${show(text)}.`,
    )
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}
