import { functionOf } from '../expression/functions.ts'
import { callNode, expressionError } from '../expression/make.ts'
import type { ArgumentType, CallNode, Node } from '../expression/node.ts'
import { parseExpression } from '../expression/parse.ts'
import { unitOf } from '../expression/unit.ts'
import type { Market } from '../market/market.ts'
import { vocabulary } from './vocabulary.ts'

/**
 * What a size stands for: its formula of the table, with its arguments in it.
 *
 * @throws FillgridError invalid_expression for one that a strategy alone can say
 */
export function expandSize({ name, of }: CallNode, market: Market): Node {
  const spec = functionOf(name)!
  const given = new Map(spec.of.map((argument, i) => [argument.name, argumentOf(argument.name, of[i], market)]))
  return put(formulaOf(name), given)
}

const formulas = new Map<string, Node>()

/** The formula of a size, in which its arguments are parameters. */
function formulaOf(name: string): Node {
  const { of, formula } = functionOf(name)!
  const types = new Map(of.map((argument): [string, ArgumentType] => [argument.name, 'number']))
  const known = formulas.get(name) ?? parseExpression(formula!, vocabulary([], types), 'number')
  formulas.set(name, known)
  return known
}

/** What an argument is where it is left out, or given in another unit. */
function argumentOf(name: string, node: Node, market: Market): Node {
  const isZero = node.kind === 'number' && node.value === 0
  if (name === 'slots' && isZero) return { kind: 'number', value: market.assetCount }
  if (name === 'year' && isZero) return { kind: 'number', value: barsOfYear(market) }
  if (name !== 'stop') return node
  if (isZero)
    throw expressionError(
      'riskFraction needs a stop where it is no size of a strategy of expressions with one, found none. Give it a distance: riskFraction(0.01, percent(5)).',
    )
  return fractionOf(node)
}

/** How many bars of the market make a year: its periods, of so many bars each. */
function barsOfYear(market: Market): number {
  const { perYear } = market.annual
  const bars = perYear * (market.bars / market.periods.count)
  if (Number.isFinite(bars)) return bars
  throw expressionError(
    `volatilityTarget needs the number of bars a year, found ${market.bars} ${market.bars === 1 ? 'bar' : 'bars'}, which do not tell. Say it: volatilityTarget(0.1, 20, 252).`,
  )
}

/** A distance as a fraction of the close, which one in price is a part of. */
export function fractionOf(node: Node): Node {
  return unitOf(node) === 'fraction' ? node : callNode(functionOf('divide')!, [node, { kind: 'column', name: 'close' }])
}

/** The same with nodes in the place of parameters. */
function put(node: Node, given: ReadonlyMap<string, Node>): Node {
  if (node.kind === 'parameter') return given.get(node.name)!
  if (node.kind === 'call')
    return callNode(
      functionOf(node.name)!,
      node.of.map((one) => put(one, given)),
    )
  if (node.kind !== 'indicator') return node
  const values = Object.entries(node.values).map(([name, one]) => [name, put(one, given)])
  return { ...node, of: node.of.map((one) => put(one, given)), values: Object.fromEntries(values) }
}
