import { FillgridError, show } from '../errors.ts'
import { isoTime } from '../market/input.ts'
import type { Market } from '../market/market.ts'

/** What a result says of the bars that it ran over. */
interface Bars {
  assets: readonly string[]
  time: ArrayLike<number>
  firstBar: number
}

/** That a market has the bars of a result. @param subject for the error @throws FillgridError invalid_value */
export function checkBars({ assets, time, firstBar }: Bars, market: Market, subject: string): void {
  const strange = assets.findIndex((asset, i) => market.assets[i] !== asset)
  if (strange >= 0 || market.assetCount !== assets.length)
    throw otherMarket(subject, `assets ${show(assets)}`, show(market.assets))
  const { time: there } = market
  for (let i = 0; i < time.length; i++) {
    if (there[firstBar + i] === time[i]) continue
    const found = firstBar + i < there.length ? isoTime(there[firstBar + i]) : `${there.length} bars`
    throw otherMarket(subject, `a bar ${firstBar + i} at ${isoTime(time[i])}`, found)
  }
}

function otherMarket(subject: string, expected: string, found: string): FillgridError {
  return new FillgridError(
    'invalid_value',
    `${subject}: the market of the run expected, with ${expected}, found ${found}. Pass the one that backtest was given.`,
  )
}
