import { Output } from './output.ts'
import { xxh64Low } from './xxhash.ts'
import { BlockDecoder, damaged } from './zstdblock.ts'

/**
 * Decompresses Zstandard frames (RFC 8878), one after the other, skippable ones left out. Content checksums are verified
 * where a frame has one; every length and offset is, so that damaged input is an error and never a crash or endless
 * growth. Dictionaries are not supported.
 *
 * @param limit most bytes that may come out
 * @param room bytes to use for what comes out, where they are enough
 * @throws RangeError for anything that is not a whole frame within the limit
 */
export function zstdDecompress(data: Uint8Array, limit = 2147483647, room?: Uint8Array): Uint8Array {
  const size = soleFrame(data)
  const native = size !== undefined && size > 0 && size <= limit ? nativeZstd() : undefined
  try {
    const out = native?.(data, { maxOutputLength: size! })
    if (out !== undefined && out.length === size) return out
  } catch {
    // What is wrong with it is told below.
  }
  return zstdPortable(data, limit, room)
}

/** `zstdDecompress` without the host's own; for hosts that have none, and for the test that compares them. */
export function zstdPortable(data: Uint8Array, limit = 2147483647, room?: Uint8Array): Uint8Array {
  const guess = Math.min(limit, declaredSize(data) ?? data.length * 4, data.length * 64 + 65536)
  const out = new Output(guess, limit, room)
  const decoder = new BlockDecoder(out)
  decoder.input(data)
  let p = 0
  if (data.length === 0) throw damaged('nothing is there')
  while (p < data.length) p = readFrame(data, p, decoder, out)
  return out.bytes.subarray(0, out.length)
}

/** Whether bytes begin like a Zstandard frame. */
export function isZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd
}

type Native = (data: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

/** Node's own decompression where it has one (from 22.15), asked for without an import that other hosts cannot resolve. */
function nativeZstd(): Native | undefined {
  const host = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process
  const zlib = host?.getBuiltinModule?.('node:zlib') as { zstdDecompressSync?: Native } | undefined
  return zlib?.zstdDecompressSync
}

/**
 * The content size of data that are one whole frame which announces it; undefined for anything else. Only such data go to
 * the host: of several frames Node gives the first and is silent about the rest, and in Node 22 about a missing end too.
 */
function soleFrame(data: Uint8Array): number | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (data.length < 5 || view.getUint32(0, true) !== MAGIC) return undefined
  const { size, checksum, end } = readHeader(view, 0)
  for (let p = end; size !== undefined; ) {
    if (p + 3 > data.length) return undefined
    const word = view.getUint16(p, true) | (data[p + 2] << 16)
    p += 3 + (((word >> 1) & 3) === 1 ? 1 : word >> 3)
    if (word & 1) return p + (checksum ? 4 : 0) === data.length ? size : undefined
  }
  return undefined
}

/** What a frame begins with. */
export const MAGIC = 0xfd2fb528
/** Frames that hold something else, to be passed over. */
export function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) === 0x184d2a50
}

/** One frame at `start` of data; returns where it ends. */
function readFrame(data: Uint8Array, start: number, decoder: BlockDecoder, out: Output): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (start + 4 > data.length) throw damaged('a frame is cut')
  const magic = view.getUint32(start, true)
  if (isSkippable(magic)) {
    if (start + 8 > data.length) throw damaged('a frame is cut')
    const end = start + 8 + view.getUint32(start + 4, true)
    if (end > data.length) throw damaged('a frame is cut')
    return end
  }
  if (magic !== MAGIC) throw damaged('no frame where one should start')
  const head = readHeader(view, start)
  decoder.begin()
  const first = out.length
  let p = head.end
  for (let last = false; !last; ) {
    if (p + 3 > data.length) throw damaged('a block is cut')
    const word = view.getUint16(p, true) | (data[p + 2] << 16)
    last = (word & 1) === 1
    p = decoder.block(word, p + 3, first)
  }
  const length = out.length - first
  if (head.size !== undefined && head.size !== length)
    throw damaged(`${head.size} bytes are announced, ${length} come out`)
  if (!head.checksum) return p
  if (p + 4 > data.length) throw damaged('a checksum is cut')
  if (view.getUint32(p, true) !== xxh64Low(out.bytes.subarray(first, out.length))) throw damaged('the checksum differs')
  return p + 4
}

/** What the head of a frame says. */
export interface Header {
  /** Bytes that come out, where it says so. */
  size: number | undefined
  /** How far back copies may reach. */
  window: number
  checksum: boolean
  /** Where the first block starts. */
  end: number
}

/** The head of a frame at `start`, its magic number included. @throws RangeError */
export function readHeader(view: DataView, start: number): Header {
  let p = start + 5
  if (p > view.byteLength) throw damaged('a frame is cut')
  const flags = view.getUint8(start + 4)
  if (flags & 8) throw damaged('a reserved bit is set')
  const single = (flags & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6]
  const end = p + (single ? 0 : 1) + dictionaryBytes + sizeBytes
  if (end > view.byteLength) throw damaged('a frame is cut')
  const descriptor = single ? 0 : view.getUint8(p++)
  for (let i = 0; i < dictionaryBytes; i++) if (view.getUint8(p + i) !== 0) throw damaged('a dictionary is needed')
  p += dictionaryBytes
  let size: number | undefined
  if (sizeBytes === 1) size = view.getUint8(p)
  else if (sizeBytes === 2) size = view.getUint16(p, true) + 256
  else if (sizeBytes === 4) size = view.getUint32(p, true)
  else if (sizeBytes === 8) size = view.getUint32(p, true) + view.getUint32(p + 4, true) * 4294967296
  const base = 2 ** (10 + (descriptor >> 3))
  const window = single ? size! : base + (base / 8) * (descriptor & 7)
  return { size, window, checksum: (flags & 4) !== 0, end }
}

/** The content size of a first frame that announces it. */
function declaredSize(data: Uint8Array): number | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return data.length >= 5 && view.getUint32(0, true) === MAGIC ? readHeader(view, 0).size : undefined
}
