/** Rows as they were taken out of a run, a typed array a column; a column of zeros (no costs, no tags) is left out. */
export interface TablePart {
  rows: number
  /** The columns that only some rows need were written; else they say what `missing` says. */
  wide: boolean
  f64: readonly (Float64Array | undefined)[]
  i32: readonly (Int32Array | undefined)[]
}

/** The first rows of a part. */
export function cutPart(part: TablePart, rows: number): TablePart {
  return {
    rows,
    wide: part.wide,
    f64: part.f64.map((column) => column?.slice(0, rows)),
    i32: part.i32.map((column) => column?.slice(0, rows)),
  }
}

/** The rows of one table of the broker. A column is put together when it is first asked for. */
export class TableData {
  readonly rows: number
  /** Columns of doubles and of whole numbers. */
  readonly widths: { readonly f64: number; readonly i32: number }
  readonly #make: { f64(column: number): Float64Array; i32(column: number): Int32Array }
  readonly #f64: Float64Array[] = []
  readonly #i32: Int32Array[] = []

  constructor(
    rows: number,
    widths: { f64: number; i32: number },
    make: { f64(column: number): Float64Array; i32(column: number): Int32Array },
  ) {
    this.rows = rows
    this.widths = widths
    this.#make = make
  }

  f64(column: number): Float64Array {
    this.#f64[column] ??= this.#make.f64(column)
    return this.#f64[column]
  }

  i32(column: number): Int32Array {
    this.#i32[column] ??= this.#make.i32(column)
    return this.#i32[column]
  }

  /** The same rows in another order: row i is row `at[i]` of this table. */
  reordered(at: Int32Array): TableData {
    return new TableData(at.length, this.widths, {
      f64: (column) => pick(this.f64(column), at, new Float64Array(at.length)),
      i32: (column) => pick(this.i32(column), at, new Int32Array(at.length)),
    })
  }
}

type Kind = 'f64' | 'i32'
type Numbers = Float64Array | Int32Array

/** What a column says that was not written, from columns that were; undefined: zeros. */
export type Missing = (
  written: (kind: Kind, column: number) => Numbers | undefined,
  kind: Kind,
  column: number,
) => Numbers | undefined

/** A table of parts, one after the other. */
export function joinParts(
  parts: readonly TablePart[],
  widths: { f64: number; i32: number },
  missing: Missing,
): TableData {
  // Lists of their own: a part's column is let go as soon as it has been put together.
  const spans = parts.map(({ rows, wide }) => ({ rows, wide }))
  const pieces = {
    f64: Array.from({ length: widths.f64 }, (_, column) => parts.map((part) => part.f64[column])),
    i32: Array.from({ length: widths.i32 }, (_, column) => parts.map((part) => part.i32[column])),
  }
  const rows = spans.reduce((sum, span) => sum + span.rows, 0)
  const join = <T extends Numbers>(kind: Kind, column: number, list: (T | undefined)[], out: () => T): T => {
    if (list.length === 1 && list[0]) return list[0]
    if (!spans.some(({ wide }) => wide)) {
      const whole = missing((other, from) => table[other](from), kind, column)
      if (whole) return whole as T
    }
    const joined = out()
    let row = 0
    spans.forEach((span, i) => {
      const [from, to] = [row, row + span.rows]
      const written = (other: Kind, at: number) => table[other](at).subarray(from, to)
      const piece = list[i] ?? (span.wide ? undefined : missing(written, kind, column))
      if (piece) joined.set(piece, from)
      row = to
    })
    list.length = 0
    return joined
  }
  const table: TableData = new TableData(rows, widths, {
    f64: (column) => join('f64', column, pieces.f64[column], () => new Float64Array(rows)),
    i32: (column) => join('i32', column, pieces.i32[column], () => new Int32Array(rows)),
  })
  return table
}

function pick<T extends Float64Array | Int32Array>(values: T, at: Int32Array, out: T): T {
  for (let i = 0; i < at.length; i++) out[i] = values[at[i]]
  return out
}
