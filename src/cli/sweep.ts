import { join } from 'node:path'
import type { Command } from 'commander'
import { FillgridError, show } from '../errors.ts'
import { tableToArrow } from '../io/arrow.ts'
import { fileExists } from '../io/files.ts'
import { type Folder, sealFolder, writeFolder } from '../io/folder.ts'
import { removeJournal } from '../io/journal.ts'
import { jsonText } from '../io/jsonwrite.ts'
import type { ParameterSet } from '../jobs/job.ts'
import { describeStrategy, resolveStrategy, type StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import type { BacktestConfig } from '../prepare.ts'
import { formatNumber, formatSeconds } from '../report/format.ts'
import { type HeatMap, heatMap } from '../report/heatmap.ts'
import { heatSvg } from '../report/heatsvg.ts'
import { heatText } from '../report/heattext.ts'
import { tableText } from '../report/text.ts'
import { CATALOGUE, metricNamed } from '../results/catalogue.ts'
import { METRICS } from '../results/metrics.ts'
import type { Result } from '../results/result.ts'
import { checkParameters } from '../strategy/parameters.ts'
import type { ParameterSchema } from '../strategy/strategy.ts'
import { parseAxis } from '../sweep/axis.ts'
import { sweep } from '../sweep/node.ts'
import { higherIsBetter } from '../sweep/rank.ts'
import { sweepReport } from '../sweep/report.ts'
import { Space } from '../sweep/space.ts'
import { parameterColumns, type SweepResult } from '../sweep/sweep.ts'
import { readConfig } from './configfile.ts'
import { type Console, colourDepth, usage } from './console.ts'
import { addFigureOptions, analysisOf, type FigureOptions } from './figures.ts'
import { framesAlone } from './frames.ts'
import { addRunOptions, asDeclared, checkOutput, parametersOf, type RunOptions } from './options.ts'
import { openFolder, runFolder } from './output.ts'
import { progressView } from './progress.ts'
import { configOf, strategyOf, tradedMarket } from './runconfig.ts'
import { runSummary, runText, showWarnings } from './runtext.ts'
import { collect, readCount, UsageError } from './values.ts'

/** The options that `sweep` has beside those of `run`. */
export interface SweepCommandOptions extends RunOptions, FigureOptions {
  grid: string[]
  where?: string[]
  objective: string
  sort?: string
  minTrades: number
  workers?: number
  top: number
  heat?: [string, string]
  resume?: boolean
}

/** Adds `fillgrid sweep`. */
export function addSweepCommand(program: Command, console: Console): void {
  const command = program.command('sweep').description('run a strategy over a grid of parameters')
  addFigureOptions(addRunOptions(command), "further columns of the table: 'all', or names like omega,ulcerIndex")
    .optionsGroup('Sweep:')
    .requiredOption(
      '-g, --grid <NAME=VALUES>',
      'fast=5:50:5 (ends included) or mode=a,b,c; repeatable',
      collect(String),
    )
    .option('-w, --where <CONSTRAINT>', "sets to keep, like 'fast<slow'; repeatable", collect(String))
    .option('--objective <METRIC>', 'metric to rank by', 'sharpe')
    .option('--sort <METRIC>', 'metric that decides between equal ones')
    .option('--min-trades <N>', 'rank only sets with so many trades', (text) => readCount(text, '--min-trades'), 0)
    .option('--workers <N>', 'threads (default: as many as the machine runs at once)', (text) =>
      readCount(text, '--workers', 1),
    )
    .option('--top <N>', 'best sets to print', (text) => readCount(text, '--top'), 10)
    .option('--resume', 'go on with the sweep to --out that was stopped or killed before its end')
    .option('--heat <X,Y>', 'parameters of the heat map (default: the first two of the grid)', readHeat)
    .addHelpText('after', () => `\nMetrics:\n${metricList()}`)
    .action(async (options: SweepCommandOptions) => runSweep(options, console))
}

/** The metrics by name, for the help. */
function metricList(): string {
  const names = CATALOGUE.map((spec) => spec.name)
  return Array.from(
    { length: Math.ceil(names.length / 5) },
    (_, i) => `  ${names.slice(5 * i, 5 * i + 5).join(', ')}`,
  ).join('\n')
}

async function runSweep(options: SweepCommandOptions, console: Console): Promise<void> {
  checkOutput(options)
  const file = options.config === undefined ? undefined : readConfig(options.config)
  const { strategy, source } = await strategyOf(options, file)
  const { name, parameters } = describeStrategy((await usage(() => resolveStrategy(strategy))).strategy)
  const config = configOf(options, parameters, file, { strategySource: source })
  const fixed = usage(() => checkParameters(parameters, config.parameters ?? {}, name))
  const space = usage(() => spaceOf(options, fixed, parameters))
  const heat = heatAxes(space, options.heat)
  for (const metric of [options.objective, options.sort ?? options.objective]) usage(() => metricNamed(metric))
  const journal = journalOf(options, console)
  const unmake = options.out === undefined ? undefined : openFolder(options.out, mayReplace(options))
  try {
    await sweepTo(options, { strategy, space, config, heat, journal }, console)
  } catch (error) {
    unmake?.()
    throw error
  }
}

/** A sweep that goes on replaces what it had written when it was stopped. */
function mayReplace({ overwrite, resume }: SweepCommandOptions): boolean {
  return overwrite === true || resume === true
}

/** What is run, and where its finished rows are kept. */
interface PlannedSweep {
  strategy: StrategySource
  space: Space
  config: BacktestConfig
  heat: readonly [number, number | undefined]
  journal: string | undefined
}

async function sweepTo(options: SweepCommandOptions, planned: PlannedSweep, console: Console): Promise<void> {
  const { strategy, space, config, heat, journal } = planned
  const market = await tradedMarket(options)
  const { result, seconds } = await watchedSweep(market, strategy, space, config, { ...options, journal })
  const best = result.best < 0 ? undefined : result.rerun(result.best)
  // The best run carries what is to be said about the data; without one the market does.
  const warnings = best ? result.warnings : [...result.warnings, ...market.remarks]
  showWarnings(console, warnings)
  if (result.firstFailure) {
    const { reason, stack } = result.firstFailure
    console.note(`warning: ${result.failed} ${result.failed === 1 ? 'set' : 'sets'} failed; the first: ${reason}`)
    const frames = framesAlone(stack ?? '')
    if (frames !== '') console.note(frames)
  }
  const map = mapOf(result, heat)
  if (best) showWarnings(console, best.warnings)
  const summary = { ...sweepSummary(result, best, options.top), warnings }
  // Before the files: the disk may be full.
  if (options.json) console.json(jsonText(summary))
  else console.print(sweepText(result, map, best, seconds, options))
  if (options.out) writeFolder(options.out, sweepFolder(result, map, best, summary), mayReplace(options))
  if (journal !== undefined) {
    if (result.partial) console.note(`stopped: the same command goes on with --resume`)
    else removeJournal(journal)
  }
  console.stopped = result.partial || result.failed === result.table.length
}

/** Where the finished rows of a sweep are kept until its table is written. */
const JOURNAL = '.fillgrid-sweep.journal'

/**
 * The path of the journal, where there is an output folder.
 *
 * @throws UsageError for --resume without one; FillgridError file_access where rows of another time are there
 */
function journalOf({ out, resume }: SweepCommandOptions, console: Console): string | undefined {
  if (out === undefined) {
    if (resume) throw new UsageError('--resume: the folder of the sweep is needed, found no --out. Add it.')
    return undefined
  }
  const journal = join(out, JOURNAL)
  const there = fileExists(journal)
  if (there && !resume)
    throw new FillgridError(
      'file_access',
      `--out: no unfinished sweep may be in the folder, found ${JOURNAL} in ${show(out)}. Add --resume to go on with it, or take that file away.`,
      { file: journal },
    )
  if (resume && !there) console.note(`note: ${show(out)} has no unfinished sweep, so it begins anew`)
  return journal
}

/** Runs a sweep with its progress on standard error; Ctrl-C ends it early and keeps what is finished. */
export async function watchedSweep(
  market: Market,
  strategy: StrategySource,
  space: Space,
  config: BacktestConfig,
  options: Pick<SweepCommandOptions, 'objective' | 'sort' | 'minTrades' | 'workers' | keyof FigureOptions> & {
    journal?: string
  },
): Promise<{ result: SweepResult; seconds: number }> {
  const view = progressView()
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt)
  const start = performance.now()
  try {
    const result = await usage(() =>
      sweep(market, strategy, space, {
        config,
        objective: options.objective,
        sort: options.sort,
        minimumTrades: options.minTrades,
        metrics: [...METRICS, ...(options.metrics ?? [])].map(({ name }) => name),
        analysis: figuresAsked(options) ? analysisOf(options) : undefined,
        workers: options.workers,
        journal: options.journal,
        onProgress: (progress) => view.show(progress),
        signal: stop.signal,
      }),
    )
    return { result, seconds: (performance.now() - start) / 1000 }
  } finally {
    view.end()
    process.off('SIGINT', interrupt)
  }
}

/** Whether anything takes a benchmark or a risk-free rate: runs for their own metrics alone are quicker. */
function figuresAsked({
  metrics,
  objective,
  sort = objective,
  benchmark,
  riskFree,
}: Parameters<typeof watchedSweep>[4]) {
  const named = [...(metrics ?? []), metricNamed(objective), metricNamed(sort)]
  return benchmark !== undefined || riskFree !== undefined || named.some(({ of }) => of !== 'run')
}

/** The sweep in words: how fast, the best sets, the heat map, the best run. */
export function sweepText(
  result: SweepResult,
  map: HeatMap,
  best: Result | undefined,
  seconds: number,
  options: Pick<SweepCommandOptions, 'top' | 'trades'>,
): string {
  const { table, ranking, total, restored } = result
  const rate = formatNumber(Math.round((table.length - restored) / seconds), 'count')
  const count = (n: number) => formatNumber(n, 'count')
  const sets = result.partial ? `${count(table.length)} of ${count(total)} sets (stopped)` : `${count(total)} sets`
  const head = restored === 0 ? sets : `${sets}, ${count(restored)} of them from before,`
  const parts = [`${head} in ${formatSeconds(seconds)}, ${rate} sets a second`]
  if (ranking.length === 0) parts.push('no set is ranked: all failed, have an undefined objective or too few trades')
  else if (options.top > 0) {
    const labels = Object.fromEntries(CATALOGUE.map(({ name, label }) => [name, label]))
    const parameters = Object.fromEntries(parameterColumns(result).map((name) => [name, name]))
    const headings = { ...labels, ...parameters }
    parts.push(tableText(table, ranking.subarray(0, options.top), rankingColumns(result), headings))
  }
  parts.push(heatText(map, { width: process.stdout.columns ?? 100, colours: colourDepth() }))
  return `${parts.join('\n\n')}\n${best ? `\n${runText(best, options.trades)}` : ''}`
}

/** The columns of a printed ranking: parameters, the objective, and what is always asked. */
function rankingColumns(result: SweepResult): string[] {
  const always = ['totalReturn', 'sharpe', 'maxDrawdown', 'numTrades', 'winRate', 'profitFactor']
  return [...new Set([...parameterColumns(result), result.objective.name, ...always])]
}

/** The heat map of a sweep over two of its parameters (one, where it has only one), best over the rest. */
export function mapOf(result: SweepResult, [x, y]: readonly [number, number | undefined]): HeatMap {
  const names = parameterColumns(result)
  const ranked = new Set(result.ranking)
  return heatMap(result.table, {
    x: names[x],
    y: y === undefined ? undefined : names[y],
    over: names.filter((_, i) => i !== x && i !== y),
    metric: result.objective.name,
    higherIsBetter: higherIsBetter(result.objective),
    include: (row) => ranked.has(row),
  })
}

/** The folder of a sweep and of its best run, whose result it is; where none is ranked, the summary is that of the sweep. */
function sweepFolder(
  result: SweepResult,
  map: HeatMap,
  best: Result | undefined,
  summary: Readonly<Record<string, unknown>>,
): Folder {
  const files = {
    'sweep.arrow': tableToArrow(result.table),
    'sweep.html': sweepReport(result),
    'heatmap.svg': heatSvg(map),
  }
  return best
    ? runFolder(best, { verified: null }, files)
    : sealFolder({ format: 'fillgrid sweep', version: 1, ...summary }, files)
}

/** What `--json` prints: counts, the best sets, the best run. */
function sweepSummary(result: SweepResult, best: Result | undefined, top: number): Record<string, unknown> {
  const { table } = result
  const kept = new Set(table.columns.map(({ name }) => name))
  const rows = Array.from(result.ranking.subarray(0, top), (row) => ({
    set: table.values('set')[row],
    parameters: result.parameters(row),
    ...Object.fromEntries(
      CATALOGUE.filter(({ name }) => kept.has(name)).map((spec) => [
        spec.field,
        finiteOrNull(table.values(spec.name)[row]),
      ]),
    ),
  }))
  return {
    sets: result.total,
    done: table.length,
    failed: result.failed,
    partial: result.partial,
    objective: result.objective.field,
    data_id: result.dataId,
    ranking: rows,
    best: best ? runSummary(best) : null,
  }
}

/** The grid; its constraints may name all parameters of the strategy, those that are not in the grid by their one value. */
function spaceOf(options: SweepCommandOptions, fixed: ParameterSet, schema: ParameterSchema): Space {
  const input: Record<string, ReturnType<typeof parseAxis>['input']> = {}
  for (const text of options.grid) {
    const { name, input: values } = parseAxis(text)
    if (name in input) throw new UsageError(`--grid: each parameter may be given once, found ${name} twice.`)
    input[name] = Array.isArray(values) ? values.map((value) => asDeclared(schema, name, value)) : values
  }
  for (const name of Object.keys(parametersOf(options, schema)))
    if (name in input) throw new UsageError(`--param: ${name} is in the grid already. Take it out of one of them.`)
  return new Space(input, options.where ?? [], fixed)
}

function readHeat(text: string): [string, string] {
  const names = text.split(',').map((name) => name.trim())
  if (names.length !== 2 || names[0] === names[1])
    throw new UsageError(`--heat: two parameters are needed, found ${JSON.stringify(text)}. Write it like fast,slow.`)
  return [names[0], names[1]]
}

/** Places in the space of the parameters that the heat map shows. */
function heatAxes(space: Space, heat: [string, string] | undefined): [number, number | undefined] {
  if (!heat) return [0, space.axes.length > 1 ? 1 : undefined]
  const [x, y] = heat.map((name) => {
    const at = space.axes.findIndex((axis) => axis.name === name)
    if (at < 0)
      throw new UsageError(
        `--heat: ${JSON.stringify(name)} is not in the grid. It has ${space.axes.map((axis) => axis.name).join(', ')}.`,
      )
    return at
  })
  return [x, y]
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
