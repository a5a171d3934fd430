// Comparisons of whole panels ([bar][asset], n = bars * assets, stride = assets), written as flags
// (SIGNAL_*), one byte an element. "The bar before" is the row before, so where an asset has no bar there,
// or where anything compared is NaN, nothing is flagged; nor is it on the first row. Eight elements at
// a time; no result depends on how many.

/**
 * upFlags where fast crosses above slow (fast > slow, and fast <= slow the bar before), downFlags where it
 * crosses below (fast < slow, and fast >= slow the bar before), else 0.
 */
export function crossSignals(
  fast: usize,
  slow: usize,
  dst: usize,
  n: i32,
  stride: i32,
  upFlags: i32,
  downFlags: i32,
): void {
  const back = <usize>stride << 3
  const up = i8x16.splat(<i8>upFlags)
  const down = i8x16.splat(<i8>downFlags)
  const first = min(stride, n)
  memory.fill(dst, 0, first)
  let i = first
  // One asset stays on one side for long: while it does nothing is flagged, and no bar before has to be looked at.
  if (stride == 1) {
    while (i + 8 <= n) {
      i = passAbove(fast, slow, dst, i, n)
      i = passAbove(slow, fast, dst, i, n)
      if (i + 8 > n) break
      crossEight(fast, slow, dst, i, back, up, down)
      i += 8
    }
  }
  for (; i + 8 <= n; i += 8) crossEight(fast, slow, dst, i, back, up, down)
  for (; i < n; i++) {
    const a = load<f64>(fast + (<usize>i << 3))
    const b = load<f64>(slow + (<usize>i << 3))
    const c = load<f64>(fast + (<usize>i << 3) - back)
    const d = load<f64>(slow + (<usize>i << 3) - back)
    store<u8>(dst + i, a > b && c <= d ? upFlags : a < b && c >= d ? downFlags : 0)
  }
}

/** Writes no flags, eight at a time, as long as all eight of `a` and the one before them are above `b`. Returns where that ends. */
// @ts-ignore: decorator
@inline function passAbove(a: usize, b: usize, dst: usize, from: i32, n: i32): i32 {
  let i = from
  if (!(load<f64>(a + (<usize>i << 3) - 8) > load<f64>(b + (<usize>i << 3) - 8))) return i
  for (; i + 8 <= n; i += 8) {
    const x = a + (<usize>i << 3)
    const y = b + (<usize>i << 3)
    const one = v128.and(f64x2.gt(v128.load(x), v128.load(y)), f64x2.gt(v128.load(x, 16), v128.load(y, 16)))
    const two = v128.and(f64x2.gt(v128.load(x, 32), v128.load(y, 32)), f64x2.gt(v128.load(x, 48), v128.load(y, 48)))
    if (!v128.all_true<i64>(v128.and(one, two))) break
    store<u64>(dst + i, 0)
  }
  return i
}

/** The flags of eight elements from `i` on. */
// @ts-ignore: decorator
@inline function crossEight(fast: usize, slow: usize, dst: usize, i: i32, back: usize, up: v128, down: v128): void {
  const a = fast + (<usize>i << 3)
  const b = slow + (<usize>i << 3)
  const a0 = v128.load(a)
  const b0 = v128.load(b)
  const c0 = v128.load(a - back)
  const d0 = v128.load(b - back)
  const a1 = v128.load(a, 16)
  const b1 = v128.load(b, 16)
  const c1 = v128.load(a - back, 16)
  const d1 = v128.load(b - back, 16)
  const a2 = v128.load(a, 32)
  const b2 = v128.load(b, 32)
  const c2 = v128.load(a - back, 32)
  const d2 = v128.load(b - back, 32)
  const a3 = v128.load(a, 48)
  const b3 = v128.load(b, 48)
  const c3 = v128.load(a - back, 48)
  const d3 = v128.load(b - back, 48)
  const above = packed(crossed(a0, b0, c0, d0), crossed(a1, b1, c1, d1), crossed(a2, b2, c2, d2), crossed(a3, b3, c3, d3))
  const below = packed(crossed(b0, a0, d0, c0), crossed(b1, a1, d1, c1), crossed(b2, a2, d2, c2), crossed(b3, a3, d3, c3))
  v128.store_lane<i64>(dst + i, v128.or(v128.and(above, up), v128.and(below, down)), 0)
}

/** As `crossSignals`, against a constant: upFlags where src > level and src <= level the bar before; downFlags the other way. */
export function levelSignals(
  src: usize,
  level: f64,
  dst: usize,
  n: i32,
  stride: i32,
  upFlags: i32,
  downFlags: i32,
): void {
  const back = <usize>stride << 3
  const up = i8x16.splat(<i8>upFlags)
  const down = i8x16.splat(<i8>downFlags)
  const limit = f64x2.splat(level)
  const first = min(stride, n)
  memory.fill(dst, 0, first)
  let i = first
  for (; i + 8 <= n; i += 8) {
    const a = src + (<usize>i << 3)
    const a0 = v128.load(a)
    const c0 = v128.load(a - back)
    const a1 = v128.load(a, 16)
    const c1 = v128.load(a - back, 16)
    const a2 = v128.load(a, 32)
    const c2 = v128.load(a - back, 32)
    const a3 = v128.load(a, 48)
    const c3 = v128.load(a - back, 48)
    const above = packed(
      crossed(a0, limit, c0, limit),
      crossed(a1, limit, c1, limit),
      crossed(a2, limit, c2, limit),
      crossed(a3, limit, c3, limit),
    )
    const below = packed(
      crossed(limit, a0, limit, c0),
      crossed(limit, a1, limit, c1),
      crossed(limit, a2, limit, c2),
      crossed(limit, a3, limit, c3),
    )
    v128.store_lane<i64>(dst + i, v128.or(v128.and(above, up), v128.and(below, down)), 0)
  }
  for (; i < n; i++) {
    const a = load<f64>(src + (<usize>i << 3))
    const c = load<f64>(src + (<usize>i << 3) - back)
    store<u8>(dst + i, a > level && c <= level ? upFlags : a < level && c >= level ? downFlags : 0)
  }
}

/**
 * upFlags where close > the bar before's upper, downFlags where close < the bar before's lower; both
 * where both hold (a channel whose edges have changed places).
 */
export function breakoutSignals(
  close: usize,
  upper: usize,
  lower: usize,
  dst: usize,
  n: i32,
  stride: i32,
  upFlags: i32,
  downFlags: i32,
): void {
  const back = <usize>stride << 3
  const up = i8x16.splat(<i8>upFlags)
  const down = i8x16.splat(<i8>downFlags)
  const first = min(stride, n)
  memory.fill(dst, 0, first)
  let i = first
  for (; i + 8 <= n; i += 8) {
    const c = close + (<usize>i << 3)
    const u = upper + (<usize>i << 3) - back
    const l = lower + (<usize>i << 3) - back
    const above = packed(
      f64x2.gt(v128.load(c), v128.load(u)),
      f64x2.gt(v128.load(c, 16), v128.load(u, 16)),
      f64x2.gt(v128.load(c, 32), v128.load(u, 32)),
      f64x2.gt(v128.load(c, 48), v128.load(u, 48)),
    )
    const below = packed(
      f64x2.lt(v128.load(c), v128.load(l)),
      f64x2.lt(v128.load(c, 16), v128.load(l, 16)),
      f64x2.lt(v128.load(c, 32), v128.load(l, 32)),
      f64x2.lt(v128.load(c, 48), v128.load(l, 48)),
    )
    v128.store_lane<i64>(dst + i, v128.or(v128.and(above, up), v128.and(below, down)), 0)
  }
  for (; i < n; i++) {
    const value = load<f64>(close + (<usize>i << 3))
    const above = value > load<f64>(upper + (<usize>i << 3) - back)
    const below = value < load<f64>(lower + (<usize>i << 3) - back)
    store<u8>(dst + i, (above ? upFlags : 0) | (below ? downFlags : 0))
  }
}

/** The flags of either panel: dst = a | b, n bytes; dst may be one of them. */
export function mergeSignals(a: usize, b: usize, dst: usize, n: i32): void {
  let i = 0
  for (; i + 16 <= n; i += 16) v128.store(dst + i, v128.or(v128.load(a + i), v128.load(b + i)))
  for (; i < n; i++) store<u8>(dst + i, load<u8>(a + i) | load<u8>(b + i))
}

/** Two elements: a > b, and c <= d the bar before. */
// @ts-ignore: decorator
@inline function crossed(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.and(f64x2.gt(a, b), f64x2.le(c, d))
}

/** Eight 64-bit masks as the eight lower bytes. */
// @ts-ignore: decorator
@inline function packed(a: v128, b: v128, c: v128, d: v128): v128 {
  const words = i16x8.narrow_i32x4_s(
    v128.shuffle<i32>(a, b, 0, 2, 4, 6),
    v128.shuffle<i32>(c, d, 0, 2, 4, 6),
  )
  return i8x16.narrow_i16x8_s(words, words)
}
