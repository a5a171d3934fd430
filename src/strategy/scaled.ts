import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { checkFields, type Fail } from './fields.ts'
import type { BracketRequest, TakeProfit } from './requests.ts'

/** How far from 1 the shares of a bracket may add up to. */
const TOLERANCE = 1e-9

/** The targets of a scaled bracket; none where it has at most one, of all units (semantics 3.17). @throws FillgridError invalid_value, unknown_name */
export function readTakeProfits(request: BracketRequest, symbol: string, fail: Fail): readonly TakeProfit[] {
  const { takeProfits: given, takeProfitPrice } = request
  if (given === undefined) {
    for (const name of ['breakEvenAfter', 'trailAfter'] as const)
      if (request[name] !== undefined) throw fail(name, 'none without takeProfits', request[name])
    return NONE
  }
  if (takeProfitPrice !== undefined) throw fail('takeProfitPrice', 'none beside takeProfits', takeProfitPrice)
  if (!Array.isArray(given) || given.length === 0 || given.length > L.TARGET_LIMIT)
    throw fail('takeProfits', `a list of 1 to ${L.TARGET_LIMIT} targets`, Array.isArray(given) ? given.length : given)
  let sum = 0
  const targets = Array.from(given as readonly TakeProfit[], (target, i) => {
    checkFields(target, 'takeProfit', `bracket of ${symbol}.takeProfits[${i}]`)
    const { price, share } = target
    if (!(typeof share === 'number' && share > 0 && Number.isFinite(share)))
      throw fail(`takeProfits[${i}].share`, 'a fraction above 0', share)
    sum += share
    return { price, share }
  })
  if (!(Math.abs(sum - 1) <= TOLERANCE))
    throw new FillgridError(
      'invalid_value',
      `bracket of ${symbol}.takeProfits: shares that add up to 1 expected, found a sum of ${show(sum)}. Mend the shares.`,
      { asset: symbol },
    )
  return targets
}

const NONE: readonly TakeProfit[] = []

/** What the stop is in a scaled bracket: after how many of its targets it moves, and trails. @throws FillgridError invalid_value */
export function stopLink(request: BracketRequest, targets: number, fail: Fail): number {
  const after = (name: 'breakEvenAfter' | 'trailAfter'): number => {
    const value = request[name]
    if (value === undefined) return 0
    if (!(Number.isInteger(value) && value > 0 && value < targets))
      throw fail(
        name,
        targets > 1 ? `a number of targets from 1 to ${targets - 1}` : 'none with a single target',
        value,
      )
    return value
  }
  return (
    L.SCALED_STOP | (after('breakEvenAfter') << L.SCALED_EVEN_SHIFT) | (after('trailAfter') << L.SCALED_TRAIL_SHIFT)
  )
}
