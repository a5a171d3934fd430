import { type Command, Option } from 'commander'
import { backtest } from '../backtest.ts'
import { bundleStrategy } from '../jobs/bundle.ts'
import { describeStrategy, resolveStrategy, type StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import { moment } from '../market/moment.ts'
import type { BacktestConfig } from '../prepare.ts'
import { formatNumber } from '../report/format.ts'
import { runTitle, summaryText, tradesText } from '../report/summary.ts'
import { textTable } from '../report/text.ts'
import type { Result } from '../results/result.ts'
import { checkSettings } from '../settings/config.ts'
import { checkConstraints, checkParameters } from '../strategy/parameters.ts'
import type { ParameterSchema } from '../strategy/strategy.ts'
import { type Console, usage } from './console.ts'
import { marketOf } from './load.ts'
import { addRunOptions, parametersOf, type RunOptions, rulesOf } from './options.ts'
import { metricsJson, openFolder, runFiles, snakeCase, toJson, writeFiles } from './output.ts'
import { commandWords } from './words.ts'

/** Adds `fillgrid run`. */
export function addRunCommand(program: Command, console: Console): void {
  addRunOptions(program.command('run').description('run a strategy once'))
    .optionsGroup('More:')
    .option('--band', 'run the other two path policies too and show all three')
    .addOption(
      new Option(
        '--verify <WHAT>',
        'prove that the strategy reads no future bar, or that snapshots hold its state',
      ).choices(['lookahead', 'snapshot']),
    )
    .action(async (options: RunOptions & Pick<BacktestConfig, 'band' | 'verify'>) => {
      const { strategy, source } = await strategyOf(options)
      const { strategy: loaded } = await usage(() => resolveStrategy(strategy))
      const { name, parameters, constraints } = describeStrategy(loaded)
      const more = { band: options.band, verify: options.verify, strategySource: source }
      const config = configOf(options, parameters, more)
      usage(() => checkConstraints(constraints, checkParameters(parameters, config.parameters ?? {}, name), name))
      const unmake = options.out === undefined ? undefined : openFolder(options.out)
      try {
        const market = await tradedMarket(options)
        const result = backtest(market, loaded, config)
        showWarnings(console, result.warnings)
        const summary = runSummary(result, options.verify)
        // Before the files: the disk may be full.
        if (options.json) console.json(toJson(summary))
        else console.print(runText(result, options.trades, options.verify))
        if (options.out) writeFiles(options.out, await runFiles(result, summary))
      } catch (error) {
        unmake?.()
        throw error
      }
    })
}

/** Settings of the runs as the command line gives them, checked. @throws UsageError */
export function configOf(
  options: RunOptions,
  schema: ParameterSchema,
  more: Partial<BacktestConfig> = {},
): BacktestConfig {
  const { cash, commission, slippage, timing, path, size, account, from } = options
  const config = {
    cash,
    commission,
    slippage,
    timing,
    path,
    account,
    size,
    rules: rulesOf(options),
    parameters: parametersOf(options, schema),
    from,
    ...more,
  }
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as BacktestConfig
  usage(() => checkSettings(given))
  usage(() => moment('--from', 'a time', from))
  return given
}

/** The market that options name, with what lies before `--from`: a window is traded, and what comes before it is seen. */
export function tradedMarket(options: RunOptions): Promise<Market> {
  return marketOf(options.data, { ...options, from: undefined })
}

/**
 * A built-in name, or a bundled file: what has a slash or a script's ending is a file, `#` names an export. `source`
 * stands for a file in the fingerprint.
 */
export async function strategyOf(
  options: Pick<RunOptions, 'strategy'>,
): Promise<{ strategy: StrategySource; source?: string }> {
  const match = /^(.+?)(?:#(\w+))?$/.exec(options.strategy)
  const [path, name] = match ? [match[1], match[2]] : [options.strategy, undefined]
  if (!/[\\/]|\.[cm]?[jt]sx?$/.test(path)) return { strategy: options.strategy }
  const { source, ...strategy } = await bundleStrategy(path, name)
  return { strategy, source }
}

/** What `--verify` has proved, for who asked. */
const VERIFIED = {
  lookahead: 'verified: no decision changed when the bars after it were replaced',
  snapshot: 'verified: restored runs end the same, so the strategy keeps its state where snapshots find it',
}

/** What summary.json and `--json` hold; `verified` is what `--verify` has proved. */
export function runSummary(result: Result, verified?: keyof typeof VERIFIED): Record<string, unknown> {
  return {
    strategy: result.strategy,
    parameters: result.parameters,
    assets: result.assets,
    start: isoOrNull(result.time[0]),
    end: isoOrNull(result.time[result.time.length - 1]),
    ...metricsJson(result.metrics),
    open_positions: [...result.openPositions].map((row) =>
      Object.fromEntries(result.openPositions.columns.map((column) => [column.field, row[column.name]])),
    ),
    settings: snakeCase(result.settings),
    band: snakeCase(result.band ?? null),
    verified: verified ?? null,
    warnings: result.warnings,
    data_id: result.dataId,
    fingerprint: result.fingerprint,
  }
}

/** The run in words: title, metrics, band, last trades. */
export function runText(result: Result, trades: number, verified?: keyof typeof VERIFIED): string {
  const parts = [runTitle(result), summaryText(result.metrics)]
  if (result.band) parts.push(bandText(result.band))
  if (trades > 0) parts.push(tradesText(result.trades, trades))
  const open = result.openPositions.length
  if (open > 0)
    parts.push(`${open} ${open === 1 ? 'position is' : 'positions are'} open at the end and not among the trades`)
  if (verified) parts.push(VERIFIED[verified])
  parts.push(`fingerprint ${result.fingerprint.all}`)
  return `${parts.join('\n\n')}\n`
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

function isoOrNull(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}
