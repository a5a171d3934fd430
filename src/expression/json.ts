import { FillgridError, show } from '../errors.ts'
import { functionOf } from './functions.ts'
import { callNode, expressionError, indicatorNode, numberNode, textNode } from './make.ts'
import type { Node } from './node.ts'
import { checkVocabulary, type Vocabulary } from './parse.ts'

/**
 * An expression from its JSON, checked as if it were built anew.
 *
 * @throws FillgridError invalid_expression, unknown_name
 */
export function readExpression(data: unknown, vocabulary: Vocabulary): Node {
  checkVocabulary(vocabulary)
  return read(data, vocabulary, 0)
}

function read(data: unknown, words: Vocabulary, depth: number): Node {
  if (depth > 200) throw expressionError('at most 200 functions may stand inside each other.')
  if (data === null || typeof data !== 'object' || Array.isArray(data)) throw strange(data)
  const node = data as Record<string, unknown>
  const below = (one: unknown) => read(one, words, depth + 1)
  switch (node.kind) {
    case 'number':
      return numberNode(node.value as number)
    case 'condition':
      if (typeof node.value === 'boolean') return { kind: 'condition', value: node.value }
      break
    case 'text':
      if (typeof node.value === 'string') return textNode(node.value)
      break
    case 'column':
      if (typeof node.name !== 'string') break
      if (words.columns.includes(node.name)) return { kind: 'column', name: node.name }
      throw unknown(node.name, 'a column', words.columns)
    case 'parameter': {
      if (typeof node.name !== 'string') break
      const type = words.parameters?.get(node.name)
      if (type === undefined) throw unknown(node.name, 'a parameter', [...(words.parameters?.keys() ?? [])])
      if (type !== node.type)
        throw expressionError(`the parameter ${node.name} is a ${type}, found ${show(node.type)}.`)
      return { kind: 'parameter', name: node.name, type }
    }
    case 'call': {
      if (typeof node.name !== 'string' || !Array.isArray(node.of)) break
      const spec = functionOf(node.name)
      if (!spec) throw unknown(node.name, 'a function', [])
      return callNode(spec, node.of.map(below))
    }
    case 'indicator': {
      const { name, of, values, output } = node
      if (typeof name !== 'string' || !Array.isArray(of) || values === null || typeof values !== 'object') break
      const indicator = words.indicators.find((one) => one.name === name)
      if (!indicator)
        throw unknown(
          name,
          'an indicator',
          words.indicators.map((one) => one.name),
        )
      const given = Object.entries(values as Record<string, unknown>)
      for (const [parameter] of given)
        if (!(parameter in indicator.parameters))
          throw unknown(parameter, `a parameter of ${name}`, Object.keys(indicator.parameters))
      if (output !== undefined && !indicator.outputs.includes(output as string))
        throw unknown(String(output), `an output of ${name}`, indicator.outputs)
      const nodes = Object.fromEntries(given.map(([parameter, one]) => [parameter, below(one)]))
      return indicatorNode(indicator, of.map(below), nodes, output as string | undefined)
    }
  }
  throw strange(data)
}

function strange(data: unknown): FillgridError {
  return expressionError(
    `a node with a kind (number, condition, text, column, parameter, call, indicator) and its fields expected, found ${show(data)}.`,
  )
}

function unknown(name: string, what: string, names: readonly string[]): FillgridError {
  const wayOut =
    names.length > 0 ? ` There are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ' and more' : ''}.` : ''
  return new FillgridError('unknown_name', `expression: ${show(name)} is not ${what}.${wayOut}`)
}
