import { type Command, Option } from 'commander'
import type { MeasureOptions } from '../engine/measure.ts'
import { show } from '../errors.ts'
import { type MarketInput, parseInput } from '../io/load.ts'
import type { ParameterSet, ParameterValue } from '../jobs/job.ts'
import type { BrokerSettings, DefaultSize, Rule } from '../settings/settings.ts'
import { STRATEGIES } from '../strategies/catalogue.ts'
import type { ParameterSchema } from '../strategy/strategy.ts'
import { usage } from './console.ts'
import { addFrameOptions, addMarketOptions, type FrameFileOptions, type MarketFileOptions } from './load.ts'
import { ALL_SETTINGS, helpOf, optionOf, parseSetting, valueWord } from './notation.ts'
import {
  collect,
  isExpressionText,
  parseFraction,
  parseParameter,
  readCount,
  readNumber,
  UsageError,
} from './values.ts'

/** The options that `run` and `sweep` share, as commander leaves them. */
export interface RunOptions extends MarketFileOptions, FrameFileOptions, Omit<BrokerSettings, 'rules'>, MeasureOptions {
  /** A text is an expression, as for stop, target, trail and hold. */
  size?: DefaultSize | string
  data: MarketInput[]
  strategy?: string
  entries?: string
  exits?: string
  shortEntries?: string
  shortExits?: string
  targetWeight?: string
  config?: string
  param?: { name: string; value: ParameterValue }[]
  rule?: Rule[]
  stop?: number | string
  target?: number | string
  trail?: number | string
  hold?: number | string
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
  command
    .optionsGroup('Strategy and broker:')
    .option('-s, --strategy <NAME|FILE[#EXPORT]>', 'built-in strategy, or a .ts or .js file')
    .option('--entries <CONDITION>', "a strategy by conditions: 'crossedAbove(sma(close, 10), sma(close, 50))'")
    .option('--exits <CONDITION>', "where its positions are closed: 'rsi(14) > 70'")
    .option('--short-entries <CONDITION>', 'where short ones are opened')
    .option('--short-exits <CONDITION>', 'and closed')
    .option('--target-weight <NUMBER>', "in place of them, fractions of the equity: 'where(top(roc(60), 3), 1 / 3, 0)'")
    .option('-p, --param <NAME=VALUE>', 'parameter of the strategy; repeatable', collect(parseParameter))
    .option('--stop <FRACTION>', `stop loss from the entry, 5% or 0.05; ${ALSO} '2 * atr(14)'`, distance('--stop', 1))
    .option('--target <FRACTION>', 'take profit from the entry, likewise', distance('--target'))
    .option('--trail <FRACTION>', 'trailing stop, likewise', distance('--trail', 1))
    .option('--hold <BARS>', `own bars after which positions are closed; ${ALSO} a number`, parseHold)
    .option('--config <FILE>', 'settings from a JSON file, or from the summary.json of another run; options win')
  for (const [name, setting] of Object.entries(ALL_SETTINGS)) {
    const parse = (text: string): unknown =>
      name === 'size' && isExpressionText(text) ? text : parseSetting(name, text)
    const also = name === 'size' ? `; ${ALSO} 'percent(10)'` : ''
    const option = new Option(`${optionOf(name)} <${valueWord(setting)}>`, helpOf(setting) + also)
    command.addOption(option.argParser<unknown>(setting.kind === 'list' ? (collect(parse) as typeof parse) : parse))
  }
  return command
    .optionsGroup('Figures:')
    .option(
      '--periods-per-year <N>',
      'how many returns make a year: 252, 365, 52 (default: by --calendar, else inferred)',
      (text) => readNumber(text, '--periods-per-year'),
    )
    .addOption(
      new Option(
        '--cagr <BY>',
        'length of a run: days from its first bar to its last, or its periods as quantstats and empyrical count (default: days)',
      ).choices(['days', 'periods']),
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

/** What the help says of options that may be expressions. */
const ALSO = 'with --entries also'

/** A fraction, or the text of an expression. */
function distance(option: string, below?: number): (text: string) => number | string {
  return (text) => (isExpressionText(text) ? text : parseFraction(text, option, below))
}

function parseHold(text: string): number | string {
  return isExpressionText(text) ? text : readCount(text, '--hold', 1)
}

/** A script's empty variable would mean no files at all, without a word. */
function folder(text: string): string {
  if (text.trim() === '') throw new UsageError(`--out: a folder is needed, found ${show(text)}.`)
  return text
}

/** @throws UsageError for an option about the folder of the result files where there is none */
export function checkOutput({ out, overwrite }: Pick<RunOptions, 'out' | 'overwrite'>): void {
  if (overwrite && out === undefined)
    throw new UsageError('--overwrite: the folder of the files is needed, found no --out. Add it.')
}
