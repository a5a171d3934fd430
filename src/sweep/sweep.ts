import { backtest } from '../backtest.ts'
import { checkMarket, checkNames } from '../engine/setup.ts'
import { FillgridError, show } from '../errors.ts'
import { type Executor, type ExecutorFactory, type JobHead, makeExecutor } from '../jobs/executor.ts'
import { askedFigures, checkAnalysis, figuresOf } from '../jobs/figures.ts'
import { localExecutor } from '../jobs/inline.ts'
import type { ParameterSet } from '../jobs/job.ts'
import { type AskedFigures, type JobCodec, type JobPiece, setText } from '../jobs/piece.ts'
import { type Piece, runSchedule } from '../jobs/schedule.ts'
import { describeStrategy, type LoadedStrategy, resolveStrategy, type StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import { onlyNames } from '../market/names.ts'
import type { BacktestConfig } from '../prepare.ts'
import { type CatalogueMetric, metricNamed } from '../results/catalogue.ts'
import type { CurveOptions } from '../results/curveoptions.ts'
import { METRICS, type MetricSpec } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import type { Table } from '../results/table.ts'
import { checkParameters } from '../strategy/parameters.ts'
import { planOf, type RowKeeper } from './keep.ts'
import { rankRows } from './rank.ts'
import { parameterColumnName, SweepRows } from './rows.ts'
import { Space, type SpaceInput } from './space.ts'

/** How far a sweep is; `rate` in sets a second, `secondsLeft` NaN before the first set is done. */
export interface SweepProgress {
  done: number
  total: number
  rate: number
  secondsLeft: number
}

/** What to run and how to rank it, all optional. */
export interface SweepOptions {
  /** Settings of every run; its `parameters` are those that the space leaves out. */
  config?: BacktestConfig
  /** The figure to rank by, any of CATALOGUE by its camelCase or snake_case name; 'sharpe'. */
  objective?: string
  /** Where objectives are equal: the metric that decides; then the lower set index. */
  sort?: string
  /** Sets with fewer closed trades are in the table but not in the ranking; 0. */
  minimumTrades?: number
  /**
   * Names of the figures whose columns the table keeps (objective, sort and trades are kept anyway); all of METRICS. Others of
   * CATALOGUE are worked out where they are named here or as objective or sort, which takes a run with tables for each set.
   */
  metrics?: readonly string[]
  /** How figures of the equity curve are made: against what, and which way where packages differ. The market is that of the sweep. */
  analysis?: Omit<CurveOptions, 'market'>
  /** Where the sets run; on the calling thread. See `piscinaExecutor` (fillgrid/node) and `comlinkExecutor`. */
  executor?: ExecutorFactory
  /** Called after every piece of some tens of milliseconds. What it throws ends the sweep. */
  onProgress?: (progress: SweepProgress) => void
  /** Stops the sweep; the sets that are finished by then are returned. */
  signal?: AbortSignal
}

/** Names of the options, for errors about others. */
export const SWEEP_OPTIONS: ReadonlySet<string> = new Set(
  Object.keys({
    config: true,
    objective: true,
    sort: true,
    minimumTrades: true,
    metrics: true,
    analysis: true,
    executor: true,
    onProgress: true,
    signal: true,
  } satisfies Record<keyof SweepOptions, true>),
)

/** The outcome of a sweep: one row a set that was run, in the order of the sets, and their ranking. */
export class SweepResult {
  readonly space: Space
  /** Columns `set`, one a parameter, one a metric, `status` (done, failed) and `reason`. */
  readonly table: Table
  readonly objective: MetricSpec
  /** Rows from best to worst; without failed sets, undefined objectives and sets with too few trades. */
  readonly ranking: Uint32Array
  /** Sets that the space has, or that were found when the sweep was stopped; the table has as many rows unless it was. */
  readonly total: number
  /** Whether the sweep was stopped before all sets were run. */
  readonly partial: boolean
  /** Sets that could not be run; the reason stands in their rows. */
  readonly failed: number
  /** Rows that were finished before it began; see `journal` of fillgrid/node. */
  readonly restored: number
  /** Why the first of the sets failed that did, and the stack of what its strategy threw, where it is known. */
  readonly firstFailure: { reason: string; stack: string | undefined } | undefined
  readonly warnings: readonly { code: string; message: string }[]
  readonly #rerun: (parameters: ParameterSet) => Result
  readonly #figures: AskedFigures | undefined
  readonly #dataId: () => string

  /** Made by `sweep`. @internal */
  constructor(
    parts: Omit<SweepResult, 'rerun' | 'parameters' | 'best' | 'failed' | 'dataId'>,
    rerun: (parameters: ParameterSet) => Result,
    figures: AskedFigures | undefined,
    dataId: () => string,
  ) {
    this.space = parts.space
    this.table = parts.table
    this.objective = parts.objective
    this.ranking = parts.ranking
    this.total = parts.total
    this.partial = parts.partial
    this.warnings = parts.warnings
    this.restored = parts.restored
    this.firstFailure = parts.firstFailure
    this.failed = (parts.table.values('status') as Int32Array).reduce((sum, status) => sum + status, 0)
    this.#rerun = rerun
    this.#figures = figures
    this.#dataId = dataId
  }

  /** The id of the data, as each of its results has it (`Result.dataId`). */
  get dataId(): string {
    return this.#dataId()
  }

  /** The best row, -1 when none is ranked. */
  get best(): number {
    return this.ranking.length === 0 ? -1 : this.ranking[0]
  }

  /** The parameters that vary, as the set of a row has them. */
  parameters(row: number): ParameterSet {
    return this.space.at(this.table.values('set')[this.#check(row)])
  }

  /**
   * Runs the set of a row again in full, with trades, fills and equity. Its metrics are those of the row.
   *
   * @throws FillgridError out_of_range; engine_failed when a metric differs; what the run itself throws
   */
  rerun(row: number): Result {
    const result = this.#rerun(this.parameters(this.#check(row)))
    for (const spec of figuresOf(this.#figures)) {
      if (!this.table.columns.some((column) => column.name === spec.name)) continue
      const [before, now] = [this.table.values(spec.name)[row], result.figure(spec.name, this.#optionsOf(spec))]
      if (this.table.values('status')[row] === 0 && !Object.is(before, now)) {
        throw new FillgridError(
          'engine_failed',
          `sweep: a set must give the same metrics again, found ${spec.name} ${now} after ${before} in row ${row}. Does the strategy keep state outside itself, or draw random numbers of its own?`,
        )
      }
    }
    return result
  }

  /** Metrics that the options of curves do not change are as runs have them. */
  #optionsOf({ name, of }: CatalogueMetric): CurveOptions | undefined {
    return of !== 'run' || this.#figures?.instead.includes(name) ? this.#figures?.options : undefined
  }

  #check(row: number): number {
    if (Number.isInteger(row) && row >= 0 && row < this.table.length) return row
    throw new FillgridError(
      'out_of_range',
      `sweep: rows run from 0 to ${this.table.length - 1}, found ${show(row)}. Take one of them.`,
    )
  }
}

/**
 * Runs a strategy over a market once for every set of a parameter space.
 *
 * @param strategy a built-in name, `{ module, export }`, a strategy class or signals
 * @param space a `grid(...)`, or its ranges and lists as plain data
 * @throws FillgridError invalid_space, unknown_name, invalid_value, invalid_strategy before the first set is run;
 * worker_failed when workers only die; memory_limit for more sets than a table has room for
 */
export async function sweep(
  market: Market,
  strategy: StrategySource,
  space: Space | SpaceInput,
  options: SweepOptions = {},
): Promise<SweepResult> {
  return keptSweep(market, strategy, space, options, undefined)
}

/** `sweep` with somewhere to keep finished rows, and to take those of before from. @throws what that throws too */
export async function keptSweep(
  market: Market,
  strategy: StrategySource,
  space: Space | SpaceInput,
  options: SweepOptions,
  keeper: RowKeeper | undefined,
): Promise<SweepResult> {
  checkOptions(market, options)
  const objective = metricNamed(options.objective ?? 'sharpe')
  const sort = options.sort === undefined ? undefined : metricNamed(options.sort)
  const named = options.metrics?.map(metricNamed) ?? METRICS
  const asked = new Set<CatalogueMetric>([...named, objective, ...(sort ? [sort] : []), metricNamed('numTrades')])
  const kept = new Set([...asked].map(({ name }) => name))
  const figures = askedFigures([...asked], options.analysis)

  const { strategy: loaded, reference } = await resolveStrategy(strategy)
  const config = options.config ?? {}
  const fixed: ParameterSet = config.parameters ?? {}
  const grid = spaceFor(loaded, space instanceof Space ? space : new Space(space), fixed)
  const rows = new SweepRows(
    grid.axes,
    figuresOf(figures),
    kept,
    await grid.list(SweepRows.most(grid.axes, kept), options.signal),
  )
  const total = rows.index.length
  const listed = !options.signal?.aborted

  const codec = codecOf(grid, fixed)
  const letGo = market.hold()
  const head: JobHead = { market, strategy: reference ?? { inline: loaded }, config, codec, keep: ['metrics'], figures }
  let executor: Executor | undefined
  let complete: boolean
  try {
    if (listed)
      keeper?.begin(planOf(market, loaded, config, grid, figures), figuresOf(figures).length, (kept) =>
        rows.restore(kept),
      )
    executor = await makeExecutor(options.executor ?? localExecutor, { sets: total, inline: reference === null })
    complete = (await runRows(executor, grid, head, rows, options, keeper)) && listed
  } finally {
    keeper?.end()
    await executor?.close()
    letGo()
  }
  const table = rows.table()
  const warnings = [...executor.warnings, ...(keeper?.warnings ?? [])]
  const ranking = rankRows(table, objective, sort, options.minimumTrades ?? 0)
  const { restored, firstFailure } = rows
  return new SweepResult(
    { space: grid, table, objective, ranking, total, partial: !complete, warnings, restored, firstFailure },
    (parameters) => rerun(market, loaded, config, parameters),
    figures,
    () => market.digest({ provenance: true }),
  )
}

/** @throws FillgridError unknown_name, invalid_value */
function checkOptions(market: Market, options: SweepOptions): void {
  checkMarket(market)
  if (options === null || typeof options !== 'object')
    throw new FillgridError('invalid_value', `sweep: options must be an object, found ${show(options)}.`)
  onlyNames(options, SWEEP_OPTIONS, 'sweep', 'one of its options')
  for (const [name, value] of Object.entries(options))
    if (value === null)
      throw new FillgridError(
        'invalid_value',
        `sweep: ${name} must have a value, found null. Leave it out for the default.`,
      )
  if (options.config !== undefined) checkNames(options.config)
  for (const name of ['objective', 'sort'] as const) if (options[name] !== undefined) checkName(name, options[name])
  const { metrics, minimumTrades = 0, signal, onProgress, executor, analysis } = options
  if (analysis !== undefined) {
    checkAnalysis(analysis, 'sweep')
    const { benchmark } = analysis
    if (typeof benchmark === 'string' && benchmark !== 'hold') market.assetIndex(benchmark)
  }
  for (const [name, value] of Object.entries({ onProgress, executor }))
    if (value !== undefined && typeof value !== 'function')
      throw new FillgridError('invalid_value', `sweep: ${name} must be a function, found ${show(value)}.`)
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== 'function')
    throw new FillgridError('invalid_value', `sweep: signal must be an AbortSignal, found ${show(signal)}.`)
  if (metrics !== undefined && !Array.isArray(metrics))
    throw new FillgridError('invalid_value', `sweep: metrics must be a list of names, found ${show(metrics)}.`)
  if (typeof minimumTrades !== 'number' || !(minimumTrades >= 0))
    throw new FillgridError(
      'invalid_value',
      `sweep: minimumTrades must be a number of at least 0, found ${show(minimumTrades)}.`,
    )
}

/** @throws FillgridError invalid_value for what is no name of a metric, as a function is */
function checkName(name: string, value: unknown): void {
  if (typeof value === 'string') return
  const way =
    typeof value === 'function'
      ? ' To rank by a figure of your own, sort the rows of `table`, which has a column for each metric.'
      : ''
  throw new FillgridError(
    'invalid_value',
    `sweep: ${name} must be the name of a metric, like 'sharpe', found ${show(value)}.${way}`,
  )
}

function runRows(
  executor: Executor,
  grid: Space,
  head: JobHead,
  rows: SweepRows,
  options: SweepOptions,
  keeper: RowKeeper | undefined,
): Promise<boolean> {
  const total = rows.index.length
  const start = performance.now()
  const report = () => {
    const seconds = (performance.now() - start) / 1000
    const rate = (rows.done - rows.restored) / seconds
    options.onProgress?.({
      done: rows.done,
      total,
      rate,
      secondsLeft: rows.done === rows.restored ? Number.NaN : (total - rows.done) / rate,
    })
  }
  /** Arrays that have come back with metrics, which were copied, and go out again. */
  const rooms: NonNullable<JobPiece['room']>[] = []
  return runSchedule(
    executor,
    {
      total,
      done: rows.restored,
      isDone: rows.restored === 0 ? undefined : (row) => rows.isDone(row),
      run: (piece) => executor.run(head, encodePiece(grid, head.codec, rows.index, piece, rooms.pop())),
      finished(piece, outcome) {
        const { first, count } = piece
        rows.finished(piece, outcome)
        keeper?.keep({ ...outcome, sets: rows.index.subarray(first, first + count) })
        rooms.push(outcome.metrics)
        report()
      },
      died(row, cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        rows.failed(
          row,
          `sweep: a set must not end its worker, found two workers dead on ${setText(grid.at(rows.index[row]))} (${reason}).`,
        )
        report()
      },
    },
    options.signal,
  )
}

/**
 * The space with the strategy's own constraints, once every value of each parameter is known to be one that it takes.
 *
 * @throws FillgridError unknown_name, invalid_value
 */
function spaceFor(strategy: LoadedStrategy, space: Space, fixed: ParameterSet): Space {
  const { name, parameters, constraints } = describeStrategy(strategy)
  const all = checkParameters(parameters, fixed, name)
  for (const axis of space.axes) {
    const checked = axis.count <= 10_000 ? Array.from({ length: axis.count }, (_, i) => i) : [0, 1, axis.count - 1]
    for (const i of checked) checkParameters(parameters, { ...fixed, [axis.name]: axis.value(i) }, name)
  }
  return constraints.length === 0 ? space : space.within(constraints, all)
}

function rerun(market: Market, strategy: LoadedStrategy, config: BacktestConfig, parameters: ParameterSet): Result {
  return backtest(market, strategy, { ...config, parameters: { ...config.parameters, ...parameters } })
}

function codecOf(grid: Space, fixed: ParameterSet): JobCodec {
  return {
    names: grid.axes.map((axis) => axis.name),
    choices: grid.axes.map((axis) =>
      axis.type === 'number' ? null : Array.from({ length: axis.count }, (_, i) => axis.value(i)),
    ),
    fixed,
  }
}

/** The sets of some rows, packed. */
function encodePiece(
  grid: Space,
  codec: JobCodec,
  index: Float64Array,
  piece: Piece,
  room: JobPiece['room'],
): JobPiece {
  const n = grid.axes.length
  const values = new Float64Array(piece.count * n)
  for (let i = 0; i < piece.count; i++) {
    let rest = index[piece.first + i]
    for (let a = n - 1; a >= 0; a--) {
      const axis = grid.axes[a]
      const place = rest % axis.count
      values[i * n + a] = codec.choices[a] ? place : (axis.value(place) as number)
      rest = Math.floor(rest / axis.count)
    }
  }
  return { count: piece.count, values, room }
}

/** Names of the parameter columns of a sweep's table, in the order of the space. */
export function parameterColumns(result: SweepResult): string[] {
  const names = new Set(result.table.columns.map((column) => column.name))
  return result.space.axes.map((axis) =>
    names.has(parameterColumnName(axis.name, true)) ? parameterColumnName(axis.name, true) : axis.name,
  )
}
