import { FillgridError, show } from '../errors.ts'
import { strangeNameError } from '../market/names.ts'

/** What a column holds: numbers, whole numbers, a time (ms UTC), an index into the assets or into `labels`, a flag. */
export type ColumnKind = 'f64' | 'i32' | 'time' | 'asset' | 'label' | 'bool'

/** One column of a table: its names in TypeScript and in files, and what its values mean. */
export interface Column {
  /** camelCase. */
  name: string
  /** snake_case, used in files. */
  field: string
  kind: ColumnKind
  /** Words for the values of a `label` column, by value; an empty word reads as null. */
  labels?: readonly string[]
  /** For example 'currency', 'price', 'units', 'bars', 'fraction', ''. */
  unit: string
  doc: string
}

/** A decoded cell: NaN and empty labels are null, times are ISO 8601 UTC. */
export type Cell = number | string | boolean | null

/** The raw values of a column. */
export type Values = Float64Array | Int32Array

/** Columns of equal length; what every result is read from and every file is written from. */
export class Table {
  readonly length: number
  readonly columns: readonly Column[]
  readonly assets: readonly string[]
  readonly #values: Map<string, Values>
  readonly #make: ((column: Column) => Values) | undefined

  /**
   * @param values one array a column, by name (times in ms; assets, labels and flags as numbers), or how many rows
   * there are and a function that makes a column when it is first asked for
   */
  constructor(
    columns: readonly Column[],
    values: ReadonlyMap<string, Values> | { rows: number; make: (column: Column) => Values },
    assets: readonly string[],
  ) {
    this.columns = columns
    this.assets = assets
    if ('rows' in values) {
      this.#values = new Map()
      this.#make = values.make
      this.length = values.rows
      return
    }
    this.#values = new Map(values)
    this.length = columns.length === 0 ? 0 : (values.get(columns[0].name)?.length ?? 0)
    for (const column of columns) {
      const found = values.get(column.name)?.length
      if (found !== this.length)
        throw new FillgridError(
          'invalid_value',
          `table: ${this.length} values a column expected, found ${found} in ${column.name}. Make all of one length.`,
          { column: column.name },
        )
    }
  }

  /** The raw values of a column by its camelCase name. @throws FillgridError unknown_name */
  values(name: string): Values {
    let values = this.#values.get(name)
    if (!values && this.#make) {
      const column = this.columns.find((c) => c.name === name)
      if (column) {
        values = this.#make(column)
        this.#values.set(name, values)
      }
    }
    if (!values) throw this.#unknown(name)
    return values
  }

  /** What a column is, by its camelCase name. @throws FillgridError unknown_name */
  column(name: string): Column {
    const column = this.columns.find((one) => one.name === name)
    if (!column) throw this.#unknown(name)
    return column
  }

  /** One cell, decoded. */
  cell(column: Column, row: number): Cell {
    const value = this.values(column.name)[row]
    switch (column.kind) {
      case 'time':
        return Number.isNaN(value) ? null : new Date(value).toISOString()
      case 'asset':
        return this.assets[value] ?? null
      case 'label':
        return column.labels?.[value] || null
      case 'bool':
        return value !== 0
      default:
        return Number.isNaN(value) ? null : value
    }
  }

  /** One row, decoded, with camelCase names. @throws FillgridError out_of_range */
  row(row: number): Record<string, Cell> {
    if (!(Number.isInteger(row) && row >= 0 && row < this.length))
      throw new FillgridError(
        'out_of_range',
        `table: ${this.length === 0 ? 'it has no rows' : `rows run from 0 to ${this.length - 1}`}, found ${show(row)}.`,
      )
    const out: Record<string, Cell> = {}
    for (const column of this.columns) out[column.name] = this.cell(column, row)
    return out
  }

  #unknown(name: string): FillgridError {
    const names = this.columns.map((one) => one.name)
    return strangeNameError('table', 'one of its columns', name, names)
  }

  *[Symbol.iterator](): Generator<Record<string, Cell>> {
    for (let i = 0; i < this.length; i++) yield this.row(i)
  }
}

/** The table that a function is given. @throws FillgridError invalid_value for anything else */
export function expectTable(given: unknown, subject: string): asserts given is Table {
  if (!(given instanceof Table))
    throw new FillgridError(
      'invalid_value',
      `${subject}: a Table expected, found ${show(given)}. For example result.trades.`,
    )
}
