import { ln } from './elementary.ts'

const SIZE = 624
const MIDDLE = 397

/**
 * The Mersenne Twister MT19937 with the draws of NumPy's legacy `RandomState`: the same integers and uniforms to the
 * bit, the same normals within 2 units in the last place (their logarithm is ours). Matsumoto and Nishimura 1998.
 */
export class RandomStream {
  readonly #state = new Uint32Array(SIZE)
  #at = SIZE
  #cached = Number.NaN

  /** @param seed an integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    const state = this.#state
    state[0] = seed
    for (let k = 1; k < SIZE; k++) {
      const last = state[k - 1] ^ (state[k - 1] >>> 30)
      state[k] = Math.imul(1812433253, last) + k
    }
  }

  /** The next 32 random bits as an unsigned integer. */
  bits(): number {
    if (this.#at === SIZE) this.#twist()
    let y = this.#state[this.#at++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number {
    const high = this.bits() >>> 5
    const low = this.bits() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  /** Standard normal by the polar method (Marsaglia 1964); draws come in pairs, the second is kept for the next call. */
  normal(): number {
    const kept = this.#cached
    if (!Number.isNaN(kept)) {
      this.#cached = Number.NaN
      return kept
    }
    let x1: number
    let x2: number
    let r2: number
    do {
      x1 = 2 * this.uniform() - 1
      x2 = 2 * this.uniform() - 1
      r2 = x1 * x1 + x2 * x2
    } while (r2 >= 1 || r2 === 0)
    const factor = Math.sqrt((-2 * ln(r2)) / r2)
    this.#cached = factor * x1
    return factor * x2
  }

  /** Uniform integer in [low, high), by masking and rejection. */
  integer(low: number, high: number): number {
    const range = high - 1 - low
    let mask = range
    for (let shift = 1; shift < 32; shift *= 2) mask |= mask >>> shift
    let value: number
    do value = (this.bits() & mask) >>> 0
    while (value > range)
    return low + value
  }

  /** The next 624 words. */
  #twist(): void {
    const state = this.#state
    for (let k = 0; k < SIZE; k++) {
      const y = (state[k] & 0x80000000) | (state[(k + 1) % SIZE] & 0x7fffffff)
      state[k] = state[(k + MIDDLE) % SIZE] ^ (y >>> 1) ^ ((y & 1) !== 0 ? 0x9908b0df : 0)
    }
    this.#at = 0
  }
}
