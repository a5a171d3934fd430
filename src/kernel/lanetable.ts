import * as L from '../../assembly/layout.ts'
import type { Lane } from './lane.ts'
import { joinParts, type TableData, type TablePart } from './tables.ts'

/** Where the run record has what belongs to a table, and its columns. */
export interface TableSpec {
  table: number
  count: number
  capacity: number
  f64: number
  i32: number
}

export const FILLS: TableSpec = {
  table: L.RUN_FILL_TABLE,
  count: L.RUN_FILL_COUNT,
  capacity: L.RUN_FILL_CAPACITY,
  f64: L.FILL_F64,
  i32: L.FILL_I32,
}
export const TRADES: TableSpec = {
  table: L.RUN_TRADE_TABLE,
  count: L.RUN_TRADE_COUNT,
  capacity: L.RUN_TRADE_CAPACITY,
  f64: L.TRADE_F64,
  i32: L.TRADE_I32,
}
export const ORDERS: TableSpec = {
  table: L.RUN_ORDER_TABLE,
  count: L.RUN_ORDER_COUNT,
  capacity: L.RUN_ORDER_CAPACITY,
  f64: L.ENDED_F64,
  i32: L.ENDED_I32,
}

/** Rows of a table at first, and how far it grows: beyond that taking rows out costs less than memory that is new to the cache. */
const ROWS = 8192
const MOST_ROWS = 1 << 15

/** What a snapshot keeps of a table beside its block. */
export interface TableImage {
  parts: readonly TablePart[]
  base: number
}

/** One of a run's tables: a block of the arena that the kernel appends to, and the rows taken out of it when it was full. */
export class LaneTable {
  readonly #lane: Lane
  readonly #spec: TableSpec
  /** What was taken out, oldest first. */
  #parts: TablePart[] = []
  /** Rows in those parts, which precede those in the block. */
  base = 0

  constructor(lane: Lane, spec: TableSpec) {
    this.#lane = lane
    this.#spec = spec
  }

  /** Its block, for a run that writes to it. */
  begin(): void {
    this.#allocate(ROWS)
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
    const taken = this.#taken('f64', column, row)
    if (taken !== undefined) return taken
    return this.#lane.engine.arena.f64(this.#columnAt('f64', column) + 8 * (row - this.base), 1)[0]
  }

  /** A cell of a column of whole numbers. */
  i32(column: number, row: number): number {
    const taken = this.#taken('i32', column, row)
    if (taken !== undefined) return taken
    return this.#lane.engine.arena.i32(this.#columnAt('i32', column) + 4 * (row - this.base), 1)[0]
  }

  #taken(kind: 'f64' | 'i32', column: number, row: number): number | undefined {
    if (row >= this.base) return undefined
    let at = row
    for (const part of this.#parts) {
      if (at < part.rows) return part[kind][column]?.[at] ?? 0
      at -= part.rows
    }
    return undefined
  }

  /** All rows, apart from the run. */
  take(): TableData {
    return joinParts([...this.#parts, this.#takeOut()], this.#widths)
  }

  save(): TableImage {
    return { parts: [...this.#parts], base: this.base }
  }

  load({ parts, base }: TableImage): void {
    this.#parts = [...parts]
    this.base = base
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
      this.#parts.push(this.#takeOut())
      this.base += count
      lane.setI32(this.#spec.count, 0)
    }
    const larger = Math.max(2 * rows, Math.min(2 * capacity, MOST_ROWS))
    if (larger > capacity) this.#allocate(larger)
  }

  #allocate(atLeast: number): void {
    // Columns a multiple of 4 KiB apart would all compete for the same few lines of the cache; these are 3 lines off it.
    const rows = Math.ceil(atLeast / 512) * 512 + 24
    const { f64, i32 } = this.#widths
    this.#lane.block(this.#spec.table, rows * (8 * f64 + 4 * i32), `tables of ${rows} rows`)
    this.#lane.setI32(this.#spec.capacity, rows)
  }

  /** Columns: a trade has one more for each name of position context. */
  get #widths(): { f64: number; i32: number } {
    const { f64, i32 } = this.#spec
    return { f64: this.#spec === TRADES ? f64 + this.#lane.shape.contexts : f64, i32 }
  }

  /** Copies of what the block holds now. */
  #takeOut(): TablePart {
    const { arena, kernels } = this.#lane.engine
    const rows = this.#lane.i32(this.#spec.count)
    const { f64, i32 } = this.#widths
    return {
      rows,
      f64: Array.from({ length: f64 }, (_, column) => {
        const pointer = this.#columnAt('f64', column)
        return kernels.isZero(pointer, 8 * rows) ? undefined : arena.f64(pointer, rows).slice()
      }),
      i32: Array.from({ length: i32 }, (_, column) => {
        const pointer = this.#columnAt('i32', column)
        return kernels.isZero(pointer, 4 * rows) ? undefined : arena.i32(pointer, rows).slice()
      }),
    }
  }

  /** Address of a column: those of doubles come first. */
  #columnAt(kind: 'f64' | 'i32', column: number): number {
    const capacity = this.#lane.i32(this.#spec.capacity)
    const pointer = this.#lane.i32(this.#spec.table) >>> 0
    if (kind === 'f64') return pointer + 8 * column * capacity
    return pointer + (8 * this.#widths.f64 + 4 * column) * capacity
  }
}
