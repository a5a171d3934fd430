import type { Bar } from '../strategy/bar.ts'
import type { Broker } from '../strategy/broker.ts'
import type { Indicator } from '../strategy/indicator.ts'
import { defineSignals, type ParameterSchema, Strategy } from '../strategy/strategy.ts'
import { DIRECTION, follow, sidesOf } from './direction.ts'

/** Stands for both in fingerprints, from source and built alike; raise it when they decide otherwise. */
const SOURCE = 'fillgrid rsi-reversion 1'

/** Its parameters. */
export type Parameters = { length: number; low: number; high: number; direction: string }

const parameters = {
  length: { type: 'integer', default: 14, min: 1, doc: 'Bars of the relative strength index.' },
  low: { type: 'number', default: 30, min: 0, max: 100, doc: 'Buys when the index falls through this level.' },
  high: { type: 'number', default: 70, min: 0, max: 100, doc: 'Sells when the index rises through this level.' },
  direction: DIRECTION,
} as const satisfies ParameterSchema

const constraints = ['low < high']

/** Buys when the relative strength index of the close falls through the low level, sells when it rises through the high one. */
export class RsiReversion extends Strategy<Parameters> {
  static override parameters = parameters
  static override constraints = constraints
  static override source = `${SOURCE} hooks`
  #rsi!: Indicator
  #buy = 0
  #sell = 0

  override onStart(): void {
    const { length, direction } = this.parameters
    this.#rsi = this.indicator('rsi', { length })
    const { buy, sell } = sidesOf(direction)
    this.#buy = buy
    this.#sell = sell
  }

  override onBar(bar: Bar, broker: Broker): void {
    if (bar.index === 0) return
    const { low, high } = this.parameters
    for (let asset = 0; asset < this.assets.length; asset++) {
      const now = this.#rsi.value(asset)
      const before = this.#rsi.value(asset, 1)
      if (now < low && before >= low) follow(broker, asset, this.#buy)
      else if (now > high && before <= high) follow(broker, asset, this.#sell)
    }
  }
}

/** The same as signal columns. */
export const rsiReversion = defineSignals<Parameters>({
  name: 'rsi-reversion',
  parameters,
  constraints,
  source: SOURCE,
  signals({ parameters: { length, low, high, direction }, indicator, levelSignals, mergeSignals }) {
    const { buy, sell } = sidesOf(direction)
    const rsi = indicator('rsi', { length })
    return { flags: mergeSignals(levelSignals(rsi, low, 0, buy), levelSignals(rsi, high, sell, 0)) }
  },
})
