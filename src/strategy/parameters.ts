import { FillgridError, show } from '../errors.ts'
import { type ConstraintType, parseConstraint } from '../expression/constraint.ts'
import { onlyNames } from '../market/names.ts'
import type { ParameterSchema, ParameterValues } from './strategy.ts'

/** Checks parameters against a schema and fills in the defaults. @throws FillgridError unknown_name, invalid_value */
export function checkParameters(
  schema: ParameterSchema,
  given: Readonly<Record<string, unknown>>,
  strategy: string,
): ParameterValues {
  onlyNames(given, new Set(Object.keys(schema)), strategy, 'one of its parameters')
  const out: Record<string, number | string | boolean> = {}
  for (const [name, spec] of Object.entries(schema)) {
    const value = given[name] === undefined ? spec.default : given[name]
    const wrong = (expected: string) =>
      new FillgridError('invalid_value', `${strategy}.${name}: ${expected} expected, found ${show(value)}.`)
    switch (spec.type) {
      case 'boolean':
        if (typeof value !== 'boolean') throw wrong('true or false')
        out[name] = value
        break
      case 'choice':
        if (typeof value !== 'string' || !spec.choices.includes(value)) throw wrong(`one of ${spec.choices.join(', ')}`)
        out[name] = value
        break
      default: {
        const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec
        const whole = spec.type === 'integer' ? 'a whole number' : 'a number'
        const range =
          Number.isFinite(min) && Number.isFinite(max)
            ? `${whole} from ${min} to ${max}`
            : Number.isFinite(min)
              ? `${whole} from ${min}`
              : Number.isFinite(max)
                ? `${whole} up to ${max}`
                : whole
        if (
          typeof value !== 'number' ||
          !Number.isFinite(value) ||
          value < min ||
          value > max ||
          (spec.type === 'integer' && !Number.isInteger(value))
        )
          throw wrong(range)
        out[name] = value
      }
    }
  }
  return out
}

/** Checks the constraints between parameters, like `fast < slow`. @throws FillgridError invalid_value that names the values */
export function checkConstraints(constraints: readonly string[], parameters: ParameterValues, strategy: string): void {
  if (constraints.length === 0) return
  const values = Object.values(parameters)
  const types = new Map(Object.entries(parameters).map(([name, value]) => [name, typeof value as ConstraintType]))
  for (const condition of constraints.flatMap((source) => parseConstraint(source, types))) {
    if (condition.test(values)) continue
    const names = Object.keys(parameters)
    const found = condition.slots.map((slot) => `${names[slot]} ${show(values[slot])}`).join(', ')
    throw new FillgridError('invalid_value', `${strategy}: ${condition.source} expected, found ${found}.`)
  }
}
