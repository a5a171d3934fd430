import type { Output } from './output.ts'
import { bitsAt, decodePairs, decodeSymbols, openBits } from './zstdbits.ts'
import { type FseTable, fseTable, type HuffmanTable, huffmanTable, PREDEFINED, readFseTable } from './zstdtables.ts'

/** Most bytes that a block has, packed or not. */
export const BLOCK_LIMIT = 131072
const LITERALS = 0
const OFFSETS = 1
const MATCHES = 2

/** Baselines and extra bits of literal lengths and match lengths by code (RFC 8878, 3.1.1.3.2.1.1). */
const LITERAL_BASE = Int32Array.of(
  ...Array.from({ length: 16 }, (_, i) => i),
  ...[16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536],
)
const LITERAL_BITS = Uint8Array.of(
  ...new Array(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
)
const MATCH_BASE = Int32Array.of(
  ...Array.from({ length: 32 }, (_, i) => i + 3),
  ...[35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539],
)
const MATCH_BITS = Uint8Array.of(
  ...new Array(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
)

let literals: Uint8Array | undefined

/** Room for the literals of a block; one for all calls, which never overlap. */
function literalRoom(): Uint8Array {
  literals ??= new Uint8Array(BLOCK_LIMIT)
  return literals
}

/** What the 24 bits before a block say. @throws RangeError for a kind or size that there is not */
export function blockHead(word: number): { last: boolean; kind: number; size: number } {
  const kind = (word >> 1) & 3
  const size = word >> 3
  if (kind === 3) throw damaged('a block of an unknown kind')
  if (size > BLOCK_LIMIT) throw damaged('a block is too large')
  return { last: (word & 1) === 1, kind, size }
}

/** Decodes blocks into an output; keeps what they carry on from one to the next. */
export class BlockDecoder {
  #data: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(this.#data.buffer)
  readonly #out: Output
  readonly #literals = literalRoom()
  #huffman: HuffmanTable | undefined
  readonly #tables: (FseTable | undefined)[] = [undefined, undefined, undefined]
  readonly #offsets = new Int32Array(3)

  constructor(out: Output) {
    this.#out = out
  }

  /** Where blocks are from now on. A block must have 12 bytes before it, its own head and a frame's among them. */
  input(data: Uint8Array): void {
    // A plain array even where a subclass is given: the loops below should meet one kind of object.
    this.#data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  }

  /** Forgets what blocks of another frame said. */
  begin(): void {
    this.#huffman = undefined
    this.#tables.fill(undefined)
    this.#offsets.set([1, 4, 8])
  }

  /**
   * One block.
   *
   * @param word its head, 24 bits
   * @param p where its content starts
   * @param first the first byte of the output that it may copy
   * @returns where it ends
   */
  block(word: number, p: number, first: number): number {
    const out = this.#out
    const data = this.#data
    const { size, kind } = blockHead(word)
    if (p + (kind === 1 ? 1 : size) > data.length) throw damaged('a block is cut')
    if (kind === 1) {
      out.reserve(size)
      out.bytes.fill(data[p], out.length, out.length + size)
      out.length += size
      return p + 1
    }
    if (kind === 0) out.append(data, p, p + size)
    else this.#block(p, p + size, first)
    return p + size
  }

  /** A compressed block: literals, then sequences that say where they go and what is copied. */
  #block(start: number, end: number, first: number): void {
    const data = this.#data
    const literals = this.#readLiterals(start, end)
    let p = literals.end
    if (p >= end) throw damaged('a block is cut')
    let count = data[p++]
    if (count > 127) {
      if (count === 255) {
        if (p + 2 > end) throw damaged('a block is cut')
        count = data[p] + (data[p + 1] << 8) + 0x7f00
        p += 2
      } else {
        if (p >= end) throw damaged('a block is cut')
        count = ((count - 128) << 8) + data[p++]
      }
    }
    const out = this.#out
    // A block gives at most 128 KiB: room for all of it means no check a sequence.
    out.reserve(Math.min(BLOCK_LIMIT, out.limit - out.length))
    if (count === 0) {
      if (p !== end) throw damaged('a block is longer than its literals')
      out.append(literals.bytes, literals.from, literals.to)
      return
    }
    if (p >= end) throw damaged('a block is cut')
    const modes = data[p++]
    if (modes & 3) throw damaged('reserved bits are set')
    p = this.#table(LITERALS, modes >> 6, p, end)
    p = this.#table(OFFSETS, (modes >> 4) & 3, p, end)
    p = this.#table(MATCHES, (modes >> 2) & 3, p, end)
    this.#sequences(p, end, count, literals, first)
  }

  #table(kind: number, mode: number, start: number, end: number): number {
    const { table, log, symbols } = PREDEFINED[kind]
    if (mode === 0) this.#tables[kind] = table
    else if (mode === 1) {
      if (start >= end || this.#data[start] >= symbols) throw damaged('a table is cut')
      this.#tables[kind] = fseTable(
        Int16Array.from({ length: this.#data[start] + 1 }, (_, i) => (i === this.#data[start] ? 1 : 0)),
        0,
      )
      return start + 1
    } else if (mode === 2) {
      const read = readFseTable(this.#data, start, end, log, symbols)
      this.#tables[kind] = read.table
      return read.end
    } else if (!this.#tables[kind]) throw damaged('a table is missing')
    return start
  }

  /** The literals section at `start`: where its bytes are, and where it ends. */
  #readLiterals(start: number, limit: number): { bytes: Uint8Array; from: number; to: number; end: number } {
    const data = this.#data
    if (start >= limit) throw damaged('literals are cut')
    const head = data[start]
    const kind = head & 3
    const form = (head >> 2) & 3
    const bytesOf = (n: number) => {
      if (start + n > limit) throw damaged('literals are cut')
      let value = 0
      for (let i = 0; i < n; i++) value += data[start + i] * 2 ** (8 * i)
      return value
    }
    if (kind < 2) {
      const headBytes = form === 1 ? 2 : form === 3 ? 3 : 1
      const size = Math.floor(bytesOf(headBytes) / (headBytes === 1 ? 8 : 16))
      if (size > BLOCK_LIMIT) throw damaged('literals are too long')
      const from = start + headBytes
      if (from + (kind === 0 ? size : 1) > limit) throw damaged('literals are cut')
      if (kind === 0) return { bytes: data, from, to: from + size, end: from + size }
      this.#literals.fill(data[from], 0, size)
      return { bytes: this.#literals, from: 0, to: size, end: from + 1 }
    }
    const headBytes = form < 2 ? 3 : form + 2
    const bits = form < 2 ? 10 : form === 2 ? 14 : 18
    const word = Math.floor(bytesOf(headBytes) / 16)
    const size = word % 2 ** bits
    const packed = Math.floor(word / 2 ** bits)
    if (size > BLOCK_LIMIT) throw damaged('literals are too long')
    let p = start + headBytes
    const end = p + packed
    if (end > limit) throw damaged('literals are cut')
    if (kind === 2) {
      const read = huffmanTable(data, p, end)
      this.#huffman = read.table
      p = read.end
    }
    const table = this.#huffman
    if (!table) throw damaged('a Huffman table is missing')
    if (form === 0) this.#stream(table, p, end, 0, size)
    else this.#fourStreams(table, p, end, size)
    return { bytes: this.#literals, from: 0, to: size, end }
  }

  #fourStreams(table: HuffmanTable, start: number, end: number, size: number): void {
    const view = this.#view
    const p = start + 6
    if (p > end || size < 6) throw damaged('literals are cut')
    const second = p + view.getUint16(start, true)
    const third = second + view.getUint16(start + 2, true)
    const fourth = third + view.getUint16(start + 4, true)
    if (fourth >= end) throw damaged('literals are cut')
    const part = (size + 3) >> 2
    if (part * 3 > size) throw damaged('literals are cut')
    const from = Int32Array.of(p, second, third, fourth)
    const to = Int32Array.of(second, third, fourth, end)
    const bits = Int32Array.from(to, (e, i) => openBits(this.#data, from[i], e))
    // Two symbols of each stream a round: four chains of loads that do not wait for each other.
    const rounds = (size - 3 * part) >> 1
    rounds > 0 && decodePairs(view, table, bits, this.#literals, part, rounds)
    for (let i = 0; i < 4; i++) {
      const stop = i === 3 ? size : (i + 1) * part
      const left = decodeSymbols(view, table, bits[i], from[i] * 8, this.#literals, i * part + 2 * rounds, stop)
      if (left !== from[i] * 8) throw damaged('literals do not end where they should')
    }
  }

  #stream(table: HuffmanTable, start: number, end: number, at: number, stop: number): void {
    const left = decodeSymbols(this.#view, table, openBits(this.#data, start, end), start * 8, this.#literals, at, stop)
    if (left !== start * 8) throw damaged('literals do not end where they should')
  }

  /** Decodes and carries out the sequences of a block, whose bits are read from the end of [start, end) to its start. */
  #sequences(
    start: number,
    end: number,
    count: number,
    literals: { bytes: Uint8Array; from: number; to: number },
    first: number,
  ): void {
    const view = this.#view
    const out = this.#out
    const bytes = out.bytes
    const source = literals.bytes
    const most = Math.min(bytes.length, out.length + BLOCK_LIMIT)
    // Short copies go by four bytes where up to three more than needed do no harm: the next ones overwrite them.
    const words = new DataView(source.buffer, source.byteOffset, source.byteLength)
    const target = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const sourceEnd = source.length - 3
    const outEnd = most - 3
    const floor = start * 8
    const [literalTable, offsetTable, matchTable] = this.#tables as [FseTable, FseTable, FseTable]
    // Bits are taken from the end towards the start; a check a sequence is enough, for its at most 89 bits cannot reach
    // before the data: a frame, a block and its literals have heads of 12 bytes.
    let bp = openBits(this.#data, start, end) - literalTable.log
    let literalState = bitsAt(view, bp, literalTable.log)
    bp -= offsetTable.log
    let offsetState = bitsAt(view, bp, offsetTable.log)
    bp -= matchTable.log
    let matchState = bitsAt(view, bp, matchTable.log)
    let [recent, second, third] = this.#offsets
    let at = literals.from
    let to = out.length
    for (let i = 0; i < count; i++) {
      if (bp < floor) throw damaged('sequences are cut')
      const offsetCode = offsetTable.symbol[offsetState]
      const matchCode = matchTable.symbol[matchState]
      const literalCode = literalTable.symbol[literalState]
      // At most 31 bits: larger offsets reach further than anything that is read here.
      if (offsetCode > 30) throw damaged('an offset is too large')
      bp -= offsetCode
      const raw = (1 << offsetCode) + bitsAt(view, bp, offsetCode)
      bp -= MATCH_BITS[matchCode]
      const length = MATCH_BASE[matchCode] + bitsAt(view, bp, MATCH_BITS[matchCode])
      bp -= LITERAL_BITS[literalCode]
      const copied = LITERAL_BASE[literalCode] + bitsAt(view, bp, LITERAL_BITS[literalCode])
      let back: number
      if (raw > 3) {
        back = raw - 3
        third = second
        second = recent
        recent = back
      } else {
        const which = raw - (copied === 0 ? 0 : 1)
        back = which === 0 ? recent : which === 1 ? second : which === 2 ? third : recent - 1
        if (which > 0) {
          if (which > 1) third = second
          second = recent
          recent = back
        }
      }
      if (i < count - 1) {
        bp -= literalTable.bits[literalState]
        literalState = literalTable.base[literalState] + bitsAt(view, bp, literalTable.bits[literalState])
        bp -= matchTable.bits[matchState]
        matchState = matchTable.base[matchState] + bitsAt(view, bp, matchTable.bits[matchState])
        bp -= offsetTable.bits[offsetState]
        offsetState = offsetTable.base[offsetState] + bitsAt(view, bp, offsetTable.bits[offsetState])
      }
      if (at + copied > literals.to) throw damaged('literals are cut')
      if (to + copied + length > most) throw tooLong(out)
      if (copied > 48) bytes.set(source.subarray(at, at + copied), to)
      else if (at + copied <= sourceEnd && to + copied <= outEnd)
        for (let k = 0; k < copied; k += 4) target.setInt32(to + k, words.getInt32(at + k, true), true)
      else for (let k = 0; k < copied; k++) bytes[to + k] = source[at + k]
      at += copied
      to += copied
      if (back <= 0 || to - back < first) throw damaged('a copy reaches before the start')
      // Where a copy overlaps its source the bytes repeat, which only a copy byte by byte gives.
      const from = to - back
      if (back >= length && length > 48) bytes.copyWithin(to, from, from + length)
      else if (back === 1 && length > 48) bytes.fill(bytes[from], to, to + length)
      else if (back >= 4 && to + length <= outEnd)
        for (let k = 0; k < length; k += 4) target.setInt32(to + k, target.getInt32(from + k, true), true)
      else for (let k = 0; k < length; k++) bytes[to + k] = bytes[from + k]
      to += length
    }
    if (bp !== floor) throw damaged('sequences do not end where they should')
    this.#offsets.set([recent, second, third])
    const rest = literals.to - at
    if (to + rest > most) throw tooLong(out)
    bytes.set(source.subarray(at, at + rest), to)
    out.length = to + rest
  }
}

function tooLong(out: Output): RangeError {
  return out.bytes.length === out.limit
    ? damaged(`more than ${out.limit} bytes come out`)
    : damaged('a block is too long')
}

/** The error of damaged frames. */
export function damaged(why: string): RangeError {
  return new RangeError(`zstd: ${why}`)
}
