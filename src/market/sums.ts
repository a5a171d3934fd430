/**
 * Sums of volumes that do not depend on how they are taken in parts. Volumes are decimals (shares, 0.00012 of a coin);
 * a double is read as the decimal it stands for, counted in units of the finest place, summed exactly and turned back
 * once. So minutes summed to hours are the same bits whether or not they were five-minute bars in between.
 *
 * That holds while sums stay below 2^52 units (45 million coins at 8 places; any number of shares). Beyond it, and for
 * numbers that are no decimals of up to 12 places (volumes adjusted by a factor), sums are compensated (Neumaier 1974)
 * in the order of the bars: within an ulp or two of the exact sum, whatever the parts.
 */

/** Most decimal places that are looked for. */
const PLACES = 12
/** Counts below it stand for doubles of their own, so that each can be read back. */
const MOST = 2 ** 52
const POWERS = Array.from({ length: PLACES + 1 }, (_, places) => 10 ** places)

/** Decimal places that all values have in common, at least; -1 where some are no decimals. NaN is passed over. */
export function decimalPlaces(values: Float64Array, from = 0, stride = 1): number {
  let places = 0
  for (let i = from; i < values.length; i += stride) {
    const value = values[i]
    if (Number.isInteger(value) || Number.isNaN(value)) continue
    for (;;) {
      const units = Math.round(value * POWERS[places])
      if (units / POWERS[places] === value && Math.abs(units) < MOST) break
      if (places === PLACES) return -1
      places++
    }
  }
  return places
}

/** One running sum. */
export class Sum {
  #scale: number
  #units = 0
  #sum = 0
  #rest = 0

  /** @param places as `decimalPlaces` says */
  constructor(places: number) {
    this.#scale = places < 0 ? Number.NaN : POWERS[places]
  }

  reset(): void {
    this.#units = 0
    this.#sum = 0
    this.#rest = 0
  }

  add(value: number): void {
    this.#units += Math.round(value * this.#scale)
    const sum = this.#sum + value
    this.#rest += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum
    this.#sum = sum
  }

  get value(): number {
    return Math.abs(this.#units) < MOST ? this.#units / this.#scale : this.#sum + this.#rest
  }
}
