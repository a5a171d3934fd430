// Volume by price. Pointers as in averages.ts.
import { get, put } from './column'

/** Volumes that differ by less than this part of all of it are equal. */
const SAME = 1e-9
/** Rows are no lower than this part of the highest price, 2^-28, so that their numbers are whole ones of 32 bits. */
const FINEST = 28

/** Number of the row that a price lies in. */
// @ts-ignore: decorator
@inline function rowOf(price: f64, height: f64): i32 {
  return <i32>Math.floor(price / height)
}

/** Where a row is kept: of `bins` that follow each other each has a place of its own. */
// @ts-ignore: decorator
@inline function place(rows: usize, row: i32, bins: i32): usize {
  let at = row % bins
  if (at < 0) at += bins
  return rows + (<usize>at << 3)
}

/** The lowest rows that prices between two may have: a power of two. */
function finest(top: f64, bottom: f64): f64 {
  const exponent = <i64>(reinterpret<u64>(max(abs(top), abs(bottom))) >> 52) - FINEST
  return reinterpret<f64>(max(exponent, <i64>1) << 52)
}

/** Adds a volume evenly between two prices. */
function spread(rows: usize, bins: i32, height: f64, bottom: f64, top: f64, units: f64): void {
  const first = rowOf(bottom, height)
  const last = rowOf(top, height)
  if (first == last) {
    const at = place(rows, first, bins)
    store<f64>(at, load<f64>(at) + units)
    return
  }
  const dense = units / (top - bottom)
  for (let row = first; row <= last; row++) {
    const at = place(rows, row, bins)
    const from = max(bottom, <f64>row * height)
    const to = min(top, <f64>(row + 1) * height)
    store<f64>(at, load<f64>(at) + (to - from) * dense)
  }
}

/** Rows `first` to `last` put together to such of 2^k times the height, by way of `spare`. */
function merge(rows: usize, spare: usize, bins: i32, first: i32, last: i32, k: i32): void {
  for (let i = 0; i < bins; i++) store<f64>(spare + (<usize>i << 3), load<f64>(rows + (<usize>i << 3)))
  memory.fill(rows, 0, <usize>bins << 3)
  for (let row = first; row <= last; row++) {
    // A shift of a negative number goes down, as floor does.
    const at = place(rows, row >> min(k, 31), bins)
    store<f64>(at, load<f64>(at) + load<f64>(place(spare, row, bins)))
  }
}

/**
 * Volume profile of the period so far, in at most `bins` rows: the middle of the row with the most volume (point of control) into `poc`, the edges of the
 * rows around it that hold `share` of the volume into `upper` and `lower`. NaN until something has traded. `rows` has room for 2 * bins doubles.
 *
 * Rows are as high as the smallest power of two with which `bins` of them reach, and begin at multiples of that: when prices go further two and two
 * become one, which leaves exactly what had come of higher rows from the start. So a bar costs some steps a row, however long the period is.
 */
export function volumeProfile(
  high: usize,
  low: usize,
  volume: usize,
  period: usize,
  poc: usize,
  upper: usize,
  lower: usize,
  n: i32,
  bins: i32,
  share: f64,
  rows: usize,
): void {
  const spare = rows + (<usize>bins << 3)
  let height = 0.0
  let top = 0.0
  let bottom = 0.0
  let total = 0.0
  let control = NaN
  let above = NaN
  let below = NaN
  for (let i = 0; i < n; i++) {
    if (i == 0 || get(period, i) != get(period, i - 1)) {
      memory.fill(rows, 0, <usize>bins << 3)
      total = height = 0
      control = above = below = NaN
    }
    const units = get(volume, i)
    if (units > 0) {
      const most = max(get(high, i), get(low, i))
      const least = min(get(high, i), get(low, i))
      const reached = top
      const fallen = bottom
      const fresh = height == 0
      top = fresh ? most : max(top, most)
      bottom = fresh ? least : min(bottom, least)
      let taller = max(height, finest(top, bottom))
      while (Math.floor(top / taller) - Math.floor(bottom / taller) >= <f64>bins) taller *= 2
      if (!fresh && taller > height) {
        const k = <i32>((reinterpret<u64>(taller) >> 52) - (reinterpret<u64>(height) >> 52))
        merge(rows, spare, bins, rowOf(fallen, height), rowOf(reached, height), k)
      }
      height = taller
      spread(rows, bins, height, least, most, units)
      total += units
      const lowest = rowOf(bottom, height)
      const highest = rowOf(top, height)
      const slack = total * SAME
      let best = lowest
      let area = load<f64>(place(rows, lowest, bins))
      for (let row = lowest + 1; row <= highest; row++) {
        const here = load<f64>(place(rows, row, bins))
        if (here > area + slack) {
          best = row
          area = here
        }
      }
      let from = best
      let to = best
      const enough = share * total - slack
      while (area < enough && (from > lowest || to < highest)) {
        const over = to < highest ? load<f64>(place(rows, to + 1, bins)) : -1
        const under = from > lowest ? load<f64>(place(rows, from - 1, bins)) : -1
        if (over >= 0 && over >= under - slack) {
          to++
          area += over
        } else {
          from--
          area += under
        }
      }
      control = min(top, max(bottom, (<f64>best + 0.5) * height))
      above = min(top, <f64>(to + 1) * height)
      below = max(bottom, <f64>from * height)
    }
    put(poc, i, control)
    put(upper, i, above)
    put(lower, i, below)
  }
}
