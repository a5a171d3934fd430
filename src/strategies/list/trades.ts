import type { Result } from '../../results/result.ts'
import { FILL_REASONS, ORDER_TYPES } from '../../results/schema.ts'
import { type Column, Table, type Values } from '../../results/table.ts'
import type { SignalList } from './signal.ts'
import { END_TAG } from './traded.ts'

/** Why trades of signals ended, in the words of the field. */
export const LIST_EXITS = ['TP', 'SL', 'TIME', 'SIGNAL', 'END', 'OTHER'] as const

/** Figures of trades by their risk. */
export interface RiskFigures {
  /** Trades, all exits of an entry together, and those with pnl > 0 and < 0. */
  numTrades: number
  wins: number
  losses: number
  /** wins / numTrades; NaN without trades. */
  winRate: number
  /** Mean `rr` of the winners, and of all trades; NaN where none has one. */
  avgRr: number
  expectancy: number
}

const column = (name: string, field: string, kind: Column['kind'], unit: string, doc: string): Column => ({
  name,
  field,
  kind,
  unit,
  doc,
})

/**
 * The trades of a result of signals with what the list said of each: a row an exit, as in `result.trades`, which stand behind.
 *
 * `rr` is the signed `(exit - entry) / |entry - initial stop|` in the trade's direction, NaN without a stop (semantics 7.11).
 */
export function listTrades(result: Result, list: SignalList): Table {
  const { trades } = result
  const [tag, side, entry, exit, stop, exitTag, reason, order] = [
    'entryTag',
    'side',
    'entryPrice',
    'exitPrice',
    'entryStop',
    'exitTag',
    'exitReason',
    'exitOrderId',
  ].map((name) => trades.values(name))
  const rows = trades.length
  const signalOf = (row: number) => (tag[row] > 0 ? tag[row] - 1 : -1)
  const long = trades.column('side').labels!.indexOf('long')
  const sign = (row: number) => (side[row] === long ? 1 : -1)
  const ids = list.signals.map((signal, i) => signal.id ?? String(i + 1))
  const each = (value: (row: number) => number) => {
    const values = new Float64Array(rows)
    for (let row = 0; row < rows; row++) values[row] = value(row)
    return values
  }
  const reference = (row: number) => list.signals[signalOf(row)]?.entryPrice ?? Number.NaN
  // Each only when somebody asks.
  const makers: Readonly<Record<string, () => Values>> = {
    signalId: () => Int32Array.from(each((row) => signalOf(row) + 1)),
    rr: () =>
      each((row) => {
        const risk = Math.abs(entry[row] - stop[row])
        return risk > 0 ? (sign(row) * (exit[row] - entry[row])) / risk : Number.NaN
      }),
    exit: () => exitWords(result, rows, exitTag, reason, order),
    referencePrice: () => each(reference),
    entryGap: () => each((row) => sign(row) * (entry[row] - reference(row))),
  }
  const columns: Column[] = [
    { ...column('signalId', 'signal_id', 'label', '', 'The signal that it is of.'), labels: ['', ...ids] },
    column('rr', 'rr', 'f64', '', '(exit - entry) / |entry - initial stop|, signed by the side.'),
    { ...column('exit', 'exit', 'label', '', 'TP, SL, TIME, SIGNAL, END or OTHER.'), labels: [...LIST_EXITS] },
    column('referencePrice', 'reference_price', 'f64', 'price', 'The entry price that the signal names.'),
    column('entryGap', 'entry_gap', 'f64', 'price', 'From that to the entry, above 0 where it was worse.'),
  ]
  const make = (one: Column) => makers[one.name]?.() ?? trades.values(one.name)
  return new Table([...columns, ...trades.columns], { rows, make }, result.assets)
}

/** Numbers of LIST_EXITS by row. */
function exitWords(result: Result, rows: number, tags: Values, reasons: Values, ids: Values): Int32Array {
  const { orders } = result
  const [id, type, parent] = ['id', 'type', 'parentId'].map((name) => orders.values(name))
  const rowOf = new Map(Array.from(id, (one, row) => [one, row]))
  const child = (order: number) => {
    const row = rowOf.get(order)
    if (row === undefined || parent[row] === 0) return undefined
    return ORDER_TYPES[type[row]] === 'limit' ? 'TP' : 'SL'
  }
  const word = (row: number): (typeof LIST_EXITS)[number] => {
    if (tags[row] === END_TAG) return 'END'
    switch (FILL_REASONS[reasons[row]]) {
      case 'target':
        return 'TP'
      case 'stop':
      case 'trail':
        return 'SL'
      case 'time':
      case 'clock':
        return 'TIME'
      case 'order':
      case 'signal':
        return child(ids[row]) ?? 'SIGNAL'
      default:
        return 'OTHER'
    }
  }
  return Int32Array.from({ length: rows }, (_, row) => LIST_EXITS.indexOf(word(row)))
}

/** Figures of such trades by their risk: all exits of an entry are one trade, whose R is the mean of theirs by units. */
export function riskFigures(trades: Table): RiskFigures {
  const [order, pnl, rr, quantity] = ['entryOrderId', 'pnl', 'rr', 'quantity'].map((name) => trades.values(name))
  const entries = new Map<number, { pnl: number; r: number; units: number }>()
  for (let row = 0; row < trades.length; row++) {
    const entry = entries.get(order[row]) ?? { pnl: 0, r: 0, units: 0 }
    const units = Math.abs(quantity[row])
    entry.pnl += pnl[row]
    entry.r += units * rr[row]
    entry.units += units
    entries.set(order[row], entry)
  }
  const all = [...entries.values()]
  const won = all.filter((entry) => entry.pnl > 0)
  return {
    numTrades: all.length,
    wins: won.length,
    losses: all.filter((entry) => entry.pnl < 0).length,
    winRate: all.length > 0 ? won.length / all.length : Number.NaN,
    avgRr: meanR(won),
    expectancy: meanR(all),
  }
}

/** Of those that have one. */
function meanR(entries: readonly { r: number; units: number }[]): number {
  const values = entries.map(({ r, units }) => r / units).filter((value) => !Number.isNaN(value))
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : Number.NaN
}
