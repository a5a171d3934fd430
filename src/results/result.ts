import * as L from '../../assembly/layout.ts'
import { Sha256 } from '../kernel/sha256.ts'
import type { TableData } from '../kernel/tables.ts'
import type { Market } from '../market/market.ts'
import { type Summary, summarize } from './metrics.ts'
import {
  AMBIGUOUS_COLUMNS,
  contextColumn,
  FILL_COLUMNS,
  ORDER_COLUMNS,
  POSITION_COLUMNS,
  type SchemaColumn,
  TRADE_COLUMNS,
} from './schema.ts'
import type { ResultSettings } from './settings.ts'
import { type Column, Table } from './table.ts'
import { volumeWarnings } from './volume.ts'
import type { Warning } from './warning.ts'

/**
 * SHA-256 (hex) over the parts that make a result, and over all of them: the engine's binary as shipped, the market,
 * the strategy's source or signals, settings and parameters, and the outcome. Host, paths and worker count are not in it.
 */
export interface Fingerprint {
  engine: string
  market: string
  strategy: string
  config: string
  outcome: string
  all: string
}

/** Final equity, total return and drawdown under one path policy. */
export interface BandEntry {
  finalValue: number
  totalReturn: number
  maxDrawdown: number
}

/** What a run leaves: made by `backtest`. */
export interface ResultParts {
  market: Market
  /** First bar of the run; the market's numbering. */
  firstBar: number
  fills: TableData
  trades: TableData
  orders: TableData
  ambiguous: TableData
  positions: OpenPosition[]
  equity: Float64Array
  cash: Float64Array
  metrics: Float64Array
  contextNames: readonly string[]
  settings: ResultSettings
  parameters: Readonly<Record<string, number | string | boolean>>
  strategy: string
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

/** The outcome of one run. Tables are made when they are first asked for; only warnings, the fingerprint and the data's id still need the market. */
export class Result {
  readonly assets: readonly string[]
  /** The market's index of the first bar that was run: row 0 of time, equity and cash. Bars in tables are the market's too. */
  readonly firstBar: number
  /** Start of each bar that was run, ms UTC. */
  get time(): Float64Array {
    this.#ownTime ??= this.#time.slice()
    return this.#ownTime
  }
  /** Equity at the end of each bar that was run, currency. */
  readonly equity: Float64Array
  /** Cash at the end of each bar that was run, currency. */
  readonly cash: Float64Array
  /** Values of METRICS in their order; NaN where undefined. */
  readonly metrics: Float64Array
  /** The same by camelCase name. */
  readonly summary: Summary
  /** Name of the strategy; 'signals' for bare columns. */
  readonly strategy: string
  readonly parameters: Readonly<Record<string, number | string | boolean>>
  /** Settings with all defaults. */
  readonly settings: ResultSettings
  /** With `band`: the same run under the three path policies; the distance is what the way inside bars is worth. */
  band: Readonly<Record<'adverse' | 'favourable' | 'nearest', BandEntry>> | undefined
  readonly #parts: ResultParts
  /** A part of what all results of the market share, and the copy that is handed out. */
  readonly #time: Float64Array
  #ownTime: Float64Array | undefined
  readonly #tables = new Map<string, Table>()
  #fingerprint: Fingerprint | undefined
  #warnings: readonly Warning[] | undefined

  /** Made by `backtest`. @internal */
  constructor(parts: ResultParts) {
    this.#parts = parts
    this.assets = parts.market.assets
    this.firstBar = parts.firstBar
    this.#time = timesOf(parts.market).subarray(parts.firstBar, parts.firstBar + parts.equity.length)
    this.equity = parts.equity
    this.cash = parts.cash
    this.metrics = parts.metrics
    this.summary = summarize(parts.metrics)
    this.strategy = parts.strategy
    this.parameters = parts.parameters
    this.settings = parts.settings
  }

  /** Closed trades in the order of their exits. */
  get trades(): Table {
    const context = this.#parts.contextNames.map(contextColumn)
    return this.#table('trades', [...TRADE_COLUMNS, ...context], this.#parts.trades)
  }

  /** Fills in the order in which they happened. */
  get fills(): Table {
    return this.#table('fills', FILL_COLUMNS, this.#parts.fills)
  }

  /**
   * All orders in the order of their ids, refused and cancelled ones with their reasons. Of a run that goes on those
   * that have ended: what is pending is known to its broker.
   */
  get orders(): Table {
    return this.#tables.get('orders') ?? this.#table('orders', ORDER_COLUMNS, sortedById(this.#parts.orders))
  }

  /** Bars, and assets in them, in which the price's way through the bar decides the fills (semantics 5.7); in the order in which they happened. */
  get ambiguousBars(): Table {
    return this.#table('ambiguous', AMBIGUOUS_COLUMNS, this.#parts.ambiguous)
  }

  /** Positions open at the end, which are not counted as trades. */
  get openPositions(): Table {
    const known = this.#tables.get('positions')
    if (known) return known
    const { positions } = this.#parts
    const take: Record<string, (p: OpenPosition) => number> = {
      asset: (p) => p.asset,
      side: (p) => (p.quantity > 0 ? 1 : 0),
      quantity: (p) => p.quantity,
      entryTime: (p) => this.#time[p.entryBar - this.firstBar],
      entryPrice: (p) => p.average,
      markPrice: (p) => p.mark,
      unrealizedPnl: (p) => (p.mark - p.average) * p.quantity - p.commission,
      commission: (p) => p.commission,
      barsHeld: (p) => p.barsHeld,
      entryBar: (p) => p.entryBar,
      entryOrderId: (p) => p.entryOrder,
    }
    const table = new Table(
      POSITION_COLUMNS,
      {
        rows: positions.length,
        make: (column) => fill(column, positions.length, (row) => take[column.name](positions[row])),
      },
      this.assets,
    )
    this.#tables.set('positions', table)
    return table
  }

  /**
   * What a careful person would want to know. The volumes of all fills are looked up when this is first asked for: where
   * the market was released before, `volume_unknown` says so.
   */
  get warnings(): readonly Warning[] {
    const { warnings, market, fills } = this.#parts
    this.#warnings ??= [...warnings, ...volumeWarnings(market, fills)]
    return this.#warnings
  }

  /**
   * The id of the data it ran on (64 hexadecimal digits): of the content, of where it came from, and of what was done to
   * it. Two runs with one id ran on the same bars, read from the same files in the same way; the fingerprint has the
   * content alone. Worked out when it is first asked for, once a market.
   */
  get dataId(): string {
    return this.#parts.market.digest({ provenance: true })
  }

  /** The five digests and the one over all of them. */
  get fingerprint(): Fingerprint {
    if (this.#fingerprint) return this.#fingerprint
    const { engineDigest, strategyDigest, market } = this.#parts
    const config = new Sha256()
      .update(new TextEncoder().encode(canonical({ settings: moved(this.settings), parameters: this.parameters })))
      .hex()
    const outcome = this.#outcomeDigest()
    const parts = { engine: engineDigest(), market: market.digest(), strategy: strategyDigest(), config, outcome }
    const all = new Sha256().update(new TextEncoder().encode(Object.values(parts).join('\n'))).hex()
    this.#fingerprint = { ...parts, all }
    return this.#fingerprint
  }

  /** Equity and fills as bytes in one order, NaN in its canonical form. */
  #outcomeDigest(): string {
    const hash = new Sha256()
    const add = (values: Float64Array | Int32Array) => {
      const copy = values.slice()
      if (copy instanceof Float64Array)
        for (let i = 0; i < copy.length; i++) if (Number.isNaN(copy[i])) copy[i] = Number.NaN
      hash.update(new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength))
    }
    add(this.equity)
    const { fills, trades } = this.#parts
    const orders = sortedById(this.#parts.orders)
    const tables = [
      [fills, FILL_ORDER],
      [trades, TRADE_ORDER],
      [orders, ENDED_ORDER],
    ] as const
    for (const [table, order] of tables) {
      for (const column of order.f64) add(table.f64(column))
      // The position context of trades.
      for (let column = order.f64.length; column < table.widths.f64; column++) add(table.f64(column))
      for (const column of order.i32) {
        const values = table.i32(column)
        // The places of rules came after the first fingerprints, and follow from what is there.
        add(column === order.code ? values.map((code) => code & order.mask) : values)
      }
    }
    return hash.hex()
  }

  #table(name: string, schema: readonly SchemaColumn[], data: TableData): Table {
    const known = this.#tables.get(name)
    if (known) return known
    const make = (column: Column) =>
      fill(column, data.rows, (column as SchemaColumn).take(data, this.#time, this.firstBar))
    const table = new Table(schema, { rows: data.rows, make }, this.assets)
    this.#tables.set(name, table)
    return table
  }
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

function fill(column: Column, rows: number, take: (row: number) => number): Float64Array | Int32Array {
  const values = column.kind === 'f64' || column.kind === 'time' ? new Float64Array(rows) : new Int32Array(rows)
  for (let row = 0; row < rows; row++) values[row] = take(row)
  return values
}

/** The order in which the outcome's digest takes the columns of the tables, which stays when the layout changes. */
const FILL_ORDER = {
  f64: [L.FILL_QUANTITY, L.FILL_PRICE, L.FILL_BASE, L.FILL_COMMISSION, L.FILL_TAG],
  i32: [L.FILL_BAR, L.FILL_ASSET, L.FILL_ORDER, L.FILL_CODE],
  code: L.FILL_CODE,
  mask: (1 << L.CODE_PLACE_SHIFT) - 1,
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
  mask: (1 << L.CODE_EXIT_PLACE_SHIFT) - 1,
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
  code: -1,
  mask: 0,
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

/** Defaults of settings that came after the first fingerprints: left alone they are not in one, so that none moves. */
const LATER_DEFAULTS: Readonly<Record<string, unknown>> = { ended: 'hold', notListed: 'wait' }

/** The settings that a fingerprint tells of. */
function moved(settings: unknown): unknown {
  const entries = Object.entries(settings as Record<string, unknown>)
  return Object.fromEntries(entries.filter(([name, value]) => LATER_DEFAULTS[name] !== value))
}

/** JSON with the keys in order, so that equal data are equal text; NaN and infinities as words. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  return JSON.stringify(value) ?? 'null'
}
