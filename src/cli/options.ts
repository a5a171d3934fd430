import type { Command } from 'commander'
import { Option } from 'commander'
import { show } from '../errors.ts'
import { type MarketInput, parseInput } from '../io/load.ts'
import type { ParameterSet, ParameterValue } from '../jobs/job.ts'
import { PATHS, TIMINGS } from '../settings/config.ts'
import type { Account, Commission, PathPolicy, Rule, Slippage, Timing } from '../settings/settings.ts'
import { STRATEGIES } from '../strategies/catalogue.ts'
import type { ParameterSchema } from '../strategy/strategy.ts'
import { usage } from './console.ts'
import { addFrameOptions, addMarketOptions, type FrameFileOptions, type MarketFileOptions } from './load.ts'
import {
  collect,
  type EntrySize,
  parseAccount,
  parseCommission,
  parseFraction,
  parseParameter,
  parseSize,
  parseSlippage,
  readCount,
  readNumber,
  UsageError,
} from './values.ts'

/** The options that `run` and `sweep` share, as commander leaves them. */
export interface RunOptions extends MarketFileOptions, FrameFileOptions {
  data: MarketInput[]
  strategy: string
  param?: { name: string; value: ParameterValue }[]
  cash?: number
  commission?: Commission
  slippage?: Slippage
  stop?: number
  target?: number
  trail?: number
  timing?: Timing
  path?: PathPolicy
  size?: EntrySize
  account?: Account
  out?: string
  overwrite?: boolean
  json?: boolean
  trades: number
}

/** Adds the shared options to a command; the notations are those of values.ts. */
export function addRunOptions(command: Command): Command {
  command.optionsGroup('Data:').requiredOption(
    '-d, --data <[SYMBOL=]PATH>',
    'file of any format (see `data inspect`), URL or duckdb: query; repeatable',
    collect((text) => usage(() => parseInput(text))),
  )
  addFrameOptions(
    addMarketOptions(command, 'trade from this time on (ISO 8601, UTC); indicators see what comes before it'),
  )
  return command
    .optionsGroup('Strategy and broker:')
    .requiredOption('-s, --strategy <NAME|FILE[#EXPORT]>', 'built-in strategy, or a .ts or .js file')
    .option('-p, --param <NAME=VALUE>', 'parameter of the strategy; repeatable', collect(parseParameter))
    .option('--cash <AMOUNT>', 'initial cash (default: 100000)', (text) => readNumber(text, '--cash'))
    .option(
      '--commission <RATE|MODEL>',
      '0.1%, per-unit:0.005:1, per-trade:5, 0.1%+1 or tiered:10000=0.2%,inf=0.1%',
      parseCommission,
    )
    .option('--slippage <RATE|MODEL>', '0.05%, per-unit:0.01 or volume-share:10%', parseSlippage)
    .option('--stop <FRACTION>', 'stop loss from the entry, 5% or 0.05', fraction('--stop', 1))
    .option('--target <FRACTION>', 'take profit from the entry, 5% or 0.05', fraction('--target'))
    .option('--trail <FRACTION>', 'trailing stop, 5% or 0.05', fraction('--trail', 1))
    .addOption(new Option('--timing <TIMING>', 'when market orders fill (default: next-open)').choices(TIMINGS))
    .addOption(new Option('--path <POLICY>', "the price's way inside a bar (default: adverse)").choices(PATHS))
    .option(
      '--size <SIZE>',
      'of an entry: 50% of equity, value:10000 or units:10 (default: all equity divided by the assets)',
      parseSize,
    )
    .option(
      '--account <ACCOUNT>',
      'margin, margin:INITIAL:MAINTENANCE, cash or unlimited (default: margin)',
      parseAccount,
    )
    .optionsGroup('Output:')
    .option('--trades <N>', 'last trades to print', (text) => readCount(text, '--trades'), 10)
    .option('-o, --out <DIR>', 'folder for the result files, a new or empty one', folder)
    .option(
      '--overwrite',
      'replace an earlier result in the folder, as far as its files are still as they were written',
    )
    .option('--json', 'JSON alone on standard output')
    .addHelpText('after', () => `\nStrategies:\n${strategyList()}`)
}

/** The built-in strategies with their parameters, for the help. */
function strategyList(): string {
  return STRATEGIES.map(({ name, doc, strategy }) => {
    const parameters = Object.entries(strategy.parameters ?? {}).map(
      ([parameter, spec]) => `${parameter}=${spec.default}`,
    )
    return `  ${name} (${parameters.join(', ')})\n      ${doc}`
  }).join('\n')
}

/** The chain of position rules that `--stop`, `--target` and `--trail` mean. */
export function rulesOf(options: Pick<RunOptions, 'stop' | 'target' | 'trail'>): Rule[] {
  const rules: Rule[] = []
  for (const type of ['stop', 'target', 'trail'] as const) {
    const distance = options[type]
    if (distance !== undefined) rules.push({ type, distance })
  }
  return rules
}

/** The parameters of `--param`, as the strategy's schema declares them. @throws UsageError for one given twice */
export function parametersOf(options: Pick<RunOptions, 'param'>, schema: ParameterSchema): ParameterSet {
  const parameters: Record<string, ParameterValue> = {}
  for (const { name, value } of options.param ?? []) {
    if (name in parameters) throw new UsageError(`--param: each parameter may be given once, found ${name} twice.`)
    parameters[name] = asDeclared(schema, name, value)
  }
  return parameters
}

/** Values as a strategy declares them: on the command line a choice of '5' looks like a number. */
export function asDeclared(schema: ParameterSchema, name: string, value: ParameterValue): ParameterValue {
  return Object.hasOwn(schema, name) && schema[name].type === 'choice' ? String(value) : value
}

function fraction(option: string, below?: number): (text: string) => number {
  return (text) => parseFraction(text, option, below)
}

/** A script's empty variable would mean no files at all, without a word. */
function folder(text: string): string {
  if (text.trim() === '') throw new UsageError(`--out: a folder is needed, found ${show(text)}.`)
  return text
}
