// The value in the middle, without sorting the others.

import { NTH_BYTES } from '../layout'
import { at } from './columns'

/** The bits of a double such that greater doubles have greater ones; of -0 those of 0. */
// @ts-ignore: decorator
@inline function keyOf(value: f64): u64 {
  const bits = reinterpret<u64>(value + 0.0)
  return bits >> 63 ? ~bits : bits | 0x8000000000000000
}

/** The double of such bits. */
// @ts-ignore: decorator
@inline function valueOf(key: u64): f64 {
  return reinterpret<f64>(key >> 63 ? key & 0x7fffffffffffffff : ~key)
}

/**
 * The median of `n` doubles without NaN: of an even number the mean of the two in the middle. NaN of none. The lower of them is found
 * eleven bits at a time from the highest on, each time among those that share the bits before: six passes, whatever the values are.
 *
 * @param counts pointer to NTH_BYTES for its work
 */
export function median(values: usize, n: i32, counts: usize): f64 {
  if (n == 0) return NaN
  let rank = (n - 1) >> 1
  let found: u64 = 0
  let shift: u64 = 64
  while (shift > 0) {
    const known = shift
    const bits: u64 = shift > 11 ? 11 : shift
    shift -= bits
    const mask: u64 = ((<u64>1) << bits) - 1
    memory.fill(counts, 0, NTH_BYTES)
    for (let i = 0; i < n; i++) {
      const key = keyOf(at(values, i))
      // Of all 64 bits none is known yet, and a shift by as many would be none.
      if (known < 64 && key >> known != found) continue
      const place = counts + ((<usize>((key >> shift) & mask)) << 2)
      store<i32>(place, load<i32>(place) + 1)
    }
    let part: u64 = 0
    for (let here = load<i32>(counts); rank >= here; here = load<i32>(counts + (<usize>part << 2))) {
      rank -= here
      part++
    }
    found = (found << bits) | part
  }
  const lower = valueOf(found)
  if ((n & 1) != 0) return lower
  // The other one is the same value again, or the least of those above.
  if (rank + 1 < load<i32>(counts + (<usize>(found & 511) << 2))) return lower
  let upper = Infinity
  for (let i = 0; i < n; i++) {
    const value = at(values, i)
    if (value > lower) upper = Math.min(upper, value)
  }
  return (lower + upper) / 2.0
}
