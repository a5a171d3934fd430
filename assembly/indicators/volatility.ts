// Volatility. Pointers and lengths as in averages.ts.
import { get, put } from './column'

/**
 * True range: max(high - low, |high - previous close|, |low - previous close|), high - low on the first bar.
 * (Wilder 1978.)
 */
export function trueRange(high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  if (n > 0) put(dst, 0, get(high, 0) - get(low, 0))
  for (let i = 1; i < n; i++) {
    const last = get(close, i - 1)
    put(dst, i, max(get(high, i), last) - min(get(low, i), last))
  }
}
