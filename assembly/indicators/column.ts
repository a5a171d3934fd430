// Columns of one asset: `n` doubles, one after the other. What every kernel of this folder is given has no gaps: absent bars are
// taken out before (`presence`, `pack`) and put back after (`unpack`), by src/signals/columns.ts. So a window of n values
// is n values that stand next to each other, and no kernel asks whether one is there.

/** Element `i`. */
// @ts-ignore: decorator
@inline export function get(src: usize, i: i32): f64 {
  return load<f64>(src + (<usize>i << 3))
}

// @ts-ignore: decorator
@inline export function put(dst: usize, i: i32, value: f64): void {
  store<f64>(dst + (<usize>i << 3), value)
}

/** Two elements from `i` on. */
// @ts-ignore: decorator
@inline export function pair(src: usize, i: i32): v128 {
  return v128.load(src + (<usize>i << 3))
}

// @ts-ignore: decorator
@inline export function putPair(dst: usize, i: i32, values: v128): void {
  v128.store(dst + (<usize>i << 3), values)
}

/** The value at `at` and the one `span` bytes later, a lane each. */
// @ts-ignore: decorator
@inline export function bothBlocks(at: usize, span: usize): v128 {
  return v128.load_lane<f64>(at + span, v128.load_splat<f64>(at), 1)
}

/** Writes NaN from element `from` to before `to`, which may lie beyond `n`: a warm-up longer than the column. */
export function blank(dst: usize, from: i32, to: i32, n: i32): void {
  const end = min(to, n)
  for (let i = from; i < end; i++) put(dst, i, NaN)
}
