import { functionOf, type SizeUnit } from './functions.ts'
import { expressionError, typeOf } from './make.ts'
import type { CallNode, Node } from './node.ts'
import { printExpression } from './print.ts'

/**
 * What a number is a number of, as a size or a distance: `percent(5)` is a fraction, so are twice of it, the smaller of two such, and
 * most sizes. Undefined for all others.
 *
 * @throws FillgridError invalid_expression where two of them differ
 */
export function unitOf(node: Node): SizeUnit | undefined {
  if (node.kind !== 'call') return undefined
  const { unit } = functionOf(node.name)!
  if (unit === 'same') return unitOf(node.of[0])
  if (unit !== undefined) return unit
  switch (node.name) {
    case 'multiply': {
      const [a, b] = node.of
      return isFixed(a) ? unitOf(b) : isFixed(b) ? unitOf(a) : undefined
    }
    case 'divide':
      return isFixed(node.of[1]) ? unitOf(node.of[0]) : undefined
    case 'add':
    case 'subtract':
    case 'smaller':
    case 'larger':
    case 'where':
      return commonUnit(node)
    default:
      return undefined
  }
}

/** That of all that are not the same at every bar. */
function commonUnit(node: CallNode): SizeUnit | undefined {
  const parts = node.of.filter((one) => typeOf(one) === 'number' && !isFixed(one))
  const units = parts.map(unitOf)
  const [first] = units
  const other = units.findIndex((unit) => unit !== first)
  if (other < 0) return first
  if (units.includes(undefined)) return undefined
  throw expressionError(
    `${node.name} must be of numbers of the same, found ${printExpression(parts[0])}, a ${first}, and ${printExpression(parts[other])}, a ${units[other]}.`,
  )
}

/** A number, or a parameter that will be one. */
export function isFixed({ kind }: Node): boolean {
  return kind === 'number' || kind === 'parameter'
}
