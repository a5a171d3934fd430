import { checkMeasure } from '../engine/measure.ts'
import { bundleStrategy } from '../jobs/bundle.ts'
import type { StrategySource } from '../jobs/strategy-ref.ts'
import type { Market } from '../market/market.ts'
import { moment } from '../market/moment.ts'
import type { BacktestConfig } from '../prepare.ts'
import { checkSettings, checkSize } from '../settings/read.ts'
import { STRATEGIES } from '../strategies/catalogue.ts'
import type { ParameterSchema } from '../strategy/strategy.ts'
import type { FileConfig } from './configfile.ts'
import { usage } from './console.ts'
import { rulesOf, sizeOf } from './exits.ts'
import { expressedOf, isExpressed } from './expressed.ts'
import { marketOf } from './load.ts'
import { ALL_SETTINGS } from './notation.ts'
import { parametersOf, type RunOptions } from './options.ts'
import { UsageError } from './values.ts'
import { writtenStrategy } from './writtenstrategy.ts'

/** Where no file was named. */
export const NO_FILE: FileConfig = { config: {} }

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
