import { checkMeasure } from '../engine/measure.ts'
import { FillgridError, show } from '../errors.ts'
import { readFile } from '../io/files.ts'
import { moment } from '../market/moment.ts'
import { onlyNames } from '../market/names.ts'
import type { BacktestConfig } from '../prepare.ts'
import { RESULT_FORMAT, RESULT_VERSION } from '../results/data.ts'
import { withInfinity } from '../settings/json.ts'
import { checkSettings, checkSize } from '../settings/read.ts'
import { SETTINGS } from '../settings/table.ts'
import { UsageError } from './values.ts'

/** What a file says of a run: settings in the names of `backtest`, and the strategy's name or file. */
export interface FileConfig {
  strategy?: string
  config: BacktestConfig
}

/** Beside the settings of the table. */
const MORE = ['profile', 'size', 'parameters', 'from', 'to', 'cagr', 'periodsPerYear', 'band', 'verify']
const NAMES: ReadonlySet<string> = new Set([...Object.keys(SETTINGS), ...MORE, 'strategy'])

/**
 * The config in a JSON file: the settings of `backtest` as they are, or the `summary.json` of a run, whose config is under
 * `config`.
 *
 * @throws UsageError that names file and field; FillgridError file_access
 */
export function readConfig(file: string): FileConfig {
  const found = parse(file)
  const summary = Object.hasOwn(found, 'config')
  const given = summary ? found.config : found
  if (summary && found.format !== undefined && (found.format !== RESULT_FORMAT || found.version !== RESULT_VERSION))
    throw new UsageError(
      `--config: ${file} must be a ${RESULT_FORMAT} of version ${RESULT_VERSION}, found ${show(found.format)} of version ${show(found.version)}. Run it again with this version, or copy its settings into a file of their own.`,
    )
  if (!isObject(given))
    throw new UsageError(`--config: ${file} must hold settings by name under config, found ${show(given)}.`)
  const { strategy, ...config } = withInfinity(given)
  if (strategy !== undefined && typeof strategy !== 'string')
    throw new UsageError(`--config: ${file}: strategy: a name or a file expected, found ${show(strategy)}.`)
  named(file, () => {
    onlyNames(given, NAMES, 'config', 'a setting')
    for (const [name, value] of Object.entries(config))
      if (value === null)
        throw new FillgridError('invalid_value', `${name}: a value expected, found null. Leave it out for the default.`)
    checkSettings(config)
    checkMeasure(config as BacktestConfig)
    const { size, from, to, band, verify, parameters } = config as BacktestConfig
    checkSize(size, 1)
    moment('from', 'a time', from)
    moment('to', 'a time', to)
    if (band !== undefined && typeof band !== 'boolean')
      throw new FillgridError('invalid_value', `band: a boolean expected, found ${show(band)}.`)
    if (verify !== undefined && verify !== 'lookahead' && verify !== 'snapshot')
      throw new FillgridError('invalid_value', `verify: 'lookahead' or 'snapshot' expected, found ${show(verify)}.`)
    if (parameters !== undefined && !isObject(parameters))
      throw new FillgridError('invalid_value', `parameters: values by name expected, found ${show(parameters)}.`)
  })
  return { strategy, config: config as BacktestConfig }
}

function parse(file: string): Record<string, unknown> {
  const text = new TextDecoder().decode(readFile(file))
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`--config: ${file} must hold JSON, found ${(error as Error).message}.`)
  }
  if (isObject(found)) return found
  throw new UsageError(`--config: ${file} must hold an object of settings, found ${show(found)}.`)
}

function named(file: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (error instanceof FillgridError) throw new UsageError(`--config: ${file}: ${error.message}`)
    throw error
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
