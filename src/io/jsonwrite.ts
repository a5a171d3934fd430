import type { Column, Table, Values } from '../results/table.ts'

/** Rows of a part. */
const PART = 8192

/**
 * A table as JSON, an array of one object a row, in parts to be written one after the other: snake_case names; times ISO
 * 8601 UTC; NaN, missing times and empty words null. Numbers read back as the same doubles; infinite ones are 1e999, which
 * every reader of JSON takes for infinity.
 */
export function* tableToJson(table: Table): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  const cells = table.columns.map((column) => cellText(column, table.values(column.name), table.assets))
  const keys = table.columns.map((column, i) => `${i === 0 ? '{' : ','}${JSON.stringify(column.field)}:`)
  let text = '['
  for (let row = 0; row < table.length; row++) {
    text += row === 0 ? '\n' : ',\n'
    for (let i = 0; i < keys.length; i++) text += keys[i] + cells[i](row)
    text += keys.length === 0 ? '{}' : '}'
    if ((row + 1) % PART !== 0) continue
    yield encoder.encode(text)
    text = ''
  }
  yield encoder.encode(`${text}\n]\n`)
}

function cellText(column: Column, values: Values, assets: readonly string[]): (row: number) => string {
  switch (column.kind) {
    case 'time':
      return (row) => (Number.isNaN(values[row]) ? 'null' : `"${new Date(values[row]).toISOString()}"`)
    case 'bool':
      return (row) => (values[row] !== 0 ? 'true' : 'false')
    case 'f64':
    case 'i32':
      return (row) => numberText(values[row])
    default: {
      const words = column.kind === 'asset' ? assets : (column.labels ?? [])
      const known = words.map((word) => (word ? JSON.stringify(word) : 'null'))
      return (row) => known[values[row]] ?? 'null'
    }
  }
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? 'null' : value > 0 ? '1e999' : '-1e999'
}

/**
 * Data as JSON with two spaces and a line break at the end. Numbers read back as the same doubles, as in tables: NaN is null,
 * infinite ones are 1e999.
 */
export function jsonText(value: unknown): string {
  return `${nested(value, '\n')}\n`
}

function nested(value: unknown, line: string): string {
  if (typeof value === 'number') return numberText(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const inner = `${line}  `
  if (Array.isArray(value)) {
    const items = value.map((item) => nested(item, inner))
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${line}]`
  }
  const given = Object.entries(value).filter(([, one]) => one !== undefined)
  const items = given.map(([key, one]) => `${JSON.stringify(key)}: ${nested(one, inner)}`)
  return items.length === 0 ? '{}' : `{${inner}${items.join(`,${inner}`)}${line}}`
}
