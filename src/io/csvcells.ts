import { FillgridError } from '../errors.ts'
import type { SignalTable } from '../strategies/list/table.ts'
import { SEPARATORS } from './dialect.ts'
import { fileError } from './head.ts'

/** A row of cells, and the line that it begins in, from 1. */
interface Row {
  cells: string[]
  line: number
}

/**
 * Text in rows of cells, whatever parts them; quoted cells hold separators, quotes and line breaks. Lines before the header that have fewer cells are banners.
 *
 * @throws FillgridError invalid_file for an open quote, no rows, a row that is longer than its header
 */
export function csvCells(given: string, file: string): SignalTable {
  const text = given.replace(/^\uFEFF/, '')
  // Blanks part words here, not cells.
  const found = SEPARATORS.filter((separator) => separator !== ' ')
    .map((separator) => ({ separator, rows: split(text, separator, file, 40) }))
    .sort((a, b) => width(b.rows) - width(a.rows))[0]
  const rows = split(text, found.separator, file)
  const most = width(rows)
  const header = rows.findIndex(({ cells }) => cells.length >= Math.min(2, most) && filled(cells) >= most / 2)
  if (header < 0)
    throw fileError('a header and rows of signals are needed, found none', { file }, 'Is it the right file?')
  const names = unique(rows[header].cells.map((cell) => cell.trim()))
  const body = rows.slice(header + 1)
  for (const { cells, line } of body)
    if (cells.length > names.length && filled(cells.slice(names.length)) > 0)
      throw fileError(
        `${names.length} cells a row are needed, found ${cells.length}`,
        { file, line },
        'Quote cells that hold the separator.',
      )
  return {
    name: file,
    names,
    rows: body.length,
    cell: (row, column) => body[row].cells[column],
    line: (row) => body[row].line,
  }
}

/** How many cells most rows have. */
function width(rows: readonly Row[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  let best = 0
  let most = 0
  for (const [cells, count] of counts)
    if (count > most || (count === most && cells > best)) {
      best = cells
      most = count
    }
  return best
}

function filled(cells: readonly string[]): number {
  return cells.filter((cell) => cell.trim() !== '').length
}

/** A second column of a name gets its number. */
function unique(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name}_${count}`
  })
}

function split(text: string, separator: string, file: string, most = Number.POSITIVE_INFINITY): Row[] {
  const rows: Row[] = []
  let cells: string[] = []
  let line = 1
  let begin = 1
  let at = 0
  const end = () => {
    if (cells.length > 1 || cells[0]?.trim() !== '') rows.push({ cells, line: begin })
    cells = []
  }
  while (at <= text.length && rows.length < most) {
    if (cells.length === 0) begin = line
    let cell: string
    const quoted = /[^\S\r\n\t]*"/y
    quoted.lastIndex = at
    if (quoted.test(text)) {
      let to = quoted.lastIndex
      let open = true
      while (open) {
        const quote = text.indexOf('"', to)
        if (quote < 0) {
          // Of a piece of the text the end may be missing.
          if (most !== Number.POSITIVE_INFINITY) return rows
          throw new FillgridError(
            'invalid_file',
            `${file}: a closing quote is needed, found none for the one in line ${begin}. Close it, or double it.`,
            { file, line: begin },
          )
        }
        if (text[quote + 1] === '"') to = quote + 2
        else {
          open = false
          to = quote
        }
      }
      cell = text.slice(quoted.lastIndex, to).replaceAll('""', '"')
      line += cell.split('\n').length - 1
      at = to + 1
      while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') cell += text[at++]
    } else {
      let to = at
      while (to < text.length && text[to] !== separator && text[to] !== '\n' && text[to] !== '\r') to++
      cell = text.slice(at, to)
      at = to
    }
    cells.push(cell)
    if (text[at] === separator) {
      at++
      continue
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    at++
    line++
    end()
  }
  return rows
}
