// The same simulations written from docs/studies.md in whole numbers of any size, one draw after the other.

const MASK = (1n << 64n) - 1n
const GOLDEN = 0x9e3779b97f4a7c15n

function mix(state: bigint): bigint {
  let z = state
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK
  return z ^ (z >> 31n)
}

/** A row of random numbers of a seed. */
export class PlainRandom {
  #state: bigint

  constructor(seed: number, row: number) {
    this.#state = mix((mix((BigInt(seed) + GOLDEN) & MASK) + BigInt(row) * GOLDEN) & MASK)
  }

  #next(): bigint {
    this.#state = (this.#state + GOLDEN) & MASK
    return mix(this.#state)
  }

  below(n: number): number {
    return Number(((this.#next() >> 32n) * BigInt(n)) >> 32n)
  }

  uniform(): number {
    return Number(this.#next() >> 11n) / 2 ** 53
  }
}

export type How = { draw: 'replace' | 'shuffle' | 'blocks' | 'skip'; block: number; skip: number; seed: number }

/** What is drawn in a simulation. */
export function drawn(
  returns: readonly number[],
  length: number,
  { draw, block, skip, seed }: How,
  row: number,
): number[] {
  const random = new PlainRandom(seed, row)
  if (draw === 'skip') return returns.slice(0, length).filter(() => !(random.uniform() < skip))
  if (draw === 'shuffle') {
    const left = [...returns]
    const out: number[] = []
    for (let i = 0; i < length; i++) {
      const at = i + random.below(left.length - i)
      ;[left[i], left[at]] = [left[at], left[i]]
      out.push(left[i])
    }
    return out
  }
  const out: number[] = []
  while (out.length < length) {
    const from = random.below(returns.length)
    for (let k = 0; k < (draw === 'blocks' ? block : 1) && out.length < length; k++)
      out.push(returns[(from + k) % returns.length])
  }
  return out
}

/** Capital, deepest drawdown, lowest and highest capital. */
export function grown(values: readonly number[]): { capital: number; drawdown: number; low: number; high: number } {
  let [capital, high, low, drawdown] = [1, 1, 1, 0]
  for (const value of values) {
    capital = Math.max(0, capital * (1 + value))
    high = Math.max(high, capital)
    low = Math.min(low, capital)
    drawdown = Math.max(drawdown, 1 - capital / high)
  }
  return { capital, drawdown, low, high }
}
