import { FillgridError, show } from '../errors.ts'
import { Market } from './market.ts'

/** The market that a function is given. @throws FillgridError invalid_value for anything else */
export function expectMarket(given: unknown, subject: string): asserts given is Market {
  if (!(given instanceof Market))
    throw new FillgridError(
      'invalid_value',
      `${subject}: a Market expected, found ${show(given)}. Make one with Market.from(...).`,
    )
}

/**
 * What a function is given in fields.
 *
 * @param what says what they are: `a drawing of title, time and equity`
 * @param needed fields that have to be there
 * @throws FillgridError invalid_value
 */
export function expectFields(
  given: unknown,
  subject: string,
  what: string,
  needed: readonly string[] = [],
): asserts given is object {
  if (given === null || typeof given !== 'object')
    throw new FillgridError('invalid_value', `${subject}: ${what} expected, found ${show(given)}.`)
  const missing = needed.find((name) => (given as Record<string, unknown>)[name] === undefined)
  if (missing !== undefined)
    throw new FillgridError('invalid_value', `${subject}: ${what} expected, found none in ${missing}. Give all of it.`)
}
