import fc from 'fast-check'

/** One change of bytes: where (as a share of the length), what, and a number for it. */
interface Change {
  at: number
  kind: 'byte' | 'bit' | 'word' | 'cut' | 'drop' | 'repeat' | 'end'
  value: number
}

/** 32-bit words that lengths and offsets go wrong with. */
const WORDS = [0, 1, -1, 0x7fffffff, -0x80000000, 0xffff, 0x10000, 255, 256, 8, 64]

/** Changes of a few places in bytes: single bits and bytes, extreme words, pieces taken out, repeated or cut off. */
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    kind: fc.constantFrom('byte', 'bit', 'bit', 'word', 'word', 'cut', 'drop', 'repeat', 'end'),
    value: fc.nat({ max: 255 }),
  }),
  { minLength: 1, maxLength: 5 },
)

/** Bytes with changes applied, one after the other. */
export function changed(bytes: Uint8Array, list: readonly Change[]): Uint8Array {
  let out: Uint8Array = bytes.slice()
  for (const { at, kind, value } of list) {
    if (out.length === 0) return out
    // Heads and ends say most, so half of the changes fall there.
    const near = value % 2 === 0 ? Math.floor(at * Math.min(out.length, 200)) : Math.floor(at * out.length)
    const p = value % 4 === 0 ? out.length - 1 - near : near
    const n = value % 40
    if (kind === 'byte') out[p] = value
    else if (kind === 'bit') out[p] ^= 1 << (value & 7)
    else if (kind === 'word') {
      const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
      if (p + 4 <= out.length) view.setInt32(p, WORDS[value % WORDS.length], value % 3 !== 0)
    } else if (kind === 'cut') out = out.slice(0, p)
    else if (kind === 'end') out = out.slice(p)
    else if (kind === 'drop') out = joined(out.subarray(0, p), out.subarray(Math.min(out.length, p + n)))
    else out = joined(out.subarray(0, p + n), out.subarray(p))
  }
  return out
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length)
  out.set(a)
  out.set(b, a.length)
  return out
}
