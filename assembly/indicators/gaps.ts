// Absent bars: values that are not finite. A panel's kernels see a column without them.
import { get, pair, put } from './column'
import { present } from './exact'

/** How many absent values a column begins with, where none follows later; -1 where one does. n where there is nothing else. */
export function leadingAbsent(src: usize, n: i32): i32 {
  let first = 0
  while (first < n && !present(get(src, first))) first++
  let i = first
  let all = i64x2.splat(-1)
  const zero = f64x2.splat(0)
  // Eight at a time; one that is not finite has a difference to itself that is not 0.
  for (; i + 8 <= n; i += 8) {
    const a = pair(src, i)
    const b = pair(src, i + 2)
    const c = pair(src, i + 4)
    const d = pair(src, i + 6)
    const ab = v128.and(f64x2.eq(f64x2.sub(a, a), zero), f64x2.eq(f64x2.sub(b, b), zero))
    const cd = v128.and(f64x2.eq(f64x2.sub(c, c), zero), f64x2.eq(f64x2.sub(d, d), zero))
    all = v128.and(all, v128.and(ab, cd))
  }
  if (!v128.all_true<i64>(all)) return -1
  for (; i < n; i++) if (!present(get(src, i))) return -1
  return first
}

/** mask[i] = 1 where src[i] is present, else 0; with `more`, and was 1 before. A byte each. Returns how many are 1. */
export function presence(src: usize, mask: usize, n: i32, more: bool): i32 {
  let count = 0
  for (let i = 0; i < n; i++) {
    const here = present(get(src, i)) && (!more || load<u8>(mask + i) != 0)
    store<u8>(mask + i, here ? 1 : 0)
    count += here ? 1 : 0
  }
  return count
}

/** The elements whose mask is 1, one after the other. */
export function pack(src: usize, mask: usize, dst: usize, n: i32): void {
  let to = dst
  for (let i = 0; i < n; i++) {
    store<f64>(to, get(src, i))
    to += <usize>load<u8>(mask + i) << 3
  }
}

/** The way back, in place: the first `count` elements of `dst` go to where the mask is 1, NaN to elsewhere. */
export function unpack(dst: usize, mask: usize, count: i32, n: i32): void {
  let from = count
  for (let i = n - 1; i >= 0; i--) put(dst, i, load<u8>(mask + i) != 0 ? get(dst, --from) : NaN)
}

/** Writes NaN into `count` elements. */
export function absent(dst: usize, count: i32): void {
  for (let i = 0; i < count; i++) put(dst, i, NaN)
}
