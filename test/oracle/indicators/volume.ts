import * as plain from '../indicators.ts'
import { ago, mean, type Reference, sum, windows, zip } from './reference.ts'

/** Sums of all values so far. */
const total = (x: readonly number[]) => x.map((_, t) => sum(x.slice(0, t + 1)))

/** Where the close stands in its bar, -1 at the low to 1 at the high, times the volume. */
const flow = (high: number, low: number, close: number, volume: number) =>
  high === low ? 0 : ((2 * close - high - low) / (high - low)) * volume

/** A weighted mean of all values so far, in which each has 1 - weight of what the next has, and the first one the rest. */
const faded = (x: readonly number[], length: number) => {
  const keep = 1 - 2 / (length + 1)
  return x.map((_, t) => sum(x.slice(0, t + 1).map((v, i) => v * keep ** (t - i) * (i > 0 ? 1 - keep : 1))))
}

function volumeIndex(
  close: readonly number[],
  volume: readonly number[],
  counts: (now: number, then: number) => boolean,
) {
  const factors = close.map((price, t) => (t > 0 && counts(volume[t], volume[t - 1]) ? price / close[t - 1] : 1))
  return factors.map((_, t) => factors.slice(0, t + 1).reduce((all, f) => all * f, 1000))
}

export const volume: Record<string, Reference> = {
  obv: ([x, units]) => ({
    value: total(units.map((v, t) => (t === 0 ? v : Math.sign(x[t] - x[t - 1]) * v))),
  }),
  ad: ([high, low, close, units]) => ({ value: total(zip(flow, high, low, close, units)) }),
  adosc: ([high, low, close, units], { fast, slow }) => {
    const line = total(zip(flow, high, low, close, units))
    const value = zip((a, b) => a - b, faded(line, fast), faded(line, slow))
    return { value: value.map((v, t) => (t < Math.max(fast, slow) - 1 ? Number.NaN : v)) }
  },
  cmf: ([high, low, close, units], { length }) => ({
    value: windows(zip(flow, high, low, close, units), length, (flows, t) => {
      const all = sum(units.slice(t - length + 1, t + 1))
      return all === 0 ? 0 : sum(flows) / all
    }),
  }),
  mfi: ([high, low, close, units], { length }) => {
    const price = zip((h, l, c) => (h + l + c) / 3, high, low, close)
    // Prices of the tests are decimals: their sums are equal as such, or not.
    const ticks = price.map((value) => Math.round(value * 3e4))
    return {
      value: price.map((_, t) => {
        if (t < length) return Number.NaN
        const moved = Array.from({ length }, (_, k) => t - k)
        const money = (sign: number) =>
          sum(moved.filter((i) => Math.sign(ticks[i] - ticks[i - 1]) === sign).map((i) => price[i] * units[i]))
        const all = money(1) + money(-1)
        return all === 0 ? 50 : (100 * money(1)) / all
      }),
    }
  },
  pvt: ([close, units]) => ({
    value: total(units.map((v, t) => (t === 0 ? 0 : v * (close[t] / close[t - 1] - 1)))),
  }),
  forceIndex: ([close, units], { length }) => ({
    value: plain.ema(
      zip((now, then, v) => (now - then) * v, close, ago(close, 1), units),
      length,
    ),
  }),
  easeOfMovement: ([high, low, units], { length, scale }) => ({
    value: windows(
      high.map((h, t) => {
        if (t === 0) return Number.NaN
        const distance = (h + low[t]) / 2 - (high[t - 1] + low[t - 1]) / 2
        const box = units[t] / scale / (h - low[t])
        return units[t] === 0 || h === low[t] ? 0 : distance / box
      }),
      length,
      mean,
    ),
  }),
  marketFacilitation: ([high, low, units]) => ({
    value: zip((h, l, v) => (v === 0 ? 0 : (h - l) / v), high, low, units),
  }),
  nvi: ([close, units]) => ({ value: volumeIndex(close, units, (now, then) => now < then) }),
  pvi: ([close, units]) => ({ value: volumeIndex(close, units, (now, then) => now > then) }),
  pvo: ([units], { fast, slow, smooth }) => {
    const line = zip(
      (a, b) => (b === 0 ? Number.NaN : (100 * (a - b)) / b),
      plain.ema(units, fast),
      plain.ema(units, slow),
    )
    const signal = plain.ema(line, smooth)
    return { line, signal, histogram: zip((a, b) => a - b, line, signal) }
  },
  relativeVolume: ([units], { length }) => ({
    value: units.map((v, t) => {
      if (t < length) return Number.NaN
      const usual = mean(units.slice(t - length, t))
      return usual === 0 ? 0 : v / usual
    }),
  }),
  wad: ([high, low, close]) => ({
    value: total(
      close.map((c, t) => {
        const last = close[t - 1]
        if (t === 0 || c === last) return 0
        return c > last ? c - Math.min(low[t], last) : c - Math.max(high[t], last)
      }),
    ),
  }),
}
