/**
 * The indicators from their formulas, one asset at a time, as slowly as they are written down. Absent bars (NaN) are
 * taken out, the formula is applied to what is left, and the gaps are put back: that is what "own bars" means.
 */
import { exactDeviation, exactMean, exactWeightedMean } from './exact.ts'

const MISSING = Number.NaN

/** f over the own bars of a column; NaN where there is none. */
function ownBars(column: readonly number[], f: (own: number[]) => number[]): number[] {
  const own = f(column.filter((x) => Number.isFinite(x)))
  let at = 0
  return column.map((x) => (Number.isFinite(x) ? own[at++] : MISSING))
}

/** f of each window of `length` own bars. */
function windows(column: readonly number[], length: number, f: (window: number[]) => number): number[] {
  return ownBars(column, (own) => own.map((_, t) => (t >= length - 1 ? f(own.slice(t - length + 1, t + 1)) : MISSING)))
}

export function sma(column: readonly number[], length: number): number[] {
  return windows(column, length, exactMean)
}

export function wma(column: readonly number[], length: number): number[] {
  return windows(column, length, exactWeightedMean)
}

export function stdev(column: readonly number[], length: number, ddof: number): number[] {
  return windows(column, length, (window) => exactDeviation(window, ddof))
}

export function highest(column: readonly number[], length: number): number[] {
  return windows(column, length, (window) => Math.max(...window))
}

export function lowest(column: readonly number[], length: number): number[] {
  return windows(column, length, (window) => Math.min(...window))
}

/** The mean of the first `length` values, then average + (value - average) * weight. */
function smoothed(column: readonly number[], length: number, weight: number): number[] {
  return ownBars(column, (own) => {
    let average = MISSING
    return own.map((value, t) => {
      if (t === length - 1) average = exactMean(own.slice(0, length))
      if (t >= length) average = average + (value - average) * weight
      return average
    })
  })
}

export function ema(column: readonly number[], length: number): number[] {
  return smoothed(column, length, 2 / (length + 1))
}

export function rma(column: readonly number[], length: number): number[] {
  return smoothed(column, length, 1 / length)
}

export function rsi(column: readonly number[], length: number): number[] {
  return ownBars(column, (own) => {
    const rises = own.map((value, t) => (t > 0 && value > own[t - 1] ? value - own[t - 1] : 0))
    const falls = own.map((value, t) => (t > 0 && value < own[t - 1] ? own[t - 1] - value : 0))
    let gain = 0
    let loss = 0
    return own.map((_, t) => {
      if (t === 0) return MISSING
      if (t <= length) {
        gain += rises[t]
        loss += falls[t]
        if (t < length) return MISSING
        gain /= length
        loss /= length
      } else {
        gain = gain + (rises[t] - gain) * (1 / length)
        loss = loss + (falls[t] - loss) * (1 / length)
      }
      return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss)
    })
  })
}

export function roc(column: readonly number[], length: number): number[] {
  return ownBars(column, (own) =>
    own.map((value, t) => {
      if (t < length || own[t - length] === 0) return MISSING
      return (100 * (value - own[t - length])) / own[t - length]
    }),
  )
}

export function macd(column: readonly number[], fast: number, slow: number, smooth: number) {
  const quick = ema(column, fast)
  const calm = ema(column, slow)
  const line = column.map((_, t) => quick[t] - calm[t])
  const signal = ema(line, smooth)
  return { line, signal, histogram: line.map((value, t) => value - signal[t]) }
}

export function trueRange(high: readonly number[], low: readonly number[], close: readonly number[]): number[] {
  let last = MISSING
  return close.map((value, t) => {
    if (!Number.isFinite(value)) return MISSING
    const ranges = [high[t] - low[t]]
    if (!Number.isNaN(last)) ranges.push(Math.abs(high[t] - last), Math.abs(low[t] - last))
    last = value
    return Math.max(...ranges)
  })
}

export function atr(high: readonly number[], low: readonly number[], close: readonly number[], length: number) {
  return rma(trueRange(high, low, close), length)
}

/** `crossSignals` of one asset. */
export function crosses(fast: readonly number[], slow: readonly number[], up: number, down: number): number[] {
  return fast.map((value, t) => {
    if (t === 0) return 0
    if (value > slow[t] && fast[t - 1] <= slow[t - 1]) return up
    if (value < slow[t] && fast[t - 1] >= slow[t - 1]) return down
    return 0
  })
}

/** `breakoutSignals` of one asset. */
export function breakouts(
  close: readonly number[],
  upper: readonly number[],
  lower: readonly number[],
  up: number,
  down: number,
) {
  return close.map((value, t) => (t > 0 && value > upper[t - 1] ? up : 0) | (t > 0 && value < lower[t - 1] ? down : 0))
}
