import type { Node } from '../expression/node.ts'
import type { ExpressedField } from './expressedcolumns.ts'
import type { ParameterSchema, SignalStrategy } from './strategy.ts'

/**
 * A strategy of expressions as plain data, which `JSON.stringify` writes and `readStrategy` makes the same strategy of, wherever it is:
 * in a worker, from a file, on another machine.
 */
export interface StrategyData {
  readonly kind: 'expressions'
  /** Of this form. */
  readonly version: 1
  readonly name: string
  readonly parameters: ParameterSchema
  readonly constraints: readonly string[]
  /** Expressions by field: all as nodes, or all as texts, which are read where the columns of the market are known. */
  readonly fields: Readonly<Partial<Record<ExpressedField, Node | string>>>
  /** Several targets in the place of `takeProfit`, the nearest first. */
  readonly takeProfits?: readonly { readonly distance: Node; readonly share: Node }[]
  readonly breakEvenAfter?: number
  readonly trailAfter?: number
}

const DATA = new WeakMap<object, StrategyData>()

/** Gives a strategy its plain data. */
export function withData(strategy: SignalStrategy, data: StrategyData): SignalStrategy {
  Object.defineProperty(strategy, 'toJSON', { value: () => data })
  DATA.set(strategy, data)
  return strategy
}

/** The plain data of a strategy of expressions; undefined for any other. */
export function dataOf(strategy: unknown): StrategyData | undefined {
  return typeof strategy === 'object' && strategy !== null ? DATA.get(strategy) : undefined
}
