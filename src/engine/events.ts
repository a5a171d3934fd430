import type { FillReason, OrderReason, OrderStatus, OrderType, Phase } from '../results/schema.ts'

/** An order as it stands now. */
export interface OrderEvent {
  id: number
  /** Index and name of the asset. */
  asset: number
  symbol: string
  type: OrderType
  side: 'buy' | 'sell'
  status: OrderStatus
  /** Why it ended so; '' while it is pending or when it was filled as given. */
  reason: OrderReason
  /** Size as given; see sizeType. */
  amount: number
  sizeType: string
  limitPrice: number
  stopPrice: number
  trailAmount: number
  /** Units of its fills. */
  filledQuantity: number
  /** Average absolute price of its fills, NaN without. */
  filledPrice: number
  createdBar: number
  /** Bracket parent, 0 without. */
  parentId: number
  groupId: number
  tag: number
}

/** One execution. */
export interface FillEvent {
  bar: number
  asset: number
  symbol: string
  /** 0 for exits by rule, time or bust. */
  orderId: number
  side: 'buy' | 'sell'
  quantity: number
  price: number
  basePrice: number
  commission: number
  reason: FillReason
  phase: Phase
  tag: number
}

/** A position closed or reduced. */
export interface TradeEvent {
  asset: number
  symbol: string
  /** Signed units. */
  quantity: number
  entryBar: number
  exitBar: number
  entryPrice: number
  exitPrice: number
  pnl: number
  barsHeld: number
  exitReason: FillReason
  mfe: number
  mae: number
  entryOrderId: number
  exitOrderId: number
}
