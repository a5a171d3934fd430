// npx fillgrid run --data data/equities.csv --strategy examples/bollinger-breakout.ts --commission 0.1%
import { type Bar, type Broker, int, num, Strategy } from 'fillgrid'

/** Breakout: buys a close above the upper band, and takes it out in three parts, the stop at the entry after the first. */
export default class BollingerBreakout extends Strategy<{ length: number; width: number }> {
  static override parameters = { length: int(20, { min: 2 }), width: num(2, { min: 0.1 }) }

  override onBar(bar: Bar, broker: Broker): void {
    const { upper, middle } = this.bollinger(this.parameters.length, this.parameters.width)
    const range = this.atr(14)
    for (const asset of this.assets.keys()) {
      const price = bar.close[asset]
      if (broker.getQuantity(asset) > 0 && price < middle.value(asset)) broker.closePosition(asset)
      if (broker.getQuantity(asset) !== 0 || broker.getPendingOrders(asset).length > 0) continue
      if (!this.crossedAbove('close', upper, asset)) continue
      const step = range.value(asset)
      broker.submitBracket({
        asset,
        side: 'buy',
        fraction: 0.25,
        stopLossPrice: price - 2 * step,
        takeProfits: [
          { price: price + 2 * step, share: 0.4 },
          { price: price + 4 * step, share: 0.3 },
          { price: price + 6 * step, share: 0.3 },
        ],
        breakEvenAfter: 1,
      })
    }
  }
}
