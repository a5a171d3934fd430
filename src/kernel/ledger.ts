/** A part of the memory in lines. */
export interface ArenaRange {
  start: number
  lines: number
}

/** Threads that are entered at once; further ones run without, and what they have is lost with them. */
const SLOTS = 256
/** Ranges of one thread, neighbours counted as one; what it takes beyond them is lost with it. */
const RANGES = 1024
/** Of a slot in words: owner, ranges, then start and lines of each. */
const SLOT_WORDS = 2 + 2 * RANGES

/**
 * What each thread has taken of the one memory, where all threads see it. A thread that dies cannot give anything back;
 * its slot, with all that it had, goes to the next one that is started.
 *
 *   slot: owner (i32, 0 = free) · number of ranges · [start, lines] of each, in lines
 */
export class Ledger {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(SLOTS * SLOT_WORDS * 4)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  /** Enters a thread under a number other than 0 that no other has. @returns undefined where all slots are taken */
  enter(owner: number): LedgerSlot | undefined {
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = slot * SLOT_WORDS
      if (Atomics.compareExchange(this.#words, at, 0, owner) === 0)
        return new LedgerSlot(this.#words.subarray(at + 1, at + SLOT_WORDS))
    }
    return undefined
  }

  /** A thread has ended and touches the memory no more. */
  leave(owner: number): void {
    for (let slot = 0; slot < SLOTS; slot++) Atomics.compareExchange(this.#words, slot * SLOT_WORDS, owner, 0)
  }
}

/** One thread's page of the ledger. */
export class LedgerSlot {
  readonly #words: Int32Array

  constructor(words: Int32Array) {
    this.#words = words
  }

  /** Everything that this slot's threads have taken, in order, neighbours as one. */
  ranges(): ArenaRange[] {
    const count = Atomics.load(this.#words, 0)
    const all = Array.from({ length: count }, (_, i) => ({
      start: this.#words[1 + 2 * i],
      lines: this.#words[2 + 2 * i],
    })).sort((a, b) => a.start - b.start)
    const merged: ArenaRange[] = []
    for (const range of all) {
      const last = merged.at(-1)
      if (last && last.start + last.lines === range.start) last.lines += range.lines
      else merged.push({ ...range })
    }
    return merged
  }

  /** Puts the ranges down anew, which merging has made fewer. */
  rewrite(ranges: readonly ArenaRange[]): void {
    ranges.forEach(({ start, lines }, i) => {
      this.#words.set([start, lines], 1 + 2 * i)
    })
    Atomics.store(this.#words, 0, ranges.length)
  }

  /** Puts down what was just taken; the number of ranges is written last, so that a death in between loses only this. */
  add(start: number, lines: number): void {
    const words = this.#words
    const count = words[0]
    if (count > 0 && words[2 * count - 1] + words[2 * count] === start) {
      words[2 * count] += lines
      return
    }
    if (count === RANGES) return
    words[1 + 2 * count] = start
    words[2 + 2 * count] = lines
    Atomics.store(words, 0, count + 1)
  }
}

let own: Ledger | undefined

/** The ledger of this thread's workers. */
export function workerLedger(): Ledger {
  own ??= new Ledger()
  return own
}
