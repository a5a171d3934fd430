import { FillgridError, show } from '../errors.ts'
import { type DateOrder, parseDate, stampEnd } from '../market/stamp.ts'
import { type Dialect, findMarks, type Marks, splitLine, type TextOptions } from './dialect.ts'
import type { DialectSpec } from './dialects/spec.ts'
import type { TableKind } from './head.ts'
import type { Line } from './lines.ts'
import { findRoles, plainName, ROLES, type Role } from './roles.ts'
import { baseName, isGeneral, rowsAfter } from './signs.ts'

/** Where a dialect's header and rows stand, and how much speaks for it. */
export interface Fit {
  spec: DialectSpec
  score: number
  separator: string
  /** Index of the header among the lines, -1 without. */
  header: number
  encoding: string
  lines: readonly Line[]
}

/** Everything about the text that a dialect leaves open. */
export function settleDialect(
  fit: Fit,
  file: string,
  given: TextOptions,
  kind: TableKind,
): { dialect: Dialect; notes: string[] } {
  const { spec, separator, header, lines } = fit
  const notes: string[] = []
  const below = header < 0 ? 0 : (spec.below ?? 0)
  const skipped = header < 0 ? 0 : (lines[header]?.at ?? 0)
  const skipLines = Math.max(given.skipLines ?? 0, skipped)
  if (skipped > (given.skipLines ?? 0) && isGeneral(spec))
    notes.push(`${skipped - (given.skipLines ?? 0)} lines before the header were not read.`)
  const words = header < 0 ? [] : splitLine(lines[header]?.text ?? '', separator)
  const columns = given.columns ?? spec.columns
  const names = columns ?? words
  const roles = { ...specRoles(spec, names), ...given.roles }
  const rows = rowsAfter(lines, header, below, separator)

  const at = rolesAt(names, roles)
  const column = (role: Role) => (at[role] === undefined ? [] : rows.map((row) => row[at[role]!] ?? ''))
  const marks = settleMarks(
    given,
    spec,
    () => (['open', 'high', 'low', 'close', 'volume'] as const).flatMap(column),
    file,
  )
  const stamps =
    at.time === undefined
      ? []
      : lines.slice(header + 1 + below).map((line) => splitLine(line.text, separator)[at.time!] ?? '')
  // Without a close it is no table of bars, whatever its dates are.
  const needed = kind !== 'bars' || at.close !== undefined
  const dateOrder =
    given.dateOrder ?? spec.dateOrder ?? (needed ? findOrder(stamps, file, names[at.time ?? -1]) : 'ymd')

  const head = at.time === undefined ? '' : plainName(words[at.time] ?? '')
  const said = Object.entries(spec.zones ?? {}).find(([word]) => plainName(word) === head)?.[1]
  const timezone = given.timezone ?? said ?? spec.timezone
  const dialect: Dialect = {
    name: spec.name,
    encoding: fit.encoding,
    separator,
    decimal: marks.decimal,
    thousands: marks.thousands,
    skipLines,
    below,
    header: header >= 0,
    columns,
    roles,
    timeUnit: given.timeUnit ?? spec.timeUnit,
    dateOrder,
    timezone,
    timezoneFrom:
      given.timezone !== undefined
        ? 'option'
        : said !== undefined
          ? 'file'
          : timezone !== undefined
            ? 'dialect'
            : 'nobody',
    barTime: spec.barTime,
    scale: given.scale ?? spec.scale,
    day: dayOf(spec, file, given),
  }
  return { dialect, notes }
}

/** The header words that a dialect names for its roles. */
function specRoles(spec: DialectSpec, names: readonly string[]): Partial<Record<Role, string>> {
  const plain = names.map(plainName)
  const roles: Partial<Record<Role, string>> = {}
  for (const [role, words] of Object.entries(spec.roles ?? {}) as [Role, readonly string[]][]) {
    for (const word of words) {
      const wanted = plainName(word)
      const column = word.endsWith('*')
        ? plain.findIndex((name) => name.startsWith(wanted.slice(0, -1)))
        : plain.indexOf(wanted)
      if (column < 0) continue
      roles[role] = names[column]
      break
    }
  }
  return roles
}

function rolesAt(names: readonly string[], roles: Partial<Record<Role, string>>): Partial<Record<Role, number>> {
  const known = Object.fromEntries(
    Object.entries(roles).filter(([, name]) => names.some((one) => one === name || plainName(one) === plainName(name))),
  )
  return findRoles(names, known, ROLES, {})
}

function settleMarks(given: TextOptions, spec: DialectSpec, fields: () => string[], file: string): Marks {
  const decimal = given.decimal ?? spec.decimal
  const thousands = given.thousands ?? spec.thousands
  if (decimal !== undefined) return { decimal, thousands: thousands ?? (decimal === ',' ? '.' : ','), certain: true }
  const marks = findMarks(fields())
  if (marks.certain) return { ...marks, thousands: thousands ?? marks.thousands }
  throw new FillgridError(
    'ambiguous_file',
    `file: commas in numbers like 1,234 must be told apart, found decimal marks and marks of thousands equally likely at ${file || 'the text'}. ` +
      "Choose with `decimal: ','` or `decimal: '.'`.",
    { file },
  )
}

/** The order of day, month and year where the year is not first. @throws FillgridError ambiguous_file */
function findOrder(stamps: readonly string[], file: string, column: string | undefined): DateOrder {
  let points = 0
  let parts = 0
  let dayFirst = 0
  let monthFirst = 0
  for (const stamp of stamps) {
    const match = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/.exec(stamp)
    if (!match) continue
    parts++
    if (match[2] === '.') points++
    if (Number(match[1]) > 12) dayFirst++
    if (Number(match[3]) > 12) monthFirst++
  }
  if (parts === 0) return 'ymd'
  if (dayFirst > 0 && monthFirst === 0) return 'dmy'
  if (monthFirst > 0 && dayFirst === 0) return 'mdy'
  // Where points stand between, the day comes first everywhere.
  if (dayFirst === 0 && points === parts) return 'dmy'
  if (dayFirst > 0) return dayFirst >= monthFirst ? 'dmy' : 'mdy'
  throw new FillgridError(
    'ambiguous_file',
    `file: the order of day and month must be certain, found ${show(stamps.find((stamp) => /^\d{1,2}[/-]/.test(stamp)))} and no day after the 12th ` +
      `at ${file || 'the text'}${column ? `, column ${column}` : ''}. Choose with \`dateOrder: 'dmy'\` (day first) or \`'mdy'\` (month first).`,
    { file },
  )
}

function dayOf(spec: DialectSpec, file: string, given: TextOptions): number | undefined {
  const text = given.day ?? (spec.day === undefined ? undefined : new RegExp(spec.day).exec(baseName(file))?.[1])
  if (text === undefined && spec.day === undefined) return undefined
  const bytes = new TextEncoder().encode(text ?? '')
  const day = parseDate(bytes, 0, bytes.length)
  if (!Number.isNaN(day) && stampEnd === bytes.length) return day
  throw new FillgridError(
    given.day === undefined ? 'invalid_file' : 'invalid_value',
    `file: the day of its times must be in the file's name (yyyymmdd) or in \`day\`, found ${show(given.day ?? (file || 'no name'))}.`,
    { file },
  )
}
