import { BINDS, functionOf } from './functions.ts'
import type { Node } from './node.ts'

/** An expression as text: what `parseExpression` reads back to the same expression. */
export function printExpression(node: Node): string {
  return print(node, 0)
}

/** @param outside how tightly what stands around it binds */
function print(node: Node, outside: number): string {
  switch (node.kind) {
    case 'number':
      return Object.is(node.value, -0) ? '-0' : String(node.value)
    case 'condition':
      return String(node.value)
    case 'text':
      return quote(node.value)
    case 'column':
    case 'parameter':
      return node.name
    case 'indicator': {
      const words = [...node.of, ...Object.values(node.values)].map((one) => print(one, 0))
      const call = `${node.name}(${words.join(', ')})`
      return node.output === 'value' ? call : `${call}.${node.output}`
    }
    case 'call':
      return printCall(node.name, node.of, outside)
  }
}

function printCall(name: string, of: readonly Node[], outside: number): string {
  const { operator, of: specs } = functionOf(name)!
  if (!operator) {
    // A zone that is left out has no name.
    const said = of.filter((one, i) => !(one.kind === 'text' && specs[i].default === one.value))
    return `${name}(${said.map((one) => print(one, 0)).join(', ')})`
  }
  const { text, binds } = operator
  const parts = of.length === 1 ? [before(text), print(of[0], binds - 1)] : between(text, binds, of)
  const whole = parts.join('')
  return binds <= outside ? `(${whole})` : whole
}

/** A minus stands at what it negates, a word does not. */
function before(text: string): string {
  return text === '-' ? text : `${text} `
}

/** Of equal operators those on the left come first; comparisons do not go together without parentheses. */
function between(text: string, binds: number, [left, right]: readonly Node[]): string[] {
  const loosest = binds === BINDS.comparison ? binds : binds - 1
  return [print(left, loosest), ` ${text} `, print(right, binds)]
}

function quote(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`
}
