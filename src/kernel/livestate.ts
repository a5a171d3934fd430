import * as L from '../../assembly/layout.ts'
import { clearLeft, clearRules } from './details.ts'
import type { Lane } from './lane.ts'
import { heldLots, putLots, sumLots } from './lots.ts'
import { roomForChains, roomForEvents, roomForLots, roomForOrders } from './room.ts'

// What a run is in the middle of, between two steps: what `advance` goes on from, without the history that it has
// written down, the settings that it was begun with, and what is worked out anew in each step. Addresses are no part of
// it; what can be counted is counted again when it is put back.

/** Fields of the run record that belong to it: doubles. */
export const LIVE_F64 = [
  L.RUN_CASH,
  L.RUN_EQUITY,
  L.RUN_BOUND,
  L.RUN_BOUND_EXPOSURE,
  L.RUN_BUST_BOUND,
  L.RUN_CALL_BOUND,
  L.RUN_HALT_PEAK,
  L.RUN_OWN_CALLS,
  L.RUN_DAY_START,
  L.RUN_DRAWDOWN + L.DRAWDOWN_PEAK,
  L.RUN_DRAWDOWN + L.DRAWDOWN_LOW,
  L.RUN_DRAWDOWN + L.DRAWDOWN_WORST,
  L.RUN_DRAWDOWN + L.DRAWDOWN_FRACTION,
  L.RUN_DRAWDOWN + L.DRAWDOWN_MONEY,
  L.RUN_DRAWDOWN + L.DRAWDOWN_INTRABAR,
  ...Array.from({ length: L.TOTAL_COUNT }, (_, i) => L.RUN_TOTALS + 8 * i),
]
/** Whole numbers. */
export const LIVE_I32 = [
  L.RUN_BAR,
  L.RUN_BUST,
  L.RUN_MARGIN_CALL,
  L.RUN_ENDED,
  L.RUN_NEXT_ID,
  L.RUN_RULES,
  L.RUN_LONGEST_CHAIN,
  L.RUN_LONGEST_OWN,
  L.RUN_BUST_BAR,
  L.RUN_CALL_BAR,
  L.RUN_UNVALUED,
  L.RUN_RULED,
  L.RUN_RANGED,
  L.RUN_CLOCKED,
  L.RUN_HALTED,
  L.RUN_DAY_STOPPED,
  L.RUN_LOSSES_IN_ROW,
  L.RUN_PAUSED_UNTIL,
  L.RUN_RULES_REVISION,
  L.RUN_PERIOD,
  L.RUN_LAST_PLACE,
  L.RUN_NEXT_LOT,
  L.RUN_DRAWDOWN + L.DRAWDOWN_LONGEST,
  L.RUN_DRAWDOWN + L.DRAWDOWN_START,
]
/** Columns by asset. */
export const LIVE_COLUMNS = [
  L.RUN_QUANTITIES,
  L.RUN_MARKS,
  L.RUN_HIGHS,
  L.RUN_LOWS,
  L.RUN_BELOWS,
  L.RUN_ABOVES,
  L.RUN_TRADED,
] as const

const CHAIN = L.RULE_LIMIT * L.RULE_BYTES

/** A copy of what a run is in the middle of. */
export interface LiveState {
  /** LIVE_F64 and LIVE_I32. */
  f64: Float64Array
  i32: Int32Array
  /** LIVE_COLUMNS, one behind the other. */
  columns: Float64Array
  /** Records of all positions, and the details of those that are held, in asset order. */
  positions: Uint8Array
  details: Uint8Array
  /** Records of the pending orders, by id, and the chains of rules that some bring, in their order. */
  orders: Uint8Array
  brought: Uint8Array
  /** Records of the lots that there are, as they were opened (rule 10.13). */
  lots: Uint8Array
  /** What is on its way, in the order in which it was decided (rule 3.15). */
  late: Uint8Array
  /** Rules of the assets' chains, -1 for none of its own; then the rules: the global chain, those of the assets. */
  chains: Int32Array
  rules: Uint8Array
  /** What has happened and was not told yet: kind and index; rows count from the run's start. */
  events: Int32Array
  /** Rows of the tables of fills, trades, ended orders and ambiguous bars. */
  rows: Int32Array
}

/** Bytes of a state, in whatever form. */
export function stateBytes(state: object): number {
  let bytes = 0
  for (const part of Object.values(state) as (Float64Array | Int32Array | Uint8Array)[]) bytes += part.byteLength
  return bytes
}

/** Copies what the run is in the middle of. Orders that wait without a record get one, which changes nothing. */
export function takeState(lane: Lane): LiveState {
  lane.bind()
  lane.settle()
  const { arena } = lane.engine
  const { assets } = lane.shape
  const bytes = (field: number, length: number) => arena.u8(lane.i32(field) >>> 0, length)
  const hasLots = lane.i32(L.RUN_LOTS) !== L.LOTS_AVERAGE
  // Whether somebody has asked for it is no part of a state.
  if (hasLots) for (let asset = 0; asset < assets; asset++) sumLots(lane, asset)
  const columns = new Float64Array(LIVE_COLUMNS.length * assets)
  LIVE_COLUMNS.forEach((field, i) => {
    columns.set(lane.column(field), i * assets)
  })
  const held = heldAssets(columns, assets)
  const details = new Uint8Array(held.length * L.DETAIL_BYTES)
  const positions = bytes(L.RUN_POSITIONS, assets * L.POSITION_BYTES).slice()
  held.forEach((asset, i) => {
    const detail = details.subarray(i * L.DETAIL_BYTES, (i + 1) * L.DETAIL_BYTES)
    detail.set(arena.u8(detailAt(lane, asset), L.DETAIL_BYTES))
    if (hasLots) clearRules(detail)
    else clearLeft(detail, positions.subarray(asset * L.POSITION_BYTES))
  })
  const chains = arena.i32(lane.i32(L.RUN_ASSET_RULE_COUNTS) >>> 0, assets).slice()
  return {
    f64: Float64Array.from(LIVE_F64, (field) => lane.f64(field)),
    i32: Int32Array.from(LIVE_I32, (field) => lane.i32(field)),
    columns,
    positions,
    details,
    ...pendingOrders(lane),
    lots: hasLots ? heldLots(lane) : new Uint8Array(0),
    late: lane.late?.take() ?? new Uint8Array(0),
    chains,
    rules: rulesOf(lane, chains),
    events: lane.pendingEvents(),
    rows: Int32Array.of(
      lane.tables.fills.rows,
      lane.tables.trades.rows,
      lane.tables.orders.rows,
      lane.tables.ambiguous.rows,
    ),
  }
}

/** Room for a state of another lane, made before anything is put: without it this one stays as it is. @throws FillgridError memory_limit */
export function roomForState(lane: Lane, { i32, orders, brought, lots, events }: LiveState): void {
  if (i32[LIVE_I32.indexOf(L.RUN_CLOCKED)] !== 0) lane.needClock()
  const missing = (count: number, field: number) => Math.max(0, count - lane.i32(field))
  roomForOrders(lane, missing(orders.length / L.LIVE_BYTES, L.RUN_POOL_COUNT))
  roomForChains(lane, missing(brought.length / L.CHAIN_BYTES, L.RUN_CHAIN_COUNT))
  if (lots.length > 0) roomForLots(lane, missing(lots.length / L.LOT_BYTES + 1, L.RUN_LOT_COUNT))
  if (lane.shape.record >= L.RECORD_EVENTS) roomForEvents(lane, missing(events.length / 2, L.RUN_EVENT_COUNT))
}

/**
 * Puts a state back, of this lane or of another one of the same shape; the tables must have the rows that it knows of, and
 * lose those behind them.
 */
export function putState(lane: Lane, state: LiveState): void {
  const { arena } = lane.engine
  const { assets } = lane.shape
  // Whatever waited without a record is gone. The next asset to end is looked for anew.
  lane.setI32(L.RUN_BATCH, 0)
  lane.setI32(L.RUN_NEXT_END, 0)
  lane.setI32(L.RUN_NEXT_EXPIRY, 0)
  // What the run has ended in since lies ahead of it again.
  lane.setI32(L.RUN_FAULT, 0)
  lane.setI32(L.RUN_FAULT_ORDER, 0)
  lane.setI32(L.RUN_FAULT_BAR, 0)
  lane.setI32(L.RUN_POOL_COUNT, 0)
  roomForOrders(lane, state.orders.length / L.LIVE_BYTES)
  LIVE_F64.forEach((field, i) => {
    lane.setF64(field, state.f64[i])
  })
  LIVE_I32.forEach((field, i) => {
    lane.setI32(field, state.i32[i])
  })
  LIVE_COLUMNS.forEach((field, i) => {
    lane.column(field).set(state.columns.subarray(i * assets, (i + 1) * assets))
  })
  lane.writeHoldings()
  arena.u8(lane.i32(L.RUN_POSITIONS) >>> 0, state.positions.length).set(state.positions)
  const held = heldAssets(state.columns, assets)
  held.forEach((asset, i) => {
    arena
      .u8(detailAt(lane, asset), L.DETAIL_BYTES)
      .set(state.details.subarray(i * L.DETAIL_BYTES, (i + 1) * L.DETAIL_BYTES))
  })
  lane.setI32(L.RUN_HELD, held.length)
  writeBits(lane, L.RUN_HELD_BITS, held)
  putOrders(lane, state)
  if (lane.i32(L.RUN_LOTS) !== L.LOTS_AVERAGE) putLots(lane, state.lots)
  putRules(lane, state)
  const { fills, trades, orders, ambiguous } = lane.tables
  fills.truncate(state.rows[0])
  trades.truncate(state.rows[1])
  orders.truncate(state.rows[2])
  ambiguous.truncate(state.rows[3])
  lane.putEvents(state.events)
  lane.late?.put(state.late)
  lane.ringCount = 0
  lane.ringChains = 0
  lane.nextId = lane.i32(L.RUN_NEXT_ID)
}

/** Assets with a position. */
export function heldAssets(columns: Float64Array, assets: number): number[] {
  const held: number[] = []
  for (let asset = 0; asset < assets; asset++) if (columns[asset] !== 0) held.push(asset)
  return held
}

/** Where the details of a position stand: behind the records of all. */
function detailAt(lane: Lane, asset: number): number {
  return (lane.i32(L.RUN_POSITIONS) >>> 0) + lane.shape.assets * L.POSITION_BYTES + asset * L.DETAIL_BYTES
}

function pendingOrders(lane: Lane): { orders: Uint8Array; brought: Uint8Array } {
  const count = lane.i32(L.RUN_POOL_COUNT)
  const pool = lane.engine.arena.u8(lane.i32(L.RUN_POOL) >>> 0, count * L.LIVE_BYTES)
  const words = lane.engine.arena.i32(lane.i32(L.RUN_POOL) >>> 0, (count * L.LIVE_BYTES) / 4)
  const out = new Uint8Array(lane.i32(L.RUN_LIVE) * L.LIVE_BYTES)
  const chains: number[] = []
  const next = new Int32Array(out.buffer)
  let at = 0
  for (let i = 0; i < count; i++) {
    if (words[(i * L.LIVE_BYTES + L.LIVE_STATE) / 4] === L.STATE_ENDED) continue
    out.set(pool.subarray(i * L.LIVE_BYTES, (i + 1) * L.LIVE_BYTES), at)
    // Where the next one stands in the pool is told when it is put back.
    next[(at + L.LIVE_NEXT) / 4] = -1
    if (next[(at + L.LIVE_CHAIN_RULES) / 4] > 0) chains.push(next[(at + L.LIVE_CHAIN) / 4])
    next[(at + L.LIVE_CHAIN) / 4] = 0
    at += L.LIVE_BYTES
  }
  const brought = new Uint8Array(chains.length * L.CHAIN_BYTES)
  const from = lane.i32(L.RUN_CHAINS) >>> 0
  chains.forEach((chain, i) => {
    brought.set(lane.engine.arena.u8(from + chain * L.CHAIN_BYTES, L.CHAIN_BYTES), i * L.CHAIN_BYTES)
  })
  return { orders: out, brought }
}

/** The pool as `squeezePool` leaves it (assembly/broker/orders.ts), and what the run knows of its orders together. */
function putOrders(lane: Lane, { orders, brought }: LiveState): void {
  const { arena } = lane.engine
  const { assets } = lane.shape
  const count = orders.length / L.LIVE_BYTES
  const pointer = lane.i32(L.RUN_POOL) >>> 0
  arena.u8(pointer, orders.length).set(orders)
  const words = arena.i32(pointer, orders.length / 4)
  const word = (i: number, field: number) => (i * L.LIVE_BYTES + field) / 4
  const heads = arena.i32(lane.i32(L.RUN_HEADS) >>> 0, assets).fill(-1)
  const tails = arena.i32(lane.i32(L.RUN_TAILS) >>> 0, assets)
  let [atClose, fractions, links, chains] = [0, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    const asset = words[word(i, L.LIVE_ASSET)]
    words[word(i, L.LIVE_NEXT)] = -1
    if (heads[asset] < 0) heads[asset] = i
    else words[word(tails[asset], L.LIVE_NEXT)] = i
    tails[asset] = i
    const market = words[word(i, L.LIVE_TYPE)] === L.TYPE_MARKET
    if (market && words[word(i, L.LIVE_TIMING)] !== L.TIMING_NEXT_OPEN) atClose++
    const size = words[word(i, L.LIVE_SIZE)]
    if (size === L.SIZE_FRACTION || size === L.SIZE_TARGET_FRACTION) fractions++
    if (words[word(i, L.LIVE_STATE)] === L.STATE_DORMANT && words[word(i, L.LIVE_PARENT)] === 0) links++
    if (words[word(i, L.LIVE_CHAIN_RULES)] > 0) words[word(i, L.LIVE_CHAIN)] = chains++
  }
  lane.setI32(L.RUN_CHAIN_COUNT, 0)
  roomForChains(lane, chains)
  if (chains > 0) arena.u8(lane.i32(L.RUN_CHAINS) >>> 0, brought.length).set(brought)
  lane.setI32(L.RUN_CHAIN_COUNT, chains)
  lane.setI32(L.RUN_POOL_COUNT, count)
  lane.setI32(L.RUN_LIVE, count)
  lane.setI32(L.RUN_AT_CLOSE, atClose)
  lane.setI32(L.RUN_FRACTIONS, fractions)
  lane.setI32(L.RUN_LINKS, links)
  writeBits(
    lane,
    L.RUN_ORDER_BITS,
    Array.from(heads.keys()).filter((asset) => heads[asset] >= 0),
  )
}

function rulesOf(lane: Lane, chains: Int32Array): Uint8Array {
  const { arena } = lane.engine
  const lengths = [lane.i32(L.RUN_RULES), ...chains].map((count) => Math.max(0, count) * L.RULE_BYTES)
  const rules = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  lengths.forEach((length, i) => {
    if (length === 0) return
    rules.set(arena.u8(chainAt(lane, i), length), at)
    at += length
  })
  return rules
}

function putRules(lane: Lane, { chains, rules }: LiveState): void {
  const { arena } = lane.engine
  arena.i32(lane.i32(L.RUN_ASSET_RULE_COUNTS) >>> 0, chains.length).set(chains)
  let at = 0
  ;[lane.i32(L.RUN_RULES), ...chains].forEach((count, i) => {
    if (count <= 0) return
    arena.u8(chainAt(lane, i), count * L.RULE_BYTES).set(rules.subarray(at, at + count * L.RULE_BYTES))
    at += count * L.RULE_BYTES
  })
}

/** Where a chain stands: 0 is the global one, then those of the assets. */
function chainAt(lane: Lane, chain: number): number {
  if (chain === 0) return lane.i32(L.RUN_GLOBAL_RULES) >>> 0
  return (lane.i32(L.RUN_ASSET_RULES) >>> 0) + (chain - 1) * CHAIN
}

function writeBits(lane: Lane, field: number, assets: readonly number[]): void {
  const words = (lane.shape.assets + 63) >> 6
  const bits = lane.engine.arena.i32(lane.i32(field) >>> 0, 2 * words).fill(0)
  for (const asset of assets) bits[asset >> 5] |= 1 << (asset & 31)
}
