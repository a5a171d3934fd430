// Columns of doubles in the memory of the kernels.

/** A column of several of `stride` doubles each, one behind the other. */
// @ts-ignore: decorator
@inline export function column(columns: usize, index: i32, stride: i32): usize {
  return columns + ((<usize>index * <usize>stride) << 3)
}

// @ts-ignore: decorator
@inline export function at(values: usize, i: i32): f64 {
  return load<f64>(values + (<usize>i << 3))
}

/** Adds to one of some doubles. */
// @ts-ignore: decorator
@inline export function add(values: usize, i: i32, amount: f64): void {
  const place = values + (<usize>i << 3)
  store<f64>(place, load<f64>(place) + amount)
}

/** Of nothing there is no share. */
// @ts-ignore: decorator
@inline export function share(part: f64, whole: f64): f64 {
  return whole > 0 ? part / whole : NaN
}
