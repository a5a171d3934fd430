// Candlestick patterns of one and two bars; each is 0 or what the last bar `i` completes. The numbers are those of the catalogue.
import {
  black,
  body,
  bodyAbove,
  bodyBelow,
  bottom,
  C,
  color,
  equals,
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

/** One bar: patterns 0 to 13. */
export function oneBar(code: i32, i: i32): f64 {
  const side = 100.0 * color(i)
  switch (code) {
    case 0: // beltHold
      return isLong(i) && (white(i) ? noLower(i) : noUpper(i)) ? side : 0
    case 1: // closingMarubozu
      return isLong(i) && (white(i) ? noUpper(i) : noLower(i)) ? side : 0
    case 2: // doji
      return isDoji(i) ? 100 : 0
    case 3: // dragonflyDoji
      return isDoji(i) && noUpper(i) && lower(i) > little(i) ? 100 : 0
    case 4: // gravestoneDoji
      return isDoji(i) && noLower(i) && upper(i) > little(i) ? 100 : 0
    case 5: // highWave
      return isShort(i) && upper(i) > 2 * body(i) && lower(i) > 2 * body(i) ? side : 0
    case 6: // longLeggedDoji
      return isDoji(i) && (lower(i) > body(i) || upper(i) > body(i)) ? 100 : 0
    case 7: // longLine
      return isLong(i) && upper(i) < shortShadow(i) && lower(i) < shortShadow(i) ? side : 0
    case 8: // marubozu
      return isLong(i) && noUpper(i) && noLower(i) ? side : 0
    case 9: { // rickshawMan
      const middle = L(i) + (H(i) - L(i)) / 2
      const central = bottom(i) <= middle + near(i) && top(i) >= middle - near(i)
      return isDoji(i) && lower(i) > body(i) && upper(i) > body(i) && central ? 100 : 0
    }
    case 10: // shortLine
      return isShort(i) && upper(i) < shortShadow(i) && lower(i) < shortShadow(i) ? side : 0
    case 11: // spinningTop
      return isShort(i) && upper(i) > body(i) && lower(i) > body(i) ? side : 0
    default: // takuri
      return isDoji(i) && noUpper(i) && lower(i) > 2 * body(i) ? 100 : 0
  }
}

/** A black long bar, and a white one that opens below its low. */
function opensBelow(i: i32): bool {
  return black(i - 1) && isLong(i - 1) && white(i) && O(i) < L(i - 1)
}

function kicks(i: i32): bool {
  const bare = isLong(i - 1) && noUpper(i - 1) && noLower(i - 1) && isLong(i) && noUpper(i) && noLower(i)
  const gap = black(i - 1) ? L(i) > H(i - 1) : H(i) < L(i - 1)
  return color(i - 1) == -color(i) && bare && gap
}

/** A small body within a long one: 100, or 80 where they have an end in common. */
function harami(i: i32): f64 {
  if (top(i) < top(i - 1) && bottom(i) > bottom(i - 1)) return -100.0 * color(i - 1)
  return top(i) <= top(i - 1) && bottom(i) >= bottom(i - 1) ? -80.0 * color(i - 1) : 0
}

function engulfing(i: i32): f64 {
  const first = O(i - 1)
  const last = C(i - 1)
  const open = O(i)
  const close = C(i)
  const up = white(i) && black(i - 1) && ((close >= first && open < last) || (close > first && open <= last))
  const down = black(i) && white(i - 1) && ((open >= last && close < first) || (open > last && close <= first))
  if (!up && !down) return 0
  return (open != last && close != first ? 100.0 : 80.0) * color(i)
}

/** Two bars: patterns 20 to 37. `share` is the penetration. */
export function twoBars(code: i32, i: i32, share: f64): f64 {
  const k = i - 1
  const side = 100.0 * color(i)
  switch (code) {
    case 20: // counterattack
      return color(k) == -color(i) && isLong(k) && isLong(i) && equals(C(i), C(k), k) ? side : 0
    case 21: // darkCloudCover
      return white(k) && isLong(k) && black(i) && O(i) > H(k) && C(i) > O(k) && C(i) < C(k) - body(k) * share ? -100 : 0
    case 22: // dojiStar
      return isLong(k) && isDoji(i) && (white(k) ? bodyAbove(i, k) : bodyBelow(i, k)) ? -100.0 * color(k) : 0
    case 23:
      return engulfing(i)
    case 24: // hammer
      return isShort(i) && lower(i) > body(i) && noUpper(i) && bottom(i) <= L(k) + near(k) ? 100 : 0
    case 25: // hangingMan
      return isShort(i) && lower(i) > body(i) && noUpper(i) && bottom(i) >= H(k) - near(k) ? -100 : 0
    case 26:
      return isLong(k) && body(i) <= usual(i) ? harami(i) : 0
    case 27: // haramiCross
      return isLong(k) && isDoji(i) ? harami(i) : 0
    case 28: // homingPigeon
      return black(k) && black(i) && isLong(k) && body(i) <= usual(i) && O(i) < O(k) && C(i) > C(k) ? 100 : 0
    case 29: // inNeck
      return opensBelow(i) && C(i) >= C(k) && equals(C(i), C(k), k) ? -100 : 0
    case 30: // invertedHammer
      return isShort(i) && upper(i) > body(i) && noLower(i) && bodyBelow(i, k) ? 100 : 0
    case 31: // kicking
      return kicks(i) ? side : 0
    case 32: // kickingByLength
      return kicks(i) ? 100.0 * color(body(i) > body(k) ? i : k) : 0
    case 33: // matchingLow
      return black(k) && black(i) && equals(C(i), C(k), k) ? 100 : 0
    case 34: // onNeck
      return opensBelow(i) && equals(C(i), L(k), k) ? -100 : 0
    case 35: // piercing
      return opensBelow(i) && isLong(i) && C(i) < O(k) && C(i) > C(k) + body(k) * 0.5 ? 100 : 0
    case 36: // separatingLines
      return color(k) == -color(i) && equals(O(i), O(k), k) && isLong(i) && (white(i) ? noLower(i) : noUpper(i)) ? side : 0
    case 37: // shootingStar
      return isShort(i) && upper(i) > body(i) && noLower(i) && bodyAbove(i, k) ? -100 : 0
    default: // thrusting
      return opensBelow(i) && C(i) > C(k) && !equals(C(i), C(k), k) && C(i) <= C(k) + body(k) * 0.5 ? -100 : 0
  }
}
