import * as plain from '../indicators.ts'
import { afterWarmup, ago, mean, type Reference, sum, windows, zip } from './reference.ts'

const { ema, highest, lowest, sma, wma } = plain

/** The averages of one column and one length by name, NaN of the column being gaps. */
export const KINDS: Record<string, (x: readonly number[], length: number) => number[]> = {
  sma,
  ema,
  wma,
  rma: plain.rma,
  dema: (x, length) => zip((a, b) => 2 * a - b, ema(x, length), ema(ema(x, length), length)),
  tema: (x, length) => {
    const once = ema(x, length)
    const twice = ema(once, length)
    return zip((a, b, c) => 3 * a - 3 * b + c, once, twice, ema(twice, length))
  },
  trima: (x, length) => {
    // Weights 1, 2, ... up to the middle and down again.
    const weights = Array.from({ length }, (_, i) => Math.min(i + 1, length - i))
    return windows(x, length, (window) => sum(window.map((value, i) => value * weights[i])) / sum(weights))
  },
  kama: (x, length) => afterWarmup(x, (own) => kama(own, length, 2, 30)),
  hma: (x, length) => {
    const raw = zip((quick, calm) => 2 * quick - calm, wma(x, Math.trunc(length / 2)), wma(x, length))
    return wma(raw, Math.trunc(Math.sqrt(length)))
  },
  zlema: (x, length) =>
    ema(
      zip((now, then) => 2 * now - then, x, ago(x, Math.trunc((length - 1) / 2))),
      length,
    ),
  t3: (x, length) => t3(x, length, 0.7),
}

/** Tillson's (E * (1 + v) - E^2 * v)^3, E being an ema: its powers from 3 to 6, each of which an ema of the one before begins. */
function t3(x: readonly number[], length: number, v: number): number[] {
  const powers: number[][] = [[...x]]
  for (let i = 0; i < 6; i++) powers.push(ema(powers[i], length))
  const [, , , third, fourth, fifth, sixth] = powers
  const a = 1 + v
  return zip(
    (e3, e4, e5, e6) => a ** 3 * e3 - 3 * a ** 2 * v * e4 + 3 * a * v ** 2 * e5 - v ** 3 * e6,
    third,
    fourth,
    fifth,
    sixth,
  )
}

function kama(x: readonly number[], length: number, fast: number, slow: number): number[] {
  let average = x[length - 1]
  return x.map((value, t) => {
    if (t < length) return Number.NaN
    const moves = sum(Array.from({ length }, (_, k) => Math.abs(x[t - k] - x[t - k - 1])))
    const efficiency = moves > 0 ? Math.min(1, Math.abs(value - x[t - length]) / moves) : 1
    const c = efficiency * (2 / (fast + 1) - 2 / (slow + 1)) + 2 / (slow + 1)
    average = average + (value - average) * c ** 2
    return average
  })
}

/** Over the last moves, in percent. */
export function cmoPlain(x: readonly number[], length: number): number[] {
  return x.map((_, t) => {
    if (t < length) return Number.NaN
    const moves = Array.from({ length }, (_, k) => x[t - k] - x[t - k - 1])
    const ups = sum(moves.filter((move) => move > 0))
    const downs = -sum(moves.filter((move) => move < 0))
    return ups + downs > 0 ? (100 * (ups - downs)) / (ups + downs) : 0
  })
}

/** The value that each bar's length, cut and kept between the two, gives; from where the longest has one. */
function mavp(x: readonly number[], lengths: readonly number[], least: number, most: number, kind: string): number[] {
  const longest = KINDS[kind](x, most)
  const cache = new Map<number, number[]>()
  return x.map((_, t) => {
    if (Number.isNaN(longest[t])) return Number.NaN
    const length = Math.min(most, Math.max(least, Math.trunc(lengths[t])))
    if (!cache.has(length)) cache.set(length, KINDS[kind](x, length))
    return cache.get(length)![t]
  })
}

export const averages: Record<string, Reference> = {
  ...Object.fromEntries(
    ['sma', 'ema', 'wma', 'rma', 'dema', 'tema', 'trima', 'hma', 'zlema'].map((name): [string, Reference] => [
      name,
      ([x], { length }) => ({ value: KINDS[name](x, length) }),
    ]),
  ),
  t3: ([x], { length, factor }) => ({ value: t3(x, length, factor) }),
  kama: ([x], { length, fast, slow }) => ({ value: kama(x, length, fast, slow) }),
  vidya: ([x], { length }) => {
    const momentum = cmoPlain(x, length)
    let average = mean(x.slice(0, length))
    return {
      value: x.map((value, t) => {
        if (t < length) return t === length - 1 ? average : Number.NaN
        average += ((value - average) * (2 / (length + 1)) * Math.abs(momentum[t])) / 100
        return average
      }),
    }
  },
  mcginley: ([x], { length, factor }) => {
    let average = Number.NaN
    return {
      value: x.map((value, t) => {
        const divisor = factor * length * (value / average) ** 4
        average = t === 0 || divisor < 1 ? value : average + (value - average) / divisor
        return average
      }),
    }
  },
  alma: ([x], { length, offset, sigma }) => {
    const weights = Array.from({ length }, (_, i) =>
      Math.exp(-((i - offset * (length - 1)) ** 2) / (2 * (length / sigma) ** 2)),
    )
    return { value: windows(x, length, (w) => sum(w.map((value, i) => value * weights[i])) / sum(weights)) }
  },
  vwma: ([x, volume], { length }) => ({
    value: x.map((_, t) => {
      if (t < length - 1) return Number.NaN
      const units = sum(volume.slice(t - length + 1, t + 1))
      const money = sum(Array.from({ length }, (_, k) => x[t - k] * volume[t - k]))
      return units > 0 ? money / units : Number.NaN
    }),
  }),
  ma: ([x], { length, kind }) => ({ value: KINDS[kind](x, length) }),
  mavp: ([x, lengths], { least, most, kind }) => ({ value: mavp(x, lengths, least, most, kind) }),
  midpoint: ([x], { length }) => ({ value: zip((h, l) => (h + l) / 2, highest(x, length), lowest(x, length)) }),
  midprice: ([h, l], { length }) => ({ value: zip((a, b) => (a + b) / 2, highest(h, length), lowest(l, length)) }),
}
