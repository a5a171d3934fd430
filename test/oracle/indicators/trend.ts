import * as plain from '../indicators.ts'
import { ago, type Reference, sum, windows, zip } from './reference.ts'

const { atr, highest, lowest, rma, trueRange } = plain

const minus = (a: readonly number[], b: readonly number[]) => zip((x, y) => x - y, a, b)
/** True ranges without that of the first bar, which has no last close. */
const laterRanges = (high: readonly number[], low: readonly number[], close: readonly number[]) =>
  trueRange(high, low, close).map((x, t) => (t === 0 ? Number.NaN : x))
const total = (x: readonly number[], length: number) => windows(x, length, sum)

function aroon(high: readonly number[], low: readonly number[], length: number) {
  const since = (x: readonly number[], best: (window: number[]) => number) =>
    windows(x, length + 1, (window) => (100 * window.lastIndexOf(best(window))) / length)
  const up = since(high, (window) => Math.max(...window))
  const down = since(low, (window) => Math.min(...window))
  return { up, down, oscillator: minus(up, down) }
}

function dmi([high, low, close]: readonly (readonly number[])[], length: number) {
  const up = minus(high, ago(high, 1))
  const down = minus(ago(low, 1), low)
  const moved = (a: readonly number[], b: readonly number[]) =>
    zip((x, y) => (Number.isNaN(x) ? x : x > y && x > 0 ? x : 0), a, b)
  const range = rma(laterRanges(high, low, close), length)
  const plusDM = rma(moved(up, down), length)
  const minusDM = rma(moved(down, up), length)
  const share = (x: readonly number[]) => zip((a, r) => (r === 0 ? 0 : (100 * a) / r), x, range)
  const plus = share(plusDM)
  const less = share(minusDM)
  return {
    plus,
    minus: less,
    plusDM: plusDM.map((x) => x * length),
    minusDM: minusDM.map((x) => x * length),
    dx: zip((a, b) => (a + b === 0 ? 0 : (100 * Math.abs(a - b)) / (a + b)), plus, less),
  }
}

interface Parabolic {
  start: number
  reverse: number
  long: readonly [begin: number, step: number, most: number]
  short: readonly [begin: number, step: number, most: number]
}

/** The stop by bar and whether it is that of a long trend, in the words of long and short. */
function parabolic(high: readonly number[], low: readonly number[], { start, reverse, long, short }: Parabolic) {
  const stops: { stop: number; up: boolean }[] = high.map(() => ({ stop: Number.NaN, up: true }))
  if (high.length < 2) return stops
  const fall = low[0] - low[1]
  let up = start === 0 ? !(fall > 0 && fall > high[1] - high[0]) : start > 0
  let stop = start === 0 ? (up ? low[0] : high[0]) : Math.abs(start)
  let furthest = up ? high[1] : low[1]
  let speed = up ? long[0] : short[0]
  for (let t = 1; t < high.length; t++) {
    const last = Math.max(1, t - 1)
    const floor = Math.min(low[last], low[t])
    const ceiling = Math.max(high[last], high[t])
    if (up && low[t] <= stop) {
      up = false
      stop = Math.max(furthest, ceiling) * (1 + reverse)
      speed = short[0]
      furthest = low[t]
      stops[t] = { stop, up }
    } else if (!up && high[t] >= stop) {
      up = true
      stop = Math.min(furthest, floor) * (1 - reverse)
      speed = long[0]
      furthest = high[t]
      stops[t] = { stop, up }
    } else {
      stops[t] = { stop, up }
      if (up && high[t] > furthest) {
        furthest = high[t]
        speed = Math.min(speed + long[1], long[2])
      } else if (!up && low[t] < furthest) {
        furthest = low[t]
        speed = Math.min(speed + short[1], short[2])
      }
    }
    stop = stop + speed * (furthest - stop)
    stop = up ? Math.min(stop, floor) : Math.max(stop, ceiling)
  }
  return stops
}

function superTrend([high, low, close]: readonly (readonly number[])[], length: number, width: number) {
  const range = atr(high, low, close, length)
  let upper = Number.NaN
  let lower = Number.NaN
  let up = true
  const value: number[] = []
  const direction: number[] = []
  range.forEach((reach, t) => {
    if (Number.isNaN(reach)) {
      value.push(Number.NaN)
      direction.push(Number.NaN)
      return
    }
    const above = (high[t] + low[t]) / 2 + width * reach
    const below = (high[t] + low[t]) / 2 - width * reach
    if (Number.isNaN(upper)) [upper, lower] = [above, below]
    else {
      upper = close[t - 1] > upper ? above : Math.min(upper, above)
      lower = close[t - 1] < lower ? below : Math.max(lower, below)
      if (up && close[t] < lower) up = false
      else if (!up && close[t] > upper) up = true
    }
    value.push(up ? lower : upper)
    direction.push(up ? 1 : -1)
  })
  return { value, direction }
}

const middle = (high: readonly number[], low: readonly number[], length: number) =>
  zip((h, l) => (h + l) / 2, highest(high, length), lowest(low, length))

export const trend: Record<string, Reference> = {
  aroon: ([high, low], { length }) => aroon(high, low, length),
  vortex: ([high, low, close], { length }) => {
    const all = total(laterRanges(high, low, close), length)
    const side = (a: readonly number[], b: readonly number[]) =>
      zip(
        (x, r) => (r === 0 ? Number.NaN : x / r),
        total(
          zip((x, y) => Math.abs(x - y), a, ago(b, 1)),
          length,
        ),
        all,
      )
    return { plus: side(high, low), minus: side(low, high) }
  },
  dmi: (bars, { length }) => dmi(bars, length),
  adx: (bars, { length }) => {
    const adx = rma(dmi(bars, length).dx, length)
    return { adx, rating: zip((a, b) => (a + b) / 2, adx, ago(adx, length - 1)) }
  },
  sar: ([high, low], { step, most }) => {
    const speed = [step, step, most] as const
    return { value: parabolic(high, low, { start: 0, reverse: 0, long: speed, short: speed }).map(({ stop }) => stop) }
  },
  sarExt: ([high, low], v) => {
    const long = [v.beginLong, v.stepLong, v.mostLong] as const
    const short = [v.beginShort, v.stepShort, v.mostShort] as const
    const stops = parabolic(high, low, { start: v.start, reverse: v.reverse, long, short })
    return { value: stops.map(({ stop, up }) => (up ? stop : -stop)) }
  },
  superTrend: (bars, { length, width }) => superTrend(bars, length, width),
  ichimoku: ([high, low, close], values) => {
    const conversion = middle(high, low, values.conversion)
    const base = middle(high, low, values.base)
    return {
      conversion,
      base,
      spanA: ago(
        zip((a, b) => (a + b) / 2, conversion, base),
        values.shift,
      ),
      spanB: ago(middle(high, low, values.span), values.shift),
      lagging: ago(close, values.shift),
    }
  },
  chandelier: ([high, low, close], { length, width }) => {
    const range = atr(high, low, close, length)
    return {
      long: zip((top, r) => top - width * r, highest(high, length), range),
      short: zip((bottom, r) => bottom + width * r, lowest(low, length), range),
    }
  },
  choppiness: ([high, low, close], { length }) => {
    const range = minus(highest(high, length), lowest(low, length))
    const way = total(trueRange(high, low, close), length)
    return {
      value: zip((a, r) => (r === 0 ? Number.NaN : (100 * Math.log10(a / r)) / Math.log10(length)), way, range),
    }
  },
  vhf: ([x], { length }) => {
    const way = total(minus(x, ago(x, 1)).map(Math.abs), length)
    const range = minus(highest(x, length), lowest(x, length))
    return { value: zip((r, w) => (w === 0 ? Number.NaN : r / w), range, way) }
  },
}
