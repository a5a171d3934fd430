import * as L from '../../assembly/layout.ts'
import { Scratch } from '../kernel/scratch.ts'
import { SIDES } from './schema.ts'
import type { Table } from './table.ts'

/** What trades are counted by: rows of the table, positions from flat to flat, or lots. */
export const TRADES_PER = ['exit', 'roundTrip', 'lot'] as const
export type TradesPer = (typeof TRADES_PER)[number]

/** What of a result its trades are analysed from. */
export interface TradeSource {
  trades: Table
  fills: Table
  openPositions: Table
  assets: readonly string[]
  /** By asset, in the order of `assets`. */
  multipliers: Float64Array
  /** Positions are lots (semantics 10.13). */
  lots: boolean
  /** Start of each bar that was run, ms UTC, and the market's index of the first. */
  time: Float64Array
  firstBar: number
}

/** Closed round trips, in the order of their last exits, as the kernel has put them together (assembly/stats/trips.ts). */
export interface ClosedTrips {
  count: number
  /** The first TRIP_* columns, `stride` doubles each. */
  columns: Float64Array
  stride: number
  /** The TRADED_* block of them. */
  figures: Float64Array
  /** Rows of the table of trades: the first and the last exit of each. */
  first: Int32Array
  last: Int32Array
}

/** @param stop prices by row of the table of trades, NaN without @param kept how many of the TRIP_* columns are asked for */
export function closedTrips(source: TradeSource, per: TradesPer, stop: Float64Array, kept: number): ClosedTrips {
  const { trades, multipliers, time } = source
  const n = trades.length
  const elapsed = time.length > 1 ? time[time.length - 1] - time[0] : 0
  return Scratch.use('an analysis of trades', (scratch) => {
    const { kernels } = scratch
    const places = placed(scratch, source, per)
    const exits = scratch.room(8 * L.EXIT_COUNT * n)
    const columns = ['quantity', 'entryPrice', 'exitPrice', 'pnl', 'mfe', 'mae', 'commission', 'slippage', 'ambiguous']
    columns.forEach((name, i) => {
      scratch.write(exits + 8 * n * i, trades.values(name))
    })
    scratch.write(exits + 8 * n * L.EXIT_ENTERED, trades.values('entryTime'))
    scratch.write(exits + 8 * n * L.EXIT_LEFT, trades.values('exitTime'))
    scratch.write(exits + 8 * n * L.EXIT_STOP, stop)
    const [first, last] = [scratch.room(4 * n), scratch.room(4 * n)]
    const trips = scratch.room(8 * L.TRIP_COUNT * n)
    const count = kernels.tripColumns(
      exits,
      scratch.place(trades.values('asset')),
      scratch.place(trades.values('barsHeld')),
      n,
      places.groups,
      places.count,
      places.open,
      scratch.place(multipliers),
      scratch.room(4 * places.count),
      first,
      last,
      trips,
    )
    const figures = scratch.room(8 * L.TRADED_COUNT)
    kernels.tripFigures(trips, n, count, elapsed, scratch.room(L.NTH_BYTES), figures)
    return {
      count,
      figures: scratch.read(figures, L.TRADED_COUNT),
      columns: scratch.read(trips, kept * n),
      stride: n,
      first: scratch.readInts(first, count),
      last: scratch.readInts(last, count),
    }
  })
}

/** To which round trip each row belongs, how many there are, and which of them are open. */
function placed(scratch: Scratch, source: TradeSource, per: TradesPer) {
  const { trades, openPositions, lots } = source
  const n = trades.length
  if (per === 'exit')
    return {
      groups: scratch.place(everyRow(n)),
      count: n,
      open: scratch.zeros(4 * n),
    }
  const { kernels } = scratch
  const orders = scratch.place(trades.values('entryOrderId'))
  const bars = scratch.place(trades.values('entryBar'))
  const size = 2 ** Math.ceil(Math.log2(2 * n + 2))
  const slots = scratch.zeros(4 * size)
  const [firsts, groups] = [scratch.room(4 * n), scratch.room(4 * n)]
  const count = kernels.groupLots(orders, bars, n, slots, size - 1, firsts, groups)
  if (lots && per === 'roundTrip') {
    const { fills, assets } = source
    const open = scratch.zeros(4 * fills.length)
    const joined = kernels.joinLots(
      scratch.place(fills.values('orderId')),
      scratch.place(fills.values('bar')),
      scratch.place(fills.values('asset')),
      scratch.place(signedUnits(fills)),
      fills.length,
      assets.length,
      scratch.zeros(8 * assets.length),
      scratch.zeros(4 * assets.length),
      orders,
      bars,
      n,
      slots,
      size - 1,
      firsts,
      scratch.zeros(4 * count),
      groups,
      open,
    )
    return { groups, count: joined, open }
  }
  const open = scratch.zeros(4 * count)
  const held = openPositions.length
  const heldOrders = scratch.place(openPositions.values('entryOrderId'))
  const heldBars = scratch.place(openPositions.values('entryBar'))
  kernels.markOpen(heldOrders, heldBars, held, orders, bars, slots, size - 1, firsts, open)
  return { groups, count, open }
}

/** Units of fills, above 0 for buys. */
export function signedUnits(fills: Table): Float64Array {
  const side = fills.values('side')
  const buy = SIDES.indexOf('buy')
  const units = fills.values('quantity').slice() as Float64Array
  for (let i = 0; i < units.length; i++) if (side[i] !== buy) units[i] = -units[i]
  return units
}

/** The rows themselves. */
function everyRow(n: number): Int32Array {
  const rows = new Int32Array(n)
  for (let row = 0; row < n; row++) rows[row] = row
  return rows
}
