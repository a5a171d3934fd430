/** A strategy that does a bit of everything, decided by numbers that it keeps in its state, and a market for it. */

import type { Market } from '../../src/market/market.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { FillEvent, OrderEvent, TradeEvent } from '../../src/strategy/events.ts'
import type { Indicator } from '../../src/strategy/indicator.ts'
import { Strategy } from '../../src/strategy/strategy.ts'
import { market, walk } from './script.ts'

export function busyMarket(bars: number, seed = 1): Market {
  return market({ A: walk(bars, seed), B: walk(bars, seed + 100), C: walk(bars, seed + 200, 0) })
}

interface State {
  seed: number
  ids: number[]
  heard: number
  pnl: number
}

/** All it remembers is in `state`. */
export class Busy extends Strategy<{ length: number; salt: number }> {
  static override parameters = {
    length: { type: 'integer', default: 5, min: 1 },
    salt: { type: 'integer', default: 0 },
  } as const
  static override contextNames = ['mood', 'average']
  override state: State = { seed: 0, ids: [], heard: 0, pnl: 0 }
  #average!: Indicator

  override onStart(): void {
    this.state.seed = 1 + this.parameters.salt
    this.#average = this.indicator('ema', { length: this.parameters.length })
  }

  override onOrder(order: OrderEvent, broker: Broker): void {
    this.state.heard += order.id
    if (order.reason === 'sibling' && this.#random(4) === 0) broker.closePosition(order.asset, { tag: 5 })
  }

  override onFill(fill: FillEvent, broker: Broker): void {
    this.state.heard += fill.quantity
    if (this.#random(6) === 0) broker.updatePositionContext(fill.asset, { mood: this.#random(10) })
  }

  override onTrade(trade: TradeEvent): void {
    this.state.pnl += trade.pnl
  }

  override onBar(bar: Bar, broker: Broker): void {
    for (let asset = 0; asset < this.assets.length; asset++) {
      const price = bar.close[asset]
      if (!Number.isNaN(price)) this.#act(asset, price, broker)
    }
    if (this.#random(40) === 0)
      broker.setPositionRules(
        [
          { type: 'trail', distance: 0.02 + this.#random(3) / 100 },
          { type: 'time', bars: 4 + this.#random(9) },
        ],
        this.#random(this.assets.length),
      )
    if (this.#random(60) === 0) broker.setPositionRules(null, this.#random(this.assets.length))
  }

  #act(asset: number, price: number, broker: Broker): void {
    const { ids } = this.state
    const side = this.#average.value(asset) < price ? 'buy' : 'sell'
    const sign = side === 'buy' ? 1 : -1
    const step = price / 100
    const tag = this.#random(9)
    switch (this.#random(14)) {
      case 0:
        ids.push(broker.submitOrder({ asset, side, fraction: 0.1, tag }))
        break
      case 1:
        ids.push(broker.submitOrder({ asset, side, quantity: 20, type: 'limit', limitPrice: price - sign * step, tag }))
        break
      case 2:
        ids.push(
          broker.submitBracket({
            asset,
            side,
            value: 3000,
            type: 'stop',
            stopPrice: price + sign * step,
            stopLossPrice: price - sign * step,
            takeProfitPrice: price + 4 * sign * step,
            tag,
          }).parent,
        )
        break
      case 3:
        ids.push(
          ...broker
            .submitOco([
              { asset, side, quantity: 5, type: 'limit', limitPrice: price - sign * step },
              {
                asset,
                side,
                quantity: 5,
                type: 'stop-limit',
                stopPrice: price + sign * step,
                limitPrice: price + 2 * sign * step,
                childTrailFraction: 0.02,
              },
            ])
            .map(({ parent }) => parent),
        )
        break
      case 4:
        ids.push(
          broker.submitOrder({
            asset,
            side: side === 'buy' ? 'sell' : 'buy',
            quantity: 7,
            type: 'trailing-stop',
            trailFraction: 0.015,
            tag,
          }),
        )
        break
      case 5:
        broker.orderTargetPercent(asset, sign * 0.2, { target: 0.03, tag })
        break
      case 6:
        if (ids.length > 0) broker.cancelOrder(ids[this.#random(ids.length)])
        break
      case 7:
        if (ids.length > 0) broker.updateOrder(ids[this.#random(ids.length)], { limitPrice: price, quantity: 3 })
        break
      case 8:
        broker.closePosition(asset, { timing: this.#random(2) === 0 ? 'next-close' : 'same-close' })
        break
      case 9:
        broker.updatePositionContext(asset, { average: this.#average.value(asset) })
    }
    if (ids.length > 40) ids.splice(0, 20)
  }

  /** A number from 0 up to n, from a seed in the state. */
  #random(n: number): number {
    this.state.seed = (Math.imul(this.state.seed, 1664525) + 1013904223) >>> 0
    return Math.floor((this.state.seed / 4294967296) * n)
  }
}
