import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import { Blocks } from './blocks.ts'
import type { CostAnswers } from './costanswers.ts'
import { WHOLE_FIELDS } from './exports.ts'
import { AMBIGUOUS, FILLS, LaneTable, type LaneTables, ORDERS, ROWS, TRADES } from './lanetable.ts'
import type { Late } from './late.ts'
import type { Broker, Engine } from './load.ts'
import type { LaneShape, RunRecord } from './record.ts'
import { beginEvents, beginPool, roomForChains, roomForEnds, roomForEvents, roomForOrders } from './room.ts'

const RING = 256
/** Columns of numbers beside the positions: water marks, the prices between which nothing happens, the worst of a bar, units traded. */
const BAND = [L.RUN_HIGHS, L.RUN_LOWS, L.RUN_BELOWS, L.RUN_ABOVES, L.RUN_WORSTS, L.RUN_WORST_EXPOSURES, L.RUN_TRADED]
/** What the run's blocks have room for: stays when it begins anew. */
const CAPACITIES = [
  L.RUN_POOL_CAPACITY,
  L.RUN_FILL_CAPACITY,
  L.RUN_TRADE_CAPACITY,
  L.RUN_ORDER_CAPACITY,
  L.RUN_EVENT_CAPACITY,
  L.RUN_AMBIGUOUS_CAPACITY,
  L.RUN_CHAIN_CAPACITY,
  L.RUN_LOT_CAPACITY,
]
/** Rows of a table at first where they only have to last for a bar. */
const FEW_ROWS = 256
/**
 * One run's memory: the run record with account and settings, position columns, order pool, command ring, tables and
 * equity. Blocks of the arena; the run record has their addresses. What a table holds that is full between bars is taken
 * out of it, so that nothing has to be counted beforehand.
 */
export class Lane implements RunRecord {
  readonly engine: Engine
  /** The engine that plays the run: that of plain runs, until settings ask for more. */
  kernels: Broker
  readonly shape: LaneShape
  readonly pointer: number
  /** Where the index of the last bar of each return period stands. */
  readonly periodEnds: number
  readonly #blocks: Blocks
  #targets: Float64Array = NO_NUMBERS
  /** The tables that the run writes; orders only where they are recorded. */
  readonly tables: LaneTables = {
    fills: new LaneTable(this, FILLS),
    trades: new LaneTable(this, TRADES),
    orders: new LaneTable(this, ORDERS),
    ambiguous: new LaneTable(this, AMBIGUOUS),
  }
  #f64!: Float64Array
  #i32!: Int32Array
  #quantities!: Float64Array
  #ring!: Float64Array
  #stale = true
  #wasStale = true
  #released = false

  constructor(engine: Engine, shape: LaneShape) {
    this.engine = engine
    this.kernels = engine.kernels
    this.shape = shape
    this.pointer = engine.arena.allocate(L.RUN_BYTES, 'a run')
    engine.arena.u8(this.pointer, L.RUN_BYTES).fill(0)
    this.#blocks = new Blocks(engine.arena, this.pointer)
    this.#take()
    try {
      this.#allocate()
      this.periodEnds = this.#placeEnds()
      this.reset()
    } catch (error) {
      // Where there is no room for all of it, nothing is kept.
      this.release()
      throw error
    }
  }

  #allocate(): void {
    const { shape } = this
    const { assets, bars } = shape
    const words = (assets + 63) >> 6
    this.block(L.RUN_QUANTITIES, assets * 8, 'positions')
    if (shape.instruments.multipliers !== 0) this.block(L.RUN_HOLDINGS, assets * 8, 'positions')
    this.block(L.RUN_MARKS, assets * 8, 'positions')
    for (const field of BAND) this.block(field, assets * 8, 'positions')
    this.block(L.RUN_POSITIONS, assets * (L.POSITION_BYTES + L.DETAIL_BYTES), 'positions')
    this.block(L.RUN_HEADS, assets * 4, 'positions')
    this.block(L.RUN_TAILS, assets * 4, 'positions')
    this.block(L.RUN_HELD_BITS, words * 8, 'positions')
    this.block(L.RUN_ORDER_BITS, words * 8, 'positions')
    this.block(L.RUN_BATCH_BITS, words * 8, 'orders')
    // Four columns: what closing parts have traded, for how much, at what cost (0 between fills of a batch); targets.
    this.block(L.RUN_BATCH_CLOSED, 4 * assets * 8, 'orders')
    this.block(L.RUN_GLOBAL_RULES, L.RULE_LIMIT * L.RULE_BYTES, 'rules')
    this.block(L.RUN_ASSET_RULES, assets * L.RULE_LIMIT * L.RULE_BYTES, 'rules')
    this.block(L.RUN_ASSET_RULE_COUNTS, assets * 4, 'rules')
    this.block(L.RUN_RING, RING * L.COMMAND_FIELDS * 8, 'commands')
    const traded = bars - shape.first
    if (shape.followed) this.block(L.RUN_PERIOD_EQUITY, shape.periods.count * 8, 'equity by period')
    else this.block(L.RUN_EQUITY_COLUMN, traded * 8, `equity of ${traded} bars`)
    if (shape.record > L.RECORD_NONE && !shape.followed)
      this.block(L.RUN_CASH_COLUMN, traded * 8, `cash of ${traded} bars`)
    beginPool(this)
    const rows = shape.record > L.RECORD_NONE ? ROWS : FEW_ROWS
    this.tables.fills.begin(rows)
    this.tables.trades.begin(rows)
    if (shape.record > L.RECORD_NONE) {
      this.tables.orders.begin(rows)
      this.tables.ambiguous.begin(FEW_ROWS)
    }
    if (shape.record >= L.RECORD_EVENTS) beginEvents(this)
  }

  #placeEnds(): number {
    const { ends } = this.shape.periods
    if (typeof ends === 'number') return ends
    const pointer = this.ownBlock(ends.length * 4, 'return periods')
    this.engine.arena.i32(pointer, ends.length).set(ends)
    return pointer
  }

  /** Back to before the first bar; settings, rules and signals have to be written again. */
  reset(): void {
    const { assets, first, bars, marks, dense, nonPositive, record, contexts, followed } = this.shape
    const arena = this.engine.arena
    const capacities = CAPACITIES.map((field) => this.i32(field))
    arena.u8(this.pointer, L.RUN_BYTES).fill(0)
    this.#blocks.writeAddresses()
    CAPACITIES.forEach((field, i) => {
      this.setI32(field, capacities[i])
    })
    this.setI32(L.RUN_BARS, bars)
    this.setI32(L.RUN_ASSETS, assets)
    this.setI32(L.RUN_FIRST, first)
    this.setI32(L.RUN_BAR, first - 1)
    this.setI32(L.RUN_DENSE, dense ? 1 : 0)
    this.setI32(L.RUN_NON_POSITIVE, nonPositive ? 1 : 0)
    this.setI32(L.RUN_RECORD, record)
    this.setI32(L.RUN_CONTEXTS, contexts)
    this.setI32(L.RUN_NEXT_ID, 1)
    this.setI32(L.RUN_PERIOD_ENDS, followed ? this.periodEnds : 0)
    this.setI32(L.RUN_PERIODS, followed ? this.shape.periods.count : 0)
    this.nextId = 1
    this.ringCount = 0
    this.ringChains = 0
    this.late?.clear()
    this.setI32(L.RUN_RING_CAPACITY, RING)
    this.writeMarket(this.shape)
    const block = (field: number, bytes: number) => arena.u8(this.i32(field) >>> 0, bytes)
    block(L.RUN_QUANTITIES, assets * 8).fill(0)
    // Where no asset has a multiplier a position is what it is worth at a price of 1.
    if (this.shape.instruments.multipliers === 0) this.setI32(L.RUN_HOLDINGS, this.i32(L.RUN_QUANTITIES))
    this.writeHoldings()
    if (marks) this.column(L.RUN_MARKS).set(marks)
    else this.column(L.RUN_MARKS).fill(Number.NaN)
    this.column(L.RUN_HIGHS).fill(0)
    this.column(L.RUN_LOWS).fill(0)
    this.column(L.RUN_TRADED).fill(0)
    this.column(L.RUN_BELOWS).fill(Number.NEGATIVE_INFINITY)
    this.column(L.RUN_ABOVES).fill(Number.POSITIVE_INFINITY)
    block(L.RUN_POSITIONS, assets * (L.POSITION_BYTES + L.DETAIL_BYTES)).fill(0)
    block(L.RUN_HEADS, assets * 4).fill(0xff)
    block(L.RUN_HELD_BITS, ((assets + 63) >> 6) * 8).fill(0)
    block(L.RUN_ORDER_BITS, ((assets + 63) >> 6) * 8).fill(0)
    block(L.RUN_BATCH_CLOSED, 3 * assets * 8).fill(0)
    block(L.RUN_ASSET_RULE_COUNTS, assets * 4).fill(0xff)
    for (const table of Object.values(this.tables)) table.reset()
  }

  /** Where the market's columns lie: at the start, and after a snapshot of a run over a market of equal content. */
  writeMarket({ pointers, listing, instruments }: Pick<LaneShape, 'pointers' | 'listing' | 'instruments'>): void {
    this.setI32(L.RUN_OPEN, pointers.open)
    this.setI32(L.RUN_CLOSE, pointers.close)
    this.setI32(L.RUN_VOLUME, pointers.volume)
    this.setI32(L.RUN_RANGE_HIGH, pointers.rangeHigh)
    this.setI32(L.RUN_RANGE_LOW, pointers.rangeLow)
    this.setI32(L.RUN_LISTED, listing.listed)
    this.setI32(L.RUN_ENDS, listing.ends)
    this.setI32(L.RUN_MULTIPLIERS, instruments.multipliers)
    this.setI32(L.RUN_TICKS, instruments.ticks)
    this.setI32(L.RUN_PIPS, instruments.pips)
    this.setI32(L.RUN_STEPS, instruments.steps)
    this.setI32(L.RUN_LIMITS, instruments.limits)
  }

  /** Works out what positions are times the multipliers of their assets, after the positions were put there. */
  writeHoldings(): void {
    const multipliers = this.i32(L.RUN_MULTIPLIERS) >>> 0
    if (multipliers === 0) return
    const by = this.engine.arena.f64(multipliers, this.shape.assets)
    this.column(L.RUN_HOLDINGS).set(this.column(L.RUN_QUANTITIES).map((quantity, asset) => quantity * by[asset]))
  }

  /** Gives all its memory back. Whoever reads it afterwards gets an error: views are taken anew at the next look. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#f64 = NO_NUMBERS
    this.#quantities = NO_NUMBERS
    this.#ring = NO_NUMBERS
    this.#targets = NO_NUMBERS
    this.#blocks.release()
    for (const table of Object.values(this.tables)) table.reset()
    this.engine.arena.release(this.pointer)
    // Another run may get the same place.
    if (this.engine.bound === this.pointer) this.engine.bound = 0
  }

  /** Makes this lane the one that the thread's kernels work on. */
  bind(): void {
    if (this.#released) throw this.#gone()
    const { engine } = this
    if (engine.bound === this.pointer) return
    if (engine.asking) throw askingError()
    engine.costs = this.costs
    this.kernels.bind(this.pointer)
    engine.bound = this.pointer
  }

  /** The settings and the market are written: takes the engine that knows what they ask for. */
  takeEngine(): void {
    const isPlain = WHOLE_FIELDS.every(([at, type]) => (type === 'f64' ? this.f64(at) : this.i32(at)) === 0)
    this.kernels = isPlain ? this.engine.kernels : this.engine.whole
    this.engine.bound = 0
    this.bind()
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

  /** Equity by bar from the first one on, a view; valid up to the bars that have run. */
  get equity(): Float64Array {
    return this.engine.arena.f64(this.i32(L.RUN_EQUITY_COLUMN) >>> 0, this.shape.bars - this.shape.first)
  }

  /** Cash likewise (with tables). */
  get cash(): Float64Array {
    return this.engine.arena.f64(this.i32(L.RUN_CASH_COLUMN) >>> 0, this.shape.bars - this.shape.first)
  }

  /** Cash and positions at the last prices, currency. */
  get accountValue(): number {
    if (this.i32(L.RUN_UNVALUED) !== 0) {
      this.bind()
      this.kernels.accountValue()
    }
    return this.f64(L.RUN_EQUITY)
  }

  /** A column of numbers by asset (RUN_MARKS, RUN_HIGHS, ...), a view. */
  column(field: number): Float64Array {
    return this.engine.arena.f64(this.i32(field) >>> 0, this.shape.assets)
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
    return this.column(L.RUN_MARKS)[asset]
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

  /** What was decided and is on its way, in runs with a latency; set before anything is decided. */
  late: Late | undefined
  /** Who answers for the run's own cost models; set before it is bound. */
  costs: CostAnswers | undefined
  /** Tells what clocks show at the start of each bar of the market, whole seconds (semantics 6.14); set before the settings are written. */
  clockTimes: () => Float64Array = () => NO_NUMBERS

  /** A rule comes that goes by the clock: from here on the kernel knows what it shows. Other runs pay nothing for it. @throws FillgridError memory_limit */
  needClock(): void {
    if (this.i32(L.RUN_CLOCK_TIMES) === 0) {
      const times = this.clockTimes()
      const pointer = this.block(L.RUN_CLOCK_TIMES, times.length * 8, `local times of ${times.length} bars`)
      this.engine.arena.f64(pointer, times.length).set(times)
    }
    this.setI32(L.RUN_CLOCKED, 1)
  }

  /** Commands in the ring, written by the broker; the kernel hears of them at `flush`. */
  ringCount = 0
  /** Those of them that are chains of rules for the order that follows. */
  ringChains = 0
  /** Id of the next order when the ring is empty. */
  nextId = 1

  /** Has the kernel hear of the ring's commands. Orders may wait without a record then. The lane is bound. */
  flush(): void {
    const count = this.ringCount
    if (count === 0) return
    // Before the ring is emptied: where there is no room, no order is lost.
    const most = count + this.i32(L.RUN_BATCH)
    roomForOrders(this, most)
    if (this.ringChains > 0) roomForChains(this, this.ringChains)
    roomForEnds(this, most)
    this.ringChains = 0
    this.ringCount = 0
    this.setI32(L.RUN_RING_COUNT, count)
    this.kernels.flushCommands()
    this.nextId = this.i32(L.RUN_NEXT_ID) + this.i32(L.RUN_BATCH)
  }

  /** Also makes records of orders that have none, for whoever looks at them, changes them or adds to them. The lane is bound. */
  settle(): void {
    this.flush()
    if (this.i32(L.RUN_BATCH) !== 0) this.kernels.placeBatch()
  }

  /** A market order towards each asset's target; see assembly/broker/targets.ts. The lane is bound and settled. */
  orderTargets(targets: ArrayLike<number>, size: number, timing: number): number {
    const { assets } = this.shape
    const { kernels } = this
    const { arena } = this.engine
    roomForOrders(this, assets)
    roomForEnds(this, assets)
    const own = kernels.ownTargets() >>> 0
    if (this.#targets.length === 0) this.#targets = arena.f64(own, assets)
    this.#targets.set(targets)
    const given = kernels.orderTargets(own, size, timing)
    this.nextId = this.i32(L.RUN_NEXT_ID) + this.i32(L.RUN_BATCH)
    return given
  }

  /** What happened since the last call, in order: pairs of kind (EVENT_*) and index. Rows count from the run's start. */
  takeEvents(): Int32Array {
    const count = this.i32(L.RUN_EVENT_COUNT)
    if (count === 0) return NO_EVENTS
    const events = this.engine.arena.i32(this.i32(L.RUN_EVENT_TABLE) >>> 0, 2 * count).slice()
    for (let i = 0; i < events.length; i += 2) {
      if (events[i] === L.EVENT_FILL) events[i + 1] += this.tables.fills.base
      else if (events[i] === L.EVENT_TRADE) events[i + 1] += this.tables.trades.base
    }
    this.setI32(L.RUN_EVENT_COUNT, 0)
    return events
  }

  /** The same events, which stay to be taken. */
  pendingEvents(): Int32Array {
    const events = this.takeEvents()
    this.setI32(L.RUN_EVENT_COUNT, events.length / 2)
    return events
  }

  /** Events that are to be taken next, in place of all others; none where the run does not tell of any. */
  putEvents(events: Int32Array): void {
    this.setI32(L.RUN_EVENT_COUNT, 0)
    if (this.shape.record < L.RECORD_EVENTS || events.length === 0) return
    roomForEvents(this, events.length / 2)
    const table = this.engine.arena.i32(this.i32(L.RUN_EVENT_TABLE) >>> 0, events.length)
    table.set(events)
    for (let i = 0; i < events.length; i += 2) {
      if (events[i] === L.EVENT_FILL) table[i + 1] -= this.tables.fills.base
      else if (events[i] === L.EVENT_TRADE) table[i + 1] -= this.tables.trades.base
    }
    this.setI32(L.RUN_EVENT_COUNT, events.length / 2)
  }

  /** A block that is released with the lane and whose address the caller keeps. */
  ownBlock(bytes: number, purpose: string): number {
    this.#stale = true
    return this.#blocks.own(bytes, purpose)
  }

  /** A block whose address stands in the run record at `field`. */
  block(field: number, bytes: number, purpose: string): number {
    this.#stale = true
    return this.#blocks.set(field, bytes, purpose)
  }

  /** A larger block for a field, of which the first `kept` bytes are those of the old one. */
  grow(field: number, bytes: number, kept: number, purpose: string): void {
    this.#stale = true
    this.#blocks.grow(field, bytes, kept, purpose)
  }

  /** A cost model is asked in the middle of a step: until it has answered nothing of a run can be used. */
  shut(): void {
    const { engine } = this
    engine.asking = true
    engine.bound = 0
    this.#wasStale = this.#stale
    this.#stale = true
  }

  /** It has answered. */
  reopen(): void {
    const { engine } = this
    engine.asking = false
    engine.bound = this.pointer
    this.#stale = this.#wasStale
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
    if (this.engine.asking) throw askingError()
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

function askingError(): FillgridError {
  return new FillgridError(
    'busy',
    'run: nothing of a run can be used by a cost model, which decides by what it is told alone, found a broker, position, indicator or run used in one.',
  )
}

const NO_NUMBERS = new Float64Array(0)
const NO_EVENTS = new Int32Array(0)
