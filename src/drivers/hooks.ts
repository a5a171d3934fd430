import { FillgridError, messageOf, ownError } from '../errors.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import type { Bar } from '../strategy/bar.ts'
import type { Broker } from '../strategy/broker.ts'
import { askPositions, type PositionRule } from '../strategy/decisions.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { isPromise } from './abort.ts'
import { hookOf, tellingOf } from './asks.ts'
import { eventAt, placesOf } from './happened.ts'

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

  onEnd(bar: number): void {
    this.#call('onEnd', bar, undefined, () => this.strategy.onEnd?.(this.#broker))
  }

  /** The strategy's rule about each open position, before onBar (semantics 6.12). */
  onPosition(bar: Bar, index: number): void {
    const ask: PositionRule = (position, at) => this.strategy.onPosition?.(position, at)
    this.#call('onPosition', index, undefined, () => askPositions(ask, bar, this.#broker))
  }

  /** onFill, onTrade and onOrder for what happened up to `bar`, in order: pairs of kind (EVENT_*) and index. */
  deliver(events: Int32Array, bar: number): void {
    for (const place of placesOf(events, this.#lane)) {
      if (!this.strategy[hookOf({ hook: 'event', place })]) continue
      const happened = eventAt(place, this.#lane, this.#market, this.#broker)
      const { hook, symbol, run } = tellingOf(happened, this.strategy, this.#broker)
      this.#call(hook, bar, symbol, run)
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
    return hookError(hook, bar, symbol, this.#market, cause)
  }
}

/** What a hook threw, with where it happened. */
export function hookError(
  hook: string,
  bar: number,
  symbol: string | undefined,
  market: Market,
  cause: unknown,
): FillgridError {
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

/** Bars of a synchronous run do not wait: what an async hook does after its first await would come too late, and what it throws be lost. */
export function refusePromise(returned: unknown): void {
  if (!isPromise(returned)) return
  returned.then(undefined, () => {})
  throw new FillgridError(
    'invalid_strategy',
    'hooks of this run are called one after another and cannot be async, found a promise. Prepare what has to be awaited before the run, or use backtestAsync or openAsync.',
  )
}
