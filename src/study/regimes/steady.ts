/** What keeps labels from changing at every bar, and the trend that overrules them. */

/** Holds a label until another is likelier by enough, and for a while. */
export class Steady {
  readonly #margin: number
  readonly #stay: number
  #label = Number.NaN
  #stayed = 0

  /**
   * @param margin by how much another label must be likelier
   * @param stay fewest bars of a label
   */
  constructor(margin: number, stay: number) {
    this.#margin = margin
    this.#stay = stay
  }

  /** The label of the next bar. @param wanted the likeliest @param chance of a label */
  next(wanted: number, chance: (label: number) => number): number {
    const held = this.#label
    const known = !Number.isNaN(held)
    if (known && (wanted === held || this.#stayed < this.#stay || chance(wanted) - chance(held) < this.#margin)) {
      this.#stayed++
      return held
    }
    this.#label = wanted
    this.#stayed = 1
    return wanted
  }

  /** After a bar that nothing is known of, the next label is a first one. */
  forget(): void {
    this.#label = Number.NaN
  }
}

/** Makes labelled bars bearish (-1) whose close is not above the mean of the last so many closes, or of those that there are. */
export function bearishBelow(close: Float64Array, length: number, labels: Float64Array): void {
  const last: number[] = []
  for (let i = 0; i < close.length; i++) {
    if (!Number.isFinite(close[i])) continue
    last.push(close[i])
    if (last.length > length) last.shift()
    if (Number.isNaN(labels[i])) continue
    const mean = last.reduce((sum, value) => sum + value / last.length, 0)
    if (!(close[i] > mean)) labels[i] = -1
  }
}
