/** The most points that a chart is given. */
export const MOST_POINTS = 5000

/** The first index from which on values of an ascending column are at least `value`. */
export function firstAtLeast(column: ArrayLike<number>, value: number): number {
  let [low, high] = [0, column.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (column[middle] >= value) high = middle
    else low = middle + 1
  }
  return low
}

/** Part of some lines over one x, as a chart takes it: null where a value is missing. */
export type Thinned = [x: number[], ...lines: (number | null)[][]]

/**
 * The rows [from, to) of lines over one x, in at most MOST_POINTS points: all of them where they are no more, else the least and
 * the greatest value of equal stretches, in their order, so that no peak is lost.
 */
export function thin(x: ArrayLike<number>, lines: readonly ArrayLike<number>[], from: number, to: number): Thinned {
  const count = to - from
  if (count <= MOST_POINTS) {
    const cut = (column: ArrayLike<number>) => Array.from({ length: count }, (_, i) => column[from + i])
    return [cut(x), ...lines.map((line) => cut(line).map((value) => (Number.isFinite(value) ? value : null)))]
  }
  const step = Math.ceil(count / (MOST_POINTS / 2))
  const points: Thinned = [[], ...lines.map(() => [])]
  for (let start = from; start < to; start += step) {
    const end = Math.min(start + step, to)
    points[0].push(x[start], x[(start + end) >> 1])
    lines.forEach((line, n) => {
      let [least, most] = [-1, -1]
      for (let i = start; i < end; i++) {
        if (!Number.isFinite(line[i])) continue
        if (least < 0 || line[i] < line[least]) least = i
        if (most < 0 || line[i] > line[most]) most = i
      }
      const target = points[n + 1] as (number | null)[]
      if (least < 0) target.push(null, null)
      else target.push(line[Math.min(least, most)], line[Math.max(least, most)])
    })
  }
  // Two points of one place would be out of order in a stretch of one row.
  if (points[0][points[0].length - 1] === points[0][points[0].length - 2]) for (const column of points) column.pop()
  return points
}

/** Bars for a chart of prices: columns of open, high, low and close, and the row at which each begins. */
export interface Candles {
  row: number[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
}

/** The rows [from, to) of a price, in at most MOST_POINTS bars: equal stretches are put together. */
export function candles(price: Record<'open' | 'high' | 'low' | 'close', Float64Array>, from: number, to: number) {
  const step = Math.max(1, Math.ceil((to - from) / MOST_POINTS))
  const bars: Candles = { row: [], open: [], high: [], low: [], close: [] }
  for (let start = from; start < to; start += step) {
    const end = Math.min(start + step, to)
    let [high, low] = [price.high[start], price.low[start]]
    for (let i = start + 1; i < end; i++) {
      if (price.high[i] > high) high = price.high[i]
      if (price.low[i] < low) low = price.low[i]
    }
    bars.row.push(start)
    bars.open.push(price.open[start])
    bars.high.push(high)
    bars.low.push(low)
    bars.close.push(price.close[end - 1])
  }
  return bars
}
