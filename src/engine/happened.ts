import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import type { Broker } from './broker.ts'
import type { FillEvent, OrderEvent, TradeEvent } from './events.ts'
import { readFill, readTrade } from './hooks.ts'
import { endedOrder } from './orderbook.ts'

/** Something that has happened to a run's orders: a fill, a trade, an order that ended or was triggered. */
export type RunEvent =
  | { readonly type: 'fill'; readonly fill: FillEvent }
  | { readonly type: 'trade'; readonly trade: TradeEvent }
  | { readonly type: 'order'; readonly order: OrderEvent }

/** An event by its place: its kind (EVENT_*), and the row of its table or, of an order that was triggered, its id. */
export type EventPlace = readonly [kind: number, at: number]

/** Places of raw events, in order; those of ended orders are the last rows of their table. */
export function placesOf(raw: Int32Array, lane: Lane): EventPlace[] {
  let ended = lane.tables.orders.rows
  for (let i = 0; i < raw.length; i += 2) if (raw[i] === L.EVENT_ORDER) ended--
  return Array.from({ length: raw.length / 2 }, (_, i) => {
    const kind = raw[2 * i]
    return [kind, kind === L.EVENT_ORDER ? ended++ : raw[2 * i + 1]]
  })
}

/** What happened at a place. */
export function eventAt([kind, at]: EventPlace, lane: Lane, market: Market, broker: Broker): RunEvent {
  switch (kind) {
    case L.EVENT_FILL:
      return { type: 'fill', fill: readFill(lane, market, at) }
    case L.EVENT_TRADE:
      return { type: 'trade', trade: readTrade(lane, market, at) }
    case L.EVENT_ORDER:
      return { type: 'order', order: endedOrder(lane, market, at) }
    default: {
      const order = broker.getOrder(at)
      if (!order) throw new FillgridError('engine_failed', `engine: event of order ${at}, which is nowhere.`)
      return { type: 'order', order: { ...order, status: 'triggered', reason: '' } }
    }
  }
}
