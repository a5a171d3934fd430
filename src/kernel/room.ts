import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import type { LaneTables } from './lanetable.ts'
import type { RunRecord } from './record.ts'

/** A run with its tables. */
type Tabled = RunRecord & { readonly tables: LaneTables }

// What a run's blocks have room for. The kernel asks before a step (STATUS_ROOM), never within one.

/** Room for pending orders: some an asset at first. */
export function beginPool(lane: Tabled): void {
  const capacity = Math.max(256, 2 * lane.shape.assets + 64)
  lane.block(L.RUN_POOL, capacity * L.LIVE_BYTES, pendingOrders(capacity))
  sizeScratch(lane, capacity)
}

/** Room for `count` more pending orders. */
export function roomForOrders(lane: Tabled, count: number): void {
  const used = lane.i32(L.RUN_POOL_COUNT)
  if (used + count <= lane.i32(L.RUN_POOL_CAPACITY)) return
  const capacity = 2 * lane.i32(L.RUN_POOL_CAPACITY) + Math.max(count, lane.shape.assets)
  if (capacity > 1 << 24)
    throw new FillgridError(
      'memory_limit',
      `orders: ${capacity} pending orders at once are more than a run can hold. Cancel those that are no longer wanted.`,
    )
  lane.grow(L.RUN_POOL, capacity * L.LIVE_BYTES, used * L.LIVE_BYTES, pendingOrders(capacity))
  sizeScratch(lane, capacity)
}

/** Where the walk keeps the run while it tries paths, all its pending orders included, behind it the record of an exit that is no order, and lots. */
function sizeScratch(lane: Tabled, capacity: number): void {
  const lots = lane.i32(L.RUN_LOT_CAPACITY) * (L.LOT_BYTES + 8)
  const bytes = L.RUN_BYTES + L.SAVED_BYTES + L.POSITION_BYTES + L.DETAIL_BYTES + (capacity + 1) * L.LIVE_BYTES + lots
  lane.block(L.RUN_SCRATCH, bytes, pendingOrders(capacity))
  lane.setI32(L.RUN_POOL_CAPACITY, capacity)
}

const pendingOrders = (capacity: number): string => `${capacity} pending orders`

/** Room for lots in runs that have them: there are none yet. The first record is kept free. */
export function beginLots(lane: Tabled): void {
  const bytes = lane.shape.assets * L.LOT_HEAD_BYTES
  if (lane.i32(L.RUN_LOT_CAPACITY) === 0) {
    lane.block(L.RUN_LOT_HEADS, bytes, 'lots')
    growLots(lane, 64, 0)
  }
  lane.engine.arena.u8(lane.i32(L.RUN_LOT_HEADS) >>> 0, bytes).fill(0)
  lane.setI32(L.RUN_LOT_COUNT, 1)
  lane.setI32(L.RUN_LIVE_LOTS, 0)
  lane.setI32(L.RUN_NEXT_LOT, 1)
}

/** Room for so many more lots. */
export function roomForLots(lane: Tabled, count: number): void {
  const used = lane.i32(L.RUN_LOT_COUNT)
  if (used + count > lane.i32(L.RUN_LOT_CAPACITY)) growLots(lane, 2 * (used + count), used)
}

function growLots(lane: Tabled, capacity: number, used: number): void {
  lane.grow(L.RUN_LOT_TABLE, capacity * L.LOT_FIELDS_BYTES, used * L.LOT_FIELDS_BYTES, `${capacity} lots`)
  lane.grow(L.RUN_LOT_DETAILS, capacity * L.LOT_REST_BYTES, used * L.LOT_REST_BYTES, `${capacity} lots`)
  lane.setI32(L.RUN_LOT_CAPACITY, capacity)
  sizeScratch(lane, lane.i32(L.RUN_POOL_CAPACITY))
}

const EVENTS = 32_768

/** Room for the events of a bar, in runs that tell of them. */
export function beginEvents(lane: Tabled): void {
  lane.block(L.RUN_EVENT_TABLE, EVENTS * 8, 'events')
  lane.setI32(L.RUN_EVENT_CAPACITY, EVENTS)
}

/** Room for `count` more events, in runs that tell of them. */
export function roomForEvents(lane: Tabled, count: number): void {
  const used = lane.i32(L.RUN_EVENT_COUNT)
  let capacity = lane.i32(L.RUN_EVENT_CAPACITY)
  if (used + count <= capacity) return
  while (used + count > capacity) capacity *= 2
  lane.grow(L.RUN_EVENT_TABLE, capacity * 8, used * 8, 'events')
  lane.setI32(L.RUN_EVENT_CAPACITY, capacity)
}

/** Room for `count` orders to end outside a step, as cancels do. The lane is bound. */
export function roomForEnds(lane: Tabled, count: number): void {
  if (lane.shape.record === L.RECORD_NONE) return
  lane.tables.orders.roomFor(count)
  if (lane.shape.record >= L.RECORD_EVENTS) roomForEvents(lane, count)
}

/** Room for all that the kernel says one step can write: takes out what full tables hold. The lane is bound. */
export function roomForStep(lane: Tabled): void {
  const { kernels } = lane
  const fills = kernels.fillsAhead()
  lane.tables.fills.roomFor(fills, (rows) => rebaseEvents(lane, L.EVENT_FILL, rows))
  lane.tables.trades.roomFor(kernels.tradesAhead(), (rows) => rebaseEvents(lane, L.EVENT_TRADE, rows))
  if (lane.shape.record > L.RECORD_NONE) {
    lane.tables.orders.roomFor(kernels.endsAhead())
    lane.tables.ambiguous.roomFor(kernels.ambiguousAhead())
  }
  if (lane.shape.record >= L.RECORD_EVENTS) roomForEvents(lane, kernels.eventsAhead())
  roomForOrders(lane, 2 * lane.shape.assets)
  if (lane.i32(L.RUN_SIGNAL_RULE_COUNT) > 0) roomForChains(lane, lane.shape.assets)
  if (lane.i32(L.RUN_LOTS) !== L.LOTS_AVERAGE) roomForLots(lane, kernels.lotsAhead())
  // Else the next step would ask for the same again, forever.
  if (kernels.hasRoom() === 0)
    throw new FillgridError('engine_failed', `run: tables for a step with ${fills} fills were made, found too small.`)
}

/** Room for `count` more chains of rules that wait with their orders. */
export function roomForChains(lane: Tabled, count: number): void {
  const used = lane.i32(L.RUN_CHAIN_COUNT)
  const needed = used + count
  if (needed <= lane.i32(L.RUN_CHAIN_CAPACITY)) return
  const capacity = Math.max(2 * needed, 16)
  lane.grow(L.RUN_CHAINS, capacity * L.CHAIN_BYTES, used * L.CHAIN_BYTES, `rules of ${capacity} orders`)
  lane.setI32(L.RUN_CHAIN_CAPACITY, capacity)
}

/** Rows of a table begin anew: those that events tell of lie so many before. */
function rebaseEvents(lane: Tabled, kind: number, rows: number): void {
  if (lane.shape.record < L.RECORD_EVENTS || lane.i32(L.RUN_EVENT_COUNT) === 0) return
  const events = lane.engine.arena.i32(lane.i32(L.RUN_EVENT_TABLE) >>> 0, 2 * lane.i32(L.RUN_EVENT_COUNT))
  for (let i = 0; i < events.length; i += 2) if (events[i] === kind) events[i + 1] -= rows
}
