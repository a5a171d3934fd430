import { FillgridError, messageOf, show } from '../errors.ts'
import { ByteWriter } from './statebytes.ts'

// What a strategy remembers, as bytes: a form of our own, so that it is the same on every host and says what it cannot
// keep. A value is a tag and what follows it. Objects are numbered in the order in which they are first met; what they
// hold follows behind, one object after the other, so that depth costs no stack, and one that is met again is its number.

/** Tags of values. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A whole number below 2^53 in size, and its sign. */
  whole: 4,
  minus: 5,
  number: 6,
  text: 7,
  bigint: 8,
  /** An object that was met before: its number. */
  known: 9,
  object: 10,
  /** An object without a prototype. */
  bare: 11,
  list: 12,
  map: 13,
  set: 14,
  date: 15,
  buffer: 16,
  view: 17,
  /** A text that was met before: its number. */
  word: 18,
} as const

/** Views over a buffer, by number. */
export const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const

/** Texts longer than this are written each time. */
export const WORD = 64

/**
 * Plain data as bytes: null, undefined, booleans, numbers, bigints, texts, Date, Map, Set, ArrayBuffer, typed arrays,
 * lists and plain objects, nested, shared and in circles. Equal data give equal bytes.
 *
 * @param subject what the value is called in errors
 * @throws FillgridError invalid_strategy that names the place of what cannot be kept
 */
export function encodeState(value: unknown, subject = 'state'): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter()
  writeState(out, value, subject)
  return out.take()
}

/** The same behind what was written before. */
export function writeState(out: ByteWriter, value: unknown, subject: string): void {
  new Encoder(out, subject).encode(value)
}

/** Where in its holder a value stands: the name of a field, a place; of the keys of a map the places below 0. */
type Key = string | number

class Encoder {
  readonly #subject: string
  readonly #out: ByteWriter
  readonly #numbers = new Map<object, number>()
  readonly #words = new Map<string, number>()
  /** Objects whose contents are still to be written, in order, each with the place in this list of who holds it, and where. */
  readonly #holders: object[] = []
  readonly #from: number[] = []
  readonly #keys: Key[] = []
  /** Whose contents are being written. */
  #at = -1

  constructor(out: ByteWriter, subject: string) {
    this.#subject = subject
    this.#out = out
  }

  encode(value: unknown): void {
    try {
      this.#value(value, '')
      for (let at = 0; at < this.#holders.length; at++) {
        this.#at = at
        this.#contents(this.#holders[at])
      }
    } catch (error) {
      if (error instanceof FillgridError) throw error
      throw this.#cannot(undefined, `what cannot be read (${messageOf(error)})`, error)
    }
  }

  #value(value: unknown, key: Key): void {
    const out = this.#out
    if (value === undefined) out.u8(TAG.undefined)
    else if (value === null) out.u8(TAG.null)
    else if (typeof value === 'boolean') out.u8(value ? TAG.true : TAG.false)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'bigint') {
      out.u8(TAG.bigint)
      out.text(value.toString(16))
    } else if (typeof value === 'object') this.#object(value, key)
    else throw this.#cannot(key, `a ${typeof value}`)
  }

  #number(value: number): void {
    const whole = Number.isSafeInteger(value) && !Object.is(value, -0)
    this.#out.u8(whole ? (value < 0 ? TAG.minus : TAG.whole) : TAG.number)
    if (whole) this.#out.count(Math.abs(value))
    else this.#out.f64(value)
  }

  #text(value: string): void {
    const known = this.#words.get(value)
    if (known !== undefined) {
      this.#out.u8(TAG.word)
      this.#out.count(known)
      return
    }
    if (value.length <= WORD) this.#words.set(value, this.#words.size)
    this.#out.u8(TAG.text)
    this.#out.text(value)
  }

  #object(value: object, key: Key): void {
    const out = this.#out
    const known = this.#numbers.get(value)
    if (known !== undefined) {
      out.u8(TAG.known)
      out.count(known)
      return
    }
    const tag = this.#tagOf(value, key)
    this.#numbers.set(value, this.#numbers.size)
    out.u8(tag)
    if (tag === TAG.date) out.f64((value as Date).getTime())
    else if (tag === TAG.buffer) {
      const bytes = new Uint8Array(value as ArrayBuffer)
      out.count(bytes.length)
      out.raw(bytes)
    } else if (tag === TAG.view) this.#view(value as ArrayBufferView, key)
    else {
      this.#holders.push(value)
      this.#from.push(this.#at)
      this.#keys.push(key)
    }
  }

  #view(value: ArrayBufferView, key: Key): void {
    const kind = VIEWS.findIndex((view) => value instanceof view)
    this.#out.u8(kind)
    this.#out.count(value.byteOffset)
    this.#out.count(value.byteLength / width(kind))
    this.#value(value.buffer, key)
  }

  #tagOf(value: object, key: Key): number {
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype && !isExotic(value)) return TAG.object
    if (prototype === Array.prototype && Array.isArray(value)) return TAG.list
    if (prototype === Map.prototype && value instanceof Map) return this.#unnamed(value, key, TAG.map)
    if (prototype === Set.prototype && value instanceof Set) return this.#unnamed(value, key, TAG.set)
    if (prototype === Date.prototype && value instanceof Date) return this.#unnamed(value, key, TAG.date)
    if (prototype === ArrayBuffer.prototype) {
      if ((value as { resizable?: boolean }).resizable) throw this.#cannot(key, 'a buffer that can be resized')
      return this.#unnamed(value, key, TAG.buffer)
    }
    if (ArrayBuffer.isView(value) && VIEWS.some((view) => prototype === view.prototype)) {
      if (!(value.buffer instanceof ArrayBuffer)) throw this.#cannot(key, 'a view of shared memory')
      return TAG.view
    }
    if (!isExotic(value)) {
      if (prototype === null) return TAG.bare
      if (isPlain(prototype)) return TAG.object
    }
    const name = (value.constructor as { name?: unknown } | undefined)?.name
    throw this.#cannot(
      key,
      typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an instance of a class',
    )
  }

  /** Maps and the like keep what is in them, not what was hung on them. */
  #unnamed(value: object, key: Key, tag: number): number {
    const [first] = Reflect.ownKeys(value)
    if (first !== undefined) throw this.#cannot(key, `a property ${String(first)} of its own on it`)
    return tag
  }

  #contents(holder: object): void {
    const out = this.#out
    if (Array.isArray(holder)) this.#list(holder)
    else if (holder instanceof Map) {
      out.count(holder.size)
      let n = 0
      for (const [key, value] of holder) {
        this.#value(key, -1 - n)
        this.#value(value, typeof key === 'string' ? key : n)
        n++
      }
    } else if (holder instanceof Set) {
      out.count(holder.size)
      let n = 0
      for (const value of holder) this.#value(value, n++)
    } else this.#fields(holder)
  }

  #list(list: unknown[]): void {
    const keys = Object.keys(list)
    const { length } = list
    const named = keys.length > 0 && !isIndex(keys[keys.length - 1]) ? keys[keys.length - 1] : undefined
    if (named !== undefined) throw this.#cannot(undefined, `a list with a property ${named}`)
    this.#noSymbols(list)
    this.#out.count(length)
    this.#out.count(keys.length)
    if (keys.length === length) for (let i = 0; i < length; i++) this.#value(list[i], i)
    else
      for (const key of keys) {
        this.#out.count(Number(key))
        this.#value(list[Number(key)], Number(key))
      }
  }

  #fields(holder: object): void {
    const keys = Object.getOwnPropertyNames(holder)
    this.#noSymbols(holder)
    this.#out.count(keys.length)
    for (const key of keys) {
      const field = Object.getOwnPropertyDescriptor(holder, key)
      if (!field || !('value' in field)) throw this.#cannot(key, 'a getter or setter')
      if (!field.enumerable) throw this.#cannot(key, 'a hidden property')
      this.#text(key)
      this.#value(field.value, key)
    }
  }

  #noSymbols(holder: object): void {
    const [symbol] = Object.getOwnPropertySymbols(holder)
    if (symbol !== undefined) throw this.#cannot(symbol, 'a symbol for a name')
  }

  /** @param key of what cannot be kept, in what is being written; undefined where it is that itself */
  #cannot(key: Key | symbol | undefined, found: string, cause?: unknown): FillgridError {
    let path = key === undefined ? '' : segment(this.#holders[this.#at], key)
    for (let at = this.#at; at >= 0; at = this.#from[at]) {
      path = segment(this.#holders[this.#from[at]], this.#keys[at]) + path
      if (path.length > 400) {
        path = `...${path.slice(-120)}`
        break
      }
    }
    return new FillgridError(
      'invalid_strategy',
      `strategy: ${this.#subject}${path} cannot be kept: plain data, Map, Set, Date and typed arrays expected, found ${found}. Keep plain data in state, or give saveState and loadState.`,
      {},
      cause === undefined ? undefined : { cause },
    )
  }
}

/** How a value is reached from its holder; the outermost has none. */
function segment(holder: object | undefined, key: Key | symbol): string {
  if (holder === undefined) return ''
  if (typeof key === 'symbol') return `[${String(key)}]`
  if (Array.isArray(holder)) return `[${key}]`
  if (holder instanceof Map && typeof key === 'string') return `.get(${show(key)})`
  if (typeof key === 'number') return key < 0 ? `.keys()[${-1 - key}]` : `.values()[${key}]`
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${show(key)}]`
}

/** Bytes of an element of a view. */
export function width(kind: number): number {
  const view = VIEWS[kind]
  return view === DataView ? 1 : (view as Exclude<typeof view, DataViewConstructor>).BYTES_PER_ELEMENT
}

/** Whether something is a list or a view, whatever its prototype. */
function isExotic(value: object): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value)
}

/** Whether objects of this prototype are plain data: that of objects, also of another realm, or of a class without methods. */
function isPlain(prototype: object): boolean {
  for (let at = prototype; ; ) {
    const next = Object.getPrototypeOf(at)
    if (next === null) return Object.hasOwn(at, 'hasOwnProperty')
    if (Reflect.ownKeys(at).some((key) => key !== 'constructor')) return false
    at = next
  }
}

function isIndex(key: string): boolean {
  const index = Number(key)
  return Number.isInteger(index) && index >= 0 && index < 2 ** 32 - 1 && String(index) === key
}
