import type { Reference } from './reference.ts'
import { sum } from './reference.ts'

/** Bars of the period that a bar belongs to, up to it. */
function soFar(period: readonly number[], t: number): number[] {
  let first = t
  while (first > 0 && period[first - 1] === period[t]) first--
  return Array.from({ length: t - first + 1 }, (_, k) => first + k)
}

/** Each finished run of bars before a bar, the latest first. */
function finished(period: readonly number[], t: number): number[][] {
  const runs: number[][] = []
  for (let last = soFar(period, t)[0] - 1; last >= 0; ) {
    runs.push(soFar(period, last))
    last = runs[runs.length - 1][0] - 1
  }
  return runs
}

const typical = (high: readonly number[], low: readonly number[], close: readonly number[], i: number) =>
  (high[i] + low[i] + close[i]) / 3

const vwap: Reference = ([high, low, close, volume, period], { width }) => {
  const rows = close.map((_, t) => {
    const bars = soFar(period, t).filter((i) => volume[i] > 0)
    const all = sum(bars.map((i) => volume[i]))
    const value = bars.length === 0 ? Number.NaN : sum(bars.map((i) => typical(high, low, close, i) * volume[i])) / all
    const variance = sum(bars.map((i) => volume[i] * (typical(high, low, close, i) - value) ** 2)) / all
    return { value, deviation: Math.sqrt(variance) }
  })
  return {
    value: rows.map(({ value }) => value),
    upper: rows.map(({ value, deviation }) => value + width * deviation),
    lower: rows.map(({ value, deviation }) => value - width * deviation),
  }
}

interface Levels {
  open: number
  high: number
  low: number
  close: number
}

function levels([open, high, low, close]: readonly (readonly number[])[], bars: readonly number[]): Levels {
  return {
    open: open[bars[0]],
    high: Math.max(...bars.map((i) => high[i])),
    low: Math.min(...bars.map((i) => low[i])),
    close: close[bars[bars.length - 1]],
  }
}

const UNKNOWN: Levels = { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN }

function before(columns: readonly (readonly number[])[], period: readonly number[], t: number): Levels {
  const [last] = finished(period, t)
  return last ? levels(columns, last) : UNKNOWN
}

/** Levels above and below by the kind of pivots, from the last period and the open of this one. */
function pivotsOf(kind: string, { open, high, low, close }: Levels, now: number): Record<string, number> {
  const range = high - low
  const middle = (high + low + close) / 3
  const named = (pivot: number, above: number[], below: number[]) => ({
    pivot,
    ...Object.fromEntries([1, 2, 3, 4].map((k) => [`r${k}`, above[k - 1] ?? Number.NaN])),
    ...Object.fromEntries([1, 2, 3, 4].map((k) => [`s${k}`, below[k - 1] ?? Number.NaN])),
  })
  switch (kind) {
    case 'classic':
      return named(
        middle,
        [2 * middle - low, middle + range, 2 * middle + high - 2 * low, 3 * middle + high - 3 * low],
        [2 * middle - high, middle - range, 2 * middle - (2 * high - low), 3 * middle - (3 * high - low)],
      )
    case 'fibonacci':
      return named(
        middle,
        [0.382, 0.618, 1].map((f) => middle + f * range),
        [0.382, 0.618, 1].map((f) => middle - f * range),
      )
    case 'camarilla':
      return named(
        middle,
        [12, 6, 4, 2].map((part) => close + (range * 1.1) / part),
        [12, 6, 4, 2].map((part) => close - (range * 1.1) / part),
      )
    case 'woodie': {
      const pivot = (high + low + 2 * now) / 4
      const third = [high + 2 * (pivot - low), low - 2 * (high - pivot)]
      return named(
        pivot,
        [2 * pivot - low, pivot + range, third[0], third[0] + range],
        [2 * pivot - high, pivot - range, third[1], third[1] - range],
      )
    }
    default: {
      const x = close > open ? 2 * high + low + close : close < open ? high + 2 * low + close : high + low + 2 * close
      return named(x / 4, [x / 2 - low], [x / 2 - high])
    }
  }
}

/** The profile of some bars: as high a row as must be, the volume of each row by the part of the bar that lies in it. */
function profile(
  high: readonly number[],
  low: readonly number[],
  volume: readonly number[],
  bars: readonly number[],
  bins: number,
  share: number,
) {
  const traded = bars.filter((i) => volume[i] > 0)
  if (traded.length === 0) return [Number.NaN, Number.NaN, Number.NaN]
  const top = Math.max(...traded.map((i) => high[i]))
  const bottom = Math.min(...traded.map((i) => low[i]))
  let height = 2 ** (Math.floor(Math.log2(top)) - 28)
  while (Math.floor(top / height) - Math.floor(bottom / height) + 1 > bins) height *= 2
  const first = Math.floor(bottom / height)
  const rows = Array.from({ length: Math.floor(top / height) - first + 1 }, (_, k) => {
    const [from, to] = [(first + k) * height, (first + k + 1) * height]
    return sum(
      traded.map((i) => {
        if (high[i] === low[i]) return low[i] >= from && low[i] < to ? volume[i] : 0
        return (volume[i] * Math.max(0, Math.min(high[i], to) - Math.max(low[i], from))) / (high[i] - low[i])
      }),
    )
  })
  const all = sum(traded.map((i) => volume[i]))
  const least = all * 1e-9
  let best = 0
  for (let k = 1; k < rows.length; k++) if (rows[k] > rows[best] + least) best = k
  let [from, to] = [best, best]
  while (sum(rows.slice(from, to + 1)) < share * all - least && to - from + 1 < rows.length) {
    const above = rows[to + 1] ?? Number.NEGATIVE_INFINITY
    const below = rows[from - 1] ?? Number.NEGATIVE_INFINITY
    if (above >= below - least) to++
    else from--
  }
  const kept = (price: number) => Math.min(top, Math.max(bottom, price))
  return [(first + best + 0.5) * height, (first + to + 1) * height, (first + from) * height].map(kept)
}

export const sessions: Record<string, Reference> = {
  vwap,
  anchoredVwap: vwap,
  periodPrices: (columns) => {
    const [, , , close, period] = columns
    const now = close.map((_, t) => levels(columns, soFar(period, t)))
    const last = close.map((_, t) => before(columns, period, t))
    return {
      open: now.map((one) => one.open),
      high: now.map((one) => one.high),
      low: now.map((one) => one.low),
      lastOpen: last.map((one) => one.open),
      lastHigh: last.map((one) => one.high),
      lastLow: last.map((one) => one.low),
      lastClose: last.map((one) => one.close),
    }
  },
  pivots: (columns, { kind }) => {
    const [open, , , close, period] = columns
    const rows = close.map((_, t) => pivotsOf(kind, before(columns, period, t), open[soFar(period, t)[0]]))
    return Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => row[name])]))
  },
  volumeProfile: ([high, low, volume, period], { bins, share }) => {
    const now = high.map((_, t) => profile(high, low, volume, soFar(period, t), bins, share))
    const last = high.map((_, t) => {
      const traded = finished(period, t).find((bars) => bars.some((i) => volume[i] > 0)) ?? []
      return profile(high, low, volume, traded, bins, share)
    })
    return {
      poc: now.map(([poc]) => poc),
      high: now.map(([, top]) => top),
      low: now.map(([, , bottom]) => bottom),
      lastPoc: last.map(([poc]) => poc),
      lastHigh: last.map(([, top]) => top),
      lastLow: last.map(([, , bottom]) => bottom),
    }
  },
}
