// npx fillgrid run --data data/quarter-hours.csv --strategy examples/two-timeframes.ts --commission 0.02%
import { type Bar, type Broker, expressions, int, Strategy, strategy } from 'fillgrid'

const { and, close, crossedAbove, crossedBelow, ema, greaterThan, lessThan, on, or, percent, sma } = expressions

const parameters = { fast: int(20, { min: 2 }), slow: int(80, { min: 3 }), days: int(5, { min: 1 }) }

/** Trend on two timeframes: crosses of quarter hours are taken in the direction of the days, each seen once it has closed. */
export default strategy({
  name: 'two-timeframes',
  parameters,
  constraints: ({ fast, slow }) => lessThan(fast, slow),
  entries: ({ fast, slow, days }) =>
    and(crossedAbove(ema(close, fast), ema(close, slow)), greaterThan(close, on('1d', sma(close, days)))),
  exits: ({ fast, slow, days }) =>
    or(crossedBelow(ema(close, fast), ema(close, slow)), lessThan(close, on('1d', sma(close, days)))),
  stopLoss: percent(3),
})

/** The same as hooks. */
export class TwoTimeframes extends Strategy<{ fast: number; slow: number; days: number }> {
  static override parameters = parameters
  static override constraints = ['fast < slow']

  override onBar(bar: Bar, broker: Broker): void {
    const { fast, slow, days } = this.parameters
    const [quick, calm] = [this.ema(fast), this.ema(slow)]
    const trend = this.sma(days, { timeframe: '1d' })
    for (const asset of this.assets.keys()) {
      const price = bar.close[asset]
      const held = broker.getQuantity(asset) > 0
      if (held && (this.crossedBelow(quick, calm, asset) || price < trend.value(asset)))
        broker.closePosition(asset, { signal: true })
      if (!held && this.crossedAbove(quick, calm, asset) && price > trend.value(asset))
        broker.enterPosition(asset, 'long', { stop: 0.03, signal: true })
    }
  }
}
