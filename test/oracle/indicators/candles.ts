import {
  away,
  bald,
  black,
  footless,
  inside,
  kick,
  lunge,
  over,
  type Sentence,
  same,
  under,
  white,
  within,
} from './candle.ts'

/** What completes with a: true is 100 in the direction that its row says, 0 the side of a. */
export const SHORT_PATTERNS: Record<string, [way: number, bars: number, Sentence]> = {
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
}
