import { type Command, Option } from 'commander'
import { backtest } from '../backtest.ts'
import { writeFolder } from '../io/folder.ts'
import { jsonText } from '../io/jsonwrite.ts'
import { resultSummary } from '../io/resultjson.ts'
import { describeStrategy, resolveStrategy } from '../jobs/strategy-ref.ts'
import type { BacktestConfig } from '../prepare.ts'
import { checkConstraints, checkParameters } from '../strategy/parameters.ts'
import { readConfig } from './configfile.ts'
import { type Console, usage } from './console.ts'
import { addFigureOptions, type FigureOptions, figuresJson, figuresText } from './figures.ts'
import { addListOptions, isListRun, type ListRunOptions, runList } from './listrun.ts'
import { addRunOptions, checkOutput, type RunOptions } from './options.ts'
import { openFolder, runFolder } from './output.ts'
import { configOf, NO_FILE, strategyOf, tradedMarket } from './runconfig.ts'
import { runText, showWarnings } from './runtext.ts'

/** Adds `fillgrid run`. */
export function addRunCommand(program: Command, console: Console): void {
  const command = addRunOptions(program.command('run').description('run a strategy, or a list of signals, once'))
  addListOptions(command).optionsGroup('More:')
  addFigureOptions(command, "further figures to print: 'all', or names like omega,ulcerIndex (docs/metrics.md)")
    .option('--band', 'run the other two path policies too and show all three')
    .addOption(
      new Option(
        '--verify <WHAT>',
        'prove that the strategy reads no future bar, or that snapshots hold its state',
      ).choices(['lookahead', 'snapshot']),
    )
    .action(async (given: ListRunOptions & FigureOptions & Pick<BacktestConfig, 'band' | 'verify'>) => {
      checkOutput(given)
      if (isListRun(given)) return runList(given, console)
      const options = given as RunOptions & typeof given & { signals?: boolean }
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
