import * as L from '../../assembly/layout.ts'
import { FillgridError, show } from '../errors.ts'
import { Scratch } from '../kernel/scratch.ts'
import { expectMarket } from '../market/expect.ts'
import type { Market } from '../market/market.ts'
import { checkBars } from './bars.ts'
import { checkResult } from './data.ts'
import type { Result } from './result.ts'
import { type Column, Table, type Values } from './table.ts'
import { signedUnits } from './trips.ts'

const HOLDINGS: readonly Column[] = [
  { name: 'time', field: 'time', kind: 'time', unit: 'ms UTC', doc: 'Start of the bar.' },
  { name: 'positions', field: 'positions', kind: 'i32', unit: '', doc: 'Assets that were held at its close.' },
  {
    name: 'long',
    field: 'long',
    kind: 'f64',
    unit: 'currency',
    doc: 'Value of the long positions at the last close of each asset.',
  },
  {
    name: 'short',
    field: 'short',
    kind: 'f64',
    unit: 'currency',
    doc: 'That of the short ones, at most 0 where prices are positive.',
  },
  { name: 'cash', field: 'cash', kind: 'f64', unit: 'currency', doc: 'Cash at the end of the bar.' },
  { name: 'equity', field: 'equity', kind: 'f64', unit: 'currency', doc: 'Equity at the end of the bar.' },
]

const TOP: readonly Column[] = [
  { name: 'asset', field: 'asset', kind: 'asset', unit: '', doc: 'Asset.' },
  {
    name: 'mostLong',
    field: 'most_long',
    kind: 'f64',
    unit: 'fraction',
    doc: 'Largest value of a long position / equity; 0 without.',
  },
  {
    name: 'mostShort',
    field: 'most_short',
    kind: 'f64',
    unit: 'fraction',
    doc: 'The same of short ones, negative; 0 without.',
  },
  {
    name: 'mean',
    field: 'mean',
    kind: 'f64',
    unit: 'fraction',
    doc: 'Mean |value| / equity over the bars at whose close it was held.',
  },
  { name: 'bars', field: 'bars', kind: 'i32', unit: 'bars', doc: 'These bars.' },
]

/**
 * What was held at the close of each bar: how many assets, and what long and short positions were worth.
 *
 * @param market that of the run, or one of equal bars
 * @throws FillgridError invalid_value where the market is another one, released
 */
export function holdings(result: Result, market: Market): Table {
  const { bars } = follow(result, market, 'holdings')
  const rows = result.equity.length
  const column = (place: number) => bars.slice(place * rows, (place + 1) * rows)
  return new Table(
    HOLDINGS,
    new Map<string, Values>([
      ['time', result.time],
      ['positions', Int32Array.from(column(0))],
      ['long', column(1)],
      ['short', column(2)],
      ['cash', result.cash],
      ['equity', result.equity],
    ]),
    result.assets,
  )
}

/**
 * The assets whose positions were the largest part of the equity at the close of some bar, the largest first. Bars with an equity of 0
 * or less have no parts.
 *
 * @param most how many, at most; 10 by default
 * @throws FillgridError as `holdings`; invalid_value for what is no number of assets
 */
export function topPositions(result: Result, market: Market, most = 10): Table {
  if (!(Number.isInteger(most) && most > 0))
    throw new FillgridError('invalid_value', `top positions: a whole number above 0 expected, found ${show(most)}.`)
  const { shares } = follow(result, market, 'top positions')
  const n = result.assets.length
  const of = (place: number, asset: number) => shares[place * n + asset]
  const largest = (asset: number) => Math.max(of(L.HELD_ASSET_LONG, asset), -of(L.HELD_ASSET_SHORT, asset))
  const order = Array.from(result.assets.keys())
    .filter((asset) => of(L.HELD_ASSET_BARS, asset) > 0)
    .sort((a, b) => largest(b) - largest(a) || a - b)
    .slice(0, most)
  const column = (place: number) => Float64Array.from(order, (asset) => of(place, asset))
  return new Table(
    TOP,
    new Map<string, Values>([
      ['asset', Int32Array.from(order)],
      ['mostLong', column(L.HELD_ASSET_LONG)],
      ['mostShort', column(L.HELD_ASSET_SHORT)],
      ['mean', column(L.HELD_ASSET_MEAN)],
      ['bars', Int32Array.from(column(L.HELD_ASSET_BARS))],
    ]),
    result.assets,
  )
}

function follow(result: Result, market: Market, subject: string): { bars: Float64Array; shares: Float64Array } {
  checkResult(result)
  expectMarket(market, subject)
  checkBars(result, market, subject)
  const { fills, equity, assets, firstBar } = result
  const count = assets.length
  return Scratch.use(subject, (scratch) => {
    const dst = scratch.room(8 * 3 * equity.length)
    const shares = scratch.room(8 * L.HELD_ASSET_COUNT * count)
    scratch.kernels.positionShares(
      market.pointers.close + firstBar * count * 8,
      scratch.place(equity),
      equity.length,
      count,
      scratch.place(barsFrom(fills.values('bar'), firstBar)),
      scratch.place(fills.values('asset')),
      scratch.place(signedUnits(fills)),
      fills.length,
      scratch.place(Float64Array.from(assets, (_, asset) => market.multiplierOf(asset))),
      scratch.room(16 * count),
      dst,
      shares,
    )
    return {
      bars: scratch.read(dst, 3 * equity.length),
      shares: scratch.read(shares, L.HELD_ASSET_COUNT * count),
    }
  })
}

/** Bars of the market as bars of the run. */
function barsFrom(bars: Values, first: number): Int32Array {
  const out = new Int32Array(bars.length)
  for (let i = 0; i < bars.length; i++) out[i] = bars[i] - first
  return out
}
