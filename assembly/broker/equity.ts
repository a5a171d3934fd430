// The equity of each bar: followed for its drawdown and its worst (7.8), written down in a column where the run keeps one, and
// at the ends of the return periods where it does not, as in sweeps. All give the same metrics.
import { beginDrawdown, deepestInside, follow, followEight, followSame, followWorst, putDrawdown } from '../stats/drawdown'
import * as L from '../layout'
import { Drawdown } from '../records'
import { put } from '../stats/block'
import { returnStats } from '../stats/performance'
import { equityNow, fault, isNumber } from './account'
import { beginWorst, drawdown, noteBound, restingOwn } from './bound'
import { addTotal, at, larger, run, smaller } from './state'

/** The run keeps no column of its equity. */
// @ts-ignore: decorator
@inline export function isFollowed(): bool {
  return run.periodEquity != 0
}

/** The run's equity, worked out where something has moved it since: nobody but the end of the bar has to ask. */
export function accountValue(): f64 {
  if (run.unvalued) {
    run.equity = equityNow()
    run.unvalued = 0
  }
  return run.equity
}

/** Where the equity of bar 0 would stand: the column begins with the window. */
// @ts-ignore: decorator
@inline function equityFrom(): usize {
  return run.equityColumn - ((<usize>run.first) << 3)
}

/** A bar is over: its equity. */
// @ts-ignore: decorator
@inline export function writeEquity(): void {
  const equity = accountValue()
  tellEquity(run.bar, equity, run.bound)
  if (run.cashColumn) store<f64>(at(run.cashColumn, run.bar - run.first), run.cash)
  if (run.held > 0) addTotal(L.TOTAL_EXPOSED_BARS, 1)
}

/** A bar is over, with this equity and worst bound. */
// @ts-ignore: decorator
@inline export function tellEquity(bar: i32, equity: f64, bound: f64): void {
  if (!isNumber(equity)) fault(0, bar)
  noteBound(bar, equity, bound)
  follow(drawdown(), bar, equity)
  if (!isFollowed()) store<f64>(at(equityFrom(), bar), equity)
  else if (nextEnd() == bar) endPeriod(equity)
}

/** The first bar begins. */
export function beginEquity(): void {
  beginDrawdown(drawdown(), run.initialCash, run.first)
  beginWorst()
}

/** The bars from `first`, which is over but for its equity, to `last` have the same equity: nothing is held. */
export function sameEquity(first: i32, last: i32, equity: f64): void {
  noteBound(first, equity, run.bound)
  followSame(drawdown(), first, last, equity)
  if (isFollowed()) {
    while (nextEnd() <= last) endPeriod(equity)
    return
  }
  const two = f64x2.splat(equity)
  let bar = first
  const column = equityFrom()
  for (; bar + 2 <= last + 1; bar += 2) v128.store(at(column, bar), two)
  if (bar <= last) store<f64>(at(column, bar), equity)
}

/**
 * The bars from `first`, which is over but for its equity, to `last`, with an unchanged position of `quantity` units in the one
 * asset, whose prices stay from `low` to `high` after the first of them.
 */
export function passEquity(first: i32, last: i32, quantity: f64, low: f64, high: f64): void {
  const now = accountValue()
  tellEquity(first, now, run.bound)
  if (first == last) return
  const cash = run.cash
  const state = drawdown()
  const peak = state.peak
  const worst = state.worst
  const deep = mayFall(state, quantity, low, high)
  const closes = run.close
  const column: usize = isFollowed() ? 0 : equityFrom()
  const cash2 = f64x2.splat(cash)
  const quantity2 = f64x2.splat(quantity)
  let peak2 = f64x2.splat(state.peak)
  let least2 = f64x2.splat(state.low)
  let bar = first + 1
  for (; bar + 8 <= last + 1; bar += 8) {
    const close = at(closes, bar)
    const e0 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close)))
    const e1 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close, 16)))
    const e2 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close, 32)))
    const e3 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close, 48)))
    if (column) {
      const place = at(column, bar)
      v128.store(place, e0)
      v128.store(place, e1, 16)
      v128.store(place, e2, 32)
      v128.store(place, e3, 48)
    }
    const most = f64x2.pmax(f64x2.pmax(e0, e1), f64x2.pmax(e2, e3))
    if (v128.any_true(f64x2.ge(most, peak2))) {
      state.low = least(least2)
      followEight(state, bar, e0, e1, e2, e3)
      peak2 = f64x2.splat(state.peak)
      least2 = f64x2.splat(state.low)
    } else least2 = f64x2.pmin(least2, f64x2.pmin(f64x2.pmin(e0, e1), f64x2.pmin(e2, e3)))
  }
  state.low = least(least2)
  for (; bar <= last; bar++) {
    const equity = cash + quantity * load<f64>(at(closes, bar))
    if (column) store<f64>(at(column, bar), equity)
    follow(state, bar, equity)
  }
  if (deep) passWorst(state, first + 1, last, quantity, peak, worst)
  if (column) return
  for (let end = nextEnd(); end <= last; end = nextEnd()) endPeriod(cash + quantity * load<f64>(at(closes, end)))
}

/** A fraction that covers the rounding of a fall from a peak. */
const SLACK: f64 = 1e-15

/**
 * Follows how deep the bars of a stretch fall inside, or returns true where they have to be looked at one by one, before they are
 * followed. Without a new peak the deepest is at the price that hurts most, wherever it comes: rounding keeps the order of
 * products and sums. With one, none falls deeper than from the highest equity that there can have been to the lowest: the
 * fraction grows with the peak where the lowest is above zero, and falls with it below.
 */
// @ts-ignore: decorator
@inline function mayFall(state: Drawdown, quantity: f64, low: f64, high: f64): bool {
  const cash = run.cash
  const lowest = cash + restingOwn(quantity, low, high)
  const highest = cash + larger(quantity * low, quantity * high)
  if (highest <= state.peak) {
    followWorst(state, lowest)
    return false
  }
  const top = lowest > 0 ? highest : state.peak
  return top - lowest > (state.intrabar - SLACK) * top
}

/** How deep the bars of a stretch have fallen inside, each from the highest equity before it, which was `peak`, with this worst since. */
function passWorst(state: Drawdown, first: i32, last: i32, quantity: f64, peak: f64, worst: f64): void {
  const cash = run.cash
  const closes = run.close
  const lows = run.rangeLow
  const highs = run.rangeHigh
  for (let bar = first; bar <= last; bar++) {
    const equity = cash + quantity * load<f64>(at(closes, bar))
    const own = restingOwn(quantity, load<f64>(at(lows, bar)), load<f64>(at(highs, bar)))
    worst = smaller(worst, smaller(cash + own, equity))
    if (equity < peak) continue
    state.intrabar = larger(state.intrabar, (peak - worst) / peak)
    peak = equity
    worst = equity
  }
  state.worst = worst
}

// @ts-ignore: decorator
@inline function least(two: v128): f64 {
  return min(f64x2.extract_lane(two, 0), f64x2.extract_lane(two, 1))
}

/** The bar that ends the period under way; the ends are counted from the window's first bar. */
// @ts-ignore: decorator
@inline function nextEnd(): i32 {
  return run.period < run.periods ? load<i32>(run.periodEnds + ((<usize>run.period) << 2)) + run.first : i32.MAX_VALUE
}

// @ts-ignore: decorator
@inline function endPeriod(equity: f64): void {
  store<f64>(at(run.periodEquity, run.period), equity)
  run.period++
}

/** Writes the STAT_* block of a run that followed its equity and has ended; see `equityStats`. */
export function followedStats(perYear: f64, elapsed: f64, dst: usize): void {
  const n = run.bar + 1 - run.first
  const last = n > 0 ? run.equity : run.initialCash
  let count = run.period
  // A run that ends early ends its last period with it.
  if (n > 0 && count < run.periods && (count == 0 || load<i32>(run.periodEnds + ((<usize>(count - 1)) << 2)) < n - 1)) {
    store<f64>(at(run.periodEquity, count), last)
    count++
  }
  putDrawdown(drawdown(), run.bar, dst)
  returnStats(run.periodEquity, 0, count, last, n, run.initialCash, perYear, elapsed, dst)
}

/** Writes STAT_INTRABAR_DRAWDOWN of the run, up to the bar before the one that it stands on. */
export function putIntrabar(dst: usize): void {
  put(dst, L.STAT_INTRABAR_DRAWDOWN, deepestInside(drawdown()))
}
