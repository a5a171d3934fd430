// Returns drawn anew, and what a capital of 1 would have become (docs/studies.md).
import {
  CHALLENGE_CONSISTENCY,
  CHALLENGE_DAILY,
  CHALLENGE_DRAWDOWN,
  CHALLENGE_FAILED_DAY,
  CHALLENGE_FAILED_DRAWDOWN,
  CHALLENGE_MIN_DAYS,
  CHALLENGE_OPEN,
  CHALLENGE_PASSED,
  CHALLENGE_TARGET,
  CHALLENGE_TRAILING,
  RESAMPLE_BLOCKS,
  RESAMPLE_GIVEN,
  RESAMPLE_SHUFFLE,
  RESAMPLE_SKIP,
} from '../layout'
import { at, column } from './columns'
import { below, next, rowState, uniform } from './random'

/** Writes the places of the returns of one simulation, i32, -1 where one is left out: those of RESAMPLE_SHUFFLE take room for all `n`. */
function pick(picks: usize, n: i32, draws: i32, kind: i32, block: i32, skip: f64, seed: f64, simulation: i32): void {
  let state = rowState(seed, simulation)
  if (kind == RESAMPLE_SHUFFLE) {
    for (let i = 0; i < n; i++) put(picks, i, i)
    // Fisher and Yates, as far as it is drawn.
    for (let i = 0; i < draws; i++) {
      state = next(state)
      const other = i + below(state, n - i)
      const taken = load<i32>(picks + (<usize>other << 2))
      put(picks, other, load<i32>(picks + (<usize>i << 2)))
      put(picks, i, taken)
    }
  } else if (kind == RESAMPLE_BLOCKS) {
    for (let i = 0; i < draws; ) {
      state = next(state)
      let place = below(state, n)
      for (const end = min(i + block, draws); i < end; i++) {
        put(picks, i, place)
        place = place + 1 < n ? place + 1 : 0
      }
    }
  } else if (kind == RESAMPLE_SKIP) {
    for (let i = 0; i < draws; i++) {
      state = next(state)
      put(picks, i, uniform(state) < skip ? -1 : i)
    }
  } else if (kind == RESAMPLE_GIVEN) for (let i = 0; i < draws; i++) put(picks, i, i)
  else
    for (let i = 0; i < draws; i++) {
      state = next(state)
      put(picks, i, below(state, n))
    }
}

// @ts-ignore: decorator
@inline function put(picks: usize, i: i32, place: i32): void {
  store<i32>(picks + (<usize>i << 2), place)
}

/**
 * Draws `draws` of `n` returns again and again, each time with a row of random numbers of its own.
 *
 * @param picks pointer to as many i32 as there are returns or draws, whichever are more, for its work
 * @param skip probability with which a return is left out
 * @param dst four columns of `count` doubles: final capital, deepest drawdown (fraction), lowest and highest capital, the 1 that it begins with counted
 * @param paths 0, or pointer to `draws` doubles for each of the first `shown`: the capital after each return
 */
export function resample(
  returns: usize,
  n: i32,
  draws: i32,
  kind: i32,
  block: i32,
  skip: f64,
  seed: f64,
  picks: usize,
  count: i32,
  dst: usize,
  paths: usize,
  shown: i32,
): void {
  for (let s = 0; s < count; s++) {
    pick(picks, n, draws, kind, block, skip, seed, s)
    let capital = 1.0
    let most = reinterpret<u64>(1.0)
    let low = 1.0
    let kept = 1.0
    const path = paths != 0 && s < shown ? paths + ((<usize>s * <usize>draws) << 3) : 0
    for (let i = 0; i < draws; i++) {
      const taken = load<i32>(picks + (<usize>i << 2))
      if (taken >= 0) {
        // What is lost stays lost.
        const value = capital * (1.0 + at(returns, taken))
        capital = value > 0 ? value : 0
        // Capitals are no less than 0, so that their bits are in their order, and whole numbers are chosen between without a branch: one
        // that is guessed wrong takes longer than all the rest.
        const bits = reinterpret<u64>(capital)
        most = select<u64>(bits, most, bits > most)
        const peak = reinterpret<f64>(most)
        if (capital < low) low = capital
        if (capital < kept * peak) kept = capital / peak
      }
      if (path != 0) store<f64>(path + (<usize>i << 3), capital)
    }
    store<f64>(column(dst, 0, count) + (<usize>s << 3), capital)
    store<f64>(column(dst, 1, count) + (<usize>s << 3), 1.0 - kept)
    store<f64>(column(dst, 2, count) + (<usize>s << 3), low)
    store<f64>(column(dst, 3, count) + (<usize>s << 3), reinterpret<f64>(most))
  }
}

/**
 * A funded account's challenge over days that are drawn anew, or as they were (RESAMPLE_GIVEN). Amounts are fractions of the capital at the
 * start, and so is a day's result: that of a day on which nothing is withdrawn.
 *
 * @param rules pointer to the CHALLENGE_* doubles
 * @param dst two columns of `count` doubles: CHALLENGE_* outcome, days until it
 */
export function challenge(
  returns: usize,
  n: i32,
  days: i32,
  kind: i32,
  block: i32,
  seed: f64,
  picks: usize,
  rules: usize,
  count: i32,
  dst: usize,
): void {
  const daily = at(rules, CHALLENGE_DAILY)
  const drawdown = at(rules, CHALLENGE_DRAWDOWN)
  const trailing = at(rules, CHALLENGE_TRAILING) != 0
  const target = at(rules, CHALLENGE_TARGET)
  const least = at(rules, CHALLENGE_MIN_DAYS)
  const consistency = at(rules, CHALLENGE_CONSISTENCY)
  for (let s = 0; s < count; s++) {
    pick(picks, n, days, kind, block, 0, seed, s)
    let capital = 1.0
    let peak = 1.0
    let best = 0.0
    let outcome = CHALLENGE_OPEN
    let day = 0
    while (outcome == CHALLENGE_OPEN && day < days) {
      const made = capital * at(returns, load<i32>(picks + (<usize>day << 2)))
      day++
      capital += made
      if (capital > peak) peak = capital
      if (made > best) best = made
      const floor = (trailing ? peak : 1.0) - drawdown
      if (made <= -daily) outcome = CHALLENGE_FAILED_DAY
      else if (capital <= floor) outcome = CHALLENGE_FAILED_DRAWDOWN
      else if (capital - 1.0 >= target && <f64>day >= least && best <= consistency * (capital - 1.0)) outcome = CHALLENGE_PASSED
    }
    store<f64>(column(dst, 0, count) + (<usize>s << 3), <f64>outcome)
    store<f64>(column(dst, 1, count) + (<usize>s << 3), <f64>day)
  }
}
