// npx fillgrid run --data data/equities.csv --strategy examples/volatility-target.ts --commission 0.1%
import { type Bar, type Broker, expressions, type Indicator, int, num, Strategy, strategy } from 'fillgrid'

const { capped, close, crossedAbove, crossedBelow, lessThan, sma, volatilityTarget } = expressions

const parameters = { fast: int(20, { min: 2 }), slow: int(60, { min: 3 }), target: num(0.05, { min: 0.001, max: 1 }) }

/** Trend, sized so that each position moves as much as any other: by a target of the volatility of a year, a quarter of the equity at most. */
export default strategy({
  name: 'volatility-target',
  parameters,
  constraints: ({ fast, slow }) => lessThan(fast, slow),
  entries: ({ fast, slow }) => crossedAbove(sma(close, fast), sma(close, slow)),
  exits: ({ fast, slow }) => crossedBelow(sma(close, fast), sma(close, slow)),
  size: ({ target }) => capped(volatilityTarget(target, 20), 0.25),
})

/** The same as hooks. */
export class VolatilityTarget extends Strategy<{ fast: number; slow: number; target: number }> {
  static override parameters = parameters
  static override constraints = ['fast < slow']

  #size!: Indicator

  override onStart(): void {
    this.#size = this.expression(capped(volatilityTarget(this.parameters.target, 20), 0.25))
  }

  override onBar(_: Bar, broker: Broker): void {
    const [quick, calm] = [this.sma(this.parameters.fast), this.sma(this.parameters.slow)]
    for (const asset of this.assets.keys()) {
      const held = broker.getQuantity(asset) > 0
      if (held && this.crossedBelow(quick, calm, asset)) broker.closePosition(asset, { signal: true })
      const fraction = this.#size.value(asset)
      if (!held && fraction > 0 && this.crossedAbove(quick, calm, asset))
        broker.submitOrder({ asset, side: 'buy', fraction, signal: true })
    }
  }
}
