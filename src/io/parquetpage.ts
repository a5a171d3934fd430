import { crc32 } from './crc32.ts'
import { lz4Block } from './lz4.ts'
import type { Chunk } from './parquetmeta.ts'
import { readHybrid } from './parquetvalues.ts'
import { snappyDecompress } from './snappy.ts'
import { ThriftReader } from './thrift.ts'
import { zstdDecompress } from './zstd.ts'

/** Decompression that a host brings along: bytes in, at most `limit` bytes out. @throws any error for damaged input */
export type Decompress = (data: Uint8Array, limit: number) => Uint8Array

/** Codecs that need the host. */
export interface HostCodecs {
  gzip?: Decompress
  brotli?: Decompress
}

/** A page of values: where in its bytes they begin, and how they are written. */
export interface Page {
  bytes: Uint8Array
  at: number
  encoding: number
  /** Rows, and how many of them have a value. */
  rows: number
  values: number
  /** One a row where some have no value. */
  valid: Uint8Array | undefined
}

const DATA = 0
const DICTIONARY = 2
const DATA_V2 = 3

interface Header {
  type: number
  size: number
  packed: number
  crc: number | undefined
  values: number
  encoding: number
  levelEncoding: number
  nulls: number
  definitions: number
  repetitions: number
  compressed: boolean
}

/**
 * Goes through the pages of a chunk.
 *
 * @param optional whether rows may have no value
 * @param room what pages are decompressed into, where they fit
 * @param dictionary takes the bytes of the dictionary and how many words are in it
 * @param page takes a page of values; its bytes are only valid until the next one
 * @throws RangeError
 */
export function eachPage(
  bytes: Uint8Array,
  chunk: Chunk,
  optional: boolean,
  codecs: HostCodecs,
  limit: number,
  room: { bytes: Uint8Array },
  dictionary: (bytes: Uint8Array, words: number) => void,
  page: (page: Page) => void,
): void {
  let at = 0
  for (let done = 0; done < chunk.values; ) {
    const { header, end } = readHeader(bytes, at)
    const { type, size, packed } = header
    if (!(size >= 0 && packed >= 0 && end + packed <= bytes.length)) throw new RangeError('a page is cut')
    if (size > limit) throw new RangeError(`more than ${limit} bytes come out`)
    const raw = bytes.subarray(end, end + packed)
    // Pages of a chunk are about as large; a size that is only announced is not made room for.
    if (room.bytes.length < size && size <= packed * 4) room.bytes = new Uint8Array(size)
    at = end + packed
    if (header.crc !== undefined && header.crc >>> 0 !== crc32(raw))
      throw new RangeError('the checksum of a page differs')
    if (type === DICTIONARY) {
      if (header.values < 0) throw new RangeError('a dictionary without words')
      dictionary(decompress(raw, size, chunk.codec, codecs, room.bytes), header.values)
    } else if (type === DATA || type === DATA_V2) {
      if (!(header.values >= 0 && header.values <= chunk.values - done))
        throw new RangeError('a page has too many values')
      done += header.values
      page(
        type === DATA
          ? pageV1(raw, header, optional, chunk.codec, codecs, room.bytes)
          : pageV2(raw, header, optional, chunk.codec, codecs, room.bytes),
      )
    }
  }
}

function pageV1(
  raw: Uint8Array,
  header: Header,
  optional: boolean,
  codec: number,
  codecs: HostCodecs,
  room: Uint8Array,
): Page {
  const bytes = decompress(raw, header.size, codec, codecs, room)
  const page: Page = {
    bytes,
    at: 0,
    encoding: header.encoding,
    rows: header.values,
    values: header.values,
    valid: undefined,
  }
  if (!optional) return page
  if (header.levelEncoding !== 3) throw new RangeError(`levels in an unknown encoding, ${header.levelEncoding}`)
  if (bytes.length < 4) throw new RangeError('the levels of a page are cut')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (length > bytes.length - 4) throw new RangeError('the levels of a page are cut')
  page.at = 4 + length
  takeLevels(page, bytes, 4, 4 + length)
  return page
}

function pageV2(
  raw: Uint8Array,
  header: Header,
  optional: boolean,
  codec: number,
  codecs: HostCodecs,
  room: Uint8Array,
): Page {
  const { definitions, repetitions, values } = header
  const levels = definitions + repetitions
  if (!(definitions >= 0 && repetitions >= 0 && levels <= raw.length && levels <= header.size))
    throw new RangeError('the levels of a page are cut')
  const packed = raw.subarray(levels)
  const bytes = header.compressed ? decompress(packed, header.size - levels, codec, codecs, room) : packed
  const page: Page = { bytes, at: 0, encoding: header.encoding, rows: values, values, valid: undefined }
  if (optional) takeLevels(page, raw, repetitions, levels)
  return page
}

/** Which rows have a value: levels of one bit. */
function takeLevels(page: Page, bytes: Uint8Array, from: number, to: number): void {
  if (isOneRun(bytes, from, to, page.rows)) return
  const levels = new Int32Array(page.rows)
  readHybrid(bytes, from, to, 1, levels)
  let values = 0
  for (let i = 0; i < levels.length; i++) values += levels[i]
  page.values = values
  if (values < page.rows) page.valid = Uint8Array.from(levels)
}

/** Whether levels begin with one run of at least so many ones, as where no value is missing. */
function isOneRun(bytes: Uint8Array, from: number, to: number, rows: number): boolean {
  let head = 0
  let p = from
  for (let factor = 1; p < to && factor < 268435456; factor *= 128) {
    const byte = bytes[p++]
    head += (byte & 127) * factor
    if (byte < 128) return head % 2 === 0 && head / 2 >= rows && p < to && bytes[p] === 1
  }
  return false
}

/** Decompresses a page to the size its head announces. */
function decompress(data: Uint8Array, size: number, codec: number, codecs: HostCodecs, room: Uint8Array): Uint8Array {
  const out = decompressed(data, size, codec, codecs, room)
  if (out.length !== size) throw new RangeError(`a page of ${size} bytes is announced, ${out.length} come out`)
  return out
}

const CODECS = ['none', 'snappy', 'gzip', 'lzo', 'brotli', 'hadoop-lz4', 'zstd', 'lz4']

function decompressed(data: Uint8Array, size: number, codec: number, codecs: HostCodecs, room: Uint8Array): Uint8Array {
  switch (codec) {
    case 0:
      return data
    case 1:
      return snappyDecompress(data, size, room)
    case 6:
      return size === 0 && data.length === 0 ? data : zstdDecompress(data, size, room)
    case 7:
      return lz4Block(data, size)
    default: {
      const host = codec === 2 ? codecs.gzip : codec === 4 ? codecs.brotli : undefined
      if (!host) throw new RangeError(`compression with ${CODECS[codec] ?? codec}, which is not read here`)
      try {
        return host(data, size)
      } catch (cause) {
        throw new RangeError(`a page does not decompress (${(cause as Error).message})`, { cause })
      }
    }
  }
}

function readHeader(bytes: Uint8Array, at: number): { header: Header; end: number } {
  const reader = new ThriftReader(bytes, at)
  const h: Header = {
    type: -1,
    size: -1,
    packed: -1,
    crc: undefined,
    values: -1,
    encoding: -1,
    levelEncoding: 3,
    nulls: 0,
    definitions: 0,
    repetitions: 0,
    compressed: true,
  }
  const values = (t: number) => {
    h.values = reader.int(t)
  }
  const encoding = (t: number) => {
    h.encoding = reader.int(t)
  }
  reader.struct({
    1: (t) => {
      h.type = reader.int(t)
    },
    2: (t) => {
      h.size = reader.int(t)
    },
    3: (t) => {
      h.packed = reader.int(t)
    },
    4: (t) => {
      h.crc = reader.int(t)
    },
    5: (t) =>
      reader.nested(t, {
        1: values,
        2: encoding,
        3: (u) => {
          h.levelEncoding = reader.int(u)
        },
      }),
    7: (t) => reader.nested(t, { 1: values, 2: encoding }),
    8: (t) =>
      reader.nested(t, {
        1: values,
        2: (u) => {
          h.nulls = reader.int(u)
        },
        4: encoding,
        5: (u) => {
          h.definitions = reader.int(u)
        },
        6: (u) => {
          h.repetitions = reader.int(u)
        },
        7: (u) => {
          h.compressed = reader.bool(u)
        },
      }),
  })
  return { header: h, end: reader.at }
}
