// Expressions across the assets of one bar. Columns are [bar][asset]; assets without a value are left out. Conditions as in cells.ts.

// @ts-ignore: decorator
@inline function f(at: usize, i: i32): f64 {
  return load<f64>(at + ((<usize>i) << 3))
}

/** What is not finite is undefined. */
// @ts-ignore: decorator
@inline function finite(value: f64): f64 {
  return Math.abs(value) < Infinity ? value : NaN
}

/** Pairs of value and asset: their merge sort, ascending; of equal values the first asset first. @param room as long again */
function sortPairs(pairs: usize, count: i32, room: usize): usize {
  let source = pairs
  let free = room
  for (let width = 1; width < count; width <<= 1) {
    for (let first = 0; first < count; first += width << 1) {
      const middle = min(first + width, count)
      const end = min(first + (width << 1), count)
      let one = first
      let other = middle
      for (let to = first; to < end; to++) {
        const second = one == middle || (other < end && f(source, 2 * other) < f(source, 2 * one))
        const from = second ? other++ : one++
        v128.store(free + ((<usize>to) << 4), v128.load(source + ((<usize>from) << 4)))
      }
    }
    const sorted = free
    free = source
    source = sorted
  }
  return source
}

/** The values of a row that there are, `side` times each, with their assets. Returns their number. */
function takeRow(src: usize, row: usize, assets: i32, side: f64, pairs: usize): i32 {
  let count = 0
  for (let asset = 0; asset < assets; asset++) {
    const value = load<f64>(src + row + ((<usize>asset) << 3))
    if (!(value == value)) continue
    store<f64>(pairs + ((<usize>count) << 4), side * value)
    store<i32>(pairs + ((<usize>count) << 4), asset, 8)
    count++
  }
  return count
}

// @ts-ignore: decorator
@inline function assetOf(pairs: usize, i: i32): usize {
  return (<usize>load<i32>(pairs + ((<usize>i) << 4), 8)) << 3
}

/** Mean place of each value, from 1, over their number. @param room 4 * assets doubles */
export function rankAcross(src: usize, dst: usize, bars: i32, assets: i32, room: usize): void {
  const other = room + ((<usize>assets) << 4)
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    for (let asset = 0; asset < assets; asset++) store<f64>(dst + row + ((<usize>asset) << 3), NaN)
    const count = takeRow(src, row, assets, 1, room)
    const sorted = sortPairs(room, count, other)
    let i = 0
    while (i < count) {
      let end = i + 1
      while (end < count && f(sorted, 2 * end) == f(sorted, 2 * i)) end++
      const place = 0.5 * <f64>(i + 1 + end) / <f64>count
      for (; i < end; i++) store<f64>(dst + row + assetOf(sorted, i), place)
    }
  }
}

/** 1 for the `most` highest (`side` 1) or lowest (-1) values of a bar, 0 for the others. @param room 4 * assets doubles */
export function topAcross(src: usize, dst: usize, bars: i32, assets: i32, most: i32, side: f64, room: usize): void {
  const other = room + ((<usize>assets) << 4)
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    for (let asset = 0; asset < assets; asset++) store<f64>(dst + row + ((<usize>asset) << 3), NaN)
    const count = takeRow(src, row, assets, -side, room)
    const sorted = sortPairs(room, count, other)
    for (let i = 0; i < count; i++) store<f64>(dst + row + assetOf(sorted, i), i < most ? 1 : 0)
  }
}

/** (value - mean) / deviation over the assets of a bar; NaN where they are all equal. Sums run in the order of the assets. */
export function normaliseAcross(src: usize, dst: usize, bars: i32, assets: i32): void {
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    let sum = 0.0
    let count = 0.0
    for (let asset = 0; asset < assets; asset++) {
      const value = f(src + row, asset)
      if (!(value == value)) continue
      sum += value
      count++
    }
    const mean = sum / count
    let squares = 0.0
    let low = Infinity
    let high = -Infinity
    for (let asset = 0; asset < assets; asset++) {
      const value = f(src + row, asset)
      if (!(value == value)) continue
      squares += (value - mean) * (value - mean)
      low = min(low, value)
      high = max(high, value)
    }
    const deviation = low < high ? sqrt(squares / count) : NaN
    for (let asset = 0; asset < assets; asset++) {
      store<f64>(dst + row + ((<usize>asset) << 3), finite((f(src + row, asset) - mean) / deviation))
    }
  }
}

/** The value over the sum of the absolute values of a bar, which runs in the order of the assets; NaN where that is 0. */
export function shareAcross(src: usize, dst: usize, bars: i32, assets: i32): void {
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    let sum = 0.0
    for (let asset = 0; asset < assets; asset++) {
      const value = f(src + row, asset)
      if (value == value) sum += Math.abs(value)
    }
    for (let asset = 0; asset < assets; asset++) {
      store<f64>(dst + row + ((<usize>asset) << 3), finite(f(src + row, asset) / sum))
    }
  }
}

/** The value less the mean of the assets of the same group. Sums run in the order of the assets. */
export function neutralAcross(src: usize, groups: usize, dst: usize, bars: i32, assets: i32): void {
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    for (let asset = 0; asset < assets; asset++) store<f64>(dst + row + ((<usize>asset) << 3), NaN)
    for (let first = 0; first < assets; first++) {
      const group = f(groups + row, first)
      // The first asset of a group does it for all of them.
      if (!isMember(src + row, groups + row, first, group) || hasEarlier(src + row, groups + row, first, group)) continue
      let sum = 0.0
      let count = 0.0
      for (let asset = first; asset < assets; asset++) {
        if (!isMember(src + row, groups + row, asset, group)) continue
        sum += f(src + row, asset)
        count++
      }
      const mean = sum / count
      for (let asset = first; asset < assets; asset++) {
        if (isMember(src + row, groups + row, asset, group)) store<f64>(dst + row + ((<usize>asset) << 3), finite(f(src + row, asset) - mean))
      }
    }
  }
}

// @ts-ignore: decorator
@inline function isMember(row: usize, groups: usize, asset: i32, group: f64): bool {
  const value = f(row, asset)
  return value == value && f(groups, asset) == group
}

function hasEarlier(row: usize, groups: usize, asset: i32, group: f64): bool {
  for (let i = 0; i < asset; i++) if (isMember(row, groups, i, group)) return true
  return false
}

/** The value of one asset for all of them that have a bar. */
export function assetAcross(src: usize, present: usize, dst: usize, bars: i32, assets: i32, asset: i32): void {
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    const value = f(src + row, asset)
    spreadRow(value, present + row, dst + row, assets)
  }
}

/** One value a bar for all assets that have a bar. */
export function rowsAcross(rows: usize, present: usize, dst: usize, bars: i32, assets: i32): void {
  for (let bar = 0; bar < bars; bar++) {
    const row = (<usize>bar * <usize>assets) << 3
    spreadRow(f(rows, bar), present + row, dst + row, assets)
  }
}

// @ts-ignore: decorator
@inline function spreadRow(value: f64, present: usize, dst: usize, assets: i32): void {
  for (let asset = 0; asset < assets; asset++) {
    const own = f(present, asset)
    store<f64>(dst + ((<usize>asset) << 3), own == own ? value : NaN)
  }
}
