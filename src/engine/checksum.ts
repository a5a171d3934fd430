import { encodeState } from './state.ts'

/**
 * 64 bits over bytes, in hexadecimal: four chains of 32 bits, a step each for every fourth word (as xxHash32 takes them,
 * Collet). A step is one to one in its word, so that a change of one word always shows.
 */
export function checksumOf(parts: readonly Uint8Array[]): string {
  let [a, b, c, d] = [0x24234428, 0x85ebca77, 0, -0x61c8864f]
  for (const bytes of parts) {
    const aligned = (bytes.byteOffset & 3) === 0 ? bytes : new Uint8Array(bytes)
    const count = (bytes.length >> 4) << 2
    const words = new Int32Array(aligned.buffer, aligned.byteOffset, count)
    for (let i = 0; i < count; i += 4) {
      a = step(a, words[i])
      b = step(b, words[i + 1])
      c = step(c, words[i + 2])
      d = step(d, words[i + 3])
    }
    for (let i = count << 2; i < bytes.length; i++) a = step(a, bytes[i])
    // Where a part ends counts too.
    b = step(b, bytes.length)
  }
  const one = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)
  const other = rotate(a, 21) ^ rotate(b, 3) ^ rotate(c, 27) ^ rotate(d, 11)
  return hex(mixed(one | 0)) + hex(mixed(other))
}

function step(chain: number, word: number): number {
  const sum = (chain + Math.imul(word, 0x85ebca77)) | 0
  return Math.imul((sum << 13) | (sum >>> 19), 0x9e3779b1)
}

/** The checksum of a snapshot: of every field but its own, in their order. */
export function checksumOfFields(fields: object): string {
  const parts: Uint8Array[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'checksum') continue
    parts.push(encodeState(name, 'snapshot'))
    parts.push(value instanceof Uint8Array ? value : encodeState(value, `snapshot.${name}`))
  }
  return checksumOf(parts)
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}

function mixed(x: number): number {
  let y = Math.imul(x ^ (x >>> 15), 0x85ebca77)
  y = Math.imul(y ^ (y >>> 13), 0xc2b2ae3d)
  return (y ^ (y >>> 16)) >>> 0
}

function hex(x: number): string {
  return x.toString(16).padStart(8, '0')
}
