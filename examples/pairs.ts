// npx fillgrid run --data data/equities.csv --strategy examples/pairs.ts --commission 0.05%
import { type Bar, type Broker, type Indicator, int, num, Strategy } from 'fillgrid'

/** Pairs: sells the dearer and buys the cheaper of two assets where the logarithm of their ratio is far from its mean. */
export default class Pairs extends Strategy<{ length: number; entry: number; exit: number }> {
  static override parameters = {
    length: int(60, { min: 5, doc: 'Bars of mean and deviation.' }),
    entry: num(2, { min: 0.1, doc: 'Deviations at which a pair is opened.' }),
    exit: num(0.5, { min: 0, doc: 'Deviations at which it is closed.' }),
  }
  static override constraints = ['exit < entry']
  #distance!: Indicator

  override onStart(): void {
    const [one, other] = this.assets
    const ratio = this.expression(`logarithm(asset('${one}', close)) - logarithm(asset('${other}', close))`)
    this.#distance = this.zScore(ratio, this.parameters.length)
  }

  override onBar(_: Bar, broker: Broker): void {
    const distance = this.#distance.value(0)
    const held = broker.getQuantity(0)
    const weights = new Float64Array(this.assets.length).fill(Number.NaN)
    const hold = (first: number) => weights.set([first, -first])
    if (held === 0 && distance > this.parameters.entry) hold(-0.4)
    else if (held === 0 && distance < -this.parameters.entry) hold(0.4)
    else if (held !== 0 && Math.abs(distance) < this.parameters.exit) hold(0)
    else return
    broker.orderTargets(weights, 'fraction')
  }
}
