import { FillgridError } from '../errors.ts'
import { signalsOf } from '../strategies/list/read.ts'
import { rowsToSignals } from '../strategies/list/rows.ts'
import type { SignalList } from '../strategies/list/signal.ts'
import type { SignalReadOptions, SignalTable } from '../strategies/list/table.ts'
import type { SourceTable } from './columns.ts'
import { csvCells } from './csvcells.ts'
import { decoderFor, possibleEncodings } from './encoding.ts'
import { FORMATS } from './formats.ts'
import { hold, type MarketInput, openSources, type Source } from './sources.ts'

/**
 * A list of signals out of a file (CSV, JSON, Parquet, Arrow, packed or not, a `duckdb:` query), or rows of objects.
 *
 *     const signals = await readSignals('signals.csv')
 *
 * Column words are those of `signalsOf`; lists of trades of TradingView and MetaTrader 5 are known, and act at the times of their fills.
 *
 * @throws FillgridError file_access, invalid_file (file, line, column), unknown_name
 */
export async function readSignals(
  input: MarketInput | readonly object[],
  options: SignalReadOptions = {},
): Promise<SignalList> {
  if (Array.isArray(input)) return signalsOf(input, options)
  const lists: SignalList[] = []
  for (const source of await openSources(await hold(input as MarketInput)))
    lists.push(
      rowsToSignals(await tableOf(source), {
        ...(source.symbol === undefined ? {} : { symbol: source.symbol }),
        ...options,
      }),
    )
  if (lists.length === 1) return lists[0]
  return {
    name: lists.map(({ name }) => name).join(', '),
    signals: lists.flatMap(({ signals }) => signals),
    notes: lists.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
    ...(lists.every(({ stamp }) => stamp === 'instant') ? { stamp: 'instant' as const } : {}),
  }
}

async function tableOf(source: Source): Promise<SignalTable> {
  const { file } = source
  const format = FORMATS.find(({ is }) => is(source.head))
  if (format?.name === 'json') return jsonSignals(source)
  const table = source.table ?? (await format?.table(source, {}))
  return table === undefined ? csvCells(textOf(source), file) : typed(table)
}

function textOf({ bytes }: Source): string {
  const [encoding = 'utf-8'] = possibleEncodings(bytes)
  return decoderFor(encoding).decode(bytes)
}

/** Objects in a list, or in the only list of an object, under whatever name. */
function jsonSignals({ bytes, file }: Source): SignalTable {
  let given: unknown
  try {
    given = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new FillgridError(
      'invalid_file',
      `${file}: JSON expected, found what is none: ${(error as Error).message}. Is it complete?`,
      { file },
      { cause: error },
    )
  }
  const lists = Array.isArray(given) ? [given] : Object.values(given as object).filter((one) => Array.isArray(one))
  if (lists.length !== 1)
    throw new FillgridError(
      'invalid_file',
      `${file}: one list of signals expected, found ${lists.length} in an object of ${Object.keys(given as object).join(', ')}. Give the list alone.`,
      { file },
    )
  const rows = lists[0] as unknown[]
  const names = new Set<string>()
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new FillgridError(
        'invalid_file',
        `${file}: signals that are objects expected, found ${JSON.stringify(row)} as number ${i + 1}.`,
        { file, line: i + 1 },
      )
    for (const name of Object.keys(row)) names.add(name)
  })
  const keys = [...names]
  return {
    name: file,
    names: keys,
    rows: rows.length,
    cell: (row, column) => (rows[row] as Record<string, unknown>)[keys[column]],
    line: (row) => row + 1,
  }
}

/** A table whose columns have types. */
function typed({ file, columns, rows }: SourceTable): SignalTable {
  const readers = columns.map((column) => {
    let read: ((row: number) => unknown) | undefined
    return (row: number) => {
      read ??= reader(column)
      return read(row)
    }
  })
  return {
    name: file,
    names: columns.map(({ name }) => name),
    rows,
    cell: (row, column) => readers[column](row),
    line: (row) => row + 1,
  }
}

function reader(column: SourceTable['columns'][number]): (row: number) => unknown {
  if (column.kind === 'other') return () => undefined
  if (column.kind === 'text' || column.textual) {
    const { codes, words } = column.words()
    return (row) => (codes[row] < 0 ? undefined : words[codes[row]])
  }
  const numbers = column.numbers()
  if (column.kind === 'number') return (row) => (Number.isNaN(numbers[row]) ? undefined : numbers[row])
  return (row) => {
    const ms = numbers[row]
    if (Number.isNaN(ms)) return undefined
    // As text times of a clock that is not named stay such.
    return column.local
      ? new Date(ms)
          .toISOString()
          .replace('Z', '')
          .replace(/T00:00:00\.000$/, '')
      : new Date(ms)
  }
}
