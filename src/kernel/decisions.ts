import * as L from '../../assembly/layout.ts'
import { FillgridError } from '../errors.ts'
import type { Lane } from './lane.ts'
import { LATE_CANCEL, LATE_EXIT, LATE_FIELDS, LATE_STOP, LATE_UPDATE, lengthAt } from './late.ts'
import { roomForEnds } from './room.ts'

// What is decided at a close, in numbers, and carried out: at once, or where it was on its way for so long (semantics 3.15).

/** Changes of an order; NaN leaves as it is. */
export interface Changes {
  limit: number
  stop: number
  trail: number
  /** What `trail` is, where it changes: 0 a distance in price, 1 a fraction. */
  trailUnit: number
  units: number
  offset: number
  /** The new end, ms UTC, Infinity for none, and the first bar that starts then or later. */
  goodTill: number
  endBar: number
}

/** Changes a pending order; whether it did. The lane is settled. */
export function updateOrder(lane: Lane, id: number, changes: Changes): boolean {
  const { limit, stop, trail, trailUnit, units, offset, goodTill, endBar } = changes
  return lane.kernels.updateOrder(id, limit, stop, trail, trailUnit, units, offset, goodTill, endBar) !== 0
}

/** Cancels a pending order; whether it did. The lane is settled. */
export function cancelOrder(lane: Lane, id: number): boolean {
  // The order ends outside a step, and with it its children and what waits for it.
  const waits = lane.i32(L.RUN_LINKS) > 0
  roomForEnds(lane, waits ? lane.i32(L.RUN_LIVE) : 2 + L.TARGET_LIMIT)
  return lane.kernels.cancelOrder(id) !== 0
}

/** A fraction of a position exits, or of the lot that an order has opened (0: all); whether it does. The lane is settled. */
export function decideExit({ kernels }: Lane, asset: number, lot: number, fraction: number): boolean {
  return (lot > 0 ? kernels.decideLotExit(asset, lot, fraction) : kernels.decideExit(asset, fraction)) !== 0
}

/** The stop of a position, or of a lot, moves to a price; whether it does. The lane is settled. */
export function decideStop({ kernels }: Lane, asset: number, lot: number, price: number): boolean {
  return (lot > 0 ? kernels.decideLotStop(asset, lot, price) : kernels.decideStop(asset, price)) !== 0
}

/** Carries out what arrives in the bar that has closed, in the order in which it was decided. */
export function arrive(lane: Lane): void {
  const { late } = lane
  const bar = lane.i32(L.RUN_BAR)
  if (!late || late.due > bar) return
  lane.bind()
  const promised = lane.nextId + late.ids
  for (; late.due <= bar; late.drop()) {
    if (late.records[late.first + L.COMMAND_KIND] <= L.KIND_CHAIN) command(lane, late.records, late.first)
    else {
      lane.settle()
      carryOut(lane, late.records, late.first)
    }
  }
  lane.flush()
  if (lane.nextId + late.ids !== promised)
    throw new FillgridError(
      'engine_failed',
      `run: order ${promised} to be the next one after what has arrived at bar ${bar} expected, found order ${lane.nextId + late.ids}.`,
      { bar },
    )
}

/** An order with its rules and children goes into the ring, all in one piece. */
function command(lane: Lane, records: Float64Array, first: number): void {
  const count = lengthAt(records, first)
  if (lane.ringCount + count > lane.ringCapacity) lane.flush()
  const { ring } = lane
  for (let i = 0; i < count; i++) {
    const at = first + i * LATE_FIELDS
    ring.set(records.subarray(at, at + L.COMMAND_FIELDS), (lane.ringCount + i) * L.COMMAND_FIELDS)
  }
  if (records[first + L.COMMAND_KIND] === L.KIND_CHAIN) lane.ringChains++
  lane.ringCount += count
}

function carryOut(lane: Lane, records: Float64Array, at: number): void {
  const link = records[at + L.COMMAND_LINK]
  const asset = records[at + L.COMMAND_ASSET]
  const amount = records[at + L.COMMAND_AMOUNT]
  switch (records[at + L.COMMAND_KIND]) {
    case LATE_UPDATE:
      updateLate(lane, link, changesAt(records, at))
      return
    case LATE_CANCEL:
      cancelOrder(lane, link)
      return
    case LATE_EXIT:
      decideExit(lane, asset, link, amount)
      return
    case LATE_STOP:
      decideStop(lane, asset, link, amount)
  }
}

/** An end that has come meanwhile is none that an order could be given. */
function updateLate(lane: Lane, id: number, changes: Changes): void {
  const over = !Number.isNaN(changes.goodTill) && changes.endBar <= lane.i32(L.RUN_BAR)
  if (!over) updateOrder(lane, id, changes)
}

/** Writes an update into a record. */
export function writeUpdate(records: Float64Array, at: number, id: number, changes: Changes): void {
  records[at + L.COMMAND_KIND] = LATE_UPDATE
  records[at + L.COMMAND_LINK] = id
  records[at + L.COMMAND_LIMIT] = changes.limit
  records[at + L.COMMAND_STOP] = changes.stop
  records[at + L.COMMAND_TRAIL] = changes.trail
  records[at + L.COMMAND_TYPE] = changes.trailUnit
  records[at + L.COMMAND_AMOUNT] = changes.units
  records[at + L.COMMAND_OFFSET] = changes.offset
  records[at + L.COMMAND_GOOD_TILL] = changes.goodTill
  records[at + L.COMMAND_END_BAR] = changes.endBar
}

function changesAt(records: Float64Array, at: number): Changes {
  return {
    limit: records[at + L.COMMAND_LIMIT],
    stop: records[at + L.COMMAND_STOP],
    trail: records[at + L.COMMAND_TRAIL],
    trailUnit: records[at + L.COMMAND_TYPE],
    units: records[at + L.COMMAND_AMOUNT],
    offset: records[at + L.COMMAND_OFFSET],
    goodTill: records[at + L.COMMAND_GOOD_TILL],
    endBar: records[at + L.COMMAND_END_BAR],
  }
}
