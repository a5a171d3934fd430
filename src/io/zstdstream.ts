import type { ByteSource } from './bytes.ts'
import { Output } from './output.ts'
import { Xxh64 } from './xxhash.ts'
import { isSkippable, MAGIC, readHeader } from './zstd.ts'
import { BLOCK_LIMIT, BlockDecoder, blockHead, damaged } from './zstdblock.ts'

/** Bytes of a file that are read at once. */
const READ = 1048576
/** Bytes before a block that its decoder may look at. */
const BEFORE = 16
/** Most bytes of a frame's head. */
const HEAD = 18
/** What comes out is moved back to the window when so much more than it is there. */
const SLACK = 524288
/** Room that is made for a window because a frame says so; more is made when it comes. */
const TRUSTED = 8388608

/**
 * Decompresses Zstandard frames of a file piece by piece: only the window of the frame is held, as far back as its copies
 * reach, which the usual levels set to some megabytes. The checks are those of `zstdDecompress`.
 *
 * @param take gets each piece, which is only valid until the next one, and how much of the file was read; true ends it there
 * @returns bytes that the first frame announces, 0 where it does not
 * @throws RangeError for anything that is not whole frames
 */
export function eachZstdPiece(
  source: ByteSource,
  take: (bytes: Uint8Array, read: number) => boolean | undefined,
): number {
  const input = new Input(source)
  const out = new Output(0, Number.POSITIVE_INFINITY)
  const decoder = new BlockDecoder(out)
  if (source.size === 0) throw damaged('nothing is there')
  let announced: number | undefined
  let p = 0
  while (p < source.size) {
    const start = input.at(p, HEAD)
    const left = source.size - p
    if (left < 4) throw damaged('a frame is cut')
    const magic = input.view.getUint32(start, true)
    if (isSkippable(magic)) {
      if (left < 8) throw damaged('a frame is cut')
      p += 8 + input.view.getUint32(start + 4, true)
      if (p > source.size) throw damaged('a frame is cut')
      continue
    }
    if (magic !== MAGIC) throw damaged('no frame where one should start')
    const head = readHeader(input.view, start)
    announced ??= head.size ?? 0
    p += head.end - start
    decoder.begin()
    out.length = 0
    out.reserve(Math.min(head.window, TRUSTED) + SLACK + 2 * BLOCK_LIMIT)
    const hash = head.checksum ? new Xxh64() : undefined
    let total = 0
    for (let last = false; !last; ) {
      if (p + 3 > source.size) throw damaged('a block is cut')
      let at = input.at(p, 3)
      const word = input.view.getUint16(at, true) | (input.bytes[at + 2] << 16)
      const block = blockHead(word)
      last = block.last
      at = input.at(p, 3 + (block.kind === 1 ? 1 : block.size))
      if (out.length > head.window + SLACK) {
        out.bytes.copyWithin(0, out.length - head.window, out.length)
        out.length = head.window
      }
      const before = out.length
      decoder.input(input.bytes)
      p += decoder.block(word, at + 3, 0) - at
      const piece = out.bytes.subarray(before, out.length)
      total += piece.length
      if (head.size !== undefined && total > head.size)
        throw damaged(`more than the announced ${head.size} bytes come out`)
      hash?.update(piece)
      if (piece.length > 0 && take(piece, p)) return announced
    }
    if (head.size !== undefined && head.size !== total)
      throw damaged(`${head.size} bytes are announced, ${total} come out`)
    if (!hash) continue
    if (p + 4 > source.size) throw damaged('a checksum is cut')
    if (input.view.getUint32(input.at(p, 4), true) !== hash.low()) throw damaged('the checksum differs')
    p += 4
  }
  return announced ?? 0
}

/** A part of the file that holds what is read next, and a little of what was before it. */
class Input {
  bytes: Uint8Array = new Uint8Array(0)
  view: DataView = new DataView(this.bytes.buffer)
  readonly #source: ByteSource
  #from = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** Where the byte `p` of the file lies in `bytes`, after which `count` more follow, or as many as the file has. */
  at(p: number, count: number): number {
    const { size } = this.#source
    const end = Math.min(size, p + count)
    const from = Math.max(0, p - BEFORE)
    if (from < this.#from || end > this.#from + this.bytes.length) {
      this.bytes = this.#source.read(from, Math.min(size, Math.max(end, p + READ)), true)
      this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength)
      this.#from = from
    }
    return p - this.#from
  }
}
