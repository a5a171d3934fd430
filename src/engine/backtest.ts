import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { engineBytes, getEngine } from '../kernel/load.ts'
import { Sha256 } from '../kernel/sha256.ts'
import { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import { METRICS } from '../results/metrics.ts'
import { type BandEntry, type OpenPosition, Result, type Warning } from '../results/result.ts'
import type { DefaultSize } from './broker.ts'
import { checkSettings, PATHS } from './config.ts'
import { type ReadStrategy, readStrategy } from './given.ts'
import { checkConstraints, checkParameters } from './parameters.ts'
import { Run, type RunSetup } from './run.ts'
import type { BrokerSettings } from './settings.ts'
import type { ParameterSchema, StrategyInput } from './strategy.ts'
import { verifyLookahead, verifySnapshot } from './verify.ts'
import { type WindowOptions, windowOf, windowSettings } from './window.ts'

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
  const quick: Run[] = []
  const quickRun = (place: number, next: RunSetup): Run => {
    if (quick[place]) quick[place].restart(next.parameters, next.driver)
    else quick[place] = new Run(next)
    return quick[place]
  }

  const setup = (parameters: Readonly<Record<string, number | string | boolean>>, record: number): RunSetup => {
    const checked = checkParameters(strategy.schema, { ...config.parameters, ...parameters }, strategy.name)
    checkConstraints(strategy.constraints, checked, strategy.name)
    return {
      market,
      window,
      driver: strategy.driver(),
      settings,
      parameters: checked,
      size,
      record,
      contextNames: strategy.contextNames,
      engine,
    }
  }

  const full = (parameters: Readonly<Record<string, number | string | boolean>>, path = settings.path): Result => {
    const run = new Run({ ...setup(parameters, L.RECORD_TABLES), settings: { ...settings, path } })
    try {
      run.toEnd()
      return collect(run, strategy, config)
    } finally {
      run.release()
    }
  }

  return {
    parameters: strategy.schema,
    metrics(parameters) {
      return readMetrics(quickRun(0, setup(parameters, L.RECORD_NONE)).toEnd(), metrics)
    },
    metricsOf(sets, take) {
      const together = strategy.kind === 'signals' ? inStep(market) : 1
      const rows = Array.from({ length: together }, () => new Float64Array(METRICS.length))
      for (let from = 0; from < sets.length; ) {
        const outcomes: (Float64Array | { error: unknown })[] = []
        const places = new Map<Run, number>()
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
        Run.toEndInStep([...places.keys()], STEP_BARS, (run, error) => {
          outcomes[places.get(run) as number] = { error }
        })
        for (const [run, place] of places) if (outcomes[place] === rows[place]) readMetrics(run, rows[place])
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

/** A run to be stepped, saved, restored and forked; release it when done. */
export function openRun(market: Market, input: StrategyInput, config: BacktestConfig = {}): Run {
  const strategy = readStrategy(input)
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
  return new Run({
    market,
    window: windowOf(market, getEngine(), config),
    settings: checkSettings(config),
    parameters,
    size: checkSize(config.size, market),
    record: L.RECORD_EVENTS,
    contextNames: strategy.contextNames,
    strategySource: config.strategySource,
    driver: strategy.driver(),
  })
}

/** The result of a run that was opened with `openRun`, as far as it has come. */
export function resultOf(run: Run): Result {
  const { driver } = run.setup
  const input = driver.strategy as StrategyInput
  run.lane.bind()
  run.lane.settle()
  if (!run.ended && run.bar >= run.lane.shape.first) {
    // Written at the end of the bar, which has not come yet; the next step writes it again.
    const row = run.bar - run.lane.shape.first
    run.lane.equity[row] = run.lane.accountValue
    run.lane.cash[row] = run.lane.f64(L.RUN_CASH)
  }
  return collect(run, readStrategy(input), run.setup)
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

// ---- outcome -------------------------------------------------------------------------------------

let engineDigest: string | undefined

/** How many bars have been traded so far. */
function barsOf(run: Run): number {
  return Math.max(0, run.bar + 1 - run.setup.window.first)
}

/** Metrics of a run that has ended, from its equity and totals; written to `out` in the order of METRICS. */
function readMetrics(run: Run, out: Float64Array): Float64Array {
  const { lane } = run
  const { window, settings } = run.setup
  const { arena, kernels } = lane.engine
  const scratch = lane.i32(L.RUN_RING) >>> 0
  const bars = barsOf(run)
  const { periods, perYear } = window
  const ends = lane.periodEnds
  if (lane.shape.followed) {
    lane.bind()
    kernels.followedStats(perYear, scratch)
  } else kernels.equityStats(lane.i32(L.RUN_EQUITY_COLUMN) >>> 0, bars, ends, periods, settings.cash, perYear, scratch)
  const stats = arena.f64(scratch, L.STAT_COUNT)
  const totals = lane.totals
  const context = { initialCash: settings.cash, holdReturn: window.holdReturn() }
  for (let i = 0; i < METRICS.length; i++) out[i] = METRICS[i].from(stats, totals, context)
  return out
}

function collect(run: Run, strategy: ReadStrategy, config: Pick<BacktestConfig, 'strategySource' | 'band'>): Result {
  const { lane } = run
  const { market, window, settings, parameters, size } = run.setup
  const bars = barsOf(run)
  const metrics = readMetrics(run, new Float64Array(METRICS.length))
  const positions: OpenPosition[] = []
  const quantities = lane.quantities
  for (let asset = 0; asset < quantities.length; asset++) {
    if (quantities[asset] === 0) continue
    positions.push({
      asset,
      quantity: quantities[asset],
      average: lane.position(asset, L.POSITION_AVERAGE),
      mark: lane.mark(asset),
      commission: lane.position(asset, L.POSITION_COMMISSION),
      barsHeld: lane.barsHeld(asset),
      entryBar: lane.positionI32(asset, L.POSITION_ENTRY_BAR),
      entryOrder: lane.positionI32(asset, L.POSITION_ENTRY_ORDER),
    })
  }
  return new Result({
    market,
    firstBar: window.first,
    fills: lane.tables.fills.take(),
    trades: lane.tables.trades.take(),
    orders: lane.tables.orders.take(),
    positions,
    equity: lane.equity.slice(0, bars),
    cash: lane.cash.slice(0, bars),
    metrics,
    contextNames: run.setup.contextNames,
    settings: { ...settings, size, ...windowSettings(market, window) },
    parameters,
    strategy: strategy.name,
    warnings: warnings(run, market, config.band === true),
    engineDigest: () => {
      engineDigest ??= new Sha256().update(engineBytes()).hex()
      return engineDigest
    },
    strategyDigest: () => strategy.digest(config.strategySource),
  })
}

function warnings(run: Run, market: Market, banded: boolean): Warning[] {
  const { lane } = run
  const out: Warning[] = []
  const total = (index: number) => lane.total(index)
  const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`
  if (total(L.TOTAL_SAME_BAR_FILLS) > 0) {
    out.push({
      code: 'same_bar_fills',
      message: `${count(total(L.TOTAL_SAME_BAR_FILLS), 'fill')} at the close of the bar that decided them: the decision has to be made before the price is known. Compare with timing next-open.`,
    })
  }
  if (total(L.TOTAL_AMBIGUOUS_BARS) > 0) {
    out.push({
      code: 'ambiguous_bars',
      message: `${count(total(L.TOTAL_AMBIGUOUS_BARS), 'bar')} in which the price's way through the bar decides the fills, taken as ${run.setup.settings.path}. ${banded ? 'The band shows what that is worth; finer bars make it smaller.' : 'Run with band: true to see what that is worth, or use finer bars.'}`,
    })
  }
  if (total(L.TOTAL_ENTRIES_ATTEMPTED) > 0 && total(L.TOTAL_ENTRIES_ATTEMPTED) === total(L.TOTAL_ENTRIES_REFUSED)) {
    out.push({
      code: 'entries_rejected',
      message: `${total(L.TOTAL_ENTRIES_ATTEMPTED) === 1 ? 'The only entry was' : `All ${total(L.TOTAL_ENTRIES_ATTEMPTED)} entries were`} refused; the orders table has the reasons. Check cash, size and account.`,
    })
  } else if (total(L.TOTAL_TRADES) === 0) {
    out.push({
      code: 'no_trades',
      message:
        total(L.TOTAL_ORDERS) === 0
          ? 'The strategy gave no orders.'
          : `No trade was closed, with ${count(total(L.TOTAL_ORDERS), 'order')} given.`,
    })
  }
  if (total(L.TOTAL_MARGIN_CALLS) > 0)
    out.push({
      code: 'margin_calls',
      message: `${count(total(L.TOTAL_MARGIN_CALLS), 'bar')} closed below the maintenance margin.`,
    })
  if (lane.i32(L.RUN_BUST))
    out.push({
      code: 'bust',
      message: `The account was bust at bar ${run.bar} (${market.barTime(run.bar)}); the run ended there.`,
    })
  // Years are counted in periods, whatever lies between them.
  const { first, end, periods, perYear } = run.setup.window
  const days = (market.time[end - 1] - market.time[first]) / 86_400_000 / (periods - 1)
  if (periods > 20 && days > (2 * 365.25) / perYear)
    out.push({
      code: 'sparse_periods',
      message: `Returns lie ${days.toFixed(1)} days apart, and ${perYear} of them are taken for a year: cagr, volatility, sharpe, sortino and calmar are larger than those of a year. Compare them with those of like bars only.`,
    })
  for (const remark of market.remarks) out.push({ code: remark.code, message: remark.message })
  return out
}
