import { FillgridError, show } from '../errors.ts'
import { nearNames } from '../market/names.ts'
import { AVERAGES } from './catalogue/averages.ts'
import { COMPOSITES } from './catalogue/composites.ts'
import { CYCLES } from './catalogue/cycles.ts'
import { DISTRIBUTION } from './catalogue/distribution.ts'
import { HISTORICAL } from './catalogue/historical.ts'
import { MOMENTUM } from './catalogue/momentum.ts'
import { OSCILLATORS } from './catalogue/oscillators.ts'
import { PATTERNS } from './catalogue/patterns.ts'
import { PRICE } from './catalogue/price.ts'
import { RELATIONS } from './catalogue/relations.ts'
import { SESSIONS } from './catalogue/sessions.ts'
import { STATISTICS } from './catalogue/statistics.ts'
import { STOCHASTICS } from './catalogue/stochastics.ts'
import { TREND } from './catalogue/trend.ts'
import { VOLATILITY } from './catalogue/volatility.ts'
import { VOLUME } from './catalogue/volume.ts'
import type { IndicatorSpec, IndicatorValues, IndicatorValuesOf } from './spec.ts'

/** All indicators by group, in the order of the docs. */
export const INDICATOR_GROUPS = {
  averages: AVERAGES,
  momentum: MOMENTUM,
  oscillators: OSCILLATORS,
  stochastics: STOCHASTICS,
  composites: COMPOSITES,
  trend: TREND,
  volatility: VOLATILITY,
  historical: HISTORICAL,
  statistics: STATISTICS,
  distribution: DISTRIBUTION,
  relations: RELATIONS,
  volume: VOLUME,
  price: PRICE,
  sessions: SESSIONS,
  patterns: PATTERNS,
  cycles: CYCLES,
} as const

/** Any record, with its types. */
export type AnyIndicator = (typeof INDICATOR_GROUPS)[keyof typeof INDICATOR_GROUPS][number]

/** Names of the indicators. */
export type IndicatorName = AnyIndicator['name']

/** The record of a name. */
export type IndicatorNamed<N extends IndicatorName> = Extract<AnyIndicator, { name: N }>

/** A name of the catalogue, or a text that may be one. */
export type IndicatorNameText = IndicatorName | (string & {})

/** Values as a strategy's parameters come; what they may be is checked when the indicator is made. */
export type IndicatorArgument = (string & {}) | number | boolean | undefined

/** Parameters of an indicator by name, each with a default; of a name that is only known later, any. */
export type IndicatorParameters<N extends string> = N extends IndicatorName
  ? {
      readonly [K in keyof IndicatorNamed<N>['parameters']]?:
        | IndicatorValuesOf<IndicatorNamed<N>['parameters']>[K]
        | IndicatorArgument
    }
  : Readonly<Record<string, unknown>>

/** Names of what an indicator gives. */
export type IndicatorOutput<N extends string> = N extends IndicatorName ? IndicatorNamed<N>['outputs'][number] : string

/**
 * All indicators. Windows count an asset's own bars: where it has none the value is NaN and nothing else changes.
 * The value at a bar depends on that bar and earlier ones alone.
 */
export const INDICATORS: readonly IndicatorSpec[] = Object.values(INDICATOR_GROUPS).flat() as IndicatorSpec[]

const BY_NAME = new Map(INDICATORS.map((indicator) => [indicator.name, indicator]))

/** The record of an indicator. @throws FillgridError unknown_name with near names */
export function findIndicator(name: string): IndicatorSpec {
  const found = BY_NAME.get(name)
  if (found) return found
  // Who knows TA-Lib asks by its names.
  const word = String(name).toUpperCase()
  const same = INDICATORS.filter(({ talib }) => talib?.split(', ').includes(word))
  if (same.length > 0)
    throw new FillgridError(
      'unknown_name',
      `indicator ${show(name)} is not one. Did you mean ${same.map((one) => one.name).join(' or ')}, which is ${word} of TA-Lib?`,
    )
  throw unknownName('indicator', name, [...BY_NAME.keys()])
}

/** Where an output stands in `outputs`; the first by default. @throws FillgridError unknown_name */
export function outputIndex(indicator: IndicatorSpec, output: string | undefined): number {
  if (output === undefined) return 0
  const index = indicator.outputs.indexOf(output)
  if (index < 0) throw unknownName(`${indicator.name}: output`, output, indicator.outputs)
  return index
}

/**
 * Given parameters with defaults for the rest, in the order of the record.
 *
 * @throws FillgridError unknown_name, or invalid_value with the value and the range
 */
export function indicatorValues(indicator: IndicatorSpec, given: Readonly<Record<string, unknown>>): IndicatorValues {
  const known = Object.keys(indicator.parameters)
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownName(`${indicator.name}: parameter`, name, known)
  }
  const values: Record<string, number | string> = {}
  for (const [name, parameter] of Object.entries(indicator.parameters)) {
    // What is given as undefined is a parameter of the strategy that does not exist, not a wish for the default.
    const value = name in given ? given[name] : parameter.default
    if (parameter.type === 'choice') {
      if (typeof value !== 'string' || !parameter.choices.includes(value))
        throw new FillgridError(
          'invalid_value',
          `${indicator.name}: ${name} must be one of ${parameter.choices.join(', ')}, found ${show(value)}.`,
        )
      values[name] = value
      continue
    }
    if (parameter.type === 'text') {
      if (typeof value !== 'string' || value === '')
        throw new FillgridError(
          'invalid_value',
          `${indicator.name}: ${name} must be a text, found ${show(value)}. For example '${parameter.default}'.`,
        )
      values[name] = value
      continue
    }
    const { type, min, max } = parameter
    const fits = typeof value === 'number' && value >= min && value <= max
    if (!fits || (type === 'integer' && !Number.isInteger(value))) {
      const kind = type === 'integer' ? 'a whole number' : 'a number'
      throw new FillgridError(
        'invalid_value',
        `${indicator.name}: ${name} must be ${kind} from ${min} to ${max}, found ${show(value)}.`,
      )
    }
    values[name] = value
  }
  const reason = indicator.refuse?.(values as IndicatorValues)
  if (reason) throw new FillgridError('invalid_value', `${indicator.name}: ${reason}.`)
  return values as IndicatorValues
}

/** Whether later bars change what an indicator gave for earlier ones. */
export function isRepainting({ repaints }: IndicatorSpec, values: IndicatorValues): boolean {
  return repaints === true && values.delay === 0
}

/** What is said of one in a strategy. */
export function repainting(key: string): FillgridError {
  return new FillgridError(
    'invalid_value',
    `${key}: in a strategy an indicator that repaints must have a delay above 0, found 0: later bars change what it showed of earlier ones. Give the bars after which it is read, as in { delay: 10 }: it then shows what had been settled by then; or take zigzag, which shows what is known at each bar.`,
  )
}

/** The error for a name that is not one of `names`, with the nearest of them. */
export function unknownName(subject: string, name: string, names: readonly string[]): FillgridError {
  const near = nearNames(String(name), names)
  const known =
    names.length > 0
      ? `There are ${names.slice(0, 20).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}.`
      : 'There are none.'
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : known
  return new FillgridError('unknown_name', `${subject} ${show(name)} is not one. ${hint}`)
}
