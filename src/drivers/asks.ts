import * as L from '../../assembly/layout.ts'
import type { Lane } from '../kernel/lane.ts'
import type { Market } from '../market/market.ts'
import type { Bar } from '../strategy/bar.ts'
import type { Broker } from '../strategy/broker.ts'
import { askPositions } from '../strategy/decisions.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { type EventPlace, eventAt, type RunEvent } from './happened.ts'

/** A hook that is to be asked, and what with. */
export type Ask = { hook: 'onStart' | 'onBar' | 'onEnd' } | { hook: 'event'; place: EventPlace }

/** A hook's name, the asset that it hears of, and the call. */
export interface HookCall {
  hook: string
  symbol?: string
  run: () => unknown
}

/** The name of the hook that is asked. */
export function hookOf(ask: Ask): 'onStart' | 'onBar' | 'onEnd' | 'onFill' | 'onTrade' | 'onOrder' {
  if (ask.hook !== 'event') return ask.hook
  const [kind] = ask.place
  return kind === L.EVENT_FILL ? 'onFill' : kind === L.EVENT_TRADE ? 'onTrade' : 'onOrder'
}

/** The hook that is asked, which the strategy has, with the broker that it gets; `reader` looks orders up. */
export function callOf(
  ask: Ask,
  strategy: Strategy,
  { lane, market, bar }: { lane: Lane; market: Market; bar: Bar },
  reader: Broker,
  broker: Broker,
): HookCall {
  switch (ask.hook) {
    case 'onBar':
      return { hook: 'onBar', run: () => decideBar(strategy, bar, broker) }
    case 'onStart':
      return { hook: 'onStart', run: () => strategy.onStart?.(broker) }
    case 'onEnd':
      return { hook: 'onEnd', run: () => strategy.onEnd?.(broker) }
    case 'event':
      return tellingOf(eventAt(ask.place, lane, market, reader), strategy, broker)
  }
}

/** The strategy's rule about each position, then its onBar, which alone may be awaited. */
function decideBar(strategy: Strategy, bar: Bar, broker: Broker): unknown {
  if (strategy.onPosition) askPositions((position, at) => strategy.onPosition?.(position, at), bar, broker)
  return strategy.onBar?.(bar, broker)
}

/** The hook that hears of what has happened. */
export function tellingOf(happened: RunEvent, strategy: Strategy, broker: Broker): HookCall {
  switch (happened.type) {
    case 'fill': {
      const { fill } = happened
      return { hook: 'onFill', symbol: fill.symbol, run: () => strategy.onFill?.(fill, broker) }
    }
    case 'trade': {
      const { trade } = happened
      return { hook: 'onTrade', symbol: trade.symbol, run: () => strategy.onTrade?.(trade, broker) }
    }
    case 'order': {
      const { order } = happened
      return { hook: 'onOrder', symbol: order.symbol, run: () => strategy.onOrder?.(order, broker) }
    }
  }
}
