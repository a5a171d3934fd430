// Weights of equal risk across the assets of one bar, by cyclical descent (Griveau-Billion, Richard and Roncalli, "A fast algorithm for
// computing high-dimensional risk parity portfolios", 2013): the minimum of y'Cy / 2 - sum(ln y) / n over y > 0, where C are the
// correlations, has (Cy)[i] * y[i] = 1 / n for every asset; weights are y over the deviations. Each step is the one root of a quadratic
// that is above 0.

/** Where the largest change of a round is below this there is nothing left to find. */
const CLOSE_ENOUGH: f64 = 1e-12
const ROUNDS: i32 = 1000

// @ts-ignore: decorator
@inline function f(at: usize, i: i32): f64 {
  return load<f64>(at + ((<usize>i) << 3))
}

// @ts-ignore: decorator
@inline function put(at: usize, i: i32, value: f64): void {
  store<f64>(at + ((<usize>i) << 3), value)
}

/**
 * Weights of equal risk over the last `window` bars. In them an asset without a bar has not changed; one is among them that has a
 * bar, had one `window` bars ago or before, and has a variance.
 *
 * @param room assets * (2 * window + assets + 6) doubles
 */
export function riskParityAcross(closes: usize, dst: usize, bars: i32, assets: i32, window: i32, room: usize): void {
  const changes = room
  const apart = changes + ((<usize>(assets * window)) << 3)
  const matrix = apart + ((<usize>(assets * window)) << 3)
  const lasts = matrix + ((<usize>(assets * assets)) << 3)
  const firsts = lasts + ((<usize>assets) << 3)
  const members = firsts + ((<usize>assets) << 3)
  const deviations = members + ((<usize>assets) << 3)
  const weights = deviations + ((<usize>assets) << 3)
  for (let asset = 0; asset < assets; asset++) {
    put(lasts, asset, NaN)
    put(firsts, asset, Infinity)
  }
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    let count = 0
    for (let asset = 0; asset < assets; asset++) {
      put(dst + row, asset, NaN)
      const close = f(closes + row, asset)
      const last = f(lasts, asset)
      put(changes, asset * window + bar % window, close == close && last == last ? close / last - 1 : 0)
      if (!(close == close)) continue
      put(lasts, asset, close)
      if (f(firsts, asset) > <f64>bar) put(firsts, asset, <f64>bar)
      if (f(firsts, asset) > <f64>(bar - window)) continue
      const deviation = center(changes + ((<usize>(asset * window)) << 3), apart + ((<usize>(count * window)) << 3), window, bar)
      if (!(deviation > 0 && deviation < Infinity)) continue
      put(members, count, <f64>asset)
      put(deviations, count++, deviation)
    }
    if (count == 0) continue
    correlate(apart, deviations, matrix, count, window)
    descend(matrix, weights, count)
    let sum = 0.0
    for (let i = 0; i < count; i++) {
      put(weights, i, f(weights, i) / f(deviations, i))
      sum += f(weights, i)
    }
    for (let i = 0; i < count; i++) {
      const weight = f(weights, i) / sum
      put(dst + row, <i32>f(members, i), Math.abs(weight) < Infinity ? weight : NaN)
    }
  }
}

/** Changes less their mean, the oldest first. Returns their sample deviation. */
function center(ring: usize, dst: usize, window: i32, bar: i32): f64 {
  const oldest = (bar + 1) % window
  let sum = 0.0
  for (let i = 0; i < window; i++) {
    const change = f(ring, (oldest + i) % window)
    put(dst, i, change)
    sum += change
  }
  const mean = sum / <f64>window
  let squares = 0.0
  for (let i = 0; i < window; i++) {
    const difference = f(dst, i) - mean
    put(dst, i, difference)
    squares += difference * difference
  }
  return sqrt(squares / <f64>(window - 1))
}

/** Correlations, row by row. */
function correlate(apart: usize, deviations: usize, matrix: usize, count: i32, window: i32): void {
  for (let i = 0; i < count; i++) {
    const one = apart + ((<usize>(i * window)) << 3)
    put(matrix, i * count + i, 1)
    for (let j = 0; j < i; j++) {
      const other = apart + ((<usize>(j * window)) << 3)
      let sum = 0.0
      for (let k = 0; k < window; k++) sum += f(one, k) * f(other, k)
      const correlation = sum / <f64>(window - 1) / f(deviations, i) / f(deviations, j)
      put(matrix, i * count + j, correlation)
      put(matrix, j * count + i, correlation)
    }
  }
}

function descend(matrix: usize, y: usize, count: i32): void {
  const part = 1 / <f64>count
  for (let i = 0; i < count; i++) put(y, i, 1)
  for (let round = 0; round < ROUNDS; round++) {
    let change = 0.0
    for (let i = 0; i < count; i++) {
      const row = matrix + ((<usize>(i * count)) << 3)
      const old = f(y, i)
      let others = -old
      for (let j = 0; j < count; j++) others += f(row, j) * f(y, j)
      // The root of y * y + others * y - part that is above 0, without a difference of equals.
      const root = sqrt(others * others + 4 * part)
      const found = others > 0 ? 2 * part / (root + others) : (root - others) / 2
      put(y, i, found)
      change = Math.max(change, Math.abs(found - old) / found)
    }
    if (change < CLOSE_ENOUGH) return
  }
}
