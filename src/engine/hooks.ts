import * as L from '../../assembly/layout.ts'
import { FillgridError, messageOf, ownError } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import { FILL_REASONS, PHASES, rulePlace } from '../results/schema.ts'
import type { Bar } from './bar.ts'
import type { Broker } from './broker.ts'
import type { FillEvent, TradeEvent } from './events.ts'
import { endedOrder } from './orderbook.ts'
import type { Strategy } from './strategy.ts'

/** Calls a strategy's hooks and tells them what happened; what one throws says when, and of which asset it was told. */
export class Hooks {
  readonly strategy: Strategy
  readonly #lane: Lane
  readonly #market: Market
  readonly #broker: Broker

  constructor(strategy: Strategy, lane: Lane, market: Market, broker: Broker) {
    this.strategy = strategy
    this.#lane = lane
    this.#market = market
    this.#broker = broker
  }

  onStart(): void {
    this.#call('onStart', -1, undefined, () => this.strategy.onStart?.(this.#broker))
  }

  onBar(bar: Bar, index: number): void {
    if (!this.strategy.onBar) return
    // Not by `#call`, which would take a function of its own a bar.
    try {
      refusePromise(this.strategy.onBar(bar, this.#broker))
    } catch (error) {
      throw this.failed('onBar', index, undefined, error)
    }
  }

  onEnd(bar: number): void {
    this.#call('onEnd', bar, undefined, () => this.strategy.onEnd?.(this.#broker))
  }

  /** onFill, onTrade and onOrder for what happened up to `bar`, in order: pairs of kind (EVENT_*) and index. */
  deliver(events: Int32Array, bar: number): void {
    const { strategy } = this
    // Orders end in the order of their rows: the last rows are those of these events.
    let ended = this.#lane.tables.orders.rows
    for (let i = 0; i < events.length; i += 2) if (events[i] === L.EVENT_ORDER) ended--
    for (let i = 0; i < events.length; i += 2) {
      const index = events[i + 1]
      switch (events[i]) {
        case L.EVENT_FILL: {
          if (!strategy.onFill) break
          const fill = readFill(this.#lane, this.#market, index)
          this.#call('onFill', bar, fill.symbol, () => strategy.onFill?.(fill, this.#broker))
          break
        }
        case L.EVENT_TRADE: {
          if (!strategy.onTrade) break
          const trade = readTrade(this.#lane, this.#market, index)
          this.#call('onTrade', bar, trade.symbol, () => strategy.onTrade?.(trade, this.#broker))
          break
        }
        case L.EVENT_ORDER: {
          const row = ended++
          if (!strategy.onOrder) break
          const order = endedOrder(this.#lane, this.#market, row)
          if (order.id !== index)
            throw new FillgridError(
              'engine_failed',
              `engine: order ${index} ended, found order ${order.id} in its row.`,
            )
          this.#call('onOrder', bar, order.symbol, () => strategy.onOrder?.(order, this.#broker))
          break
        }
        default: {
          if (!strategy.onOrder) break
          const order = this.#broker.getOrder(index)
          if (!order) throw new FillgridError('engine_failed', `engine: event of order ${index}, which is nowhere.`)
          this.#call('onOrder', bar, order.symbol, () =>
            strategy.onOrder?.({ ...order, status: 'triggered', reason: '' }, this.#broker),
          )
        }
      }
    }
  }

  #call(hook: string, bar: number, symbol: string | undefined, call: () => unknown): void {
    try {
      refusePromise(call())
    } catch (error) {
      throw this.failed(hook, bar, symbol, error)
    }
  }

  /** What a hook threw, with where it happened. */
  failed(hook: string, bar: number, symbol: string | undefined, cause: unknown): FillgridError {
    const market = this.#market
    const time = bar >= 0 ? market.barTime(bar) : undefined
    const where = bar >= 0 ? `at bar ${bar} (${time})` : 'before the first bar'
    return new FillgridError(
      'strategy_failed',
      `strategy: ${hook} ${where}${symbol ? ` for ${symbol}` : ''} threw: ${messageOf(cause)}`,
      {
        bar: bar >= 0 ? bar : undefined,
        time,
        asset: symbol ?? ownError(cause)?.place.asset,
      },
      { cause },
    )
  }
}

/** Bars do not wait: what an async hook does after its first await would come too late, and what it throws be lost. */
export function refusePromise(returned: unknown): void {
  if (returned === undefined || typeof (returned as PromiseLike<unknown> | null)?.then !== 'function') return
  const promise = returned as Promise<unknown>
  promise.then(undefined, () => {})
  throw new FillgridError(
    'invalid_strategy',
    'hooks are called one after another and cannot be async, found a promise. Prepare what has to be awaited before the run.',
  )
}

/** A row of the table of fills, counted from the run's start. */
export function readFill(lane: Lane, market: Market, row: number): FillEvent {
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
    phase: PHASES[(code >> L.CODE_PHASE_SHIFT) & 3],
    tag: f(L.FILL_TAG),
  }
}

/** A row of the table of trades, likewise. */
export function readTrade(lane: Lane, market: Market, row: number): TradeEvent {
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
    mfe: f(L.TRADE_MFE),
    mae: f(L.TRADE_MAE),
    entryOrderId: n(L.TRADE_ENTRY_ORDER),
    exitOrderId: n(L.TRADE_EXIT_ORDER),
  }
}
