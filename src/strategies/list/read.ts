import { FillgridError, show } from '../../errors.ts'
import { expectFields } from '../../market/expect.ts'
import { onlyNames } from '../../market/names.ts'
import { rowsToSignals } from './rows.ts'
import type { ListedSignal, SignalList, TradeSignal } from './signal.ts'
import type { SignalReadOptions, SignalTable } from './table.ts'

const FIELDS: ReadonlySet<string> = new Set(
  Object.keys({
    asset: true,
    time: true,
    side: true,
    id: true,
    entryType: true,
    entryPrice: true,
    stop: true,
    target: true,
    targets: true,
    quantity: true,
    strength: true,
    hold: true,
    expiry: true,
    exitTime: true,
    close: true,
    line: true,
    local: true,
    days: true,
  } satisfies Record<keyof ListedSignal, true>),
)

/** A list as it is given: what was read, or signals as objects. @throws FillgridError invalid_value, unknown_name */
export function readList(given: SignalList | readonly TradeSignal[]): SignalList {
  const list: SignalList = Array.isArray(given) ? { name: 'signals', signals: given, notes: [] } : (given as SignalList)
  if (typeof list !== 'object' || list === null || !Array.isArray(list.signals))
    throw new FillgridError(
      'invalid_value',
      `signals: a list of signals, or what readSignals gives, expected, found ${show(given)}.`,
    )
  list.signals.forEach((signal: unknown, i) => {
    if (typeof signal !== 'object' || signal === null)
      throw new FillgridError(
        'invalid_value',
        `signals[${i}]: an object with asset and time expected, found ${show(signal)}.`,
      )
    onlyNames(signal, FIELDS, `signals[${i}]`, 'a field of a signal (rows of a file are read by signalsOf)')
    const { asset, time } = signal as Partial<TradeSignal>
    if (typeof asset !== 'string' || asset === '')
      throw new FillgridError(
        'invalid_value',
        `signals[${i}].asset: the name of an asset expected, found ${show(asset)}.`,
      )
    if (time === undefined) throw new FillgridError('invalid_value', `signals[${i}].time: a time expected, found none.`)
  })
  return list
}

/**
 * Signals from rows of objects, with the column words of scanners and rule executors in any case: `Ticker` and `Date`, or `signal_id`,
 * `symbol`, `entry_price`, `sl_price`, `tp_price`, `entry_timestamp` (docs/signals.md lists them).
 *
 * @throws FillgridError invalid_file where a column is missing or a row cannot be read
 */
export function signalsOf(rows: readonly object[], options: SignalReadOptions = {}, name = 'signals'): SignalList {
  if (!Array.isArray(rows))
    throw new FillgridError('invalid_value', `${name}: a list of rows expected, found ${show(rows)}.`)
  expectFields(options, name, 'options by name')
  const names = new Map<string, number>()
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new FillgridError(
        'invalid_file',
        `${name}: rows that are objects expected, found ${show(row)} as row ${i + 1}.`,
        { line: i + 1 },
      )
    for (const key of Object.keys(row)) if (!names.has(key)) names.set(key, names.size)
  })
  const keys = [...names.keys()]
  const table: SignalTable = {
    name,
    names: keys,
    rows: rows.length,
    cell: (row, column) => (rows[row] as Record<string, unknown>)[keys[column]],
    line: (row) => row + 1,
  }
  return rowsToSignals(table, options)
}
