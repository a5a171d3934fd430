import { FillgridError, show } from '../errors.ts'
import { GONE } from './clock.ts'

/** The last values of a column of [bar * assets + asset], copied into arrays that are used again: one an asset and length. */
export class Windows {
  readonly #assets: number
  /** By length and asset in one number: no text is made a bar. */
  readonly #known = new Map<number, Float64Array>()

  constructor(assets: number) {
    this.#assets = assets
  }

  /**
   * The last `n` values up to bar `index`, oldest first.
   *
   * @throws FillgridError invalid_value for another n than a whole number from 1, out_of_range where there are fewer bars
   */
  last(source: Float64Array, index: number, n: number, asset: number): Float64Array {
    if (!(Number.isInteger(n) && n >= 1))
      throw new FillgridError('invalid_value', `bar: a whole number of values from 1 expected, found ${show(n)}.`)
    if (n > index + 1)
      throw new FillgridError(
        'out_of_range',
        `bar: ${n} values were asked for, found ${index + 1} bars so far. Wait for bar ${n - 1}.`,
        { bar: index },
      )
    const assets = this.#assets
    const key = n * assets + asset
    let window = this.#known.get(key)
    if (!window) {
      window = new Float64Array(n)
      this.#known.set(key, window)
    }
    let at = (index - n + 1) * assets + asset
    for (let i = 0; i < n; i++, at += assets) window[i] = source[at]
    return window
  }
}

/**
 * Whether there is a bar so many before the current one. Before the first there is none: what is read there is NaN, so that a
 * strategy that looks one bar back needs no case for the first.
 *
 * @throws FillgridError out_of_range for bars after the current one or between two, released after the run
 */
export function reaches(ago: number, index: number): boolean {
  if (index === GONE) throw gone()
  if (Number.isInteger(ago) && ago >= 0) return ago <= index
  const why = ago < 0 ? 'the future cannot be read' : 'a whole number of bars is needed'
  throw new FillgridError(
    'out_of_range',
    `bar: ago counts back from the current bar and ${why}, found ${show(ago)}. Use 0 for this bar, 1 for the one before.`,
    index >= 0 ? { bar: index } : {},
  )
}

/** What reading a bar or an indicator ends in once the run has given its memory back. */
export function gone(): FillgridError {
  return new FillgridError(
    'released',
    'bar: its run has ended and its memory was given back. Read bars in hooks and keep copies of what you need.',
  )
}
