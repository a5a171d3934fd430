// Prices of a bar. Pointers as in averages.ts.
import { get, put } from './column'

/** (high + low + close) / 3 */
export function typicalPrice(high: usize, low: usize, close: usize, dst: usize, n: i32): void {
  for (let i = 0; i < n; i++) put(dst, i, (get(high, i) + get(low, i) + get(close, i)) / 3.0)
}
