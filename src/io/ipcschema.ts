import type { FlatTable } from './flatbuffer.ts'

/** The types of Arrow that are told apart here; `skip` ones have their buffers counted and nothing more. */
export type IpcType =
  | { kind: 'int'; bytes: 1 | 2 | 4 | 8; signed: boolean }
  | { kind: 'float'; bytes: 2 | 4 | 8 }
  | { kind: 'decimal'; bytes: number; scale: number }
  | { kind: 'bool' }
  | { kind: 'null' }
  | { kind: 'text'; form: 'offsets' | 'large' | 'views' }
  /** `local`: of a clock that is not named. */
  | { kind: 'time'; bytes: 4 | 8; unit: 'day' | 's' | 'ms' | 'us' | 'ns'; local: boolean }
  | { kind: 'list'; width: number }
  | { kind: 'skip' }

/** A field of a schema. */
export interface IpcField {
  name: string
  type: IpcType
  /** As the format writes it, for errors. */
  typeName: string
  /** Id and index type where values are indices into a dictionary of `type`. */
  dictionary?: { id: number; index: IpcType }
  /** Buffers that belong to the field itself, without its children; -1: as many as the batch says, after two. */
  buffers: number
  children: readonly IpcField[]
}

/** Fields of a schema message, and the ids of dictionaries with what they hold. */
export interface IpcSchema {
  fields: readonly IpcField[]
  dictionaries: ReadonlyMap<number, IpcField>
  metadata: ReadonlyMap<string, string>
}

/** Most fields, and the deepest nesting, that are read: a damaged schema can name one field again and again. */
const FIELD_LIMIT = 10000
const DEPTH_LIMIT = 32

/** Reads a schema. @throws RangeError */
export function readSchema(table: FlatTable): IpcSchema {
  if (table.i16(0) !== 0) throw new RangeError('big-endian data')
  const dictionaries = new Map<number, IpcField>()
  let count = 0
  const read = (field: FlatTable, depth: number): IpcField => {
    if (++count > FIELD_LIMIT || depth > DEPTH_LIMIT) throw new RangeError('too many fields')
    const name = field.text(0) ?? ''
    const found = TYPES[field.u8(2)]?.(field.table(3))
    if (!found) throw new RangeError(`column ${JSON.stringify(name)} has a type of an unknown kind, ${field.u8(2)}`)
    const [typeName, type, buffers] = found
    const children = field.tables(5).map((child) => read(child, depth + 1))
    const encoding = field.table(4)
    if (!encoding) return { name, type, typeName, buffers, children }
    const id = encoding.i64(0)
    const indexType = encoding.table(1)
    const index: IpcType = indexType ? intType(indexType) : { kind: 'int', bytes: 4, signed: true }
    dictionaries.set(id, { name, type, typeName, buffers, children })
    return { name, type, typeName: `Dictionary<${typeName}>`, dictionary: { id, index }, buffers: 2, children: [] }
  }
  const fields = table.tables(1).map((field) => read(field, 0))
  const metadata = new Map(table.tables(2).map((pair) => [pair.text(0) ?? '', pair.text(1) ?? '']))
  return { fields, dictionaries, metadata }
}

function intType(table: FlatTable): IpcType & { kind: 'int' } {
  const bits = table.i32(0)
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) throw new RangeError(`whole numbers of ${bits} bits`)
  return { kind: 'int', bytes: (bits / 8) as 1 | 2 | 4 | 8, signed: table.u8(1) !== 0 }
}

const UNITS = ['s', 'ms', 'us', 'ns'] as const

function unitOf(table: FlatTable | undefined, otherwise: number): (typeof UNITS)[number] {
  const unit = UNITS[table?.i16(0, otherwise) ?? otherwise]
  if (!unit) throw new RangeError('a time unit of an unknown kind')
  return unit
}

type TypeReader = (table: FlatTable | undefined) => [name: string, type: IpcType, buffers: number]

const skip =
  (name: string, buffers: number): TypeReader =>
  () => [name, { kind: 'skip' }, buffers]
const text =
  (name: string, form: 'offsets' | 'large' | 'views'): TypeReader =>
  () => [name, { kind: 'text', form }, form === 'views' ? -1 : 3]

/** By number in the `Type` union of Schema.fbs. */
const TYPES: readonly (TypeReader | undefined)[] = [
  undefined,
  () => ['Null', { kind: 'null' }, 0],
  (table) => {
    if (!table) throw new RangeError('a type without its table')
    const type = intType(table)
    return [`${type.signed ? 'Int' : 'Uint'}${type.bytes * 8}`, type, 2]
  },
  (table) => {
    const bytes = ([2, 4, 8] as const)[table?.i16(0) ?? 0]
    if (!bytes) throw new RangeError('a precision of an unknown kind')
    return [`Float${bytes * 8}`, { kind: 'float', bytes }, 2]
  },
  skip('Binary', 3),
  text('Utf8', 'offsets'),
  () => ['Bool', { kind: 'bool' }, 2],
  (table) => {
    const bits = table?.i32(2, 128) ?? 128
    const scale = table?.i32(1) ?? 0
    if (![32, 64, 128, 256].includes(bits) || Math.abs(scale) > 100)
      throw new RangeError('a decimal of an unknown kind')
    return [`Decimal${bits}`, { kind: 'decimal', bytes: bits / 8, scale }, 2]
  },
  (table) =>
    table?.i16(0, 1) === 0
      ? ['Date32', { kind: 'time', bytes: 4, unit: 'day', local: true }, 2]
      : ['Date64', { kind: 'time', bytes: 8, unit: 'ms', local: true }, 2],
  skip('Time', 2),
  (table) => {
    const unit = unitOf(table, 0)
    const zone = table?.text(1)
    return [`Timestamp<${unit}${zone ? `, ${zone}` : ''}>`, { kind: 'time', bytes: 8, unit, local: !zone }, 2]
  },
  skip('Interval', 2),
  skip('List', 2),
  skip('Struct', 1),
  (table) => ['Union', { kind: 'skip' }, (table?.i16(0) ?? 0) === 0 ? 1 : 2],
  skip('FixedSizeBinary', 2),
  (table) => {
    const width = table?.i32(0) ?? 0
    return [`FixedSizeList<${width}>`, { kind: 'list', width }, 1]
  },
  skip('Map', 2),
  skip('Duration', 2),
  skip('LargeBinary', 3),
  text('LargeUtf8', 'large'),
  skip('LargeList', 2),
  skip('RunEndEncoded', 0),
  skip('BinaryView', -1),
  text('Utf8View', 'views'),
  skip('ListView', 3),
  skip('LargeListView', 3),
]
