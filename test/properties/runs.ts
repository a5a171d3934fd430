/** Random scenarios run through the public interface. */
import { backtest } from '../../src/backtest.ts'
import { FillgridError } from '../../src/errors.ts'
import type { Market } from '../../src/market/market.ts'
import type { BacktestConfig } from '../../src/prepare.ts'
import type { Result } from '../../src/results/result.ts'
import type { Rule } from '../../src/settings/settings.ts'
import type { Bar } from '../../src/strategy/bar.ts'
import type { Broker } from '../../src/strategy/broker.ts'
import { type SignalColumns, Strategy } from '../../src/strategy/strategy.ts'
import { Scripted, signalRules } from '../kernel/adapter.ts'
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

/** Some rows of the columns of a scenario; its market stays what it is, but for the number of its bars. */
export function rowsOf(scenario: SignalScenario, first: number, end: number): SignalScenario {
  const cut = Object.entries(scenario).map(([name, value]) => [
    name,
    name === 'rules'
      ? scenario.rules?.map(({ rule, there }) => ({ rule, there: there.slice(first, end) }))
      : Array.isArray(value)
        ? value.slice(first, end)
        : value,
  ])
  return { ...(Object.fromEntries(cut) as SignalScenario), market: { ...scenario.market, bars: end - first } }
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
    hold: scenario.hold,
  }
  for (const [name, rows] of Object.entries(given)) if (rows) Object.assign(columns, { [name]: rows.flat() })
  columns.rules = signalRules(scenario)
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
    const { rules, hold, stop, target, trail } = this.#s
    const chain = rules
      ? rules.filter(({ there }) => there[bar][asset]).map(({ rule }) => rule)
      : this.#chain(bar, asset)
    if (rules || hold) return { signal: true, ...(chain.length > 0 ? { rules: chain } : {}) }
    return { signal: true, stop: at(stop), target: at(target), trail: at(trail) }
  }

  /** Stop, target and trail with the bars to hold. */
  #chain(bar: number, asset: number): Rule[] {
    const rules: Rule[] = (['stop', 'target', 'trail'] as const).map((type) => ({
      type,
      distance: this.#s[type]?.[bar][asset] ?? Number.NaN,
    }))
    rules.push({ type: 'time', bars: this.#s.hold?.[bar][asset] ?? Number.NaN })
    return rules.filter((rule) => !Number.isNaN('bars' in rule ? rule.bars : 'distance' in rule ? rule.distance : 0))
  }
}
