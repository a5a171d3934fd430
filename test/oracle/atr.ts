/** The average true range of closed bars (6.5). */
import { barOf } from './money.ts'
import { type Asset, type Bar, type Position, type Run, wrong } from './state.ts'

/** Mean of the true ranges of the last n bars of an asset up to bar `last`; NaN where there is none. */
function atr(run: Run, asset: Asset, n: number, last: number): number {
  const bars: Bar[] = []
  for (let t = 0; t <= last; t++) {
    const bar = barOf(run, asset.index, t)
    if (bar !== null) bars.push(bar)
  }
  const ranges = bars.map(({ high, low }, i) => {
    if (i === 0 || wrong(run, '6.5/gap')) return high - low
    const before = bars[i - 1].close
    return Math.max(high, before) - Math.min(low, before)
  })
  const latest = ranges.reverse().slice(0, n)
  if (latest.length < n && wrong(run, '6.5/fewer')) return Number.NaN
  if (latest.length === 0) return Number.NaN
  if (wrong(run, '6.5/back')) latest.reverse()
  let sum = 0
  for (const range of latest) sum = sum + range
  return sum / latest.length
}

/** At the position's entry: of the bars that had closed then. */
export function atrAtEntry(run: Run, asset: Asset, position: Position, n: number): number {
  if (wrong(run, '6.5/entry')) return atrNow(run, asset, position, n)
  return atr(run, asset, n, position.entryClosed)
}

/** Of the bars before this one, or that at the entry where it is later. */
export function atrNow(run: Run, asset: Asset, position: Position, n: number): number {
  if (wrong(run, '6.5/follows')) return atr(run, asset, n, position.entryClosed)
  return atr(run, asset, n, Math.max(run.bar - (wrong(run, '6.5/closed') ? 0 : 1), position.entryClosed))
}
