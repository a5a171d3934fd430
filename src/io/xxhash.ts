/**
 * The 32-bit hash of LZ4 frames (xxHash, XXH32 with seed 0), as an unsigned number.
 * Source: xxHash fast digest algorithm, version 0.1.1.
 */
export function xxh32(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const n = data.length
  let p = 0
  let hash: number
  if (n >= 16) {
    let a = (P1 + P2) | 0
    let b = P2
    let c = 0
    let d = -P1 | 0
    for (; p + 16 <= n; p += 16) {
      a = round32(a, view.getInt32(p, true))
      b = round32(b, view.getInt32(p + 4, true))
      c = round32(c, view.getInt32(p + 8, true))
      d = round32(d, view.getInt32(p + 12, true))
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
  } else hash = P5
  hash = (hash + n) | 0
  for (; p + 4 <= n; p += 4) hash = Math.imul(rotate((hash + Math.imul(view.getInt32(p, true), P3)) | 0, 17), P4)
  for (; p < n; p++) hash = Math.imul(rotate((hash + Math.imul(data[p], P5)) | 0, 11), P1)
  hash = Math.imul(hash ^ (hash >>> 15), P2)
  hash = Math.imul(hash ^ (hash >>> 13), P3)
  return (hash ^ (hash >>> 16)) >>> 0
}

const P1 = 0x9e3779b1 | 0
const P2 = 0x85ebca77 | 0
const P3 = 0xc2b2ae3d | 0
const P4 = 0x27d4eb2f
const P5 = 0x165667b1

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

function round32(sum: number, word: number): number {
  return Math.imul(rotate((sum + Math.imul(word, P2)) | 0, 13), P1)
}

/**
 * The low 32 bits of the hash of Zstandard frames (xxHash, XXH64 with seed 0), as an unsigned number. 64-bit words are
 * pairs of 32-bit ones: a third of the host's speed, and many times that of BigInt.
 */
export function xxh64Low(data: Uint8Array): number {
  return new Xxh64().update(data).low()
}

/** `xxh64Low` of bytes that come in pieces. */
export class Xxh64 {
  /** Four sums: P1 + P2, P2, 0, -P1. */
  readonly #sums: Int32Array
  /** What is left of a stripe of 32 bytes. */
  readonly #rest = new Uint8Array(32)
  #kept = 0
  #length = 0

  constructor() {
    set(Q1)
    add(Q2[0], Q2[1])
    this.#sums = Int32Array.of(lo, hi, Q2[0], Q2[1], 0, 0, -Q1[0] | 0, ~Q1[1])
  }

  update(data: Uint8Array): this {
    this.#length += data.length
    const rest = this.#rest
    let p = 0
    if (this.#kept > 0) {
      p = Math.min(32 - this.#kept, data.length)
      rest.set(data.subarray(0, p), this.#kept)
      this.#kept += p
      if (this.#kept < 32) return this
      stripe(new DataView(rest.buffer), 0, this.#sums)
      this.#kept = 0
    }
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    for (; p + 32 <= data.length; p += 32) stripe(view, p, this.#sums)
    rest.set(data.subarray(p))
    this.#kept = data.length - p
    return this
  }

  /** The low 32 bits of the hash of all that came. */
  low(): number {
    const sums = this.#sums
    const n = this.#length
    if (n >= 32) {
      let l = 0
      let h = 0
      for (let i = 0; i < 4; i++) {
        lo = sums[2 * i]
        hi = sums[2 * i + 1]
        turn([1, 7, 12, 18][i])
        add(l, h)
        l = lo
        h = hi
      }
      for (let i = 0; i < 4; i++) {
        lo = 0
        hi = 0
        round64(sums[2 * i], sums[2 * i + 1])
        lo ^= l
        hi ^= h
        multiply(Q1)
        add(Q4[0], Q4[1])
        l = lo
        h = hi
      }
    } else set(Q5)
    add(n | 0, Math.floor(n / 4294967296))
    return finish(this.#rest, this.#kept)
  }
}

/** Mixes in the last bytes, fewer than 32, and spreads the bits. */
function finish(rest: Uint8Array, n: number): number {
  const view = new DataView(rest.buffer)
  let p = 0
  for (; p + 8 <= n; p += 8) {
    const l = lo
    const h = hi
    lo = 0
    hi = 0
    round64(view.getInt32(p, true), view.getInt32(p + 4, true))
    lo ^= l
    hi ^= h
    turn(27)
    multiply(Q1)
    add(Q4[0], Q4[1])
  }
  if (p + 4 <= n) {
    mix(view.getInt32(p, true), Q1)
    turn(23)
    multiply(Q2)
    add(Q3[0], Q3[1])
    p += 4
  }
  for (; p < n; p++) {
    mix(rest[p], Q5)
    turn(11)
    multiply(Q1)
  }
  lo ^= hi >>> 1
  multiply(Q2)
  const low = lo
  lo ^= (hi << 3) | (low >>> 29)
  hi ^= hi >>> 29
  multiply(Q3)
  return (lo ^ hi) >>> 0
}

/** The primes of the 64-bit hash, low and high half. */
const Q1 = Int32Array.of(0x85ebca87, 0x9e3779b1)
const Q2 = Int32Array.of(0x27d4eb4f, 0xc2b2ae3d)
const Q3 = Int32Array.of(0x9e3779f9, 0x165667b1)
const Q4 = Int32Array.of(0xc2b2ae63, 0x85ebca77)
const Q5 = Int32Array.of(0x165667c5, 0x27d4eb2f)

/** The 64-bit word that the functions below work on. */
let lo = 0
let hi = 0

function set(word: Int32Array): void {
  lo = word[0]
  hi = word[1]
}

function add(low: number, high: number): void {
  const sum = (lo >>> 0) + (low >>> 0)
  lo = sum | 0
  hi = (hi + high + (sum > 4294967295 ? 1 : 0)) | 0
}

/** Rotates left. */
function turn(bits: number): void {
  if (bits >= 32) {
    const l = lo
    lo = hi
    hi = l
    bits -= 32
  }
  const l = lo
  lo = (lo << bits) | (hi >>> (32 - bits))
  hi = (hi << bits) | (l >>> (32 - bits))
}

/** The high 32 bits of the product of two unsigned 32-bit numbers. */
function high(a: number, b: number): number {
  const al = a & 0xffff
  const ah = a >>> 16
  const bl = b & 0xffff
  const bh = b >>> 16
  const low = Math.imul(al, bl)
  const m = Math.imul(ah, bl) + (low >>> 16)
  const middle = (m >>> 0) + 0
  const k = (middle & 0xffff) + (Math.imul(al, bh) >>> 0)
  return (Math.imul(ah, bh) + (middle >>> 16) + Math.floor(k / 65536)) | 0
}

function multiply(word: Int32Array): void {
  const l = word[0]
  const h = (high(lo, l) + Math.imul(lo, word[1]) + Math.imul(hi, l)) | 0
  lo = Math.imul(lo, l)
  hi = h
}

/** The word becomes rotate(word + input * P2, 31) * P1. */
function round64(low: number, upper: number): void {
  const l = lo
  const h = hi
  lo = low
  hi = upper
  multiply(Q2)
  add(l, h)
  turn(31)
  multiply(Q1)
}

/** The word becomes word ^ (small * prime). */
function mix(small: number, prime: Int32Array): void {
  const l = lo
  const h = hi
  lo = small
  hi = 0
  multiply(prime)
  lo ^= l
  hi ^= h
}

function stripe(view: DataView, p: number, sums: Int32Array): void {
  for (let i = 0; i < 4; i++) {
    lo = sums[2 * i]
    hi = sums[2 * i + 1]
    round64(view.getInt32(p + 8 * i, true), view.getInt32(p + 8 * i + 4, true))
    sums[2 * i] = lo
    sums[2 * i + 1] = hi
  }
}
