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
import { typeOf } from '../expression/make.ts'
import { type ArgumentType, childrenOf, type Node, parametersOf, type ValueType } from '../expression/node.ts'
import { parseExpression } from '../expression/parse.ts'
import { printExpression } from '../expression/print.ts'
import { unitOf } from '../expression/unit.ts'
import { onlyNames } from '../market/names.ts'
import { isPrice } from '../signals/spec.ts'
import { vocabulary } from '../signals/vocabulary.ts'
import {
  CONDITIONS,
  type Expressed,
  type ExpressedField,
  expressedColumns,
  NUMBERS,
  withStop,
} from './expressedcolumns.ts'
import { defineSignals, type ParameterSchema, type ParameterSpec, type SignalStrategy } from './strategy.ts'
import { withData } from './strategydata.ts'

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

/** Something that may depend on the parameters. */
export type OfParameters<P extends ParameterSchema, E> = E | ((parameters: ParameterExpressions<P>) => E)

/** One of several targets. */
export interface ShareTarget {
  /** From the entry, like `takeProfit`. */
  distance: NumberExpression | number
  /** Of the units of the entry, above 0; a number, or a parameter of the strategy. All of them together are 1 at most. */
  share: NumberExpression | number
}

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
  /**
   * Several targets in its place, each of which closes a share of the entry, the nearest first:
   * `[{ distance: percent(3), share: 0.5 }, { distance: percent(6), share: 0.5 }]`. What the shares leave is for the other exits.
   */
  takeProfits?: OfParameters<P, readonly ShareTarget[]>
  /** After so many of the targets the stop moves to the entry price. */
  breakEvenAfter?: number
  /** Distance of the trailing stop, likewise. */
  trail?: OfParameters<P, NumberExpression | number>
  /** The trailing stop begins where the target of this number lies; at the entry by default. */
  trailAfter?: number
  /** Own bars after which a position is closed (semantics 6.4), a whole number at the decision. Undefined: however many. */
  hold?: OfParameters<P, NumberExpression | number>
  /**
   * Size of entries: percent(10) of the equity, riskFraction(0.01) of it at risk to the stop, volatilityTarget(0.1), units(100) and other
   * sizes (docs/expressions.md), else a number in what the run's `size` is in. Where it is undefined, or not above 0, nothing is entered.
   */
  size?: OfParameters<P, NumberExpression | number>
  /** Weight of the asset in the portfolio, a signed fraction of the equity, in place of entries and exits: undefined leaves it alone, 0 closes it. */
  targetWeight?: OfParameters<P, NumberExpression | number>
}

const AFTER = ['breakEvenAfter', 'trailAfter'] as const
const FIELDS = new Set<string>([
  'name',
  'parameters',
  'constraints',
  'takeProfits',
  ...AFTER,
  ...CONDITIONS,
  ...NUMBERS,
])

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
  const nodes = new Map<ExpressedField, Node>()
  for (const field of [...CONDITIONS, ...NUMBERS]) {
    const expression = definition[field]
    if (expression === undefined) continue
    const made: unknown = typeof expression === 'function' ? expression(given) : expression
    const node = nodeOf(made)
    const type = typeOfField(field)
    if (typeOf(node) !== type)
      throw new FillgridError(
        'invalid_strategy',
        `strategy ${name}: ${field} must be a ${type}, found a ${typeOf(node)}: ${printExpression(node)}.`,
      )
    nodes.set(field, node)
  }
  const expressed = { name, nodes, ...targetsOf(name, definition, given) }
  checkFields(expressed)
  const size = nodes.get('size')
  // Before the run, as far as that is known.
  if (size) unitOf(withStop(name, size, nodes.get('stopLoss')))
  const constraints = constraintsOf(name, definition, given)
  const text = [...nodes].map(([field, node]) => `${field} = ${printExpression(node)}`)
  for (const { distance, share } of expressed.targets)
    text.push(`takeProfits = ${printExpression(distance)}, ${printExpression(share)}`)
  for (const field of AFTER) if (expressed[field] > 0) text.push(`${field} = ${expressed[field]}`)
  const made = defineSignals({
    name,
    parameters,
    constraints,
    source: `fillgrid expressions 1\n${text.join('\n')}`,
    signals: (context) => expressedColumns(expressed, context),
  }) as SignalStrategy
  const { targets: takeProfits, breakEvenAfter, trailAfter } = expressed
  return withData(made, {
    kind: 'expressions',
    version: 1,
    name,
    parameters,
    constraints,
    fields: Object.fromEntries(nodes),
    ...(takeProfits.length > 0 ? { takeProfits, breakEvenAfter, trailAfter } : {}),
  })
}

/**
 * A strategy of expressions as texts, which are read when the market's columns are known. They may name its parameters.
 *
 * @throws FillgridError invalid_expression, unknown_name when it is run, with a caret below the place
 */
export function textStrategy(
  texts: Readonly<Partial<Record<ExpressedField, string>>>,
  parameters: ParameterSchema = {},
  name = 'expressions',
  constraints: readonly string[] = [],
): SignalStrategy {
  const given = Object.entries(texts) as [ExpressedField, string][]
  const types = new Map(Object.entries(parameters).map(([one, { type }]) => [one, PARAMETER_TYPES[type]]))
  const made = defineSignals({
    name,
    parameters,
    constraints,
    source: `fillgrid expressions 1\n${given.map(([field, text]) => `${field} = ${text}`).join('\n')}`,
    signals: (context) => {
      const words = vocabulary(context.market.signals.keys(), types)
      const nodes = new Map(given.map(([field, text]) => [field, parseExpression(text, words, typeOfField(field))]))
      const expressed = { name, nodes, targets: [], breakEvenAfter: 0, trailAfter: 0 }
      checkFields(expressed)
      return expressedColumns(expressed, context)
    },
  }) as SignalStrategy
  return withData(made, { kind: 'expressions', version: 1, name, parameters, constraints, fields: texts })
}

/** What parameters are in expressions. */
export const PARAMETER_TYPES: Readonly<Record<ParameterSpec['type'], ArgumentType>> = {
  integer: 'number',
  number: 'number',
  boolean: 'condition',
  choice: 'text',
}

function typeOfField(field: ExpressedField): ValueType {
  return (CONDITIONS as readonly string[]).includes(field) ? 'condition' : 'number'
}

function parameterExpressions<P extends ParameterSchema>(schema: P): ParameterExpressions<P> {
  const entries = Object.entries(schema).map(([name, spec]) => [
    name,
    parameter(name, PARAMETER_TYPES[spec?.type] ?? 'number'),
  ])
  return Object.freeze(Object.fromEntries(entries))
}

/** The targets of a strategy that has several, and what comes after some of them. @throws FillgridError invalid_strategy */
function targetsOf<P extends ParameterSchema>(
  name: string,
  { takeProfits, breakEvenAfter = 0, trailAfter = 0 }: ExpressedStrategy<P>,
  given: ParameterExpressions<P>,
): Pick<Expressed, 'targets' | (typeof AFTER)[number]> {
  const fail = (field: string, expected: string, found: unknown) =>
    new FillgridError('invalid_strategy', `strategy ${name}: ${field} must be ${expected}, found ${show(found)}.`)
  const list: unknown = typeof takeProfits === 'function' ? takeProfits(given) : (takeProfits ?? [])
  if (!Array.isArray(list) || (list.length === 0 && takeProfits !== undefined))
    throw fail('takeProfits', 'a list of targets', list)
  const targets = Array.from(list as readonly ShareTarget[], (target, i) => {
    const at = `takeProfits[${i}]`
    if (target === null || typeof target !== 'object') throw fail(at, '{ distance, share }', target)
    onlyNames(target, TARGET_FIELDS, `strategy ${name}, ${at}`, 'a field of a target')
    const [distance, share] = [target.distance, target.share].map(nodeOf)
    if (typeOf(distance) !== 'number') throw fail(`${at}.distance`, 'a number', printExpression(distance))
    const isOne = share.kind === 'number' || (share.kind === 'parameter' && typeOf(share) === 'number')
    if (!isOne) throw fail(`${at}.share`, 'a number or a parameter', printExpression(share))
    return { distance, share }
  })
  for (const [field, value] of Object.entries({ breakEvenAfter, trailAfter }))
    if (!Number.isInteger(value) || value < 0 || value > targets.length)
      throw fail(
        field,
        targets.length > 0 ? `a number of targets from 1 to ${targets.length}` : 'none without takeProfits',
        value,
      )
  return { targets, breakEvenAfter, trailAfter }
}

const TARGET_FIELDS: ReadonlySet<string> = new Set(['distance', 'share'])

/** @throws FillgridError invalid_strategy for fields that say nothing, or two things */
function checkFields({ name, nodes, targets, trailAfter }: Expressed): void {
  const fail = (rule: string) => new FillgridError('invalid_strategy', `strategy ${name}: ${rule}`)
  const has = (field: ExpressedField) => nodes.has(field)
  if (!has('entries') && !has('shortEntries') && !has('targetWeight'))
    throw fail('entries, shortEntries or targetWeight expected, found none of them, so it would never trade.')
  const fields = [...nodes.keys(), ...(targets.length > 0 ? ['takeProfits'] : [])]
  const beside = fields.find((field) => field !== 'targetWeight')
  if (has('targetWeight') && beside) throw fail(`targetWeight goes alone, found ${beside} beside it. Leave one out.`)
  if (targets.length > 0 && has('takeProfit')) throw fail('takeProfit or takeProfits, found both. Leave one out.')
  if (trailAfter > 0 && !has('trail')) throw fail('trailAfter says when the trail begins, found no trail. Add one.')
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
