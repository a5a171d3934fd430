import { FlatBuilder, flatNumber } from './flatbuffer.ts'

/** A column to be written. Words by number: a number without a word, or with an empty one, is null. */
export type IpcColumn =
  | { name: string; type: 'float64'; values: Float64Array }
  | { name: string; type: 'int32'; values: Int32Array }
  /** Milliseconds UTC; NaN is null. Written in whole units. */
  | { name: string; type: 'timestamp'; values: Float64Array; unit?: 'ms' | 'us' }
  | { name: string; type: 'dictionary'; values: ArrayLike<number>; words: readonly string[] }
  /** Lists of `width` doubles a row, one after the other. */
  | { name: string; type: 'panel'; values: Float64Array; width: number }
  /** Anything but zero is true. */
  | { name: string; type: 'bool'; values: ArrayLike<number> }

const ALIGN = 64
const SCHEMA = 1
const DICTIONARY = 2
const RECORDS = 3
const V5 = 4

/** By number in the `Type` union of Schema.fbs. */
const INT = 2
const FLOAT = 3
const UTF8 = 5
const BOOL = 6
const TIMESTAMP = 10
const FIXED_LIST = 16

/**
 * Columns of equal length as an Arrow IPC file of one record batch, in parts to be written one after the other. Columns of
 * doubles and of 32-bit numbers are parts themselves, not copies: write them before they change. Buffers lie on 64-byte
 * lines of the file. Equal columns give equal bytes.
 *
 * @param metadata key and value pairs of the schema
 */
export function ipcParts(columns: readonly IpcColumn[], metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  const rows = columns.length === 0 ? 0 : rowsOf(columns[0])
  const file = new FileParts()
  file.add(Uint8Array.of(...new TextEncoder().encode('ARROW1'), 0, 0))
  const schema = new FlatBuilder()
  file.message(schema, SCHEMA, schemaTable(schema, columns, metadata), new Body())

  const dictionaries = columns.flatMap((column, id) => {
    if (column.type !== 'dictionary') return []
    const body = new Body()
    const node = body.text(column.words)
    const builder = new FlatBuilder()
    const records = body.table(builder, [node], column.words.length)
    const table = builder.table([id === 0 ? undefined : flatNumber(id, 8), records])
    return [file.message(builder, DICTIONARY, table, body)]
  })
  const body = new Body()
  const nodes = columns.flatMap((column) => body.column(column))
  const builder = new FlatBuilder()
  const batches = [file.message(builder, RECORDS, body.table(builder, nodes, rows), body)]

  file.add(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0))
  const footer = new FlatBuilder()
  const footerSchema = schemaTable(footer, columns, metadata)
  const blocks = (list: readonly Block[]) => footer.structs(blockBytes(list), list.length)
  const bytes = footer.finish(footer.table([flatNumber(V5, 2), footerSchema, blocks(dictionaries), blocks(batches)]))
  file.add(bytes)
  file.add(flatNumber(bytes.length, 4))
  file.add(new TextEncoder().encode('ARROW1'))
  return file.parts
}

/** `ipcParts` as one array. */
export function ipcBytes(columns: readonly IpcColumn[], metadata?: Readonly<Record<string, string>>): Uint8Array {
  const parts = ipcParts(columns, metadata)
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

interface Block {
  at: number
  head: number
  body: number
}

function blockBytes(blocks: readonly Block[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(blocks.length * 24))
  blocks.forEach(({ at, head, body }, i) => {
    view.setBigInt64(24 * i, BigInt(at), true)
    view.setInt32(24 * i + 8, head, true)
    view.setBigInt64(24 * i + 16, BigInt(body), true)
  })
  return new Uint8Array(view.buffer)
}

/** The parts of a file, and how many bytes they are. */
class FileParts {
  readonly parts: Uint8Array[] = []
  #bytes = 0

  add(part: Uint8Array): void {
    this.parts.push(part)
    this.#bytes += part.length
  }

  /** A message with its body: both begin on a line of the file. */
  message(builder: FlatBuilder, kind: number, header: number, body: Body): Block {
    const at = this.#bytes
    const table = builder.table([
      flatNumber(V5, 2),
      flatNumber(kind, 1),
      header,
      body.bytes === 0 ? undefined : flatNumber(body.bytes, 8),
    ])
    const bytes = builder.finish(table)
    // The body follows the head, so that the head's end decides where it lies.
    const pad = -(at + 8 + bytes.length) & (body.bytes === 0 ? 7 : ALIGN - 1)
    this.add(Uint8Array.of(255, 255, 255, 255))
    this.add(flatNumber(bytes.length + pad, 4))
    this.add(bytes)
    this.add(new Uint8Array(pad))
    for (const part of body.parts) this.add(part)
    return { at, head: 8 + bytes.length + pad, body: body.bytes }
  }
}

/** The buffers of a batch. */
class Body {
  readonly parts: Uint8Array[] = []
  readonly #buffers: { at: number; bytes: number }[] = []
  bytes = 0

  /** A buffer; the next one begins on a line. */
  #add(part: Uint8Array): void {
    this.#buffers.push({ at: this.bytes, bytes: part.length })
    const pad = -part.length & (ALIGN - 1)
    this.parts.push(part, new Uint8Array(pad))
    this.bytes += part.length + pad
  }

  /** Marks of what is there; nothing where all is. Returns how many are not. */
  #valid(n: number, valid: (i: number) => boolean): number {
    const bits = new Uint8Array(Math.ceil(n / 8))
    let nulls = 0
    for (let i = 0; i < n; i++) {
      if (valid(i)) bits[i >> 3] |= 1 << (i & 7)
      else nulls++
    }
    this.#add(nulls === 0 ? new Uint8Array(0) : bits)
    return nulls
  }

  /** Adds a column's buffers; length and count of nulls of it and of its child. */
  column(column: IpcColumn): [number, number][] {
    const n = column.values.length
    switch (column.type) {
      case 'float64':
      case 'int32': {
        const { values } = column
        this.#add(new Uint8Array(0))
        this.#add(new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength))
        return [[n, 0]]
      }
      case 'panel': {
        const { values } = column
        this.#add(new Uint8Array(0))
        this.#add(new Uint8Array(0))
        this.#add(new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength))
        return [
          [rowsOf(column), 0],
          [n, 0],
        ]
      }
      case 'timestamp': {
        const { values } = column
        const nulls = this.#valid(n, (i) => !Number.isNaN(values[i]))
        this.#add(int64Bytes(values, column.unit === 'us' ? 1000 : 1))
        return [[n, nulls]]
      }
      case 'dictionary': {
        const { values, words } = column
        const nulls = this.#valid(n, (i) => Boolean(words[values[i]]))
        const codes = Int32Array.from(values, (value) => (words[value] ? value : 0))
        this.#add(new Uint8Array(codes.buffer))
        return [[n, nulls]]
      }
      case 'bool': {
        const bits = new Uint8Array(Math.ceil(n / 8))
        for (let i = 0; i < n; i++) if (column.values[i] !== 0) bits[i >> 3] |= 1 << (i & 7)
        this.#add(new Uint8Array(0))
        this.#add(bits)
        return [[n, 0]]
      }
    }
  }

  /** Adds words as text. */
  text(words: readonly string[]): [number, number] {
    const encoder = new TextEncoder()
    const encoded = words.map((word) => encoder.encode(word))
    const ends = new Int32Array(words.length + 1)
    encoded.forEach((bytes, i) => {
      ends[i + 1] = ends[i] + bytes.length
    })
    const data = new Uint8Array(ends[words.length])
    encoded.forEach((bytes, i) => {
      data.set(bytes, ends[i])
    })
    this.#add(new Uint8Array(0))
    this.#add(new Uint8Array(ends.buffer))
    this.#add(data)
    return [words.length, 0]
  }

  /** The table of the batch; its position. */
  table(builder: FlatBuilder, nodes: readonly [number, number][], rows: number): number {
    const pairs = (list: readonly (readonly [number, number])[]) => {
      const view = new DataView(new ArrayBuffer(list.length * 16))
      list.forEach(([a, b], i) => {
        view.setBigInt64(16 * i, BigInt(a), true)
        view.setBigInt64(16 * i + 8, BigInt(b), true)
      })
      return builder.structs(new Uint8Array(view.buffer), list.length)
    }
    const buffers = pairs(this.#buffers.map(({ at, bytes }) => [at, bytes] as const))
    return builder.table([rows === 0 ? undefined : flatNumber(rows, 8), pairs(nodes), buffers])
  }
}

/**
 * The unit in which times are whole: milliseconds, microseconds for those of finer clocks; undefined where neither gives the
 * same doubles again.
 */
export function wholeUnit(values: Float64Array): 'ms' | 'us' | undefined {
  let unit: 'ms' | 'us' = 'ms'
  for (const time of values) {
    if (Number.isNaN(time) || (Number.isInteger(time) && !Object.is(time, -0))) continue
    if (Math.round(time * 1000) / 1000 !== time || time === 0) return undefined
    unit = 'us'
  }
  // Whole milliseconds far away are too many microseconds for a double.
  const most = Number.MAX_SAFE_INTEGER / 1000
  return unit === 'us' && values.some((time) => Math.abs(time) > most) ? undefined : unit
}

/** Whole units as 64-bit numbers; what is no number is zero. @param factor units a millisecond */
function int64Bytes(values: Float64Array, factor: 1 | 1000): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8))
  for (let i = 0; i < values.length; i++) {
    const value = Number.isNaN(values[i]) ? 0 : factor === 1 ? Math.trunc(values[i]) : Math.round(values[i] * factor)
    const high = Math.floor(value / 4294967296)
    view.setUint32(8 * i, value - high * 4294967296, true)
    view.setInt32(8 * i + 4, high, true)
  }
  return new Uint8Array(view.buffer)
}

function schemaTable(
  builder: FlatBuilder,
  columns: readonly IpcColumn[],
  metadata: Readonly<Record<string, string>>,
): number {
  const fields = columns.map((column, id) => {
    const [kind, type] = typeTable(builder, column)
    const dictionary =
      column.type === 'dictionary'
        ? builder.table([id === 0 ? undefined : flatNumber(id, 8), int32Table(builder)])
        : undefined
    const child = column.type === 'panel' ? [itemField(builder)] : []
    const children = builder.offsets(child)
    const name = builder.text(column.name)
    return builder.table([name, flatNumber(1, 1), flatNumber(kind, 1), type, dictionary, children])
  })
  const pairs = Object.entries(metadata).map(([key, value]) => {
    const text = builder.text(value)
    return builder.table([builder.text(key), text])
  })
  const pairVector = pairs.length === 0 ? undefined : builder.offsets(pairs)
  return builder.table([undefined, builder.offsets(fields), pairVector])
}

function int32Table(builder: FlatBuilder): number {
  return builder.table([flatNumber(32, 4), flatNumber(1, 1)])
}

/** The values of a list. */
function itemField(builder: FlatBuilder): number {
  const type = builder.table([flatNumber(2, 2)])
  const children = builder.offsets([])
  return builder.table([builder.text('item'), flatNumber(1, 1), flatNumber(FLOAT, 1), type, undefined, children])
}

/** Rows of a column. */
function rowsOf(column: IpcColumn): number {
  return column.type === 'panel' ? column.values.length / column.width : column.values.length
}

function typeTable(builder: FlatBuilder, column: IpcColumn): [kind: number, position: number] {
  switch (column.type) {
    case 'panel':
      return [FIXED_LIST, builder.table([flatNumber(column.width, 4)])]
    case 'float64':
      return [FLOAT, builder.table([flatNumber(2, 2)])]
    case 'int32':
      return [INT, int32Table(builder)]
    case 'timestamp': {
      const zone = builder.text('UTC')
      return [TIMESTAMP, builder.table([flatNumber(column.unit === 'us' ? 2 : 1, 2), zone])]
    }
    case 'dictionary':
      return [UTF8, builder.table([])]
    case 'bool':
      return [BOOL, builder.table([])]
  }
}
