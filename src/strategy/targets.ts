import { FillgridError, show } from '../errors.ts'
import type { DefaultSize } from '../settings/settings.ts'

/** What targets for all assets can be, in the order of SIZE_*. */
const TYPES = ['units', 'value', 'fraction'] as const

/**
 * Checks a list of targets, one for each asset. What is no array of doubles is copied: it may be anything, and is read
 * once.
 *
 * @throws FillgridError invalid_value
 */
export function readTargets(
  targets: ArrayLike<number>,
  type: DefaultSize['type'],
  assets: readonly string[],
): { values: Float64Array; size: number } {
  const size = TYPES.indexOf(type)
  if (size < 0)
    throw new FillgridError('invalid_value', `targets: a type of ${TYPES.join(', ')} expected, found ${show(type)}.`)
  if (targets?.length !== assets.length)
    throw new FillgridError(
      'invalid_value',
      `targets: a list of ${assets.length} numbers, one for each asset, expected, found ${Array.isArray(targets) || ArrayBuffer.isView(targets) ? targets.length : show(targets)}.`,
    )
  // As it is only where it can be nothing else: the engine reads it later on.
  if (isDoubles(targets) && lengthOf.call(targets) === assets.length) return { values: targets, size }
  const values = new Float64Array(assets.length)
  for (let asset = 0; asset < values.length; asset++) {
    const target = targets[asset]
    if (typeof target !== 'number') throw wrongTarget(target, assets[asset])
    values[asset] = target
  }
  return { values, size }
}

/** Whether something is a Float64Array and no subclass or proxy of one. */
function isDoubles(targets: ArrayLike<number>): targets is Float64Array {
  return ArrayBuffer.isView(targets) && Object.getPrototypeOf(targets) === Float64Array.prototype
}

/** The length that a typed array has, whatever it says. */
const lengthOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Float64Array.prototype), 'length')?.get as (
  this: Float64Array,
) => number

/** What a target ends in that is no number to trade to. */
export function wrongTarget(target: unknown, asset: string): FillgridError {
  return new FillgridError(
    'invalid_value',
    `targets: a finite number, or NaN for none, expected, found ${show(target)} for ${asset}.`,
    { asset },
  )
}
