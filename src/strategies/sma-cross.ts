import type { Bar } from '../strategy/bar.ts'
import type { Broker } from '../strategy/broker.ts'
import type { Indicator } from '../strategy/indicator.ts'
import { defineSignals, type ParameterSchema, Strategy } from '../strategy/strategy.ts'
import { DIRECTION, follow, sidesOf } from './direction.ts'

/** Stands for both in fingerprints, from source and built alike; raise it when they decide otherwise. */
const SOURCE = 'fillgrid sma-cross 1'

/** Its parameters. */
export type Parameters = { fast: number; slow: number; direction: string }

const parameters = {
  fast: { type: 'integer', default: 10, min: 1, doc: 'Bars of the fast average.' },
  slow: { type: 'integer', default: 50, min: 2, doc: 'Bars of the slow average.' },
  direction: DIRECTION,
} as const satisfies ParameterSchema

const constraints = ['fast < slow']

/**
 * Buys when the fast simple moving average of the close crosses above the slow one, sells when it crosses below.
 * A crossing is seen between two neighbouring bars of the market that the asset both has.
 */
export class SmaCross extends Strategy<Parameters> {
  static override parameters = parameters
  static override constraints = constraints
  static override source = `${SOURCE} hooks`
  #fast!: Indicator
  #slow!: Indicator
  #buy = 0
  #sell = 0

  override onStart(): void {
    const { fast, slow, direction } = this.parameters
    this.#fast = this.indicator('sma', { length: fast })
    this.#slow = this.indicator('sma', { length: slow })
    const { buy, sell } = sidesOf(direction)
    this.#buy = buy
    this.#sell = sell
  }

  override onBar(bar: Bar, broker: Broker): void {
    if (bar.index === 0) return
    for (let asset = 0; asset < this.assets.length; asset++) {
      const fast = this.#fast.value(asset)
      const slow = this.#slow.value(asset)
      const fastBefore = this.#fast.value(asset, 1)
      const slowBefore = this.#slow.value(asset, 1)
      if (fast > slow && fastBefore <= slowBefore) follow(broker, asset, this.#buy)
      else if (fast < slow && fastBefore >= slowBefore) follow(broker, asset, this.#sell)
    }
  }
}

/** The same as signal columns. */
export const smaCross = defineSignals<Parameters>({
  name: 'sma-cross',
  parameters,
  constraints,
  source: SOURCE,
  signals({ parameters: { fast, slow, direction }, indicator, crossSignals }) {
    const { buy, sell } = sidesOf(direction)
    return { flags: crossSignals(indicator('sma', { length: fast }), indicator('sma', { length: slow }), buy, sell) }
  },
})
