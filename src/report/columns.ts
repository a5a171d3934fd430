/**
 * Where a column of numbers lies among the bytes of a page, and how: whole numbers times `scale`, each as the difference from the
 * one before it (zigzag, seven bits a byte, 0 for NaN and infinities), or doubles as they are (`scale` 0).
 */
export interface PackedColumn {
  at: number
  length: number
  scale: number
}

/** Whole numbers up to here keep their differences exact. */
const MOST = 2 ** 50
/** Decimals that prices and money are written with; what has more is rounded or kept as it is. */
const MOST_DECIMALS = 8

/** Columns of numbers put into one run of bytes, as small as what they hold allows; the page's decoder is page/decode.ts. */
export class PackedColumns {
  readonly columns: Record<string, PackedColumn> = {}
  #bytes = new Uint8Array(1 << 16)
  #used = 0

  /**
   * Adds a column. Numbers of up to eight decimals stay exact.
   *
   * @param digits others are rounded to so many digits of the largest; without it they stay exact, in eight bytes each
   * @param least the scale that they keep at least, however large the largest is
   */
  add(name: string, values: ArrayLike<number>, digits?: number, least = 0): void {
    this.addScaled(name, values, exactScale(values) || (digits === undefined ? 0 : scaleOf(values, digits, least)))
  }

  /** Adds a column rounded to a step of 1 / scale, or as it is with 0. */
  addScaled(name: string, values: ArrayLike<number>, scale: number): void {
    this.columns[name] = { at: this.#used, length: values.length, scale }
    if (scale === 0) this.#doubles(values)
    else this.#differences(values, scale)
  }

  /** All that was added. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#used)
  }

  #doubles(values: ArrayLike<number>): void {
    this.#room(values.length * 8)
    const view = new DataView(this.#bytes.buffer)
    for (let i = 0; i < values.length; i++) view.setFloat64(this.#used + i * 8, values[i], true)
    this.#used += values.length * 8
  }

  #differences(values: ArrayLike<number>, scale: number): void {
    this.#room(values.length * 8)
    const bytes = this.#bytes
    let [at, before] = [this.#used, 0]
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (!Number.isFinite(value)) {
        bytes[at++] = 0
        continue
      }
      const whole = Math.round(value * scale)
      const difference = whole - before
      before = whole
      let rest = difference >= 0 ? difference * 2 + 1 : difference * -2
      while (rest >= 128) {
        const high = Math.floor(rest / 128)
        bytes[at++] = rest - high * 128 + 128
        rest = high
      }
      bytes[at++] = rest
    }
    this.#used = at
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#used + bytes, this.#bytes.length * 2))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** The least power of ten that makes all numbers whole, exactly; 0 where none does. */
function exactScale(values: ArrayLike<number>): number {
  let [scale, decimals] = [1, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (Number.isNaN(value)) continue
    while (Math.round(value * scale) / scale !== value) {
      if (++decimals > MOST_DECIMALS) return 0
      scale *= 10
    }
    if (!(Math.abs(value * scale) < MOST)) return 0
  }
  return scale
}

/**
 * The power of ten to round some columns of prices to: exact where that is within reach, else so many significant digits of the lowest
 * of them; 0 where neither is.
 */
export function priceScale(columns: readonly ArrayLike<number>[], digits: number): number {
  const scales = columns.map(exactScale)
  if (!scales.includes(0)) return Math.max(...scales)
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  for (const column of columns)
    for (let i = 0; i < column.length; i++) {
      const size = Math.abs(column[i])
      if (size > 0 && size < least) least = size
      if (size > most) most = size
    }
  const scale = Number(`1e${digits - Math.ceil(Math.log10(least))}`)
  return most * scale < MOST ? scale : 0
}

/** A power of ten, at least `least`, that leaves about so many digits of the largest number; 0 where that is out of reach. */
function scaleOf(values: ArrayLike<number>, digits: number, least: number): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i])
    if (size === Number.POSITIVE_INFINITY) return 0
    if (size > largest) largest = size
  }
  if (largest === 0) return 1
  const power = digits - Math.ceil(Math.log10(largest))
  const scale = Math.max(least, power > 300 || power < -300 ? 0 : Number(`1e${power}`))
  return largest * scale < MOST ? scale : 0
}
