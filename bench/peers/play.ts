import { backtest } from '../../src/backtest.ts'
import { Market } from '../../src/market/market.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import type { OrderRequest } from '../../src/strategy/requests.ts'
import { Strategy, type StrategyClass } from '../../src/strategy/strategy.ts'
import type { Decision, PlainOrder } from './decisions.ts'
import type { Engine } from './engines.ts'
import type { FillRow, Outcome } from './outcome.ts'
import { settingsOf } from './profiles.ts'
import type { Scenario } from './scenario.ts'

/** Plays a scenario in Fillgrid as that engine would. Errors of the run come back as `failed`. */
export function playFillgrid(scenario: Scenario, engine: Engine): Outcome {
  const { id, assets, time } = scenario
  const market = Market.from(
    assets.map((series, k) => ({ asset: `A${k}`, time: Float64Array.from(time), ...typed(series) })),
  )
  try {
    const result = backtest(market, decisionsOf(scenario, engine), settingsOf(engine, scenario))
    const column = (name: string) => result.fills.values(name)
    const [bar, asset, side, quantity, price, commission] = COLUMNS.map(column)
    const fills = [...bar].map((_, i): FillRow => {
      const signed = side[i] === 1 ? quantity[i] : -quantity[i]
      return [bar[i], asset[i], signed, price[i], commission[i]]
    })
    return { id, fills, cash: [...result.cash], equity: [...result.equity] }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { id, fills: [], cash: [], equity: [], failed: error.message }
  } finally {
    market.release()
  }
}

const COLUMNS = ['bar', 'asset', 'side', 'quantity', 'price', 'commission'] as const

function typed(series: Scenario['assets'][number]) {
  const [open, high, low, close, volume] = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) =>
    Float64Array.from(series[name]),
  )
  return { open, high, low, close, volume }
}

function order(asset: number, { type, quantity, limit, stop }: PlainOrder): OrderRequest {
  const prices = {
    ...(limit === undefined ? {} : { limitPrice: limit }),
    ...(stop === undefined ? {} : { stopPrice: stop }),
  }
  return { asset, type, quantity, ...prices }
}

/** Prices that no scenario has. */
const NEVER_BELOW = 1e-6
const NEVER_ABOVE = 1e9

/** A trailing stop that a strategy moves by itself, at each close. */
interface OwnTrail {
  id: number
  side: number
  distance(price: number): number
  stop: number
}

/** A strategy that gives the decisions of a scenario as that engine's would. */
function decisionsOf(scenario: Scenario, engine: Engine): StrategyClass {
  return class extends Decisions {
    static override source = scenario.id
    protected override engine = engine
    protected override decisions = scenario.decisions
  }
}

/** Gives decisions as hooks do. */
abstract class Decisions extends Strategy {
  protected abstract engine: Engine
  protected abstract decisions: readonly Decision[]
  readonly #byBar = new Map<number, Decision[]>()
  #late: (() => void)[] = []
  readonly #trails: OwnTrail[] = []

  override onStart(): void {
    for (const decision of this.decisions) {
      const list = this.#byBar.get(decision.bar)
      if (list) list.push(decision)
      else this.#byBar.set(decision.bar, [decision])
    }
  }

  override onBar(bar: Bar, broker: Broker): void {
    const late = this.#late
    this.#late = []
    for (const give of late) give()
    for (const trail of this.#trails) this.#follow(trail, bar.close[0], broker)
    for (const decision of this.#byBar.get(bar.index) ?? []) this.#decide(decision, bar, broker)
  }

  #decide(decision: Decision, bar: Bar, broker: Broker): void {
    const { asset } = decision
    switch (decision.do) {
      case 'order':
        broker.submitOrder(order(asset, decision))
        break
      case 'oco':
        broker.submitOco(decision.orders.map((one) => order(asset, one)))
        break
      case 'close':
        if (broker.getQuantity(asset) !== 0) broker.closePosition(asset)
        break
      case 'cancel':
        this.#cancel(asset, broker)
        break
      case 'bracket':
        if (decision.flat && broker.getQuantity(asset) !== 0) break
        broker.submitBracket({
          ...order(asset, { ...decision, stop: undefined }),
          stopLossPrice: decision.stop,
          takeProfitPrice: decision.target,
        })
        break
      case 'trail':
        this.#trail(decision, bar, broker)
        break
      case 'signal':
        if (this.engine.signals === 'rules') this.#signalWithRules(decision, broker)
        else this.#signalWithBracket(decision, bar, broker)
        break
      case 'target':
        if (broker.getQuantity(asset) !== decision.units) broker.orderTargetQuantity(asset, decision.units)
    }
  }

  #cancel(asset: number, broker: Broker): void {
    for (const { id } of broker.getPendingOrders(asset)) broker.cancelOrder(id)
  }

  #trail(decision: Decision & { do: 'trail' }, bar: Bar, broker: Broker): void {
    const { asset, quantity, amount, fraction, late } = decision
    if (this.engine.name === 'backtesting.py') {
      this.#ownTrail(decision, bar, broker)
      return
    }
    broker.submitOrder({ asset, quantity })
    const give = () => {
      const distance = amount === undefined ? { trailFraction: fraction } : { trailAmount: amount }
      broker.submitOrder({ asset, type: 'trailing-stop', quantity: -quantity, ...distance })
    }
    if (late) this.#late.push(give)
    else give()
  }

  /** The stop of a trade that is moved at each close, as TrailingStrategy of backtesting.py does. */
  #ownTrail(decision: Decision & { do: 'trail' }, bar: Bar, broker: Broker): void {
    const { asset, quantity, amount, fraction, late } = decision
    const side = Math.sign(quantity)
    const distance = (price: number) => amount ?? price * fraction!
    // A stop that is set later is there from the start, where nothing reaches it: so it belongs to its entry.
    const first = late ? (side > 0 ? NEVER_BELOW : NEVER_ABOVE) : bar.close[asset] - side * distance(bar.close[asset])
    const { stop: id } = broker.submitBracket({ asset, quantity, stopLossPrice: first })
    this.#trails.push({ id, side, distance, stop: first })
  }

  #follow(trail: OwnTrail, close: number, broker: Broker): void {
    const stop = close - trail.side * trail.distance(close)
    if ((stop - trail.stop) * trail.side <= 0) return
    trail.stop = stop
    broker.updateOrder(trail.id, { stopPrice: stop })
  }

  /** Rules of the position from its fill on. */
  #signalWithRules(decision: Decision & { do: 'signal' }, broker: Broker): void {
    const { asset, side, units, stop, target } = decision
    const held = broker.getQuantity(asset)
    if (side === 0) {
      if (held !== 0) broker.closePosition(asset)
      return
    }
    if (held * side > 0) return
    const levels = { ...(stop === undefined ? {} : { stop }), ...(target === undefined ? {} : { target }) }
    if (held === 0) broker.submitOrder({ asset, quantity: side * units, ...levels })
    else broker.orderTargetQuantity(asset, side * units, levels)
  }

  /** Children at prices worked out from this close; whatever is still pending is cancelled first. */
  #signalWithBracket(decision: Decision & { do: 'signal' }, bar: Bar, broker: Broker): void {
    const { asset, side, units, stop, target } = decision
    const held = broker.getQuantity(asset)
    if (side === 0 ? held === 0 : held * side > 0) return
    this.#cancel(asset, broker)
    if (held !== 0) broker.closePosition(asset)
    if (side === 0) return
    const close = bar.close[asset]
    const entry = { asset, quantity: side * units }
    if (stop === undefined && target === undefined) {
      broker.submitOrder(entry)
      return
    }
    broker.submitBracket({
      ...entry,
      ...(stop === undefined ? {} : { stopLossPrice: close * (1 - side * stop) }),
      ...(target === undefined ? {} : { takeProfitPrice: close * (1 + side * target) }),
    })
  }
}
