import { epochMs } from '../market/stamp.ts'
import { decimalNumber, half, int64, spread } from './numbers.ts'
import { readDeltas } from './parquetdeltas.ts'
import type { Meaning, ParquetColumn } from './parquetmeta.ts'

/** Numbers of the encodings that a page may have. */
const PLAIN = 0
const PLAIN_DICTIONARY = 2
const RLE = 3
const DELTA_BINARY = 5
const DELTA_LENGTH = 6
const DELTA_BYTES = 7
const RLE_DICTIONARY = 8
const SPLIT = 9

/** Whether values are indices into the chunk's dictionary. */
export function isDictionary(encoding: number): boolean {
  return encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY
}

/**
 * Reads runs of repeated and of bit-packed values ("RLE / bit-packing hybrid") from bytes[at .. end) until `out` is full.
 *
 * @param width bits of a value, at most 31
 * @throws RangeError where the bytes end before
 */
export function readHybrid(bytes: Uint8Array, at: number, end: number, width: number, out: Int32Array): void {
  if (width > 31) throw new RangeError(`values of ${width} bits`)
  const valueBytes = (width + 7) >> 3
  let p = at
  let n = 0
  while (n < out.length) {
    let head = 0
    for (let factor = 1; ; factor *= 128) {
      if (p >= end || factor > 268435456) throw new RangeError('runs of values are cut')
      const byte = bytes[p++]
      head += (byte & 127) * factor
      if (byte < 128) break
    }
    const count = Math.floor(head / 2)
    if (head % 2 === 0) {
      if (count === 0 || p + valueBytes > end) throw new RangeError('runs of values are cut')
      let value = 0
      for (let i = 0; i < valueBytes; i++) value |= bytes[p++] << (8 * i)
      if (value < 0 || value >= 2 ** width) throw new RangeError('a value has too many bits')
      const stop = Math.min(out.length, n + count)
      out.fill(value, n, stop)
      n = stop
    } else {
      // Groups of eight; the last one may have more values than are needed, and its bytes may be left out.
      const values = Math.min(count * 8, out.length - n)
      if (values === 0 || p + Math.ceil((values * width) / 8) > end) throw new RangeError('runs of values are cut')
      unpack(bytes, p, width, out, n, values)
      p += count * width
      n += values
    }
  }
}

/** Values of `width` (0 to 31) bits each, the lowest bits first. */
function unpack(bytes: Uint8Array, at: number, width: number, out: Int32Array, from: number, count: number): void {
  if (width === 0) {
    out.fill(0, from, from + count)
    return
  }
  const mask = 2 ** width - 1
  let p = at
  let bits = 0
  // At most 7 bits are left over before the next value takes its at most 31: a double holds all of them.
  let held = 0
  for (let i = from; i < from + count; i++) {
    while (held < width) {
      bits += bytes[p++] * POWERS[held]
      held += 8
    }
    if (width <= 24) {
      out[i] = bits & mask
      bits = bits >>> width
    } else {
      out[i] = bits % (mask + 1)
      bits = Math.floor(bits / (mask + 1))
    }
    held -= width
  }
}

/** Powers of two. */
const POWERS = Float64Array.from({ length: 40 }, (_, i) => 2 ** i)

/** `count` numbers (times in ms) of a page from `at`. @throws RangeError */
export function pageNumbers(
  bytes: Uint8Array,
  at: number,
  encoding: number,
  count: number,
  column: ParquetColumn,
): Float64Array {
  const { physical } = column
  const part = bytes.subarray(at)
  if (encoding === PLAIN) return plainNumbers(part, count, column)
  if (encoding === RLE && physical === 'BOOLEAN') {
    if (part.length < 4) throw new RangeError('flags are cut')
    const flags = new Int32Array(count)
    readHybrid(part, 4, part.length, 1, flags)
    return Float64Array.from(flags)
  }
  if (encoding === DELTA_BINARY && (physical === 'INT32' || physical === 'INT64')) {
    const { values } = readDeltas(part, 0, count)
    if (physical === 'INT64') return plainNumbers(values, count, column)
    // 32-bit numbers: the low halves.
    const words = new Int32Array(values.buffer, 0, count * 2)
    const low = Int32Array.from({ length: count }, (_, i) => words[2 * i])
    return plainNumbers(new Uint8Array(low.buffer), count, column)
  }
  if (encoding === SPLIT) {
    const width = valueBytes(column)
    if (width === 0 || part.length < count * width) throw new RangeError(`${count} values are announced, fewer found`)
    const joined = new Uint8Array(count * width)
    for (let b = 0; b < width; b++) for (let i = 0; i < count; i++) joined[i * width + b] = part[b * count + i]
    return plainNumbers(joined, count, column)
  }
  throw new RangeError(`values in an encoding that is not read here, ${encoding}`)
}

/** Bytes of a value where all have the same; 0 otherwise. */
function valueBytes({ physical, length }: ParquetColumn): number {
  switch (physical) {
    case 'INT32':
    case 'FLOAT':
      return 4
    case 'INT64':
    case 'DOUBLE':
      return 8
    case 'INT96':
      return 12
    case 'FIXED':
      return length
    default:
      return 0
  }
}

/** Numbers as they are stored without encoding. */
export function plainNumbers(bytes: Uint8Array, count: number, column: ParquetColumn): Float64Array {
  const { physical, meaning } = column
  if (physical === 'BYTE_ARRAY') return decimals(bytes, count, meaning)
  const needed = physical === 'BOOLEAN' ? Math.ceil(count / 8) : count * valueBytes(column)
  if (bytes.length < needed) throw new RangeError(`${count} values are announced, ${bytes.length} bytes found`)
  switch (physical) {
    case 'DOUBLE': {
      // Not slice(): Buffer's gives a view.
      return new Float64Array(new Uint8Array(bytes.subarray(0, count * 8)).buffer)
    }
    case 'FLOAT':
      return spread('f4', bytes, count)
    case 'INT32':
      return meant(spread(isUnsigned(meaning) ? 'u4' : 'i4', bytes, count), meaning)
    case 'INT64':
      return meant(int64(bytes, count, !isUnsigned(meaning)), meaning, bytes)
    case 'INT96':
      return int96(bytes, count)
    case 'BOOLEAN':
      return Float64Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1)
    default: {
      const { length } = column
      const one = (i: number) => bytes.subarray(i * length, (i + 1) * length)
      if (meaning.kind === 'half')
        return Float64Array.from({ length: count }, (_, i) => half(bytes[2 * i] | (bytes[2 * i + 1] << 8)))
      if (meaning.kind !== 'decimal') throw new RangeError('numbers are needed')
      return Float64Array.from({ length: count }, (_, i) => decimalNumber(one(i), meaning.scale, false))
    }
  }
}

function isUnsigned(meaning: Meaning): boolean {
  return meaning.kind === 'number' && !meaning.signed
}

/** Whole numbers as what they mean. @param exact their bytes, for those that doubles cannot hold */
function meant(values: Float64Array, meaning: Meaning, exact?: Uint8Array): Float64Array {
  const n = values.length
  if (meaning.kind === 'decimal') {
    const { scale } = meaning
    const divisor = Number(`1e${scale}`)
    for (let i = 0; i < n; i++) {
      // An exact number over an exact power of ten is rounded once.
      if (scale <= 22 && Number.isSafeInteger(values[i])) values[i] /= divisor
      else if (exact) values[i] = decimalNumber(exact.subarray(8 * i, 8 * i + 8), scale, true)
      else values[i] = Number(`${values[i]}e${-scale}`)
    }
  } else if (meaning.kind === 'time') {
    const { unit } = meaning
    if (unit === 'day') for (let i = 0; i < n; i++) values[i] *= 86400000
    else if (unit === 'us' || unit === 'ns') for (let i = 0; i < n; i++) values[i] = epochMs(values[i], unit)
  }
  return values
}

/** Times of 96 bits: nanoseconds of the day, then the Julian day. */
function int96(bytes: Uint8Array, count: number): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float64Array.from({ length: count }, (_, i) => {
    const nanos = view.getInt32(12 * i + 4, true) * 4294967296 + view.getUint32(12 * i, true)
    return (view.getInt32(12 * i + 8, true) - 2440588) * 86400000 + epochMs(nanos, 'ns')
  })
}

function decimals(bytes: Uint8Array, count: number, meaning: Meaning): Float64Array {
  if (meaning.kind !== 'decimal') throw new RangeError('numbers are needed')
  const out: number[] = []
  eachByteArray(bytes, count, (from, to) => {
    if (to - from > 64) throw new RangeError('a decimal is too long')
    out.push(decimalNumber(bytes.subarray(from, to), meaning.scale, false))
  })
  return Float64Array.from(out)
}

/** Goes through byte arrays, each after its length. @throws RangeError */
export function eachByteArray(bytes: Uint8Array, count: number, take: (from: number, to: number) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let p = 0
  for (let i = 0; i < count; i++) {
    if (p + 4 > bytes.length) throw new RangeError(`${count} words are announced, ${i} found`)
    const end = p + 4 + view.getUint32(p, true)
    if (end > bytes.length) throw new RangeError('a word is cut')
    take(p + 4, end)
    p = end
  }
}

/** Goes through `count` byte arrays of a page from `at`, whatever their encoding. @throws RangeError */
export function pageByteArrays(
  bytes: Uint8Array,
  at: number,
  encoding: number,
  count: number,
  take: (source: Uint8Array, from: number, to: number) => void,
): void {
  const part = bytes.subarray(at)
  if (encoding === PLAIN) {
    eachByteArray(part, count, (from, to) => take(part, from, to))
    return
  }
  if (encoding !== DELTA_LENGTH && encoding !== DELTA_BYTES)
    throw new RangeError(`text in an encoding that is not read here, ${encoding}`)
  const prefixes = encoding === DELTA_BYTES ? readDeltas(part, 0, count) : undefined
  const lengths = readDeltas(part, prefixes?.end ?? 0, count)
  const words = (values: Uint8Array) => new Int32Array(values.buffer, 0, count * 2)
  const suffix = words(lengths.values)
  const prefix = prefixes && words(prefixes.values)
  let p = lengths.end
  let last = new Uint8Array(0)
  for (let i = 0; i < count; i++) {
    const length = suffix[2 * i]
    const kept = prefix ? prefix[2 * i] : 0
    if (length < 0 || p + length > part.length || kept < 0 || kept > last.length) throw new RangeError('a word is cut')
    if (!prefix) take(part, p, p + length)
    else {
      const word = new Uint8Array(kept + length)
      word.set(last.subarray(0, kept))
      word.set(part.subarray(p, p + length), kept)
      take(word, 0, word.length)
      last = word
    }
    p += length
  }
}
