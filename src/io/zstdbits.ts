import type { HuffmanTable } from './zstdtables.ts'

/** Bits before the end mark of a bit stream in [start, end), counted from the start of the data. */
export function openBits(data: Uint8Array, start: number, end: number): number {
  if (end <= start || data[end - 1] === 0) throw new RangeError('zstd: a bit stream has no end mark')
  return end * 8 - 1 - Math.clz32(data[end - 1] << 24)
}

/** `count` (0 to 31) bits of which the lowest is bit `at` of the data. */
export function bitsAt(view: DataView, at: number, count: number): number {
  const byte = at >> 3
  const shift = at & 7
  if (byte + 8 <= view.byteLength) {
    const low = view.getInt32(byte, true) >>> shift
    const mask = (1 << count) - 1
    if (count <= 25) return low & mask
    return (low | (shift === 0 ? 0 : view.getInt32(byte + 4, true) << (32 - shift))) & mask
  }
  let value = 0
  for (let i = at + count - 1; i >= at; i--) value = (value << 1) | ((view.getUint8(i >> 3) >> (i & 7)) & 1)
  return value
}

/** Decodes 2 * rounds symbols of each of four streams; `bits` are moved on. Every stream has more symbols than that. */
export function decodePairs(
  view: DataView,
  table: HuffmanTable,
  bits: Int32Array,
  out: Uint8Array,
  part: number,
  rounds: number,
): void {
  const entries = table.entries
  const shift = 32 - table.log
  let a = bits[0]
  let b = bits[1]
  let c = bits[2]
  let d = bits[3]
  let i = 0
  let j = part
  let k = 2 * part
  let l = 3 * part
  for (let round = 0; round < rounds; round++) {
    let word = view.getInt32((a >> 3) - 3, true) << (8 - (a & 7))
    let entry = entries[word >>> shift]
    out[i] = entry
    let next = entries[(word << (entry >> 8)) >>> shift]
    out[i + 1] = next
    i += 2
    a -= (entry >> 8) + (next >> 8)

    word = view.getInt32((b >> 3) - 3, true) << (8 - (b & 7))
    entry = entries[word >>> shift]
    out[j] = entry
    next = entries[(word << (entry >> 8)) >>> shift]
    out[j + 1] = next
    j += 2
    b -= (entry >> 8) + (next >> 8)

    word = view.getInt32((c >> 3) - 3, true) << (8 - (c & 7))
    entry = entries[word >>> shift]
    out[k] = entry
    next = entries[(word << (entry >> 8)) >>> shift]
    out[k + 1] = next
    k += 2
    c -= (entry >> 8) + (next >> 8)

    word = view.getInt32((d >> 3) - 3, true) << (8 - (d & 7))
    entry = entries[word >>> shift]
    out[l] = entry
    next = entries[(word << (entry >> 8)) >>> shift]
    out[l + 1] = next
    l += 2
    d -= (entry >> 8) + (next >> 8)
    // A damaged stream runs on before its start; before the start of the data there is nothing to read.
    if (a < 32 || b < 32 || c < 32 || d < 32) throw new RangeError('zstd: literals are cut')
  }
  bits[0] = a
  bits[1] = b
  bits[2] = c
  bits[3] = d
}

/** Decodes out[at .. stop) from one stream; returns the bits that are left, counted from the start of the data. */
export function decodeSymbols(
  view: DataView,
  table: HuffmanTable,
  start: number,
  floor: number,
  out: Uint8Array,
  at: number,
  stop: number,
): number {
  const entries = table.entries
  const shift = 32 - table.log
  let bp = start
  for (let i = at; i < stop; i++) {
    if (bp < floor) throw new RangeError('zstd: literals are cut')
    const word = view.getInt32((bp >> 3) - 3, true) << (8 - (bp & 7))
    const entry = entries[word >>> shift]
    out[i] = entry
    bp -= entry >> 8
  }
  return bp
}
