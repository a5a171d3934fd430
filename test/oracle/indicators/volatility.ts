import * as plain from '../indicators.ts'
import { ago, mean, type Reference, sum, windows, zip } from './reference.ts'

const { atr, ema, highest, lowest, rma, roc, sma, stdev } = plain

const minus = (a: readonly number[], b: readonly number[]) => zip((x, y) => x - y, a, b)

function bollinger(x: readonly number[], length: number, width: number) {
  const middle = sma(x, length)
  const deviation = stdev(x, length, 0)
  return {
    upper: zip((m, d) => m + width * d, middle, deviation),
    middle,
    lower: zip((m, d) => m - width * d, middle, deviation),
  }
}

const ln = (a: readonly number[], b: readonly number[]) => zip((x, y) => Math.log(x / y), a, b)

const sample = (x: readonly number[], length: number) =>
  windows(x, length, (w) => {
    const average = mean(w)
    return sum(w.map((y) => (y - average) ** 2)) / (length - 1)
  })

const rogersSatchell = ([open, high, low, close]: readonly (readonly number[])[]) =>
  zip((o, h, l, c) => Math.log(h / c) * Math.log(h / o) + Math.log(l / c) * Math.log(l / o), open, high, low, close)

/** The root of the mean of what each bar has; rounding may leave less than nothing. */
const rootMean = (term: readonly number[], length: number, year: number) =>
  windows(term, length, (w) => Math.sqrt(Math.max(0, mean(w)) * year))

export const volatility: Record<string, Reference> = {
  trueRange: ([high, low, close]) => ({ value: plain.trueRange(high, low, close) }),
  atr: ([high, low, close], { length }) => ({ value: atr(high, low, close, length) }),
  natr: ([high, low, close], { length }) => ({
    value: zip((r, c) => (100 * r) / c, atr(high, low, close, length), close),
  }),
  adr: ([high, low], { length }) => ({ value: sma(minus(high, low), length) }),
  bollinger: ([x], { length, width }) => bollinger(x, length, width),
  bollingerB: ([x], { length, width }) => {
    const { upper, lower } = bollinger(x, length, width)
    return { value: zip((v, u, l) => (u === l ? Number.NaN : (v - l) / (u - l)), x, upper, lower) }
  },
  bollingerWidth: ([x], { length, width }) => {
    const { upper, middle, lower } = bollinger(x, length, width)
    return { value: zip((u, m, l) => (u - l) / m, upper, middle, lower) }
  },
  keltner: ([high, low, close], { length, range, width }) => {
    const middle = ema(
      zip((h, l, c) => (h + l + c) / 3, high, low, close),
      length,
    )
    const band = atr(high, low, close, range)
    return {
      upper: zip((m, r) => m + width * r, middle, band),
      middle,
      lower: zip((m, r) => m - width * r, middle, band),
    }
  },
  donchian: ([high, low], { length }) => {
    const upper = highest(high, length)
    const lower = lowest(low, length)
    return { upper, middle: zip((u, l) => (u + l) / 2, upper, lower), lower }
  },
  accBands: ([high, low, close], { length }) => ({
    upper: sma(
      zip((h, l) => h * (1 + (4 * (h - l)) / (h + l)), high, low),
      length,
    ),
    middle: sma(close, length),
    lower: sma(
      zip((h, l) => l * (1 - (4 * (h - l)) / (h + l)), high, low),
      length,
    ),
  }),
  massIndex: ([high, low], { length, smooth }) => {
    const once = ema(minus(high, low), smooth)
    const twice = ema(once, smooth)
    const ratio = zip((a, b) => (b === 0 ? Number.NaN : a / b), once, twice)
    return { value: sma(ratio, length).map((x) => x * length) }
  },
  chaikinVolatility: ([high, low], { length, change }) => ({ value: roc(ema(minus(high, low), length), change) }),
  rvi: ([x], { length, deviation }) => {
    const spread = stdev(x, deviation, 0)
    const part = (sign: number) =>
      rma(
        spread.map((d, t) => (Number.isNaN(d) || sign * (x[t] - x[t - 1]) > 0 ? d : 0)),
        length,
      )
    return { value: zip((a, b) => (a + b === 0 ? 50 : (100 * a) / (a + b)), part(1), part(-1)) }
  },
  ulcer: ([x], { length }) => {
    const fall = zip((v, top) => (100 * (v - top)) / top, x, highest(x, length))
    return { value: windows(fall, length, (w) => Math.sqrt(mean(w.map((y) => y * y)))) }
  },
}

export const historical: Record<string, Reference> = {
  historicalVolatility: ([x], { length, year }) => ({
    value: sample(ln(x, ago(x, 1)), length).map((v) => Math.sqrt(v * year)),
  }),
  parkinson: ([, high, low], { length, year }) => ({
    value: rootMean(
      ln(high, low).map((x) => x ** 2 / (4 * Math.log(2))),
      length,
      year,
    ),
  }),
  garmanKlass: ([open, high, low, close], { length, year }) => ({
    value: rootMean(
      zip((range, body) => range ** 2 / 2 - (2 * Math.log(2) - 1) * body ** 2, ln(high, low), ln(close, open)),
      length,
      year,
    ),
  }),
  rogersSatchell: (bars, { length, year }) => ({ value: rootMean(rogersSatchell(bars), length, year) }),
  yangZhang: (bars, { length, year }) => {
    const [open, , , close] = bars
    const k = 0.34 / (1.34 + (length + 1) / (length - 1))
    const gaps = sample(ln(open, ago(close, 1)), length)
    const bodies = sample(ln(close, open), length)
    const part = windows(rogersSatchell(bars), length, mean)
    return { value: zip((o, c, r) => Math.sqrt(Math.max(0, o + k * c + (1 - k) * r) * year), gaps, bodies, part) }
  },
}
