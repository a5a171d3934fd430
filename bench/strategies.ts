import { makeMinutes } from '../data/minutes.ts'
import { makeWorkload, type Workload, type WorkloadOptions } from '../data/workload.ts'
import { Market } from '../src/market/market.ts'
import type { Bar } from '../src/strategy/bar.ts'
import type { Broker } from '../src/strategy/broker.ts'
import type { Indicator } from '../src/strategy/indicator.ts'
import { defineSignals, Strategy } from '../src/strategy/strategy.ts'

/** A market of a workload; the targets are its signal column `target`. */
export function workloadMarket(options: WorkloadOptions = {}): Market {
  const w: Workload = makeWorkload(options)
  const { assets, time, open, high, low, close, volume } = w
  return Market.from({ assets, time, open, high, low, close, volume, signals: { target: Float64Array.from(w.target) } })
}

/** Generated minutes of one asset whose prices are multiples of 1/128, so that any average of them is exact. */
export function minuteMarket(bars: number): Market {
  const { asset, time, open, high, low, close, volume } = makeMinutes({ bars, tick: 1 / 128 })
  return Market.from({ assets: [asset], time, open, high, low, close, volume })
}

/** The workload as a hook: at each bar, every asset whose position is not its target is traded to it. */
export class Targets extends Strategy {
  override onBar(bar: Bar, broker: Broker): void {
    broker.orderTargets(bar.signal('target'))
  }
}

/** The same, order by order. */
export class TargetsOneByOne extends Strategy {
  override onBar(bar: Bar, broker: Broker): void {
    const target = bar.signal('target')
    const held = broker.quantities
    for (let asset = 0; asset < target.length; asset++) {
      if (target[asset] !== held[asset]) broker.orderTargetQuantity(asset, target[asset])
    }
  }
}

/** The workload as a column for the signals driver. */
export const targetSignals = defineSignals({
  name: 'targets',
  signals: ({ market }) => ({ targetPosition: market.signals.get('target')!.values, sizeType: 'units' }),
})

/** A hook with little in it: two averages of one asset, in and out of the market. */
export class HookCross extends Strategy {
  #fast!: Indicator
  #slow!: Indicator

  override onStart(): void {
    this.#fast = this.indicator('sma', { length: 20 })
    this.#slow = this.indicator('sma', { length: 100 })
  }

  override onBar(_bar: Bar, broker: Broker): void {
    const above = this.#fast.value() > this.#slow.value()
    const held = broker.getQuantity(0) !== 0
    if (above && !held) broker.submitOrder({ asset: 0, quantity: 1 })
    else if (!above && held) broker.closePosition(0)
  }
}

/** The SMA cross with stop and target as signals, by its parameters. */
export const crossSignals = defineSignals<{ fast: number; slow: number; stop: number; target: number }>({
  name: 'bench-cross',
  parameters: {
    fast: { type: 'integer', default: 20, min: 1 },
    slow: { type: 'integer', default: 100, min: 1 },
    stop: { type: 'number', default: 0.01 },
    target: { type: 'number', default: 0.02 },
  },
  signals: ({ parameters, indicator, crossSignals: cross }) => ({
    flags: cross(indicator('sma', { length: parameters.fast }), indicator('sma', { length: parameters.slow }), 1, 2),
    stop: parameters.stop,
    target: parameters.target,
  }),
})
