import { FillgridError } from '../errors.ts'

/** Bytes from which on they are not copied before the end. */
const LARGE = 4096

/** Texts up to so many letters are read at once. */
const SHORT = 64

/** Bytes that are written one after another. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  /** What comes before: what was written, and what was too large to be copied twice. */
  readonly #pieces: Uint8Array[] = []
  #length = 0

  /** What was written, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length + this.#at)
    let at = 0
    for (const piece of this.#pieces) {
      out.set(piece, at)
      at += piece.length
    }
    out.set(this.#bytes.subarray(0, this.#at), at)
    return out
  }

  u8(value: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = value
  }

  f64(value: number): void {
    this.#room(8)
    // NaN has many forms; equal states have equal bytes.
    this.#view.setFloat64(this.#at, Number.isNaN(value) ? Number.NaN : value, true)
    this.#at += 8
  }

  /** A whole number from 0 to 2^53, seven bits a byte. */
  count(value: number): void {
    this.#room(8)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  /** A text: a byte a unit where that holds all of them, else two. */
  text(value: string): void {
    let wide = false
    for (let i = 0; i < value.length && !wide; i++) wide = value.charCodeAt(i) > 255
    this.count(2 * value.length + (wide ? 1 : 0))
    this.#room(value.length * (wide ? 2 : 1))
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      this.#bytes[this.#at++] = unit & 255
      if (wide) this.#bytes[this.#at++] = unit >> 8
    }
  }

  /** Bytes that stay as they are until all is taken. */
  raw(bytes: Uint8Array): void {
    if (bytes.length >= LARGE) {
      this.#pieces.push(this.#bytes.slice(0, this.#at), bytes)
      this.#length += this.#at + bytes.length
      this.#at = 0
      return
    }
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** Bytes that are read one after another; whatever they say, nothing is read or made beyond them. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    this.need(1)
    return this.#bytes[this.#at++]
  }

  f64(): number {
    this.need(8)
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  count(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.u8()
      value += (byte & 127) * scale
      if (byte < 128) {
        if (value <= Number.MAX_SAFE_INTEGER) return value
        break
      }
    }
    throw damaged('a count that is too large')
  }

  text(): string {
    const size = this.count()
    const length = Math.floor(size / 2)
    const wide = size % 2 === 1
    this.need(length * (wide ? 2 : 1))
    if (!wide && length <= SHORT) {
      this.#at += length
      return String.fromCharCode(...this.#bytes.subarray(this.#at - length, this.#at))
    }
    const parts: string[] = []
    // In pieces, as a call takes so many arguments only.
    for (let from = 0; from < length; from += 4096) {
      const units = new Uint16Array(Math.min(4096, length - from))
      for (let i = 0; i < units.length; i++) {
        units[i] = this.#bytes[this.#at++]
        if (wide) units[i] |= this.#bytes[this.#at++] << 8
      }
      parts.push(String.fromCharCode(...units))
    }
    return parts.join('')
  }

  /** A copy of so many bytes. */
  raw(length: number): Uint8Array<ArrayBuffer> {
    this.need(length)
    this.#at += length
    // Not by slice: that of Node's Buffer, as files are read into, shares its memory.
    return new Uint8Array(this.#bytes.subarray(this.#at - length, this.#at))
  }

  /** @throws FillgridError snapshot_damaged where fewer bytes are left */
  need(bytes: number): void {
    if (bytes > this.left) throw damaged(`${this.left} bytes where ${bytes} are needed`)
  }
}

/** What tells that bytes or a snapshot are not as they were written. */
export function damaged(found: string): FillgridError {
  return new FillgridError(
    'snapshot_damaged',
    `snapshot: it must be whole and as it was taken, found ${found}. Take it from where it was written again.`,
  )
}
