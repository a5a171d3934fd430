import { lowerBound } from './order.ts'

const WEEK = 604800000

/** Where bars are missing. */
export interface Holes {
  /** Rows that follow a hole. */
  rows: number[]
  /** Bars that are missing in them. */
  missing: number
  /** Further holes were not looked into: there are too many for data on a grid. */
  more: boolean
  /** The longest distance between neighbours with bars missing between them, ms. */
  longest: number
}

/**
 * Holes between bars of one asset. A moment on the grid of `step` lacks its bar where the market is open then; without
 * `isOpen`, where there is a bar a week before and a week after (at either end of the data: on the one side there is).
 * So week-ends, nights, pauses and daylight saving are no holes, and holidays are. A rest of more than a week in data
 * with more than one bar a week is a hole.
 *
 * @param time increasing, ms UTC
 * @param step ms between neighbours, the commonest
 * @param isOpen whether there should be a bar at a moment; undefined where that is not known
 */
export function findHoles(time: Float64Array, step: number, isOpen?: (utc: number) => boolean | undefined): Holes {
  const holes: Holes = { rows: [], missing: 0, more: false, longest: 0 }
  const n = time.length
  if (!(step > 0)) return holes
  let regular = 0
  for (let i = 1; i < n; i++) if (time[i] - time[i - 1] === step) regular++
  // Ticks and bars of a fixed volume have no grid that they could miss.
  if (regular < (n - 1) * 0.3) return holes
  let budget = 4 * n + 100000
  let before = 0
  let after = 0
  const first = time[0]
  const last = time[n - 1]
  for (let i = 1; i < n; i++) {
    const gap = time[i] - time[i - 1]
    if (gap <= step * 1.5) continue
    let missing = 0
    for (let at = time[i - 1] + step; at < time[i] - step / 2 && budget > 0; at += step, budget--) {
      const open = isOpen?.(at)
      if (open !== undefined) {
        if (open) missing++
        continue
      }
      if (step >= WEEK) {
        missing++
        continue
      }
      // Within a rest of more than a week the nearest weeks outside it tell.
      let early = at - WEEK
      let late = at + WEEK
      if (gap > WEEK) {
        early -= Math.max(0, Math.ceil((early - time[i - 1]) / WEEK)) * WEEK
        late += Math.max(0, Math.ceil((time[i] - late) / WEEK)) * WEEK
      }
      if (early < first && late > last) continue
      if (early >= first) {
        if (gap > WEEK) before = lowerBound(time, early)
        while (time[before] < early) before++
        if (time[before] !== early) continue
      }
      if (late <= last) {
        if (gap > WEEK) after = lowerBound(time, late)
        while (time[after] < late) after++
        if (time[after] !== late) continue
      }
      missing++
    }
    if (budget <= 0) holes.more = true
    if (missing === 0) continue
    holes.rows.push(i)
    holes.missing += missing
    if (gap > holes.longest) holes.longest = gap
  }
  return holes
}
