// npx fillgrid run --data data/equities.csv --strategy examples/monthly-momentum.ts --commission 0.1%
import { type Bar, type Broker, expressions, int, Strategy, strategy } from 'fillgrid'

const { and, close, divide, greaterThan, month, notEqual, roc, shift, top, where } = expressions

const parameters = { length: int(126, { min: 2 }), assets: int(2, { min: 1 }) }
const nothing = divide(0, 0)

/** Rotation: on the first bar of each month the strongest assets, in equal parts, if they have risen at all. */
export default strategy({
  name: 'monthly-momentum',
  parameters,
  targetWeight: ({ length, assets }) => {
    const strength = roc(close, length)
    const weight = where(and(top(strength, assets), greaterThan(strength, 0)), divide(1, assets), 0)
    return where(notEqual(month(), shift(month(), 1)), weight, nothing)
  },
})

/** The same as hooks. */
export class MonthlyMomentum extends Strategy<{ length: number; assets: number }> {
  static override parameters = parameters
  override state = { month: -1 }

  override onBar(bar: Bar, broker: Broker): void {
    const month = new Date(bar.time).getUTCMonth()
    const before = this.state.month
    this.state.month = month
    if (before < 0 || month === before) return
    const strength = this.roc(this.parameters.length)
    const known = [...this.assets.keys()].filter((asset) => !Number.isNaN(strength.value(asset)))
    const best = [...known]
      .sort((a, b) => strength.value(b) - strength.value(a) || a - b)
      .slice(0, this.parameters.assets)
    for (const asset of this.assets.keys())
      if (known.includes(asset)) {
        const weight = best.includes(asset) && strength.value(asset) > 0 ? 1 / this.parameters.assets : 0
        broker.orderTargetPercent(asset, weight, { signal: true })
      }
  }
}
