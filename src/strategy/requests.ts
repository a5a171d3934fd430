import type { OrderType } from '../results/schema.ts'
import type { Rule, SizeType, Timing } from '../settings/settings.ts'

// What can be asked of the broker. Each is read by the file of its kind: request, bracket, changes.

/** An order. Assets by index or name, prices in price, see Broker.submitOrder for sizes. */
export interface OrderRequest {
  asset: number | string
  /** 'market' by default. */
  type?: OrderType
  side?: 'buy' | 'sell'
  /** Units; without `side` the sign decides. */
  quantity?: number
  /** Currency, turned into units when it fills. */
  value?: number
  /** Fraction of equity, turned into units when it fills. */
  fraction?: number
  /** Any size, targets included; in place of the three above. */
  size?: { type: SizeType; amount: number }
  limitPrice?: number
  stopPrice?: number
  /** Distance of a trailing stop in price, or as a fraction of its water mark. */
  trailAmount?: number
  trailFraction?: number
  /** When a market order fills; the run's timing by default. */
  timing?: Timing
  /** A number of the caller's own, in fills and trades; 0. */
  tag?: number
  /**
   * Fractions of the entry that become the rules of the position this order opens, in place of the other rules; the words
   * that signals and rules have for them. `stopPrice` above is where a stop order is triggered.
   */
  stop?: number
  target?: number
  trail?: number
  /** The same as a whole chain, of 1 to 8 rules of any kind (semantics 6.1); in place of the three above. */
  rules?: readonly Rule[]
  /** Says `signal` as the reason of its fills. */
  signal?: boolean
}

/** Options of target orders. */
export type TargetOptions = Omit<OrderRequest, 'asset' | 'side' | 'quantity' | 'value' | 'fraction' | 'size'>

/** An entry with children: at least one of the prices. */
export interface BracketRequest extends OrderRequest {
  /** Price of the stop child, an order of its own; `stop` above is a fraction and a rule. */
  stopLossPrice?: number
  /** Price of the limit child, likewise. */
  takeProfitPrice?: number
  /** A trailing child in place of the stop: distance in price, or as a fraction. */
  childTrailAmount?: number
  childTrailFraction?: number
}

/** What may change of a pending order. */
export interface OrderChanges {
  limitPrice?: number
  stopPrice?: number
  /** The new distance of a trailing stop in price, or as a fraction of its water mark, however it was given; one of them. */
  trailAmount?: number
  trailFraction?: number
  /** Units. */
  quantity?: number
}

/** Options of closePosition. */
export interface CloseRequest {
  timing?: Timing
  tag?: number
  signal?: boolean
}
