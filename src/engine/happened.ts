import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import { LIVE_I32, type LiveState } from '../kernel/livestate.ts'
import type { Market } from '../market/market.ts'
import type { Broker } from './broker.ts'
import type { FillEvent, OrderEvent, TradeEvent } from './events.ts'
import { readFill, readTrade } from './hooks.ts'
import { endedOrder } from './orderbook.ts'
import { damaged } from './statebytes.ts'

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

/** Places from outside, as such a state can have them. @throws FillgridError snapshot_damaged */
export function readPlaces(events: unknown, live: LiveState): EventPlace[] {
  if (!Array.isArray(events)) throw damaged('events that are no list')
  const out: EventPlace[] = []
  for (const place of events) {
    const [kind, at] = Array.isArray(place) && place.length === 2 ? place : []
    const [least, most] = placeRange(kind, live)
    if (!(Number.isInteger(at) && at >= least && at <= most)) throw damaged(`an event ${show(place)}`)
    out.push([kind, at])
  }
  return out
}

/** Rows of its table, or ids of orders; none for what is no kind of event. */
function placeRange(kind: unknown, { rows, i32 }: LiveState): readonly [least: number, most: number] {
  switch (kind) {
    case L.EVENT_FILL:
      return [0, rows[0] - 1]
    case L.EVENT_TRADE:
      return [0, rows[1] - 1]
    case L.EVENT_ORDER:
      return [0, rows[2] - 1]
    case L.EVENT_TRIGGER:
      return [1, i32[LIVE_I32.indexOf(L.RUN_NEXT_ID)] - 1]
    default:
      return [0, -1]
  }
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
