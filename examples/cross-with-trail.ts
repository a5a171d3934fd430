// npx fillgrid run --data data/equities.csv --strategy examples/cross-with-trail.ts --commission 0.1%
import { type Bar, type Broker, expressions, int, num, Strategy, strategy } from 'fillgrid'

const { close, crossedAbove, crossedBelow, lessThan, percent, sma } = expressions

/** Trend: buys where a fast average crosses above a slow one, and lets a trailing stop or the opposite cross take it out. */
export default strategy({
  name: 'cross-with-trail',
  parameters: { fast: int(10, { min: 2 }), slow: int(50, { min: 3 }), trail: num(8, { min: 0.1, max: 90 }) },
  constraints: ({ fast, slow }) => lessThan(fast, slow),
  entries: ({ fast, slow }) => crossedAbove(sma(close, fast), sma(close, slow)),
  exits: ({ fast, slow }) => crossedBelow(sma(close, fast), sma(close, slow)),
  trail: ({ trail }) => percent(trail),
})

/** The same as hooks. */
export class CrossWithTrail extends Strategy<{ fast: number; slow: number; trail: number }> {
  static override parameters = { fast: int(10, { min: 2 }), slow: int(50, { min: 3 }), trail: num(8, { min: 0.1 }) }
  static override constraints = ['fast < slow']

  override onBar(_: Bar, broker: Broker): void {
    const fast = this.sma(this.parameters.fast)
    const slow = this.sma(this.parameters.slow)
    for (const asset of this.assets.keys()) {
      const trail = this.parameters.trail / 100
      if (this.crossedAbove(fast, slow, asset)) broker.enterPosition(asset, 'long', { trail, signal: true })
      else if (this.crossedBelow(fast, slow, asset) && broker.getQuantity(asset) > 0)
        broker.closePosition(asset, { signal: true })
    }
  }
}
