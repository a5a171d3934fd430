import type { Result } from '../src/results/result.ts'
import type { NativeRun } from './native.ts'

/** The values of a result that the C reference prints too. */
export type Checks = Omit<NativeRun, 'times' | 'ambiguous'>

/** Check values of a result; `cash` is what the account began with, which the reference leaves out. */
export function checksOf(result: Result, cash: number): Checks {
  const { fills, trades, equity } = result
  const quantity = Float64Array.from(fills.values('quantity'))
  const side = fills.values('side')
  for (let i = 0; i < quantity.length; i++) if (side[i] === 0) quantity[i] = -quantity[i]
  let hash = 0x811c9dc5
  for (const column of [fills.values('bar'), fills.values('asset'), quantity, fills.values('price')])
    hash = fnv(hash, column)
  return {
    orders: result.orders.length,
    fills: fills.length,
    trades: trades.length,
    open: result.openPositions.length,
    finalEquity: equity[equity.length - 1] - cash,
    tradePnl: sum(trades.values('pnl')),
    mfeSum: sum(trades.values('mfe')),
    maeSum: sum(trades.values('mae')),
    fillHash: hash,
    equityHash: fnv(0x811c9dc5, equity),
  }
}

/**
 * Compares a result with the reference: counts and the hash of every fill exactly, sums within 1e-9.
 * @throws Error that names what differs
 */
export function expectEqual(title: string, ours: Checks, theirs: NativeRun): void {
  for (const name of ['orders', 'fills', 'trades', 'open', 'fillHash'] as const) {
    if (ours[name] !== theirs[name])
      throw new Error(`bench: ${title}: ${name} ${ours[name]}, the C reference has ${theirs[name]}.`)
  }
  for (const name of ['finalEquity', 'tradePnl', 'mfeSum', 'maeSum'] as const) {
    const size = Math.max(1, Math.abs(theirs[name]))
    if (!(Math.abs(ours[name] - theirs[name]) <= 1e-9 * size)) {
      throw new Error(`bench: ${title}: ${name} ${ours[name]}, the C reference has ${theirs[name]}.`)
    }
  }
}

function sum(values: Float64Array | Int32Array): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

/** FNV-1a with 32 bits over the bytes of a column. */
function fnv(hash: number, column: Float64Array | Int32Array): number {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
  let h = hash
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ bytes[i], 16777619)
  return h >>> 0
}
