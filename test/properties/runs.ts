/** Random scenarios run through the public interface. */
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import type { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { type SignalColumns, Strategy } from '../../src/strategy/strategy.ts'
import { Scripted } from '../kernel/adapter.ts'
import type { Scenario, SignalScenario } from '../oracle/types.ts'

/** Runs a scenario's commands; undefined for the few draws that the broker refuses (a fraction trail of 1 or more). */
export function runScenario(scenario: Scenario, market: Market): Result | undefined {
  try {
    return backtest(market, new Scripted(scenario.commands, scenario.market), scenario.settings)
  } catch (error) {
    if (error instanceof FillgridError && error.message.includes('trailFraction: a finite number above 0 and below 1'))
      return undefined
    throw error
  }
}

/** The columns of a scenario, and its config. */
export function signalsOf(scenario: SignalScenario): { columns: SignalColumns; config: BacktestConfig } {
  const { sizeType, defaultSize, settings, market, entries, exits, shortEntries, shortExits } = scenario
  const columns: SignalColumns = { sizeType }
  const given = {
    entries,
    exits,
    shortEntries,
    shortExits,
    targetPosition: scenario.targetPosition,
    size: scenario.size,
    stop: scenario.stop,
    target: scenario.target,
    trail: scenario.trail,
  }
  for (const [name, rows] of Object.entries(given)) if (rows) Object.assign(columns, { [name]: rows.flat() })
  if (!entries && !scenario.targetPosition) columns.flags = new Uint8Array(market.bars * market.assets)
  return { columns, config: { ...settings, size: { type: sizeType, amount: defaultSize } } }
}

/** The config of a hook that decides as columns say: it goes by older rows, its orders are not on their way (8.3). */
export function atOnce(config: BacktestConfig): BacktestConfig {
  return { ...config, latency: 0 }
}

/** The decisions of signal columns, given by a hook through the public broker (semantics 8.2); run it `atOnce`. */
export class SignalsAsHook extends Strategy {
  readonly #s: SignalScenario

  constructor(scenario: SignalScenario) {
    super()
    this.#s = scenario
  }

  override onBar(bar: Bar, broker: Broker): void {
    const row = bar.index - (this.#s.settings.latency ?? 0)
    for (let asset = 0; asset < this.assets.length && row >= 0; asset++) {
      if (this.#s.targetPosition) this.#target(row, asset, broker)
      else this.#signals(row, asset, broker)
    }
  }

  #target(bar: number, asset: number, broker: Broker): void {
    const target = this.#s.targetPosition![bar][asset]
    if (Number.isNaN(target)) return
    const options = this.#options(bar, asset)
    if (this.#s.sizeType === 'value') broker.orderTargetValue(asset, target, options)
    else if (this.#s.sizeType === 'fraction') broker.orderTargetPercent(asset, target, options)
    else if (target !== broker.getQuantity(asset) || broker.getPendingOrders(asset).length > 0)
      broker.orderTargetQuantity(asset, target, options)
  }

  #signals(bar: number, asset: number, broker: Broker): void {
    const at = (rows: boolean[][] | undefined) => rows?.[bar][asset] ?? false
    const { entries, exits, shortEntries, shortExits, size } = this.#s
    let [long, exitLong, short, exitShort] = [entries, exits, shortEntries, shortExits].map(at)
    if (long && exitLong) long = exitLong = false
    if (short && exitShort) short = exitShort = false
    if (long && short) long = short = false
    const held = broker.getQuantity(asset)
    if ((exitLong && held > 0) || (exitShort && held < 0)) broker.closePosition(asset, { signal: true })
    const given = size?.[bar][asset]
    const options = {
      ...this.#options(bar, asset),
      ...(given === undefined || Number.isNaN(given) ? {} : { size: given }),
    }
    if (long) broker.enterPosition(asset, 'long', options)
    if (short) broker.enterPosition(asset, 'short', options)
  }

  #options(bar: number, asset: number) {
    const at = (rows: number[][] | undefined) => rows?.[bar][asset]
    return { signal: true, stop: at(this.#s.stop), target: at(this.#s.target), trail: at(this.#s.trail) }
  }
}
