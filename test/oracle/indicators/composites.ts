import * as plain from '../indicators.ts'
import { KINDS } from './averages.ts'
import { line } from './momentum.ts'
import { afterWarmup, ago, type Reference, sum, windows, zip } from './reference.ts'

const { ema, highest, lowest, rsi, sma, stdev, trueRange } = plain

const minus = (a: readonly number[], b: readonly number[]) => zip((x, y) => x - y, a, b)

/** Where it stands between its lowest and highest, the last place where there is no range, and smoothed. */
function cycle(x: readonly number[], length: number, factor: number): number[] {
  let place = 0
  let value = Number.NaN
  return windows(x, length, (window, t) => {
    const bottom = Math.min(...window)
    const range = Math.max(...window) - bottom
    if (range > 0) place = (100 * (x[t] - bottom)) / range
    value = Number.isNaN(value) ? place : value + factor * (place - value)
    return value
  })
}

function trail(value: readonly number[], reach: readonly number[]) {
  const line: number[] = []
  const direction: number[] = []
  let [below, above, last, up] = [Number.NaN, Number.NaN, Number.NaN, true]
  value.forEach((x, t) => {
    if (Number.isNaN(reach[t])) {
      line.push(Number.NaN)
      direction.push(Number.NaN)
      return
    }
    if (x > above) up = true
    if (x < below) up = false
    below = Math.min(last, x) > below ? Math.max(below, x - reach[t]) : x - reach[t]
    above = Math.max(last, x) < above ? Math.min(above, x + reach[t]) : x + reach[t]
    last = x
    line.push(up ? below : above)
    direction.push(up ? 1 : -1)
  })
  return { line, direction }
}

export const composites: Record<string, Reference> = {
  vigor: ([open, high, low, close], { length }) => {
    const four = (x: readonly number[]) =>
      x.map((_, t) => (t < 3 ? Number.NaN : (x[t] + 2 * x[t - 1] + 2 * x[t - 2] + x[t - 3]) / 6))
    const bodies = four(minus(close, open))
    const ranges = four(minus(high, low))
    const value = windows(bodies, length, (window, t) => {
      const all = sum(ranges.slice(t - length + 1, t + 1))
      return all === 0 ? 0 : sum(window) / all
    })
    return { value, signal: KINDS.trima(value, 4) }
  },
  schaff: ([x], { length, fast, slow, factor }) => {
    const macd = minus(ema(x, fast), ema(x, slow))
    const once = afterWarmup(macd, (own) => cycle(own, length, factor))
    return { value: afterWarmup(once, (own) => cycle(own, length, factor)) }
  },
  qqe: ([x], { length, smooth, factor }) => {
    const value = ema(rsi(x, length), smooth)
    const moves = minus(value, ago(value, 1)).map(Math.abs)
    const reach = ema(ema(moves, 2 * length - 1), 2 * length - 1).map((y) => y * factor)
    return { value, ...trail(value, reach) }
  },
  squeeze: ([high, low, close], { length, width, range }) => {
    const spread = stdev(close, length, 0)
    const ranges = sma(trueRange(high, low, close), length)
    const middle = zip(
      (h, l, m) => ((h + l) / 2 + m) / 2,
      highest(high, length),
      lowest(low, length),
      sma(close, length),
    )
    return {
      value: afterWarmup(minus(close, middle), (own) => line(own, length).end),
      on: zip(
        (s, r) => (Number.isNaN(s) || Number.isNaN(r) ? Number.NaN : s * width < r * range ? 1 : 0),
        spread,
        ranges,
      ),
    }
  },
}
