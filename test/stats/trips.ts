/** Round trips from the tables of a result, slowly, as semantics 7.10 has them: what the figures of trades are compared with. */
import type { Result } from '../../src/results/result.ts'

/** One round trip: the rows of its exits in the table of trades, in their order. */
export interface Trip {
  rows: number[]
  open: boolean
}

/** From flat to flat, by the units of the fills; of a run without lots each closing fill has one row. */
export function flatToFlat({ fills, trades, assets }: Result): Trip[] {
  const trips: Trip[] = []
  const held = assets.map(() => 0)
  const current: (Trip | undefined)[] = assets.map(() => undefined)
  const rowsOf = assets.map((_, asset) =>
    [...trades.values('asset').keys()].filter((row) => trades.values('asset')[row] === asset),
  )
  for (let i = 0; i < fills.length; i++) {
    const asset = fills.values('asset')[i]
    const units = (fills.values('side')[i] === 1 ? 1 : -1) * fills.values('quantity')[i]
    const closes = held[asset] * units < 0
    held[asset] += units
    if (!closes) continue
    const trip = current[asset] ?? { rows: [], open: true }
    if (current[asset] === undefined) trips.push(trip)
    current[asset] = trip
    trip.rows.push(rowsOf[asset].shift()!)
    if (held[asset] !== 0) continue
    trip.open = false
    current[asset] = undefined
  }
  return trips
}

/** A lot each: what one order has opened from one bar on. */
export function lotByLot({ trades, openPositions }: Result): Trip[] {
  const trips = new Map<string, Trip>()
  const held = new Set<string>()
  for (let i = 0; i < openPositions.length; i++) held.add(keyOf(openPositions.row(i)))
  for (let row = 0; row < trades.length; row++) {
    const key = keyOf(trades.row(row))
    const trip = trips.get(key) ?? { rows: [], open: held.has(key) }
    trips.set(key, trip)
    trip.rows.push(row)
  }
  return [...trips.values()]
}

function keyOf({ entryOrderId, entryBar }: Record<string, unknown>): string {
  return `${entryOrderId} ${entryBar}`
}
