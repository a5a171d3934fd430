// Turning points of prices, each told when it is known. Pointers as in averages.ts.
import { blank, get, put } from './column'

/**
 * The last turning point: the last value that is above (sign 1) or below (-1) the `left` before it and the `right` after it, into `level`, and how many
 * bars ago it was into `ago`, from the bar on that has shown it, `right` later. NaN before the first.
 */
export function swings(src: usize, level: usize, ago: usize, n: i32, left: i32, right: i32, sign: f64): void {
  let last = -1
  for (let i = 0; i < n; i++) {
    const at = i - right
    if (at >= left) {
      const value = get(src, at) * sign
      let from = at - left
      while (from < at && get(src, from) * sign < value) from++
      let to = i
      if (from == at) while (to > at && get(src, to) * sign < value) to--
      if (to == at) last = at
    }
    put(level, i, last < 0 ? NaN : get(src, last))
    put(ago, i, last < 0 ? NaN : <f64>(i - last))
  }
}

/**
 * Zigzag without what is not known yet: a leg up ends where a low is `change` (a fraction) below its highest high, and one down where a high is so far above its
 * lowest low. Into `turn` the price where the leg began, into `way` 1 (up) or -1, into `furthest` its extreme so far. A bar that takes a leg
 * further does not end it. NaN until the first move of that size, the first leg beginning at the other extreme so far.
 */
export function zigzag(
  high: usize,
  low: usize,
  turn: usize,
  way: usize,
  furthest: usize,
  n: i32,
  change: f64,
): void {
  let side = 0.0
  let begin = NaN
  let top = n > 0 ? get(high, 0) : 0.0
  let bottom = n > 0 ? get(low, 0) : 0.0
  for (let i = 0; i < n; i++) {
    const most = get(high, i)
    const least = get(low, i)
    if (side == 0) {
      if (most >= bottom * (1.0 + change) && i > 0) {
        side = 1
        begin = bottom
        top = most
      } else if (least <= top * (1.0 - change) && i > 0) {
        side = -1
        begin = top
        bottom = least
      } else {
        top = max(top, most)
        bottom = min(bottom, least)
      }
    } else if (side > 0) {
      if (most > top) top = most
      else if (least <= top * (1.0 - change)) {
        side = -1
        begin = top
        bottom = least
      }
    } else if (least < bottom) bottom = least
    else if (most >= bottom * (1.0 + change)) {
      side = 1
      begin = bottom
      top = most
    }
    put(turn, i, begin)
    put(way, i, side == 0 ? NaN : side)
    put(furthest, i, side > 0 ? top : side < 0 ? bottom : NaN)
  }
}

/** A straight line through `from` and `to`, the values at elements `first` and `last`, into all from one to the other. */
function straight(dst: usize, first: i32, from: f64, last: i32, to: f64): void {
  for (let i = first; i < last; i++) put(dst, i, from + ((to - from) * <f64>(i - first)) / <f64>(last - first))
  put(dst, last, to)
}

/**
 * The line that charts draw through the turns of `zigzag`, each at the bar where it was. With `delay` 0 as all bars together know it, its last leg up to
 * the extreme so far: it changes with later bars. Else at each bar what the line was `delay` bars before, where a leg that has ended by now leads over
 * that bar, so that nothing changes. NaN elsewhere. `line` has room for n doubles.
 */
export function zigzagLine(high: usize, low: usize, dst: usize, n: i32, change: f64, delay: i32, line: usize): void {
  let side = 0.0
  let top = n > 0 ? get(high, 0) : 0.0
  let bottom = n > 0 ? get(low, 0) : 0.0
  let topAt = 0
  let bottomAt = 0
  let first = -1
  // The last turn.
  let at = -1
  let price = NaN
  for (let i = 0; i < n; i++) {
    const most = get(high, i)
    const least = get(low, i)
    const rises = most >= bottom * (1.0 + change) && i > 0
    const falls = least <= top * (1.0 - change) && i > 0
    let turned = 0.0
    if (side == 0) turned = rises ? 1.0 : falls ? -1.0 : 0.0
    else if (side > 0) turned = most <= top && falls ? -1.0 : 0.0
    else turned = least >= bottom && rises ? 1.0 : 0.0
    if (turned != 0) {
      const until = turned > 0 ? bottomAt : topAt
      const level = turned > 0 ? bottom : top
      if (first < 0) {
        first = until
        put(line, until, level)
      } else straight(line, at, price, until, level)
      at = until
      price = level
      side = turned
    }
    // Of the leg that goes on, or has begun here, its extreme; before the first one both.
    if (turned > 0 || (side >= 0 && turned == 0 && most > top)) {
      top = most
      topAt = i
    }
    if (turned < 0 || (side <= 0 && turned == 0 && least < bottom)) {
      bottom = least
      bottomAt = i
    }
    const then = i - delay
    if (delay > 0) put(dst, i, first >= 0 && then >= first && then <= at ? get(line, then) : NaN)
  }
  if (delay > 0) return
  blank(dst, 0, n, n)
  if (first < 0) return
  for (let i = first; i < at; i++) put(dst, i, get(line, i))
  straight(dst, at, price, side > 0 ? topAt : bottomAt, side > 0 ? top : bottom)
}

/**
 * Renko bricks of one size, laid by closes from the first value on: a brick beyond the last one as soon as the price is a size beyond its end, one back as
 * soon as it is a size beyond its beginning. Into `price` the end of the last brick, into `way` 1 (up), -1 or 0 (none yet), into `bricks` how many this
 * bar has laid, downwards as a negative number.
 */
export function renko(src: usize, price: usize, way: usize, bricks: usize, n: i32, size: f64): void {
  const start = n > 0 ? get(src, 0) : 0.0
  // Ends are counted in sizes from the first value, so that they do not drift.
  let end = 0.0
  let side = 0.0
  for (let i = 0; i < n; i++) {
    const place = (get(src, i) - start) / size
    const up = Math.floor(place) - end
    const down = Math.ceil(place) - end
    // Against the last brick, its own height comes first.
    const above = side < 0 ? 1.0 : 0.0
    const below = side > 0 ? 1.0 : 0.0
    let laid = 0.0
    if (up > above) {
      laid = up - above
      end += up
      side = 1
    } else if (-down > below) {
      laid = down + below
      end += down
      side = -1
    }
    put(price, i, start + end * size)
    put(way, i, side)
    put(bricks, i, laid)
  }
}
