/** Types of the compact protocol. */
const TRUE = 1
const FALSE = 2
const BYTE = 3
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const MAP = 11
const STRUCT = 12

/** Deepest nesting that is followed. */
const DEPTH_LIMIT = 32

/** What is done with a field: it takes the value from the reader. Fields without an action are passed over. */
export type Fields = Readonly<Record<number, (type: number) => void>>

/**
 * Reads Thrift's compact protocol, which Parquet's metadata are written in. Every length is checked against the bytes
 * there are, so that damaged ones are a RangeError.
 */
export class ThriftReader {
  readonly #bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  /** A structure: each field goes to its action by its number. */
  struct(fields: Fields, depth = 0): void {
    if (depth > DEPTH_LIMIT) throw damaged('too deep')
    for (let id = 0; ; ) {
      const head = this.#byte()
      const type = head & 15
      if (head === 0) return
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4)
      const take = fields[id]
      if (take) take(type)
      else this.#skip(type, depth + 1)
    }
  }

  /** A list whose elements each go to an action. */
  list(type: number, take: (type: number) => void): void {
    if (type !== LIST && type !== SET) throw damaged('a list is needed')
    const [count, element] = this.#listHead()
    for (let i = 0; i < count; i++) take(element)
  }

  /** A nested structure. */
  nested(type: number, fields: Fields, depth = 1): void {
    if (type !== STRUCT) throw damaged('a structure is needed')
    this.struct(fields, depth)
  }

  /** A whole number of any width; those that a double cannot hold are rounded. */
  int(type: number): number {
    if (type < BYTE || type > I64) throw damaged('a whole number is needed')
    return type === BYTE ? (this.#byte() << 24) >> 24 : this.#zigzag()
  }

  /** A flag that is a field of its own. */
  bool(type: number): boolean {
    if (type !== TRUE && type !== FALSE) throw damaged('a flag is needed')
    return type === TRUE
  }

  text(type: number): string {
    if (type !== BINARY) throw damaged('text is needed')
    const n = this.#varint()
    const from = this.at
    this.#advance(n)
    return new TextDecoder().decode(this.#bytes.slice(from, this.at))
  }

  #skip(type: number, depth: number): void {
    if (depth > DEPTH_LIMIT) throw damaged('too deep')
    if (type === TRUE || type === FALSE) return
    if (type === BYTE) this.#advance(1)
    else if (type > BYTE && type <= I64) this.#varint()
    else if (type === DOUBLE) this.#advance(8)
    else if (type === BINARY) this.#advance(this.#varint())
    else if (type === LIST || type === SET) {
      const [count, element] = this.#listHead()
      for (let i = 0; i < count; i++) this.#skip(element === TRUE || element === FALSE ? BYTE : element, depth + 1)
    } else if (type === MAP) {
      const count = this.#varint()
      const types = count === 0 ? 0 : this.#byte()
      if (count > this.#bytes.length - this.at) throw damaged('a map is cut')
      for (let i = 0; i < count; i++) {
        this.#skip(types >> 4, depth + 1)
        this.#skip(types & 15, depth + 1)
      }
    } else if (type === STRUCT) this.struct({}, depth)
    else throw damaged(`a value of an unknown type, ${type}`)
  }

  /** Elements and their type; every element takes a byte at least. */
  #listHead(): [count: number, element: number] {
    const head = this.#byte()
    const count = head >> 4 === 15 ? this.#varint() : head >> 4
    if (count > this.#bytes.length - this.at) throw damaged('a list is cut')
    return [count, head & 15]
  }

  #advance(n: number): void {
    if (n > this.#bytes.length - this.at) throw damaged('a value is cut')
    this.at += n
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) throw damaged('the end is missing')
    return this.#bytes[this.at++]
  }

  #varint(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
    throw damaged('a number is too long')
  }

  #zigzag(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

function damaged(why: string): RangeError {
  return new RangeError(`thrift: ${why}`)
}
