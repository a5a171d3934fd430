import { FillgridError, show } from '../errors.ts'
import {
  type Condition,
  Expression,
  type NumberExpression,
  nodeOf,
  parameter,
  type TextExpression,
} from '../expression/expression.ts'
import { functionOf } from '../expression/functions.ts'
import { callNode, typeOf } from '../expression/make.ts'
import { type ArgumentType, childrenOf, type Node, parametersOf } from '../expression/node.ts'
import { printExpression } from '../expression/print.ts'
import { onlyNames } from '../market/names.ts'
import { isPrice } from '../signals/spec.ts'
import {
  type ConditionColumn,
  defineSignals,
  type ParameterSchema,
  type ParameterSpec,
  type SignalContext,
  type SignalStrategy,
} from './strategy.ts'

/** A parameter of a schema as an expression. */
export type ParameterExpression<S> = S extends { type: 'boolean' }
  ? Condition
  : S extends { type: 'choice' }
    ? TextExpression
    : NumberExpression

/** Parameters of a strategy as its expressions see them. */
export type ParameterExpressions<P extends ParameterSchema> = {
  readonly [K in keyof P]: ParameterExpression<P[K]>
}

/** A size by what is lost at the stop. */
export class RiskFraction {
  /** Fraction of the equity. */
  readonly risk: NumberExpression | number

  constructor(risk: NumberExpression | number) {
    this.risk = risk
    Object.freeze(this)
  }
}

/**
 * As a size: so much that the stop, where it fills at its level, loses a fraction of the equity (before costs): the fraction of the
 * equity that is put in is `risk / distance`, with the distance of the stop as a fraction. With a stop of 5 % and a risk of 1 % that is
 * 20 % of the equity; what the account cannot pay is cut as ever (semantics 7.6). Undefined where the stop is.
 *
 * @param risk fraction of the equity, 0.01 is 1 %
 */
export function riskFraction(risk: NumberExpression | number): RiskFraction {
  return new RiskFraction(risk)
}

/** Something that may depend on the parameters. */
export type OfParameters<P extends ParameterSchema, E> = E | ((parameters: ParameterExpressions<P>) => E)

/** A strategy as expressions. Conditions count where they are true: what is undefined never trades. */
export interface ExpressedStrategy<P extends ParameterSchema = ParameterSchema> {
  /** 'expressions' by default. */
  name?: string
  parameters?: P
  /** What every parameter set must hold: conditions of parameters alone, or texts like 'fast < slow'. */
  constraints?: OfParameters<P, Condition | readonly Condition[]> | readonly string[]
  /** Where long positions are opened and closed, at the next open by default; short ones likewise. */
  entries?: OfParameters<P, Condition>
  exits?: OfParameters<P, Condition>
  shortEntries?: OfParameters<P, Condition>
  shortExits?: OfParameters<P, Condition>
  /**
   * Distance of the stop from the entry: percent(5), or a distance in price like multiply(2, atr(14)), which is taken as its
   * fraction of the close of the decision. Undefined: none.
   */
  stopLoss?: OfParameters<P, NumberExpression | number>
  /** Distance of the target, likewise. */
  takeProfit?: OfParameters<P, NumberExpression | number>
  /** Distance of the trailing stop, likewise. */
  trail?: OfParameters<P, NumberExpression | number>
  /**
   * Size of entries: percent(10) of the equity, riskFraction(0.01) of it at risk, else in what the run's `size` is in. Undefined: the
   * run's.
   */
  size?: OfParameters<P, NumberExpression | number | RiskFraction>
  /** Weight of the asset in the portfolio, a signed fraction of the equity, in place of entries and exits: undefined leaves it alone, 0 closes it. */
  targetWeight?: OfParameters<P, NumberExpression | number>
}

const CONDITIONS = ['entries', 'exits', 'shortEntries', 'shortExits'] as const
const DISTANCES = { stopLoss: 'stop', takeProfit: 'target', trail: 'trail' } as const
const NUMBERS = [...(Object.keys(DISTANCES) as (keyof typeof DISTANCES)[]), 'size', 'targetWeight'] as const
const FIELDS = new Set<string>(['name', 'parameters', 'constraints', ...CONDITIONS, ...NUMBERS])

type Field = (typeof CONDITIONS)[number] | (typeof NUMBERS)[number]

/** What a parameter may be, and what it is for. */
export interface ParameterRange {
  min?: number
  max?: number
  doc?: string
}

/** A parameter that is a whole number. @throws FillgridError invalid_strategy */
export function int(value: number, range: ParameterRange = {}) {
  if (!Number.isInteger(value)) throw notDefault('int', 'a whole number', value)
  return { type: 'integer', default: value, ...rangeOf('int', range) } as const
}

/** A parameter that is any number. @throws FillgridError invalid_strategy */
export function num(value: number, range: ParameterRange = {}) {
  if (!Number.isFinite(value)) throw notDefault('num', 'a finite number', value)
  return { type: 'number', default: value, ...rangeOf('num', range) } as const
}

/** A parameter that is true or false. @throws FillgridError invalid_strategy */
export function flag(value: boolean, range: { doc?: string } = {}) {
  if (typeof value !== 'boolean') throw notDefault('flag', 'true or false', value)
  return { type: 'boolean', default: value, ...rangeOf('flag', range) } as const
}

function rangeOf<R extends object>(name: string, range: R): R {
  if (range !== null && typeof range === 'object' && !Array.isArray(range)) return range
  throw new FillgridError('invalid_strategy', `${name}: an object of min, max and doc expected, found ${show(range)}.`)
}

function notDefault(name: string, expected: string, value: unknown): FillgridError {
  return new FillgridError('invalid_strategy', `${name}: ${expected} expected as the default, found ${show(value)}.`)
}

/**
 * A strategy as expressions: a driver of the same broker as hooks, with the same bytes for the same decisions. Its text stands for
 * it in fingerprints, so that equal expressions are equal strategies.
 *
 *     const { close, crossedAbove, crossedBelow, sma, percent } = expressions
 *     export default strategy({
 *       parameters: { fast: int(10, { min: 2 }), slow: int(50) },
 *       entries: ({ fast, slow }) => crossedAbove(sma(close, fast), sma(close, slow)),
 *       exits: ({ fast, slow }) => crossedBelow(sma(close, fast), sma(close, slow)),
 *       stopLoss: percent(5),
 *     })
 *
 * @throws FillgridError invalid_strategy, invalid_expression, unknown_name
 */
export function strategy<const P extends ParameterSchema = Record<never, never>>(
  definition: ExpressedStrategy<P>,
): SignalStrategy {
  if (definition === null || typeof definition !== 'object' || Array.isArray(definition))
    throw new FillgridError(
      'invalid_strategy',
      `strategy: an object of expressions expected, found ${show(definition)}.`,
    )
  const { name = 'expressions', parameters = {} as P } = definition
  onlyNames(definition, FIELDS, `strategy ${name}`, 'one of its fields')
  const taken = Object.keys(parameters).find(isPrice)
  if (taken)
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${name}: a parameter must have a name that no column has, found ${taken}. Give it another one.`,
    )
  const given = parameterExpressions(parameters)
  const nodes = new Map<Field, Node>()
  for (const field of [...CONDITIONS, ...NUMBERS]) {
    const expression = definition[field]
    if (expression === undefined) continue
    const made: unknown = typeof expression === 'function' ? expression(given) : expression
    const node = made instanceof RiskFraction ? riskNode(name, made, nodes.get('stopLoss')) : nodeOf(made)
    const type = (CONDITIONS as readonly string[]).includes(field) ? 'condition' : 'number'
    if (typeOf(node) !== type)
      throw new FillgridError(
        'invalid_strategy',
        `strategy ${name}: ${field} must be a ${type}, found a ${typeOf(node)}: ${printExpression(node)}.`,
      )
    nodes.set(field, node)
  }
  checkFields(name, nodes)
  const constraints = constraintsOf(name, definition, given)
  const text = [...nodes].map(([field, node]) => `${field} = ${printExpression(node)}`).join('\n')
  return defineSignals({
    name,
    parameters,
    constraints,
    source: `fillgrid expressions 1\n${text}`,
    signals: (context) => columnsOf(nodes, context),
  }) as SignalStrategy
}

/**
 * A strategy of conditions as texts, which are read when the market's columns are known. They may name its parameters.
 *
 * @throws FillgridError invalid_expression, unknown_name when it is run, with a caret below the place
 */
export function textStrategy(
  conditions: Readonly<Partial<Record<ConditionColumn, string>>>,
  parameters: ParameterSchema = {},
): SignalStrategy {
  const text = Object.entries(conditions).map(([field, one]) => `${field} = ${one}`)
  return defineSignals({
    name: 'expressions',
    parameters,
    source: `fillgrid expressions 1\n${text.join('\n')}`,
    signals: ({ conditionSignals }) => ({ flags: conditionSignals(conditions) }),
  }) as SignalStrategy
}

function parameterExpressions<P extends ParameterSchema>(schema: P): ParameterExpressions<P> {
  const types: Readonly<Record<ParameterSpec['type'], ArgumentType>> = {
    integer: 'number',
    number: 'number',
    boolean: 'condition',
    choice: 'text',
  }
  const entries = Object.entries(schema).map(([name, spec]) => [name, parameter(name, types[spec?.type] ?? 'number')])
  return Object.freeze(Object.fromEntries(entries))
}

/** @throws FillgridError invalid_strategy for fields that say nothing, or two things */
function checkFields(name: string, nodes: ReadonlyMap<Field, Node>): void {
  const has = (field: Field) => nodes.has(field)
  if (!has('entries') && !has('shortEntries') && !has('targetWeight'))
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${name}: entries, shortEntries or targetWeight expected, found none of them, so it would never trade.`,
    )
  const beside = [...nodes.keys()].find((field) => field !== 'targetWeight')
  if (has('targetWeight') && beside)
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${name}: targetWeight goes alone, found ${beside} beside it. Leave one out.`,
    )
}

function constraintsOf<P extends ParameterSchema>(
  name: string,
  { constraints = [] }: ExpressedStrategy<P>,
  given: ParameterExpressions<P>,
): string[] {
  const found = typeof constraints === 'function' ? constraints(given) : constraints
  return (Array.isArray(found) ? found : [found]).map((one: Condition | string) => {
    if (typeof one === 'string') return one
    const node = nodeOf(one)
    const names = parametersOf(node)
    if (!(one instanceof Expression) || typeOf(node) !== 'condition' || names.length === 0 || !isOfParameters(node))
      throw new FillgridError(
        'invalid_strategy',
        `strategy ${name}: a constraint must be a condition of parameters alone, found ${printExpression(node)}.`,
      )
    return printExpression(node)
  })
}

/** Constraints are checked before there are bars. */
function isOfParameters(node: Node): boolean {
  if (node.kind === 'call' && !functionOf(node.name)?.operator) return false
  return node.kind !== 'column' && node.kind !== 'indicator' && childrenOf(node).every(isOfParameters)
}

// ---- columns --------------------------------------------------------------------------------

function columnsOf(nodes: ReadonlyMap<Field, Node>, context: SignalContext): ReturnType<SignalStrategy['signals']> {
  const weight = nodes.get('targetWeight')
  if (weight) return { targetPosition: context.expression(weight), sizeType: 'fraction' }
  const columns: Record<string, unknown> = {
    flags: context.conditionSignals(Object.fromEntries(CONDITIONS.map((field) => [field, nodes.get(field)]))),
  }
  const enters = [nodes.get('entries'), nodes.get('shortEntries')].filter((node) => node !== undefined)
  const entering = enters.reduce((all, one) => call('or', all, one))
  /** Only where something is entered: what a distance is on other bars is nobody's business. */
  const there = (node: Node) => context.expression(call('where', entering, node, UNDEFINED))
  for (const [field, column] of Object.entries(DISTANCES) as [keyof typeof DISTANCES, string][]) {
    const node = nodes.get(field)
    if (node) columns[column] = there(distanceOf(node))
  }
  const size = nodes.get('size')
  if (size) columns.size = there(size)
  if (size && isPercent(size)) columns.sizeType = 'fraction'
  return columns
}

/** The fraction of the equity that loses a risk at the stop, as a percentage, which says that it is one. */
function riskNode(name: string, { risk }: RiskFraction, stop: Node | undefined): Node {
  if (stop === undefined)
    throw new FillgridError(
      'invalid_strategy',
      `strategy ${name}: size is a risk to the stop, found no stopLoss. Add one, or take a size like percent(10).`,
    )
  const hundred = { kind: 'number', value: 100 } as const
  return call('percent', call('divide', call('multiply', nodeOf(risk), hundred), distanceOf(stop)))
}

/** A distance as a fraction of the close. */
function distanceOf(node: Node): Node {
  return isPercent(node) ? node : call('divide', node, { kind: 'column', name: 'close' })
}

/** Nothing at any bar. */
const UNDEFINED = call('divide', { kind: 'number', value: 0 }, { kind: 'number', value: 0 })

function call(name: string, ...of: readonly Node[]): Node {
  return callNode(functionOf(name)!, of)
}

/** A fraction by itself, and no price. */
function isPercent(node: Node): boolean {
  return node.kind === 'call' && node.name === 'percent'
}
