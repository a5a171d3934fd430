/** Writes one number of a STAT_* block, NaN in its one canonical form. */
export function put(dst: usize, index: i32, value: f64): void {
  store<f64>(dst + (<usize>index << 3), isNaN(value) ? NaN : value)
}
