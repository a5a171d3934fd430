import { FillgridError, show } from '../errors.ts'
import { closeNames, onlyNames } from '../market/names.ts'
import type { ParameterSchema, ParameterSpec } from './strategy.ts'

const RANGE_FIELDS = ['type', 'default', 'min', 'max', 'doc']
const SPEC_FIELDS: Record<ParameterSpec['type'], ReadonlySet<string>> = {
  integer: new Set(RANGE_FIELDS),
  number: new Set(RANGE_FIELDS),
  boolean: new Set(['type', 'default', 'doc']),
  choice: new Set(['type', 'default', 'choices', 'doc']),
}
const HOOKS = ['onStart', 'onPosition', 'onBar', 'onOrder', 'onFill', 'onTrade', 'onEnd', 'saveState', 'loadState']

/**
 * Checks what a strategy says of itself: its parameters' types and ranges, and that constraints are a list.
 *
 * @throws FillgridError invalid_strategy, unknown_name for a field of a parameter that does not exist
 */
export function checkDeclaration(name: string, schema: ParameterSchema, constraints: readonly string[]): void {
  const fail = (what: string, expected: string, found: unknown) =>
    new FillgridError('invalid_strategy', `strategy ${name}: ${what} must be ${expected}, found ${show(found)}.`)
  if (schema === null || typeof schema !== 'object')
    throw fail('parameters', 'an object of { type, default } by name', schema)
  for (const [parameter, spec] of Object.entries(schema)) {
    const at = `parameters.${parameter}`
    if (spec === null || typeof spec !== 'object') throw fail(at, 'an object of type and default', spec)
    if (!Object.hasOwn(SPEC_FIELDS, spec.type))
      throw fail(`${at}.type`, Object.keys(SPEC_FIELDS).join(' or '), spec.type)
    onlyNames(spec, SPEC_FIELDS[spec.type], `strategy ${name}, ${at}`, `a field of type '${spec.type}'`)
    if (spec.type === 'choice' && !(Array.isArray(spec.choices) && spec.choices.length > 0))
      throw fail(`${at}.choices`, 'a list of texts', spec.choices)
  }
  if (!Array.isArray(constraints) || constraints.some((one) => typeof one !== 'string'))
    throw fail('constraints', "a list of texts like ['fast < slow']", constraints)
}

/**
 * A hook in other letters (`onbar`), or a class without any hook that has something like one (`onBars`), would never be
 * called.
 *
 * @throws FillgridError invalid_strategy
 */
export function checkHooks(name: string, prototype: object): void {
  if (HOOKS.every((hook) => !(hook in prototype))) {
    for (const method of Object.getOwnPropertyNames(prototype)) {
      const [near] = closeNames(method, HOOKS)
      if (near) throw notHook(name, method, near)
    }
  }
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const hook = HOOKS.find((one) => one.toLowerCase() === method.toLowerCase())
    if (hook && hook !== method) throw notHook(name, method, hook)
  }
}

function notHook(name: string, method: string, hook: string): FillgridError {
  return new FillgridError(
    'invalid_strategy',
    `strategy ${name}: ${hook} is what is called, found ${method}, which never would be. Rename it.`,
  )
}
