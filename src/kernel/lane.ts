import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import type { Engine } from './load.ts'
import { joinParts, type TableData, type TablePart } from './tables.ts'

/** What a lane is made for. Pointers are those of the market's columns. */
export interface LaneShape {
  bars: number
  assets: number
  dense: boolean
  nonPositive: boolean
  pointers: {
    open: number
    high: number
    low: number
    close: number
    volume: number
    rangeHigh: number
    rangeLow: number
  }
  /** RECORD_NONE keeps totals and equity only, RECORD_TABLES the tables too, RECORD_EVENTS what happened in order too. */
  record: number
  /** Return periods, for runs that follow their equity and keep no column of it. */
  periods?: { ends: number; count: number }
  /** Names of position context values written to trades, at most 8. */
  contexts: number
}

const FILLS = {
  table: L.RUN_FILL_TABLE,
  count: L.RUN_FILL_COUNT,
  capacity: L.RUN_FILL_CAPACITY,
  f64: L.FILL_F64,
  i32: L.FILL_I32,
}
const TRADES = {
  table: L.RUN_TRADE_TABLE,
  count: L.RUN_TRADE_COUNT,
  capacity: L.RUN_TRADE_CAPACITY,
  f64: L.TRADE_F64,
  i32: L.TRADE_I32,
}
const ORDERS = {
  table: L.RUN_ORDER_TABLE,
  count: L.RUN_ORDER_COUNT,
  capacity: L.RUN_ORDER_CAPACITY,
  f64: L.ENDED_F64,
  i32: L.ENDED_I32,
}
const SPECS = { fills: FILLS, trades: TRADES, orders: ORDERS }
/** The tables of a run. */
export type TableName = keyof typeof SPECS
const TABLES: readonly TableName[] = ['fills', 'trades', 'orders']

const RING = 256
/** Rows of a table at first, and how far it grows: beyond that taking rows out costs less than memory that is new to the cache. */
const ROWS = 8192
const MOST_ROWS = 1 << 15

/**
 * One run's memory: the run record with account and settings, position columns, order pool, command ring, tables and
 * equity. Blocks of the arena; the run record has their addresses. What a table holds that is full between bars is taken
 * out of it, so that nothing has to be counted beforehand.
 */
export class Lane {
  readonly engine: Engine
  readonly shape: LaneShape
  readonly pointer: number
  readonly #blocks = new Map<number, number>()
  readonly #own: number[] = []
  /** What was taken out of full tables, oldest first. */
  #parts: Record<TableName, TablePart[]> = noParts()
  /** Rows in those parts, which precede those in the table. */
  readonly base = { fills: 0, trades: 0, orders: 0 }
  #f64!: Float64Array
  #i32!: Int32Array
  #quantities!: Float64Array
  #ring!: Float64Array
  #stale = true
  #released = false

  constructor(engine: Engine, shape: LaneShape) {
    this.engine = engine
    this.shape = shape
    this.pointer = engine.arena.allocate(L.RUN_BYTES, 'a run')
    engine.arena.u8(this.pointer, L.RUN_BYTES).fill(0)
    this.#take()
    const { assets, bars } = shape
    const words = (assets + 63) >> 6
    this.#block(L.RUN_QUANTITIES, assets * 8, 'positions')
    this.#block(L.RUN_MARKS, assets * 8, 'positions')
    this.#block(L.RUN_POSITIONS, assets * (L.POSITION_BYTES + L.DETAIL_BYTES), 'positions')
    this.#block(L.RUN_HEADS, assets * 4, 'positions')
    this.#block(L.RUN_TAILS, assets * 4, 'positions')
    this.#block(L.RUN_HELD_BITS, words * 8, 'positions')
    this.#block(L.RUN_ORDER_BITS, words * 8, 'positions')
    this.#block(L.RUN_GLOBAL_RULES, L.RULE_LIMIT * L.RULE_BYTES, 'rules')
    this.#block(L.RUN_ASSET_RULES, assets * L.RULE_LIMIT * L.RULE_BYTES, 'rules')
    this.#block(L.RUN_ASSET_RULE_COUNTS, assets * 4, 'rules')
    this.#block(L.RUN_RING, RING * L.COMMAND_FIELDS * 8, 'commands')
    if (shape.periods) this.#block(L.RUN_PERIOD_EQUITY, shape.periods.count * 8, 'equity by period')
    else this.#block(L.RUN_EQUITY_COLUMN, bars * 8, `equity of ${bars} bars`)
    if (shape.record > L.RECORD_NONE) this.#block(L.RUN_CASH_COLUMN, bars * 8, `cash of ${bars} bars`)
    this.#pool(Math.max(256, 2 * assets + 64))
    this.#table('fills', ROWS)
    this.#table('trades', ROWS)
    this.#table('orders', shape.record > L.RECORD_NONE ? ROWS : 0)
    if (shape.record >= L.RECORD_EVENTS) this.#events(4 * ROWS)
    this.reset()
  }

  /** Back to before the first bar; settings, rules and signals have to be written again. */
  reset(): void {
    const { assets, bars, pointers, dense, nonPositive, record, contexts } = this.shape
    const arena = this.engine.arena
    const keep = new Map<number, number>()
    for (const field of this.#blocks.keys()) keep.set(field, this.i32(field))
    for (const field of [
      L.RUN_POOL_CAPACITY,
      L.RUN_FILL_CAPACITY,
      L.RUN_TRADE_CAPACITY,
      L.RUN_ORDER_CAPACITY,
      L.RUN_EVENT_CAPACITY,
    ])
      keep.set(field, this.i32(field))
    arena.u8(this.pointer, L.RUN_BYTES).fill(0)
    for (const [field, value] of keep) this.setI32(field, value)
    this.setI32(L.RUN_BARS, bars)
    this.setI32(L.RUN_ASSETS, assets)
    this.setI32(L.RUN_BAR, -1)
    this.setI32(L.RUN_DENSE, dense ? 1 : 0)
    this.setI32(L.RUN_NON_POSITIVE, nonPositive ? 1 : 0)
    this.setI32(L.RUN_RECORD, record)
    this.setI32(L.RUN_CONTEXTS, contexts)
    this.setI32(L.RUN_NEXT_ID, 1)
    this.setI32(L.RUN_PERIOD_ENDS, this.shape.periods?.ends ?? 0)
    this.setI32(L.RUN_PERIODS, this.shape.periods?.count ?? 0)
    this.nextId = 1
    this.ringCount = 0
    this.setI32(L.RUN_RING_CAPACITY, RING)
    this.setI32(L.RUN_OPEN, pointers.open)
    this.setI32(L.RUN_HIGH, pointers.high)
    this.setI32(L.RUN_LOW, pointers.low)
    this.setI32(L.RUN_CLOSE, pointers.close)
    this.setI32(L.RUN_VOLUME, pointers.volume)
    this.setI32(L.RUN_RANGE_HIGH, pointers.rangeHigh)
    this.setI32(L.RUN_RANGE_LOW, pointers.rangeLow)
    const block = (field: number, bytes: number) => arena.u8(this.i32(field) >>> 0, bytes)
    block(L.RUN_QUANTITIES, assets * 8).fill(0)
    arena.f64(this.i32(L.RUN_MARKS) >>> 0, assets).fill(Number.NaN)
    block(L.RUN_POSITIONS, assets * (L.POSITION_BYTES + L.DETAIL_BYTES)).fill(0)
    block(L.RUN_HEADS, assets * 4).fill(0xff)
    block(L.RUN_HELD_BITS, ((assets + 63) >> 6) * 8).fill(0)
    block(L.RUN_ORDER_BITS, ((assets + 63) >> 6) * 8).fill(0)
    block(L.RUN_ASSET_RULE_COUNTS, assets * 4).fill(0xff)
    this.#parts = noParts()
    this.base.fills = 0
    this.base.trades = 0
    this.base.orders = 0
  }

  /** Gives all its memory back. Whoever reads it afterwards gets an error: views are taken anew at the next look. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#f64 = NO_NUMBERS
    this.#quantities = NO_NUMBERS
    this.#ring = NO_NUMBERS
    for (const pointer of this.#blocks.values()) this.engine.arena.release(pointer)
    this.#blocks.clear()
    this.#parts = noParts()
    for (const pointer of this.#own) this.engine.arena.release(pointer)
    this.#own.length = 0
    this.engine.arena.release(this.pointer)
  }

  /** Makes this lane the one that the thread's kernels work on. */
  bind(): void {
    if (this.#released) throw this.#gone()
    this.engine.kernels.bind(this.pointer)
  }

  f64(offset: number): number {
    this.#check()
    return this.#f64[offset >> 3]
  }

  setF64(offset: number, value: number): void {
    this.#check()
    this.#f64[offset >> 3] = value
  }

  i32(offset: number): number {
    this.#check()
    return this.#i32[offset >> 2]
  }

  setI32(offset: number, value: number): void {
    this.#check()
    this.#i32[offset >> 2] = value
  }

  /** One of the run's totals (TOTAL_*). */
  total(index: number): number {
    return this.f64(L.RUN_TOTALS + 8 * index)
  }

  /** All totals, a view. */
  get totals(): Float64Array {
    return this.engine.arena.f64(this.pointer + L.RUN_TOTALS, L.TOTAL_COUNT)
  }

  /** Signed units by asset, a view. */
  get quantities(): Float64Array {
    this.#check()
    return this.#quantities
  }

  /** Equity by bar, a view; valid up to the bars that have run. */
  get equity(): Float64Array {
    return this.engine.arena.f64(this.i32(L.RUN_EQUITY_COLUMN) >>> 0, this.shape.bars)
  }

  /** Cash by bar, a view (with tables). */
  get cash(): Float64Array {
    return this.engine.arena.f64(this.i32(L.RUN_CASH_COLUMN) >>> 0, this.shape.bars)
  }

  /** A number of a position record (POSITION_* f64 offsets). */
  position(asset: number, offset: number): number {
    return this.engine.arena.f64((this.i32(L.RUN_POSITIONS) >>> 0) + asset * L.POSITION_BYTES + offset, 1)[0]
  }

  /** A whole number of a position record (POSITION_* i32 offsets). */
  positionI32(asset: number, offset: number): number {
    return this.engine.arena.i32((this.i32(L.RUN_POSITIONS) >>> 0) + asset * L.POSITION_BYTES + offset, 1)[0]
  }

  /** The asset's own bars after the entry bar, up to this one (see `barsHeld` in assembly/broker/positions.ts). */
  barsHeld(asset: number): number {
    if (this.shape.dense) return this.i32(L.RUN_BAR) - this.positionI32(asset, L.POSITION_ENTRY_BAR)
    return this.positionI32(asset, L.POSITION_BARS_HELD)
  }

  /** Context values of a position, a view of 8. */
  context(asset: number): Float64Array {
    const details = (this.i32(L.RUN_POSITIONS) >>> 0) + this.shape.assets * L.POSITION_BYTES
    return this.engine.arena.f64(details + asset * L.DETAIL_BYTES + L.DETAIL_CONTEXT, 8)
  }

  /** Last mark of an asset. */
  mark(asset: number): number {
    return this.engine.arena.f64((this.i32(L.RUN_MARKS) >>> 0) + asset * 8, 1)[0]
  }

  /** Views of a live order's record: f64 fields by LIVE_* / 8, i32 fields by LIVE_* / 4. */
  order(index: number): { f64: Float64Array; i32: Int32Array } {
    const pointer = (this.i32(L.RUN_POOL) >>> 0) + index * L.LIVE_BYTES
    return {
      f64: this.engine.arena.f64(pointer, L.LIVE_BYTES / 8),
      i32: this.engine.arena.i32(pointer, L.LIVE_BYTES / 4),
    }
  }

  /** The command ring as one view of doubles. */
  get ring(): Float64Array {
    this.#check()
    return this.#ring
  }

  get ringCapacity(): number {
    return RING
  }

  /** Commands in the ring, written by the broker; the kernel hears of them at `flush`. */
  ringCount = 0
  /** Id of the next order when the ring is empty. */
  nextId = 1

  /** Sees to it that the ring's commands can be carried out, then does so. The lane is bound. */
  flush(): void {
    const count = this.ringCount
    if (count === 0) return
    this.ringCount = 0
    this.setI32(L.RUN_RING_COUNT, count)
    if (this.i32(L.RUN_POOL_COUNT) + count > this.i32(L.RUN_POOL_CAPACITY)) this.#growPool()
    this.roomForEnds(count)
    this.engine.kernels.flushCommands()
    this.nextId = this.i32(L.RUN_NEXT_ID)
  }

  /** Room for `count` orders to end outside a step, as cancels do. The lane is bound. */
  roomForEnds(count: number): void {
    if (this.shape.record === L.RECORD_NONE) return
    this.#roomFor('orders', count)
    if (this.shape.record >= L.RECORD_EVENTS && this.i32(L.RUN_EVENT_COUNT) + count > this.i32(L.RUN_EVENT_CAPACITY))
      this.#growEvents()
  }

  /** Makes room after STATUS_ROOM: takes out what full tables hold. */
  makeRoom(): void {
    const live = this.i32(L.RUN_LIVE)
    const fills = 2 * (2 * live + (live + this.i32(L.RUN_HELD)) * (Math.max(this.i32(L.RUN_LONGEST_CHAIN), 3) + 2)) + 16
    this.#roomFor('fills', fills)
    this.#roomFor('trades', fills)
    if (this.shape.record > L.RECORD_NONE) this.#roomFor('orders', live + 16)
    if (this.shape.record >= L.RECORD_EVENTS) {
      while (this.i32(L.RUN_EVENT_COUNT) + 2 * fills + 2 * live + 16 > this.i32(L.RUN_EVENT_CAPACITY))
        this.#growEvents()
    }
    if (this.i32(L.RUN_POOL_COUNT) + 2 * this.shape.assets > this.i32(L.RUN_POOL_CAPACITY)) this.#growPool()
  }

  /** What happened since the last call, in order: pairs of kind (EVENT_*) and index. Rows count from the run's start. */
  takeEvents(): Int32Array {
    const count = this.i32(L.RUN_EVENT_COUNT)
    if (count === 0) return NO_EVENTS
    const events = this.engine.arena.i32(this.i32(L.RUN_EVENT_TABLE) >>> 0, 2 * count).slice()
    for (let i = 0; i < events.length; i += 2) {
      if (events[i] === L.EVENT_FILL) events[i + 1] += this.base.fills
      else if (events[i] === L.EVENT_TRADE) events[i + 1] += this.base.trades
    }
    this.setI32(L.RUN_EVENT_COUNT, 0)
    return events
  }

  /** A cell of a table, row counted from the run's start. */
  cell(table: TableName, kind: 'f64' | 'i32', column: number, row: number): number {
    let at = row
    for (const part of this.#parts[table]) {
      if (at < part.rows) return part[kind][column]?.[at] ?? 0
      at -= part.rows
    }
    const pointer = this.#columnAt(table, kind, column)
    return kind === 'f64'
      ? this.engine.arena.f64(pointer + 8 * at, 1)[0]
      : this.engine.arena.i32(pointer + 4 * at, 1)[0]
  }

  /** Rows of a table so far. */
  rows(table: TableName): number {
    return this.base[table] + this.i32(SPECS[table].count)
  }

  /** A whole table, apart from the run. */
  takeTable(table: TableName): TableData {
    return joinParts([...this.#parts[table], this.#takeOut(table)], this.#widths(table))
  }

  /** Everything that a run depends on, as bytes: what a snapshot keeps. */
  save(): LaneImage {
    const arena = this.engine.arena
    const blocks = new Map<number, Uint8Array>()
    for (const field of this.#blocks.keys())
      blocks.set(field, arena.u8(this.i32(field) >>> 0, this.#size(field)).slice())
    return {
      record: arena.u8(this.pointer, L.RUN_BYTES).slice(),
      blocks,
      parts: { fills: [...this.#parts.fills], trades: [...this.#parts.trades], orders: [...this.#parts.orders] },
      base: { ...this.base },
    }
  }

  /** Puts a saved image back, also one of another lane of the same shape. */
  load(image: LaneImage): void {
    const arena = this.engine.arena
    const addresses = new Map<number, number>()
    for (const [field, bytes] of image.blocks) {
      if (!this.#blocks.has(field) || this.#size(field) < bytes.length) this.#block(field, bytes.length, 'a snapshot')
      arena.u8(this.i32(field) >>> 0, bytes.length).set(bytes)
      addresses.set(field, this.i32(field))
    }
    arena.u8(this.pointer, L.RUN_BYTES).set(image.record)
    for (const [field, pointer] of addresses) this.setI32(field, pointer)
    for (const table of TABLES) this.#parts[table] = [...image.parts[table]]
    Object.assign(this.base, image.base)
    this.nextId = this.i32(L.RUN_NEXT_ID)
    this.ringCount = 0
  }

  /** A block that is released with the lane and whose address the caller keeps; not part of snapshots. */
  ownBlock(bytes: number, purpose: string): number {
    const pointer = this.engine.arena.allocate(bytes, purpose)
    this.#own.push(pointer)
    this.#stale = true
    return pointer
  }

  /** A block whose address stands in the run record; part of snapshots. */
  block(field: number, bytes: number, purpose: string): number {
    return this.#block(field, bytes, purpose)
  }

  readonly #sizes = new Map<number, number>()

  #size(field: number): number {
    return this.#sizes.get(field) ?? 0
  }

  #block(field: number, bytes: number, purpose: string): number {
    const old = this.#blocks.get(field)
    if (old !== undefined) this.engine.arena.release(old)
    const pointer = this.engine.arena.allocate(bytes, purpose)
    this.#blocks.set(field, pointer)
    this.#sizes.set(field, bytes)
    this.setI32(field, pointer)
    this.#stale = true
    return pointer
  }

  #pool(capacity: number): void {
    if (capacity > 1 << 24)
      throw new FillgridError(
        'memory_limit',
        `orders: ${capacity} pending orders at once are more than a run can hold. Cancel those that are no longer wanted.`,
      )
    this.#block(L.RUN_POOL, capacity * L.LIVE_BYTES, `${capacity} pending orders`)
    this.#block(
      L.RUN_SCRATCH,
      L.RUN_BYTES + 24 + L.POSITION_BYTES + L.DETAIL_BYTES + capacity * L.LIVE_BYTES,
      `${capacity} pending orders`,
    )
    this.setI32(L.RUN_POOL_CAPACITY, capacity)
  }

  #growPool(): void {
    const count = this.i32(L.RUN_POOL_COUNT)
    const old = this.engine.arena.u8(this.i32(L.RUN_POOL) >>> 0, count * L.LIVE_BYTES).slice()
    this.#pool(2 * this.i32(L.RUN_POOL_CAPACITY) + RING)
    this.engine.arena.u8(this.i32(L.RUN_POOL) >>> 0, old.length).set(old)
  }

  #events(capacity: number): void {
    this.#block(L.RUN_EVENT_TABLE, capacity * 8, 'events')
    this.setI32(L.RUN_EVENT_CAPACITY, capacity)
  }

  #growEvents(): void {
    const count = this.i32(L.RUN_EVENT_COUNT)
    const old = this.engine.arena.i32(this.i32(L.RUN_EVENT_TABLE) >>> 0, 2 * count).slice()
    this.#events(2 * this.i32(L.RUN_EVENT_CAPACITY))
    this.engine.arena.i32(this.i32(L.RUN_EVENT_TABLE) >>> 0, 2 * count).set(old)
  }

  #table(table: TableName, atLeast: number): void {
    const spec = SPECS[table]
    // Columns a multiple of 4 KiB apart would all compete for the same few lines of the cache; these are 3 lines off it.
    const rows = Math.ceil(atLeast / 512) * 512 + 24
    const { f64, i32 } = this.#widths(table)
    this.#block(spec.table, rows * (8 * f64 + 4 * i32), `tables of ${rows} rows`)
    this.setI32(spec.capacity, rows)
  }

  /** Columns of a table: a trade has one more for each name of position context. */
  #widths(table: TableName): { f64: number; i32: number } {
    const { f64, i32 } = SPECS[table]
    return { f64: table === 'trades' ? f64 + this.shape.contexts : f64, i32 }
  }

  /** Room for `rows` more: else what the table holds is taken out of it, and it grows up to its largest size. */
  #roomFor(table: TableName, rows: number): void {
    const spec = SPECS[table]
    const count = this.i32(spec.count)
    const capacity = this.i32(spec.capacity)
    if (count + rows <= capacity) return
    if (count > 0) {
      if (table !== 'orders' && this.shape.record >= L.RECORD_EVENTS && this.i32(L.RUN_EVENT_COUNT) > 0)
        this.#rebaseEvents(table, count)
      this.#parts[table].push(this.#takeOut(table))
      this.base[table] += count
      this.setI32(spec.count, 0)
    }
    const larger = Math.max(2 * rows, Math.min(2 * capacity, MOST_ROWS))
    if (larger > capacity) this.#table(table, larger)
  }

  /** Copies of what a table holds now. */
  #takeOut(table: TableName): TablePart {
    const rows = this.i32(SPECS[table].count)
    const { isZero } = this.engine.kernels
    const widths = this.#widths(table)
    const { arena } = this.engine
    return {
      rows,
      f64: Array.from({ length: widths.f64 }, (_, c) => {
        const pointer = this.#columnAt(table, 'f64', c)
        return isZero(pointer, 8 * rows) ? undefined : arena.f64(pointer, rows).slice()
      }),
      i32: Array.from({ length: widths.i32 }, (_, c) => {
        const pointer = this.#columnAt(table, 'i32', c)
        return isZero(pointer, 4 * rows) ? undefined : arena.i32(pointer, rows).slice()
      }),
    }
  }

  /** Address of a column: those of doubles come first. */
  #columnAt(table: TableName, kind: 'f64' | 'i32', column: number): number {
    const spec = SPECS[table]
    const capacity = this.i32(spec.capacity)
    const pointer = this.i32(spec.table) >>> 0
    if (kind === 'f64') return pointer + 8 * column * capacity
    return pointer + (8 * this.#widths(table).f64 + 4 * column) * capacity
  }

  #rebaseEvents(name: 'fills' | 'trades', rows: number): void {
    const kind = name === 'fills' ? L.EVENT_FILL : L.EVENT_TRADE
    const events = this.engine.arena.i32(this.i32(L.RUN_EVENT_TABLE) >>> 0, 2 * this.i32(L.RUN_EVENT_COUNT))
    for (let i = 0; i < events.length; i += 2) if (events[i] === kind) events[i + 1] -= rows
  }

  /** Views over unshared memory lose their length when it grows; those over shared memory stay. */
  #check(): void {
    if (this.#stale || this.#f64.length === 0) this.#take()
  }

  #gone(): FillgridError {
    return new FillgridError(
      'released',
      'run: its memory was given back when it ended or was released, and a broker, position or indicator of it was used afterwards. Read them in hooks, or take what you need from the Result.',
    )
  }

  #take(): void {
    if (this.#released) throw this.#gone()
    const arena = this.engine.arena
    this.#stale = false
    this.#f64 = arena.f64(this.pointer, L.RUN_BYTES / 8)
    this.#i32 = arena.i32(this.pointer, L.RUN_BYTES / 4)
    const quantities = this.#i32[L.RUN_QUANTITIES >> 2] >>> 0
    if (quantities !== 0) this.#quantities = arena.f64(quantities, this.shape.assets)
    const ring = this.#i32[L.RUN_RING >> 2] >>> 0
    if (ring !== 0) this.#ring = arena.f64(ring, RING * L.COMMAND_FIELDS)
  }
}

const NO_NUMBERS = new Float64Array(0)
const NO_EVENTS = new Int32Array(0)

function noParts(): Record<TableName, TablePart[]> {
  return { fills: [], trades: [], orders: [] }
}

/** A copy of a lane. */
export interface LaneImage {
  record: Uint8Array
  blocks: Map<number, Uint8Array>
  parts: Record<TableName, TablePart[]>
  base: { fills: number; trades: number; orders: number }
}
