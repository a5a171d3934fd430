import * as L from '../../assembly/layout.ts'
import type { RunRecord } from './record.ts'
import { cutPart, joinParts, type Missing, type TableData, type TablePart } from './tables.ts'

/** Where the run record has what belongs to a table, and its columns. */
export interface TableSpec {
  table: number
  count: number
  capacity: number
  /** Columns of doubles and of whole numbers, and from which on they are written only where a row has something to say. */
  f64: number
  i32: number
  rareF64: number
  rareI32: number
  /** The first column of doubles that says what rules say of themselves. */
  told: number
  /** Not 0 where what the block holds has those: all of them, or (WIDE_TOLD) those from `told` on alone. */
  wide: number
  /** What a column says that was not written, from the columns that were; zeros where this has nothing. */
  missing: Missing
}

export const FILLS: TableSpec = {
  table: L.RUN_FILL_TABLE,
  count: L.RUN_FILL_COUNT,
  capacity: L.RUN_FILL_CAPACITY,
  f64: L.FILL_F64,
  i32: L.FILL_I32,
  rareF64: L.FILL_F64_RARE,
  told: L.FILL_DISTANCE,
  rareI32: L.FILL_I32_RARE,
  wide: L.RUN_FILL_WIDE,
  missing: (written, kind, column) =>
    kind === 'f64' && column === L.FILL_BASE ? written('f64', L.FILL_PRICE) : undefined,
}
export const TRADES: TableSpec = {
  table: L.RUN_TRADE_TABLE,
  count: L.RUN_TRADE_COUNT,
  capacity: L.RUN_TRADE_CAPACITY,
  f64: L.TRADE_F64,
  i32: L.TRADE_I32,
  rareF64: L.TRADE_F64_RARE,
  told: L.TRADE_EXIT_DISTANCE,
  rareI32: L.TRADE_I32_RARE,
  wide: L.RUN_TRADE_WIDE,
  missing(written, kind, column) {
    if (kind === 'f64' && column === L.TRADE_ENTRY_STOP)
      return new Float64Array(written('i32', L.TRADE_ENTRY_BAR)?.length ?? 0).fill(Number.NaN)
    if (kind !== 'i32' || column !== L.TRADE_BARS_HELD) return undefined
    const entry = written('i32', L.TRADE_ENTRY_BAR)
    return written('i32', L.TRADE_EXIT_BAR)?.map((bar, row) => bar - (entry?.[row] ?? 0))
  },
}
export const ORDERS: TableSpec = {
  table: L.RUN_ORDER_TABLE,
  count: L.RUN_ORDER_COUNT,
  capacity: L.RUN_ORDER_CAPACITY,
  f64: L.ENDED_F64,
  i32: L.ENDED_I32,
  rareF64: L.ENDED_F64_RARE,
  told: L.ENDED_F64,
  rareI32: L.ENDED_I32_RARE,
  wide: L.RUN_ORDER_WIDE,
  missing: () => undefined,
}

export const AMBIGUOUS: TableSpec = {
  table: L.RUN_AMBIGUOUS_TABLE,
  count: L.RUN_AMBIGUOUS_COUNT,
  capacity: L.RUN_AMBIGUOUS_CAPACITY,
  f64: 0,
  i32: L.AMBIGUOUS_I32,
  rareF64: 0,
  told: 0,
  rareI32: L.AMBIGUOUS_I32,
  wide: L.RUN_AMBIGUOUS_COUNT,
  missing: () => undefined,
}
const NONE = new Float64Array(0)

/** Rows of a table, unless one step needs more: beyond that taking rows out costs less than memory that is new to the cache. */
export const ROWS = 1 << 13

/** One of a run's tables: a block of the arena that the kernel appends to, and the rows taken out of it when it was full. */
export class LaneTable {
  readonly #lane: RunRecord
  readonly #spec: TableSpec
  /** What was taken out, oldest first. */
  #parts: TablePart[] = []
  /** Rows in those parts, which precede those in the block. */
  base = 0

  constructor(lane: RunRecord, spec: TableSpec) {
    this.#lane = lane
    this.#spec = spec
  }

  /** Its block, for a run that writes to it. */
  begin(rows: number): void {
    this.#allocate(rows)
  }

  reset(): void {
    this.#parts = []
    this.base = 0
  }

  /** Rows so far. */
  get rows(): number {
    return this.base + this.#lane.i32(this.#spec.count)
  }

  /** A cell of a column of doubles, row counted from the run's start. */
  f64(column: number, row: number): number {
    return this.#cell('f64', column, row)
  }

  /** A cell of a column of whole numbers. */
  i32(column: number, row: number): number {
    return this.#cell('i32', column, row)
  }

  #cell(kind: 'f64' | 'i32', column: number, row: number): number {
    if (row >= this.base && this.#isWritten(kind, column)) {
      const at = row - this.base
      const pointer = this.#columnAt(kind, column)
      return kind === 'f64'
        ? this.#lane.engine.arena.f64(pointer + 8 * at, 1)[0]
        : this.#lane.engine.arena.i32(pointer + 4 * at, 1)[0]
    }
    // From the back: what was asked for last is asked for most.
    let wide = false
    let start = this.base
    for (let i = this.#parts.length - 1; i >= 0 && row < this.base; i--) {
      const part = this.#parts[i]
      start -= part.rows
      if (row < start) continue
      const value = part[kind][column]?.[row - start]
      if (value !== undefined) return value
      wide = part.wide
      break
    }
    return wide ? 0 : this.#missing(kind, column, row)
  }

  /** What a cell says that was not written. */
  #missing(kind: 'f64' | 'i32', column: number, row: number): number {
    const cell = (other: 'f64' | 'i32', from: number) => Float64Array.of(this.#cell(other, from, row))
    return this.#spec.missing(cell, kind, column)?.[0] ?? 0
  }

  /** Columns that only some rows need are not written before one does. */
  #isWritten(kind: 'f64' | 'i32', column: number): boolean {
    const { f64, i32, rareF64, rareI32, told, wide } = this.#spec
    const rare = kind === 'f64' ? column >= rareF64 && column < f64 : column >= rareI32 && column < i32
    if (!rare) return true
    const said = this.#lane.i32(wide)
    return said === L.WIDE_TOLD ? kind === 'f64' && column >= told : said !== 0
  }

  /** All rows, apart from the run. */
  take(): TableData {
    return joinParts([...this.#parts, this.#takeOut()], this.widths, this.#spec.missing)
  }

  /** All rows as one part, apart from the run. */
  whole(): TablePart {
    const parts = [...this.#parts, this.#takeOut()].filter(({ rows }) => rows > 0)
    if (parts.length === 1) return parts[0]
    const wide = parts.some((part) => part.wide)
    const data = joinParts(parts, this.widths, this.#spec.missing)
    const { rareF64, rareI32 } = this.#spec
    // What no row has said is left out, as in each of the parts.
    const said = (kind: 'f64' | 'i32', column: number) =>
      parts.some((part) => part[kind][column] !== undefined) ||
      (wide &&
        column >= (kind === 'f64' ? rareF64 : rareI32) &&
        this.#spec.missing(() => NONE, kind, column) !== undefined)
    const columns = parts.length === 0 ? { f64: 0, i32: 0 } : this.widths
    return {
      rows: data.rows,
      wide,
      f64: Array.from({ length: columns.f64 }, (_, i) => (said('f64', i) ? data.f64(i) : undefined)),
      i32: Array.from({ length: columns.i32 }, (_, i) => (said('i32', i) ? data.i32(i) : undefined)),
    }
  }

  /** Goes back to its first `rows` rows. */
  truncate(rows: number): void {
    const lane = this.#lane
    if (rows >= this.base) {
      lane.setI32(this.#spec.count, rows - this.base)
      if (rows === this.base) lane.setI32(this.#spec.wide, 0)
      return
    }
    while (this.base > rows) {
      const last = this.#parts.pop() as TablePart
      this.base -= last.rows
      if (this.base < rows) this.#push(cutPart(last, rows - this.base))
    }
    lane.setI32(this.#spec.count, 0)
    lane.setI32(this.#spec.wide, 0)
  }

  /** Begins with rows that another table of this kind has had, and goes on behind them. */
  replace(part: TablePart): void {
    this.#parts = []
    this.base = 0
    if (part.rows > 0) this.#push(part)
    this.#lane.setI32(this.#spec.count, 0)
    this.#lane.setI32(this.#spec.wide, 0)
  }

  #push(part: TablePart): void {
    this.#parts.push(part)
    this.base += part.rows
  }

  /**
   * Room for `rows` more: else what the table holds is taken out of it, and it grows up to its largest size.
   *
   * @param before told how many rows will begin anew, before they do
   */
  roomFor(rows: number, before?: (rows: number) => void): void {
    const lane = this.#lane
    const count = lane.i32(this.#spec.count)
    const capacity = lane.i32(this.#spec.capacity)
    if (count + rows <= capacity) return
    if (count > 0) {
      before?.(count)
      this.#push(this.#takeOut())
      lane.setI32(this.#spec.count, 0)
      lane.setI32(this.#spec.wide, 0)
    }
    const larger = Math.max(2 * rows, Math.min(2 * capacity, ROWS))
    if (larger > capacity) this.#allocate(larger)
  }

  #allocate(atLeast: number): void {
    // Columns a multiple of 4 KiB apart would all compete for the same few lines of the cache; these are 3 lines off it.
    const rows = Math.ceil(atLeast / 512) * 512 + 24
    const { f64, i32 } = this.widths
    this.#lane.block(this.#spec.table, rows * (8 * f64 + 4 * i32), `tables of ${rows} rows`)
    this.#lane.setI32(this.#spec.capacity, rows)
  }

  /** Columns: a trade has one more for each name of position context. */
  get widths(): { f64: number; i32: number } {
    const { f64, i32 } = this.#spec
    return { f64: this.#spec === TRADES ? f64 + this.#lane.shape.contexts : f64, i32 }
  }

  /** Copies of what the block holds now. */
  #takeOut(): TablePart {
    const { arena, kernels } = this.#lane.engine
    const rows = this.#lane.i32(this.#spec.count)
    const { f64, i32 } = this.widths
    const column = <T>(kind: 'f64' | 'i32', at: number, take: (pointer: number) => T): T | undefined => {
      if (!this.#isWritten(kind, at)) return undefined
      const pointer = this.#columnAt(kind, at)
      const zero = kernels.isZero(pointer, (kind === 'f64' ? 8 : 4) * rows)
      // Zeros are left out where that is what is read of a column that was not written.
      return zero && this.#spec.missing(() => NONE, kind, at) === undefined ? undefined : take(pointer)
    }
    return {
      rows,
      wide: this.#lane.i32(this.#spec.wide) === L.WIDE_ALL,
      f64: Array.from({ length: f64 }, (_, i) => column('f64', i, (pointer) => arena.f64(pointer, rows).slice())),
      i32: Array.from({ length: i32 }, (_, i) => column('i32', i, (pointer) => arena.i32(pointer, rows).slice())),
    }
  }

  /** Address of a column: those of doubles come first. */
  #columnAt(kind: 'f64' | 'i32', column: number): number {
    const capacity = this.#lane.i32(this.#spec.capacity)
    const pointer = this.#lane.i32(this.#spec.table) >>> 0
    if (kind === 'f64') return pointer + 8 * column * capacity
    return pointer + (8 * this.widths.f64 + 4 * column) * capacity
  }
}

/** The tables that a run writes. */
export interface LaneTables {
  readonly fills: LaneTable
  readonly trades: LaneTable
  readonly orders: LaneTable
  readonly ambiguous: LaneTable
}
