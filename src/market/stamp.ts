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

/** How the parts of a date follow each other where the year does not come first as four digits. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** Where `parseDate` and `parseClock` stopped: the first byte they did not use. */
export let stampEnd = 0
/** Whether the last `parseDate` met a zone (Z, UTC, GMT, +02:00) behind its stamp. */
export let stampZoned = false
/** Minutes east of UTC of that zone. */
export let stampOffset = 0

/**
 * A date, or date and time, in bytes: 2024-01-31, 2024/1/31, 2024.01.31 or 20240131; by `order` also 31.01.2024,
 * 01/31/24, 31-Jan-2024 and Jan 31, 2024; then after T or a blank a time of day (`parseClock`), then Z, UTC, GMT,
 * +02:00, +0200, +02, GMT+0200 or nothing, which is taken for UTC too. A date alone is midnight UTC.
 *
 * Two digits of a year: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068 (POSIX).
 *
 * @returns milliseconds UTC, NaN when it is not one; `stampEnd` says where it ends, `stampZoned` whether it named a zone
 */
export function parseDate(b: Uint8Array, from: number, to: number, order: DateOrder = 'ymd'): number {
  let p = from
  let year = 0
  stampZoned = false
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
  } else if (digits === 14 || digits === 12) return glued(b, from, to, digits)
  else if (digits <= 2) {
    if (!parseParts(b, from, to, order)) return Number.NaN
    ;({ year, month, day } = parts)
    p = parts.end
  } else return Number.NaN
  const days = dayNumber(year, month, day)
  if (Number.isNaN(days)) return days
  stampEnd = p
  if (p + 1 < to && b[p] === COMMA && b[p + 1] === BLANK) p++
  if (p >= to || (b[p] !== LETTER_T && b[p] !== BLANK)) return days * 86400000
  while (p < to && (b[p] === LETTER_T || b[p] === BLANK)) p++
  if (p >= to || !isDigit(b[p])) return days * 86400000
  const clock = parseClock(b, p, to)
  return days * 86400000 + clock - zoneMs(b, to)
}

/** The parts of a date that `parseParts` found. */
const parts = { year: 0, month: 0, day: 0, end: 0 }

/** Day, month and year in an order of their own, the month in figures or as its English name. */
function parseParts(b: Uint8Array, from: number, to: number, order: DateOrder): boolean {
  const fields = [0, 0, 0]
  let named = -1
  let p = from
  let separator = 0
  for (let i = 0; i < 3; i++) {
    const start = p
    while (p < to && isDigit(b[p])) fields[i] = fields[i] * 10 + b[p++] - ZERO
    const digits = p - start
    if (digits === 0) {
      const month = monthName(b, p, to)
      if (month === 0 || named >= 0 || i === 2) return false
      fields[i] = month
      named = i
      while (p < to && isLetter(b[p])) p++
      if (b[p] === POINT && b[p + 1] === BLANK) p++
    } else if (i < 2 ? digits > 2 : digits !== 4 && digits !== 2) return false
    else if (i === 2 && digits === 2) fields[2] += fields[2] < 69 ? 2000 : 1900
    if (i === 2) break
    if (b[p] === COMMA && b[p + 1] === BLANK) p++
    const found = b[p]
    if (found !== HYPHEN && found !== SLASH && found !== POINT && found !== BLANK) return false
    if (i === 1 && found !== separator && named < 0) return false
    separator = found
    p++
  }
  const dayFirst = named >= 0 ? named === 1 : order === 'dmy'
  if (named < 0 && order === 'ymd') return false
  parts.year = fields[2]
  parts.month = dayFirst ? fields[1] : fields[0]
  parts.day = dayFirst ? fields[0] : fields[1]
  parts.end = p
  return true
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** The month whose English name, whole or its first three letters, stands at `p`; 0 when none does. */
function monthName(b: Uint8Array, p: number, to: number): number {
  if (p + 3 > to) return 0
  return MONTHS.indexOf(String.fromCharCode(b[p] | 32, b[p + 1] | 32, b[p + 2] | 32)) + 1
}

/**
 * A time of day in bytes, as milliseconds; NaN when it is not one: 9:30, 09:30:15, 09:30:15.25, 0930, 093015, 093015250
 * (with milliseconds), and with AM or PM behind it also 9:30 PM or 07-AM.
 */
export function parseClock(b: Uint8Array, from: number, to: number): number {
  let p = from
  let hour = 0
  while (p < to && isDigit(b[p])) hour = hour * 10 + b[p++] - ZERO
  const digits = p - from
  let minute = 0
  let second = 0
  let fraction = 0
  if (digits === 6) {
    second = hour % 100
    minute = Math.floor(hour / 100) % 100
    hour = Math.floor(hour / 10000)
  } else if (digits === 4) {
    minute = hour % 100
    hour = Math.floor(hour / 100)
  } else if (digits === 9) {
    fraction = hour % 1000
    second = Math.floor(hour / 1000) % 100
    minute = Math.floor(hour / 100000) % 100
    hour = Math.floor(hour / 10000000)
  } else if (digits >= 1 && digits <= 2 && b[p] === COLON) {
    const start = ++p
    for (; p < to && isDigit(b[p]); p++) minute = minute * 10 + b[p] - ZERO
    if (p - start !== 2) return Number.NaN
    if (p < to && b[p] === COLON) {
      const seconds = ++p
      for (; p < to && isDigit(b[p]); p++) second = second * 10 + b[p] - ZERO
      if (p - seconds !== 2) return Number.NaN
    }
  } else if (!(digits >= 1 && digits <= 2 && halfDay(b, p, to) !== 0)) return Number.NaN
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN
  if (p + 1 < to && b[p] === POINT && isDigit(b[p + 1]) && digits !== 9) {
    let scale = 1
    for (p++; p < to && isDigit(b[p]); p++) {
      if (scale >= 1e9) continue
      fraction = fraction * 10 + b[p] - ZERO
      scale *= 10
    }
    fraction = (fraction * 1000) / scale
  }
  stampEnd = p
  if (p < to && (b[p] === BLANK || b[p] === HYPHEN || isLetter(b[p]))) {
    const half = halfDay(b, p, to)
    if (half !== 0) {
      if (hour < 1 || hour > 12) return Number.NaN
      hour = (hour % 12) + (half === LETTER_P ? 12 : 0)
      stampEnd = halfEnd
    }
  }
  return (hour * 3600 + minute * 60 + second) * 1000 + fraction
}

let halfEnd = 0

/** The letter of AM or PM (A.M., a.m.) that follows a time after a blank, a hyphen or nothing; 0 where none does. */
function halfDay(b: Uint8Array, from: number, to: number): number {
  let p = from
  if (b[p] === BLANK || b[p] === HYPHEN) p++
  const letter = b[p] & ~32
  if (p + 2 > to || (letter !== LETTER_A && letter !== LETTER_P)) return 0
  p++
  if (b[p] === POINT) p++
  if ((b[p] & ~32) !== LETTER_M) return 0
  p++
  if (p < to && b[p] === POINT) p++
  if (p < to && isLetter(b[p])) return 0
  halfEnd = p
  return letter
}

/** yyyymmddhhmmss or yyyymmddhhmm in one piece. */
function glued(b: Uint8Array, from: number, to: number, digits: number): number {
  const day = parseDate(b, from, from + 8)
  const clock = parseClock(b, from + 8, from + digits)
  return Number.isNaN(day) || Number.isNaN(clock) ? Number.NaN : day + clock - zoneMs(b, to)
}

/** The zone that follows a time, as milliseconds east of UTC; moves `stampEnd` past it. */
function zoneMs(b: Uint8Array, to: number): number {
  let p = stampEnd
  while (p < to && b[p] === BLANK) p++
  if (p >= to) return 0
  stampOffset = 0
  if (b[p] === LETTER_Z) {
    stampZoned = true
    stampEnd = p + 1
    return 0
  }
  const word = p + 3 <= to ? String.fromCharCode(b[p], b[p + 1], b[p + 2]) : ''
  if (word === 'UTC' || word === 'GMT') {
    stampZoned = true
    stampEnd = p += 3
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
  stampZoned = true
  stampOffset = sign * (Math.floor(number / 100) * 60 + (number % 100))
  return stampOffset * 60000
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

function isLetter(byte: number): boolean {
  return (byte | 32) >= 97 && (byte | 32) <= 122
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const ZERO = 48
const BLANK = 32
const PLUS = 43
const COMMA = 44
const HYPHEN = 45
const POINT = 46
const SLASH = 47
const COLON = 58
const LETTER_A = 65
const LETTER_M = 77
const LETTER_P = 80
const LETTER_T = 84
const LETTER_Z = 90
