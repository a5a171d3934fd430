import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import type { Bar } from './bar.ts'
import type { Broker } from './broker.ts'
import { type EventPlace, eventAt } from './happened.ts'
import type { Strategy } from './strategy.ts'

/** A hook that is to be asked, and what with. */
export type Ask = { hook: 'onStart' | 'onBar' | 'onEnd' } | { hook: 'event'; place: EventPlace }

/** A hook's name, the asset that it hears of, and the call. */
export interface HookCall {
  hook: string
  symbol?: string
  run: () => unknown
}

/**
 * The hook that is asked; undefined where the strategy has none.
 *
 * @param reader a broker to look orders up with
 * @param broker that of the hook
 */
export function callOf(
  ask: Ask,
  strategy: Strategy,
  { lane, market, bar }: { lane: Lane; market: Market; bar: Bar },
  reader: Broker,
  broker: Broker,
): HookCall | undefined {
  switch (ask.hook) {
    case 'onBar':
      return strategy.onBar && { hook: 'onBar', run: () => strategy.onBar?.(bar, broker) }
    case 'onStart':
      return strategy.onStart && { hook: 'onStart', run: () => strategy.onStart?.(broker) }
    case 'onEnd':
      return strategy.onEnd && { hook: 'onEnd', run: () => strategy.onEnd?.(broker) }
  }
  const happened = eventAt(ask.place, lane, market, reader)
  switch (happened.type) {
    case 'fill': {
      const { fill } = happened
      return strategy.onFill && { hook: 'onFill', symbol: fill.symbol, run: () => strategy.onFill?.(fill, broker) }
    }
    case 'trade': {
      const { trade } = happened
      return strategy.onTrade && { hook: 'onTrade', symbol: trade.symbol, run: () => strategy.onTrade?.(trade, broker) }
    }
    case 'order': {
      const { order } = happened
      return strategy.onOrder && { hook: 'onOrder', symbol: order.symbol, run: () => strategy.onOrder?.(order, broker) }
    }
  }
}
