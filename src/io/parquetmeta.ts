import { ThriftReader } from './thrift.ts'

/** How a column's values are stored; FIXED are byte arrays of one length. */
export type Physical = 'BOOLEAN' | 'INT32' | 'INT64' | 'INT96' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED'

/** What they mean. */
export type Meaning =
  | { kind: 'number'; signed: boolean }
  | { kind: 'half' }
  | { kind: 'decimal'; scale: number }
  /** `local`: of a clock that is not named. */
  | { kind: 'time'; unit: 'day' | 'ms' | 'us' | 'ns' | 'int96'; local: boolean }
  | { kind: 'text' }
  | { kind: 'other' }

/** A column that is not nested. */
export interface ParquetColumn {
  name: string
  physical: Physical
  /** Bytes of a FIXED value. */
  length: number
  optional: boolean
  meaning: Meaning
  /** As the format writes it, for errors. */
  typeName: string
}

/** The values of a column in one row group. */
export interface Chunk {
  codec: number
  values: number
  /** Where its pages begin, and their bytes. */
  at: number
  bytes: number
}

/** What a file's footer says. */
export interface ParquetMeta {
  rows: number
  columns: readonly ParquetColumn[]
  /** By row group: rows, and a chunk a column; undefined for nested columns. */
  groups: readonly { rows: number; chunks: readonly (Chunk | undefined)[] }[]
  metadata: ReadonlyMap<string, string>
}

const PHYSICAL: readonly Physical[] = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED']

interface Element {
  physical: Physical | undefined
  length: number
  repetition: number
  name: string
  children: number
  converted: number | undefined
  scale: number
  meaning: Meaning | undefined
}

interface RawGroup {
  rows: number
  chunks: { chunk: Chunk; physical: number; external: boolean; dictionary: number }[]
}

/**
 * Reads a footer's metadata and checks that all it points to lies before the footer.
 *
 * @param end offset of the footer in the file
 * @throws RangeError
 */
export function parquetMeta(footer: Uint8Array, end: number): ParquetMeta {
  const reader = new ThriftReader(footer)
  const elements: Element[] = []
  const groups: RawGroup[] = []
  const metadata = new Map<string, string>()
  let rows = 0
  reader.struct({
    2: (type) => reader.list(type, (t) => elements.push(readElement(reader, t))),
    3: (type) => {
      rows = reader.int(type)
    },
    4: (type) => reader.list(type, (t) => groups.push(readGroup(reader, t))),
    5: (type) =>
      reader.list(type, (t) => {
        let key = ''
        let value = ''
        reader.nested(t, {
          1: (k) => {
            key = reader.text(k)
          },
          2: (v) => {
            value = reader.text(v)
          },
        })
        metadata.set(key, value)
      }),
  })
  const { columns, leaves } = flatColumns(elements)
  let sum = 0
  const checked = groups.map((group) => {
    if (group.chunks.length !== leaves.length)
      throw new RangeError(`a row group has ${group.chunks.length} columns, the schema ${leaves.length}`)
    sum += group.rows
    const chunks: (Chunk | undefined)[] = columns.map(() => undefined)
    leaves.forEach((column, leaf) => {
      if (column < 0) return
      chunks[column] = checkChunk(group, leaf, columns[column], end)
    })
    return { rows: group.rows, chunks }
  })
  if (!(rows >= 0) || sum !== rows) throw new RangeError(`${rows} rows are announced, the row groups have ${sum}`)
  return { rows, columns, groups: checked, metadata }
}

function checkChunk(group: RawGroup, leaf: number, column: ParquetColumn, end: number): Chunk {
  const { chunk, physical, external, dictionary } = group.chunks[leaf]
  if (external) throw new RangeError(`column ${column.name} lies in another file`)
  if (PHYSICAL[physical] !== column.physical) throw new RangeError(`column ${column.name} differs from its schema`)
  // Some writers leave the dictionary's place out, or write zero.
  const at = dictionary > 0 && dictionary < chunk.at ? dictionary : chunk.at
  if (!(at >= 4 && chunk.bytes >= 0 && at + chunk.bytes <= end))
    throw new RangeError(`column ${column.name} lies outside the file`)
  if (chunk.values !== group.rows)
    throw new RangeError(`column ${column.name} has ${chunk.values} values in ${group.rows} rows`)
  return { ...chunk, at }
}

/** Columns at the top, and for every leaf of the schema which of them it is; -1 for what is nested. */
function flatColumns(elements: readonly Element[]): { columns: ParquetColumn[]; leaves: number[] } {
  if (elements.length === 0) throw new RangeError('the schema is missing')
  const columns: ParquetColumn[] = []
  const leaves: number[] = []
  let at = 1
  const walk = (children: number, depth: number) => {
    for (let i = 0; i < children; i++) {
      const element = elements[at++]
      if (!element || depth > 32) throw new RangeError('the schema is cut')
      const nested = element.children > 0 || element.physical === undefined
      const usable = depth === 0 && !nested && element.repetition !== 2
      if (depth === 0) columns.push(columnOf(element, usable))
      if (nested) walk(element.children, depth + 1)
      else leaves.push(usable ? columns.length - 1 : -1)
    }
  }
  walk(elements[0].children, 0)
  if (at !== elements.length) throw new RangeError('the schema has elements that belong nowhere')
  return { columns, leaves }
}

function columnOf(element: Element, usable: boolean): ParquetColumn {
  const { name, length, repetition, physical = 'BYTE_ARRAY' } = element
  const meaning: Meaning = usable ? meaningOf(element, physical) : { kind: 'other' }
  const typeName = usable ? `${physical}${meaning.kind === 'number' ? '' : ` ${meaning.kind}`}` : 'a nested type'
  return { name, physical, length, optional: repetition === 1, meaning, typeName }
}

/** What values mean, by the newer word (logical type) or the older one (converted type). */
function meaningOf({ meaning, converted, scale, length }: Element, physical: Physical): Meaning {
  const found = meaning ?? convertedMeaning(converted, scale)
  if (physical === 'INT96') return { kind: 'time', unit: 'int96', local: true }
  if (physical === 'BYTE_ARRAY') return found?.kind === 'decimal' || found?.kind === 'other' ? found : { kind: 'text' }
  if (physical === 'FIXED') {
    const fits = found?.kind === 'decimal' ? length > 0 && length <= 64 : found?.kind === 'half' && length === 2
    return fits ? found! : { kind: 'other' }
  }
  const whole = physical === 'INT32' || physical === 'INT64'
  if (!whole) return { kind: 'number', signed: true }
  if (found?.kind === 'text' || found?.kind === 'half') return { kind: 'other' }
  if (found?.kind === 'time' && (found.unit === 'day') !== (physical === 'INT32')) return { kind: 'other' }
  return found ?? { kind: 'number', signed: true }
}

function convertedMeaning(converted: number | undefined, scale: number): Meaning | undefined {
  if (converted === undefined) return undefined
  if (converted === 0 || converted === 4 || converted === 19) return { kind: 'text' }
  if (converted === 5) return decimal(scale)
  if (converted === 6) return { kind: 'time', unit: 'day', local: true }
  if (converted === 9) return { kind: 'time', unit: 'ms', local: false }
  if (converted === 10) return { kind: 'time', unit: 'us', local: false }
  if (converted >= 11 && converted <= 14) return { kind: 'number', signed: false }
  if (converted >= 15 && converted <= 18) return { kind: 'number', signed: true }
  return { kind: 'other' }
}

function decimal(scale: number): Meaning {
  if (!(scale >= 0 && scale <= 100)) throw new RangeError('a decimal with an impossible scale')
  return { kind: 'decimal', scale }
}

function readElement(reader: ThriftReader, type: number): Element {
  const out: Element = {
    physical: undefined,
    length: 0,
    repetition: 0,
    name: '',
    children: 0,
    converted: undefined,
    scale: 0,
    meaning: undefined,
  }
  reader.nested(type, {
    1: (t) => {
      out.physical = PHYSICAL[reader.int(t)]
      if (!out.physical) throw new RangeError('a physical type of an unknown kind')
    },
    2: (t) => {
      out.length = reader.int(t)
    },
    3: (t) => {
      out.repetition = reader.int(t)
    },
    4: (t) => {
      out.name = reader.text(t)
    },
    5: (t) => {
      out.children = reader.int(t)
    },
    6: (t) => {
      out.converted = reader.int(t)
    },
    7: (t) => {
      out.scale = reader.int(t)
    },
    10: (t) => {
      out.meaning = readMeaning(reader, t)
    },
  })
  return out
}

/** The logical type: a union, of which one field is there. */
function readMeaning(reader: ThriftReader, type: number): Meaning | undefined {
  let out: Meaning | undefined = { kind: 'other' }
  const is = (meaning: Meaning) => (t: number) => {
    reader.nested(t, {}, 2)
    out = meaning
  }
  reader.nested(type, {
    1: is({ kind: 'text' }),
    4: is({ kind: 'text' }),
    5: (t) => {
      let scale = 0
      reader.nested(t, {
        1: (s) => {
          scale = reader.int(s)
        },
      })
      out = decimal(scale)
    },
    6: is({ kind: 'time', unit: 'day', local: true }),
    8: (t) => {
      let unit: 'ms' | 'us' | 'ns' | undefined
      const unitIs = (name: 'ms' | 'us' | 'ns') => (u: number) => {
        reader.nested(u, {}, 4)
        unit = name
      }
      let utc = false
      const fields = {
        1: (u: number) => {
          utc = reader.bool(u)
        },
        2: (u: number) => reader.nested(u, { 1: unitIs('ms'), 2: unitIs('us'), 3: unitIs('ns') }, 3),
      }
      reader.nested(t, fields, 2)
      out = unit ? { kind: 'time', unit, local: !utc } : { kind: 'other' }
    },
    10: (t) => {
      let signed = true
      reader.nested(t, {
        2: (s) => {
          signed = reader.bool(s)
        },
      })
      out = { kind: 'number', signed }
    },
    12: is({ kind: 'text' }),
    15: is({ kind: 'half' }),
  })
  return out
}

function readGroup(reader: ThriftReader, type: number): RawGroup {
  const out: RawGroup = { rows: -1, chunks: [] }
  reader.nested(type, {
    1: (t) => reader.list(t, (u) => out.chunks.push(readChunk(reader, u))),
    3: (t) => {
      out.rows = reader.int(t)
    },
  })
  if (!(out.rows >= 0)) throw new RangeError('a row group without rows')
  return out
}

function readChunk(reader: ThriftReader, type: number): RawGroup['chunks'][number] {
  const chunk: Chunk = { codec: -1, values: -1, at: -1, bytes: -1 }
  const out = { chunk, physical: -1, external: false, dictionary: 0 }
  reader.nested(type, {
    1: (t) => {
      reader.text(t)
      out.external = true
    },
    3: (t) =>
      reader.nested(t, {
        1: (u) => {
          out.physical = reader.int(u)
        },
        4: (u) => {
          chunk.codec = reader.int(u)
        },
        5: (u) => {
          chunk.values = reader.int(u)
        },
        7: (u) => {
          chunk.bytes = reader.int(u)
        },
        9: (u) => {
          chunk.at = reader.int(u)
        },
        11: (u) => {
          out.dictionary = reader.int(u)
        },
      }),
  })
  return out
}
