/** Unit of a number that counts from 1970-01-01T00:00Z. */
export type EpochUnit = 's' | 'ms' | 'us' | 'ns'

/** The unit of a stamp by its size: seconds reach to the year 5138, and so on by factors of a thousand. */
export function epochUnit(value: number): EpochUnit {
  const size = Math.abs(value)
  if (size < 1e11) return 's'
  if (size < 1e14) return 'ms'
  return size < 1e17 ? 'us' : 'ns'
}

/** Milliseconds of a stamp. Nanoseconds, which doubles cannot hold, are rounded to microseconds. */
export function epochMs(value: number, unit: EpochUnit): number {
  switch (unit) {
    case 's':
      return value * 1000
    case 'ms':
      return value
    case 'us':
      return value / 1000
    case 'ns':
      return Math.round(value / 1000) / 1000
  }
}

/** Where `parseDate` and `parseClock` stopped: the first byte they did not use. */
export let stampEnd = 0

/**
 * A date, or date and time, in bytes: 2024-01-31, 2024/1/31, 2024.01.31 or 20240131, then after T or a blank 9:30, 09:30:15,
 * 09:30:15.25 or 093015, then Z, UTC, GMT, +02:00, +0200, +02 or nothing, which is UTC too. A date alone is midnight UTC.
 *
 * @returns milliseconds UTC, NaN when it is not one; `stampEnd` says where it ends
 */
export function parseDate(b: Uint8Array, from: number, to: number): number {
  let p = from
  let year = 0
  while (p < to && isDigit(b[p])) year = year * 10 + b[p++] - ZERO
  let month: number
  let day: number
  const digits = p - from
  if (digits === 4) {
    const separator = b[p]
    if (separator !== HYPHEN && separator !== SLASH && separator !== POINT) return Number.NaN
    month = 0
    for (p++; p < to && isDigit(b[p]); p++) month = month * 10 + b[p] - ZERO
    if (b[p] !== separator) return Number.NaN
    day = 0
    const start = ++p
    for (; p < to && isDigit(b[p]); p++) day = day * 10 + b[p] - ZERO
    if (p === start || p - start > 2) return Number.NaN
  } else if (digits === 8) {
    day = year % 100
    month = Math.floor(year / 100) % 100
    year = Math.floor(year / 10000)
  } else if (digits === 14) return glued(b, from, to)
  else return Number.NaN
  const days = dayNumber(year, month, day)
  if (Number.isNaN(days)) return days
  stampEnd = p
  if (p >= to || (b[p] !== LETTER_T && b[p] !== BLANK)) return days * 86400000
  while (p < to && (b[p] === LETTER_T || b[p] === BLANK)) p++
  if (p >= to || !isDigit(b[p])) return days * 86400000
  const clock = parseClock(b, p, to)
  return days * 86400000 + clock - zoneMs(b, to)
}

/** A time of day in bytes, as milliseconds; NaN when it is not one. */
export function parseClock(b: Uint8Array, from: number, to: number): number {
  let p = from
  let hour = 0
  while (p < to && isDigit(b[p])) hour = hour * 10 + b[p++] - ZERO
  const digits = p - from
  let minute = 0
  let second = 0
  if (digits === 6) {
    second = hour % 100
    minute = Math.floor(hour / 100) % 100
    hour = Math.floor(hour / 10000)
  } else if (digits === 4) {
    minute = hour % 100
    hour = Math.floor(hour / 100)
  } else if (digits >= 1 && digits <= 2 && b[p] === COLON) {
    const start = ++p
    for (; p < to && isDigit(b[p]); p++) minute = minute * 10 + b[p] - ZERO
    if (p - start !== 2) return Number.NaN
    if (p < to && b[p] === COLON) {
      const seconds = ++p
      for (; p < to && isDigit(b[p]); p++) second = second * 10 + b[p] - ZERO
      if (p - seconds !== 2) return Number.NaN
    }
  } else return Number.NaN
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN
  let fraction = 0
  if (p + 1 < to && b[p] === POINT && isDigit(b[p + 1])) {
    let scale = 1
    for (p++; p < to && isDigit(b[p]); p++) {
      if (scale >= 1e9) continue
      fraction = fraction * 10 + b[p] - ZERO
      scale *= 10
    }
    fraction = (fraction * 1000) / scale
  }
  stampEnd = p
  return (hour * 3600 + minute * 60 + second) * 1000 + fraction
}

/** yyyymmddhhmmss in one piece. */
function glued(b: Uint8Array, from: number, to: number): number {
  const day = parseDate(b, from, from + 8)
  const clock = parseClock(b, from + 8, from + 14)
  return Number.isNaN(day) || Number.isNaN(clock) ? Number.NaN : day + clock - zoneMs(b, to)
}

/** The zone that follows a time, as milliseconds east of UTC; moves `stampEnd` past it. */
function zoneMs(b: Uint8Array, to: number): number {
  let p = stampEnd
  while (p < to && b[p] === BLANK) p++
  if (p >= to) return 0
  if (b[p] === LETTER_Z) {
    stampEnd = p + 1
    return 0
  }
  const word = p + 3 <= to ? String.fromCharCode(b[p], b[p + 1], b[p + 2]) : ''
  if (word === 'UTC' || word === 'GMT') {
    stampEnd = p + 3
    return 0
  }
  if (b[p] !== PLUS && b[p] !== HYPHEN) return 0
  const sign = b[p] === PLUS ? 1 : -1
  const start = ++p
  let digits = 0
  let number = 0
  for (; p < to && (isDigit(b[p]) || (b[p] === COLON && p === start + 2)); p++) {
    if (b[p] === COLON) continue
    number = number * 10 + b[p] - ZERO
    digits++
  }
  if (digits !== 2 && digits !== 4) return Number.NaN
  if (digits === 2) number *= 100
  if (number % 100 > 59 || number > 1800) return Number.NaN
  stampEnd = p
  return sign * (Math.floor(number / 100) * 60 + (number % 100)) * 60000
}

/** Days since 1970-01-01 in the Gregorian calendar; NaN for a day that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || day > 31) return Number.NaN
  if (day > MONTH_DAYS[month - 1] && !(month === 2 && day === 29 && isLeap(year))) return Number.NaN
  // Howard Hinnant, chrono-compatible low-level date algorithms: years from March, eras of 400 years.
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 57
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const ZERO = 48
const BLANK = 32
const PLUS = 43
const HYPHEN = 45
const POINT = 46
const SLASH = 47
const COLON = 58
const LETTER_T = 84
const LETTER_Z = 90
