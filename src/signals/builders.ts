import {
  column,
  Expression,
  type ExpressionFunctions,
  FUNCTION_BUILDERS,
  NumberExpression,
  nodeOf,
} from '../expression/expression.ts'
import { expressionError, type IndicatorWords, indicatorArguments, indicatorNode } from '../expression/make.ts'
import { onlyNames } from '../market/names.ts'
import type { IndicatorName, IndicatorNamed } from './catalogue.ts'
import { EXPRESSION_INDICATORS } from './vocabulary.ts'

/** Values of an indicator's parameters in an expression: its own, or parameters of the strategy. */
export type ExpressionValues<N extends IndicatorName> = {
  readonly [K in keyof IndicatorNamed<N>['parameters']]?: number | string | Expression
}

/** What an indicator gives: a number, or one by the name of each output. */
export type IndicatorExpression<N extends IndicatorName> = [IndicatorNamed<N>['outputs'][number]] extends ['value']
  ? NumberExpression
  : { readonly [O in IndicatorNamed<N>['outputs'][number]]: NumberExpression }

/** The indicators as functions: what they are taken of (columns or expressions), then their parameters in their order, or by name in an object. */
export type ExpressionIndicators = {
  readonly [N in IndicatorName]: (
    ...given: readonly (NumberExpression | number | string | Expression | ExpressionValues<N>)[]
  ) => IndicatorExpression<N>
}

/** Columns of the market. */
export interface ExpressionColumns {
  readonly open: NumberExpression
  readonly high: NumberExpression
  readonly low: NumberExpression
  readonly close: NumberExpression
  readonly volume: NumberExpression
  /** A signal column of the market. */
  column(name: string): NumberExpression
}

const COLUMNS: ExpressionColumns = {
  open: column('open'),
  high: column('high'),
  low: column('low'),
  close: column('close'),
  volume: column('volume'),
  column,
}

const INDICATORS = Object.fromEntries(
  EXPRESSION_INDICATORS.map((words) => [words.name, builder(words)]),
) as unknown as ExpressionIndicators

function builder(words: IndicatorWords) {
  return (...given: readonly unknown[]) => {
    const last = given[given.length - 1]
    const named =
      last !== null && typeof last === 'object' && !(last instanceof Expression)
        ? (last as Record<string, unknown>)
        : undefined
    const plain = (named ? given.slice(0, -1) : given).map(nodeOf)
    const { of, values } = indicatorArguments(words, plain)
    if (named) onlyNames(named, new Set(Object.keys(words.parameters)), words.name, 'one of its parameters')
    for (const [name, value] of Object.entries(named ?? {})) {
      if (values[name]) throw expressionError(`${words.name}: ${name} is given twice.`)
      if (value !== undefined) values[name] = nodeOf(value)
    }
    const outputs = words.outputs.map(
      (output) => [output, new NumberExpression(indicatorNode(words, of, values, output))] as const,
    )
    return outputs.length === 1 && outputs[0][0] === 'value'
      ? outputs[0][1]
      : Object.freeze(Object.fromEntries(outputs))
  }
}

/** What expressions are built with: columns, indicators and functions, typed; nothing in them is evaluated as code. */
export const expressions: ExpressionColumns & ExpressionIndicators & ExpressionFunctions = Object.freeze({
  ...INDICATORS,
  ...FUNCTION_BUILDERS,
  ...COLUMNS,
})
