import { ago, type Reference, zip } from './reference.ts'

/** The last place before which `left` and after which `right` values do not reach it, of those that are known at t. */
function swing(x: readonly number[], left: number, right: number, t: number): number {
  for (let at = t - right; at >= left; at--) {
    const others = [...x.slice(at - left, at), ...x.slice(at + 1, at + right + 1)]
    if (others.every((value) => value < x[at])) return at
  }
  return -1
}

function swingsOf(x: readonly number[], left: number, right: number, sign: number) {
  const at = x.map((_, t) =>
    swing(
      x.map((value) => value * sign),
      left,
      right,
      t,
    ),
  )
  return {
    level: at.map((place) => (place < 0 ? Number.NaN : x[place])),
    ago: at.map((place, t) => (place < 0 ? Number.NaN : t - place)),
  }
}

/** Legs as a list of turns, each with the bar that has shown it. */
function legs(high: readonly number[], low: readonly number[], change: number) {
  const found: { from: number; side: number; since: number; extreme: number }[] = []
  const turn: number[] = []
  const direction: number[] = []
  const extreme: number[] = []
  high.forEach((h, t) => {
    const l = low[t]
    const leg = found.at(-1)
    if (!leg) {
      const bottom = Math.min(...low.slice(0, t))
      const top = Math.max(...high.slice(0, t))
      if (t > 0 && h >= bottom * (1 + change)) found.push({ from: bottom, side: 1, since: t, extreme: h })
      else if (t > 0 && l <= top * (1 - change)) found.push({ from: top, side: -1, since: t, extreme: l })
    } else {
      const { side } = leg
      const further = side > 0 ? h > leg.extreme : l < leg.extreme
      const ends = side > 0 ? l <= leg.extreme * (1 - change) : h >= leg.extreme * (1 + change)
      if (further) leg.extreme = side > 0 ? h : l
      else if (ends) found.push({ from: leg.extreme, side: -side, since: t, extreme: side > 0 ? l : h })
    }
    const now = found.at(-1)
    turn.push(now?.from ?? Number.NaN)
    direction.push(now?.side ?? Number.NaN)
    extreme.push(now?.extreme ?? Number.NaN)
  })
  return { turn, direction, extreme }
}

/** The line through all turns and the extreme of the last leg, and the bar of the last turn, -1 where there was none. */
function chartLine(high: readonly number[], low: readonly number[], change: number) {
  const { turn, direction } = legs(high, low, change)
  const line = high.map(() => Number.NaN)
  const starts = direction.flatMap((side, t) => (side === (direction[t - 1] ?? 0) || Number.isNaN(side) ? [] : [t]))
  const points = starts.map((start, k) => {
    // A turn lies where its price was first reached since the leg before had begun.
    const prices = direction[start] > 0 ? low : high
    return { at: prices.indexOf(turn[start], k > 0 ? starts[k - 1] : 0), price: turn[start] }
  })
  if (points.length === 0) return { line, turned: -1 }
  const turned = points[points.length - 1].at
  const last = starts[starts.length - 1]
  const prices = direction[last] > 0 ? high : low
  const rest = prices.slice(last)
  const extreme = direction[last] > 0 ? Math.max(...rest) : Math.min(...rest)
  points.push({ at: prices.indexOf(extreme, last), price: extreme })
  points.slice(1).forEach(({ at, price }, k) => {
    const from = points[k]
    for (let t = from.at; t <= at; t++) line[t] = from.price + ((price - from.price) * (t - from.at)) / (at - from.at)
  })
  return { line, turned }
}

/** Brick by brick, but for long rows in one direction, of which about half is laid at once. */
function renko(x: readonly number[], size: number) {
  const out = { direction: [] as number[], bricks: [] as number[], price: [] as number[] }
  let [end, side] = [0, 0]
  for (const value of x) {
    let laid = 0
    const at = (bricks: number) => (value - x[0]) / size - bricks
    for (;;) {
      if (side * at(end) >= 4) {
        const row = 2 ** Math.floor(Math.log2(side * at(end)) - 1)
        end += side * row
        laid += side * row
      } else if (at(end) >= 1 + (side < 0 ? 1 : 0)) {
        end += side < 0 ? 2 : 1
        side = 1
        laid++
      } else if (at(end) <= -1 - (side > 0 ? 1 : 0)) {
        end -= side > 0 ? 2 : 1
        side = -1
        laid--
      } else break
    }
    out.direction.push(side)
    out.bricks.push(laid)
    out.price.push(x[0] + end * size)
  }
  return out
}

export const price: Record<string, Reference> = {
  averagePrice: (bar) => ({ value: zip((o, h, l, c) => (o + h + l + c) / 4, ...bar) }),
  medianPrice: (bar) => ({ value: zip((h, l) => (h + l) / 2, ...bar) }),
  typicalPrice: (bar) => ({ value: zip((h, l, c) => (h + l + c) / 3, ...bar) }),
  weightedClose: (bar) => ({ value: zip((h, l, c) => (h + l + 2 * c) / 4, ...bar) }),
  heikinAshi: ([open, high, low, end]) => {
    const close = zip((o, h, l, c) => (o + h + l + c) / 4, open, high, low, end)
    // The open is a weighted mean of all closes before and of the middle of the first bar.
    const begin = open.map((_, t) =>
      close.slice(0, t).reduce((all, c, i) => all + c / 2 ** (t - i), (open[0] + end[0]) / 2 / 2 ** t),
    )
    return { open: begin, high: zip(Math.max, high, begin, close), low: zip(Math.min, low, begin, close), close }
  },
  gap: ([open, high, low, close]) => ({
    open: zip((o, c) => o - c, open, ago(close, 1)),
    range: zip(
      (h, l, top, bottom) => (l > top ? l - top : h < bottom ? h - bottom : 0 * top),
      high,
      low,
      ago(high, 1),
      ago(low, 1),
    ),
  }),
  insideOutside: ([high, low]) => {
    const flag = (f: (...bars: number[]) => boolean) =>
      zip(
        (h, l, top, bottom) => (Number.isNaN(top) ? top : Number(f(h, l, top, bottom))),
        high,
        low,
        ago(high, 1),
        ago(low, 1),
      )
    return {
      inside: flag((h, l, top, bottom) => h < top && l > bottom),
      outside: flag((h, l, top, bottom) => h > top && l < bottom),
    }
  },
  swings: ([high, low], { left, right }) => {
    const up = swingsOf(high, left, right, 1)
    const down = swingsOf(low, left, right, -1)
    return { high: up.level, highAgo: up.ago, low: down.level, lowAgo: down.ago }
  },
  zigzag: ([high, low], { change }) => legs(high, low, change),
  zigzagLine: ([high, low], { change, delay }) => {
    if (delay === 0) return { value: chartLine(high, low, change).line }
    const value = high.map((_, t) => {
      const { line, turned } = chartLine(high.slice(0, t + 1), low.slice(0, t + 1), change)
      return t - delay <= turned ? (line[t - delay] ?? Number.NaN) : Number.NaN
    })
    return { value }
  },
  renko: ([x], { size }) => renko(x, size),
}
