import { FillgridError, show } from '../errors.ts'
import type { IndicatorWords } from '../expression/make.ts'
import type { ArgumentType } from '../expression/node.ts'
import type { Vocabulary } from '../expression/parse.ts'
import { nearNames } from '../market/names.ts'
import { INDICATORS } from './catalogue.ts'

/** What expressions know of the indicators. */
export const EXPRESSION_INDICATORS: readonly IndicatorWords[] = INDICATORS.map(
  ({ name, inputs, parameters, outputs }) => ({ name, inputs, parameters, outputs }),
)

/** Columns that every market has. */
const PRICES = ['open', 'high', 'low', 'close', 'volume']

/**
 * The names that an expression may use.
 *
 * @param signals names of the market's signal columns
 * @param parameters of the strategy
 * @throws FillgridError invalid_value
 */
export function vocabulary(signals: Iterable<string> = [], parameters?: ReadonlyMap<string, ArgumentType>): Vocabulary {
  if (signals === null || typeof (signals as Partial<Iterable<string>>)[Symbol.iterator] !== 'function')
    throw new FillgridError('invalid_value', `vocabulary: names of signal columns expected, found ${show(signals)}.`)
  if (parameters !== undefined && !(parameters instanceof Map))
    throw new FillgridError(
      'invalid_value',
      `vocabulary: a Map of parameters and their types expected, found ${show(parameters)}.`,
    )
  return {
    columns: [...PRICES, ...signals],
    indicators: EXPRESSION_INDICATORS,
    ...(parameters ? { parameters } : {}),
    near: nearNames,
  }
}
