/**
 * Tables of a FlatBuffers buffer, read with every offset checked: a damaged buffer is a RangeError, never a read outside.
 * Source: FlatBuffers internals. Offsets to tables, vectors and strings only lead forward, so following them ends.
 */
export class FlatTable {
  readonly #view: DataView
  readonly #at: number
  readonly #fields: number
  readonly #vtable: number

  /** @param at where the table starts; the root table is `FlatTable.root`. */
  constructor(view: DataView, at: number) {
    this.#view = view
    this.#at = within(view, at, 4)
    this.#vtable = within(view, at - view.getInt32(at, true), 4)
    const bytes = view.getUint16(this.#vtable, true)
    within(view, this.#vtable, bytes)
    this.#fields = (bytes - 4) >> 1
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    within(view, 0, 4)
    return new FlatTable(view, view.getUint32(0, true))
  }

  /** Offset of a field of so many bytes; 0 where it is left out. */
  #field(id: number, bytes: number): number {
    if (id >= this.#fields) return 0
    const offset = this.#view.getUint16(this.#vtable + 4 + 2 * id, true)
    return offset === 0 ? 0 : within(this.#view, this.#at + offset, bytes)
  }

  u8(id: number, otherwise = 0): number {
    const at = this.#field(id, 1)
    return at === 0 ? otherwise : this.#view.getUint8(at)
  }

  i16(id: number, otherwise = 0): number {
    const at = this.#field(id, 2)
    return at === 0 ? otherwise : this.#view.getInt16(at, true)
  }

  i32(id: number, otherwise = 0): number {
    const at = this.#field(id, 4)
    return at === 0 ? otherwise : this.#view.getInt32(at, true)
  }

  /** A 64-bit number. @throws RangeError where a double cannot hold it */
  i64(id: number, otherwise = 0): number {
    const at = this.#field(id, 8)
    return at === 0 ? otherwise : safe64(this.#view, at)
  }

  table(id: number): FlatTable | undefined {
    const at = this.#field(id, 4)
    return at === 0 ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true))
  }

  text(id: number): string | undefined {
    const vector = this.#vector(id, 1)
    if (!vector) return undefined
    const { buffer, byteOffset } = this.#view
    return new TextDecoder().decode(new Uint8Array(buffer, byteOffset + vector.at, vector.length).slice())
  }

  tables(id: number): FlatTable[] {
    const vector = this.#vector(id, 4)
    const out: FlatTable[] = []
    for (let i = 0; vector && i < vector.length; i++) {
      const at = vector.at + 4 * i
      out.push(new FlatTable(this.#view, at + this.#view.getUint32(at, true)))
    }
    return out
  }

  /** Structures of `bytes` bytes, each as its numbers: `words` has the byte offsets of 64-bit ones, a negative one of 32 bits. */
  structs(id: number, bytes: number, words: readonly number[]): number[][] {
    const vector = this.#vector(id, bytes)
    const out: number[][] = []
    for (let i = 0; vector && i < vector.length; i++) {
      const at = vector.at + bytes * i
      out.push(words.map((word) => (word < 0 ? this.#view.getInt32(at - word, true) : safe64(this.#view, at + word))))
    }
    return out
  }

  #vector(id: number, size: number): { at: number; length: number } | undefined {
    const field = this.#field(id, 4)
    if (field === 0) return undefined
    const at = within(this.#view, field + this.#view.getUint32(field, true), 4)
    const length = this.#view.getUint32(at, true)
    within(this.#view, at + 4, length * size)
    return { at: at + 4, length }
  }
}

function within(view: DataView, at: number, bytes: number): number {
  if (at < 0 || at + bytes > view.byteLength) throw new RangeError('flatbuffer: an offset leads outside')
  return at
}

function safe64(view: DataView, at: number): number {
  const value = view.getInt32(at + 4, true) * 4294967296 + view.getUint32(at, true)
  if (!Number.isSafeInteger(value)) throw new RangeError('flatbuffer: a number is too large')
  return value
}

/**
 * Writes a FlatBuffers buffer from its end to its start, children before what points to them. Positions are counted from
 * the end, as the format's builders do.
 */
export class FlatBuilder {
  #bytes = new Uint8Array(1024)
  #used = 0

  /** Makes room so that after `more` bytes the position is a multiple of `align`. */
  #room(more: number, align: number): void {
    const pad = -(this.#used + more) & (align - 1)
    while (this.#used + pad + more > this.#bytes.length) {
      const bigger = new Uint8Array(this.#bytes.length * 2)
      bigger.set(this.#bytes, this.#bytes.length)
      this.#bytes = bigger
    }
    this.#used += pad
  }

  #put(bytes: Uint8Array, align: number): number {
    this.#room(bytes.length, align)
    this.#used += bytes.length
    this.#bytes.set(bytes, this.#bytes.length - this.#used)
    return this.#used
  }

  #offset(to: number): void {
    this.#room(4, 4)
    this.#put(u32(this.#used + 4 - to), 4)
  }

  /** A string; its position. */
  text(text: string): number {
    const bytes = new TextEncoder().encode(text)
    this.#room(bytes.length + 5, 4)
    this.#put(Uint8Array.of(0), 1)
    this.#put(bytes, 1)
    return this.#put(u32(bytes.length), 4)
  }

  /** A vector of offsets; its position. */
  offsets(positions: readonly number[]): number {
    this.#room(positions.length * 4, 4)
    for (let i = positions.length - 1; i >= 0; i--) this.#offset(positions[i])
    return this.#put(u32(positions.length), 4)
  }

  /** A vector of structures that are given as bytes; its position. */
  structs(bytes: Uint8Array, count: number): number {
    this.#room(bytes.length, 8)
    this.#put(bytes, 1)
    return this.#put(u32(count), 4)
  }

  /** A table; its position. Fields in the order of their ids: numbers as bytes, others as positions. */
  table(fields: readonly (Uint8Array | number | undefined)[]): number {
    const ends: number[] = fields.map(() => 0)
    // Large fields first, so that little is lost to alignment.
    const order = fields.map((_, id) => id).filter((id) => fields[id] !== undefined)
    const size = (id: number) => (typeof fields[id] === 'number' ? 4 : (fields[id] as Uint8Array).length)
    order.sort((a, b) => size(b) - size(a) || a - b)
    for (const id of order) {
      const field = fields[id]!
      if (typeof field === 'number') this.#offset(field)
      else this.#put(field, field.length)
      ends[id] = this.#used
    }
    this.#room(4, 4)
    const at = this.#put(u32(0), 4)
    const vtable = new Uint8Array(4 + 2 * fields.length)
    const view = new DataView(vtable.buffer)
    view.setUint16(0, vtable.length, true)
    const tail = order.length === 0 ? at : Math.min(...order.map((id) => ends[id] - size(id)))
    view.setUint16(2, at - tail, true)
    ends.forEach((end, id) => {
      if (end > 0) view.setUint16(4 + 2 * id, at - end, true)
    })
    const table = this.#put(vtable, 2)
    new DataView(this.#bytes.buffer).setInt32(this.#bytes.length - at, table - at, true)
    return at
  }

  /** The buffer whose root is the table at a position. */
  finish(root: number): Uint8Array {
    this.#room(4, 8)
    this.#put(u32(this.#used + 4 - root), 4)
    return this.#bytes.slice(this.#bytes.length - this.#used)
  }
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer)
}

/** Little-endian bytes of a number, as a table's field. */
export function flatNumber(value: number, bytes: 1 | 2 | 4 | 8): Uint8Array {
  const out = new Uint8Array(bytes)
  const view = new DataView(out.buffer)
  if (bytes === 8) view.setBigInt64(0, BigInt(value), true)
  else if (bytes === 4) view.setInt32(0, value, true)
  else if (bytes === 2) view.setInt16(0, value, true)
  else view.setInt8(0, value)
  return out
}
