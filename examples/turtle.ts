// npx fillgrid run --data data/equities.csv --strategy examples/turtle.ts --commission 0.1%
import { type Bar, type Broker, int, Strategy } from 'fillgrid'

/**
 * Donchian turtle: buys a new high, adds a unit with each half average range that it goes on, up to four, each with the same risk; the
 * stop follows two ranges below the last one, and a new low takes all of it out.
 */
export default class Turtle extends Strategy<{ entry: number; exit: number; units: number }> {
  static override parameters = { entry: int(40, { min: 2 }), exit: int(20, { min: 2 }), units: int(4, { min: 1 }) }
  static override constraints = ['exit <= entry']

  /** Units held and the close at which the last one was bought, by asset. */
  override state: { held: number[]; last: number[] } = { held: [], last: [] }

  override onBar(bar: Bar, broker: Broker): void {
    const { entry, exit, units } = this.parameters
    const top = this.highest('high', entry)
    const bottom = this.lowest('low', exit)
    const range = this.atr(20)
    const { held, last } = this.state
    for (const asset of this.assets.keys()) {
      const price = bar.close[asset]
      const width = range.value(asset)
      if (broker.getQuantity(asset) === 0) held[asset] = 0
      else if (price < bottom.value(asset, 1)) {
        broker.closePosition(asset)
        continue
      }
      const adds = held[asset] > 0 && price > last[asset] + width / 2
      const opens = held[asset] === 0 && price > top.value(asset, 1)
      if (!(adds || opens) || held[asset] >= units || !(width > 0)) continue
      // One range is half a percent of the account.
      broker.submitOrder({ asset, side: 'buy', quantity: (0.005 * broker.getAccountValue()) / width })
      broker.setPositionRules([{ type: 'stop', distance: Math.min(0.9, (2 * width) / price) }], asset)
      held[asset]++
      last[asset] = price
    }
  }
}
