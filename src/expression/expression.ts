import { show } from '../errors.ts'
import { FUNCTIONS, functionOf } from './functions.ts'
import { callNode, expressionError, numberNode, textNode, typeOf } from './make.ts'
import type { ArgumentType, Node } from './node.ts'
import { printExpression } from './print.ts'

/** An expression: a number or a condition at each bar of each asset. Plain data inside; equal ones have equal text. */
export abstract class Expression {
  /** What it is made of. */
  readonly node: Node

  /** Made by the functions of `expressions`. @internal */
  constructor(node: Node) {
    this.node = node
    Object.freeze(this)
  }

  /** The text that `parseExpression` reads back. */
  toString(): string {
    return printExpression(this.node)
  }

  /** Plain data that `readExpression` reads back. */
  toJSON(): Node {
    return this.node
  }

  /** Whether another one is made of the same. */
  equals(other: Expression): boolean {
    return other instanceof Expression && this.toString() === other.toString()
  }
}

/** An expression that is a number, NaN where it is undefined. */
export class NumberExpression extends Expression {
  declare protected readonly type: 'number'
}

/** An expression that is true, false or undefined. */
export class Condition extends Expression {
  declare protected readonly type: 'condition'
}

/** The name of something: a session, a timeframe, an asset, or a parameter that stands for one. */
export class TextExpression extends Expression {
  declare protected readonly type: 'text'
}

/** What may stand for a number in an expression. */
export type NumberLike = NumberExpression | number
/** What may stand for a condition. */
export type ConditionLike = Condition | boolean
/** What may stand for a text. */
export type TextLike = TextExpression | string

/** An expression of a node. */
export function expressionOf(node: Node): NumberExpression | Condition | TextExpression {
  const type = typeOf(node)
  if (type === 'number') return new NumberExpression(node)
  return type === 'condition' ? new Condition(node) : new TextExpression(node)
}

/** The node of what may stand in an expression. @throws FillgridError invalid_expression */
export function nodeOf(given: unknown): Node {
  if (given instanceof Expression) return given.node
  if (typeof given === 'number') return numberNode(given)
  if (typeof given === 'boolean') return { kind: 'condition', value: given }
  if (typeof given === 'string') return textNode(given)
  throw expressionError(`an expression, a number, true or false, or a text expected, found ${show(given)}.`)
}

/** A column of the market by name: one of its signals, or open, high, low, close, volume. */
export function column(name: string): NumberExpression {
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name))
    throw expressionError(`the name of a column must be a word of letters, digits and _, found ${show(name)}.`)
  return new NumberExpression({ kind: 'column', name })
}

/** A parameter of the strategy. */
export function parameter(name: string, type: ArgumentType): NumberExpression | Condition | TextExpression {
  return expressionOf({ kind: 'parameter', name, type })
}

/** The functions of expressions, as the table has them. */
export interface ExpressionFunctions {
  add(a: NumberLike, b: NumberLike): NumberExpression
  subtract(a: NumberLike, b: NumberLike): NumberExpression
  multiply(a: NumberLike, b: NumberLike): NumberExpression
  divide(a: NumberLike, b: NumberLike): NumberExpression
  negate(x: NumberLike): NumberExpression
  absolute(x: NumberLike): NumberExpression
  smaller(a: NumberLike, b: NumberLike): NumberExpression
  larger(a: NumberLike, b: NumberLike): NumberExpression
  squareRoot(x: NumberLike): NumberExpression
  logarithm(x: NumberLike): NumberExpression
  exponential(x: NumberLike): NumberExpression
  /** A fraction where a distance or a size is asked for: percent(5) is 5 % and no price. */
  percent(x: NumberLike): NumberExpression
  lessThan(a: NumberLike, b: NumberLike): Condition
  atMost(a: NumberLike, b: NumberLike): Condition
  greaterThan(a: NumberLike, b: NumberLike): Condition
  atLeast(a: NumberLike, b: NumberLike): Condition
  equal(a: NumberLike, b: NumberLike): Condition
  notEqual(a: NumberLike, b: NumberLike): Condition
  /** All of them: three-valued, as the table says of two. */
  and(...all: readonly [ConditionLike, ConditionLike, ...ConditionLike[]]): Condition
  /** One of them. */
  or(...all: readonly [ConditionLike, ConditionLike, ...ConditionLike[]]): Condition
  not(x: ConditionLike): Condition
  where(test: ConditionLike, a: NumberLike, b: NumberLike): NumberExpression
  defined(x: Expression): Condition
  shift<E extends NumberExpression | Condition>(x: E, bars?: NumberLike): E
  crossedAbove(a: NumberLike, b: NumberLike): Condition
  crossedBelow(a: NumberLike, b: NumberLike): Condition
  rising(x: NumberLike, bars?: NumberLike): Condition
  falling(x: NumberLike, bars?: NumberLike): Condition
  since(x: ConditionLike, bars: NumberLike): Condition
  barsSince(x: ConditionLike): NumberExpression
  valueWhen(test: ConditionLike, x: NumberLike, time?: NumberLike): NumberExpression
  rank(x: NumberLike): NumberExpression
  normalise(x: NumberLike): NumberExpression
  top(x: NumberLike, assets: NumberLike): Condition
  bottom(x: NumberLike, assets: NumberLike): Condition
  share(x: NumberLike): NumberExpression
  neutral(x: NumberLike, group: NumberLike): NumberExpression
  on<E extends NumberExpression | Condition>(timeframe: TextLike, x: E, days?: TextLike): E
  asset<E extends NumberExpression | Condition>(name: TextLike, x: E): E
  session(from: TextLike, to: TextLike, zone?: TextLike): Condition
  hour(zone?: TextLike): NumberExpression
  minute(zone?: TextLike): NumberExpression
  weekday(zone?: TextLike): NumberExpression
  day(zone?: TextLike): NumberExpression
  month(zone?: TextLike): NumberExpression
  year(zone?: TextLike): NumberExpression
  /** As a size: so many units. */
  units(x: NumberLike): NumberExpression
  /** As a size: so much money. */
  value(x: NumberLike): NumberExpression
  equalWeight(slots?: NumberLike): NumberExpression
  riskFraction(risk: NumberLike, stop?: NumberLike): NumberExpression
  atrRisk(risk: NumberLike, multiple?: NumberLike, length?: NumberLike): NumberExpression
  volatilityTarget(target: NumberLike, bars?: NumberLike, year?: NumberLike): NumberExpression
  kelly(winRate: NumberLike, payoff: NumberLike, part?: NumberLike): NumberExpression
  inverseVolatility(bars?: NumberLike): NumberExpression
  riskParity(bars?: NumberLike): NumberExpression
  capped(x: NumberLike, most: NumberLike, least?: NumberLike): NumberExpression
}

/** Functions that take any number of arguments, two at a time from the left. */
const MANY = ['and', 'or']

/** What `ExpressionFunctions` says, made of the table. */
export const FUNCTION_BUILDERS = Object.fromEntries(
  FUNCTIONS.map(({ name }) => {
    const spec = functionOf(name)!
    const build = (...given: readonly unknown[]) => {
      const of = given.map(nodeOf)
      if (MANY.includes(name) && of.length > 2)
        return expressionOf(of.slice(1).reduce((all, one) => callNode(spec, [all, one]), of[0]))
      return expressionOf(callNode(spec, of))
    }
    return [name, build]
  }),
) as unknown as ExpressionFunctions
