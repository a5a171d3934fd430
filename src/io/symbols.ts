/** Numbers names that are given as bytes: equal bytes, equal number; numbered from 0 by first appearance. */
export class Symbols {
  readonly names: string[] = []
  /** All names seen, wanted or not. */
  readonly seen: string[] = []
  readonly #wanted: ReadonlySet<string> | undefined
  /** Bytes of all names seen, one after the other; name i ends at #ends[i]. */
  #bytes = new Uint8Array(1024)
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** What a name is to the caller: its index in `names`, or -1 where it is not wanted. */
  readonly #index: number[] = []
  /** Open addressing by hash: number of a name seen + 1, or 0. */
  #slots = new Int32Array(1024)
  #last = -1

  /** @param wanted names to number; undefined for all. The others are -1 and not in `names`. */
  constructor(wanted?: ReadonlySet<string>) {
    this.#wanted = wanted
  }

  /** Index in `names` of the name in b[from..to), -1 where it is not wanted. */
  index(b: Uint8Array, from: number, to: number): number {
    if (this.#last >= 0 && this.#equal(this.#last, b, from, to)) return this.#index[this.#last]
    let hash = 2166136261
    for (let p = from; p < to; p++) hash = Math.imul(hash ^ b[p], 16777619)
    const mask = this.#slots.length - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const seen = this.#slots[slot] - 1
      if (!this.#equal(seen, b, from, to)) continue
      this.#last = seen
      return this.#index[seen]
    }
    return this.#add(slot, b.slice(from, to))
  }

  #equal(seen: number, b: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[seen]
    if (this.#ends[seen] - start !== to - from) return false
    const bytes = this.#bytes
    for (let i = start, p = from; p < to; i++, p++) if (bytes[i] !== b[p]) return false
    return true
  }

  #add(slot: number, bytes: Uint8Array): number {
    const start = this.#ends.at(-1) ?? 0
    const end = start + bytes.length
    if (end > this.#bytes.length) {
      const old = this.#bytes
      this.#bytes = new Uint8Array(end * 2)
      this.#bytes.set(old)
    }
    this.#bytes.set(bytes, start)
    const seen = this.#starts.push(start) - 1
    this.#ends.push(end)
    const name = new TextDecoder().decode(bytes)
    this.seen.push(name)
    const wanted = this.#wanted === undefined || this.#wanted.has(name)
    this.#index.push(wanted ? this.names.push(name) - 1 : -1)
    this.#slots[slot] = seen + 1
    this.#last = seen
    if (this.#starts.length * 2 > this.#slots.length) this.#rehash()
    return this.#index[seen]
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let seen = 0; seen < this.#starts.length; seen++) {
      let hash = 2166136261
      for (let p = this.#starts[seen]; p < this.#ends[seen]; p++) hash = Math.imul(hash ^ this.#bytes[p], 16777619)
      let slot = (hash ^ (hash >>> 15)) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = seen + 1
    }
  }
}
