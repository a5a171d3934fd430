// Baum-Welch for hidden Markov models with Gaussian states.
import { add, at } from './columns'
import { covariancesOf, logDensities, meansOf, prepareDensities, spreadSize } from './hmmdensity'
import { expect, hmmFilterRoom, weigh } from './hmmfilter'

/** Least weight of a state that its variances are divided by, as hmmlearn's. */
const LEAST: f64 = 1e-5

/** Doubles of a model of k states and d features. */
export function hmmSize(k: i32, d: i32, full: i32): i32 {
  return k + k * k + k * d + k * spreadSize(d, full)
}

/** Doubles that `hmmFit` and `hmmPosterior` work in. */
export function hmmRoom(n: i32, k: i32, d: i32, full: i32): i32 {
  return hmmFilterRoom(k, d, full) + 2 * n * k + 3 * k + k * k + k * d + k * spreadSize(d, full)
}

/**
 * The expected states of n samples, forward and back (Rabiner 1989, III.A and V.A). What is passed back is brought to the sum 1 at
 * every sample, so that nothing overflows.
 *
 * @returns the logarithm of the likelihood; NaN where the model cannot have made the samples. The posterior probabilities stand in
 * the room's first n * k doubles behind that of the filter, the pairs of states (without the chances) behind twice as many and 3 k.
 */
function expectStates(rows: usize, model: usize, room: usize, n: i32, k: i32, d: i32, full: i32): f64 {
  const apart = room + (<usize>(k + k * spreadSize(d, full)) << 3)
  const logs = apart + (<usize>d << 3)
  const expected = logs + (<usize>k << 3)
  const filtered = room + (<usize>hmmFilterRoom(k, d, full) << 3)
  const scaled = filtered + (<usize>(n * k) << 3)
  const back = scaled + (<usize>(n * k) << 3)
  const ahead = back + (<usize>k << 3)
  const pairs = back + (<usize>(3 * k) << 3)
  const chances = model + (<usize>k << 3)
  if (!prepareDensities(model, room, k, d, full)) return NaN
  let likelihood = 0.0
  for (let i = 0; i < n; i++) {
    const place = <usize>(i * k) << 3
    if (i > 0) expect(filtered + place - (<usize>k << 3), model, expected, k)
    else memory.copy(expected, model, <usize>k << 3)
    logDensities(rows + (<usize>(i * d) << 3), model, room, apart, logs, k, d, full)
    const more = weigh(expected, logs, scaled + place, filtered + place, k)
    if (isNaN(more)) return NaN
    likelihood += more
  }
  memory.fill(pairs, 0, <usize>(k * k) << 3)
  for (let s = 0; s < k; s++) store<f64>(back + (<usize>s << 3), 1)
  for (let i = n - 2; i >= 0; i--) {
    const now = filtered + (<usize>(i * k) << 3)
    const density = scaled + (<usize>((i + 1) * k) << 3)
    let top = 0.0
    for (let s = 0; s < k; s++) {
      const value = at(density, s) * at(back, s)
      store<f64>(ahead + (<usize>s << 3), value)
      top = max(top, value)
    }
    // By the largest: a sum of tiny ones would divide by nothing.
    const inverse = 1.0 / top
    for (let s = 0; s < k; s++) store<f64>(ahead + (<usize>s << 3), at(ahead, s) * inverse)
    let total = 0.0
    for (let s = 0; s < k; s++) {
      let sum = 0.0
      for (let to = 0; to < k; to++) sum += at(chances, s * k + to) * at(ahead, to)
      store<f64>(back + (<usize>s << 3), sum)
      total += at(now, s) * sum
    }
    if (!(total > 0 && total < Infinity)) return NaN
    const part = 1.0 / total
    for (let s = 0; s < k; s++) {
      const weight = at(now, s) * part
      for (let to = 0; to < k; to++) add(pairs, s * k + to, weight * at(ahead, to))
      store<f64>(now + (<usize>s << 3), weight * at(back, s))
    }
  }
  return likelihood
}

/**
 * Probabilities of the states at each of n samples given all of them: those after it too.
 *
 * @param dst n * k doubles
 * @param room `hmmRoom` doubles
 * @returns the logarithm of the likelihood; NaN where the model cannot have made the samples
 */
export function hmmPosterior(rows: usize, model: usize, dst: usize, room: usize, n: i32, k: i32, d: i32, full: i32): f64 {
  const likelihood = expectStates(rows, model, room, n, k, d, full)
  memory.copy(dst, room + (<usize>hmmFilterRoom(k, d, full) << 3), <usize>(n * k) << 3)
  return likelihood
}

/**
 * Betters a model by so many steps of Baum and Welch, or until a step adds less than the tolerance to the logarithm of the
 * likelihood. Moments are taken about the means before the step, which loses no digit where these are large.
 *
 * @param history the logarithm of the likelihood before each step
 * @param room `hmmRoom` doubles
 * @param prior is added to every sum of squares (hmmlearn's covars_prior; to every entry of a full matrix)
 * @param priorWeight its weight (hmmlearn's covars_weight)
 * @param least smallest variance of a feature
 * @param ridge is added to the diagonal of a full matrix
 * @returns how many steps were made; -1 where the model cannot have made the samples
 */
export function hmmFit(
  rows: usize,
  model: usize,
  history: usize,
  room: usize,
  n: i32,
  k: i32,
  d: i32,
  full: i32,
  steps: i32,
  tolerance: f64,
  prior: f64,
  priorWeight: f64,
  least: f64,
  ridge: f64,
): i32 {
  for (let step = 0; step < steps; step++) {
    const likelihood = expectStates(rows, model, room, n, k, d, full)
    if (isNaN(likelihood)) return -1
    store<f64>(history + (<usize>step << 3), likelihood)
    better(rows, model, room, n, k, d, full, prior, priorWeight, least, ridge)
    if (step > 0 && likelihood - at(history, step - 1) < tolerance) return step + 1
  }
  return steps
}

/** The second half of a step: the model that the expected states make likeliest. A state that nothing belongs to stays as it is. */
function better(
  rows: usize,
  model: usize,
  room: usize,
  n: i32,
  k: i32,
  d: i32,
  full: i32,
  prior: f64,
  priorWeight: f64,
  least: f64,
  ridge: f64,
): void {
  const size = spreadSize(d, full)
  const posterior = room + (<usize>hmmFilterRoom(k, d, full) << 3)
  const weights = posterior + (<usize>(2 * n * k + 2 * k) << 3)
  const pairs = weights + (<usize>k << 3)
  const firsts = pairs + (<usize>(k * k) << 3)
  const seconds = firsts + (<usize>(k * d) << 3)
  const apart = room + (<usize>(k + k * size) << 3)
  sumMoments(rows, posterior, model, weights, firsts, seconds, apart, n, k, d, full)
  memory.copy(model, posterior, <usize>k << 3)
  const chances = model + (<usize>k << 3)
  const floor = max(priorWeight - (full ? <f64>d : 1.0), 0)
  for (let s = 0; s < k; s++) {
    let total = 0.0
    for (let to = 0; to < k; to++) total += at(pairs, s * k + to) * at(chances, s * k + to)
    for (let to = 0; total > 0 && to < k; to++)
      store<f64>(chances + (<usize>(s * k + to) << 3), (at(pairs, s * k + to) * at(chances, s * k + to)) / total)
    const weight = at(weights, s)
    if (!(weight > 0)) continue
    const mean = meansOf(model, k) + (<usize>(s * d) << 3)
    const first = firsts + (<usize>(s * d) << 3)
    const second = seconds + (<usize>(s * size) << 3)
    const spread = covariancesOf(model, k, d) + (<usize>(s * size) << 3)
    const by = full ? floor + weight : max(floor + weight, LEAST)
    for (let f = 0; f < d; f++) {
      if (!full) {
        const squares = at(second, f) - (at(first, f) * at(first, f)) / weight
        store<f64>(spread + (<usize>f << 3), max(least, (prior + squares) / by))
      }
      for (let g = 0; full && g <= f; g++) {
        const product = at(second, f * d + g) - (at(first, f) * at(first, g)) / weight
        let value = (prior + product) / by
        if (f == g) value = max(least, value) + ridge
        store<f64>(spread + (<usize>(f * d + g) << 3), value)
        store<f64>(spread + (<usize>(g * d + f) << 3), value)
      }
    }
    for (let f = 0; f < d; f++) add(mean, f, at(first, f) / weight)
  }
}

/** Weights of the states, and sums and products of the samples about their means by weight. */
function sumMoments(
  rows: usize,
  posterior: usize,
  model: usize,
  weights: usize,
  firsts: usize,
  seconds: usize,
  apart: usize,
  n: i32,
  k: i32,
  d: i32,
  full: i32,
): void {
  const size = spreadSize(d, full)
  memory.fill(weights, 0, <usize>k << 3)
  memory.fill(firsts, 0, <usize>(k * (d + size)) << 3)
  for (let i = 0; i < n; i++) {
    const row = rows + (<usize>(i * d) << 3)
    for (let s = 0; s < k; s++) {
      const weight = at(posterior, i * k + s)
      if (weight == 0) continue
      const mean = meansOf(model, k) + (<usize>(s * d) << 3)
      const first = firsts + (<usize>(s * d) << 3)
      const second = seconds + (<usize>(s * size) << 3)
      add(weights, s, weight)
      for (let f = 0; f < d; f++) {
        const away = at(row, f) - at(mean, f)
        const share = weight * away
        add(first, f, share)
        if (!full) add(second, f, share * away)
        else {
          store<f64>(apart + (<usize>f << 3), away)
          const line = second + (<usize>(f * d) << 3)
          for (let g = 0; g <= f; g++) add(line, g, share * at(apart, g))
        }
      }
    }
  }
}
