/** What ledgers worked out by hand are written with. */
import type { Rule } from '../../src/settings/settings.ts'
import { runOracle } from './broker.ts'
import type { AnySettings, BracketSpec, Command, OrderSpec, Outcome, ScenarioMarket } from './types.ts'

/** One asset; rows are O, H, L, C and V (1000). */
export function market(rows: number[][]): ScenarioMarket {
  const column = (i: number) => rows.map((row) => [row[i] ?? 1000])
  return {
    assets: 1,
    bars: rows.length,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
  }
}

/** Runs commands given by bar; bar 0 is a quiet bar at 100 so that orders can be given. */
export function run(rows: number[][], settings: AnySettings, commands: Record<number, Command[]>): Outcome {
  const all = [[100, 100, 100, 100], ...rows]
  return runOracle({ market: market(all), settings, commands: all.map((_, t) => commands[t] ?? []) })
}

export function order(
  type: OrderSpec['type'],
  side: 1 | -1,
  amount: number,
  more: Partial<OrderSpec> = {},
  bracket?: BracketSpec,
) {
  const spec: OrderSpec = { asset: 0, type, side, size: 'units', amount, ...more }
  return { kind: 'order', order: spec, ...(bracket ? { bracket } : {}) } satisfies Command
}

export const ledger = (o: Outcome) => o.fills.map((f) => [f.bar, f.phase, f.order, f.quantity, f.price, f.reason])
export const ends = (o: Outcome) => o.orders.map((x) => (x.reason === '' ? x.status : `${x.status}: ${x.reason}`))
export const last = (o: Outcome) => o.equity[o.equity.length - 1]

export const stop = (distance: number, more: Partial<Rule> = {}): Rule =>
  ({ type: 'stop', distance, unit: 'price', ...more }) as Rule
export const target = (distance: number, more: Partial<Rule> = {}): Rule =>
  ({ type: 'target', distance, unit: 'price', ...more }) as Rule
export const trail = (distance: number): Rule => ({ type: 'trail', distance, unit: 'price' })
