/** Strategies of a page's own: hooks, and columns of signals. */
import { defineSignals, Strategy } from './fillgrid.js'

export class Dips extends Strategy {
  static parameters = { days: { type: 'integer', default: 5, min: 1 } }
  onBar(bar, broker) {
    for (let asset = 0; asset < this.assets.length; asset++) {
      if (bar.index % 20 === this.parameters.days) broker.enterPosition(asset, 'long')
      if (bar.index % 20 === 15) broker.closePosition(asset)
    }
  }
}

/** The same decisions. */
export const dips = defineSignals({
  name: 'dips',
  parameters: Dips.parameters,
  signals({ market, parameters }) {
    const assets = market.assets.length
    const every = (bar) => market.close.map((_, i) => Number(Math.floor(i / assets) % 20 === bar))
    return { entries: every(parameters.days), exits: every(15) }
  },
})

export const other = defineSignals({ ...dips, name: 'other' })
