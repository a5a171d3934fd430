import * as L from '../../assembly/layout.ts'
import { damaged } from '../engine/statebytes.ts'
import { FillgridError, show } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import { LIVE_I32, type LiveState } from '../kernel/livestate.ts'
import type { Market } from '../market/market.ts'
import { FILL_REASONS, PHASES, rulePlace } from '../results/schema.ts'
import { toldBy } from '../results/told.ts'
import type { Broker } from '../strategy/broker.ts'
import type { FillEvent, OrderEvent, TradeEvent } from '../strategy/events.ts'
import { endedOrder } from '../strategy/orderbook.ts'

/** Something that has happened to a run's orders: a fill, a trade, an order that ended or was triggered. */
export type RunEvent =
  | { readonly type: 'fill'; readonly fill: FillEvent }
  | { readonly type: 'trade'; readonly trade: TradeEvent }
  | { readonly type: 'order'; readonly order: OrderEvent }

/** An event by its place: its kind (EVENT_*), and the row of its table or, of an order that was triggered, its id. */
export type EventPlace = readonly [kind: number, at: number]

const NONE: readonly EventPlace[] = Object.freeze([])

/** Places of raw events, in order; those of ended orders are the last rows of their table. */
export function placesOf(raw: Int32Array, lane: Lane): readonly EventPlace[] {
  if (raw.length === 0) return NONE
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

/** A row of the table of fills, counted from the run's start. */
function readFill(lane: Lane, market: Market, row: number): FillEvent {
  const f = (column: number) => lane.tables.fills.f64(column, row)
  const n = (column: number) => lane.tables.fills.i32(column, row)
  const quantity = f(L.FILL_QUANTITY)
  const code = n(L.FILL_CODE)
  const asset = n(L.FILL_ASSET)
  return {
    bar: n(L.FILL_BAR),
    asset,
    symbol: market.assets[asset],
    orderId: n(L.FILL_ORDER),
    side: quantity > 0 ? ('buy' as const) : ('sell' as const),
    quantity: Math.abs(quantity),
    price: f(L.FILL_PRICE),
    basePrice: f(L.FILL_BASE),
    commission: f(L.FILL_COMMISSION),
    reason: FILL_REASONS[code & 15],
    rule: rulePlace(code, L.CODE_PLACE_SHIFT),
    detail: toldBy(code, L.CODE_TOLD_SHIFT, f(L.FILL_DISTANCE)),
    phase: PHASES[(code >> L.CODE_PHASE_SHIFT) & 3],
    tag: f(L.FILL_TAG),
  }
}

/** A row of the table of trades, likewise. */
function readTrade(lane: Lane, market: Market, row: number): TradeEvent {
  const f = (column: number) => lane.tables.trades.f64(column, row)
  const n = (column: number) => lane.tables.trades.i32(column, row)
  const asset = n(L.TRADE_ASSET)
  const code = n(L.TRADE_CODE)
  return {
    asset,
    symbol: market.assets[asset],
    quantity: f(L.TRADE_QUANTITY),
    entryBar: n(L.TRADE_ENTRY_BAR),
    exitBar: n(L.TRADE_EXIT_BAR),
    entryPrice: f(L.TRADE_ENTRY_PRICE),
    exitPrice: f(L.TRADE_EXIT_PRICE),
    pnl: f(L.TRADE_PNL),
    barsHeld: n(L.TRADE_BARS_HELD),
    exitReason: FILL_REASONS[code & 15],
    exitRule: rulePlace(code, L.CODE_EXIT_PLACE_SHIFT),
    exitDetail: toldBy(code, L.CODE_EXIT_TOLD_SHIFT, f(L.TRADE_EXIT_DISTANCE)),
    mfe: f(L.TRADE_MFE),
    mae: f(L.TRADE_MAE),
    entryOrderId: n(L.TRADE_ENTRY_ORDER),
    exitOrderId: n(L.TRADE_EXIT_ORDER),
  }
}
