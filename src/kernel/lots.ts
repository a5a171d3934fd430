import * as L from '../../assembly/layout.ts'
import { clearLeft } from './details.ts'
import type { Lane } from './lane.ts'
import { roomForLots } from './room.ts'

// Lots (semantics 10.13) as they lie in the memory of a run; see assembly/broker/lots.ts.

/** One lot of an asset: views of its record and of the record of the position that it is. */
export interface LotRecord {
  f64: Float64Array
  i32: Int32Array
  position: Float64Array
  words: Int32Array
}

/** The lots of an asset, or of all, as they were opened. */
export function lotsOf(lane: Lane, asset: number | undefined): LotRecord[] {
  if (lane.i32(L.RUN_LOTS) === L.LOTS_AVERAGE) return []
  const { arena } = lane.engine
  const heads = arena.i32(lane.i32(L.RUN_LOT_HEADS) >>> 0, (lane.shape.assets * L.LOT_HEAD_BYTES) / 4)
  const found: LotRecord[] = []
  const first = asset ?? 0
  const last = asset ?? lane.shape.assets - 1
  for (let a = first; a <= last; a++) {
    for (let i = heads[(a * L.LOT_HEAD_BYTES) / 4]; i > 0; ) {
      const at = lotAt(lane, i)
      const lot = {
        f64: arena.f64(at, L.LOT_FIELDS_BYTES / 8),
        i32: arena.i32(at, L.LOT_FIELDS_BYTES / 4),
        position: arena.f64(restAt(lane, i), L.POSITION_BYTES / 8),
        words: arena.i32(restAt(lane, i), L.POSITION_BYTES / 4),
      }
      if (lot.f64[L.LOT_QUANTITY / 8] !== 0) found.push(lot)
      i = lot.i32[L.LOT_NEXT / 4]
    }
  }
  return found
}

function lotAt(lane: Lane, index: number): number {
  return (lane.i32(L.RUN_LOT_TABLE) >>> 0) + index * L.LOT_FIELDS_BYTES
}

/** The record of the position that a lot is, and its details. */
function restAt(lane: Lane, index: number): number {
  return (lane.i32(L.RUN_LOT_DETAILS) >>> 0) + index * L.LOT_REST_BYTES
}

/** Copies of all lots that there are, one behind the other. */
export function heldLots(lane: Lane): Uint8Array {
  const { arena } = lane.engine
  const out = new Uint8Array(lane.i32(L.RUN_LIVE_LOTS) * L.LOT_BYTES)
  let to = 0
  for (let i = 1; i < lane.i32(L.RUN_LOT_COUNT); i++) {
    if (arena.f64(lotAt(lane, i) + L.LOT_QUANTITY, 1)[0] === 0) continue
    const lot = out.subarray(to, to + L.LOT_BYTES)
    lot.set(arena.u8(lotAt(lane, i), L.LOT_FIELDS_BYTES))
    lot.set(arena.u8(restAt(lane, i), L.LOT_REST_BYTES), L.LOT_POSITION)
    // Where the next one stands is told when it is put back.
    lot.fill(0, L.LOT_NEXT, L.LOT_NEXT + 4)
    clearLeft(lot.subarray(L.LOT_DETAIL), lot.subarray(L.LOT_POSITION, L.LOT_DETAIL))
    to += L.LOT_BYTES
  }
  return out
}

/** The table as `squeezeLots` leaves it (assembly/broker/lots.ts). */
export function putLots(lane: Lane, lots: Uint8Array): void {
  const count = lots.length / L.LOT_BYTES
  const { arena } = lane.engine
  lane.setI32(L.RUN_LOT_COUNT, 1)
  roomForLots(lane, count)
  const heads = arena.i32(lane.i32(L.RUN_LOT_HEADS) >>> 0, (lane.shape.assets * L.LOT_HEAD_BYTES) / 4).fill(0)
  for (let i = 1; i <= count; i++) {
    const lot = lots.subarray((i - 1) * L.LOT_BYTES, i * L.LOT_BYTES)
    arena.u8(lotAt(lane, i), L.LOT_FIELDS_BYTES).set(lot.subarray(0, L.LOT_FIELDS_BYTES))
    arena.u8(restAt(lane, i), L.LOT_REST_BYTES).set(lot.subarray(L.LOT_POSITION))
    const head = (arena.i32(lotAt(lane, i) + L.LOT_ASSET, 1)[0] * L.LOT_HEAD_BYTES) / 4
    if (heads[head + 2]++ === 0) heads[head] = i
    else arena.i32(lotAt(lane, heads[head + 1]) + L.LOT_NEXT, 1)[0] = i
    heads[head + 1] = i
  }
  lane.setI32(L.RUN_LOT_COUNT, count + 1)
  lane.setI32(L.RUN_LIVE_LOTS, count)
}

/** Has the records of positions say what their lots come to together. The lane is bound. */
export function sumLots(lane: Lane, asset: number): void {
  if (lane.i32(L.RUN_LOTS) !== L.LOTS_AVERAGE) lane.kernels.sumLots(asset)
}
