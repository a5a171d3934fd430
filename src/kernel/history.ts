import * as L from '../../assembly/layout.ts'
import type { Lane } from './lane.ts'
import type { TablePart } from './tables.ts'

/** What a run has written down so far: the bars' equity and cash, fills, trades, ended orders, ambiguous bars. */
export interface History {
  equity: Float64Array
  cash: Float64Array
  fills: TablePart
  trades: TablePart
  orders: TablePart
  ambiguous: TablePart
}

/** How many bars' equity is written: all before the one that the run stands on, and that one where the run has ended. */
export function writtenAt(lane: Lane, bar: number, ended: boolean): number {
  const before = Math.max(0, bar - lane.shape.first)
  return ended ? Math.min(before + 1, lane.shape.bars - lane.shape.first) : before
}

/** A copy of the history of a run that keeps one. */
export function takeHistory(lane: Lane): History {
  const bars = writtenAt(lane, lane.i32(L.RUN_BAR), lane.i32(L.RUN_ENDED) !== 0)
  return {
    equity: lane.equity.slice(0, bars),
    cash: lane.cash.slice(0, bars),
    fills: lane.tables.fills.whole(),
    trades: lane.tables.trades.whole(),
    orders: lane.tables.orders.whole(),
    ambiguous: lane.tables.ambiguous.whole(),
  }
}

/** Gives a run the history of another one, in place of its own. */
export function putHistory(lane: Lane, history: History): void {
  lane.equity.set(history.equity)
  lane.cash.set(history.cash)
  lane.tables.fills.replace(history.fills)
  lane.tables.trades.replace(history.trades)
  lane.tables.orders.replace(history.orders)
  lane.tables.ambiguous.replace(history.ambiguous)
}
