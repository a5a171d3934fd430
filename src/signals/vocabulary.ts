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
 */
export function vocabulary(signals: Iterable<string> = [], parameters?: ReadonlyMap<string, ArgumentType>): Vocabulary {
  return {
    columns: [...PRICES, ...signals],
    indicators: EXPRESSION_INDICATORS,
    ...(parameters ? { parameters } : {}),
    near: nearNames,
  }
}
