import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { getEngine } from '../kernel/load.ts'
import { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import { METRICS } from '../results/metrics.ts'
import type { BandEntry, Result } from '../results/result.ts'
import type { DefaultSize } from './broker.ts'
import { checkSettings, PATHS } from './config.ts'
import { type DrivenRun, type DrivenSetup, driven, toEndTogether } from './driven.ts'
import { type NamedStrategy, type ReadStrategy, readStrategy } from './given.ts'
import type { OpenRun, OpenSetup } from './openrun.ts'
import { checkConstraints, checkParameters } from './parameters.ts'
import type { BrokerSettings } from './settings.ts'
import type { ParameterSchema, StrategyInput } from './strategy.ts'
import { verifyLookahead, verifySnapshot } from './verify.ts'
import { type WindowOptions, windowOf } from './window.ts'

/** Everything that can be set about a backtest, all optional. */
export interface BacktestConfig extends BrokerSettings, WindowOptions {
  /** Parameters of the strategy; its defaults for the rest. */
  parameters?: Readonly<Record<string, number | string | boolean>>
  /** Size of entries that give none; the whole equity divided by the number of assets. */
  size?: DefaultSize
  /** Runs the other two path policies as well and adds all three to the result. */
  band?: boolean
  /**
   * 'lookahead' replaces everything after random bars and proves that earlier decisions do not change; 'snapshot'
   * restores at random bars and proves that the strategy keeps its state where snapshots find it. Needs a class.
   */
  verify?: 'lookahead' | 'snapshot'
  /** Text that stands for the strategy in the fingerprint; its source by default. */
  strategySource?: string
}

const CONFIG_NAMES: ReadonlySet<string> = new Set([
  'cash',
  'timing',
  'path',
  'commission',
  'slippage',
  'account',
  'quantityStep',
  'shortfall',
  'stopFill',
  'stopBasis',
  'ended',
  'notListed',
  'rules',
  'parameters',
  'size',
  'band',
  'verify',
  'strategySource',
  'from',
  'to',
])

/**
 * Runs a strategy (hooks or signals) over a market and returns what came of it.
 *
 * @throws FillgridError invalid_value, unknown_name for what cannot be run; strategy_failed for what a hook throws;
 * verification_failed with `verify`
 */
export function backtest(market: Market, strategy: StrategyInput, config: BacktestConfig = {}): Result {
  const runner = prepare(market, strategy, config)
  try {
    return runner.run(config.parameters ?? {})
  } finally {
    runner.release()
  }
}

/** One strategy over one market, ready for any number of parameter sets. Memory is kept until `release`. */
export interface Runner {
  readonly parameters: ParameterSchema
  /**
   * Metrics of one parameter set in the order of METRICS; no tables are kept. The array is overwritten by the next call.
   * @throws FillgridError
   */
  metrics(parameters: Readonly<Record<string, number | string | boolean>>): Float64Array
  /**
   * The same of many sets, for less time each where they are signals over one asset: `take` is told the metrics of each
   * set, in an array that is overwritten once it has been told of some more, or what the set failed with; in the order of
   * the sets. What `take` throws ends it.
   */
  metricsOf(
    sets: readonly Readonly<Record<string, number | string | boolean>>[],
    take: (at: number, outcome: Float64Array | { error: unknown }) => void,
  ): void
  /** The whole result of one parameter set. @throws FillgridError */
  run(parameters: Readonly<Record<string, number | string | boolean>>): Result
  release(): void
}

/** Bars that sets in step take at a time: 128 KiB of prices. */
const STEP_BARS = 4096
/** Sets that run in step, and the bars of all of them together, so that their columns are not too much. */
const MOST_IN_STEP = 16
const BARS_IN_STEP = 1 << 24

/** How many sets of a signal strategy run in step: it pays where the bars of one asset are gone through in leaps. */
function inStep(market: Market): number {
  if (market.assetCount > 1) return 1
  return Math.max(1, Math.min(MOST_IN_STEP, Math.floor(BARS_IN_STEP / market.bars)))
}

/** Checks a strategy and its config once, for many runs. The parameters of `config` are defaults for all of them. */
export function prepare(market: Market, input: StrategyInput, config: BacktestConfig = {}): Runner {
  const strategy = readStrategy(input)
  checkMarket(market)
  checkNames(config)
  if (config.verify !== undefined && config.verify !== 'lookahead' && config.verify !== 'snapshot') {
    throw new FillgridError(
      'invalid_value',
      `verify: 'lookahead' or 'snapshot' expected, found ${show(config.verify)}.`,
    )
  }
  const settings = checkSettings(config)
  const size = checkSize(config.size, market)
  const engine = getEngine()
  const window = windowOf(market, engine, config)
  const metrics = new Float64Array(METRICS.length)
  /** Runs for metrics alone, kept from set to set. */
  const quick: DrivenRun[] = []
  const quickRun = (place: number, next: DrivenSetup): DrivenRun => {
    if (quick[place]) quick[place].restart(next.parameters, next.driver)
    else quick[place] = driven(next)
    return quick[place]
  }

  const setup = (parameters: Readonly<Record<string, number | string | boolean>>, record: number): DrivenSetup => {
    const checked = checkParameters(strategy.schema, { ...config.parameters, ...parameters }, strategy.name)
    checkConstraints(strategy.constraints, checked, strategy.name)
    return {
      market,
      window,
      driver: strategy.driver(),
      strategy,
      strategySource: config.strategySource,
      settings,
      parameters: checked,
      size,
      record,
      followed: record === L.RECORD_NONE,
      contextNames: strategy.contextNames,
      engine,
    }
  }

  const full = (parameters: Readonly<Record<string, number | string | boolean>>, path = settings.path): Result => {
    const run = driven({ ...setup(parameters, L.RECORD_TABLES), settings: { ...settings, path }, banded: config.band })
    try {
      return run.toEnd().result()
    } finally {
      run.release()
    }
  }

  return {
    parameters: strategy.schema,
    metrics(parameters) {
      return quickRun(0, setup(parameters, L.RECORD_NONE)).toEnd().metrics(metrics)
    },
    metricsOf(sets, take) {
      const together = strategy.kind === 'signals' ? inStep(market) : 1
      const rows = Array.from({ length: together }, () => new Float64Array(METRICS.length))
      for (let from = 0; from < sets.length; ) {
        const outcomes: (Float64Array | { error: unknown })[] = []
        const places = new Map<DrivenRun, number>()
        for (; outcomes.length < together && from + outcomes.length < sets.length; ) {
          const place = outcomes.length
          try {
            places.set(quickRun(places.size, setup(sets[from + place], L.RECORD_NONE)).begin(), place)
            outcomes.push(rows[place])
          } catch (error) {
            // What does not fit beside the others may do so alone.
            if (places.size > 0 && error instanceof FillgridError && error.code === 'memory_limit') break
            outcomes.push({ error })
          }
        }
        toEndTogether([...places.keys()], STEP_BARS, (run, error) => {
          outcomes[places.get(run) as number] = { error }
        })
        for (const [run, place] of places) if (outcomes[place] === rows[place]) run.metrics(rows[place])
        // Last, so that nothing the caller does can come between.
        outcomes.forEach((outcome, place) => {
          take(from + place, outcome)
        })
        from += outcomes.length
      }
    },
    run(parameters) {
      if ((config.band || config.verify) && strategy.instance) {
        throw new FillgridError(
          'invalid_strategy',
          `strategy ${strategy.name}: band and verify run it several times, found an instance. Pass the class.`,
        )
      }
      const result = full(parameters)
      if (config.band) {
        const band = {} as Record<'adverse' | 'favourable' | 'nearest', BandEntry>
        for (const path of PATHS) {
          const { finalValue, totalReturn, maxDrawdown } = (path === settings.path ? result : full(parameters, path))
            .summary
          band[path] = { finalValue, totalReturn, maxDrawdown }
        }
        result.band = band
      }
      if (config.verify === 'lookahead') {
        if (strategy.columns)
          throw new FillgridError(
            'invalid_strategy',
            'verify lookahead: a strategy that decides during the run expected, found signal columns, which are data. Pass defineSignals(...), which computes them from the market.',
          )
        verifyLookahead(() => setup(parameters, L.RECORD_TABLES))
      }
      if (config.verify === 'snapshot') verifySnapshot(() => setup(parameters, L.RECORD_TABLES))
      return result
    },
    release() {
      for (const run of quick) run.release()
      quick.length = 0
    },
  }
}

/**
 * A run to be stepped, marked, stepped back, saved, restored and forked; release it when done.
 *
 * @throws FillgridError as `backtest`
 */
export function openRun(market: Market, input: StrategyInput, config: BacktestConfig = {}): DrivenRun {
  const strategy = readStrategy(input)
  const setup = stepSetup(market, strategy, config)
  return driven({ ...setup, driver: strategy.driver() })
}

/** What a run needs that is stepped, checked. @throws FillgridError */
export function stepSetup(
  market: Market,
  strategy: NamedStrategy & Pick<ReadStrategy, 'contextNames' | 'constraints'>,
  config: BacktestConfig,
): OpenSetup {
  checkMarket(market)
  checkNames(config)
  for (const name of ['band', 'verify'] as const)
    if (config[name])
      throw new FillgridError(
        'invalid_value',
        `config.${name}: it takes several runs, found it for one that is stepped. Use backtest.`,
      )
  const parameters = checkParameters(strategy.schema, config.parameters ?? {}, strategy.name)
  checkConstraints(strategy.constraints, parameters, strategy.name)
  const engine = getEngine()
  return {
    market,
    window: windowOf(market, engine, config),
    settings: checkSettings(config),
    parameters,
    size: checkSize(config.size, market),
    record: L.RECORD_EVENTS,
    followed: false,
    contextNames: strategy.contextNames,
    strategy,
    strategySource: config.strategySource,
    keepMarks: true,
    engine,
  }
}

/** The result of a run that is stepped, as far as it has come. */
export function resultOf(run: OpenRun): Result {
  return run.result()
}

// ---- config --------------------------------------------------------------------------------------

/** @throws FillgridError invalid_value */
export function checkMarket(market: Market): void {
  if (!(market instanceof Market))
    throw new FillgridError(
      'invalid_value',
      `market: a Market expected, found ${show(market)}. Make one with Market.from(...).`,
    )
}

function checkNames(config: BacktestConfig): void {
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

function checkSize(size: DefaultSize | undefined, market: Market): DefaultSize {
  if (size === undefined) return { type: 'fraction', amount: 1 / market.assetCount }
  if (size === null || typeof size !== 'object')
    throw new FillgridError('invalid_value', `size: { type, amount } expected, found ${show(size)}.`)
  onlyNames(size, new Set(['type', 'amount']), 'size', 'a field of a size')
  if (!['units', 'value', 'fraction'].includes(size.type))
    throw new FillgridError(
      'invalid_value',
      `size.type: 'units', 'value' or 'fraction' expected, found ${show(size.type)}.`,
    )
  if (!(size.amount > 0 && Number.isFinite(size.amount)))
    throw new FillgridError('invalid_value', `size.amount: a number above 0 expected, found ${show(size.amount)}.`)
  return { type: size.type, amount: size.amount }
}
