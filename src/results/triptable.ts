import * as L from '../../assembly/layout.ts'
import { type Column, Table, type Values } from './table.ts'
import type { ClosedTrips, TradeSource } from './trips.ts'

/** Columns of the table of trades that a trade has from its first exit, and from its last. */
const FROM_FIRST = ['asset', 'side', 'entryTime', 'entryBar', 'entryReason', 'entryTag', 'entryOrderId']
const FROM_LAST = ['exitTime', 'exitBar', 'exitReason', 'exitTag', 'exitOrderId']

/** What the kernel has put together, by its column. */
const FIGURES: readonly (readonly [place: number, column: Column])[] = [
  [
    L.TRIP_EXITS,
    { name: 'exits', field: 'exits', kind: 'i32', unit: '', doc: 'Rows of the table of trades that are in it.' },
  ],
  [
    L.TRIP_UNITS,
    figure('quantity', 'quantity', 'units', 'Units closed by all of them, signed: above 0 long, below 0 short.'),
  ],
  [L.TRIP_VALUE, figure('value', 'value', 'currency', 'Value at the entry price of what they closed.')],
  [L.TRIP_PNL, figure('pnl', 'pnl', 'currency', 'Sum of their P&L.')],
  [L.TRIP_RETURN, figure('return', 'return', 'fraction', 'pnl / value.')],
  [L.TRIP_R, figure('r', 'r', 'R', 'pnl / risk of the initial stop; NaN where that is not known.')],
  [
    L.TRIP_BARS,
    { name: 'barsHeld', field: 'bars_held', kind: 'i32', unit: 'bars', doc: 'Bars held at the last exit.' },
  ],
  [L.TRIP_DAYS, figure('daysHeld', 'days_held', 'days', 'Days from its entry to its last exit.')],
  [L.TRIP_MFE, figure('mfe', 'mfe', 'fraction', 'The widest maximum favourable excursion.')],
  [L.TRIP_MAE, figure('mae', 'mae', 'fraction', 'The widest maximum adverse excursion, at most 0.')],
  [L.TRIP_COMMISSION, figure('commission', 'commission', 'currency', 'Sum of their commission.')],
  [L.TRIP_SLIPPAGE, figure('slippage', 'slippage', 'currency', 'Sum of their slippage.')],
  [
    L.TRIP_AMBIGUOUS,
    { name: 'ambiguous', field: 'ambiguous', kind: 'bool', unit: '', doc: 'One of them is ambiguous.' },
  ],
]

function figure(name: string, field: string, unit: string, doc: string): Column {
  return { name, field, kind: 'f64', unit, doc }
}

/** Closed trades as a table, a row each. */
export function tripTable(
  { trades, assets }: TradeSource,
  { columns, stride, count, first, last }: ClosedTrips,
): Table {
  const taken = (names: readonly string[], rows: Int32Array) =>
    names.map((name) => {
      const values = trades.values(name)
      const make = () =>
        values instanceof Int32Array ? rows.map((row) => values[row]) : Float64Array.from(rows, (row) => values[row])
      return [trades.column(name), make] as const
    })
  const made = FIGURES.map(([place, column]) => {
    const part = columns.subarray(place * stride, place * stride + count)
    return [column, () => (column.kind !== 'f64' ? Int32Array.from(part) : part.slice()) as Values] as const
  })
  const makers = new Map<Column, () => Values>([...taken(FROM_FIRST, first), ...taken(FROM_LAST, last), ...made])
  return new Table(
    [...makers.keys()],
    { rows: count, make: (column) => (makers.get(column) as () => Values)() },
    assets,
  )
}
