/**
 * SHA-256 (FIPS 180-4), synchronous on every host; `crypto.subtle` is asynchronous and missing on pages without TLS.
 * Node's own implementation is used where there is one (ten times faster), the one below elsewhere; a test compares them.
 * Reads typed arrays in place, also over shared memory.
 */
export class Sha256 {
  readonly #native: NativeHash | undefined
  readonly #state = new Int32Array(INITIAL)
  readonly #words = new Int32Array(64)
  readonly #block = new Uint8Array(64)
  #filled = 0
  #bytes = 0

  /** @param portable use the implementation below even where the host has its own. Default false. */
  constructor(portable = false) {
    this.#native = portable ? undefined : nativeHash()
  }

  /** Adds the bytes of a string (as UTF-8) or of a typed array (as they lie in memory, little-endian). */
  update(data: string | ArrayBufferView): this {
    if (this.#native) {
      this.#native.update(data)
      return this
    }
    const bytes =
      typeof data === 'string'
        ? new TextEncoder().encode(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.#bytes += bytes.length
    let at = 0
    if (this.#filled > 0) {
      at = Math.min(64 - this.#filled, bytes.length)
      this.#block.set(bytes.subarray(0, at), this.#filled)
      this.#filled += at
      if (this.#filled < 64) return this
      this.#blocks(this.#block)
      this.#filled = 0
    }
    const whole = at + ((bytes.length - at) & ~63)
    // In pieces: a function that is called again is compiled well, one long loop is not.
    for (; at < whole; at += SLICE) this.#blocks(bytes.subarray(at, Math.min(at + SLICE, whole)))
    this.#block.set(bytes.subarray(whole))
    this.#filled = bytes.length - whole
    return this
  }

  /** The hash of everything so far, 64 lowercase hexadecimal digits. Ends the object's use. */
  hex(): string {
    if (this.#native) return this.#native.digest('hex')
    const bits = this.#bytes * 8
    const tail = new Uint8Array(this.#filled < 56 ? 64 : 128)
    tail.set(this.#block.subarray(0, this.#filled))
    tail[this.#filled] = 0x80
    const view = new DataView(tail.buffer)
    view.setUint32(tail.length - 8, Math.floor(bits / 4294967296))
    view.setUint32(tail.length - 4, bits >>> 0)
    this.#blocks(tail)
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #blocks(bytes: Uint8Array): void {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
    compress(new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2), this.#state, this.#words)
  }
}

/** SHA-256 of a string (UTF-8) or of a typed array's bytes, 64 lowercase hexadecimal digits. */
export function sha256(data: string | ArrayBufferView): string {
  return new Sha256().update(data).hex()
}

interface NativeHash {
  update(data: string | ArrayBufferView): unknown
  digest(encoding: 'hex'): string
}

/** The host's synchronous SHA-256: Node's, asked for without an import that other hosts could not resolve. */
function nativeHash(): NativeHash | undefined {
  const host = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process
  const crypto = host?.getBuiltinModule?.('node:crypto') as { createHash?: (name: string) => NativeHash } | undefined
  return crypto?.createHash?.('sha256')
}

/**
 * Takes whole blocks (16 words each, read from little-endian memory) into the state. Sums are cut to 32 bits in pairs:
 * longer ones would be computed as doubles.
 */
function compress(blocks: Int32Array, state: Int32Array, w: Int32Array): void {
  const k = ROUND
  let h0 = state[0]
  let h1 = state[1]
  let h2 = state[2]
  let h3 = state[3]
  let h4 = state[4]
  let h5 = state[5]
  let h6 = state[6]
  let h7 = state[7]
  for (let at = 0; at < blocks.length; at += 16) {
    for (let i = 0; i < 16; i++) {
      const x = blocks[at + i]
      w[i] = (x << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]
      const y = w[i - 2]
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
      w[i] = (((w[i - 16] + s0) | 0) + ((w[i - 7] + s1) | 0)) | 0
    }
    let a = h0
    let b = h1
    let c = h2
    let d = h3
    let e = h4
    let f = h5
    let g = h6
    let h = h7
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
      const t1 = (((((h + s1) | 0) + (g ^ (e & (f ^ g)))) | 0) + ((k[i] + w[i]) | 0)) | 0
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
      const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    h0 = (h0 + a) | 0
    h1 = (h1 + b) | 0
    h2 = (h2 + c) | 0
    h3 = (h3 + d) | 0
    h4 = (h4 + e) | 0
    h5 = (h5 + f) | 0
    h6 = (h6 + g) | 0
    h7 = (h7 + h) | 0
  }
  state.set([h0, h1, h2, h3, h4, h5, h6, h7])
}

/** Bytes a call of `compress` takes. */
const SLICE = 16384

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const INITIAL = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]

/** The same of the cube roots of the first 64 primes. */
const ROUND = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])
