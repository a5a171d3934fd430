/** Rows as they were taken out of a run, a typed array a column; a column of zeros (no costs, no tags) is left out. */
export interface TablePart {
  rows: number
  f64: readonly (Float64Array | undefined)[]
  i32: readonly (Int32Array | undefined)[]
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

/** A table of parts, one after the other. */
export function joinParts(parts: readonly TablePart[], widths: { f64: number; i32: number }): TableData {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  // Lists of their own: a part's column is let go as soon as it has been put together.
  const f64 = Array.from({ length: widths.f64 }, (_, column) => parts.map((part) => part.f64[column]))
  const i32 = Array.from({ length: widths.i32 }, (_, column) => parts.map((part) => part.i32[column]))
  const join = <T extends Float64Array | Int32Array>(pieces: (T | undefined)[], out: () => T): T => {
    if (parts.length === 1 && pieces[0]) return pieces[0]
    const joined = out()
    let row = 0
    parts.forEach((part, i) => {
      const piece = pieces[i]
      if (piece) joined.set(piece, row)
      row += part.rows
    })
    pieces.length = 0
    return joined
  }
  return new TableData(rows, widths, {
    f64: (column) => join(f64[column], () => new Float64Array(rows)),
    i32: (column) => join(i32[column], () => new Int32Array(rows)),
  })
}

function pick<T extends Float64Array | Int32Array>(values: T, at: Int32Array, out: T): T {
  for (let i = 0; i < at.length; i++) out[i] = values[at[i]]
  return out
}
