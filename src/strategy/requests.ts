import type { Moment } from '../market/moment.ts'
import type { OrderType, TimeInForce } from '../results/schema.ts'
import type { Rule, SizeType, Timing } from '../settings/settings.ts'

// What can be asked of the broker. Each is read by the file of its kind: request, bracket, changes.

/** Distance of a trail by volatility: a multiple of the average true range (the indicator `atr`) of so many bars; 14. */
export interface AtrTrail {
  multiple: number
  length?: number
}

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
  /** Of limits, stop-limits and limits-if-touched; buying no less than the touch price of the last, selling no more. */
  limitPrice?: number
  /** Of stops and stop-limits; of orders if touched the touch price, which a limit there would fire at. */
  stopPrice?: number
  /** Distance of a trailing stop or trailing limit in price, or as a fraction of its water mark. */
  trailAmount?: number
  trailFraction?: number
  /** The same as a multiple of the asset's ATR as it is now; it does not follow it (semantics 5.5). One of the three. */
  trailAtr?: AtrTrail
  /**
   * Of a trailing limit: its limit is set once, when its level is reached, this far beyond the level (buying above, selling below;
   * below 0: before it), in the unit of the trail; 0.
   */
  limitOffset?: number
  /** When a market order fills; the run's timing by default. */
  timing?: Timing
  /**
   * How long it lives (semantics 3.14): 'gtc', till it is cancelled, by default; 'gtt' till `goodTill`; market and limit orders
   * may be looked at once, at the first price at which they are live: 'ioc' cancels what is not filled there, 'fok' fills whole or
   * not at all (no target).
   */
  timeInForce?: TimeInForce
  /** The end of its life: ms UTC, ISO 8601 or a Date, after the start of this bar; it is live in bars that start before. */
  goodTill?: Moment
  /**
   * Limits, stop-limits and trailing limits: cancelled, `post_only`, where they are reached at the moment at which they become
   * live; false.
   */
  postOnly?: boolean
  /** Never opens or reverses: units are cut to the position (semantics 3.6). No target and no bracket; false. */
  reduceOnly?: boolean
  /**
   * The id of an order, of any asset, that this one waits for (semantics 3.16): it sleeps until that has its first fill, and is
   * cancelled, `parent`, where that ends with nothing or is not pending now. Not with 'ioc' and 'fok'; none.
   */
  after?: number
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

/** A target of a scaled bracket: a price, and which share of the units is sold there. */
export interface TakeProfit {
  price: number
  /** Above 0; the shares of a bracket add up to 1. */
  share: number
}

/** An entry with children: at least one of the prices. */
export interface BracketRequest extends OrderRequest {
  /** Price of the stop child, an order of its own; `stop` above is a fraction and a rule. */
  stopLossPrice?: number
  /** Price of the limit child, likewise. */
  takeProfitPrice?: number
  /**
   * In place of `takeProfitPrice`: up to eight targets (semantics 3.17), each beyond the one before it, whose shares add up to 1.
   * The last one takes what rounding leaves; a fill of one leaves the others, and takes its units off the stop.
   */
  takeProfits?: readonly TakeProfit[]
  /** Targets after which the stop moves to the average entry price, costs left out, where that tightens it: 1 to one less than there are; never. */
  breakEvenAfter?: number
  /** Targets after which the stop trails by `childTrail...`, which then goes with `stopLossPrice`; never. */
  trailAfter?: number
  /** A trailing child in place of the stop, or with `trailAfter` after it: distance in price, or as a fraction. */
  childTrailAmount?: number
  childTrailFraction?: number
  /** The same as a multiple of the asset's ATR as it is now. */
  childTrailAtr?: AtrTrail
}

/** What may change of a pending order. */
export interface OrderChanges {
  limitPrice?: number
  stopPrice?: number
  /** The new distance of a trailing stop or trailing limit in price, or as a fraction of its water mark, however it was given; one of them. */
  trailAmount?: number
  trailFraction?: number
  /** The same as a multiple of the asset's ATR as it is now. */
  trailAtr?: AtrTrail
  /** The new offset of a trailing limit; needed with a trail in another unit, unless it is 0. */
  limitOffset?: number
  /** The new end, as in a request; Infinity takes it away. Not of orders that are looked at once, and not of children. */
  goodTill?: Moment
  /** Units. */
  quantity?: number
}

/** Which lot of a position is meant, in runs with `lots: 'fifo'`. */
export interface LotOptions {
  /** The id of the order that has opened it (`PositionView.lots`); all of the position without. */
  lot?: number
}

/** Options of closePosition. */
export interface CloseRequest extends LotOptions {
  timing?: Timing
  tag?: number
  signal?: boolean
}
