import type { Table } from '../results/table.ts'
import { expectTable } from '../results/table.ts'
import { formatCell } from './format.ts'

/** One column of a printed table. */
export interface TextColumn {
  header: string
  /** Numbers to the right (default), words to the left. */
  align?: 'left' | 'right'
}

/**
 * A table of cells that are text already: a line of headers, a rule, one line a row; columns two spaces apart,
 * no space at a line's end. Ends without a line break.
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, c) => Math.max(width(column.header), ...rows.map((row) => width(row[c]))))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) =>
        columns[c].align === 'left' ? cell + pad(widths[c] - width(cell)) : pad(widths[c] - width(cell)) + cell,
      )
      .join('  ')
      .trimEnd()
  return [
    line(columns.map((column) => column.header)),
    widths.map((n) => '─'.repeat(n)).join('  '),
    ...rows.map(line),
  ].join('\n')
}

/**
 * Some rows and columns of a table as text.
 *
 * @param rows row numbers, in the order to print
 * @param names camelCase column names, in the order to print; all columns by default
 * @param headers other words for column names, by camelCase name
 */
export function tableText(
  table: Table,
  rows: Iterable<number>,
  names?: readonly string[],
  headers: Record<string, string> = {},
): string {
  expectTable(table, 'tableText')
  const columns = names ? names.map((name) => table.column(name)) : table.columns
  const words = (kind: string) => kind === 'asset' || kind === 'label' || kind === 'time' || kind === 'bool'
  return textTable(
    columns.map((column) => ({
      header: headers[column.name] ?? title(column.field),
      align: words(column.kind) ? 'left' : 'right',
    })),
    Array.from(rows, (row) => columns.map((column) => formatCell(table.cell(column, row), column))),
  )
}

/** A snake_case field as a header: `entry_time` is `entry time`. */
export function title(field: string): string {
  return field.replaceAll('_', ' ')
}

/** Columns a text takes in a terminal: code points, without colours. */
function width(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour.
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length
}

function pad(n: number): string {
  return ' '.repeat(Math.max(0, n))
}
