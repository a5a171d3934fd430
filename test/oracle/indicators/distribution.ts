import { line } from './momentum.ts'
import { ago, mean, type Reference, sum, windows, zip } from './reference.ts'

const power = (window: readonly number[], k: number) => {
  const middle = mean(window)
  return mean(window.map((x) => (x - middle) ** k))
}
const varies = (window: readonly number[]) => window.some((x) => x !== window[0])

function quantile(window: readonly number[], part: number, kind = 'linear'): number {
  const sorted = [...window].sort((a, b) => a - b)
  if (kind === 'nearest') return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]
  const place = part * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (high - low) * (place - Math.floor(place))
}

function skew(window: readonly number[], kind: string): number {
  if (!varies(window)) return 0
  const n = window.length
  const g = power(window, 3) / power(window, 2) ** 1.5
  return kind === 'sample' ? (g * Math.sqrt(n * (n - 1))) / (n - 2) : g
}

function kurtosis(window: readonly number[], kind: string): number {
  if (!varies(window)) return 0
  const n = window.length
  const squares = sum(window.map((x) => (x - mean(window)) ** 2))
  const fourths = sum(window.map((x) => (x - mean(window)) ** 4))
  if (kind === 'population') return (n * fourths) / squares ** 2 - 3
  const first = (n * (n + 1) * (n - 1) * fourths) / ((n - 2) * (n - 3) * squares ** 2)
  return first - (3 * (n - 1) ** 2) / ((n - 2) * (n - 3))
}

/** Where the extreme is, the last of equals. */
const since = (x: readonly number[], length: number, best: (...values: number[]) => number) =>
  windows(x, length, (window) => window.length - 1 - window.lastIndexOf(best(...window)))

const slopeOf = (x: readonly number[], y: readonly number[]) =>
  sum(x.map((a, i) => (a - mean(x)) * (y[i] - mean(y)))) / sum(x.map((a) => (a - mean(x)) ** 2))

function hurst(window: readonly number[], lags: number): number {
  const ks = Array.from({ length: lags - 1 }, (_, i) => i + 2)
  const deviations = ks.map((k) => {
    const moves = window.slice(k).map((x, i) => x - window[i])
    const level = Math.max(...window.map(Math.abs))
    const deviation = Math.sqrt(power(moves, 2))
    return deviation > 1e-12 * level ? deviation : 0
  })
  if (deviations.some((d) => d === 0)) return Number.NaN
  return slopeOf(ks.map(Math.log), deviations.map(Math.log))
}

export const distribution: Record<string, Reference> = {
  variance: ([x], { length, ddof }) => ({
    value: windows(x, length, (w) => (power(w, 2) * length) / (length - ddof)),
  }),
  zScore: ([x], { length, ddof }) => ({
    value: windows(x, length, (w) =>
      varies(w) ? (w[length - 1] - mean(w)) / Math.sqrt((power(w, 2) * length) / (length - ddof)) : 0,
    ),
  }),
  averageDeviation: ([x], { length }) => ({
    value: windows(x, length, (w) => mean(w.map((v) => Math.abs(v - mean(w))))),
  }),
  median: ([x], { length }) => ({ value: windows(x, length, (w) => quantile(w, 0.5)) }),
  quantile: ([x], { length, quantile: part, kind }) => ({ value: windows(x, length, (w) => quantile(w, part, kind)) }),
  skew: ([x], { length, kind }) => ({ value: windows(x, length, (w) => skew(w, kind)) }),
  kurtosis: ([x], { length, kind }) => ({ value: windows(x, length, (w) => kurtosis(w, kind)) }),
  highestAgo: ([x], { length }) => ({ value: since(x, length, Math.max) }),
  lowestAgo: ([x], { length }) => ({ value: since(x, length, Math.min) }),
  cumulative: ([x]) => ({ value: x.map((_, t) => sum(x.slice(0, t + 1))) }),
  hurst: ([x], { length, lags }) => ({ value: windows(x, length, (w) => hurst(w, lags)) }),
  fractalDimension: ([high, low], { length }) => {
    const range = (from: number, to: number) => Math.max(...high.slice(from, to)) - Math.min(...low.slice(from, to))
    return {
      value: windows(high, length, (_, t) => {
        const [from, half, end] = [t - length + 1, t - length / 2 + 1, t + 1]
        const halves = (range(from, half) + range(half, end)) / (length / 2)
        const all = range(from, end) / length
        return halves > 0 && all > 0 ? (Math.log(halves) - Math.log(all)) / Math.log(2) : Number.NaN
      }),
    }
  },
}

/** f of the windows of both. */
const both = (a: readonly number[], b: readonly number[], length: number, f: (a: number[], b: number[]) => number) =>
  windows(a, length, (w, t) => f(w, b.slice(t - length + 1, t + 1)))
const together = (a: readonly number[], b: readonly number[]) => mean(a.map((x, i) => (x - mean(a)) * (b[i] - mean(b))))
const ratio = (a: readonly number[], b: readonly number[]) => (varies(b) ? together(a, b) / power(b, 2) : 0)

export const relations: Record<string, Reference> = {
  covariance: ([a, b], { length, ddof }) => ({
    value: both(a, b, length, (x, y) => (together(x, y) * length) / (length - ddof)),
  }),
  correlation: ([a, b], { length }) => ({
    value: both(a, b, length, (x, y) =>
      varies(x) && varies(y) ? together(x, y) / Math.sqrt(power(x, 2) * power(y, 2)) : 0,
    ),
  }),
  hedgeRatio: ([a, b], { length }) => ({ value: both(a, b, length, ratio) }),
  beta: ([a, b], { length }) => {
    const moves = (x: readonly number[]) =>
      zip((now, old) => (old === 0 ? Number.NaN : (now - old) / old), x, ago(x, 1))
    const [x, y] = [moves(a), moves(b)]
    const here = x.map((_, t) => Number.isFinite(x[t]) && Number.isFinite(y[t]))
    const own = both(
      x.filter((_, t) => here[t]),
      y.filter((_, t) => here[t]),
      length,
      ratio,
    )
    let at = 0
    return { value: here.map((one) => (one ? own[at++] : Number.NaN)) }
  },
  linearAngle: ([x], { length }) => ({ value: line(x, length).slope.map((m) => (Math.atan(m) * 180) / Math.PI) }),
  rSquared: ([x], { length }) => ({
    value: windows(x, length, (w) => {
      const places = w.map((_, i) => i)
      return varies(w) ? together(w, places) ** 2 / (power(w, 2) * power(places, 2)) : 0
    }),
  }),
  standardError: ([x], { length }) => {
    const { first, slope } = line(x, length)
    return {
      value: windows(x, length, (w, t) =>
        Math.sqrt(sum(w.map((y, i) => (y - first[t] - slope[t] * i) ** 2)) / (length - 2)),
      ),
    }
  },
}
