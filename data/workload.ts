import { nyseSessions } from './calendar.ts'
import { exp } from './elementary.ts'
import { RandomStream } from './random.ts'

/** Size and seed of a workload. */
export interface WorkloadOptions {
  /** Bars; 2,520. */
  bars?: number
  /** Assets; 500. */
  assets?: number
  /** How many assets are held long, and how many short, at each bar; 25. */
  top?: number
  /** Seed of the one random stream; 42. */
  seed?: number
}

/** Generated panels, all time-major: `[bar * assetCount + asset]`. */
export interface Workload {
  bars: number
  assetCount: number
  /** 'ASSET_000' and so on. */
  assets: string[]
  /** Session dates, midnight UTC in ms: NYSE sessions from 2013-01-03. */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
  /** Units to hold after each bar's decision: 100, 0 or -100. */
  target: Int32Array
}

/** Units held of a ranked asset. */
export const WORKLOAD_UNITS = 100

/**
 * The ranking workload: random walks with their own volatility, and at every bar a fresh random score by which the
 * best `top` assets are held long and the worst `top` short. One Mersenne Twister stream feeds everything in a fixed
 * order, so trade counts are known for a seed. Opens lie outside [low, high] in about a fifth of the bars, on purpose.
 */
export function makeWorkload(options: WorkloadOptions = {}): Workload {
  const { bars = 2520, assets: assetCount = 500, top = 25, seed = 42 } = options
  const size = bars * assetCount
  const panel = () => new Float64Array(size)
  const [open, high, low, close, volume] = [panel(), panel(), panel(), panel(), panel()]
  const random = new RandomStream(seed)
  for (let asset = 0; asset < assetCount; asset++) {
    const base = 50 + 150 * random.uniform()
    const volatility = 0.01 + 0.03 * random.uniform()
    const drift = -0.0001 + 0.0002 * random.uniform()
    let sum = 0
    for (let i = asset; i < size; i += assetCount) {
      sum += random.normal() * volatility + drift
      close[i] = base * exp(sum)
    }
    for (let i = asset; i < size; i += assetCount) high[i] = close[i] * (1 + Math.abs(random.normal()) * volatility)
    for (let i = asset; i < size; i += assetCount) low[i] = close[i] * (1 - Math.abs(random.normal()) * volatility)
    for (let i = asset; i < size; i += assetCount) open[i] = close[i] * (1 + random.normal() * volatility * 0.3)
    for (let i = asset; i < size; i += assetCount) volume[i] = random.integer(10_000, 1_000_000)
  }
  const target = new Int32Array(size)
  const scores = new Float64Array(assetCount)
  const sorted = new Float64Array(assetCount)
  for (let bar = 0; bar < bars; bar++) {
    for (let asset = 0; asset < assetCount; asset++) scores[asset] = random.normal()
    sorted.set(scores)
    sorted.sort()
    rank(scores, sorted, top, target.subarray(bar * assetCount, (bar + 1) * assetCount))
  }
  const assets = Array.from({ length: assetCount }, (_, asset) => `ASSET_${String(asset).padStart(3, '0')}`)
  return { bars, assetCount, assets, time: nyseSessions('2013-01-03', bars), open, high, low, close, volume, target }
}

/** Long for the `top` highest scores, short for the `top` lowest; among equal scores the earlier asset ranks higher. */
function rank(scores: Float64Array, ascending: Float64Array, top: number, target: Int32Array): void {
  const n = scores.length
  const longLimit = ascending[n - top]
  const shortLimit = ascending[top - 1]
  let longTies = top
  let shortTies = top
  for (const score of scores) {
    if (score > longLimit) longTies--
    if (score < shortLimit) shortTies--
  }
  for (let i = 0; i < n; i++) {
    if (scores[i] > longLimit || (scores[i] === longLimit && longTies-- > 0)) target[i] = WORKLOAD_UNITS
  }
  for (let i = n - 1; i >= 0; i--) {
    if (scores[i] < shortLimit || (scores[i] === shortLimit && shortTies-- > 0)) target[i] = -WORKLOAD_UNITS
  }
}
