import { FillgridError, show } from '../errors.ts'
import { nearNames } from '../market/names.ts'
import {
  type Dialect,
  findMarks,
  findSeparator,
  isData,
  type Marks,
  SEPARATORS,
  splitLine,
  type TextOptions,
} from './dialect.ts'
import { DIALECTS } from './dialects/catalogue.ts'
import type { DialectSigns, DialectSpec, Shape } from './dialects/spec.ts'
import { decoderFor, possibleEncodings } from './encoding.ts'
import { findRoles, plainName, ROLES, type Role } from './roles.ts'
import { type DateOrder, parseDate, stampEnd } from './stamp.ts'

/** What the beginning of a text was found to be. */
export interface Detection {
  spec: DialectSpec
  dialect: Dialect
  /** All dialects that fit, the best first. */
  fits: readonly { name: string; score: number }[]
  /** What was taken for granted, one sentence each. */
  notes: readonly string[]
}

/** A line of text that is not blank, and its number from 0. */
interface Line {
  text: string
  at: number
}

/** Where a dialect's header and rows stand, and how much speaks for it. */
interface Fit {
  spec: DialectSpec
  score: number
  separator: string
  /** Index of the header among the lines, -1 without. */
  header: number
  encoding: string
}

/** Rows that are looked at. */
const SAMPLE = 25
/** Lines that may stand before a header. */
const BANNER = 12

/**
 * Finds the dialect of a text by its first lines: all that are known are tried, the one that most speaks for wins.
 *
 * @param head the beginning of the text as bytes, cut at the end of a line
 * @param kind context tables have no prices, so nothing but the general reading is tried
 * @throws FillgridError ambiguous_file where two fit equally and read it differently; invalid_file where it is no table
 * of bars; unknown_name, invalid_value
 */
export function detect(
  head: Uint8Array,
  file: string,
  given: TextOptions,
  kind: 'bars' | 'context' = 'bars',
): Detection {
  const specs = kind === 'context' ? [GENERIC] : given.dialect === undefined ? DIALECTS : [specOf(given.dialect)]
  const encodings = given.encoding === undefined ? possibleEncodings(head) : [given.encoding]
  if (given.encoding !== undefined) decoderFor(given.encoding)
  const fits: Fit[] = []
  let lines: Line[] = []
  for (const encoding of encodings) {
    const text = decoderFor(encoding)
      .decode(head)
      .replace(/^\uFEFF/, '')
    const found = linesOf(text, given.skipLines ?? 0)
    if (lines.length === 0) lines = found
    checkTable(found, file)
    if (found.length === 0) continue
    // An encoding that is only guessed counts where a dialect that comes in it finds its words.
    const expected = encodings.length === 1 ? specs : specs.filter((spec) => spec.encodings?.includes(encoding))
    fits.push(...fitsOf(expected, found, file, given, encoding))
  }
  if (lines.length === 0)
    throw new FillgridError(
      'invalid_file',
      `file: a header and rows are needed, found nothing${file ? ` at ${file}` : ''}. Is it the right file?`,
      { file },
    )
  if (encodings.length > 1 && fits.length === 0) throw unknownEncoding(head, file)
  fits.sort((a, b) => b.score - a.score)
  const [best] = fits
  const chosen: Fit = best ?? forced(specs.length === 1 ? specs[0] : GENERIC, lines, given, encodings[0])
  const detection = settle(chosen, linesFor(chosen, head, given), file, given, kind)
  const rivals = fits.filter((fit) => fit !== chosen && fit.score === chosen.score)
  for (const rival of rivals) {
    const other = settle(rival, linesFor(rival, head, given), file, given, kind)
    if (reading(other.dialect) === reading(detection.dialect)) continue
    throw new FillgridError(
      'ambiguous_file',
      `file: the dialect must be certain, found ${chosen.spec.name} (${chosen.spec.title}) and ${rival.spec.name} ` +
        `(${rival.spec.title}) equally likely at ${file || 'the text'}. Choose with \`dialect\`.`,
      { file },
    )
  }
  return { ...detection, fits: fits.map(({ spec, score }) => ({ name: spec.name, score })) }
}

/** A dialect by its name, or as it was given. @throws FillgridError unknown_name */
export function specOf(given: string | DialectSpec): DialectSpec {
  if (typeof given !== 'string') {
    if (given !== null && typeof given === 'object' && typeof given.name === 'string') return given
    throw new FillgridError('invalid_value', `dialect: a name or a description is needed, found ${show(given)}.`)
  }
  const found = DIALECTS.find(({ name }) => name === given.toLowerCase())
  if (found) return found
  const names = DIALECTS.map(({ name }) => name)
  const near = nearNames(given, names)
  throw new FillgridError(
    'unknown_name',
    `dialect: ${show(given)} is not one. ` +
      (near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${names.join(', ')}.`),
  )
}

/** The general reading: header words in any order, of any origin. */
const GENERIC = DIALECTS.find(({ name }) => name === 'generic')!

/** What of a dialect decides about the numbers that come out. */
function reading(dialect: Dialect): string {
  const { name: _, ...rest } = dialect
  return JSON.stringify(rest, Object.keys(rest).sort())
}

/** The lines that are not blank; a line break inside quotes ends none, unless quotes are never closed. */
function linesOf(text: string, skip: number): Line[] {
  const lines: Line[] = []
  const physical = text.split(/\r\n|\n|\r/)
  for (let at = 0; at < physical.length && lines.length < 400; at++) {
    let line = physical[at]
    const from = at
    if (odd(line)) {
      let more = line
      for (let next = at + 1; next < Math.min(physical.length, at + 20); next++) {
        more += `\n${physical[next]}`
        if (!odd(physical[next])) continue
        line = more
        at = next
        break
      }
    }
    if (from >= skip && line.trim() !== '') lines.push({ text: line, at: from })
  }
  return lines
}

function odd(line: string): boolean {
  let quotes = 0
  for (let i = line.indexOf('"'); i >= 0; i = line.indexOf('"', i + 1)) quotes++
  return quotes % 2 === 1
}

function linesFor(fit: Fit, head: Uint8Array, given: TextOptions): Line[] {
  return linesOf(
    decoderFor(fit.encoding)
      .decode(head)
      .replace(/^\uFEFF/, ''),
    given.skipLines ?? 0,
  )
}

/** Refuses what is plainly something else: an answer of a service, a web page. */
function checkTable(lines: readonly Line[], file: string): void {
  const start = lines[0]?.text.trimStart() ?? ''
  if (!/^[{[<]/.test(start) || /^<[A-Z_]+>[,;\t]/i.test(start)) return
  const text = lines
    .slice(0, 40)
    .map((line) => line.text)
    .join('\n')
  const fail = (found: string, way: string) =>
    new FillgridError(
      'invalid_file',
      `file: a table of bars is needed, found ${found} at ${file || 'the text'}. ${way}`,
      { file, line: lines[0].at + 1 },
    )
  if (start.startsWith('<')) {
    const title = /<title>\s*([^<]*?)\s*<\/title>/i.exec(text)?.[1]
    throw fail(`a web page${title ? ` (${show(title)})` : ''}`, 'Fetch the file again, signed in if need be.')
  }
  if (start.startsWith('[')) throw fail('JSON', 'Open it as a file: JSON arrays have a reader of their own.')
  const named = /"(Error Message|Note|Information|error|message|msg|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"/i.exec(text)
  const bare = text.replace(/[{}"]/g, '').replace(/\s+/g, ' ').trim()
  const said = JSON.stringify(named ? `${named[1]}: ${named[2]}` : bare)
  throw fail(
    `the answer of a data service that had none: ${said.length > 300 ? `${said.slice(0, 300)}..."` : said}`,
    'Ask it again, or leave the file out.',
  )
}

/** The error for an object without bars, as data services answer when they have none; undefined for anything else. */
export function serviceAnswer(bytes: Uint8Array, file: string): FillgridError | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, 4096))
  if (!text.trimStart().startsWith('{') || /"?(data|candles|open|close)"?\s*:\s*[[{]/i.test(text)) return undefined
  try {
    checkTable(linesOf(text, 0), file)
  } catch (error) {
    return error as FillgridError
  }
  return undefined
}

function unknownEncoding(head: Uint8Array, file: string): FillgridError {
  let at = 0
  while (at < head.length && head[at] < 128) at++
  return new FillgridError(
    'invalid_file',
    `file: text must be UTF-8 or in the encoding of a known dialect, found byte ${head[at]} at offset ${at} of ${file || 'the text'}. ` +
      "Name it with `encoding`, for example 'windows-1252' or 'euc-kr'.",
    { file },
  )
}

/** Every dialect with signs that are all there. */
function fitsOf(
  specs: readonly DialectSpec[],
  lines: readonly Line[],
  file: string,
  given: TextOptions,
  encoding: string,
): Fit[] {
  if (lines.length === 0) return []
  const separator = given.separator ?? findSeparator(lines.slice(headerLike(lines)).map((line) => line.text))
  const fits: Fit[] = []
  for (const spec of specs) {
    if (given.columns && spec.columns === undefined && !isGeneral(spec)) continue
    let best: Fit | undefined
    for (const signs of allSigns(spec)) {
      const own = given.separator ?? spec.separator ?? separator
      const found = match(signs, spec, lines, own, file, given)
      if (found && (!best || found.score > best.score)) best = { spec, separator: own, encoding, ...found }
    }
    if (best) fits.push(best)
  }
  return fits
}

/** Whether a dialect takes any header with the words that are needed. */
function isGeneral(spec: DialectSpec): boolean {
  return allSigns(spec).some((signs) => !signs.header && !signs.row)
}

function allSigns(spec: DialectSpec): readonly DialectSigns[] {
  const { signs } = spec
  return signs === undefined ? [] : Array.isArray(signs) ? signs : [signs as DialectSigns]
}

/** Where rows of one width begin, roughly: past lines that stand alone before a header. */
function headerLike(lines: readonly Line[]): number {
  const width = (line: Line) => Math.max(...SEPARATORS.slice(0, 4).map((mark) => line.text.split(mark).length))
  const wide = width(lines[Math.min(lines.length - 1, BANNER)])
  for (let i = 0; i < Math.min(lines.length - 1, BANNER); i++) if (width(lines[i]) >= wide) return i
  return 0
}

/** Points of a sign; what is told by more of the text weighs more. */
const WEIGHTS = { word: 2, whole: 2, letters: 2, banner: 10, file: 5, separators: 1 }
const SHAPE_WEIGHTS: Readonly<Record<Shape, number>> = {
  any: 0,
  number: 1,
  word: 1,
  clock: 2,
  dayfirst: 2,
  decimal: 2,
  epoch: 2,
  integer: 2,
  iso: 2,
  ofday: 2,
  compact: 3,
  day: 3,
  offset: 3,
  points: 3,
  zero: 3,
  lean: 4,
}

const SHAPES: Readonly<Record<Shape, RegExp>> = {
  any: /^/,
  clock: /^(\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|\d{4}|\d{6})$/,
  compact: /^\d{8}[ T]\d{6}(\d{3})?$/,
  day: /^(1[89]|2[01])\d{6}$/,
  dayfirst: /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/,
  decimal: /^[+-]?\d*[.,]\d+$/,
  epoch: /^(-\d+|\d{9,19})(\.\d+)?$/,
  integer: /^[+-]?\d+$/,
  iso: /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/,
  lean: /^\d{8} \d{2}:\d{2}$/,
  number: /^([+-]?(\d[\d.,' ]*|\.\d+)(e[+-]?\d+)?[kmbt]?|nan|null|none|-|)$/i,
  ofday: /^\d{1,8}(\.\d+)?$/,
  offset: /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/,
  points: /^\d{4}\.\d{2}\.\d{2}/,
  word: /^\D/,
  zero: /^0+([.,]0*)?$/,
}

/** Whether all signs are there, where the header stands, and what they count. */
function match(
  signs: DialectSigns,
  spec: DialectSpec,
  lines: readonly Line[],
  separator: string,
  file: string,
  given: TextOptions,
): { score: number; header: number } | undefined {
  let score = 0
  if (signs.separators) {
    if (!signs.separators.includes(separator)) return undefined
    score += WEIGHTS.separators
  }
  if (signs.file !== undefined) {
    if (!new RegExp(signs.file, 'i').test(baseName(file))) return undefined
    score += WEIGHTS.file
  }
  let header = -1
  if (signs.header) {
    if (given.columns) return undefined
    let most = -1
    for (let i = 0; i < Math.min(lines.length, BANNER); i++) {
      const points = headerScore(signs, splitLine(lines[i].text, separator))
      if (points <= most) continue
      most = points
      header = i
    }
    if (header < 0) return undefined
    score += most
  } else if (!signs.row && !given.columns) {
    header = genericHeader(lines, separator, given)
    if (header < 0) return undefined
  }
  if (signs.banner !== undefined) {
    const banner = new RegExp(signs.banner, 'i')
    if (!lines.slice(0, Math.max(header, 1)).some((line) => banner.test(line.text))) return undefined
    score += WEIGHTS.banner
  }
  if (signs.row) {
    const rows = rowsAfter(lines, header, spec.below ?? 0, separator)
    if (rows.length === 0) return undefined
    const shapes = signs.row
    const good = rows.filter((fields) => rowFits(fields, shapes, signs.more === true))
    if (good.length < rows.length * 0.9) return undefined
    // What stands above rows that fit, and does not, is a header.
    if (header < 0 && good[0] !== rows[0]) return undefined
    if (header < 0 && !ordered(good, spec.columns ?? [])) return undefined
    for (const shape of shapes) score += SHAPE_WEIGHTS[shape]
  }
  return { score, header }
}

function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
}

/** Points of a header line; -1 where it lacks a word. */
function headerScore(signs: DialectSigns, fields: readonly string[]): number {
  const words = fields.map(plainName)
  while (words.length > 1 && words.at(-1) === '') words.pop()
  if (signs.without?.some((word) => words.includes(plainName(word)))) return -1
  let best = -1
  for (const wanted of signs.header!) {
    if (
      signs.letters
        ? !wanted.every((word) => fields.includes(word))
        : !wanted.every((word) => words.includes(plainName(word)))
    )
      continue
    if (signs.whole && !(words.length === wanted.length && wanted.every((word, i) => plainName(word) === words[i])))
      continue
    const points =
      wanted.length * WEIGHTS.word + (signs.whole ? WEIGHTS.whole : 0) + (signs.letters ? WEIGHTS.letters : 0)
    best = Math.max(best, points)
  }
  return best
}

/** The first line with words for a time and a close. */
function genericHeader(lines: readonly Line[], separator: string, given: TextOptions): number {
  for (let i = 0; i < Math.min(lines.length, BANNER); i++) {
    const fields = splitLine(lines[i].text, separator)
    const words = fields.filter((field) => field !== '' && !isData(field)).length
    if (words < 2 || words < fields.filter((field) => field !== '').length / 2) continue
    if (given.roles) return i
    const roles = findRoles(fields, {}, ROLES, {})
    if (roles.time !== undefined && roles.close !== undefined) return i
  }
  return -1
}

function rowsAfter(lines: readonly Line[], header: number, below: number, separator: string): string[][] {
  const from = header + 1 + (header < 0 ? 0 : below)
  return lines.slice(from, from + SAMPLE).map((line) => splitLine(line.text, separator))
}

function rowFits(fields: readonly string[], shapes: readonly Shape[], more: boolean): boolean {
  let n = fields.length
  while (n > shapes.length && fields[n - 1] === '') n--
  if (more ? n < shapes.length : n !== shapes.length) return false
  return shapes.every(
    (shape, i) => SHAPES[shape].test(fields[i]) && (shape !== 'ofday' || Number(fields[i]) < 86400000),
  )
}

/** Without header the prices themselves have to say which is which: no high below, no low above the others. */
function ordered(rows: readonly string[][], columns: readonly string[]): boolean {
  const at = ['open', 'high', 'low', 'close'].map((name) => columns.indexOf(name))
  if (at.includes(-1)) return true
  const number = (field: string) => Number(field.replace(',', '.'))
  const good = rows.filter((row) => {
    const [open, high, low, close] = at.map((column) => number(row[column]))
    return !(Math.max(open, low, close) > high || Math.min(open, high, close) < low)
  })
  return good.length >= rows.length * 0.8
}

/** The layout of a dialect that was asked for, or of the general one, whatever its signs say. */
function forced(spec: DialectSpec, lines: readonly Line[], given: TextOptions, encoding: string): Fit {
  const separator =
    given.separator ?? spec.separator ?? findSeparator(lines.slice(headerLike(lines)).map((line) => line.text))
  const headless = given.columns !== undefined || (spec.columns !== undefined && !hasHeader(spec))
  let header = headless ? -1 : 0
  if (!headless) {
    const found = genericHeader(lines, separator, given)
    if (found >= 0) header = found
  }
  return { spec, score: 0, separator, header, encoding }
}

function hasHeader(spec: DialectSpec): boolean {
  return allSigns(spec).some((signs) => signs.header !== undefined)
}

/** Everything about the text that a dialect leaves open. */
function settle(
  fit: Fit,
  lines: readonly Line[],
  file: string,
  given: TextOptions,
  kind: 'bars' | 'context',
): Detection {
  const { spec, separator, header } = fit
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
  const needed = kind === 'context' || at.close !== undefined
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
  return { spec, dialect, fits: [], notes }
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
