import type { Column, Table, Values } from '../results/table.ts'
import { expectTable } from '../results/table.ts'

/** Rows of a part. */
const PART = 8192

/**
 * A table as CSV text, in parts to be written one after the other: snake_case header, LF line ends, quotes only where
 * needed. Numbers are written so that they read back as the same doubles; NaN and missing words are empty, times ISO 8601
 * UTC.
 */
export function* csvParts(table: Table): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  for (const text of csvTexts(table)) yield encoder.encode(text)
}

/** `csvParts` as one text. */
export function tableToCsv(table: Table): string {
  expectTable(table, 'tableToCsv')
  return [...csvTexts(table)].join('')
}

function* csvTexts(table: Table): Generator<string> {
  const cells = table.columns.map((column) => cellText(column, table.values(column.name), table.assets))
  let text = `${table.columns.map((column) => quoted(column.field)).join(',')}\n`
  for (let row = 0; row < table.length; row++) {
    for (let i = 0; i < cells.length; i++) text += (i === 0 ? '' : ',') + cells[i](row)
    text += '\n'
    if ((row + 1) % PART !== 0) continue
    yield text
    text = ''
  }
  yield text
}

function cellText(column: Column, values: Values, assets: readonly string[]): (row: number) => string {
  switch (column.kind) {
    case 'time':
      return (row) => (Number.isNaN(values[row]) ? '' : new Date(values[row]).toISOString())
    case 'bool':
      return (row) => (values[row] !== 0 ? 'true' : 'false')
    case 'f64':
    case 'i32':
      return (row) => {
        const value = values[row]
        return Number.isNaN(value) ? '' : Object.is(value, -0) ? '-0' : String(value)
      }
    default: {
      const words = (column.kind === 'asset' ? assets : (column.labels ?? [])).map(quoted)
      return (row) => words[values[row]] ?? ''
    }
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
