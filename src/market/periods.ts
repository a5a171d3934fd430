import type { Calendar } from './calendar.ts'
import { quietCut } from './quiet.ts'

const DAY = 86400000
/** More without a bar than any venue rests is a hole in the data, ms. */
export const HOLE = 15 * DAY
/** Where a day may be cut: every quarter of an hour. */
const QUARTERS = 96

/** The periods over which returns are taken. */
export interface ReturnPeriods {
  /** Index of the last bar of each period, increasing; the last one is the last bar. */
  ends: Int32Array
  /** Start of the first bar of each, ms UTC. */
  starts: Float64Array
  /** The day that each belongs to, as days since 1970-01-01; of a session that opens on the evening before its date mostly that date. */
  days: Int32Array
  /** From the first to the end of the last bar of the median period, ms. */
  length: number
  /** A period is a bar where no day has two, else a session. */
  period: 'bar' | 'session'
  /** How the sessions were cut, in words; '' for bars. */
  cut: string
}

/**
 * Return periods of a line of time: each bar where no day has two, else each session. Sessions are the trade days of a
 * calendar; without one they are cut where a span of the clock is silent on nearly all days; in markets that rest over
 * the week-end 24 hours each from the week's first bar; else at midnight. Where a calendar is the days of a zone, "clock"
 * and "midnight" are that zone's, else UTC's. No zone is guessed: a cut in a silent span is right whatever the zone.
 *
 * @param time starts of bars, ms UTC, increasing @param step commonest distance between them, ms; NaN with one bar
 */
export function findPeriods(time: Float64Array, step: number, calendar?: Calendar): ReturnPeriods {
  const cut = barCut(time)
  if (!Number.isNaN(cut)) {
    const days = daysFrom(time, cut)
    return { ends: days.map((_, i) => i), starts: time, days, length: step, period: 'bar', cut: '' }
  }
  const { days, words } = sessionDays(time, step, calendar)
  const ends: number[] = []
  for (let i = 1; i < days.length; i++) if (days[i] !== days[i - 1]) ends.push(i - 1)
  ends.push(days.length - 1)
  const starts = Float64Array.from(ends, (_, k) => time[k === 0 ? 0 : ends[k - 1] + 1])
  return {
    ends: Int32Array.from(ends),
    starts,
    days: Int32Array.from(ends, (end) => days[end]),
    length: median(Float64Array.from(ends, (end, k) => time[end] - starts[k] + step)),
    period: 'session',
    cut: words,
  }
}

/** The ends of the periods of a part of the bars, counted from its first one; a period that the part cuts ends with it. */
export function cutEnds(ends: Int32Array, first: number, end: number): Int32Array {
  const inside = ends.filter((last) => last >= first && last < end - 1)
  const cut = new Int32Array(inside.length + 1)
  for (let i = 0; i < inside.length; i++) cut[i] = inside[i] - first
  cut[inside.length] = end - 1 - first
  return cut
}

/**
 * A cut of the clock (ms from midnight UTC, -12 h to 12 h) such that no day from cut to cut has two bars; NaN where there is
 * none. Daily bars that are stamped with the midnight of a zone lie 23 hours apart when clocks change, and an evening
 * session 15 hours before the next morning's; bars closer than half a day are no daily ones.
 */
function barCut(time: Float64Array): number {
  const free = new Uint8Array(QUARTERS).fill(1)
  let narrow = false
  for (let i = 1; i < time.length; i++) {
    const gap = time[i] - time[i - 1]
    if (gap >= DAY) continue
    if (gap < DAY / 2) return Number.NaN
    narrow = true
    for (let q = 0; q < QUARTERS; q++) {
      const after = modulo((q * DAY) / QUARTERS - time[i - 1])
      if (!(after > 0 && after <= gap)) free[q] = 0
    }
  }
  if (!narrow) return aroundMidnight(time[0] + DAY / 2)
  // The middle of the longest run of cuts, as far as can be from any bar.
  let best = 0
  let at = 0
  for (let from = 0; from < QUARTERS; from++) {
    let run = 0
    while (run < QUARTERS && free[(from + run) % QUARTERS]) run++
    if (run > best) {
      best = run
      at = from + (run >> 1)
    }
  }
  return best === 0 ? Number.NaN : aroundMidnight((at * DAY) / QUARTERS)
}

/** The session of each bar, as the number of its day. */
function sessionDays(time: Float64Array, step: number, calendar?: Calendar): { days: Int32Array; words: string } {
  if (calendar && !calendar.isZone)
    return {
      days: Int32Array.from(time, (utc) => Math.round(calendar.tradeDate(utc) / DAY)),
      words: `the trade days of calendar ${calendar.name}`,
    }
  const local = calendar ? time.map((utc) => calendar.zone.toLocal(utc)) : time
  const name = calendar ? calendar.zone.name : 'UTC'
  const quiet = quietCut(local, step)
  if (!Number.isNaN(quiet)) {
    const cut = aroundMidnight(quiet)
    return { days: daysFrom(local, cut), words: `cut at ${clock(quiet)} ${name}, in a silent part of the day` }
  }
  if (weekendsAreSilent(time, step))
    return { days: weekBlocks(time, step), words: '24 h each from the first bar of a week' }
  return { days: daysFrom(local, 0), words: `cut at midnight ${name}` }
}

function daysFrom(local: Float64Array, cut: number): Int32Array {
  // Bars may be millions, mostly of the day of the one before.
  const days = new Int32Array(local.length)
  let day = 0
  let end = Number.NEGATIVE_INFINITY
  for (let i = 0; i < days.length; i++) {
    if (!(local[i] < end)) {
      day = Math.floor((local[i] - cut) / DAY)
      end = (day + 1) * DAY + cut
    }
    days[i] = day
  }
  return days
}

/** More than a day without a bar in at least every second week; holes count for neither. */
function weekendsAreSilent(time: Float64Array, step: number): boolean {
  let rests = 0
  let covered = 0
  for (let i = 1; i < time.length; i++) {
    const gap = time[i] - time[i - 1]
    if (gap > HOLE) continue
    covered += gap
    if (gap - step > DAY) rests++
  }
  return rests > 0 && rests >= Math.floor(covered / (7 * DAY)) / 2
}

/** Blocks of 24 hours from the first bar after each rest; a last one under half of that belongs to the one before. */
function weekBlocks(time: Float64Array, step: number): Int32Array {
  const days = new Int32Array(time.length)
  for (let from = 0, to = 1; from < time.length; from = to, to++) {
    while (to < time.length && time[to] - time[to - 1] - step <= DAY) to++
    const open = time[from]
    const whole = Math.floor((time[to - 1] - open) / DAY)
    const short = time[to - 1] + step - (open + whole * DAY) < DAY / 2
    const last = short && whole > 0 ? whole - 1 : whole
    for (let i = from; i < to; i++) {
      const block = Math.min(last, Math.floor((time[i] - open) / DAY))
      // By its middle: what opens on Sunday evening is Monday's.
      days[i] = Math.floor((open + block * DAY + DAY / 2) / DAY)
    }
  }
  return days
}

/** The middle value, of two the mean; NaN of none. */
export function median(values: Float64Array): number {
  const sorted = values.slice().sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function modulo(ms: number): number {
  return ((ms % DAY) + DAY) % DAY
}

/** A time of the day as ms from the nearer midnight, so that days keep the date that most of them lies in. */
function aroundMidnight(ms: number): number {
  const within = modulo(ms)
  return within >= DAY / 2 ? within - DAY : within
}

function clock(ms: number): string {
  const minutes = Math.round(modulo(ms) / 60000)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** The commonest distance between neighbouring stamps in ms, the shorter of equals; NaN with fewer than two. */
export function commonStep(time: Float64Array): number {
  const counts = new Map<number, number>()
  let best = Number.NaN
  let most = 0
  // Equal steps mostly follow each other, so they are counted by runs.
  for (let i = 1; i < time.length; ) {
    const step = time[i] - time[i - 1]
    let run = 1
    while (i + run < time.length && time[i + run] - time[i + run - 1] === step) run++
    i += run
    const count = (counts.get(step) ?? 0) + run
    counts.set(step, count)
    if (count > most || (count === most && step < best)) {
      most = count
      best = step
    }
  }
  return best
}
