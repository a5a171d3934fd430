import type { FillReason, OrderReason, OrderStatus, OrderType, Phase, TimeInForce } from '../results/schema.ts'

/** An order as it stands now. */
export interface OrderEvent {
  id: number
  /** Index and name of the asset. */
  asset: number
  symbol: string
  type: OrderType
  side: 'buy' | 'sell'
  /** `filling`: pending, and a part of it has traded (semantics 3.12). */
  status: OrderStatus | 'filling'
  /** Why it ended so; '' while it is pending or when it was filled as given. */
  reason: OrderReason
  /** Size as given; see sizeType. */
  amount: number
  sizeType: string
  /** Prices, NaN where the type has none; of a trailing limit that has not been triggered there is no limit yet. */
  limitPrice: number
  /** Of orders if touched: the touch price. */
  stopPrice: number
  /** From the level of a trailing limit to its limit, in the unit of its trail; NaN for other types. */
  limitOffset: number
  /** Distance of a trailing stop or trailing limit in price, or as a fraction of its water mark; NaN for what it is not. */
  trailAmount: number
  trailFraction: number
  /** Units of its fills, unsigned. */
  filledQuantity: number
  /** Average absolute price of its fills, NaN without. */
  filledPrice: number
  createdBar: number
  /** Bracket parent, 0 without. */
  parentId: number
  groupId: number
  tag: number
  timeInForce: TimeInForce
  /** End of a pending order that has one, ms UTC; else NaN, and of orders that have ended. */
  goodTill: number
  postOnly: boolean
  /** It can only reduce a position: given so, a close, or a child of a bracket. */
  reduceOnly: boolean
}

/** One execution. */
export interface FillEvent {
  bar: number
  asset: number
  symbol: string
  /** 0 for exits by rule, time or bust. */
  orderId: number
  side: 'buy' | 'sell'
  /** Units, unsigned: what is executed has a side. */
  quantity: number
  price: number
  basePrice: number
  commission: number
  reason: FillReason
  /**
   * Place in its chain of the rule that it follows, from 0; -1 for a fill of an order, and at a bust. A stop that a rule
   * has moved where the chain had none comes behind the chain.
   */
  rule: number
  /** What that rule says of itself: `stop_loss_5.0%`, as in results (semantics 6.1); '' for other fills. */
  detail: string
  phase: Phase
  tag: number
}

/** A position closed or reduced. */
export interface TradeEvent {
  asset: number
  symbol: string
  /** Units closed, signed as those of the position: above 0 long, below 0 short. */
  quantity: number
  entryBar: number
  exitBar: number
  entryPrice: number
  exitPrice: number
  pnl: number
  barsHeld: number
  exitReason: FillReason
  /** Place in its chain of the rule that closed it, as in fills; -1 without. */
  exitRule: number
  /** What that rule says of itself, as in fills; '' without. */
  exitDetail: string
  mfe: number
  mae: number
  entryOrderId: number
  exitOrderId: number
}
