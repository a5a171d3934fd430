// Values in order, and where a share of them lies.

/** Sorts `n` doubles without NaN in ascending order, in their place (heap sort, Williams 1964). */
export function sortValues(values: usize, n: i32): void {
  for (let root = (n >> 1) - 1; root >= 0; root--) sink(values, root, n)
  for (let end = n - 1; end > 0; end--) {
    const largest = load<f64>(values)
    store<f64>(values, load<f64>(values + (<usize>end << 3)))
    store<f64>(values + (<usize>end << 3), largest)
    sink(values, 0, end)
  }
}

/** Moves the value at `root` down to where both below it are smaller. */
function sink(values: usize, root: i32, n: i32): void {
  const value = load<f64>(values + (<usize>root << 3))
  let at = root
  for (;;) {
    let child = 2 * at + 1
    if (child >= n) break
    let larger = load<f64>(values + (<usize>child << 3))
    if (child + 1 < n) {
      const other = load<f64>(values + (<usize>(child + 1) << 3))
      if (other > larger) {
        larger = other
        child++
      }
    }
    if (!(larger > value)) break
    store<f64>(values + (<usize>at << 3), larger)
    at = child
  }
  store<f64>(values + (<usize>at << 3), value)
}

/** The value below which a share of sorted values lies, between two of them in proportion: the quantile of numpy and pandas. NaN of none. */
export function quantile(sorted: usize, n: i32, share: f64): f64 {
  if (n == 0) return NaN
  const place = share * <f64>(n - 1)
  const below = <i32>Math.floor(place)
  const a = load<f64>(sorted + (<usize>below << 3))
  if (below + 1 >= n) return a
  const b = load<f64>(sorted + (<usize>(below + 1) << 3))
  return a + (b - a) * (place - <f64>below)
}

/** How many of sorted values lie in each of `bins` equal parts between the least and the most; the last part has its end. */
export function histogram(sorted: usize, n: i32, bins: i32, dst: usize): void {
  memory.fill(dst, 0, <usize>bins << 3)
  if (n == 0) return
  const least = load<f64>(sorted)
  const width = (load<f64>(sorted + (<usize>(n - 1) << 3)) - least) / <f64>bins
  for (let i = 0; i < n; i++) {
    const value = load<f64>(sorted + (<usize>i << 3))
    const bin = width > 0 ? min(<i32>((value - least) / width), bins - 1) : 0
    const at = dst + (<usize>bin << 3)
    store<f64>(at, load<f64>(at) + 1.0)
  }
}
