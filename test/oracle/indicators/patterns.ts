/**
 * The candlestick patterns from their descriptions in TA-Lib: a bar is an object that knows its own measures, a pattern a sentence about the last few of
 * them, the last one first: `a` is the bar that completes it, `b` the one before.
 */
import * as plain from '../indicators.ts'
import { type Reference, zip } from './reference.ts'

/** Measured in averages of the bars before it. */
interface Candle {
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
function candles(columns: readonly (readonly number[])[]): Candle[] {
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

type Sentence = (penetration: number, a: Candle, b: Candle, c: Candle, d: Candle, e: Candle) => boolean | number

const bald = (x: Candle) => x.up < x.tiny
const footless = (x: Candle) => x.down < x.tiny
const over = (x: Candle, y: Candle) => x.lo > y.hi
const under = (x: Candle, y: Candle) => x.hi < y.lo
const white = (...bars: Candle[]) => bars.every((x) => x.side === 1)
const black = (...bars: Candle[]) => bars.every((x) => x.side === -1)
const falling = (...values: number[]) => values.every((value, i) => i === 0 || value < values[i - 1])
const rising = (...values: number[]) => values.every((value, i) => i === 0 || value > values[i - 1])
const same = (x: number, y: number, by: number) => x <= y + by && x >= y - by
const within = (x: number, low: number, high: number) => x > low && x < high
const lunge = (a: Candle, b: Candle) => black(b) && b.long && white(a) && a.o < b.l
const steps = (a: Candle, b: Candle) => a.o > b.o && a.o <= b.c + b.near

/** 100, or 80 where an end is shared, when the body of a lies in that of b. */
const inside = (a: Candle, b: Candle) => {
  if (a.hi > b.hi || a.lo < b.lo) return 0
  return -b.side * (a.hi < b.hi && a.lo > b.lo ? 100 : 80)
}

const kick = (a: Candle, b: Candle) =>
  a.side !== b.side && [a, b].every((x) => x.long && bald(x) && footless(x)) && (white(a) ? a.l > b.h : a.h < b.l)

/** The star of three bars that turns to `side`. */
const turns = (side: number, deep: number, a: Candle, c: Candle) =>
  c.long &&
  c.side === -side &&
  a.side === side &&
  !a.modest &&
  (side > 0 ? a.c > c.c + c.body * deep : a.c < c.c - c.body * deep)
const away = (side: number, b: Candle, c: Candle) => (side > 0 ? under(b, c) : over(b, c))

/** What completes with a: true is 100 in the direction that its row says, 0 the side of a. */
const SENTENCES: Record<string, [way: number, bars: number, Sentence]> = {
  beltHold: [0, 10, (_, a) => a.long && (white(a) ? footless(a) : bald(a))],
  closingMarubozu: [0, 10, (_, a) => a.long && (white(a) ? bald(a) : footless(a))],
  doji: [1, 10, (_, a) => a.doji],
  dragonflyDoji: [1, 10, (_, a) => a.doji && bald(a) && a.down > a.tiny],
  gravestoneDoji: [1, 10, (_, a) => a.doji && footless(a) && a.up > a.tiny],
  highWave: [0, 10, (_, a) => a.short && Math.min(a.up, a.down) > a.body * 2],
  longLeggedDoji: [1, 10, (_, a) => a.doji && Math.max(a.up, a.down) > a.body],
  longLine: [0, 10, (_, a) => a.long && Math.max(a.up, a.down) < a.fair],
  marubozu: [0, 10, (_, a) => a.long && bald(a) && footless(a)],
  rickshawMan: [
    1,
    10,
    (_, a) => {
      const middle = a.l + (a.h - a.l) / 2
      return a.doji && Math.min(a.up, a.down) > a.body && a.lo <= middle + a.near && a.hi >= middle - a.near
    },
  ],
  shortLine: [0, 10, (_, a) => a.short && Math.max(a.up, a.down) < a.fair],
  spinningTop: [0, 10, (_, a) => a.short && Math.min(a.up, a.down) > a.body],
  takuri: [1, 10, (_, a) => a.doji && bald(a) && a.down > a.body * 2],
  counterattack: [0, 11, (_, a, b) => a.side !== b.side && a.long && b.long && same(a.c, b.c, b.equal)],
  darkCloudCover: [
    -1,
    11,
    (deep, a, b) => white(b) && b.long && black(a) && a.o > b.h && within(a.c, b.o, b.c - b.body * deep),
  ],
  dojiStar: [1, 11, (_, a, b) => b.long && a.doji && away(-b.side, a, b) && -b.side * 100],
  engulfing: [
    1,
    2,
    (_, a, b) => {
      if (a.side === b.side || a.hi < b.hi || a.lo > b.lo || (a.hi === b.hi && a.lo === b.lo)) return 0
      return a.side * (a.hi > b.hi && a.lo < b.lo ? 100 : 80)
    },
  ],
  hammer: [1, 11, (_, a, b) => a.short && a.down > a.body && bald(a) && a.lo <= b.l + b.near],
  hangingMan: [-1, 11, (_, a, b) => a.short && a.down > a.body && bald(a) && a.lo >= b.h - b.near],
  harami: [1, 11, (_, a, b) => b.long && a.modest && inside(a, b)],
  haramiCross: [1, 11, (_, a, b) => b.long && a.doji && inside(a, b)],
  homingPigeon: [1, 11, (_, a, b) => black(a, b) && b.long && a.modest && a.o < b.o && a.c > b.c],
  inNeck: [-1, 11, (_, a, b) => lunge(a, b) && a.c >= b.c && a.c <= b.c + b.equal],
  invertedHammer: [1, 11, (_, a, b) => a.short && a.up > a.body && footless(a) && under(a, b)],
  kicking: [0, 11, (_, a, b) => kick(a, b)],
  kickingByLength: [1, 11, (_, a, b) => kick(a, b) && (a.body > b.body ? a : b).side * 100],
  matchingLow: [1, 6, (_, a, b) => black(a, b) && same(a.c, b.c, b.equal)],
  onNeck: [-1, 11, (_, a, b) => lunge(a, b) && same(a.c, b.l, b.equal)],
  piercing: [1, 11, (_, a, b) => lunge(a, b) && a.long && within(a.c, b.c + b.body * 0.5, b.o)],
  separatingLines: [
    0,
    11,
    (_, a, b) => a.side !== b.side && same(a.o, b.o, b.equal) && a.long && (white(a) ? footless(a) : bald(a)),
  ],
  shootingStar: [-1, 11, (_, a, b) => a.short && a.up > a.body && footless(a) && over(a, b)],
  thrusting: [-1, 11, (_, a, b) => lunge(a, b) && a.c > b.c + b.equal && a.c <= b.c + b.body * 0.5],
  twoCrows: [
    -1,
    12,
    (_, a, b, c) => white(c) && c.long && black(a, b) && over(b, c) && within(a.o, b.c, b.o) && within(a.c, c.o, c.c),
  ],
  threeInside: [
    0,
    12,
    (_, a, b, c) =>
      c.long &&
      b.modest &&
      within(b.hi, c.lo, c.hi) &&
      within(b.lo, c.lo, c.hi) &&
      a.side !== c.side &&
      (a.c - c.o) * a.side > 0,
  ],
  threeOutside: [
    1,
    3,
    (_, a, b, c) => b.side !== c.side && b.hi > c.hi && b.lo < c.lo && (a.c - b.c) * b.side > 0 && b.side * 100,
  ],
  threeStarsInSouth: [
    1,
    12,
    (_, a, b, c) =>
      [
        black(a, b, c) && c.long && c.down > c.body,
        b.body < c.body && b.o > c.c && b.o <= c.h && b.l < c.c && b.l >= c.l && b.down > b.tiny,
        a.short && bald(a) && footless(a) && a.l > b.l && a.h < b.h,
      ].every(Boolean),
  ],
  threeWhiteSoldiers: [
    1,
    12,
    (_, a, b, c) =>
      white(a, b, c) &&
      [a, b, c].every(bald) &&
      rising(c.c, b.c, a.c) &&
      steps(b, c) &&
      steps(a, b) &&
      b.body > c.body - c.far &&
      a.body > b.body - b.far &&
      !a.modest,
  ],
  abandonedBaby: [
    0,
    12,
    (deep, a, b, c) =>
      turns(a.side, deep, a, c) && b.doji && (white(a) ? b.h < c.l && b.h < a.l : b.l > c.h && b.l > a.h),
  ],
  advanceBlock: [
    -1,
    12,
    (_, a, b, c) => {
      if (!white(a, b, c) || !rising(c.c, b.c, a.c) || !steps(b, c) || !steps(a, b)) return false
      if (!c.long || c.up >= c.fair) return false
      return (
        (b.body < c.body - c.far && a.body < b.body + b.near) ||
        a.body < b.body - b.far ||
        (falling(c.body, b.body, a.body) && (a.up > a.fair || b.up > b.fair)) ||
        (a.body < b.body && a.up > a.body)
      )
    },
  ],
  eveningDojiStar: [-1, 12, (deep, a, b, c) => turns(-1, deep, a, c) && b.doji && over(b, c)],
  eveningStar: [-1, 12, (deep, a, b, c) => turns(-1, deep, a, c) && b.modest && over(b, c)],
  gapSideBySideWhite: [
    1,
    7,
    (_, a, b, c) => {
      if (!white(a, b) || !same(a.body, b.body, b.near) || !same(a.o, b.o, b.equal)) return 0
      if (over(a, c) && over(b, c)) return 100
      return under(a, c) && under(b, c) ? -100 : 0
    },
  ],
  identicalThreeCrows: [
    -1,
    12,
    (_, a, b, c) =>
      black(a, b, c) &&
      [a, b, c].every(footless) &&
      falling(c.c, b.c, a.c) &&
      same(b.o, c.c, c.equal) &&
      same(a.o, b.c, b.equal),
  ],
  morningDojiStar: [1, 12, (deep, a, b, c) => turns(1, deep, a, c) && b.doji && under(b, c)],
  morningStar: [1, 12, (deep, a, b, c) => turns(1, deep, a, c) && b.modest && under(b, c)],
  stalledPattern: [
    -1,
    12,
    (_, a, b, c) =>
      white(a, b, c) &&
      rising(c.c, b.c, a.c) &&
      c.long &&
      b.long &&
      bald(b) &&
      steps(b, c) &&
      a.short &&
      a.o >= b.c - a.body - b.near,
  ],
  stickSandwich: [1, 7, (_, a, b, c) => black(a, c) && white(b) && b.l > c.c && same(a.c, c.c, c.equal)],
  tasukiGap: [
    1,
    7,
    (_, a, b, c) =>
      a.side !== b.side &&
      away(-b.side, b, c) &&
      within(a.o, b.lo, b.hi) &&
      (white(b) ? within(a.c, c.hi, b.o) : within(a.c, b.o, c.lo)) &&
      Math.abs(b.body - a.body) < b.near &&
      b.side * 100,
  ],
  triStar: [
    1,
    12,
    (_, a, b, c) => {
      if (Math.max(a.body, b.body, c.body) > c.tiny) return 0
      if (over(b, c) && a.hi < b.hi) return -100
      return under(b, c) && a.lo > b.lo ? 100 : 0
    },
  ],
  uniqueThreeRiver: [
    1,
    12,
    (_, a, b, c) => black(b, c) && c.long && b.c > c.c && b.o <= c.o && b.l < c.l && a.short && white(a) && a.o > b.l,
  ],
  upsideGapTwoCrows: [
    -1,
    12,
    (_, a, b, c) =>
      white(c) && c.long && black(a, b) && b.modest && over(b, c) && a.hi > b.hi && within(a.lo, c.c, b.lo),
  ],
  gapThreeMethods: [
    1,
    2,
    (_, a, b, c) =>
      b.side === c.side &&
      a.side !== b.side &&
      within(a.o, b.lo, b.hi) &&
      within(a.c, c.lo, c.hi) &&
      away(-c.side, b, c) &&
      c.side * 100,
  ],
  threeBlackCrows: [
    -1,
    13,
    (_, a, b, c, d) =>
      white(d) &&
      black(a, b, c) &&
      [a, b, c].every(footless) &&
      within(b.o, c.c, c.o) &&
      within(a.o, b.c, b.o) &&
      falling(d.h, c.c, b.c, a.c),
  ],
  threeLineStrike: [
    1,
    8,
    (_, a, b, c, d) => {
      const [side] = [b.side]
      if (c.side !== side || d.side !== side || a.side === side) return 0
      const starts = [
        [b, c],
        [c, d],
      ].every(([x, y]) => x.o >= y.lo - y.near && x.o <= y.hi + y.near)
      const goes = rising(...[d.c, c.c, b.c, a.o].map((x) => x * side)) && (a.c - d.o) * side < 0
      return starts && goes ? side * 100 : 0
    },
  ],
  concealingBabySwallow: [
    1,
    13,
    (_, a, b, c, d) =>
      black(a, b, c, d) &&
      [c, d].every((x) => bald(x) && footless(x)) &&
      under(b, c) &&
      b.up > b.tiny &&
      b.h > c.c &&
      a.h > b.h &&
      a.l < b.l,
  ],
  breakaway: [
    0,
    14,
    (_, a, b, c, d, e) => {
      const side = e.side
      if (!e.long || d.side !== side || b.side !== side || a.side === side || !away(-side, d, e)) return false
      const on = rising(...[d, c, b].map((x) => x.h * side)) && rising(...[d, c, b].map((x) => x.l * side))
      return on && (a.c - d.o) * side < 0 && (a.c - e.c) * side > 0
    },
  ],
  ladderBottom: [
    1,
    14,
    (_, a, b, c, d, e) =>
      black(b, c, d, e) &&
      falling(e.o, d.o, c.o) &&
      falling(e.c, d.c, c.c) &&
      b.up > b.tiny &&
      white(a) &&
      a.o > b.o &&
      a.c > b.h,
  ],
  matHold: [
    1,
    14,
    (deep, a, b, c, d, e) =>
      e.long &&
      [b, c, d].every((x) => x.short) &&
      white(e, a) &&
      black(d) &&
      over(d, e) &&
      [b, c].every((x) => within(x.lo, e.c - e.body * deep, e.c)) &&
      falling(d.o, c.hi, b.hi) &&
      a.o > b.c &&
      a.c > Math.max(b.h, c.h, d.h),
  ],
  risingFallingThreeMethods: [
    0,
    14,
    (_, a, b, c, d, e) =>
      e.long &&
      a.long &&
      a.side === e.side &&
      [b, c, d].every((x) => x.short && x.side !== e.side && x.lo < e.h && x.hi > e.l) &&
      falling(...[d.c, c.c, b.c].map((x) => x * e.side)) &&
      (a.o - b.c) * e.side > 0 &&
      (a.c - e.c) * e.side > 0,
  ],
}

/** Every setup is looked at from the bar that it broke out on, three bars ahead. */
function hikkake(bars: readonly Candle[], first: number, setupAt: (t: number) => number): number[] {
  const setups = bars.map((_, t) => (t >= first - 3 && t >= 2 ? setupAt(t) : 0))
  return bars.map((bar, t) => {
    if (t < first) return Number.NaN
    if (setups[t] !== 0) return setups[t]
    const at = [t - 1, t - 2, t - 3].find((k) => k >= 0 && setups[k] !== 0)
    if (at === undefined) return 0
    const confirms = (x: Candle) => (setups[at] > 0 ? x.c > bars[at - 1].h : x.c < bars[at - 1].l)
    const before = bars.slice(at + 1, t).some(confirms)
    return confirms(bar) && !before ? 2 * setups[at] : 0
  })
}

const held = (a: Candle, b: Candle) => a.h < b.h && a.l > b.l
const breaks = (a: Candle, b: Candle) => (a.h < b.h && a.l < b.l ? 100 : a.h > b.h && a.l > b.l ? -100 : 0)

export const patterns: Record<string, Reference> = {
  ...Object.fromEntries(
    Object.entries(SENTENCES).map(([name, [way, first, sentence]]): [string, Reference] => [
      name,
      (columns, { penetration }) => {
        const bars = candles(columns)
        return {
          value: bars.map((a, t) => {
            if (t < first) return Number.NaN
            const said = sentence(penetration, a, bars[t - 1], bars[t - 2], bars[t - 3], bars[t - 4])
            return typeof said === 'number' ? said : said ? 100 * (way || a.side) : 0
          }),
        }
      },
    ]),
  ),
  hikkake: (columns) => {
    const bars = candles(columns)
    return { value: hikkake(bars, 5, (t) => (held(bars[t - 1], bars[t - 2]) ? breaks(bars[t], bars[t - 1]) : 0)) }
  },
  hikkakeModified: (columns) => {
    const bars = candles(columns)
    return {
      value: hikkake(bars, 10, (t) => {
        const [a, b, c, d] = [bars[t], bars[t - 1], bars[t - 2], bars[t - 3]]
        const way = held(b, c) && held(c, d) ? breaks(a, b) : 0
        return (way > 0 ? c.c <= c.l + c.near : c.c >= c.h - c.near) ? way : 0
      }),
    }
  },
}
