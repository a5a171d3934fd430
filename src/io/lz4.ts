import { Output } from './output.ts'
import { xxh32 } from './xxhash.ts'

/**
 * Decompresses LZ4 frames (lz4_Frame_format 1.6 and lz4_Block_format), the default compression of Feather files.
 * Checksums of blocks and contents are verified where a frame has them, and every length is, so that damaged input is an
 * error and never a crash or endless growth.
 *
 * @param limit most bytes that may come out
 * @param room bytes to use for what comes out, where they are enough
 * @throws RangeError for anything that is not a whole frame within the limit
 */
export function lz4Decompress(data: Uint8Array, limit = 2147483647, room?: Uint8Array): Uint8Array {
  const out = new Output(Math.min(limit, data.length * 4 + 64), limit, room)
  let p = 0
  while (p < data.length) p = frame(data, p, out)
  return out.bytes.subarray(0, out.length)
}

/**
 * Decompresses one LZ4 block without a frame, as Parquet has them (LZ4_RAW).
 *
 * @param size bytes that must come out
 * @throws RangeError
 */
export function lz4Block(data: Uint8Array, size: number): Uint8Array {
  const out = new Output(Math.min(size, data.length * 4 + 64), size)
  block(data, 0, data.length, out, 0)
  if (out.length !== size) throw damaged(`${size} bytes are announced, ${out.length} come out`)
  return out.bytes.subarray(0, size)
}

const MAGIC = 0x184d2204

/** One frame at `start`; returns where it ends. */
function frame(data: Uint8Array, start: number, out: Output): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (start + 7 > data.length || view.getUint32(start, true) !== MAGIC) throw damaged('no frame where one should start')
  const flags = data[start + 4]
  if (flags >> 6 !== 1) throw damaged(`frame version ${flags >> 6}`)
  if (flags & 1) throw damaged('a dictionary is needed')
  const first = out.length
  let p = start + 7 + (flags & 8 ? 8 : 0)
  for (;;) {
    if (p + 4 > data.length) throw damaged('the end is missing')
    const size = view.getUint32(p, true)
    p += 4
    if (size === 0) break
    const length = size & 0x7fffffff
    if (p + length > data.length) throw damaged('a block is longer than the data')
    const from = flags & 0x20 ? out.length : first
    if (size >>> 31) {
      out.append(data, p, p + length)
    } else block(data, p, p + length, out, from)
    if (flags & 0x10) check(view, p + length, data.subarray(p, p + length))
    p += length + (flags & 0x10 ? 4 : 0)
  }
  if (flags & 4) check(view, p, out.bytes.subarray(first, out.length))
  return p + (flags & 4 ? 4 : 0)
}

function check(view: DataView, at: number, bytes: Uint8Array): void {
  if (at + 4 > view.byteLength) throw damaged('a checksum is cut')
  if (view.getUint32(at, true) !== xxh32(bytes)) throw damaged('a checksum differs')
}

/** One compressed block: literals, then a copy from at most 64 KiB back, again and again. */
function block(data: Uint8Array, start: number, end: number, out: Output, first: number): void {
  let p = start
  while (p < end) {
    const token = data[p++]
    let literals = token >> 4
    if (literals === 15) {
      let more: number
      do {
        if (p >= end) throw damaged('a length is cut')
        more = data[p++]
        literals += more
      } while (more === 255)
    }
    if (p + literals > end) throw damaged('literals are cut')
    out.append(data, p, p + literals)
    p += literals
    if (p === end) return
    if (p + 2 > end) throw damaged('an offset is cut')
    const back = data[p] | (data[p + 1] << 8)
    p += 2
    let copy = (token & 15) + 4
    if ((token & 15) === 15) {
      let more: number
      do {
        if (p >= end) throw damaged('a length is cut')
        more = data[p++]
        copy += more
      } while (more === 255)
    }
    if (back === 0 || out.length - back < first) throw damaged('a copy reaches before the start')
    out.reserve(copy)
    const bytes = out.bytes
    let to = out.length
    // Source and target may overlap: then the bytes repeat, which only a copy byte by byte gives.
    if (back >= copy) bytes.copyWithin(to, to - back, to - back + copy)
    else for (let i = 0; i < copy; i++, to++) bytes[to] = bytes[to - back]
    out.length += copy
  }
}

function damaged(why: string): RangeError {
  return new RangeError(`lz4: ${why}`)
}
