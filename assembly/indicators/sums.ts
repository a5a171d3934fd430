// Sums. Pointers and lengths as in averages.ts.
import { blank, get, put } from './column'
import { sumError } from './exact'

/**
 * Sum of the last `length` values, rounded once. NaN for the first length - 1. `his` and `los` have room for min(length, n) doubles each.
 *
 * Values come in blocks of `length`, as in `highest`: a window is the end of one block and the beginning of the next. So nothing is ever
 * taken away again, and a window of zeros has the sum 0, whatever was before it.
 */
export function windowSum(src: usize, dst: usize, n: i32, length: i32, his: usize, los: usize): void {
  blank(dst, 0, length - 1, n)
  if (length > n) return
  for (let first = 0; first < n; first += length) {
    const end = min(first + length, n)
    let hi = 0.0
    let lo = 0.0
    for (let i = first; i < end; i++) {
      const value = get(src, i)
      let sum = hi + value
      lo += sumError(hi, value, sum)
      hi = sum
      if (i < length - 1) continue
      // The end of the block before, from the value after the one that has just left.
      const at = i - first + 1
      const before = at < length ? get(his, at) : 0.0
      const rest = at < length ? get(los, at) : 0.0
      sum = hi + before
      put(dst, i, sum + (sumError(hi, before, sum) + (lo + rest)))
    }
    if (end - first < length) return
    hi = lo = 0.0
    for (let i = length - 1; i >= 0; i--) {
      const value = get(src, first + i)
      const sum = hi + value
      lo += sumError(hi, value, sum)
      hi = sum
      put(his, i, hi)
      put(los, i, lo)
    }
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
