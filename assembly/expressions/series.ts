// Expressions over time: what needs earlier bars of the same asset. Columns are [bar][asset]; an asset's own bars are those on
// which `present` (its close) has a value, all others are undefined and change nothing. Conditions as in cells.ts.

/** The value on the own bar `ago` bars before; NaN before there are so many. */
export function shiftSeries(src: usize, present: usize, dst: usize, bars: i32, assets: i32, ago: i32): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    let late = (<usize>asset) << 3
    let held = 0
    for (let at = late; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        if (held == ago) {
          while (!isOwn(present + late)) late += step
          value = load<f64>(src + late)
          late += step
        } else held++
      }
      store<f64>(dst + at, value)
    }
  }
}

// @ts-ignore: decorator
@inline function isOwn(at: usize): bool {
  const value = load<f64>(at)
  return value == value
}

/** Where a is above b (`side` 1) or below it (-1), and was not on the own bar before. */
export function crossedSeries(a: usize, b: usize, present: usize, dst: usize, bars: i32, assets: i32, side: f64): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    // Whether it was at or on the other side; nothing is known before the first bar.
    let was = NaN
    for (let at = (<usize>asset) << 3; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        const x = load<f64>(a + at)
        const y = load<f64>(b + at)
        const known = x == x && y == y
        const beyond = side > 0 ? x > y : x < y
        const now = known ? <f64>beyond : NaN
        value = now == 0 || was == 0 ? 0 : now * was
        was = known ? <f64>!beyond : NaN
      }
      store<f64>(dst + at, value)
    }
  }
}

/** Whether the value has moved to `side` on each of the last `length` own bars. */
export function movingSeries(src: usize, present: usize, dst: usize, bars: i32, assets: i32, length: i32, side: f64): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    let last = NaN
    // Own bars since one on which it did not move so, and since one on which that is not known.
    let still = i32.MAX_VALUE
    let unknown = 0
    for (let at = (<usize>asset) << 3; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        const x = load<f64>(src + at)
        if (still < i32.MAX_VALUE) still++
        unknown++
        if (!(x == x && last == last)) unknown = 0
        else if (!(side > 0 ? x > last : x < last)) still = 0
        last = x
        value = still < length ? 0 : unknown < length ? NaN : 1
      }
      store<f64>(dst + at, value)
    }
  }
}

/** Whether the condition was true on one of the last `length` own bars. */
export function sinceSeries(src: usize, present: usize, dst: usize, bars: i32, assets: i32, length: i32): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    let lastTrue = i32.MAX_VALUE
    // Before the first bar nothing is known.
    let unknown = 0
    for (let at = (<usize>asset) << 3; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        const x = load<f64>(src + at)
        if (lastTrue < i32.MAX_VALUE) lastTrue++
        unknown++
        if (x == 1) lastTrue = 0
        else if (x != x) unknown = 0
        value = lastTrue < length ? 1 : unknown < length ? NaN : 0
      }
      store<f64>(dst + at, value)
    }
  }
}

/** Own bars since the condition was last true; NaN before. */
export function barsSinceSeries(src: usize, present: usize, dst: usize, bars: i32, assets: i32): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    let since = NaN
    for (let at = (<usize>asset) << 3; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        since = load<f64>(src + at) == 1 ? 0 : since + 1
        value = since
      }
      store<f64>(dst + at, value)
    }
  }
}

/** The value on the own bar on which the condition was true the `time`-th last time. @param room `time` doubles */
export function whenSeries(test: usize, src: usize, present: usize, dst: usize, bars: i32, assets: i32, time: i32, room: usize): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    let count = 0
    let next = 0
    for (let at = (<usize>asset) << 3; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        if (load<f64>(test + at) == 1) {
          store<f64>(room + ((<usize>next) << 3), load<f64>(src + at))
          if (++next == time) next = 0
          if (count < time) count++
        }
        // Where the next one will stand is the oldest of them.
        if (count == time) value = load<f64>(room + ((<usize>next) << 3))
      }
      store<f64>(dst + at, value)
    }
  }
}

/**
 * What an indicator gives, but for own bars on which a value that it is made of is undefined: those of the last `window` own bars.
 * Before the first value of the source that is what the indicator's own warm-up says.
 */
export function coverSeries(src: usize, values: usize, present: usize, dst: usize, bars: i32, assets: i32, window: i32): void {
  const step = (<usize>assets) << 3
  const end = <usize>bars * step
  for (let asset = 0; asset < assets; asset++) {
    let since = i32.MAX_VALUE
    for (let at = (<usize>asset) << 3; at < end; at += step) {
      let value = NaN
      if (isOwn(present + at)) {
        const x = load<f64>(src + at)
        if (!(x == x)) since = 0
        else if (since < i32.MAX_VALUE) since++
        if (since >= window) value = load<f64>(values + at)
      }
      store<f64>(dst + at, value)
    }
  }
}
