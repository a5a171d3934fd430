/** Small markets and strategies made of functions, for tests of what surrounds the broker. */

import { FillgridError } from '../../src/errors.ts'
import type { MarketOptions } from '../../src/market/input.ts'
import { Market } from '../../src/market/market.ts'
import type { Table } from '../../src/results/table.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { FillEvent, OrderEvent, TradeEvent } from '../../src/strategy/events.ts'
import { type ParameterSchema, Strategy, type StrategyClass } from '../../src/strategy/strategy.ts'

export const DAY = 86_400_000

/** O, H, L, C and volume; null is an absent bar. */
export type Row = readonly number[] | null

/** A market of daily bars from 1970-01-01 on, or of others: one asset A from rows, or several by name. */
export function market(
  given: readonly Row[] | Record<string, readonly Row[]>,
  options: MarketOptions = {},
  { from = 0, step = DAY }: { from?: number; step?: number } = {},
): Market {
  const assets = Array.isArray(given) ? { A: given as readonly Row[] } : (given as Record<string, readonly Row[]>)
  const rows = Object.values(assets)
  const bars = rows[0].length
  const column = (i: number) =>
    Float64Array.from(
      { length: bars * rows.length },
      (_, at) => rows[at % rows.length][Math.floor(at / rows.length)]?.[i] ?? (i === 4 ? 1000 : Number.NaN),
    )
  return Market.from(
    {
      assets: Object.keys(assets),
      time: Float64Array.from({ length: bars }, (_, bar) => from + bar * step),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4),
    },
    options,
  )
}

/** Bars of one price each. */
export function flat(...prices: number[]): Row[] {
  return prices.map((price) => [price, price, price, price])
}

/** A seeded random walk: bars with a range, gaps and an absent bar now and then (not the first or last). */
export function walk(bars: number, seed: number, hole = 0.03): Row[] {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return (Math.imul(state ^ (state >>> 13), 0x297a2d39) >>> 0) / 4294967296
  }
  let last = 100
  return Array.from({ length: bars }, (_, bar) => {
    const open = last * (1 + (random() - 0.5) * 0.02)
    const close = open * (1 + (random() - 0.5) * 0.04)
    const high = Math.max(open, close) * (1 + random() * 0.01)
    const low = Math.min(open, close) * (1 - random() * 0.01)
    const absent = random() < hole && bar > 0 && bar < bars - 1
    if (!absent) last = close
    const volume = Math.floor(random() * 1000)
    return absent ? null : [open, high, low, close, volume]
  })
}

/** Hooks as functions; `this` is the strategy. */
export interface Hooks {
  onStart?(this: Strategy, broker: Broker): void
  onBar?(this: Strategy, bar: Bar, broker: Broker): void
  onOrder?(this: Strategy, order: OrderEvent, broker: Broker): void
  onFill?(this: Strategy, fill: FillEvent, broker: Broker): void
  onTrade?(this: Strategy, trade: TradeEvent, broker: Broker): void
  onEnd?(this: Strategy, broker: Broker): void
}

/** A strategy class of these hooks. */
export function strategy(
  hooks: Hooks,
  statics: { parameters?: ParameterSchema; contextNames?: readonly string[] } = {},
): StrategyClass {
  class Scripted extends Strategy {}
  Object.assign(Scripted.prototype, hooks)
  return Object.assign(Scripted, statics)
}

/** A strategy that does something in the hooks of some bars. */
export function at(steps: Record<number, (broker: Broker, bar: Bar) => void>, hooks: Hooks = {}): StrategyClass {
  return strategy({
    ...hooks,
    onBar(bar, broker) {
      steps[bar.index]?.(broker, bar)
    },
  })
}

/** Some columns of a table, row by row. */
export function rows(table: Table, ...names: string[]): unknown[][] {
  return [...table].map((row) => names.map((name) => row[name]))
}

/** Everything a result says that is not a hash, as text: NaN equals NaN, -0 differs from 0. */
export function textOf(result: {
  trades: Table
  fills: Table
  orders: Table
  openPositions: Table
  ambiguousBars: Table
  equity: Float64Array
  cash: Float64Array
  metrics: Float64Array
}): string {
  const number = (x: number) => (Object.is(x, -0) ? '-0' : String(x))
  const { trades, fills, orders, openPositions, ambiguousBars } = result
  const tables = [trades, fills, orders, openPositions, ambiguousBars].map((table) =>
    table.columns.map(({ name }) => [name, Array.from(table.values(name), number)]),
  )
  return JSON.stringify([
    tables,
    ...[result.equity, result.cash, result.metrics].map((values) => Array.from(values, number)),
  ])
}

/** The typed error that a call ends in. */
export function failure(call: () => unknown): FillgridError {
  try {
    call()
  } catch (error) {
    if (error instanceof FillgridError) return error
    throw error
  }
  throw new Error('an error was expected, nothing was thrown')
}

/** What a hook's own error was: the cause of the error that the run ends in. */
export function causeOf(error: FillgridError): FillgridError {
  if (!(error.cause instanceof FillgridError)) throw error
  return error.cause
}
