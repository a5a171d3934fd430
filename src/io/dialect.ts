import type { Role } from './roles.ts'
import type { EpochUnit } from './stamp.ts'

/** How a text file says what it says; a description, not code. Every part can be given, the rest is found in the file. */
export interface Dialect {
  /** One character between fields. */
  separator: string
  /** The decimal mark of its numbers. */
  decimal: '.' | ','
  /** Lines before the header (or before the first row, without header). */
  skipLines: number
  /** Names of the columns, for files without header; undefined: the first line is the header. */
  columns?: readonly string[]
  /** Names of the columns that have a role, where their header words do not say it. */
  roles?: Readonly<Partial<Record<Role, string>>>
  /** Unit of numeric time stamps; undefined: by their size. */
  timeUnit?: EpochUnit
}

const SEPARATORS = [',', ';', '\t', '|']

/**
 * The dialect of a text by its first lines.
 *
 * @param head the beginning of the text, without byte order mark, at least a line and a row if it has that many
 * @param given what the caller knows; it wins
 */
export function detectDialect(head: string, given: Partial<Dialect>): Dialect {
  const skipLines = given.skipLines ?? 0
  const lines = head
    .split(/\r?\n/)
    .slice(skipLines)
    .filter((line) => line.trim() !== '')
  const separator = given.separator ?? commonSeparator(lines[0] ?? '')
  return { ...given, skipLines, separator, decimal: given.decimal ?? decimalMark(lines.slice(1, 20), separator) }
}

/** The separator that the line has most of, outside quotes; the first of the list among equals. */
function commonSeparator(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  let best = SEPARATORS[0]
  for (const separator of SEPARATORS) if (bare.split(separator).length > bare.split(best).length) best = separator
  return best
}

/** A comma is the decimal mark where it does not separate, stands in numbers, and no number has a point. */
function decimalMark(rows: readonly string[], separator: string): '.' | ',' {
  if (separator === ',') return '.'
  const fields = rows.flatMap((row) => splitLine(row, separator))
  const comma = fields.some((field) => /^[+-]?\d+,\d+$/.test(field))
  return comma && !fields.some((field) => /^[+-]?\d+\.\d+$/.test(field)) ? ',' : '.'
}

/** The fields of one line, unquoted and without blanks around them. */
export function splitLine(line: string, separator: string): string[] {
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (quoted) {
      if (c !== '"') field += c
      else if (line[i + 1] === '"') field += line[++i]
      else quoted = false
    } else if (c === '"' && field.trim() === '') {
      quoted = true
      field = ''
    } else if (c === separator) {
      fields.push(field.trim())
      field = ''
    } else field += c
  }
  fields.push(field.trim())
  return fields
}
