// npx fillgrid run --data data/quarter-hours.csv --strategy examples/grid.ts --commission 0.02% --lots fifo
import { type Bar, type Broker, int, num, Strategy } from 'fillgrid'

/** Grid: bids below the price, a step from one to the next; each that fills is sold a step above, and bid for again. */
export default class Grid extends Strategy<{ levels: number; step: number }> {
  static override parameters = {
    levels: int(5, { min: 1, max: 20, doc: 'Bids that wait at a time, with what is held.' }),
    step: num(1, { min: 0.01, max: 20, doc: 'Distance of the levels in percent.' }),
  }

  /** The price that the grid hangs from, by asset. */
  override state: { anchor: number[] } = { anchor: [] }

  override onBar(bar: Bar, broker: Broker): void {
    const { levels } = this.parameters
    const step = this.parameters.step / 100
    const { anchor } = this.state
    for (const asset of this.assets.keys()) {
      const price = bar.close[asset]
      if (!(price > 0)) continue
      const bids = broker.getPendingOrders(asset).filter(({ side }) => side === 'buy')
      const flat = broker.getQuantity(asset) === 0
      // A price that has left the grid above takes it along.
      if (flat && price > (anchor[asset] ?? 0) * (1 + step)) {
        for (const { id } of bids) broker.cancelOrder(id)
        anchor[asset] = price
      } else if (!flat || bids.length > 0) continue
      for (let level = 1; level <= levels; level++) {
        const limitPrice = anchor[asset] * (1 - step) ** level
        const takeProfitPrice = limitPrice * (1 + step)
        broker.submitBracket({ asset, side: 'buy', type: 'limit', limitPrice, takeProfitPrice, fraction: 0.9 / levels })
      }
    }
  }
}
