import { FillgridError, show } from '../errors.ts'
import type { TextOptions } from './dialect.ts'
import { isData, splitLine } from './dialect.ts'
import type { DialectSigns, DialectSpec, Shape } from './dialects/spec.ts'
import { BANNER_LINES, type Line } from './lines.ts'
import { findRoles, plainName, ROLES } from './roles.ts'

/** Rows that are looked at. */
const SAMPLE = 25

/** Refuses a description that is none. @throws FillgridError invalid_value */
export function checkSpec(spec: DialectSpec): void {
  const fail = (rule: string, found: unknown) => {
    const name = typeof spec?.name === 'string' ? ` ${spec.name}` : ''
    throw new FillgridError('invalid_value', `dialect${name}: ${rule}, found ${show(found)}.`)
  }
  if (spec === null || typeof spec !== 'object' || typeof spec.name !== 'string')
    fail('a name or a description is needed', spec)
  const pattern = (part: string, text: unknown) => {
    if (text === undefined) return
    try {
      new RegExp(text as string)
    } catch {
      fail(`${part} must be a regular expression`, text)
    }
    if (typeof text !== 'string') fail(`${part} must be a regular expression`, text)
  }
  pattern('symbol', spec.symbol)
  pattern('day', spec.day)
  const words = (part: string, list: unknown) => {
    if (!Array.isArray(list) || !list.every((word) => typeof word === 'string'))
      fail(`${part} must be a list of words`, list)
  }
  if (spec.columns !== undefined) words('columns', spec.columns)
  for (const [role, names] of Object.entries(spec.roles ?? {})) {
    if (!(ROLES as readonly string[]).includes(role)) fail(`roles are ${ROLES.join(', ')}`, role)
    words(`roles.${role}`, names)
  }
  for (const signs of allSigns(spec)) {
    pattern('signs.file', signs.file)
    pattern('signs.banner', signs.banner)
    for (const header of signs.header ?? []) words('signs.header', header)
    for (const shape of signs.row ?? [])
      if (!(shape in SHAPES)) fail(`shapes are ${Object.keys(SHAPES).join(', ')}`, shape)
  }
}

/** Whether a dialect takes any header with the words that are needed. */
export function isGeneral(spec: DialectSpec): boolean {
  return allSigns(spec).some((signs) => !signs.header && !signs.row)
}

/** The alternatives of its signs. */
export function allSigns(spec: DialectSpec): readonly DialectSigns[] {
  const { signs } = spec
  return signs === undefined ? [] : Array.isArray(signs) ? signs : [signs as DialectSigns]
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
export function match(
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
    for (let i = 0; i < Math.min(lines.length, BANNER_LINES); i++) {
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

/** A file's name without folders. */
export function baseName(file: string): string {
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
export function genericHeader(lines: readonly Line[], separator: string, given: TextOptions): number {
  for (let i = 0; i < Math.min(lines.length, BANNER_LINES); i++) {
    const fields = splitLine(lines[i].text, separator)
    const words = fields.filter((field) => field !== '' && !isData(field)).length
    if (words < 2 || words < fields.filter((field) => field !== '').length / 2) continue
    if (given.roles) return i
    const roles = findRoles(fields, {}, ROLES, {})
    if (roles.time !== undefined && roles.close !== undefined) return i
  }
  return -1
}

/** The fields of the first rows under a header (-1: there is none). */
export function rowsAfter(lines: readonly Line[], header: number, below: number, separator: string): string[][] {
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
