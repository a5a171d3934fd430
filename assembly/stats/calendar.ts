// Returns by trade date, week, month and year.
import {
  SPAN_12_MONTHS,
  SPAN_3_MONTHS,
  SPAN_6_MONTHS,
  SPAN_BEST,
  SPAN_DAY,
  SPAN_FIELDS,
  SPAN_LAST,
  SPAN_MEAN_DOWN,
  SPAN_MEAN_UP,
  SPAN_MONTH,
  SPAN_POSITIVE,
  SPAN_TWELVE_WON,
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

/** Writes the SPAN_* fields of the returns of a span to a block. */
export function spanFigures(returns: usize, count: i32, span: i32, dst: usize): void {
  let best = NaN
  let worst = NaN
  let positive = 0
  let negative = 0
  let up = 0.0
  let down = 0.0
  let defined = count > 0
  for (let i = 0; i < count; i++) {
    const value = at(returns, i)
    if (isNaN(value)) defined = false
    if (!(value <= best)) best = value
    if (!(value >= worst)) worst = value
    if (value > 0) {
      positive++
      up += value
    } else if (value < 0) {
      negative++
      down += value
    }
  }
  const first = span * SPAN_FIELDS
  put(dst, first + SPAN_BEST, defined ? best : NaN)
  put(dst, first + SPAN_WORST, defined ? worst : NaN)
  put(dst, first + SPAN_POSITIVE, defined ? <f64>positive / <f64>count : NaN)
  put(dst, first + SPAN_MEAN_UP, defined && positive > 0 ? up / <f64>positive : NaN)
  put(dst, first + SPAN_MEAN_DOWN, defined && negative > 0 ? down / <f64>negative : NaN)
  put(dst, first + SPAN_LAST, count > 0 ? at(returns, count - 1) : NaN)
}

/**
 * Writes what is made of several months to a block: how many of the spans of twelve months behind the first one rose, and the returns of
 * the last 3, 6 and 12 months, each from the last period that ends at least so many months before the last one.
 *
 * @param ends @param days as in `spanReturns` @param room pointer to room for `count` doubles
 */
export function monthFigures(equity: usize, ends: usize, days: usize, count: i32, room: usize, dst: usize): void {
  let months = 0
  for (let i = 0; i < count; i++) {
    const day = load<i32>(days + (<usize>i << 2))
    const goesOn = i + 1 < count && monthStart(load<i32>(days + (<usize>(i + 1) << 2))) == monthStart(day)
    if (goesOn) continue
    store<f64>(room + (<usize>months << 3), at(equity, load<i32>(ends + (<usize>i << 2))))
    months++
  }
  let won = 0
  let defined = months > 12
  for (let i = 12; i < months; i++) {
    if (!(at(room, i - 12) > 0)) defined = false
    if (at(room, i) > at(room, i - 12)) won++
  }
  put(dst, SPAN_TWELVE_WON, defined ? <f64>won / <f64>(months - 12) : NaN)
  put(dst, SPAN_3_MONTHS, sinceMonths(equity, ends, days, count, 3))
  put(dst, SPAN_6_MONTHS, sinceMonths(equity, ends, days, count, 6))
  put(dst, SPAN_12_MONTHS, sinceMonths(equity, ends, days, count, 12))
}

/** The return of the last months; NaN where the curve does not reach so far back. */
function sinceMonths(equity: usize, ends: usize, days: usize, count: i32, months: i32): f64 {
  if (count == 0) return NaN
  const from = monthsBefore(load<i32>(days + (<usize>(count - 1) << 2)), months)
  let i = count - 1
  while (i >= 0 && load<i32>(days + (<usize>i << 2)) > from) i--
  if (i < 0) return NaN
  const base = at(equity, load<i32>(ends + (<usize>i << 2)))
  return base > 0 ? at(equity, load<i32>(ends + (<usize>(count - 1) << 2))) / base - 1.0 : NaN
}

/** The same day so many months before, or the last one of that month where it has no such day. */
function monthsBefore(day: i32, months: i32): i32 {
  let start = monthStart(day)
  const within = day - start
  let next = start
  for (let i = 0; i < months; i++) {
    next = start
    start = monthStart(start - 1)
  }
  return start + min(within, next - start - 1)
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
