import { type Command, Option } from 'commander'
import { backtest } from '../backtest.ts'
import { checkMeasure } from '../engine/measure.ts'
import { writeFolder } from '../io/folder.ts'
import { jsonText } from '../io/jsonwrite.ts'
import { resultSummary } from '../io/resultjson.ts'
import { bundleStrategy } from '../jobs/bundle.ts'
import { describeStrategy, resolveStrategy, type StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import { moment } from '../market/moment.ts'
import type { BacktestConfig } from '../prepare.ts'
import { formatNumber } from '../report/format.ts'
import { annualText, runTitle, summaryText, tradesText } from '../report/summary.ts'
import { textTable } from '../report/text.ts'
import type { Result } from '../results/result.ts'
import { ORDER_REASONS, ORDER_STATUSES } from '../results/schema.ts'
import { checkSettings, checkSize } from '../settings/read.ts'
import { STRATEGIES } from '../strategies/catalogue.ts'
import { checkConstraints, checkParameters } from '../strategy/parameters.ts'
import type { ParameterSchema } from '../strategy/strategy.ts'
import { type FileConfig, readConfig } from './configfile.ts'
import { type Console, usage } from './console.ts'
import { rulesOf, sizeOf } from './exits.ts'
import { expressedOf, isExpressed } from './expressed.ts'
import { addFigureOptions, type FigureOptions, type FiguresText, figuresJson, figuresText } from './figures.ts'
import { marketOf } from './load.ts'
import { ALL_SETTINGS } from './notation.ts'
import { addRunOptions, checkOutput, parametersOf, type RunOptions } from './options.ts'
import { openFolder, runFolder } from './output.ts'
import { UsageError } from './values.ts'
import { commandWords } from './words.ts'
import { writtenStrategy } from './writtenstrategy.ts'

/** Adds `fillgrid run`. */
export function addRunCommand(program: Command, console: Console): void {
  const command = addRunOptions(program.command('run').description('run a strategy once')).optionsGroup('More:')
  addFigureOptions(command, "further figures to print: 'all', or names like omega,ulcerIndex (docs/metrics.md)")
    .option('--band', 'run the other two path policies too and show all three')
    .addOption(
      new Option(
        '--verify <WHAT>',
        'prove that the strategy reads no future bar, or that snapshots hold its state',
      ).choices(['lookahead', 'snapshot']),
    )
    .action(async (options: RunOptions & FigureOptions & Pick<BacktestConfig, 'band' | 'verify'>) => {
      checkOutput(options)
      const file = options.config === undefined ? NO_FILE : readConfig(options.config)
      const { strategy, source } = await strategyOf(options, file)
      const { strategy: loaded } = await usage(() => resolveStrategy(strategy))
      const { name, parameters, constraints } = describeStrategy(loaded)
      const more = { band: options.band, verify: options.verify, strategySource: source }
      const config = configOf(options, parameters, file, more)
      usage(() => checkConstraints(constraints, checkParameters(parameters, config.parameters ?? {}, name), name))
      const unmake = options.out === undefined ? undefined : openFolder(options.out, options.overwrite)
      try {
        const market = await tradedMarket(options)
        const result = backtest(market, loaded, config)
        showWarnings(console, result.warnings)
        const shown = { verified: options.verify ?? null, ...figuresJson(result, options) }
        const folder = options.out === undefined ? undefined : runFolder(result, shown)
        // Before the files: the disk may be full.
        if (options.json) console.json(folder?.summary ?? jsonText({ ...resultSummary(result), ...shown }))
        else console.print(runText(result, options.trades, options.verify, figuresText(result, options)))
        if (options.out && folder) writeFolder(options.out, folder, options.overwrite)
      } catch (error) {
        unmake?.()
        throw error
      }
    })
}

/** Where no file was named. */
const NO_FILE: FileConfig = { config: {} }

/** Settings of the runs as the file and the command line give them, which wins; checked. @throws UsageError */
export function configOf(
  options: RunOptions,
  schema: ParameterSchema,
  file: FileConfig = NO_FILE,
  more: Partial<BacktestConfig> = {},
): BacktestConfig {
  const expressed = isExpressed(options)
  const rules = rulesOf(options, expressed)
  const settings = Object.keys(ALL_SETTINGS).map((name) => [name, options[name as keyof RunOptions]])
  const config = {
    ...Object.fromEntries(settings),
    size: sizeOf(options, expressed),
    rules: rules.length > 0 ? rules : undefined,
    from: options.from,
    cagr: options.cagr,
    periodsPerYear: options.periodsPerYear,
    ...more,
  }
  const said = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined))
  const parameters = { ...file.config.parameters, ...parametersOf(options, schema) }
  const given: BacktestConfig = { ...file.config, ...said, parameters }
  usage(() => checkSettings(given))
  usage(() => checkMeasure(given))
  usage(() => checkSize(given.size, 1))
  usage(() => moment('--from', 'a time', options.from))
  return given
}

/** The market that options name, with what lies before `--from`: a window is traded, and what comes before it is seen. */
export function tradedMarket(options: RunOptions): Promise<Market> {
  return marketOf(options.data, { ...options, from: undefined })
}

/**
 * Conditions, a built-in name, a bundled file, or expressions as plain data in a file: what has a slash or an ending is a file, `#`
 * names an export. `source` stands for a script in the fingerprint.
 */
export async function strategyOf(
  options: Parameters<typeof expressedOf>[0] & Pick<RunOptions, 'config'>,
  file: FileConfig = NO_FILE,
): Promise<{ strategy: StrategySource; source?: string }> {
  if (isExpressed(options)) return { strategy: expressedOf(options) }
  const text = options.strategy ?? file.strategy
  if (text === undefined)
    throw new UsageError(
      '--strategy: a strategy is needed, found none. Add -s NAME or -s FILE, --entries CONDITION, or name it in --config.',
    )
  const match = /^(.+?)(?:#(\w+))?$/.exec(text)
  const [path, name] = match ? [match[1], match[2]] : [text, undefined]
  if (/\.json$/i.test(path)) return { strategy: writtenStrategy(path) }
  if (!/[\\/]|\.[cm]?[jt]sx?$/.test(path)) {
    if (options.strategy === undefined && !STRATEGIES.some((one) => one.name === text))
      throw new UsageError(
        `--strategy: ${options.config} names ${JSON.stringify(text)}, which is not built in, found no -s with it. Add -s FILE.`,
      )
    return { strategy: text }
  }
  const { source, ...strategy } = await bundleStrategy(path, name)
  return { strategy, source }
}

/** What `--verify` has proved, for who asked. */
const VERIFIED = {
  lookahead: 'verified: no decision changed when the bars after it were replaced',
  snapshot: 'verified: restored runs end the same, so the strategy keeps its state where snapshots find it',
}

/** What `--json` prints, and summary.json lists files beside, of a run that nothing more was asked of. */
export function runSummary(result: Result): Record<string, unknown> {
  return { ...resultSummary(result), verified: null }
}

/** The run in words: title, metrics, what more was asked of it, band, last trades. */
export function runText(
  result: Result,
  trades: number,
  verified?: keyof typeof VERIFIED,
  figures?: FiguresText,
): string {
  // A quantity stands once on a page: all figures have those of the summary among them.
  const summary = figures?.whole ? annualText(result.annual) : summaryText(result.metrics, result.annual)
  const parts = [runTitle(result), ...(figures?.whole ? [figures.text] : []), commandWords(summary)]
  if (figures && !figures.whole) parts.push(figures.text)
  if (result.band) parts.push(bandText(result.band))
  if (trades > 0) parts.push(tradesText(result.trades, trades))
  const open = result.openPositions.length
  if (open > 0)
    parts.push(`${open} ${open === 1 ? 'position is' : 'positions are'} open at the end and not among the trades`)
  const refusals = refusalText(result)
  if (refusals) parts.push(refusals)
  if (verified) parts.push(VERIFIED[verified])
  parts.push(`fingerprint ${result.fingerprint.all}`)
  return `${parts.join('\n\n')}\n`
}

const REJECTED = ORDER_STATUSES.indexOf('rejected')

/** How many orders were refused, and why. */
function refusalText({ orders, summary }: Result): string | undefined {
  const refused = summary.rejectedOrders
  if (refused === 0) return undefined
  const [status, reason] = ['status', 'reason'].map((name) => orders.values(name))
  const counts = ORDER_REASONS.map((word) => ({ word, count: 0 }))
  for (let row = 0; row < orders.length; row++) if (status[row] === REJECTED) counts[reason[row]].count++
  const given = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  const reasons = given.map(({ word, count }) => `${word} ${count}`)
  return `${refused} of ${orders.length} orders were rejected: ${reasons.join(', ')}. The folder of --out has them in orders.arrow`
}

function bandText(band: NonNullable<Result['band']>): string {
  const rows = Object.entries(band).map(([policy, { finalValue, totalReturn, maxDrawdown }]) => [
    policy,
    formatNumber(finalValue, 'currency'),
    formatNumber(totalReturn, 'fraction'),
    formatNumber(maxDrawdown, 'fraction'),
  ])
  return textTable(
    [
      { header: 'path', align: 'left' },
      { header: 'final value' },
      { header: 'total return' },
      { header: 'max drawdown' },
    ],
    rows,
  )
}

/** What a careful person would want to know, on standard error. */
export function showWarnings(console: Console, warnings: readonly { message: string }[]): void {
  for (const { message } of warnings) console.note(`warning: ${commandWords(message)}`)
}
