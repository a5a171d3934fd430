import { FillgridError, show } from '../errors.ts'
import { type FunctionArgument, type FunctionSpec, functionOf } from './functions.ts'
import { type ArgumentType, childrenOf, type Node } from './node.ts'

/** What is known of an indicator where its kernels are not. */
export interface IndicatorWords {
  readonly name: string
  /** Columns that stand for what it may be taken of, where that is not said: as many as it may be given. */
  readonly of: readonly string[]
  readonly parameters: Readonly<
    Record<
      string,
      | { readonly type: 'integer' | 'number'; readonly default: number; readonly min: number; readonly max: number }
      | { readonly type: 'choice'; readonly default: string; readonly choices: readonly string[] }
      | { readonly type: 'text'; readonly default: string }
    >
  >
  readonly outputs: readonly string[]
}

/** Nodes below each other, at most. */
const DEEPEST = 200
/** Nodes of an expression, at most. */
const LARGEST = 10_000

/** The error of an expression. */
export function expressionError(rule: string): FillgridError {
  return new FillgridError('invalid_expression', `expression: ${rule}`)
}

/** What a node gives. */
export function typeOf(node: Node): ArgumentType {
  switch (node.kind) {
    case 'number':
    case 'column':
    case 'indicator':
      return 'number'
    case 'condition':
    case 'text':
      return node.kind
    case 'parameter':
      return node.type
    case 'call': {
      const { result, of } = functionOf(node.name)!
      return result === 'same' ? typeOf(node.of[of.findIndex(({ type }) => type === 'any')]) : result
    }
  }
}

/** @throws FillgridError invalid_expression for what is not finite */
export function numberNode(value: number): Node {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw expressionError(`a number must be finite, found ${show(value)}.`)
  return { kind: 'number', value }
}

/** @throws FillgridError invalid_expression for what could not be printed */
export function textNode(value: string): Node {
  if (value.includes("'") && value.includes('"'))
    throw expressionError(`a text has one kind of quotation marks at most, found ${show(value)}.`)
  return { kind: 'text', value }
}

/**
 * A call of a function, checked.
 *
 * @param of the arguments; a count that may be left out may be missing
 * @throws FillgridError invalid_expression
 */
export function callNode(spec: FunctionSpec, of: readonly Node[]): Node {
  const least = spec.of.filter((one) => one.default === undefined).length
  if (of.length < least || of.length > spec.of.length)
    throw expressionError(`${spec.name} takes ${counted(spec)}, found ${of.length}.`)
  const all = spec.of.map(
    ({ default: fallback }, i) =>
      of[i] ?? (typeof fallback === 'string' ? textNode(fallback) : numberNode(fallback as number)),
  )
  spec.of.forEach((argument, i) => {
    checkArgument(spec, argument, all[i])
  })
  // One way to write it: a number with a sign is a number.
  if (spec.name === 'negate' && all[0].kind === 'number') return numberNode(-all[0].value)
  return checkSize({ kind: 'call', name: spec.name, of: all })
}

function counted({ of }: FunctionSpec): string {
  if (of.length === 0) return 'no arguments'
  const names = of.map(({ name, default: fallback }) =>
    fallback === undefined ? name : fallback === '' ? `${name} (may be left out)` : `${name} (${fallback} by default)`,
  )
  return `${of.length} argument${of.length === 1 ? '' : 's'}: ${names.join(', ')}`
}

function checkArgument(spec: FunctionSpec, { name, type, min = 1, max = 1 }: FunctionArgument, node: Node): void {
  const given = typeOf(node)
  const wrong = (expected: string) =>
    expressionError(
      `${spec.name}: ${name} must be ${expected}, found ${node.kind === 'number' || node.kind === 'text' ? show(node.value) : `a ${given}`}.`,
    )
  if (type === 'count') {
    if (node.kind === 'parameter' && node.type === 'number') return
    const fits = node.kind === 'number' && Number.isInteger(node.value) && node.value >= min && node.value <= max
    if (!fits) throw wrong(`a whole number from ${min} to ${max}, or a parameter`)
  } else if (type === 'any') {
    if (given === 'text') throw wrong('a number or a condition')
  } else if (type === 'text') {
    if (given !== 'text') throw wrong('a text in quotation marks')
  } else if (given !== type) throw wrong(`a ${type}`)
}

/**
 * An indicator, checked, with everything said that may be left out.
 *
 * @param of what takes the place of its source, and of its other column
 * @param values numbers, texts or parameters of the strategy by the names of its own parameters
 * @throws FillgridError invalid_expression, unknown_name
 */
export function indicatorNode(
  words: IndicatorWords,
  of: readonly Node[],
  values: Readonly<Record<string, Node>>,
  output?: string,
): Node {
  const most = words.of.length
  if (of.length > most)
    throw expressionError(
      `${words.name} is taken of ${most === 0 ? 'columns of its own' : `${most} expression${most === 1 ? '' : 's'}`}, found ${of.length}.`,
    )
  for (const one of of) {
    if (typeOf(one) !== 'number') throw expressionError(`${words.name} is taken of a number, found a ${typeOf(one)}.`)
    // Of two numbers in a row nobody could tell which is a parameter.
    if (one.kind === 'number' || one.kind === 'parameter')
      throw expressionError(
        `${words.name} is taken of a column or of what is made of columns, found ${one.kind === 'number' ? one.value : `the parameter ${one.name}`}.`,
      )
  }
  const columns = words.of.map((name, i) => of[i] ?? ({ kind: 'column', name } as const))
  const all: Record<string, Node> = {}
  for (const [name, parameter] of Object.entries(words.parameters)) {
    const node = values[name]
    if (parameter.type === 'choice') {
      const value = node ?? textNode(parameter.default)
      if (typeOf(value) !== 'text' || (value.kind === 'text' && !parameter.choices.includes(value.value)))
        throw expressionError(
          `${words.name}: ${name} must be one of ${parameter.choices.join(', ')}, found ${value.kind === 'text' ? show(value.value) : `a ${typeOf(value)}`}.`,
        )
      all[name] = value
      continue
    }
    if (parameter.type === 'text') {
      const value = node ?? textNode(parameter.default)
      if (typeOf(value) !== 'text')
        throw expressionError(
          `${words.name}: ${name} must be a text in quotation marks, such as '${parameter.default}', found a ${typeOf(value)}.`,
        )
      all[name] = value
      continue
    }
    const value = node ?? numberNode(parameter.default)
    const kind = parameter.type === 'integer' ? 'a whole number' : 'a number'
    const fits =
      value.kind === 'parameter'
        ? value.type === 'number'
        : value.kind === 'number' &&
          value.value >= parameter.min &&
          value.value <= parameter.max &&
          (parameter.type === 'number' || Number.isInteger(value.value))
    if (!fits)
      throw expressionError(
        `${words.name}: ${name} must be ${kind} from ${parameter.min} to ${parameter.max}, or a parameter, found ${value.kind === 'number' ? value.value : `a ${typeOf(value)} that changes from bar to bar`}.`,
      )
    all[name] = value
  }
  return checkSize({
    kind: 'indicator',
    name: words.name,
    of: columns,
    values: all,
    output: output ?? words.outputs[0],
  })
}

/** @throws FillgridError invalid_expression where nobody could have written it by hand */
function checkSize(node: Node): Node {
  let count = 0
  const visit = (one: Node, depth: number): void => {
    if (depth > DEEPEST)
      throw expressionError(
        `at most ${DEEPEST} functions may stand inside each other. Name parts of it as columns of their own.`,
      )
    if (++count > LARGEST)
      throw expressionError(
        `at most ${LARGEST} numbers, names and functions may stand in it. Name parts of it as columns of their own.`,
      )
    for (const child of childrenOf(one)) visit(child, depth + 1)
  }
  visit(node, 0)
  return node
}

/**
 * The same with values in the place of parameters, checked as if they had been written there: a length of bars that a parameter
 * gives is a whole number too. Parameters without a value stay. What an indicator takes is checked when it is computed.
 *
 * @throws FillgridError invalid_expression
 */
export function bind(node: Node, values: Readonly<Record<string, number | string | boolean>>): Node {
  switch (node.kind) {
    case 'parameter': {
      const value = values[node.name]
      if (typeof value === 'number') return numberNode(value)
      if (typeof value === 'boolean') return { kind: 'condition', value }
      return typeof value === 'string' ? textNode(value) : node
    }
    case 'call':
      return callNode(
        functionOf(node.name)!,
        node.of.map((one) => bind(one, values)),
      )
    case 'indicator':
      return {
        ...node,
        of: node.of.map((one) => bind(one, values)),
        values: Object.fromEntries(Object.entries(node.values).map(([name, one]) => [name, bind(one, values)])),
      }
    default:
      return node
  }
}

/** Arguments of an indicator in their order: those that are columns come first, numbers, texts and parameters are its parameters. */
export function indicatorArguments(
  words: IndicatorWords,
  plain: readonly Node[],
): { of: readonly Node[]; values: Record<string, Node> } {
  const isFixed = ({ kind }: Node) => kind === 'number' || kind === 'text' || kind === 'parameter'
  const first = plain.findIndex(isFixed)
  const of = first < 0 ? plain : plain.slice(0, first)
  const inOrder = plain.slice(of.length)
  const names = Object.keys(words.parameters)
  if (inOrder.length > names.length)
    throw expressionError(
      `${words.name} has ${names.length === 0 ? 'no parameters' : `the parameters ${names.join(', ')}`}, found ${inOrder.length}.`,
    )
  return { of, values: Object.fromEntries(inOrder.map((node, i) => [names[i], node])) }
}
