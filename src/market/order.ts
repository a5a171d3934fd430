import type { ErrorPlace, FillgridError } from '../errors.ts'
import { isoTime, LAST_TIME, marketError } from './input.ts'

/** Checks that stamps are times that increase, or finds the order in which they do. */
export function timeOrder(time: Float64Array, sort: boolean, place: (row: number) => ErrorPlace) {
  const n = time.length
  let mended = 0
  for (let i = 0; i < n; i++) {
    if (!(Math.abs(time[i]) <= LAST_TIME))
      throw marketError(`time must be milliseconds since 1970 UTC, found ${time[i]}`, { ...place(i), time: undefined })
    if (i === 0 || time[i] > time[i - 1]) continue
    if (time[i] === time[i - 1]) throw duplicate(time[i], place(i - 1), place(i))
    if (!sort) {
      throw marketError(
        `time must increase, found ${isoTime(time[i])} after ${isoTime(time[i - 1])}`,
        { ...place(i), time: undefined },
        'Sort the rows or pass `sort: true`.',
      )
    }
    mended++
  }
  if (mended === 0) return { order: undefined, mended }
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = mended === n - 1 ? n - 1 - i : i
  if (mended < n - 1) order.sort((a, b) => time[a] - time[b] || a - b)
  for (let i = 1; i < n; i++) {
    if (time[order[i]] === time[order[i - 1]]) throw duplicate(time[order[i]], place(order[i - 1]), place(order[i]))
  }
  return { order, mended }
}

function duplicate(time: number, first: ErrorPlace, second: ErrorPlace): FillgridError {
  const before = first.line === undefined ? `bar ${first.bar}` : `line ${first.line}`
  return marketError(
    `an asset has one bar a time, found ${isoTime(time)} again after ${before}`,
    { ...second, time: undefined },
    'Leave out one of the rows.',
  )
}

/** Index of the first value that is not below `value`, in increasing values. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
