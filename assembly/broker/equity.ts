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

/** A bar is over: its equity. */
// @ts-ignore: decorator
@inline export function writeEquity(): void {
  accountValue()
  if (isFollowed()) followBar(run.bar, run.equity)
  else store<f64>(at(run.equityColumn, run.bar), run.equity)
  if (run.cashColumn) store<f64>(at(run.cashColumn, run.bar), run.cash)
  if (run.held > 0) addTotal(L.TOTAL_EXPOSED_BARS, 1)
}

/** The first bar begins. */
export function beginEquity(): void {
  if (isFollowed()) beginDrawdown(drawdown(), run.initialCash)
}

function followBar(bar: i32, equity: f64): void {
  follow(drawdown(), bar, equity)
  if (nextEnd() == bar) endPeriod(equity)
}

/** The equity of eight bars, without the ends of periods among them: see `endPeriods`. */
// @ts-ignore: decorator
@inline export function followBars(bar: i32, a: v128, b: v128, c: v128, d: v128): void {
  followEight(drawdown(), bar, a, b, c, d)
}

/** The equity of one bar, likewise. */
// @ts-ignore: decorator
@inline export function followOne(bar: i32, equity: f64): void {
  follow(drawdown(), bar, equity)
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
  for (; bar + 2 <= last + 1; bar += 2) v128.store(at(run.equityColumn, bar), two)
  if (bar <= last) store<f64>(at(run.equityColumn, bar), equity)
}

/** Periods of one asset's position that end from bar `first`, whose equity is known, to `last`. */
export function endPeriods(first: i32, last: i32, equity: f64, quantity: f64): void {
  for (let end = nextEnd(); end <= last; end = nextEnd()) {
    endPeriod(end == first ? equity : run.cash + quantity * load<f64>(at(run.close, end)))
  }
}

/** The bar that ends the period under way. */
// @ts-ignore: decorator
@inline function nextEnd(): i32 {
  return run.period < run.periods ? load<i32>(run.periodEnds + ((<usize>run.period) << 2)) : i32.MAX_VALUE
}

// @ts-ignore: decorator
@inline function endPeriod(equity: f64): void {
  store<f64>(at(run.periodEquity, run.period), equity)
  run.period++
}

/** Writes the STAT_* block of a run that followed its equity and has ended; see `equityStats`. */
export function followedStats(perYear: f64, dst: usize): void {
  const n = run.bar + 1
  const last = n > 0 ? run.equity : run.initialCash
  let count = run.period
  // A run that ends early ends its last period with it.
  if (n > 0 && count < run.periods && (count == 0 || load<i32>(run.periodEnds + ((<usize>(count - 1)) << 2)) < n - 1)) {
    store<f64>(at(run.periodEquity, count), last)
    count++
  }
  putDrawdown(drawdown(), n, dst)
  returnStats(run.periodEquity, 0, count, last, n, run.initialCash, perYear, dst)
}
