// Sums. Pointers and lengths as in averages.ts.
import { blank, bothBlocks, get, pair, put, putPair } from './column'
import { sumError, sumErrors } from './exact'

/**
 * Sum of the last `length` values, rounded once. NaN for the first length - 1. `his` and `los` have room for min(2 * length, n) doubles each.
 *
 * Values come in blocks of `length`, as in `highest`: a window is the end of one block and the beginning of the next. So nothing is ever
 * taken away again, and a window of zeros has the sum 0, whatever was before it. Blocks go two at a time, a lane each, and those that are left over with
 * the same in both lanes.
 */
export function windowSum(src: usize, dst: usize, n: i32, length: i32, his: usize, los: usize): void {
  blank(dst, 0, length - 1, n)
  if (length > n) return
  sumBlocks(src, dst, 0, length, length, 0, his, los)
  let first = length
  while (first < n) {
    const paired = first + 2 * length <= n
    const span = paired ? <usize>length << 3 : 0
    sumEnds(src, first - length, length, span, his, los)
    sumBlocks(src, dst, first, length, min(length, n - first), span, his, los)
    first += paired ? 2 * length : length
  }
}

/** The sums of the ends of a block from element `first` on, into `his` and `los`, and in the other lane those of the block `span` bytes later. */
function sumEnds(src: usize, first: i32, length: i32, span: usize, his: usize, los: usize): void {
  let hi = f64x2.splat(0)
  let lo = f64x2.splat(0)
  for (let k = length - 1; k >= 0; k--) {
    const value = bothBlocks(src + (<usize>(first + k) << 3), span)
    const sum = f64x2.add(hi, value)
    lo = f64x2.add(lo, sumErrors(hi, value, sum))
    hi = sum
    // Lone blocks need half of the room.
    if (span) {
      putPair(his, k << 1, hi)
      putPair(los, k << 1, lo)
    } else {
      v128.store_lane<f64>(his + (<usize>k << 3), hi, 0)
      v128.store_lane<f64>(los + (<usize>k << 3), lo, 0)
    }
  }
}

/** The windows that end in the first `count` values of a block, and in the other lane of the one `span` bytes later. Of the first block all one. */
function sumBlocks(src: usize, dst: usize, first: i32, length: i32, count: i32, span: usize, his: usize, los: usize): void {
  const none = f64x2.splat(0)
  let hi = none
  let lo = none
  for (let k = 0; k < count; k++) {
    const at = <usize>(first + k) << 3
    const value = bothBlocks(src + at, span)
    let sum = f64x2.add(hi, value)
    lo = f64x2.add(lo, sumErrors(hi, value, sum))
    hi = sum
    const next = k + 1
    if (first == 0 && next < length) continue
    // The end of the block before, from the value after the one that has just left.
    let before = none
    let rest = none
    if (next < length) {
      before = span ? pair(his, next << 1) : v128.load_splat<f64>(his + (<usize>next << 3))
      rest = span ? pair(los, next << 1) : v128.load_splat<f64>(los + (<usize>next << 3))
    }
    sum = f64x2.add(hi, before)
    const total = f64x2.add(sum, f64x2.add(sumErrors(hi, before, sum), f64x2.add(lo, rest)))
    v128.store_lane<f64>(dst + at, total, 0)
    if (span) v128.store_lane<f64>(dst + at + span, total, 1)
  }
}

/** Sum of all values so far, kept as a pair so that it does not drift. `dst` may be `src`. */
export function cumulate(src: usize, dst: usize, n: i32): void {
  let hi = 0.0
  let lo = 0.0
  for (let i = 0; i < n; i++) {
    const value = get(src, i)
    const sum = hi + value
    lo += sumError(hi, value, sum)
    hi = sum
    put(dst, i, hi + lo)
  }
}

/** average + (value - average) * weight, begun with the first value. `dst` may be `src`. */
export function follow(src: usize, dst: usize, n: i32, weight: f64): void {
  let average = n > 0 ? get(src, 0) : 0.0
  for (let i = 0; i < n; i++) {
    average += (get(src, i) - average) * weight
    put(dst, i, average)
  }
}
