import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { FillgridError } from '../errors.ts'
import type { Console } from './console.ts'
import { addDataCommand } from './data.ts'
import { addDemoCommand } from './demo.ts'
import { addExportCommand } from './export.ts'
import { ownFrames } from './frames.ts'
import { addIndicatorsCommand } from './indicators.ts'
import { addCompareCommand, addReportCommand } from './report.ts'
import { addRunCommand } from './run.ts'
import { addStudyCommand } from './study.ts'
import { addSweepCommand } from './sweep.ts'
import { UsageError } from './values.ts'
import { commandWords } from './words.ts'

const EPILOGUE = `
Examples:
  fillgrid run --data bars.csv --strategy sma-cross --param fast=10 --param slow=50 --stop 2% --commission 0.1%
  fillgrid run --data AAPL=aapl.csv.gz --data MSFT=msft.csv.gz --strategy ./mine.ts --band --out results
  fillgrid sweep --data bars.csv --strategy sma-cross --grid fast=5:50:5 --grid slow=20:200:10 --where 'fast<slow'

Exit codes: 0 done, 1 it failed or was stopped, 2 the command line is wrong.`

/** Runs the command line. @returns the exit code: 0, 1 (the run failed) or 2 (bad usage) */
export async function runCommandLine(argv: readonly string[], console: Console): Promise<number> {
  const program = new Command('fillgrid')
    .description('Backtests trading strategies: one exact broker, parallel sweeps.')
    .version(version())
    .addHelpText('after', EPILOGUE)
    .exitOverride()
    .configureOutput({ writeOut: (text) => console.print(text), writeErr: (text) => console.note(text.trimEnd()) })
    .showHelpAfterError('(add --help for the options)')
  addRunCommand(program, console)
  addSweepCommand(program, console)
  addDemoCommand(program, console)
  addReportCommand(program, console)
  addCompareCommand(program, console)
  addStudyCommand(program, console)
  addExportCommand(program, console)
  addDataCommand(program, console)
  addIndicatorsCommand(program, console)
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(add --help for the options)')
  askLast(program)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return console.stopped ? 1 : 0
  } catch (error) {
    return explain(error, console)
  }
}

/**
 * Has options that a command cannot do without asked for last: who misspelt one is told of that, and not that it is missing.
 */
function askLast(command: Command): void {
  const needed = command.options.filter((option) => option.mandatory)
  for (const option of needed) option.mandatory = false
  command.hook('preAction', (_, called) => {
    const missing =
      called === command && needed.find((option) => command.getOptionValue(option.attributeName()) === undefined)
    if (missing) command.error(`error: required option '${missing.flags}' not specified`)
  })
  for (const below of command.commands) askLast(below)
}

/** package.json lies above the folder of the sources, and so above that of the built ones. */
function packageFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json', import.meta.url)
}

function version(): string {
  return JSON.parse(readFileSync(packageFile(), 'utf8')).version
}

/** Says on standard error what went wrong, and what that means for the exit code. */
function explain(error: unknown, console: Console): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof UsageError) {
    console.note(`fillgrid: ${commandWords(error.message)}\n(add --help for the options)`)
    return 2
  }
  if (error instanceof FillgridError) {
    console.note(`fillgrid: ${commandWords(error.message)}`)
    const { cause } = error
    const theirs = error.code === 'strategy_failed' || error.code === 'invalid_strategy'
    if (theirs && cause instanceof Error && !('errors' in cause) && cause.stack) console.note(ownFrames(cause.stack))
    return 1
  }
  console.note(`fillgrid: unexpected ${error instanceof Error ? error.stack : String(error)}`)
  return 1
}
