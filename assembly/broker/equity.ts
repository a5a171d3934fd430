// The equity of each bar: written down in a column, or followed for its drawdown and the ends of the return periods
// where nobody asks for more, as in sweeps. Both give the same metrics.
import * as L from '../layout'
import { Drawdown } from '../records'
import { beginDrawdown, follow, followEight, followSame, putDrawdown } from '../stats/drawdown'
import { returnStats } from '../stats/performance'
import { equityNow } from './account'
import { addTotal, at, run } from './state'

// @ts-ignore: decorator
@inline function drawdown(): Drawdown {
  return changetype<Drawdown>(changetype<usize>(run) + L.RUN_DRAWDOWN)
}

/** The run follows its equity instead of writing it down. */
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
  accountValue()
  if (isFollowed()) followBar(run.bar, run.equity)
  else store<f64>(at(run.equityColumn, run.bar - run.first), run.equity)
  if (run.cashColumn) store<f64>(at(run.cashColumn, run.bar - run.first), run.cash)
  if (run.held > 0) addTotal(L.TOTAL_EXPOSED_BARS, 1)
}

/** The first bar begins. */
export function beginEquity(): void {
  if (isFollowed()) beginDrawdown(drawdown(), run.initialCash, run.first)
}

function followBar(bar: i32, equity: f64): void {
  follow(drawdown(), bar, equity)
  if (nextEnd() == bar) endPeriod(equity)
}

/** The bars from `first` to `last` have the same equity. */
export function sameEquity(first: i32, last: i32, equity: f64): void {
  if (isFollowed()) {
    followSame(drawdown(), first, last, equity)
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
 * The bars from `first`, which is over but for its equity, to `last` with an unchanged position in the one asset. That of
 * `last` is told again at its end, and only then ends a period.
 */
export function passEquity(first: i32, last: i32, quantity: f64): void {
  const now = accountValue()
  const cash = run.cash
  const closes = run.close
  const cash2 = f64x2.splat(cash)
  const quantity2 = f64x2.splat(quantity)
  if (!isFollowed()) {
    const column = equityFrom()
    store<f64>(at(column, first), now)
    let bar = first + 1
    for (; bar < last; bar += 2) {
      v128.store(at(column, bar), f64x2.add(cash2, f64x2.mul(quantity2, v128.load(at(closes, bar)))))
    }
    if (bar == last) store<f64>(at(column, bar), cash + quantity * load<f64>(at(closes, bar)))
    return
  }
  const state = drawdown()
  follow(state, first, now)
  let peak2 = f64x2.splat(state.peak)
  let least2 = f64x2.splat(state.low)
  let bar = first + 1
  for (; bar + 8 <= last + 1; bar += 8) {
    const close = at(closes, bar)
    const e0 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close)))
    const e1 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close, 16)))
    const e2 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close, 32)))
    const e3 = f64x2.add(cash2, f64x2.mul(quantity2, v128.load(close, 48)))
    const most = f64x2.pmax(f64x2.pmax(e0, e1), f64x2.pmax(e2, e3))
    if (v128.any_true(f64x2.ge(most, peak2))) {
      state.low = least(least2)
      followEight(state, bar, e0, e1, e2, e3)
      peak2 = f64x2.splat(state.peak)
      least2 = f64x2.splat(state.low)
    } else least2 = f64x2.pmin(least2, f64x2.pmin(f64x2.pmin(e0, e1), f64x2.pmin(e2, e3)))
  }
  state.low = least(least2)
  for (; bar <= last; bar++) follow(state, bar, cash + quantity * load<f64>(at(closes, bar)))
  for (let end = nextEnd(); end < last; end = nextEnd()) {
    endPeriod(end == first ? now : cash + quantity * load<f64>(at(closes, end)))
  }
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
export function followedStats(perYear: f64, dst: usize): void {
  const n = run.bar + 1 - run.first
  const last = n > 0 ? run.equity : run.initialCash
  let count = run.period
  // A run that ends early ends its last period with it.
  if (n > 0 && count < run.periods && (count == 0 || load<i32>(run.periodEnds + ((<usize>(count - 1)) << 2)) < n - 1)) {
    store<f64>(at(run.periodEquity, count), last)
    count++
  }
  putDrawdown(drawdown(), run.bar, dst)
  returnStats(run.periodEquity, 0, count, last, n, run.initialCash, perYear, dst)
}
