import type { Scratch } from '../kernel/scratch.ts'
import type { CurveWork, Traded } from './curveparts.ts'

/** Writes the HELD_* block of a curve. */
export function writeHeld(work: CurveWork, scratch: Scratch, dst: number): void {
  const { equity, cash, traded } = work.parts
  const fills = traded?.()
  const none = new Float64Array(0)
  const multipliers = fills ? Float64Array.from(fills.asset, (asset) => fills.multipliers[asset]) : none
  const { kernels } = scratch
  const times = kernels.yearsIn(work.periods.ends.length, work.perYear, work.elapsed)
  kernels.heldFigures(
    scratch.place(equity),
    scratch.place(cash),
    grossOf(work, scratch, fills),
    equity.length,
    scratch.place(fills?.units ?? none),
    scratch.place(fills?.price ?? none),
    scratch.place(multipliers),
    multipliers.length,
    fills ? times : Number.NaN,
    dst,
  )
}

/** The value of all positions at each bar, 0 where it is not known: of one asset it is what equity has beside cash. */
function grossOf({ parts, options }: CurveWork, scratch: Scratch, fills: Traded | undefined): number {
  const { equity, cash, firstBar = 0, market: own } = parts
  if (!fills) return 0
  if (fills.assets === 1) return scratch.place(equity.map((value, bar) => Math.abs(value - cash[bar])))
  const market = options.market ?? own
  if (!market || market.released) return 0
  const { pointers, assetCount } = market
  const dst = scratch.room(equity.length * 8)
  const [bar, asset] = [fills.bar, fills.asset].map((column) => scratch.place(column))
  const [units, multipliers] = [fills.units, fills.multipliers].map((column) => scratch.place(column))
  const close = pointers.close + firstBar * assetCount * 8
  const room = scratch.room(assetCount * 16)
  const { length } = fills.bar
  scratch.kernels.grossValues(close, equity.length, assetCount, bar, asset, units, length, multipliers, room, dst)
  return dst
}
