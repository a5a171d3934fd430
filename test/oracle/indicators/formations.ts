import {
  away,
  bald,
  black,
  falling,
  footless,
  over,
  rising,
  type Sentence,
  same,
  steps,
  turns,
  under,
  white,
  within,
} from './candle.ts'

/** Of three to five bars. */
export const FORMATIONS: Record<string, [way: number, bars: number, Sentence]> = {
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
