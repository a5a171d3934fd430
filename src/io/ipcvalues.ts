import { epochMs } from '../market/stamp.ts'
import type { ByteSource } from './bytes.ts'
import { byCode, WordList, type Words } from './columns.ts'
import type { IpcField, IpcType } from './ipcschema.ts'
import { lz4Decompress } from './lz4.ts'
import { decimalNumber, int64, spread } from './numbers.ts'
import { zstdDecompress } from './zstd.ts'

/** A record batch: its bytes, and where in them its buffers lie. */
export interface Batch {
  length: number
  /** Length and count of nulls by field. */
  nodes: readonly number[][]
  /** Offset and bytes. */
  buffers: readonly number[][]
  /** 0 LZ4 frames, 1 Zstandard, undefined none. */
  codec: number | undefined
  /** Further buffers of columns of text views. */
  views: readonly number[]
  /** Its body: where in the source it begins, and its bytes. */
  source: ByteSource
  at: number
  bytes: number
}

/** The part of a column that lies in one batch. */
export interface Piece {
  batch: Batch
  length: number
  nulls: number
  /** Its first buffer, and how many it has. */
  first: number
  count: number
  /** The parts of its children. */
  children: readonly Piece[]
  /** Decompressed bytes that are still allowed. */
  budget: { left: number }
}

/** A column of numbers or times as doubles (times in ms), NaN where there is none. @throws RangeError */
export function decodeNumbers(
  field: IpcField,
  pieces: readonly Piece[],
  rows: number,
  dictionary: readonly Piece[] | undefined,
): Float64Array {
  if (dictionary) {
    const known = decodeNumbers({ ...field, dictionary: undefined }, dictionary, total(dictionary), undefined)
    const codes = indices(field, pieces, rows, known.length)
    return byCode(codes, known)
  }
  if (pieces.length === 1) return values(field.type, pieces[0])
  // The bytes of every piece are checked before room for all of them is made.
  for (const piece of pieces) checkBytes(field.type, piece)
  const out = new Float64Array(rows)
  const room: Room = { bytes: new Uint8Array(0) }
  let at = 0
  for (const piece of pieces) {
    const some = values(field.type, piece, room)
    out.set(some, at)
    at += some.length
  }
  return out
}

/** A column of text as indices into its words. @throws RangeError */
export function decodeWords(
  field: IpcField,
  pieces: readonly Piece[],
  rows: number,
  dictionary: readonly Piece[] | undefined,
): Words {
  const list = new WordList()
  if (dictionary) {
    const plain = { ...field, dictionary: undefined }
    const known = decodeWords(plain, dictionary, total(dictionary), undefined)
    const codes = indices(field, pieces, rows, known.codes.length)
    // Words that all differ have their own numbers.
    const same = known.codes.every((code, i) => code === i)
    return { codes: same ? codes : codes.map((code) => (code < 0 ? -1 : known.codes[code])), words: known.words }
  }
  if (field.type.kind !== 'text') throw new RangeError(`text is needed, found ${field.typeName}`)
  const parts = pieces.map((piece) => textCodes(field.type as IpcType & { kind: 'text' }, piece, list))
  if (parts.length === 1) return { codes: parts[0], words: list.words }
  const codes = new Int32Array(total(pieces))
  let at = 0
  for (const part of parts) {
    codes.set(part, at)
    at += part.length
  }
  return { codes, words: list.words }
}

function total(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}

/** Indices into a dictionary of `size` words, -1 for nulls. */
function indices(field: IpcField, pieces: readonly Piece[], rows: number, size: number): Int32Array {
  const { index } = field.dictionary!
  if (pieces.length === 1 && pieces[0].nulls === 0 && index.kind === 'int' && index.bytes === 4)
    return directIndices(field.name, pieces[0], size)
  const numbers = decodeNumbers(
    { ...field, type: field.dictionary!.index, dictionary: undefined },
    pieces,
    rows,
    undefined,
  )
  const out = new Int32Array(numbers.length)
  for (let i = 0; i < out.length; i++) {
    const value = numbers[i]
    if (!(value >= 0 && value < size) && !Number.isNaN(value))
      throw new RangeError(`${field.name} has index ${value} of ${size} words`)
    out[i] = Number.isNaN(value) ? -1 : value
  }
  return out
}

/** Indices of 32 bits as they lie in the file, where they are aligned. */
function directIndices(name: string, piece: Piece, size: number): Int32Array {
  const data = buffer(piece, 1)
  const n = piece.length
  if (data.length < n * 4) throw new RangeError(`${n} values are announced, ${data.length} bytes found`)
  const aligned = data.byteOffset % 4 === 0 ? data : new Uint8Array(data)
  const out = new Int32Array(aligned.buffer, aligned.byteOffset, n)
  for (let i = 0; i < n; i++) {
    if (!(out[i] >= 0 && out[i] < size)) throw new RangeError(`${name} has index ${out[i]} of ${size} words`)
  }
  return out
}

/** Bytes a row takes, as bits. */
function rowBits(type: IpcType): number {
  if (type.kind === 'bool') return 1
  return 'bytes' in type ? type.bytes * 8 : 0
}

/** Checks that the bytes of a piece are there before room for its values is made. */
function checkBytes(type: IpcType, piece: Piece): void {
  const bits = rowBits(type)
  if (bits === 0) return
  const bytes = announced(piece, 1)
  if (bytes * 8 < piece.length * bits)
    throw new RangeError(`${piece.length} values are announced, ${bytes} bytes found`)
}

/** Bytes that pieces are decompressed into, one after the other. */
interface Room {
  bytes: Uint8Array
}

/** The values of one piece. @param room where they may lie until the next piece */
function values(type: IpcType, piece: Piece, room?: Room): Float64Array {
  const n = piece.length
  if (type.kind === 'null') {
    // There are no bytes that could say whether there are so many rows.
    if (n > piece.budget.left / 8) throw new RangeError(`${n} rows without a byte`)
    piece.budget.left -= n * 8
    return new Float64Array(n).fill(Number.NaN)
  }
  const bits = rowBits(type)
  let out: Float64Array
  let aliased = false
  if ((type.kind === 'int' || type.kind === 'time') && piece.batch.codec === undefined) out = slices(type, piece)
  else {
    const data = bits === 0 ? undefined : buffer(piece, 1, room)
    if (!data || data.length * 8 < n * bits)
      throw new RangeError(`${n} values are announced, ${data?.length ?? 0} bytes found`)
    out = numbersOf(type, data, n)
    aliased = out.buffer === data.buffer
  }
  if (piece.nulls === 0) return out
  const valid = validity(piece)
  if (!valid) return out
  const own = aliased ? out.slice() : out
  for (let i = 0; i < n; i++) if (!((valid[i >> 3] >> (i & 7)) & 1)) own[i] = Number.NaN
  return own
}

/** Rows that are read at once where values are made anew anyway. */
const SLICE = 65536

/** Whole numbers and times, read in slices so that their bytes are never there as a whole beside what is made of them. */
function slices(type: IpcType & { bytes: number }, piece: Piece): Float64Array {
  const n = piece.length
  const { at, size } = place(piece, 1)
  if (size < n * type.bytes) throw new RangeError(`${n} values are announced, ${size} bytes found`)
  const out = new Float64Array(n)
  for (let from = 0; from < n; from += SLICE) {
    const to = Math.min(n, from + SLICE)
    const data = piece.batch.source.read(at + from * type.bytes, at + to * type.bytes, true)
    out.set(numbersOf(type, data, to - from), from)
  }
  return out
}

function numbersOf(type: IpcType, data: Uint8Array, n: number): Float64Array {
  switch (type.kind) {
    case 'float':
      return type.bytes === 8 ? doubles(data, n) : spread(type.bytes === 4 ? 'f4' : 'f2', data, n)
    case 'int':
      return type.bytes === 8 ? int64(data, n, type.signed) : spread(`${type.signed ? 'i' : 'u'}${type.bytes}`, data, n)
    case 'time': {
      const out = type.bytes === 8 ? int64(data, n, true) : spread('i4', data, n)
      const { unit } = type
      if (unit === 'day') for (let i = 0; i < n; i++) out[i] *= 86400000
      else if (unit !== 'ms') for (let i = 0; i < n; i++) out[i] = epochMs(out[i], unit)
      return out
    }
    case 'bool': {
      const out = new Float64Array(n)
      for (let i = 0; i < n; i++) out[i] = (data[i >> 3] >> (i & 7)) & 1
      return out
    }
    case 'decimal':
      return Float64Array.from({ length: n }, (_, i) =>
        decimalNumber(data.subarray(i * type.bytes, (i + 1) * type.bytes), type.scale, true),
      )
    default:
      throw new RangeError('numbers are needed')
  }
}

/** Doubles as they lie in the file where they are aligned, else copied. */
function doubles(data: Uint8Array, n: number): Float64Array {
  if (data.byteOffset % 8 === 0) return new Float64Array(data.buffer, data.byteOffset, n)
  // Not slice(): Buffer's gives a view.
  return new Float64Array(new Uint8Array(data.subarray(0, n * 8)).buffer)
}

/** The bits that say which values there are; undefined where all are. */
function validity(piece: Piece): Uint8Array | undefined {
  const bits = buffer(piece, 0)
  if (bits.length === 0 && piece.nulls <= 0) return undefined
  if (bits.length * 8 < piece.length) throw new RangeError('the marks of nulls are cut')
  return bits
}

function textCodes(type: IpcType & { kind: 'text' }, piece: Piece, list: WordList): Int32Array {
  const n = piece.length
  const width = type.form === 'offsets' ? 4 : type.form === 'large' ? 8 : 16
  const heads = buffer(piece, 1)
  const needed = n === 0 ? 0 : (type.form === 'views' ? n : n + 1) * width
  if (heads.length < needed) throw new RangeError(`${n} words are announced, ${heads.length} bytes found`)
  const valid = piece.nulls === 0 ? undefined : validity(piece)
  const data = type.form === 'views' ? heads : buffer(piece, 2)
  const further = type.form === 'views' ? Array.from({ length: piece.count - 2 }, (_, i) => buffer(piece, 2 + i)) : []
  const view = new DataView(heads.buffer, heads.byteOffset, heads.byteLength)
  // A word may begin with what looks like the mark of an encoding.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const codes = new Int32Array(n)
  const offset = (i: number) =>
    width === 4 ? view.getInt32(i * 4, true) : view.getUint32(i * 8, true) + view.getInt32(i * 8 + 4, true) * 4294967296
  let last: Uint8Array | undefined
  let lastCode = -1
  for (let i = 0; i < n; i++) {
    if (valid && !((valid[i >> 3] >> (i & 7)) & 1)) {
      codes[i] = -1
      continue
    }
    let source = data
    let from: number
    let to: number
    if (type.form === 'views') {
      const length = view.getInt32(i * 16, true)
      from = i * 16 + 4
      if (length > 12) {
        source = further[view.getInt32(i * 16 + 8, true)] ?? heads.subarray(0, 0)
        from = view.getInt32(i * 16 + 12, true)
      }
      to = from + length
    } else {
      from = offset(i)
      to = offset(i + 1)
    }
    if (!(from >= 0 && to >= from && to <= source.length)) throw new RangeError('a word lies outside its buffer')
    if (!last || !same(last, source, from, to)) {
      last = source.subarray(from, to)
      lastCode = list.code(decoder.decode(last.slice()))
    }
    codes[i] = lastCode
  }
  return codes
}

function same(a: Uint8Array, source: Uint8Array, from: number, to: number): boolean {
  if (a.length !== to - from) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== source[from + i]) return false
  return true
}

/** One buffer of a piece, decompressed. @param room where it may lie until the next one */
function buffer(piece: Piece, i: number, room?: Room): Uint8Array {
  const { batch, budget } = piece
  const length = announced(piece, i)
  const { at, size } = place(piece, i)
  const raw = batch.source.read(at, at + size, room !== undefined)
  if (batch.codec === undefined || size === 0) return raw
  const packed = raw.subarray(8)
  if (isPlain(raw)) return packed
  if (batch.codec > 1) throw new RangeError(`a codec of an unknown kind, ${batch.codec}`)
  if (room && room.bytes.length < length && length <= size * 16) room.bytes = new Uint8Array(length)
  const decompress = batch.codec === 0 ? lz4Decompress : zstdDecompress
  const out = decompress(packed, length, room?.bytes)
  if (out.length !== length) throw new RangeError(`${length} bytes are announced, ${out.length} come out`)
  budget.left -= length
  return out
}

/** Where a buffer lies in the source. */
function place({ batch, first }: Piece, i: number): { at: number; size: number } {
  const [at, size] = batch.buffers[first + i]
  if (at < 0 || size < 0 || at + size > batch.bytes) throw new RangeError('a buffer lies outside its batch')
  return { at: batch.at + at, size }
}

/** Bytes of a buffer after decompression, by its own word, which the budget must allow. */
function announced(piece: Piece, i: number): number {
  const { batch, budget } = piece
  const { at, size } = place(piece, i)
  if (batch.codec === undefined || size === 0) return size
  if (size < 8) throw new RangeError('a buffer is cut')
  const head = batch.source.read(at, at + 8)
  if (isPlain(head)) return size - 8
  const length = int64(head, 1, true)[0]
  if (length < 0) throw new RangeError('a buffer of less than no bytes')
  if (length > budget.left) throw new RangeError(`more than ${budget.left} bytes come out`)
  return length
}

/** A length of -1 marks a buffer that is not compressed although others are. */
function isPlain(raw: Uint8Array): boolean {
  return int64(raw, 1, true)[0] === -1
}
