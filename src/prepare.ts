import * as L from '../assembly/layout.ts'
import { type DrivenRun, type DrivenSetup, driven, toEndTogether } from './drivers/driven.ts'
import { chosenCosts } from './engine/owncosts.ts'
import { checkMarket, checkNames, type RunConfig } from './engine/setup.ts'
import { windowOf } from './engine/window.ts'
import { FillgridError, show } from './errors.ts'
import { getEngine } from './kernel/load.ts'
import type { Market } from './market/market.ts'
import { METRICS } from './results/metrics.ts'
import type { BandEntry, Result } from './results/result.ts'
import { settingsOver } from './settings/over.ts'
import { checkSize } from './settings/read.ts'
import { PATHS } from './settings/table.ts'
import { readInput, type StrategyInput } from './strategies/catalogue.ts'
import { checkConstraints, checkParameters } from './strategy/parameters.ts'
import type { ParameterSchema } from './strategy/strategy.ts'
import { verifyLookahead, verifySnapshot } from './verify.ts'

/** Everything that can be set about a backtest, all optional. */
export interface BacktestConfig extends RunConfig {
  /** Runs the other two path policies as well and adds all three to the result. */
  band?: boolean
  /**
   * 'lookahead' replaces everything after random bars and proves that earlier decisions do not change; 'snapshot'
   * restores at random bars and proves that the strategy keeps its state where snapshots find it. Needs a class.
   */
  verify?: 'lookahead' | 'snapshot'
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
  const strategy = readInput(input)
  checkMarket(market)
  checkNames(config)
  if (config.verify !== undefined && config.verify !== 'lookahead' && config.verify !== 'snapshot') {
    throw new FillgridError(
      'invalid_value',
      `verify: 'lookahead' or 'snapshot' expected, found ${show(config.verify)}.`,
    )
  }
  const settings = settingsOver(market, config)
  if (config.verify === 'lookahead' && settings.slips === 'capped-ahead')
    throw new FillgridError(
      'conflicting_settings',
      "verify lookahead: fills that go by what is known expected, found slips capped-ahead, whose fills at the close are capped by the next bar. Use `slips: 'capped'`, or leave out verify.",
    )
  const costs = chosenCosts(settings, strategy)
  const size = checkSize(config.size, market.assetCount)
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
      costs,
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
