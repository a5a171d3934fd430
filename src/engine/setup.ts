import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { getEngine } from '../kernel/load.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import { settingsOver } from '../settings/over.ts'
import { checkSize } from '../settings/read.ts'
import type { BrokerSettings, DefaultSize } from '../settings/settings.ts'
import { SETTINGS } from '../settings/table.ts'
import type { NamedStrategy, ReadStrategy } from '../strategy/given.ts'
import { checkConstraints, checkParameters } from '../strategy/parameters.ts'
import type { MeasureOptions } from './measure.ts'
import type { OpenSetup } from './openrun.ts'
import { chosenCosts } from './owncosts.ts'
import { type WindowOptions, windowOf } from './window.ts'

/** Everything that can be set about a run, all optional. */
export interface RunConfig extends BrokerSettings, WindowOptions, MeasureOptions {
  /** Parameters of the strategy; its defaults for the rest. */
  parameters?: Readonly<Record<string, number | string | boolean>>
  /** Size of entries that give none; the whole equity divided by the number of assets. */
  size?: DefaultSize
  /** Text that stands for the strategy in the fingerprint; its source by default. */
  strategySource?: string
}

const CONFIG_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(SETTINGS),
  ...['profile', 'parameters', 'size', 'band', 'verify', 'strategySource', 'from', 'to', 'cagr', 'periodsPerYear'],
])

/** What a run needs that is stepped, checked. @throws FillgridError */
export function stepSetup(
  market: Market,
  strategy: NamedStrategy & Pick<ReadStrategy, 'contextNames' | 'constraints' | 'costModels'>,
  config: RunConfig,
): OpenSetup {
  checkMarket(market)
  checkNames(config)
  for (const name of ['band', 'verify'] as const)
    if ((config as Readonly<Record<string, unknown>>)[name])
      throw new FillgridError(
        'invalid_value',
        `config.${name}: it takes several runs, found it for one that is stepped. Use backtest.`,
      )
  const parameters = checkParameters(strategy.schema, config.parameters ?? {}, strategy.name)
  checkConstraints(strategy.constraints, parameters, strategy.name)
  const engine = getEngine()
  const settings = settingsOver(market, config)
  return {
    market,
    window: windowOf(market, engine, config),
    settings,
    parameters,
    size: checkSize(config.size, market.assetCount),
    record: L.RECORD_EVENTS,
    followed: false,
    contextNames: strategy.contextNames,
    costs: chosenCosts(settings, strategy),
    strategy,
    strategySource: config.strategySource,
    keepMarks: true,
    engine,
  }
}

/** @throws FillgridError invalid_value */
export function checkMarket(market: Market): void {
  expectMarket(market, 'market')
}

/** Refuses what is no config, or has a setting that there is not. @throws FillgridError invalid_value, unknown_name */
export function checkNames(config: RunConfig): void {
  if (config === null || typeof config !== 'object')
    throw new FillgridError('invalid_value', `config: an object of settings expected, found ${show(config)}.`)
  onlyNames(config, CONFIG_NAMES, 'config', 'a setting')
  for (const [name, value] of Object.entries(config))
    if (value === null)
      throw new FillgridError(
        'invalid_value',
        `config.${name}: a value expected, found null. Leave it out for the default.`,
      )
  const { parameters } = config
  if (parameters !== undefined && typeof parameters !== 'object')
    throw new FillgridError('invalid_value', `parameters: values by name expected, found ${show(parameters)}.`)
}
