// Candlestick patterns of three to five bars; each is 0 or what the last bar `i` completes. The numbers are those of the catalogue.
import {
  black,
  body,
  bodyAbove,
  bodyBelow,
  bottom,
  C,
  color,
  equals,
  far,
  H,
  isDoji,
  isLong,
  isShort,
  L,
  little,
  lower,
  near,
  noLower,
  noUpper,
  O,
  shortShadow,
  top,
  upper,
  usual,
  white,
} from './candle'

/** Opens in or near the body of the white bar before. */
function opensInWhite(i: i32): bool {
  return O(i) > O(i - 1) && O(i) <= C(i - 1) + near(i - 1)
}

/** Three white bars, each closing above the one before. */
function risesWhite(i: i32): bool {
  return white(i - 2) && white(i - 1) && white(i) && C(i) > C(i - 1) && C(i - 1) > C(i - 2)
}

/** A long bar, a small one (`doji`: one without a body) off it, and one that comes back more than `share` of the first one's body. */
function star(i: i32, side: f64, doji: bool, whole: bool, share: f64): bool {
  const a = i - 2
  const b = i - 1
  if (!isLong(a) || color(a) != side || color(i) != -side || body(i) <= usual(i)) return false
  if (doji ? !isDoji(b) : body(b) > usual(b)) return false
  if (side > 0) {
    const gap = whole ? L(b) > H(a) && H(i) < L(b) : bodyAbove(b, a)
    return gap && C(i) < C(a) - body(a) * share
  }
  const gap = whole ? H(b) < L(a) && L(i) > H(b) : bodyBelow(b, a)
  return gap && C(i) > C(a) + body(a) * share
}

/** Bars a, b and i = c in a row. Patterns 40 to 61. `share` is the penetration. */
export function threeBars(code: i32, i: i32, share: f64): f64 {
  const a = i - 2
  const b = i - 1
  switch (code) {
    case 40: // twoCrows
      return white(a) && isLong(a) && black(b) && bodyAbove(b, a) && black(i) && O(i) < O(b) && O(i) > C(b) && C(i) > O(a) && C(i) < C(a)
        ? -100
        : 0
    case 41: // threeInside
      return isLong(a) && body(b) <= usual(b) && top(b) < top(a) && bottom(b) > bottom(a) && color(i) == -color(a) &&
        (white(a) ? C(i) < O(a) : C(i) > O(a))
        ? 100.0 * color(i)
        : 0
    case 42: { // threeOutside
      const up = white(b) && black(a) && C(b) > O(a) && O(b) < C(a) && C(i) > C(b)
      const down = black(b) && white(a) && O(b) > C(a) && C(b) < O(a) && C(i) < C(b)
      return up || down ? 100.0 * color(b) : 0
    }
    case 43: { // threeStarsInSouth
      const first = black(a) && isLong(a) && lower(a) > body(a)
      const second = black(b) && body(b) < body(a) && O(b) > C(a) && O(b) <= H(a) && L(b) < C(a) && L(b) >= L(a) && lower(b) > little(b)
      return first && second && black(i) && isShort(i) && noLower(i) && noUpper(i) && L(i) > L(b) && H(i) < H(b) ? 100 : 0
    }
    case 44: // threeWhiteSoldiers
      return risesWhite(i) && noUpper(a) && noUpper(b) && noUpper(i) && opensInWhite(b) && opensInWhite(i) &&
        body(b) > body(a) - far(a) && body(i) > body(b) - far(b) && body(i) > usual(i)
        ? 100
        : 0
    case 45: // abandonedBaby
      return star(i, 1, true, true, share) ? -100 : star(i, -1, true, true, share) ? 100 : 0
    case 46: { // advanceBlock
      if (!risesWhite(i) || !opensInWhite(b) || !opensInWhite(i) || !isLong(a) || upper(a) >= shortShadow(a)) return 0
      const shrinks = body(i) < body(b)
      const weaker = body(b) < body(a) - far(a) && body(i) < body(b) + near(b)
      const halts = body(i) < body(b) - far(b)
      const shadows = shrinks && body(b) < body(a) && (upper(i) > shortShadow(i) || upper(b) > shortShadow(b))
      return weaker || halts || shadows || (shrinks && upper(i) > body(i)) ? -100 : 0
    }
    case 47: // eveningDojiStar
      return star(i, 1, true, false, share) ? -100 : 0
    case 48: // eveningStar
      return star(i, 1, false, false, share) ? -100 : 0
    case 49: { // gapSideBySideWhite
      const up = bodyAbove(b, a) && bodyAbove(i, a)
      const down = bodyBelow(b, a) && bodyBelow(i, a)
      const alike = body(i) >= body(b) - near(b) && body(i) <= body(b) + near(b) && equals(O(i), O(b), b)
      return (up || down) && white(b) && white(i) && alike ? (up ? 100 : -100) : 0
    }
    case 50: // identicalThreeCrows
      return black(a) && black(b) && black(i) && noLower(a) && noLower(b) && noLower(i) && C(a) > C(b) && C(b) > C(i) &&
        equals(O(b), C(a), a) && equals(O(i), C(b), b)
        ? -100
        : 0
    case 51: // morningDojiStar
      return star(i, -1, true, false, share) ? 100 : 0
    case 52: // morningStar
      return star(i, -1, false, false, share) ? 100 : 0
    case 53: // stalledPattern
      return risesWhite(i) && isLong(a) && isLong(b) && noUpper(b) && opensInWhite(b) && isShort(i) && O(i) >= C(b) - body(i) - near(b)
        ? -100
        : 0
    case 54: // stickSandwich
      return black(a) && white(b) && black(i) && L(b) > C(a) && equals(C(i), C(a), a) ? 100 : 0
    case 55: { // tasukiGap
      const alike = abs(body(b) - body(i)) < near(b)
      const up = bodyAbove(b, a) && white(b) && black(i) && O(i) < C(b) && O(i) > O(b) && C(i) < O(b) && C(i) > top(a)
      const down = bodyBelow(b, a) && black(b) && white(i) && O(i) < O(b) && O(i) > C(b) && C(i) > O(b) && C(i) < bottom(a)
      return (up || down) && alike ? 100.0 * color(b) : 0
    }
    case 56: { // triStar
      const least = little(a)
      if (body(a) > least || body(b) > least || body(i) > least) return 0
      if (bodyAbove(b, a) && top(i) < top(b)) return -100
      return bodyBelow(b, a) && bottom(i) > bottom(b) ? 100 : 0
    }
    case 57: // uniqueThreeRiver
      return isLong(a) && black(a) && black(b) && C(b) > C(a) && O(b) <= O(a) && L(b) < L(a) && isShort(i) && white(i) && O(i) > L(b) ? 100 : 0
    case 58: // upsideGapTwoCrows
      return white(a) && isLong(a) && black(b) && body(b) <= usual(b) && bodyAbove(b, a) && black(i) && O(i) > O(b) && C(i) < C(b) && C(i) > C(a)
        ? -100
        : 0
    default: { // gapThreeMethods
      const within = O(i) < top(b) && O(i) > bottom(b) && C(i) < top(a) && C(i) > bottom(a)
      const gap = white(a) ? bodyAbove(b, a) : bodyBelow(b, a)
      return color(a) == color(b) && color(b) == -color(i) && within && gap ? 100.0 * color(a) : 0
    }
  }
}

/** Opens in or near the body of the bar before. */
function opensNear(i: i32): bool {
  return O(i) >= bottom(i - 1) - near(i - 1) && O(i) <= top(i - 1) + near(i - 1)
}

/** Body of `k` within the range of the first bar `a`. */
function heldBy(k: i32, a: i32): bool {
  return isShort(k) && bottom(k) < H(a) && top(k) > L(a)
}

/** Body of `k` below the close of the first bar `a`, and not deeper in its body than `share` of it. */
function reacts(k: i32, a: i32, share: f64): bool {
  return isShort(k) && bottom(k) < C(a) && bottom(k) > C(a) - body(a) * share
}

/** Four and five bars: patterns 70 to 76. `share` is the penetration. */
export function moreBars(code: i32, i: i32, share: f64): f64 {
  const a = i - 4
  const b = i - 3
  const c = i - 2
  const d = i - 1
  switch (code) {
    case 70: // threeBlackCrows
      return white(b) && black(c) && black(d) && black(i) && noLower(c) && noLower(d) && noLower(i) && O(d) < O(c) && O(d) > C(c) &&
        O(i) < O(d) && O(i) > C(d) && H(b) > C(c) && C(c) > C(d) && C(d) > C(i)
        ? -100
        : 0
    case 71: { // threeLineStrike
      const side = color(d)
      if (color(b) != color(c) || color(c) != side || color(i) != -side || !opensNear(c) || !opensNear(d)) return 0
      const up = C(d) > C(c) && C(c) > C(b) && O(i) > C(d) && C(i) < O(b)
      const down = C(d) < C(c) && C(c) < C(b) && O(i) < C(d) && C(i) > O(b)
      return (side > 0 ? up : down) ? 100.0 * side : 0
    }
    case 72: { // concealingBabySwallow
      const bare = noLower(b) && noUpper(b) && noLower(c) && noUpper(c)
      const third = bodyBelow(d, c) && upper(d) > little(d) && H(d) > C(c)
      return black(b) && black(c) && black(d) && black(i) && bare && third && H(i) > H(d) && L(i) < L(d) ? 100 : 0
    }
    case 73: { // breakaway
      if (!isLong(a) || color(a) != color(b) || color(b) != color(d) || color(d) != -color(i)) return 0
      const down = bodyBelow(b, a) && H(c) < H(b) && L(c) < L(b) && H(d) < H(c) && L(d) < L(c) && C(i) > O(b) && C(i) < C(a)
      const up = bodyAbove(b, a) && H(c) > H(b) && L(c) > L(b) && H(d) > H(c) && L(d) > L(c) && C(i) < O(b) && C(i) > C(a)
      return (black(a) ? down : up) ? 100.0 * color(i) : 0
    }
    case 74: // ladderBottom
      return black(a) && black(b) && black(c) && O(a) > O(b) && O(b) > O(c) && C(a) > C(b) && C(b) > C(c) && black(d) && upper(d) > little(d) &&
        white(i) && O(i) > O(d) && C(i) > H(d)
        ? 100
        : 0
    case 75: // matHold
      return isLong(a) && isShort(b) && white(a) && black(b) && white(i) && bodyAbove(b, a) && reacts(c, a, share) && reacts(d, a, share) &&
        top(c) < O(b) && top(d) < top(c) && O(i) > C(d) && C(i) > max(H(b), max(H(c), H(d)))
        ? 100
        : 0
    default: { // risingFallingThreeMethods
      const side = color(a)
      if (side != -color(b) || color(b) != color(c) || color(c) != color(d) || color(d) != -color(i)) return 0
      const held = isLong(a) && heldBy(b, a) && heldBy(c, a) && heldBy(d, a) && isLong(i)
      const steps = (C(b) - C(c)) * side > 0 && (C(c) - C(d)) * side > 0
      return held && steps && (O(i) - C(d)) * side > 0 && (C(i) - C(a)) * side > 0 ? 100.0 * side : 0
    }
  }
}
