import { decimalEnd, parseDecimal } from './decimal.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Deepest nesting of what is passed over. */
const DEPTH = 256

/**
 * Goes through JSON text byte by byte (RFC 8259; NaN and Infinity, which Python writes, are taken too). Nothing is kept:
 * what is read goes straight to its column, so that large files take little memory.
 *
 * Errors are RangeErrors that name the offset.
 */
export class JsonScanner {
  readonly bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3
  }

  /** The next byte that is not blank, which stays where it is; -1 at the end. */
  peek(): number {
    const { bytes } = this
    for (;;) {
      const c = bytes[this.at]
      if (c === 32 || c === 10 || c === 13 || c === 9) this.at++
      else return this.at < bytes.length ? c : -1
    }
  }

  #expect(byte: number): void {
    if (this.peek() !== byte) throw this.#bad(`${String.fromCharCode(byte)} is needed`)
    this.at++
  }

  /** Nothing may follow. */
  end(): void {
    if (this.peek() !== -1) throw this.#bad('the end is needed')
  }

  /** A list: the action reads each element. */
  list(element: () => void): void {
    this.#expect(OPEN_LIST)
    if (this.peek() === CLOSE_LIST) {
      this.at++
      return
    }
    for (;;) {
      element()
      const c = this.peek()
      this.at++
      if (c === CLOSE_LIST) return
      if (c !== COMMA) throw this.#bad('a comma or the end of a list is needed')
    }
  }

  /** An object: the action gets where the text of each key stands and reads its value. */
  object(value: (from: number, to: number) => void): void {
    this.#expect(OPEN_OBJECT)
    if (this.peek() === CLOSE_OBJECT) {
      this.at++
      return
    }
    for (;;) {
      const end = this.quoted()
      const from = this.at
      this.at = end + 1
      this.#expect(COLON)
      value(from, end)
      const c = this.peek()
      this.at++
      if (c === CLOSE_OBJECT) return
      if (c !== COMMA) throw this.#bad('a comma or the end of an object is needed')
    }
  }

  /** Moves past an opening quote; returns where the closing one is. */
  quoted(): number {
    this.#expect(QUOTE)
    const { bytes } = this
    for (let p = this.at; p < bytes.length; p++) {
      if (bytes[p] === QUOTE) return p
      if (bytes[p] === BACKSLASH) p++
    }
    throw this.#bad('a quote is not closed')
  }

  /** A string. */
  string(): string {
    const end = this.quoted()
    const text = this.text(this.at, end)
    this.at = end + 1
    return text
  }

  /** The text between quotes at [from, to), its escapes resolved. */
  text(from: number, to: number): string {
    const raw = new TextDecoder().decode(new Uint8Array(this.bytes.subarray(from, to)))
    if (!raw.includes('\\')) return raw
    try {
      return JSON.parse(`"${raw.replace(/[\n\r\t]/g, ' ')}"`) as string
    } catch {
      throw this.#bad('an escape is damaged')
    }
  }

  /** A number, true (1), false (0) or null (NaN). */
  number(): number {
    const { bytes } = this
    const c = this.peek()
    if (c === 0x2d || (c >= 48 && c <= 57)) {
      const value = parseDecimal(bytes, this.at, 46)
      if (!Number.isNaN(value)) {
        this.at = decimalEnd
        return value
      }
    }
    for (const [word, value] of WORDS) {
      if (!this.#word(word)) continue
      this.at += word.length
      return value
    }
    throw this.#bad('a value is needed')
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++) if (this.bytes[this.at + i] !== word.charCodeAt(i)) return false
    return true
  }

  /** Passes over a value of any kind. */
  skip(): void {
    const open: number[] = []
    for (;;) {
      const c = this.peek()
      if (c === OPEN_LIST || c === OPEN_OBJECT) {
        const close = c === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT
        if (open.length >= DEPTH) throw this.#bad('less nesting is needed')
        this.at++
        if (this.peek() !== close) {
          open.push(close)
          if (close === CLOSE_OBJECT) this.#key()
          continue
        }
        this.at++
      } else if (c === QUOTE) this.at = this.quoted() + 1
      else this.number()
      // After a value: what is open ends, or goes on after a comma.
      while (open.length > 0 && this.peek() === open.at(-1)) {
        open.pop()
        this.at++
      }
      if (open.length === 0) return
      this.#expect(COMMA)
      if (open.at(-1) === CLOSE_OBJECT) this.#key()
    }
  }

  #key(): void {
    this.at = this.quoted() + 1
    this.#expect(COLON)
  }

  #bad(rule: string): RangeError {
    const found = this.at < this.bytes.length ? JSON.stringify(String.fromCharCode(this.bytes[this.at])) : 'the end'
    return new RangeError(`JSON: ${rule} at byte ${this.at}, found ${found}`)
  }
}

const WORDS: readonly (readonly [string, number])[] = [
  ['null', Number.NaN],
  ['true', 1],
  ['false', 0],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]
