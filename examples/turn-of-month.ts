// npx fillgrid run --data data/equities.csv --strategy examples/turn-of-month.ts --commission 0.05%
import { type Bar, type Broker, expressions, int, Strategy, strategy } from 'fillgrid'

const { and, atLeast, day, greaterThan, lessThan, or } = expressions

const parameters = { from: int(26, { min: 15, max: 31 }), to: int(4, { min: 1, max: 14 }) }

/** Calendar effect: holds over the turn of the month. */
export default strategy({
  name: 'turn-of-month',
  parameters,
  entries: ({ from, to }) => or(atLeast(day(), from), lessThan(day(), to)),
  exits: ({ from, to }) => and(greaterThan(day(), to), lessThan(day(), from)),
})

/** The same as hooks. */
export class TurnOfMonth extends Strategy<{ from: number; to: number }> {
  static override parameters = parameters

  override onBar(bar: Bar, broker: Broker): void {
    const { from, to } = this.parameters
    const day = new Date(bar.time).getUTCDate()
    for (const asset of this.assets.keys()) {
      const held = broker.getQuantity(asset) > 0
      if (held && day > to && day < from) broker.closePosition(asset, { signal: true })
      if (!held && (day >= from || day < to)) broker.enterPosition(asset, 'long', { signal: true })
    }
  }
}
