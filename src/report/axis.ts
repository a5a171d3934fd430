import { significant } from './format.ts'

/** A mark on an axis: where, and what stands beside it. */
export interface Tick {
  value: number
  label: string
}

/** Round numbers (1, 2, 2.5 or 5 times a power of ten apart) inside [low, high], about `count` of them. */
export function numberTicks(
  low: number,
  high: number,
  count: number,
  label: (value: number) => string = (v) => significant(v, 6),
): Tick[] {
  const span = high - low
  if (!(span > 0)) return Number.isFinite(low) ? [{ value: low, label: label(low) }] : []
  let power = 1
  while (power * 10 <= span / count) power *= 10
  while (power > span / count) power /= 10
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => span / n <= count) ?? 10 * power
  const ticks: Tick[] = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    const value = Number((i * step).toPrecision(12))
    ticks.push({ value, label: label(value) })
  }
  return ticks
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Fixed steps up to a day; beyond that ticks fall on the first of a month or year. */
const STEPS = [SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE].concat([
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
])
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240]

/** Times in ms UTC inside [from, to], about `count` of them: `2011`, `Mar 2011`, `14 Mar`, `14 Mar 06:00`, `06:00`. */
export function timeTicks(from: number, to: number, count: number): Tick[] {
  const span = to - from
  if (!(span > 0)) return [{ value: from, label: new Date(from).toISOString().slice(0, 10) }]
  const step = STEPS.find((one) => span / one <= count)
  if (step !== undefined) {
    const ticks: Tick[] = []
    let day = Number.NaN
    for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
      const date = new Date(t)
      const today = Math.floor(t / DAY)
      ticks.push({
        value: t,
        label: step >= DAY ? dayOf(date) : today === day ? clock(date) : `${dayOf(date)} ${clock(date)}`,
      })
      day = today
    }
    return ticks
  }
  const months = MONTH_STEPS.find((one) => span / (one * 30.44 * DAY) <= count) ?? MONTH_STEPS[MONTH_STEPS.length - 1]
  const start = new Date(from)
  const ticks: Tick[] = []
  for (let m = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months; ; m += months) {
    const value = Date.UTC(Math.floor(m / 12), m % 12, 1)
    if (value > to) return ticks
    const label = months >= 12 ? String(Math.floor(m / 12)) : `${MONTHS[m % 12]} ${Math.floor(m / 12)}`
    if (value >= from) ticks.push({ value, label })
  }
}

function dayOf(date: Date): string {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
}

function clock(date: Date): string {
  return date.toISOString().slice(11, date.getUTCSeconds() === 0 ? 16 : 19)
}
