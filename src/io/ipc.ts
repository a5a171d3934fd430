import { type ByteSource, sourceOf } from './bytes.ts'
import type { SourceColumn, SourceTable } from './columns.ts'
import { FlatTable } from './flatbuffer.ts'
import { type IpcField, type IpcSchema, readSchema } from './ipcschema.ts'
import { type Batch, decodeNumbers, decodeWords, type Piece } from './ipcvalues.ts'

/** An Arrow table whose columns are decoded when they are asked for. */
export interface IpcTable extends SourceTable {
  /** Key and value pairs of the schema. */
  metadata: ReadonlyMap<string, string>
  /** Lists of one length: the numbers of all rows, one list after the other, as views where they fit. @throws RangeError */
  panel(name: string): Float64Array
}

/**
 * Opens an Arrow IPC file (Feather 2 is one) or stream. Columns of doubles without nulls that lie in one batch are views
 * of the bytes; of a file that is read in parts they are what is read. Nothing is decoded before a column is asked for. Every offset and length is checked against the bytes
 * there are before anything is allocated.
 *
 * @param limit most bytes that decompressed buffers may have together
 * @throws RangeError for anything that is not a whole table; columns throw it when they are decoded
 */
export function openIpc(bytes: Uint8Array | ByteSource, file: string, limit: number): IpcTable {
  const source = bytes instanceof Uint8Array ? sourceOf(bytes) : bytes
  const blocks = isFile(source.read(0, Math.min(6, source.size))) ? fileBlocks(source) : streamBlocks(source)
  const { schema } = blocks
  const budget = { left: limit }
  const dictionaries = new Map<number, Piece[]>()
  for (const { id, delta, batch } of blocks.dictionaries) {
    const field = schema.dictionaries.get(id)
    if (!field) throw new RangeError(`a dictionary ${id} that no column has`)
    const pieces = piecesOf([field], batch, budget)
    dictionaries.set(id, [...(delta ? (dictionaries.get(id) ?? []) : []), pieces[0]])
  }
  const batches = blocks.batches.map((batch) => piecesOf(schema.fields, batch, budget))
  const rows = blocks.batches.reduce((sum, batch) => sum + batch.length, 0)
  const columns = schema.fields.map((field, i) =>
    column(
      field,
      batches.map((pieces) => pieces[i]),
      rows,
      dictionaries,
    ),
  )
  const panel = (name: string) => {
    const at = schema.fields.findIndex((field) => field.name === name)
    const { type, children } = schema.fields[at] ?? {}
    if (type?.kind !== 'list' || children?.length !== 1) throw new RangeError(`${name} is no column of lists`)
    const parts = batches.map((pieces) => pieces[at])
    const whole = parts.every(
      ({ nulls, length, children: [item] }) => nulls === 0 && item.length === length * type.width,
    )
    if (!whole) throw new RangeError(`${name} has lists of other lengths`)
    return decodeNumbers(
      children[0],
      parts.map(({ children: [item] }) => item),
      rows * type.width,
      undefined,
    )
  }
  return { file, format: 'arrow', rows, columns, metadata: schema.metadata, panel }
}

function column(
  field: IpcField,
  pieces: readonly Piece[],
  rows: number,
  dictionaries: ReadonlyMap<number, readonly Piece[]>,
): SourceColumn {
  const { type, dictionary } = field
  const numeric = type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal' || type.kind === 'bool'
  const kind =
    numeric || type.kind === 'null' ? 'number' : type.kind === 'skip' || type.kind === 'list' ? 'other' : type.kind
  const held = () => {
    const found = dictionary && dictionaries.get(dictionary.id)
    if (dictionary && !found) throw new RangeError(`the dictionary of column ${JSON.stringify(field.name)} is missing`)
    return found
  }
  return {
    name: field.name,
    kind,
    type: field.typeName,
    local: type.kind === 'time' && type.local,
    numbers: () => decodeNumbers(field, pieces, rows, held()),
    words: () => decodeWords(field, pieces, rows, held()),
  }
}

interface Blocks {
  schema: IpcSchema
  dictionaries: { id: number; delta: boolean; batch: Batch }[]
  batches: Batch[]
}

const MAGIC = 'ARROW1'
const SCHEMA = 1
const DICTIONARY = 2
const RECORDS = 3

function isFile(bytes: Uint8Array): boolean {
  return bytes.length >= 6 && String.fromCharCode(...bytes.subarray(0, 6)) === MAGIC
}

/** A file has a footer that says where its batches are. */
function fileBlocks(source: ByteSource): Blocks {
  const n = source.size
  const tail = n < 18 ? undefined : source.read(n - 10, n)
  if (!tail || !isFile(tail.subarray(4))) throw new RangeError('the end is missing')
  const size = new DataView(tail.buffer, tail.byteOffset).getInt32(0, true)
  if (size < 4 || size > n - 18) throw new RangeError('the footer is longer than the file')
  const footer = FlatTable.root(source.read(n - 10 - size, n - 10))
  const schema = footer.table(1)
  if (!schema) throw new RangeError('the schema is missing')
  const out: Blocks = { schema: readSchema(schema), dictionaries: [], batches: [] }
  for (const id of [2, 3]) {
    for (const [at, head, body] of footer.structs(id, 24, [0, -8, 16])) {
      if (at < 0 || head < 8 || body < 0 || at + head + body > n) throw new RangeError('a block lies outside the file')
      const message = messageAt(source, at, at + head)
      if (message?.kind !== (id === 2 ? DICTIONARY : RECORDS))
        throw new RangeError('a block is not what the footer says')
      add(out, message, source, at + head, body)
    }
  }
  return out
}

/** A stream is messages one after the other, the schema first. */
function streamBlocks(source: ByteSource): Blocks {
  let out: Blocks | undefined
  for (let at = 0; at < source.size; ) {
    const message = messageAt(source, at, source.size)
    if (!message) break
    const end = message.end + message.body
    if (end > source.size) throw new RangeError('a message is cut')
    if (message.kind === SCHEMA) {
      if (out) throw new RangeError('a second schema')
      const header = message.table.table(2)
      if (!header) throw new RangeError('the schema is missing')
      out = { schema: readSchema(header), dictionaries: [], batches: [] }
    } else if (!out) throw new RangeError('the schema is missing')
    else add(out, message, source, message.end, message.body)
    at = end
  }
  if (!out) throw new RangeError('the schema is missing')
  return out
}

interface Message {
  kind: number
  table: FlatTable
  /** Where its body begins, and its bytes. */
  end: number
  body: number
}

/** The message whose head lies in [at, limit); undefined for the mark of the end. */
function messageAt(source: ByteSource, at: number, limit: number): Message | undefined {
  if (at + 4 > limit) throw new RangeError('a message is cut')
  const bytes = source.read(at, Math.min(at + 8, limit))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let size = view.getInt32(0, true)
  let start = at + 4
  if (size === -1) {
    if (start + 4 > limit) throw new RangeError('a message is cut')
    size = view.getInt32(4, true)
    start += 4
  }
  if (size === 0) return undefined
  if (size < 0 || start + size > limit) throw new RangeError('a message is cut')
  const table = FlatTable.root(source.read(start, start + size))
  const body = table.i64(3)
  if (body < 0) throw new RangeError('a message is cut')
  return { kind: table.u8(1), table, end: start + size, body }
}

function add(out: Blocks, { kind, table }: Message, source: ByteSource, at: number, bytes: number): void {
  const header = table.table(2)
  if (kind !== DICTIONARY && kind !== RECORDS) return
  if (!header) throw new RangeError('a batch without its head')
  const records = kind === DICTIONARY ? header.table(1) : header
  if (!records) throw new RangeError('a dictionary without its values')
  const compression = records.table(3)
  const batch: Batch = {
    length: records.i64(0),
    nodes: records.structs(1, 16, [0, 8]),
    buffers: records.structs(2, 16, [0, 8]),
    codec: compression?.u8(0),
    views: records.structs(4, 8, [0]).map(([count]) => count),
    source,
    at,
    bytes,
  }
  if (batch.length < 0) throw new RangeError('a batch of less than no rows')
  if (kind === RECORDS) out.batches.push(batch)
  else out.dictionaries.push({ id: header.i64(0), delta: header.u8(2) !== 0, batch })
}

/** What belongs to each field of a batch: nodes and buffers stand in the order of the fields, children after parents. */
function piecesOf(fields: readonly IpcField[], batch: Batch, budget: { left: number }): Piece[] {
  let node = 0
  let buffer = 0
  let view = 0
  const take = (field: IpcField): Piece => {
    if (node >= batch.nodes.length) throw new RangeError('a batch has fewer columns than the schema')
    const [length, nulls] = batch.nodes[node++]
    let count = field.buffers
    if (count < 0) {
      if (view >= batch.views.length) throw new RangeError('a batch has fewer buffers than columns need')
      const further = batch.views[view++]
      if (!(further >= 0 && further <= batch.buffers.length)) throw new RangeError('a batch has too few buffers')
      count = 2 + further
    }
    if (buffer + count > batch.buffers.length) throw new RangeError('a batch has fewer buffers than columns need')
    const from = buffer
    buffer += count
    const children = field.children.map(take)
    return { batch, length, nulls, first: from, count, budget, children }
  }
  const pieces = fields.map(take)
  for (const piece of pieces) {
    if (piece.length !== batch.length) throw new RangeError('columns of a batch differ in length')
  }
  return pieces
}
