import { FillgridError, show } from '../errors.ts'
import { nearNames } from '../market/names.ts'
import { type Dialect, findSeparator, type TextOptions } from './dialect.ts'
import { DIALECTS } from './dialects/catalogue.ts'
import type { DialectSpec } from './dialects/spec.ts'
import { decoderFor, possibleEncodings } from './encoding.ts'
import { fileError, type TableKind } from './head.ts'
import { checkTable, headerLike, type Line, linesOf } from './lines.ts'
import { type Fit, settleDialect } from './settle.ts'
import { allSigns, checkSpec, genericHeader, isGeneral, match } from './signs.ts'

/** What the beginning of a text was found to be. */
export interface Detection {
  spec: DialectSpec
  dialect: Dialect
  /** All dialects that fit, the best first. */
  fits: readonly { name: string; score: number }[]
  /** What was taken for granted, one sentence each. */
  notes: readonly string[]
}

/**
 * Finds the dialect of a text by its first lines: all that are known are tried, the one that most speaks for wins.
 *
 * @param head the beginning of the text as bytes, cut at the end of a line
 * @param kind tables of signals and context have no prices, so nothing but the general reading is tried
 * @throws FillgridError ambiguous_file where two fit equally and read it differently; invalid_file where it is no table
 * of bars; unknown_name, invalid_value
 */
export function detect(head: Uint8Array, file: string, given: TextOptions, kind: TableKind = 'bars'): Detection {
  const specs = kind !== 'bars' ? [GENERIC] : given.dialect === undefined ? DIALECTS : [specOf(given.dialect)]
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
  const detection = settleDialect(chosen, file, given, kind)
  const rivals = fits.filter((fit) => fit !== chosen && fit.score === chosen.score)
  for (const rival of rivals) {
    const other = settleDialect(rival, file, given, kind)
    if (reading(other.dialect) === reading(detection.dialect)) continue
    throw new FillgridError(
      'ambiguous_file',
      `file: the dialect must be certain, found ${chosen.spec.name} (${chosen.spec.title}) and ${rival.spec.name} ` +
        `(${rival.spec.title}) equally likely at ${file || 'the text'}. Choose with \`dialect\`.`,
      { file },
    )
  }
  return { spec: chosen.spec, ...detection, fits: fits.map(({ spec, score }) => ({ name: spec.name, score })) }
}

/** A dialect by its name, or as it was given. @throws FillgridError unknown_name */
export function specOf(given: string | DialectSpec): DialectSpec {
  if (typeof given !== 'string') {
    checkSpec(given)
    return given
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

function unknownEncoding(head: Uint8Array, file: string): FillgridError {
  const start = head.subarray(0, 4096)
  // Text has tabs and line breaks, and no other control characters.
  const odd = start.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length
  if (odd > start.length / 100)
    return fileError('a table of bars is needed, found bytes that are no text', { file }, 'Is it the right file?')
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
      if (found && (!best || found.score > best.score)) best = { spec, separator: own, encoding, lines, ...found }
    }
    if (best) fits.push(best)
  }
  return fits
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
  return { spec, score: 0, separator, header, encoding, lines }
}

function hasHeader(spec: DialectSpec): boolean {
  return allSigns(spec).some((signs) => signs.header !== undefined)
}
