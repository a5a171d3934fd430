import { FillgridError, show } from '../errors.ts'
import type { IndicatorWords } from '../expression/make.ts'
import type { ArgumentType } from '../expression/node.ts'
import type { Vocabulary } from '../expression/parse.ts'
import { nearNames } from '../market/names.ts'
import { INDICATORS } from './catalogue.ts'
import { isChosen, PRICES, STANDARD } from './spec.ts'

/** What expressions know of the indicators. */
export const EXPRESSION_INDICATORS: readonly IndicatorWords[] = INDICATORS.map(
  ({ name, inputs, parameters, outputs }) => ({
    name,
    of: inputs.filter(isChosen).map((input) => STANDARD[input]),
    parameters,
    outputs,
  }),
)

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
