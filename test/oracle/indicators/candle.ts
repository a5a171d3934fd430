/**
 * The candlestick patterns from their descriptions in TA-Lib: a bar is an object that knows its own measures, a pattern a sentence about the last few of
 * them, the last one first: `a` is the bar that completes it, `b` the one before.
 */
import * as plain from '../indicators.ts'
import { zip } from './reference.ts'

/** Measured in averages of the bars before it. */
export interface Candle {
  o: number
  h: number
  l: number
  c: number
  /** Ends of the body. */
  hi: number
  lo: number
  body: number
  up: number
  down: number
  /** 1 white, -1 black. */
  side: number
  long: boolean
  short: boolean
  /** Not longer than the mean body. */
  modest: boolean
  doji: boolean
  /** A tenth of the mean range: shadows below it are none. */
  tiny: number
  /** Half of the mean of both shadows. */
  fair: number
  near: number
  far: number
  equal: number
}

const known = new WeakMap<readonly number[], Candle[]>()

/** The same columns are asked for once for each pattern. */
export function candles(columns: readonly (readonly number[])[]): Candle[] {
  const [open] = columns
  const made = known.get(open) ?? candlesOf(columns)
  known.set(open, made)
  return made
}

function candlesOf([open, high, low, close]: readonly (readonly number[])[]): Candle[] {
  const body = zip((o, c) => Math.abs(c - o), open, close)
  const range = zip((h, l) => h - l, high, low)
  const shadows = zip((r, b) => r - b, range, body)
  const before = (x: number[], length: number) => [Number.NaN, ...plain.sma(x, length)]
  const [bodies, ranges, pairs, recent] = [before(body, 10), before(range, 10), before(shadows, 10), before(range, 5)]
  return open.map((o, t) => {
    const [h, l, c] = [high[t], low[t], close[t]]
    const [hi, lo] = [Math.max(o, c), Math.min(o, c)]
    return {
      o,
      h,
      l,
      c,
      hi,
      lo,
      body: body[t],
      up: h - hi,
      down: lo - l,
      side: c >= o ? 1 : -1,
      long: body[t] > bodies[t],
      short: body[t] < bodies[t],
      modest: body[t] <= bodies[t],
      doji: body[t] <= 0.1 * ranges[t],
      tiny: 0.1 * ranges[t],
      fair: 0.5 * pairs[t],
      near: 0.2 * recent[t],
      far: 0.6 * recent[t],
      equal: 0.05 * recent[t],
    }
  })
}

/** A pattern: whether `a` completes it, or what it then is. */
export type Sentence = (penetration: number, a: Candle, b: Candle, c: Candle, d: Candle, e: Candle) => boolean | number

export const bald = (x: Candle) => x.up < x.tiny
export const footless = (x: Candle) => x.down < x.tiny
export const over = (x: Candle, y: Candle) => x.lo > y.hi
export const under = (x: Candle, y: Candle) => x.hi < y.lo
export const white = (...bars: Candle[]) => bars.every((x) => x.side === 1)
export const black = (...bars: Candle[]) => bars.every((x) => x.side === -1)
export const falling = (...values: number[]) => values.every((value, i) => i === 0 || value < values[i - 1])
export const rising = (...values: number[]) => values.every((value, i) => i === 0 || value > values[i - 1])
export const same = (x: number, y: number, by: number) => x <= y + by && x >= y - by
export const within = (x: number, low: number, high: number) => x > low && x < high
export const lunge = (a: Candle, b: Candle) => black(b) && b.long && white(a) && a.o < b.l
export const steps = (a: Candle, b: Candle) => a.o > b.o && a.o <= b.c + b.near

/** 100, or 80 where an end is shared, when the body of a lies in that of b. */
export const inside = (a: Candle, b: Candle) => {
  if (a.hi > b.hi || a.lo < b.lo) return 0
  return -b.side * (a.hi < b.hi && a.lo > b.lo ? 100 : 80)
}

export const kick = (a: Candle, b: Candle) =>
  a.side !== b.side && [a, b].every((x) => x.long && bald(x) && footless(x)) && (white(a) ? a.l > b.h : a.h < b.l)

/** The star of three bars that turns to `side`. */
export const turns = (side: number, deep: number, a: Candle, c: Candle) =>
  c.long &&
  c.side === -side &&
  a.side === side &&
  !a.modest &&
  (side > 0 ? a.c > c.c + c.body * deep : a.c < c.c - c.body * deep)
export const away = (side: number, b: Candle, c: Candle) => (side > 0 ? under(b, c) : over(b, c))
