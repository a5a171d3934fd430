import * as L from '../../assembly/layout.ts'
import type { TableData } from '../kernel/tables.ts'
import type { Market } from '../market/market.ts'
import { FILL_REASONS } from './schema.ts'
import type { Warning } from './warning.ts'

/** Units that differ by no more are taken as equal (semantics 1.6): those of two fills are a rounded sum. */
const DUST = 1e-9

/**
 * What to say of orders that traded more units in a bar than its volume: how many there are, and the one that is furthest
 * beyond it. Bars without a volume, or with one of 0, say nothing. An exit by rule, time or bust is an order of its own.
 * It looks up the volume of every fill, which takes longer than most else about a result.
 */
export function volumeWarnings(market: Market, fills: TableData): Warning[] {
  if (fills.rows === 0) return []
  if (market.released)
    return [
      {
        code: 'volume_unknown',
        message:
          'orders: they are compared with the volume of their bars when warnings are first asked for, found a market that had been released by then. Read `warnings` of the result before you release its market.',
      },
    ]
  const { volume, assetCount } = market
  const quantity = fills.f64(L.FILL_QUANTITY)
  const bar = fills.i32(L.FILL_BAR)
  const asset = fills.i32(L.FILL_ASSET)
  const order = fills.i32(L.FILL_ORDER)
  let most = 0
  for (const id of order) most = Math.max(most, id)
  // The bar that each order last traded in, and how much in it: a reversal is two fills, with others between them.
  const bars = new Int32Array(most + 1).fill(-1)
  const units = new Float64Array(most + 1)
  let count = 0
  let worst = { row: -1, units: 0, ratio: 0 }
  for (let row = 0; row < fills.rows; row++) {
    const id = order[row]
    const before = id > 0 && bars[id] === bar[row] ? units[id] : 0
    const traded = before + Math.abs(quantity[row])
    bars[id] = bar[row]
    units[id] = traded
    const there = volume[bar[row] * assetCount + asset[row]]
    const limit = there * (1 + DUST)
    if (!(there > 0 && traded > limit)) continue
    if (before <= limit) count++
    const ratio = traded / there
    if (ratio > worst.ratio) worst = { row, units: traded, ratio }
  }
  if (count === 0) return []
  const { row } = worst
  const reason = FILL_REASONS[fills.i32(L.FILL_CODE)[row] & 15]
  const what = order[row] > 0 ? `order ${order[row]}` : `an exit (${reason})`
  const there = volume[bar[row] * assetCount + asset[row]]
  return [
    {
      code: 'orders_over_volume',
      message: `orders: no more units than the volume of their bar expected, found ${count} that traded more. Furthest beyond it is ${what}: ${short(worst.units)} units of ${market.assets[asset[row]]} at bar ${bar[row]} (${market.barTime(bar[row])}) are ${short(worst.ratio, 3)} times its volume of ${short(there)}. Make orders smaller, or use slippage by share of the volume.`,
    },
  ]
}

/** A number of so many digits, without zeros at its end. */
function short(x: number, digits = 8): string {
  return String(Number(x.toPrecision(digits)))
}
