import { FillgridError, show } from '../errors.ts'
import { SEPARATORS } from './dialect.ts'

/** A line of text that is not blank, and its number from 0. */
export interface Line {
  text: string
  at: number
}

/** The lines that are not blank; a line break inside quotes ends none, unless quotes are never closed. */
export function linesOf(text: string, skip: number): Line[] {
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

/** Where rows of one width begin, roughly: past lines that stand alone before a header. */
export function headerLike(lines: readonly Line[]): number {
  const width = (line: Line) => Math.max(...SEPARATORS.slice(0, 4).map((mark) => line.text.split(mark).length))
  const wide = width(lines[Math.min(lines.length - 1, BANNER_LINES)])
  for (let i = 0; i < Math.min(lines.length - 1, BANNER_LINES); i++) if (width(lines[i]) >= wide) return i
  return 0
}

/** Lines that may stand before a header. */
export const BANNER_LINES = 12

/** Refuses what is plainly something else: an answer of a service, a web page. */
export function checkTable(lines: readonly Line[], file: string): void {
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
