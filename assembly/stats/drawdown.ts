// The deepest falls of an equity, followed bar by bar, eight bars at once, or over a column that is there already.
import { STAT_DRAWDOWN, STAT_DRAWDOWN_BARS, STAT_DRAWDOWN_MONEY } from '../layout'
import { Drawdown } from '../records'
import { put } from './block'

/** Before bar `first`. */
export function beginDrawdown(state: Drawdown, cash: f64, first: i32): void {
  state.peak = cash
  state.low = cash
  state.worst = cash
  state.fraction = 0
  state.money = 0
  state.intrabar = 0
  state.longest = 0
  state.start = first - 1
}

/** The worst of the bar that is over, before its equity: it falls from the highest equity before it. */
// @ts-ignore: decorator
@inline export function followWorst(state: Drawdown, worst: f64): void {
  if (worst < state.worst) state.worst = worst
}

/**
 * The next bar's equity. Between two peaks only the lowest equity counts: both the fall in money and its fraction of
 * the peak are largest there, whatever the rounding. The same bar may be told twice.
 */
// @ts-ignore: decorator
@inline export function follow(state: Drawdown, bar: i32, value: f64): void {
  if (value < state.peak) {
    if (value < state.low) state.low = value
  } else {
    settle(state, bar)
    state.peak = value
    state.low = value
    state.worst = value
    state.start = bar
  }
}

/** The bars from `first` to `last` have one equity. */
export function followSame(state: Drawdown, first: i32, last: i32, value: f64): void {
  follow(state, first, value)
  if (!(value < state.peak)) state.start = last
}

/** The equity of eight bars from `bar` on, two in a vector. */
// @ts-ignore: decorator
@inline export function followEight(state: Drawdown, bar: i32, a: v128, b: v128, c: v128, d: v128): void {
  const top = f64x2.splat(state.peak)
  const below = v128.and(v128.and(f64x2.lt(a, top), f64x2.lt(b, top)), v128.and(f64x2.lt(c, top), f64x2.lt(d, top)))
  if (v128.all_true<i64>(below)) {
    const least = f64x2.pmin(f64x2.pmin(a, b), f64x2.pmin(c, d))
    state.low = min(state.low, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)))
  } else {
    followTwo(state, bar, a)
    followTwo(state, bar + 2, b)
    followTwo(state, bar + 4, c)
    followTwo(state, bar + 6, d)
  }
}

function followTwo(state: Drawdown, bar: i32, values: v128): void {
  follow(state, bar, f64x2.extract_lane(values, 0))
  follow(state, bar + 1, f64x2.extract_lane(values, 1))
}

/** A whole column of `n` bars. */
export function followColumn(state: Drawdown, equity: usize, n: i32): void {
  let bar = 0
  for (; bar + 8 <= n; bar += 8) {
    const at = equity + (<usize>bar << 3)
    followEight(state, bar, v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48))
  }
  for (; bar < n; bar++) follow(state, bar, load<f64>(equity + (<usize>bar << 3)))
}

/** A fall ends at a new peak at `bar`. */
// @ts-ignore: decorator
@inline function settle(state: Drawdown, bar: i32): void {
  if (state.worst < state.peak) state.intrabar = deepestInside(state)
  if (!(state.low < state.peak)) return
  state.money = max(state.money, state.peak - state.low)
  state.fraction = max(state.fraction, (state.peak - state.low) / state.peak)
  state.longest = max(state.longest, bar - state.start)
}

/** The deepest fall so far from the highest equity to the worst of a bar after it, a fraction. */
// @ts-ignore: decorator
@inline export function deepestInside(state: Drawdown): f64 {
  return max(state.intrabar, (state.peak - state.worst) / state.peak)
}

/** Writes the drawdown up to bar `last`; what is under water then counts up to it. The state stays as it is. */
export function putDrawdown(state: Drawdown, last: i32, dst: usize): void {
  const under = state.low < state.peak
  const fall = under ? state.peak - state.low : 0.0
  put(dst, STAT_DRAWDOWN, under ? max(state.fraction, fall / state.peak) : state.fraction)
  put(dst, STAT_DRAWDOWN_MONEY, max(state.money, fall))
  put(dst, STAT_DRAWDOWN_BARS, <f64>(under ? max(state.longest, last - state.start) : state.longest))
}
