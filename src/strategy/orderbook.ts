import * as L from '../../assembly/layout.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import { ORDER_REASONS, ORDER_STATUSES, ORDER_TYPES, SIZE_TYPES, TIMES_IN_FORCE } from '../results/schema.ts'
import type { Clock } from './clock.ts'
import type { OrderEvent } from './events.ts'
import { LIMITED, STOPPED, TRAILING } from './ordertypes.ts'

/** A run's orders as a hook reads them: pending in the pool, ended in their table. Orders in the ring are in neither. */
export class OrderBook {
  readonly #lane: Lane
  readonly #market: Market
  readonly #clock: Clock
  /** Rows of ended orders by id, as far as they have been looked at in this epoch. */
  readonly #rows = new Map<number, number>()
  #indexed = 0
  #epoch = 0

  constructor(lane: Lane, market: Market, clock: Clock) {
    this.#lane = lane
    this.#market = market
    this.#clock = clock
  }

  /** A pending order, dormant ones too. */
  pending(id: number): OrderEvent | undefined {
    this.#lane.bind()
    const index = this.#lane.kernels.findOrder(id)
    return index < 0 ? undefined : liveOrder(this.#lane.order(index), this.#market)
  }

  /** Whether an order is pending. The lane is bound. */
  isPending(id: number): boolean {
    return this.#lane.kernels.findOrder(id) >= 0
  }

  /** Pending orders, dormant ones too, of one asset or of all, in the order of their ids. */
  pendingOf(asset?: number): OrderEvent[] {
    const out: OrderEvent[] = []
    for (let i = 0; i < this.#lane.i32(L.RUN_POOL_COUNT); i++) {
      const record = this.#lane.order(i)
      if (record.i32[L.LIVE_STATE / 4] === L.STATE_ENDED) continue
      if (asset === undefined || record.i32[L.LIVE_ASSET / 4] === asset) out.push(liveOrder(record, this.#market))
    }
    return out
  }

  /** Whether an order of the asset is pending that may open. */
  hasEntry(asset: number): boolean {
    return this.#hasAwake(asset, L.FLAG_REDUCE_ONLY | L.FLAG_CLOSE_ALL)
  }

  /** Whether an order of the asset is pending that does not sleep. */
  hasOrder(asset: number): boolean {
    return this.#hasAwake(asset, 0)
  }

  /** Whether an order of the asset is pending that does not sleep and has none of these flags. */
  #hasAwake(asset: number, without: number): boolean {
    for (let i = 0; i < this.#lane.i32(L.RUN_POOL_COUNT); i++) {
      const { i32 } = this.#lane.order(i)
      if (
        i32[L.LIVE_ASSET / 4] === asset &&
        (i32[L.LIVE_STATE / 4] & L.STATE_LIVE) !== 0 &&
        (i32[L.LIVE_FLAGS / 4] & without) === 0
      )
        return true
    }
    return false
  }

  ended(id: number): OrderEvent | undefined {
    const { orders } = this.#lane.tables
    if (this.#epoch !== this.#clock.epoch) {
      this.#rows.clear()
      this.#indexed = 0
      this.#epoch = this.#clock.epoch
    }
    for (const { rows } = orders; this.#indexed < rows; this.#indexed++) {
      this.#rows.set(orders.i32(L.ENDED_ID, this.#indexed), this.#indexed)
    }
    const row = this.#rows.get(id)
    return row === undefined ? undefined : endedOrder(this.#lane, this.#market, row)
  }
}

function liveOrder({ f64, i32 }: { f64: Float64Array; i32: Int32Array }, market: Market): OrderEvent {
  const asset = i32[L.LIVE_ASSET / 4]
  const filled = f64[L.LIVE_FILLED / 8]
  const below = (i32[L.LIVE_FLAGS / 4] & L.FLAG_BELOW_ZERO) !== 0
  return {
    id: i32[L.LIVE_ID / 4],
    asset,
    symbol: market.assets[asset],
    type: ORDER_TYPES[i32[L.LIVE_TYPE / 4]],
    side: i32[L.LIVE_SIDE / 4] > 0 ? 'buy' : 'sell',
    status: filled > 0 ? 'filling' : ORDER_STATUSES[i32[L.LIVE_STATUS / 4]],
    reason: '',
    amount: f64[L.LIVE_AMOUNT / 8],
    sizeType: SIZE_TYPES[i32[L.LIVE_SIZE / 4]],
    limitPrice: f64[L.LIVE_LIMIT / 8],
    ...stopOrOffset(i32[L.LIVE_TYPE / 4], f64[L.LIVE_STOP / 8]),
    // A stop that is to trail after some targets (3.17) has the distance already.
    ...trail(TRAILING.includes(i32[L.LIVE_TYPE / 4]) ? f64[L.LIVE_TRAIL / 8] : Number.NaN, i32[L.LIVE_FLAGS / 4]),
    filledQuantity: filled,
    filledPrice: filled > 0 ? (below ? -1 : 1) * (f64[L.LIVE_VALUE / 8] / filled) : Number.NaN,
    createdBar: i32[L.LIVE_CREATED / 4],
    parentId: i32[L.LIVE_PARENT / 4],
    groupId: i32[L.LIVE_GROUP / 4],
    tag: f64[L.LIVE_TAG / 8],
    ...life(i32[L.LIVE_FLAGS / 4]),
    goodTill: f64[L.LIVE_GOOD_TILL / 8],
  }
}

/** A row of the table of ended orders, counted from the run's start. */
export function endedOrder(lane: Lane, market: Market, row: number): OrderEvent {
  const n = (column: number) => lane.tables.orders.i32(column, row)
  const f = (column: number) => lane.tables.orders.f64(column, row)
  const code = n(L.ENDED_CODE)
  const asset = n(L.ENDED_ASSET)
  const type = code & 15
  // Prices that the type does not have stand in the table as 0.
  const price = (column: number, ...types: number[]) => (types.includes(type) ? f(column) : Number.NaN)
  return {
    id: n(L.ENDED_ID),
    asset,
    symbol: market.assets[asset],
    type: ORDER_TYPES[type],
    side: (code >> L.ORDER_CODE_BUY) & 1 ? 'buy' : 'sell',
    status: ORDER_STATUSES[(code >> L.ORDER_CODE_STATUS) & 7],
    reason: ORDER_REASONS[(code >> L.ORDER_CODE_REASON) & 31],
    amount: f(L.ENDED_AMOUNT),
    sizeType: SIZE_TYPES[(code >> L.ORDER_CODE_SIZE) & 7],
    limitPrice: price(L.ENDED_LIMIT, ...LIMITED, L.TYPE_TRAILING_LIMIT),
    ...stopOrOffset(type, price(L.ENDED_STOP, ...STOPPED, L.TYPE_TRAILING_LIMIT)),
    ...trail(price(L.ENDED_TRAIL, ...TRAILING), code >> L.ORDER_CODE_FLAGS),
    filledQuantity: f(L.ENDED_FILLED),
    filledPrice: f(L.ENDED_AVERAGE),
    createdBar: n(L.ENDED_CREATED),
    parentId: n(L.ENDED_PARENT),
    groupId: n(L.ENDED_GROUP),
    tag: f(L.ENDED_TAG),
    ...life(code >> L.ORDER_CODE_FLAGS),
    goodTill: Number.NaN,
  }
}

/** What the kernel keeps at one place: a stop price, or the offset of a trailing limit. */
function stopOrOffset(type: number, value: number): { stopPrice: number; limitOffset: number } {
  const isOffset = type === L.TYPE_TRAILING_LIMIT
  return { stopPrice: isOffset ? Number.NaN : value, limitOffset: isOffset ? value : Number.NaN }
}

function life(flags: number): Pick<OrderEvent, 'timeInForce' | 'postOnly' | 'reduceOnly'> {
  return {
    timeInForce: TIMES_IN_FORCE[(flags >> L.FLAG_FORCE_SHIFT) & 3],
    postOnly: (flags & L.FLAG_POST_ONLY) !== 0,
    reduceOnly: (flags & L.FLAG_REDUCE_ONLY) !== 0,
  }
}

/** A trail by its unit. */
function trail(distance: number, flags: number): { trailAmount: number; trailFraction: number } {
  const fraction = (flags & L.FLAG_TRAIL_FRACTION) !== 0
  return { trailAmount: fraction ? Number.NaN : distance, trailFraction: fraction ? distance : Number.NaN }
}
