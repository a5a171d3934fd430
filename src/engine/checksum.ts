import { encodeState } from './state.ts'

/**
 * 64 bits over bytes, in hexadecimal: two chains of 32 bits, each a step a word (as xxHash32 takes them, Collet), so that
 * any change of one word changes them, and others but once in 2^64 times.
 */
export function checksumOf(parts: readonly Uint8Array[]): string {
  let a = 0x9e3779b1
  let b = 0x85ebca77
  let length = 0
  for (const bytes of parts) {
    const count = bytes.length >> 2
    const aligned = (bytes.byteOffset & 3) === 0 ? bytes : bytes.slice()
    const words = new Int32Array(aligned.buffer, aligned.byteOffset, count)
    for (let i = 0; i < count; i++) {
      const word = words[i]
      a = Math.imul(rotate((a + Math.imul(word, 0x85ebca77)) | 0, 13), 0x9e3779b1)
      b = Math.imul(rotate(b ^ word, 15), 0xc2b2ae3d)
    }
    for (let i = count << 2; i < bytes.length; i++) {
      a = Math.imul(rotate((a + Math.imul(bytes[i], 0x85ebca77)) | 0, 13), 0x9e3779b1)
      b = Math.imul(rotate(b ^ bytes[i], 15), 0xc2b2ae3d)
    }
    length += bytes.length
    // Where a part ends counts too.
    a = Math.imul(rotate((a + bytes.length) | 0, 17), 0x27d4eb2f)
    b = Math.imul(rotate(b ^ length, 19), 0x165667b1)
  }
  return hex(mixed(a)) + hex(mixed(b ^ a))
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
