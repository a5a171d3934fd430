import * as L from '../../assembly/layout.ts'
import { LATE_BYTES } from './late.ts'
import type { LiveState } from './livestate.ts'

// Records that follow one another differ in few words: a mark keeps those. Each record is a bit for each of its words,
// set where it is another one than in the record before, then these words.

/** A state whose orders, rules of orders and lots are packed, and what is on its way. */
export interface PackedState extends Omit<LiveState, 'orders' | 'brought' | 'lots' | 'late'> {
  packedOrders: Uint8Array
  packedRules: Uint8Array
  packedLots: Uint8Array
  packedLate: Uint8Array
}

/** A state for keeping: smaller, and nothing can be done with it but `unpackState`. */
export function packState({ orders, brought, lots, late, ...rest }: LiveState): PackedState {
  return {
    ...rest,
    packedOrders: packRecords(orders, L.LIVE_BYTES),
    packedRules: packRecords(brought, L.CHAIN_BYTES),
    packedLots: packRecords(lots, L.LOT_BYTES),
    packedLate: packRecords(late, LATE_BYTES),
  }
}

/** The state that was packed. */
export function unpackState({ packedOrders, packedRules, packedLots, packedLate, ...rest }: PackedState): LiveState {
  return {
    ...rest,
    orders: unpackRecords(packedOrders, L.LIVE_BYTES),
    brought: unpackRecords(packedRules, L.CHAIN_BYTES),
    lots: unpackRecords(packedLots, L.LOT_BYTES),
    late: unpackRecords(packedLate, LATE_BYTES),
  }
}

/** Records of so many bytes each, a multiple of 4, as is where they begin. */
export function packRecords(bytes: Uint8Array, record: number): Uint8Array {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
  const perRecord = record >> 2
  const marks = (perRecord + 31) >> 5
  const out = new Int32Array((words.length / perRecord) * (perRecord + marks))
  let to = 0
  for (let from = 0; from < words.length; from += perRecord) {
    const head = to
    to += marks
    for (let w = 0; w < perRecord; w++) {
      const word = words[from + w]
      if (word === (from === 0 ? 0 : words[from + w - perRecord])) continue
      out[head + (w >> 5)] |= 1 << (w & 31)
      out[to++] = word
    }
  }
  return new Uint8Array(out.buffer.slice(0, 4 * to))
}

/** The records that were packed. */
export function unpackRecords(packed: Uint8Array, record: number): Uint8Array {
  const words = new Int32Array(packed.buffer, packed.byteOffset, packed.length >> 2)
  const perRecord = record >> 2
  const marks = (perRecord + 31) >> 5
  const out = new Int32Array(perRecord * countOf(words, marks))
  let from = 0
  for (let to = 0; to < out.length; to += perRecord) {
    const head = from
    from += marks
    for (let w = 0; w < perRecord; w++)
      if ((words[head + (w >> 5)] >>> (w & 31)) & 1) out[to + w] = words[from++]
      else if (to > 0) out[to + w] = out[to + w - perRecord]
  }
  return new Uint8Array(out.buffer)
}

/** How many records there are. */
function countOf(words: Int32Array, marks: number): number {
  let count = 0
  for (let at = 0; at < words.length; count++) {
    const head = at
    at += marks
    for (let i = 0; i < marks; i++) at += bitsOf(words[head + i])
  }
  return count
}

/** How many bits of a word are set (Hacker's Delight, 5-1). */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
