import * as L from '../../assembly/layout.ts'
import { Sha256 } from '../kernel/sha256.ts'
import type { TableData } from '../kernel/tables.ts'
import type { AnnualPeriods } from '../market/annual.ts'
import type { Market } from '../market/market.ts'
import { configDigest, fingerprintOf, type ResultParts } from './result.ts'
import type { SchemaColumn, Take } from './schema.ts'
import type { ResultSettings } from './settings.ts'
import { type Column, Table, type Values } from './table.ts'
import { tableColumns } from './tables.ts'
import { toldIn } from './told.ts'
import { volumeWarnings } from './volume.ts'
import type { Warning } from './warning.ts'

const DAY = 86400000

/** What a run has written down, in the numbers of the broker. */
export interface Recorded {
  market: Market
  /** First bar of the run; the market's numbering. */
  firstBar: number
  fills: TableData
  trades: TableData
  orders: TableData
  ambiguous: TableData
  positions: readonly OpenPosition[]
  equity: Float64Array
  cash: Float64Array
  metrics: Float64Array
  contextNames: readonly string[]
  settings: ResultSettings
  parameters: Readonly<Record<string, number | string | boolean>>
  strategy: string
  annual: AnnualPeriods
  costModelCalls: number
  /** All but those that take the market's volume, which are worked out when asked for. */
  warnings: readonly Warning[]
  /** SHA-256 of the engine's binary, and of what stands for the strategy; worked out when asked for. */
  engineDigest: () => string
  strategyDigest: () => string
}

/** A position open at the end, in raw numbers. */
export interface OpenPosition {
  asset: number
  quantity: number
  average: number
  mark: number
  commission: number
  barsHeld: number
  entryBar: number
  entryOrder: number
}

/** The parts of a run's Result: tables in words and times, made when they are asked for. */
export function recordedParts(recorded: Recorded): ResultParts {
  const { market, firstBar, fills, equity, cash, metrics, contextNames, settings, parameters, strategy } = recorded
  const { costModelCalls, annual } = recorded
  const { assets } = market
  const times = multipliersOf(market)
  let words: readonly string[] | undefined
  const details = () => {
    words ??= toldIn(fills)
    return words
  }
  const described = { assets, contextNames, instruments: market.instruments, details }
  const time = timesOf(market).subarray(firstBar, firstBar + equity.length)
  return {
    assets,
    firstBar,
    time,
    date: datesOf(market, firstBar, equity.length),
    equity,
    cash,
    metrics,
    contextNames,
    instruments: market.instruments,
    settings,
    parameters,
    strategy,
    details,
    annual,
    costModelCalls,
    market,
    table: (name) => {
      if (name === 'positions') return positionTable(recorded, time)
      const data = name === 'orders' ? sortedById(recorded.orders) : recorded[name]
      const make = (column: Column) =>
        fill(column, data.rows, (column as SchemaColumn).take(data, time, firstBar, times))
      return new Table(tableColumns(name, described), { rows: data.rows, make }, assets)
    },
    warnings: () => [...recorded.warnings, ...volumeWarnings(market, fills)],
    dataId: () => market.digest({ provenance: true }),
    fingerprint: () =>
      fingerprintOf({
        config: configDigest(settings, parameters),
        outcome: outcomeDigest(recorded),
        engine: recorded.engineDigest(),
        market: market.digest(),
        strategy: recorded.strategyDigest(),
      }),
  }
}

function positionTable({ positions, market, firstBar, contextNames }: Recorded, time: Float64Array): Table {
  const times = multipliersOf(market)
  const take: Record<string, (p: OpenPosition) => number> = {
    asset: (p) => p.asset,
    side: (p) => (p.quantity > 0 ? 1 : 0),
    quantity: (p) => p.quantity,
    entryTime: (p) => time[p.entryBar - firstBar],
    entryPrice: (p) => p.average,
    markPrice: (p) => p.mark,
    unrealizedPnl: (p) => (p.mark - p.average) * (p.quantity * times[p.asset]) - p.commission,
    commission: (p) => p.commission,
    barsHeld: (p) => p.barsHeld,
    entryBar: (p) => p.entryBar,
    entryOrderId: (p) => p.entryOrder,
  }
  const rows = positions.length
  const make = (column: Column) => fill(column, rows, (row) => take[column.name](positions[row]))
  return new Table(
    tableColumns('positions', {
      assets: market.assets,
      instruments: market.instruments,
      contextNames,
      details: () => [],
    }),
    { rows, make },
    market.assets,
  )
}

/** The multipliers of the assets, 1 where none is said. */
function multipliersOf(market: Market): Float64Array {
  return Float64Array.from(market.assets, (_, asset) => market.multiplierOf(asset))
}

/** The times of a market's bars, copied once: results outlive it. */
const times = new WeakMap<Market, Float64Array>()

function timesOf(market: Market): Float64Array {
  let copy = times.get(market)
  if (!copy) {
    copy = market.time.slice()
    times.set(market, copy)
  }
  return copy
}

/** The ends and days of a market's return periods, copied once for the same reason. */
const periods = new WeakMap<Market, { ends: Int32Array; days: Int32Array }>()

/** The trade dates of so many bars from one on. */
function datesOf(market: Market, first: number, bars: number): () => Float64Array {
  let copy = periods.get(market)
  if (!copy) {
    copy = { ends: market.periodEnds.slice(), days: market.periodDays.slice() }
    periods.set(market, copy)
  }
  const { ends, days } = copy
  return () => {
    const dates = new Float64Array(bars)
    let period = ends.findIndex((end) => end >= first)
    for (let i = 0; i < bars; i++) {
      while (ends[period] < first + i) period++
      dates[i] = days[period] * DAY
    }
    return dates
  }
}

function fill(column: Column, rows: number, take: ReturnType<Take>): Values {
  // A table's columns are its own: the outcome's digest reads those of the broker.
  if (typeof take !== 'function') return take.slice()
  const values = column.kind === 'f64' || column.kind === 'time' ? new Float64Array(rows) : new Int32Array(rows)
  for (let row = 0; row < rows; row++) values[row] = take(row)
  return values
}

/** Equity and fills as bytes in one order, NaN in its canonical form. */
function outcomeDigest({ equity, fills, trades, orders }: Recorded): string {
  const hash = new Sha256()
  const add = (values: Float64Array | Int32Array) => {
    const copy = values.slice()
    if (copy instanceof Float64Array)
      for (let i = 0; i < copy.length; i++) if (Number.isNaN(copy[i])) copy[i] = Number.NaN
    hash.update(new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength))
  }
  add(equity)
  const tables = [
    [fills, FILL_ORDER],
    [trades, TRADE_ORDER],
    [sortedById(orders), ENDED_ORDER],
  ] as const
  for (const [table, order] of tables) {
    for (const column of order.f64) add(table.f64(column))
    // The position context of trades.
    for (let column = order.context; column < table.widths.f64; column++) add(table.f64(column))
    for (const column of order.i32) {
      const values = table.i32(column)
      add(column === order.code ? values.map(order.told) : values)
    }
  }
  return hash.hex()
}

/** The order in which the outcome's digest takes the columns of the tables, which stays when the layout changes. */
const FILL_ORDER = {
  f64: [L.FILL_QUANTITY, L.FILL_PRICE, L.FILL_BASE, L.FILL_COMMISSION, L.FILL_TAG],
  i32: [L.FILL_BAR, L.FILL_ASSET, L.FILL_ORDER, L.FILL_CODE],
  code: L.FILL_CODE,
  context: L.FILL_F64,
  // The places of rules, and what they say of themselves, came after the first fingerprints, and follow from what is there.
  told: (code: number) => code & ((1 << L.CODE_PLACE_SHIFT) - 1),
}
const TRADE_ORDER = {
  f64: [
    L.TRADE_QUANTITY,
    L.TRADE_ENTRY_PRICE,
    L.TRADE_EXIT_PRICE,
    L.TRADE_PNL,
    L.TRADE_ENTRY_COMMISSION,
    L.TRADE_EXIT_COMMISSION,
    L.TRADE_SLIPPAGE,
    L.TRADE_MFE,
    L.TRADE_MAE,
    L.TRADE_ENTRY_TAG,
    L.TRADE_EXIT_TAG,
  ],
  i32: [
    L.TRADE_ASSET,
    L.TRADE_ENTRY_BAR,
    L.TRADE_EXIT_BAR,
    L.TRADE_BARS_HELD,
    L.TRADE_ENTRY_ORDER,
    L.TRADE_EXIT_ORDER,
    L.TRADE_CODE,
  ],
  code: L.TRADE_CODE,
  context: L.TRADE_F64,
  told: (code: number) => code & ((1 << L.CODE_EXIT_PLACE_SHIFT) - 1),
}
const ENDED_ORDER = {
  f64: [
    L.ENDED_AMOUNT,
    L.ENDED_LIMIT,
    L.ENDED_STOP,
    L.ENDED_TRAIL,
    L.ENDED_FILLED,
    L.ENDED_AVERAGE,
    L.ENDED_COMMISSION,
    L.ENDED_TAG,
  ],
  i32: [L.ENDED_ID, L.ENDED_ASSET, L.ENDED_CREATED, L.ENDED_ENDED_BAR, L.ENDED_PARENT, L.ENDED_GROUP, L.ENDED_CODE],
  code: L.ENDED_CODE,
  context: L.ENDED_F64,
  told: firstOrderCode,
}

/** An order's code as the first fingerprints had it: three bits for its type and four for its reason, later ones behind all else. */
function firstOrderCode(code: number): number {
  const part = (shift: number, most: number) => (code >>> shift) & most
  const type = part(0, 15)
  const reason = part(L.ORDER_CODE_REASON, 31)
  return (
    (type & 7) |
    (part(L.ORDER_CODE_SIZE, 7) << 3) |
    (part(L.ORDER_CODE_TIMING, 3) << 6) |
    (part(L.ORDER_CODE_STATUS, 7) << 8) |
    ((reason & 15) << 11) |
    (part(L.ORDER_CODE_BUY, 1) << 15) |
    (part(L.ORDER_CODE_FLAGS, 4095) << 16) |
    ((type >> 3) << 28) |
    ((reason >> 4) << 29) |
    (part(L.ORDER_CODE_FLAGS + 12, 1) << 30)
  )
}

/** Orders end in any order; of a run that goes on, those that are pending are not among them. */
function sortedById(data: TableData): TableData {
  const ids = data.i32(L.ENDED_ID)
  let last = 0
  let sorted = true
  for (const id of ids) {
    if (id < last) sorted = false
    else last = id
  }
  if (sorted) return data
  // Each at its id, then together.
  const rows = new Int32Array(last).fill(-1)
  ids.forEach((id, row) => {
    rows[id - 1] = row
  })
  return data.reordered(rows.filter((row) => row >= 0))
}
