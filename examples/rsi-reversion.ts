// npx fillgrid run --data data/equities.csv --strategy examples/rsi-reversion.ts --commission 0.1%
import { type Bar, type Broker, expressions, int, num, Strategy, strategy } from 'fillgrid'

const { and, close, crossedAbove, greaterThan, lessThan, percent, rsi, sma } = expressions

/** Reversion: buys weakness in an uptrend, and sells when the strength is back. */
export default strategy({
  name: 'rsi-reversion',
  parameters: { weak: num(35), strong: num(60), trend: int(100, { min: 2 }) },
  constraints: ({ weak, strong }) => lessThan(weak, strong),
  entries: ({ weak, trend }) => and(lessThan(rsi(close, 5), weak), greaterThan(close, sma(close, trend))),
  exits: ({ strong }) => crossedAbove(rsi(close, 5), strong),
  stopLoss: percent(10),
})

/** The same as hooks. */
export class RsiReversion extends Strategy<{ weak: number; strong: number; trend: number }> {
  static override parameters = { weak: num(35), strong: num(60), trend: int(100, { min: 2 }) }
  static override constraints = ['weak < strong']

  override onBar(bar: Bar, broker: Broker): void {
    const { weak, strong, trend } = this.parameters
    const strength = this.rsi(5)
    const average = this.sma(trend)
    for (const asset of this.assets.keys()) {
      const held = broker.getQuantity(asset) > 0
      if (held && this.crossedAbove(strength, strong, asset)) broker.closePosition(asset, { signal: true })
      if (!held && strength.value(asset) < weak && bar.close[asset] > average.value(asset))
        broker.enterPosition(asset, 'long', { stop: 0.1, signal: true })
    }
  }
}
