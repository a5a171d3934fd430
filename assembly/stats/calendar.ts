// Returns by trade date, week, month and year.
import {
  SPAN_BEST,
  SPAN_DAY,
  SPAN_FIELDS,
  SPAN_MONTH,
  SPAN_POSITIVE,
  SPAN_WEEK,
  SPAN_WORST,
  SPAN_YEAR,
} from '../layout'
import { put } from './block'
import { at } from './moments'

/**
 * Writes the return of each span (SPAN_*) to `dst` and the day on which it begins (days since 1970-01-01, f64) to `starts`, which have
 * room for `count` doubles, and returns how many there are: from the last equity of the span before, the initial cash before the first,
 * to its own; NaN where that base is not positive.
 *
 * @param ends pointer to i32: the bar at which each of `count` periods ends @param days pointer to i32: the trade date of each, as days
 */
export function spanReturns(
  equity: usize,
  ends: usize,
  days: usize,
  count: i32,
  initialCash: f64,
  span: i32,
  starts: usize,
  dst: usize,
): i32 {
  let spans = 0
  let base = initialCash
  for (let i = 0; i < count; i++) {
    const start = startOf(load<i32>(days + (<usize>i << 2)), span)
    const goesOn = i + 1 < count && startOf(load<i32>(days + (<usize>(i + 1) << 2)), span) == start
    if (goesOn) continue
    const value = at(equity, load<i32>(ends + (<usize>i << 2)))
    store<f64>(starts + (<usize>spans << 3), <f64>start)
    put(dst, spans, base > 0 ? value / base - 1.0 : NaN)
    base = value
    spans++
  }
  return spans
}

/** Writes best, worst and the share of positive returns to the SPAN_* fields of a span in a block. */
export function spanFigures(returns: usize, count: i32, span: i32, dst: usize): void {
  let best = NaN
  let worst = NaN
  let positive = 0
  let defined = count > 0
  for (let i = 0; i < count; i++) {
    const value = at(returns, i)
    if (isNaN(value)) defined = false
    if (!(value <= best)) best = value
    if (!(value >= worst)) worst = value
    if (value > 0) positive++
  }
  const first = span * SPAN_FIELDS
  put(dst, first + SPAN_BEST, defined ? best : NaN)
  put(dst, first + SPAN_WORST, defined ? worst : NaN)
  put(dst, first + SPAN_POSITIVE, defined ? <f64>positive / <f64>count : NaN)
}

/** The first day of the span that a day lies in; weeks begin on Monday. */
function startOf(day: i32, span: i32): i32 {
  if (span == SPAN_DAY) return day
  // 1 January 1970 was a Thursday.
  if (span == SPAN_WEEK) return day - modulo(day + 3, 7)
  return span == SPAN_MONTH ? monthStart(day) : yearStart(day)
}

function modulo(value: i32, by: i32): i32 {
  const rest = value % by
  return rest < 0 ? rest + by : rest
}

/** Day of the year that begins in March, in which leap days come last, and the year's first day: in cycles of 400 years of 146,097 days. */
function marchDay(day: i32): i32 {
  const within = modulo(day + 719468, 146097)
  const year = (within - within / 1460 + within / 36524 - within / 146096) / 365
  return within - (365 * year + year / 4 - year / 100)
}

/** Months from March on begin at days 0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306 and 337. */
function monthStart(day: i32): i32 {
  const within = marchDay(day)
  const month = (5 * within + 2) / 153
  return day - (within - (153 * month + 2) / 5)
}

function yearStart(day: i32): i32 {
  const within = marchDay(day)
  // January and February are its last 59 or 60 days.
  if (within >= 306) return day - (within - 306)
  const march = day - within
  const before = monthStart(march - 1)
  return monthStart(before - 1)
}
