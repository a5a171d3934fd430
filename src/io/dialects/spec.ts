import type { CheckPolicies } from '../../market/checks.ts'
import type { DateOrder, EpochUnit } from '../../market/stamp.ts'
import type { Role } from '../roles.ts'

/**
 * What a field of a row looks like. From the most telling: `zero` (0, 0.0), `compact` (20240131 093000), `day` (20240131),
 * `points` (2024.01.31), `dayfirst` (31.01.2024, 31/01/2024), `iso` (2024-01-31, with a time of day or without),
 * `offset` (the same with a zone behind it), `lean` (20240131 09:30), `clock` (9:30, 09:30:00, 093000), `ofday` (ms since
 * midnight), `epoch` (a number since 1970), `integer`, `decimal` (with a fraction), `number` (either, or missing), `word`
 * (letters), `any`.
 */
export type Shape =
  | 'any'
  | 'clock'
  | 'compact'
  | 'day'
  | 'dayfirst'
  | 'decimal'
  | 'epoch'
  | 'integer'
  | 'iso'
  | 'lean'
  | 'number'
  | 'ofday'
  | 'offset'
  | 'points'
  | 'word'
  | 'zero'

/** How a dialect is told from the others. What is given must hold; the more it is, the more certain the answer. */
export interface DialectSigns {
  /** Words that the header has, as they stand there but for letter case and punctuation; several lists: any one. */
  header?: readonly (readonly string[])[]
  /** Words that the header must not have. */
  without?: readonly string[]
  /** The header has these words only, in this order. */
  whole?: boolean
  /** The header's words have these letters exactly. */
  letters?: boolean
  /** A regular expression for one of the lines before the header. */
  banner?: string
  /** Shapes of the fields of every row; without `header` the file has none. A row may go on after them with `more`. */
  row?: readonly Shape[]
  more?: boolean
  /** The separators it comes with. Default: any. */
  separators?: readonly string[]
  /** A regular expression for the file's name without folders and letter case; it must match. */
  file?: string
}

/**
 * A way to write bars as text: data, not code. Everything but the name and the signs may be left out; it is then found in
 * the file. What the user gives wins over all of it.
 */
export interface DialectSpec {
  /** Lower case, words joined by hyphens; what `dialect` and `--dialect` take. */
  name: string
  /** Who writes it, for people. */
  title: string
  /** Where the description comes from: the vendor's own words, or the files it was seen in. */
  source: string
  /** Several: any of them. Without signs it is never found, only named. */
  signs?: DialectSigns | readonly DialectSigns[]
  /** What the rows are. Default bars. The others are recognised and left to their own readers. */
  kind?: 'bars' | 'trades' | 'quotes' | 'factors'
  separator?: string
  decimal?: '.' | ','
  /** The mark between groups of three digits. */
  thousands?: string
  /** Encodings beside UTF-8 that it comes in, as TextDecoder names them. */
  encodings?: readonly string[]
  /** Names of the columns in order: where there is no header, or where it is wrong. An empty name is a column that nobody needs. */
  columns?: readonly string[]
  /** Lines between the header and the rows. Default 0. */
  below?: number
  /** Header words by role, the first that is there; 'volume*' is the first word that begins so. */
  roles?: Readonly<Partial<Record<Role, readonly string[]>>>
  dateOrder?: DateOrder
  timeUnit?: EpochUnit
  /**
   * The clock of stamps that do not name their zone: an IANA name, an offset, or either with a shift
   * ('America/New_York+07:00' is seven hours ahead of New York). Several: the vendor does not keep to one, and the one
   * in which weeks open when such markets open is taken, with a remark.
   */
  timezone?: string | readonly string[]
  /** The clock by the word that heads the time column. */
  zones?: Readonly<Record<string, string>>
  /** What a stamp labels. Default: the start of its bar. */
  barTime?: 'open' | 'close'
  /** What prices are multiplied by. Default 1. */
  scale?: number
  /** Times are of a day that the file's name says: a regular expression with the day (yyyymmdd) as its first group. */
  day?: string
  /** The symbol in the file's stem: a regular expression with the symbol as its first group. */
  symbol?: string
  /** Policies that fit this vendor better than the general ones. */
  checks?: CheckPolicies
  /** What its users should know, one sentence each; shown by `fillgrid data inspect`. */
  notes?: readonly string[]
}
