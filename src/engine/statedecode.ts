import { TAG, VIEWS, WORD, width } from './state.ts'
import { ByteReader, damaged } from './statebytes.ts'

/**
 * The data that `encodeState` has made bytes of, each object anew.
 *
 * @throws FillgridError snapshot_damaged for bytes that are none of these
 */
export function decodeState(bytes: Uint8Array): unknown {
  return new Decoder(bytes).decode()
}

class Decoder {
  readonly #in: ByteReader
  readonly #objects: object[] = []
  readonly #words: string[] = []
  /** Objects whose contents are still to be read. */
  readonly #queue: object[] = []

  constructor(bytes: Uint8Array) {
    this.#in = new ByteReader(bytes)
  }

  decode(): unknown {
    const value = this.#value()
    for (let at = 0; at < this.#queue.length; at++) this.#contents(this.#queue[at])
    if (this.#in.left > 0) throw damaged(`${this.#in.left} bytes too many`)
    return value
  }

  #value(): unknown {
    const tag = this.#in.u8()
    switch (tag) {
      case TAG.undefined:
        return undefined
      case TAG.null:
        return null
      case TAG.false:
        return false
      case TAG.true:
        return true
      case TAG.whole:
        return this.#in.count()
      case TAG.minus:
        return -this.#in.count()
      case TAG.number:
        return this.#in.f64()
      case TAG.text:
      case TAG.word:
        return this.#text(tag)
      case TAG.bigint:
        return toBigInt(this.#in.text())
      case TAG.known: {
        const object = this.#objects[this.#in.count()]
        if (object === undefined) throw damaged('an object that is not there')
        return object
      }
      default:
        return this.#object(tag)
    }
  }

  #text(tag: number): string {
    if (tag === TAG.text) {
      const text = this.#in.text()
      if (text.length <= WORD) this.#words.push(text)
      return text
    }
    const word = tag === TAG.word ? this.#words[this.#in.count()] : undefined
    if (word === undefined) throw damaged('a text that is not there')
    return word
  }

  #object(tag: number): object {
    switch (tag) {
      case TAG.object:
        return this.#holder({})
      case TAG.bare:
        return this.#holder(Object.create(null) as object)
      case TAG.list:
        return this.#holder([])
      case TAG.map:
        return this.#holder(new Map())
      case TAG.set:
        return this.#holder(new Set())
      case TAG.date:
        return this.#known(new Date(this.#in.f64()))
      case TAG.buffer:
        return this.#known(this.#in.raw(this.#in.count()).buffer)
      case TAG.view:
        return this.#view()
      default:
        throw damaged(`a value of kind ${tag}`)
    }
  }

  #known<T extends object>(object: T): T {
    this.#objects.push(object)
    return object
  }

  #holder<T extends object>(object: T): T {
    this.#queue.push(object)
    return this.#known(object)
  }

  #view(): object {
    // Numbered before its buffer, which is read first.
    const number = this.#objects.push({}) - 1
    const kind = this.#in.u8()
    const offset = this.#in.count()
    const length = this.#in.count()
    const buffer = this.#buffer()
    if (!(buffer instanceof ArrayBuffer) || kind >= VIEWS.length) throw damaged('a view of nothing')
    const bytes = width(kind)
    if (offset % bytes !== 0 || offset + length * bytes > buffer.byteLength) throw damaged('a view beyond its buffer')
    const View = VIEWS[kind] as new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView
    const made = new View(buffer, offset, length)
    this.#objects[number] = made
    return made
  }

  /** Nothing but a buffer, or the number of one: a view of a view of a view could go on without end. */
  #buffer(): unknown {
    const tag = this.#in.u8()
    if (tag === TAG.known) return this.#objects[this.#in.count()]
    return tag === TAG.buffer ? this.#object(tag) : undefined
  }

  #contents(holder: object): void {
    if (Array.isArray(holder)) this.#list(holder)
    else if (holder instanceof Map) {
      for (let n = this.#size(2); n > 0; n--) {
        const key = this.#value()
        holder.set(key, this.#value())
      }
    } else if (holder instanceof Set) {
      for (let n = this.#size(1); n > 0; n--) holder.add(this.#value())
    } else {
      for (let n = this.#size(2); n > 0; n--) {
        const key = this.#text(this.#in.u8())
        const value = this.#value()
        // Not by assignment where the name is one already, as `__proto__` is.
        if (key in holder)
          Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
        else (holder as Record<string, unknown>)[key] = value
      }
    }
  }

  #list(list: unknown[]): void {
    const length = this.#in.count()
    const values = this.#size(1)
    if (length >= 2 ** 32 || values > length) throw damaged('a list of no length')
    if (values === length) {
      for (let i = 0; i < length; i++) list.push(this.#value())
      return
    }
    list.length = length
    for (let n = 0; n < values; n++) {
      const index = this.#in.count()
      if (index >= length) throw damaged('a value behind its list')
      list[index] = this.#value()
    }
  }

  /** A number of entries, each of so many bytes at least. */
  #size(bytes: number): number {
    const size = this.#in.count()
    this.#in.need(size * bytes)
    return size
  }
}

function toBigInt(text: string): bigint {
  if (!/^-?[0-9a-f]+$/.test(text)) throw damaged('a bigint that is none')
  return text[0] === '-' ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}
