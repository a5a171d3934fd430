/** Bytes that grow up to a limit, for decompression: never more than twice what has come out, and the first guess. */
export class Output {
  bytes: Uint8Array
  length = 0
  readonly limit: number

  /**
   * @param size first guess; what comes out may be more, up to `limit`
   * @param room bytes to begin with, instead of new ones
   */
  constructor(size: number, limit: number, room?: Uint8Array) {
    this.limit = limit
    this.bytes =
      room && room.length >= Math.min(size, limit) ? room.subarray(0, limit) : new Uint8Array(Math.min(size, limit))
  }

  /** Makes room for `more` bytes after `length`. @throws RangeError past the limit */
  reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    if (needed > this.limit) throw new RangeError(`more than ${this.limit} bytes come out`)
    const bigger = new Uint8Array(Math.min(this.limit, Math.max(needed, this.bytes.length * 2)))
    bigger.set(this.bytes.subarray(0, this.length))
    this.bytes = bigger
  }

  /** Adds source[from .. to). @throws RangeError past the limit */
  append(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from)
    this.bytes.set(source.subarray(from, to), this.length)
    this.length += to - from
  }
}
