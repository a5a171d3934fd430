import { SIGNAL_ENTRY_LONG, SIGNAL_ENTRY_SHORT, SIGNAL_EXIT_LONG, SIGNAL_EXIT_SHORT } from '../../assembly/layout.ts'
import type { Bar } from '../strategy/bar.ts'
import type { Broker } from '../strategy/broker.ts'
import type { Indicator } from '../strategy/indicator.ts'
import { defineSignals, type ParameterSchema, Strategy } from '../strategy/strategy.ts'
import { DIRECTION, follow } from './direction.ts'

/** Stands for both in fingerprints, from source and built alike; raise it when they decide otherwise. */
const SOURCE = 'fillgrid breakout 1'

/** Its parameters. */
export type Parameters = { entry: number; exit: number; direction: string }

const parameters = {
  entry: { type: 'integer', default: 20, min: 1, doc: 'Bars of the channel whose break opens a position.' },
  exit: { type: 'integer', default: 10, min: 1, doc: 'Bars of the channel whose break, the other way, closes it.' },
  direction: DIRECTION,
} as const satisfies ParameterSchema

const constraints = ['exit <= entry']

/** What a close above and below each channel means on the sides that are traded; 0 where it means nothing. */
function meaning(direction: string) {
  const long = direction !== 'short'
  const short = direction !== 'long'
  return {
    aboveEntry: long ? SIGNAL_ENTRY_LONG : 0,
    belowExit: long ? SIGNAL_EXIT_LONG : 0,
    belowEntry: short ? SIGNAL_ENTRY_SHORT : 0,
    aboveExit: short ? SIGNAL_EXIT_SHORT : 0,
  }
}

/**
 * Donchian channels: opens long at a close above the highest high of the last `entry` bars, the current one not
 * included, and closes it at a close below the lowest low of the last `exit` bars; short the other way round.
 */
export class Breakout extends Strategy<Parameters> {
  static override parameters = parameters
  static override constraints = constraints
  static override source = `${SOURCE} hooks`
  #top!: Indicator
  #bottom!: Indicator
  #exitTop!: Indicator
  #exitBottom!: Indicator
  #means = meaning('long')

  override onStart(): void {
    const { entry, exit, direction } = this.parameters
    this.#top = this.indicator('highest', { length: entry, source: 'high' })
    this.#bottom = this.indicator('lowest', { length: entry, source: 'low' })
    this.#exitTop = this.indicator('highest', { length: exit, source: 'high' })
    this.#exitBottom = this.indicator('lowest', { length: exit, source: 'low' })
    this.#means = meaning(direction)
  }

  override onBar(bar: Bar, broker: Broker): void {
    if (bar.index === 0) return
    const { close } = bar
    const { aboveEntry, belowExit, belowEntry, aboveExit } = this.#means
    for (let asset = 0; asset < this.assets.length; asset++) {
      const price = close[asset]
      const signals =
        (price > this.#top.value(asset, 1) ? aboveEntry : 0) |
        (price < this.#exitBottom.value(asset, 1) ? belowExit : 0) |
        (price < this.#bottom.value(asset, 1) ? belowEntry : 0) |
        (price > this.#exitTop.value(asset, 1) ? aboveExit : 0)
      if (signals) follow(broker, asset, signals)
    }
  }
}

/** The same as signal columns. */
export const breakout = defineSignals<Parameters>({
  name: 'breakout',
  parameters,
  constraints,
  source: SOURCE,
  signals({ parameters: { entry, exit, direction }, indicator, breakoutSignals, mergeSignals }) {
    const { aboveEntry, belowExit, belowEntry, aboveExit } = meaning(direction)
    const highest = (length: number) => indicator('highest', { length, source: 'high' })
    const lowest = (length: number) => indicator('lowest', { length, source: 'low' })
    const long = () => breakoutSignals(highest(entry), lowest(exit), aboveEntry, belowExit)
    const short = () => breakoutSignals(highest(exit), lowest(entry), aboveExit, belowEntry)
    if (direction === 'long') return { flags: long() }
    if (direction === 'short') return { flags: short() }
    return { flags: mergeSignals(long(), short()) }
  },
})
