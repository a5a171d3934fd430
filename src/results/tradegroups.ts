import * as L from '../../assembly/layout.ts'
import { Scratch } from '../kernel/scratch.ts'
import { zone } from '../market/zone.ts'
import { type Column, Table, type Values } from './table.ts'
import type { ClosedTrips, TradeSource } from './trips.ts'

/** By what trades can be broken down. */
export const TRADE_GROUPS = [
  'side',
  'asset',
  'year',
  'month',
  'weekday',
  'hour',
  'entryReason',
  'exitReason',
  'exitDetail',
  'entryTag',
  'exitTag',
  'ambiguous',
  'barsHeld',
] as const
export type TradeGroup = (typeof TRADE_GROUPS)[number]

/** Which time of a trade its year, month, weekday and hour are. */
export const TRADE_TIMES = ['entry', 'exit'] as const
export type TradeTime = (typeof TRADE_TIMES)[number]

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const DAY = 86_400_000

/** What the kernel writes of each group, in the order of GROUP_*. */
const FIGURES: readonly Column[] = [
  count('numTrades', 'num_trades', 'Closed trades.'),
  count('winningTrades', 'winning_trades', 'Trades with P&L > 0.'),
  count('losingTrades', 'losing_trades', 'Trades with P&L < 0.'),
  number('winRate', 'win_rate', 'fraction', 'winningTrades / numTrades.'),
  number('pnl', 'pnl', 'currency', 'Sum of their P&L.'),
  number('profitFactor', 'profit_factor', '', 'Sum of the P&L of wins / that of losses. NaN without losses.'),
  number('expectancy', 'expectancy', 'currency', 'Mean P&L.'),
  number('avgWin', 'avg_win', 'currency', 'Mean P&L of the wins. NaN without one.'),
  number('avgLoss', 'avg_loss', 'currency', 'Mean P&L of the losses, negative. NaN without one.'),
  number('largestWin', 'largest_win', 'currency', 'Largest P&L of a win. NaN without one.'),
  number('largestLoss', 'largest_loss', 'currency', 'Largest loss, as negative P&L. NaN without one.'),
  number('expectancyReturn', 'expectancy_return', 'fraction', 'Mean P&L / value at the entry price.'),
  number('avgBarsHeld', 'avg_bars_held', 'bars', 'Mean bars held.'),
  number('commission', 'commission', 'currency', 'Commission of their exits and their share of that of their entries.'),
  number('slippage', 'slippage', 'currency', 'Slippage likewise.'),
]

function number(name: string, field: string, unit: string, doc: string): Column {
  return { name, field, kind: 'f64', unit, doc }
}

function count(name: string, field: string, doc: string): Column {
  return { name, field, kind: 'i32', unit: '', doc }
}

/** What trades have in common: the column that says it, and the place of each trade in it. */
interface Grouped {
  column: Column
  values: Values
  groups: Int32Array
}

/** A row for each group that there is, in order, with the figures of its trades. */
export function groupTable(source: TradeSource, trips: ClosedTrips, by: TradeGroup, at: TradeTime, of: string): Table {
  const { column, values, groups } = grouped(source, trips, by, at, of)
  const rows = values.length
  const figures = Scratch.use('a breakdown of trades', (scratch) => {
    const dst = scratch.room(8 * L.GROUP_COUNT * rows)
    const columns = scratch.place(trips.columns.subarray(0, L.TRIP_AMBIGUOUS * trips.stride))
    scratch.kernels.groupFigures(columns, trips.stride, trips.count, scratch.place(groups), rows, dst)
    return scratch.read(dst, L.GROUP_COUNT * rows)
  })
  const made = FIGURES.map(({ name, kind }, i) => {
    const part = figures.subarray(i * rows, (i + 1) * rows)
    return [name, kind === 'i32' ? Int32Array.from(part) : part.slice()] as const
  })
  return new Table([column, ...FIGURES], new Map<string, Values>([[column.name, values], ...made]), source.assets)
}

function grouped(source: TradeSource, trips: ClosedTrips, by: TradeGroup, at: TradeTime, of: string): Grouped {
  const { trades } = source
  switch (by) {
    case 'year':
    case 'month':
    case 'weekday':
    case 'hour':
      return byTime(source, trips, by, at, of)
    case 'barsHeld':
      return byLength(trips)
    case 'ambiguous':
      return byDoubt(trades, trips)
    default:
      return byColumn(trades, by, by.startsWith('exit') ? trips.last : trips.first, trips.count)
  }
}

/** By a column of the table of trades: what its first exit says of the entry, or its last one of the exit. */
function byColumn(trades: Table, by: string, rows: Int32Array, n: number): Grouped {
  const values = trades.values(by)
  const keys = values instanceof Int32Array ? wholeAt(values, rows, n) : doublesAt(values, rows, n)
  const { groups, found } = numbered(keys)
  return { column: trades.column(by), values: found, groups }
}

// One loop for each kind of column: one for both is several times slower.

function wholeAt(values: Int32Array, rows: Int32Array, n: number): Int32Array {
  const out = new Int32Array(n)
  for (let trip = 0; trip < n; trip++) out[trip] = values[rows[trip]]
  return out
}

function doublesAt(values: Float64Array, rows: Int32Array, n: number): Float64Array {
  const out = new Float64Array(n)
  for (let trip = 0; trip < n; trip++) out[trip] = values[rows[trip]]
  return out
}

/** By what the clocks of a zone show at the start of the bar of the entry or of the last exit. */
function byTime(source: TradeSource, trips: ClosedTrips, by: string, at: TradeTime, of: string): Grouped {
  const { trades, time, firstBar } = source
  const [rows, bars] =
    at === 'entry' ? [trips.first, trades.values('entryBar')] : [trips.last, trades.values('exitBar')]
  const clocks = zone(of)
  // A bar has many trades, and a zone is slow to ask.
  const known = new Int32Array(time.length).fill(-1)
  const keys = new Int32Array(trips.count)
  for (let trip = 0; trip < trips.count; trip++) {
    const bar = bars[rows[trip]] - firstBar
    if (known[bar] < 0) known[bar] = timeKey(by, clocks.toLocal(time[bar]))
    keys[trip] = known[bar]
  }
  const { groups, found } = numbered(keys)
  const doc = `${by[0].toUpperCase()}${by.slice(1)} of the ${at}, by the clocks of ${of}.`
  if (by === 'year' || by === 'hour')
    return { column: { name: by, field: by, kind: 'i32', unit: '', doc }, values: found, groups }
  const labels = Array.from(found, (key) => (by === 'weekday' ? WEEKDAYS[key] : monthText(key)))
  return worded(by, by, doc, labels, groups)
}

/** The year, the month counted from the year 0, the weekday from Monday on, the hour. @param local ms that the clocks show */
function timeKey(by: string, local: number): number {
  if (by === 'hour') return Math.floor(local / 3_600_000) - 24 * Math.floor(local / DAY)
  if (by === 'weekday') return (((Math.floor(local / DAY) + 3) % 7) + 7) % 7
  const date = new Date(local)
  return by === 'year' ? date.getUTCFullYear() : 12 * date.getUTCFullYear() + date.getUTCMonth()
}

function monthText(key: number): string {
  return `${String(Math.floor(key / 12)).padStart(4, '0')}-${String((key % 12) + 1).padStart(2, '0')}`
}

/** By whether one of its exits is ambiguous. */
function byDoubt(trades: Table, { columns, stride, count: n }: ClosedTrips): Grouped {
  const keys = new Int32Array(n)
  for (let trip = 0; trip < n; trip++) keys[trip] = columns[L.TRIP_AMBIGUOUS * stride + trip]
  const { groups, found } = numbered(keys)
  return { column: trades.column('ambiguous'), values: found, groups }
}

/** By bars held, in spans that double: 0, 1, 2-3, 4-7 and so on. */
function byLength({ columns, stride, count: n }: ClosedTrips): Grouped {
  const keys = new Int32Array(n)
  for (let trip = 0; trip < n; trip++) keys[trip] = 32 - Math.clz32(columns[L.TRIP_BARS * stride + trip])
  const { groups, found } = numbered(keys)
  const labels = Array.from(found, (key) => (key < 2 ? String(key) : `${2 ** (key - 1)}-${2 ** key - 1}`))
  return worded(
    'barsHeld',
    'bars_held',
    "The asset's own bars from after the entry bar up to the last exit.",
    labels,
    groups,
  )
}

/** Groups that have words, in their order. */
function worded(name: string, field: string, doc: string, labels: string[], groups: Int32Array): Grouped {
  const column: Column = { name, field, kind: 'label', labels, unit: '', doc }
  return { column, values: Int32Array.from(labels.keys()), groups }
}

/** Whole numbers that are no further apart are looked up in a list instead of a map. */
const SPAN = 65_536

/** The different keys in ascending order, and which of them each is. */
function numbered(given: Int32Array | Float64Array): { groups: Int32Array; found: Values } {
  const keys = given instanceof Int32Array ? given : wholeOf(given)
  if (keys instanceof Int32Array) {
    let [least, most] = [0, 0]
    if (keys.length > 0) least = most = keys[0]
    for (let i = 1; i < keys.length; i++) {
      if (keys[i] < least) least = keys[i]
      else if (keys[i] > most) most = keys[i]
    }
    if (most - least < SPAN) {
      const { groups, found } = listed(keys, least, most)
      return { groups, found: given instanceof Int32Array ? found : Float64Array.from(found) }
    }
  }
  const found = (keys instanceof Int32Array ? Int32Array : Float64Array).from(new Set(keys)).sort()
  const places = new Map<number, number>()
  found.forEach((key, i) => {
    places.set(key, i)
  })
  const groups = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++)
    groups[i] = i > 0 && keys[i] === keys[i - 1] ? groups[i - 1] : (places.get(keys[i]) as number)
  return { groups, found }
}

/** Doubles as whole numbers where all of them are, as tags mostly are: these need no map. */
function wholeOf(keys: Float64Array): Int32Array | Float64Array {
  const whole = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] | 0
    if (key !== keys[i]) return keys
    whole[i] = key
  }
  return whole
}

/** The same of whole numbers between two. */
function listed(keys: Int32Array, least: number, most: number): { groups: Int32Array; found: Int32Array } {
  const places = new Int32Array(most - least + 1).fill(-1)
  for (let i = 0; i < keys.length; i++) places[keys[i] - least] = 0
  const found: number[] = []
  for (let i = 0; i < places.length; i++) if (places[i] === 0) places[i] = found.push(i + least) - 1
  const groups = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) groups[i] = places[keys[i] - least]
  return { groups, found: keys.length === 0 ? new Int32Array(0) : Int32Array.from(found) }
}
