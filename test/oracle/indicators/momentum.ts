import * as plain from '../indicators.ts'
import { cmoPlain, KINDS } from './averages.ts'
import { afterWarmup, ago, mean, type Reference, sum, windows, zip } from './reference.ts'

const { ema, highest, lowest, rsi, roc, sma, wma } = plain

const minus = (a: readonly number[], b: readonly number[]) => zip((x, y) => x - y, a, b)
const moves = (x: readonly number[]) => minus(x, ago(x, 1))
const size = (x: readonly number[]) => x.map(Math.abs)
const middle = (high: readonly number[], low: readonly number[]) => zip((h, l) => (h + l) / 2, high, low)
/** factor * a / b, or something else where b is 0. */
const over = (factor: number, a: readonly number[], b: readonly number[], otherwise: number) =>
  zip((x, y) => (y === 0 ? otherwise : (factor * x) / y), a, b)

const spread = (fast: number[], slow: number[], signalOf: (line: number[]) => number[]) => {
  const line = minus(fast, slow)
  const signal = signalOf(line)
  return { line, signal, histogram: minus(line, signal) }
}

/** An ema of another weight, begun with the mean of the first values. */
function weighted(x: readonly number[], length: number, weight: number): number[] {
  let average = mean(x.slice(0, length))
  return x.map((value, t) => {
    if (t < length) return t === length - 1 ? average : Number.NaN
    average = average * (1 - weight) + value * weight
    return average
  })
}

function raw(high: readonly number[], low: readonly number[], close: readonly number[], length: number): number[] {
  const value = (top: number, bottom: number, at: number) =>
    top === bottom ? 0 : (100 * (at - bottom)) / (top - bottom)
  return zip(value, highest(high, length), lowest(low, length), close)
}

function stochastic(
  bars: readonly (readonly number[])[],
  length: number,
  smooth: number,
  signal: number,
  kinds: string[],
) {
  const k = KINDS[kinds[0]](raw(bars[0], bars[1], bars[2], length), smooth)
  return { k, d: KINDS[kinds[1]](k, signal) }
}

function streak(x: readonly number[]): number[] {
  let run = 0
  return x.map((value, t) => {
    const step = t === 0 ? 0 : Math.sign(value - x[t - 1])
    run = step === 0 ? 0 : Math.sign(run) === step ? run + step : step
    return run
  })
}

export function percentRank(x: readonly number[], length: number): number[] {
  return windows(x, length + 1, (window) => (100 * window.filter((y) => y < window[length]).length) / length)
}

/** The least squares line by the normal equations: the value at its end, its slope, and its first value. */
export function line(x: readonly number[], length: number): { end: number[]; slope: number[]; first: number[] } {
  const lineOf = (window: readonly number[]) => {
    const middle = (length - 1) / 2
    const average = mean(window)
    const slope = sum(window.map((y, i) => (i - middle) * (y - average))) / sum(window.map((_, i) => (i - middle) ** 2))
    return { slope, average }
  }
  return {
    end: windows(x, length, (w) => lineOf(w).average + (lineOf(w).slope * (length - 1)) / 2),
    slope: windows(x, length, (w) => lineOf(w).slope),
    first: windows(x, length, (w) => lineOf(w).average - (lineOf(w).slope * (length - 1)) / 2),
  }
}

function fisher(high: readonly number[], low: readonly number[], length: number): number[] {
  const price = middle(high, low)
  const place = raw(price, price, price, length)
  let x = 0
  let value = 0
  return place.map((at, t) => {
    if (t < length - 1) return Number.NaN
    if (t === length - 1) return 0
    x = 0.66 * (at / 100 - 0.5) + 0.67 * x
    if (Math.abs(x) > 0.99) x = 0.999 * Math.sign(x)
    value = 0.5 * Math.log((1 + x) / (1 - x)) + 0.5 * value
    return value
  })
}

export const momentum: Record<string, Reference> = {
  rsi: ([x], { length }) => ({ value: rsi(x, length) }),
  connorsRsi: ([x], { length, streak: run, rank }) => {
    const ranked = afterWarmup(roc(x, 1), (own) => percentRank(own, rank))
    return { value: zip((a, b, c) => (a + b + c) / 3, rsi(x, length), rsi(streak(x), run), ranked) }
  },
  roc: ([x], { length }) => ({ value: roc(x, length) }),
  rocp: ([x], { length }) => ({ value: zip((now, old) => now / old - 1, x, ago(x, length)) }),
  rocr: ([x], { length }) => ({ value: zip((now, old) => now / old, x, ago(x, length)) }),
  rocr100: ([x], { length }) => ({ value: zip((now, old) => (now / old) * 100, x, ago(x, length)) }),
  momentum: ([x], { length }) => ({ value: minus(x, ago(x, length)) }),
  cmo: ([x], { length }) => {
    const ups = KINDS.rma(
      moves(x).map((move) => (Number.isNaN(move) ? move : Math.max(move, 0))),
      length,
    )
    const all = KINDS.rma(size(moves(x)), length)
    return { value: zip((up, both) => (both === 0 ? 0 : (100 * (2 * up - both)) / both), ups, all) }
  },
  cmoPlain: ([x], { length }) => ({ value: cmoPlain(x, length) }),
  bop: ([open, high, low, close]) => ({ value: over(1, minus(close, open), minus(high, low), 0) }),
  efficiencyRatio: ([x], { length }) => ({
    value: x.map((value, t) => {
      if (t < length) return Number.NaN
      const way = sum(Array.from({ length }, (_, k) => Math.abs(x[t - k] - x[t - k - 1])))
      return way > 0 ? Math.abs(value - x[t - length]) / way : 0
    }),
  }),
  tsi: ([x], { slow, fast, smooth }) => {
    const twice = (column: readonly number[]) => ema(ema(column, slow), fast)
    const value = over(100, twice(moves(x)), twice(size(moves(x))), 0)
    return { value, signal: ema(value, smooth) }
  },
  trix: ([x], { length }) => ({ value: roc(ema(ema(ema(x, length), length), length), 1) }),
  coppock: ([x], { length, short, long }) => ({
    value: wma(
      zip((a, b) => a + b, roc(x, short), roc(x, long)),
      length,
    ),
  }),
  kst: ([x], values) => {
    const part = (i: number) => sma(roc(x, values[`roc${i}`]), values[`sma${i}`])
    const value = zip((a, b, c, d) => a + 2 * b + 3 * c + 4 * d, part(1), part(2), part(3), part(4))
    return { value, signal: sma(value, values.smooth) }
  },
  dpo: ([x], { length }) => ({ value: minus(ago(x, Math.trunc(length / 2) + 1), sma(x, length)) }),
}

export const oscillators: Record<string, Reference> = {
  macd: ([x], { fast, slow, smooth }) => plain.macd(x, fast, slow, smooth),
  macdFix: ([x], { smooth }) => spread(weighted(x, 12, 0.15), weighted(x, 26, 0.075), (all) => ema(all, smooth)),
  macdExt: ([x], { fast, slow, smooth, fastKind, slowKind, smoothKind }) =>
    spread(KINDS[fastKind](x, fast), KINDS[slowKind](x, slow), (all) => KINDS[smoothKind](all, smooth)),
  apo: ([x], { fast, slow, kind }) => ({ value: minus(KINDS[kind](x, fast), KINDS[kind](x, slow)) }),
  ppo: ([x], { fast, slow, smooth, kind }) => {
    const calm = KINDS[kind](x, slow)
    const all = over(100, minus(KINDS[kind](x, fast), calm), calm, Number.NaN)
    const signal = ema(all, smooth)
    return { line: all, signal, histogram: minus(all, signal) }
  },
  awesome: ([high, low], { fast, slow }) => ({
    value: minus(sma(middle(high, low), fast), sma(middle(high, low), slow)),
  }),
  accelerator: ([high, low], { fast, slow, smooth }) => {
    const awesome = minus(sma(middle(high, low), fast), sma(middle(high, low), slow))
    return { value: minus(awesome, sma(awesome, smooth)) }
  },
  cci: ([high, low, close], { length, factor }) => ({
    value: windows(
      zip((h, l, c) => (h + l + c) / 3, high, low, close),
      length,
      (window) => {
        const average = plain.sma(window, length)[length - 1]
        const distance = mean(window.map((price) => Math.abs(price - average)))
        return distance === 0 ? 0 : (window[length - 1] - average) / (factor * distance)
      },
    ),
  }),
  ultimate: ([high, low, close], { short, middle: between, long }) => {
    const before = ago(close, 1)
    const pressure = zip((l, c, last) => c - Math.min(l, last), low, close, before)
    const range = zip((h, l, last) => Math.max(h, last) - Math.min(l, last), high, low, before)
    const part = (length: number) =>
      windows(pressure, length, (_, t) => {
        const all = sum(range.slice(t - length + 1, t + 1))
        return all === 0 ? 0 : (100 * sum(pressure.slice(t - length + 1, t + 1))) / all
      })
    return { value: zip((a, b, c) => (4 * a + 2 * b + c) / 7, part(short), part(between), part(long)) }
  },
  elderRay: ([high, low, close], { length }) => ({
    bull: minus(high, ema(close, length)),
    bear: minus(low, ema(close, length)),
  }),
  qstick: ([open, close], { length }) => ({ value: sma(minus(close, open), length) }),
  imi: ([open, close], { length }) => ({
    value: windows(minus(close, open), length, (bodies) => {
      const ups = sum(bodies.filter((body) => body > 0))
      const all = sum(bodies.map(Math.abs))
      return all === 0 ? 50 : (100 * ups) / all
    }),
  }),
  forecastOscillator: ([x], { length }) => {
    const { end, slope } = line(x, length)
    const said = ago(
      zip((a, b) => a + b, end, slope),
      1,
    )
    return { value: zip((now, then) => (100 * (now - then)) / now, x, said) }
  },
}

export const stochastics: Record<string, Reference> = {
  stochastic: (bars, { length, smooth, signal, smoothKind, signalKind }) =>
    stochastic(bars, length, smooth, signal, [smoothKind, signalKind]),
  stochasticFast: (bars, { length, signal }) => stochastic(bars, length, 1, signal, ['sma', 'sma']),
  stochRsi: ([x], { length, window, smooth, signal }) => {
    let last = Number.NaN
    const strength = rsi(x, length).map((value) => {
      if (!(Math.abs(value - last) <= 1e-9)) last = value
      return last
    })
    const own = (f: (part: number[]) => number[]) => afterWarmup(strength, f)
    const of = (part: number[]) => stochastic([part, part, part], window, smooth, signal, ['sma', 'sma'])
    return { k: own((part) => of(part).k), d: own((part) => of(part).d) }
  },
  kdj: (bars, { length, smooth, signal }) => {
    const { k, d } = stochastic(bars, length, smooth, signal, ['rma', 'rma'])
    return { k, d, j: zip((a, b) => 3 * a - 2 * b, k, d) }
  },
  williamsR: ([high, low, close], { length }) => ({
    value: zip(
      (top, bottom, at) => (top === bottom ? 0 : (-100 * (top - at)) / (top - bottom)),
      highest(high, length),
      lowest(low, length),
      close,
    ),
  }),
  smi: ([high, low, close], { length, slow, fast, smooth }) => {
    const top = highest(high, length)
    const bottom = lowest(low, length)
    const twice = (column: readonly number[]) => ema(ema(column, slow), fast)
    const distance = zip((c, h, l) => c - (h + l) / 2, close, top, bottom)
    const half = zip((h, l) => (h - l) / 2, top, bottom)
    const value = over(100, twice(distance), twice(half), 0)
    return { value, signal: ema(value, smooth) }
  },
  fisher: ([high, low], { length, lag }) => {
    const value = fisher(high, low, length)
    return { value, signal: ago(value, lag) }
  },
}
