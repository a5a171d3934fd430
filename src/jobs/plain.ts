import { FillgridError, messageOf, show } from '../errors.ts'

/** Levels of lists and objects within each other. */
const DEPTH = 16

/**
 * A copy of plain JSON data: true and false, finite numbers, text, null, lists, and objects without a class. Each value is
 * read once, so that what is checked is what is kept; fields that are undefined are left out, as JSON does, and -0 is 0.
 *
 * @param at what it is, for the error
 * @param endless places where Infinity may stand; it is null there, as in JSON
 * @throws FillgridError invalid_value for anything that JSON does not carry as it is
 */
export function plainCopy(value: unknown, at: string, endless?: RegExp): unknown {
  try {
    return copy(value, at, 0, endless)
  } catch (error) {
    if (error instanceof FillgridError) throw error
    throw refusal(at, `something that cannot be read (${messageOf(error)})`)
  }
}

/** A value of an object by its own name, getters left alone; undefined where there is none. */
export function ownValue(object: unknown, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(object, name)?.value
  } catch {
    // What cannot be read is refused by whoever copies it.
    return undefined
  }
}

function copy(value: unknown, at: string, depth: number, endless?: RegExp): unknown {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? 0 : value
      if (value === Number.POSITIVE_INFINITY && endless?.test(at)) return null
      throw refusal(at, String(value))
    case 'object':
      if (value === null) return null
      if (depth === DEPTH) throw refusal(at, `more than ${DEPTH} levels of lists and objects`)
      return Array.isArray(value) ? copyList(value, at, depth, endless) : copyObject(value, at, depth, endless)
    case 'undefined':
      throw refusal(at, 'undefined')
    default:
      throw refusal(at, `a ${typeof value}`)
  }
}

function copyList(list: readonly unknown[], at: string, depth: number, endless?: RegExp): unknown[] {
  const out: unknown[] = []
  const { length } = list
  for (let i = 0; i < length; i++) out.push(copy(list[i], `${at}[${i}]`, depth + 1, endless))
  return out
}

function copyObject(object: object, at: string, depth: number, endless?: RegExp): Record<string, unknown> {
  const parent = Object.getPrototypeOf(object)
  if (parent !== null && Object.getPrototypeOf(parent) !== null) {
    const maker = ownValue(parent, 'constructor')
    throw refusal(at, `an object of class ${typeof maker === 'function' ? maker.name : 'unknown'}`)
  }
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(object)) {
    if (name === '__proto__')
      throw new FillgridError('unknown_name', `${at}: "__proto__" is no name of a field. Leave it out.`)
    const field = Object.getOwnPropertyDescriptor(object, name)
    if (field && !('value' in field)) throw refusal(`${at}.${name}`, 'a getter')
    if (field?.value !== undefined) out[name] = copy(field.value, `${at}.${name}`, depth + 1, endless)
  }
  return out
}

function refusal(at: string, found: string): FillgridError {
  const text = found.length > 120 ? show(found) : found
  return new FillgridError(
    'invalid_value',
    `${at}: plain JSON expected (finite numbers, text, true, false, null, lists, objects), found ${text}.`,
  )
}
