/** Round trips: what the counts of trades count (7.10). */
import { times } from './money.ts'
import { type Position, type Run, wrong } from './state.ts'

/** One round trip as far as its exits have come. */
interface Trip {
  pnl: number
  /** At the entry price, of what was closed. */
  value: number
  bars: number
  exits: number
}

/** Never changed in place, so that a path that was tried is undone by putting it back. */
export interface Trips {
  /** By the number of their position or lot. */
  begun: ReadonlyMap<number, Trip>
  /** In the order in which they ended. */
  ended: readonly Trip[]
}

/** A position or a lot closes k of its units. */
export function noteExit(run: Run, p: Position, k: number, pnl: number): void {
  const { begun, ended } = run.trips
  const { pnl: before, value, bars, exits } = begun.get(p.trip) ?? { pnl: 0, value: 0, bars: p.barsHeld, exits: 0 }
  const cost = Math.abs(p.average * times(run, run.assets[p.asset], k))
  const trip = {
    pnl: before + pnl,
    value: wrong(run, '7.10/value') ? cost : value + cost,
    bars: wrong(run, '7.10/bars') ? bars : p.barsHeld,
    exits: exits + 1,
  }
  run.trips = { begun: new Map(begun).set(p.trip, trip), ended }
  if (wrong(run, '7.10/exits')) endTrip(run, p)
}

/** It is gone. */
export function endTrip(run: Run, p: Position): void {
  const { begun, ended } = run.trips
  const trip = begun.get(p.trip)
  if (!trip) return
  const left = new Map(begun)
  left.delete(p.trip)
  run.trips = { begun: left, ended: [...ended, trip] }
}

/** What the totals of a run say of them. */
export interface TripTotals {
  trades: number
  wins: number
  losses: number
  profit: number
  loss: number
  largestWin: number
  largestLoss: number
  bars: number
  returns: number
  /** Of all exits, those of open round trips too. */
  pnl: number
  exits: number
  /** Exits that were won. */
  exitWins: number
  open: number
}

export function tripTotals({ trips: { begun, ended }, trades, assets }: Run): TripTotals {
  const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0)
  const pnl = ended.map((trip) => trip.pnl)
  const [wins, losses] = [pnl.filter((x) => x > 0), pnl.filter((x) => x < 0)]
  return {
    trades: ended.length,
    wins: wins.length,
    losses: losses.length,
    profit: sum(wins),
    loss: sum(losses.map((x) => -x)),
    largestWin: Math.max(0, ...wins),
    largestLoss: Math.max(0, ...losses.map((x) => -x)),
    bars: sum(ended.map(({ bars }) => bars)),
    returns: sum(ended.map((trip) => trip.pnl / trip.value)),
    pnl: sum(trades.map((trade) => trade.pnl)),
    exits: sum([...begun.values(), ...ended].map(({ exits }) => exits)),
    exitWins: trades.filter((trade) => trade.pnl > 0).length,
    open: sum(assets.map(({ position }) => (position === null ? 0 : Math.max(1, position.lots.length)))),
  }
}
