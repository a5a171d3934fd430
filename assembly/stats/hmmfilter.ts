// What a Gaussian hidden Markov model says of samples: filtered probabilities, likelihood, the likeliest path.
import { at } from './columns'
import { logDensities, prepareDensities, spreadSize } from './hmmdensity'

/** Below this a sum of probabilities has lost digits, and is taken in logarithms instead. */
const FAINT: f64 = 1e-280
/** Largest exponent of a scaled density. */
const CEILING: f64 = 700

/** Doubles that `hmmFilter` works in. */
export function hmmFilterRoom(k: i32, d: i32, full: i32): i32 {
  return k + k * spreadSize(d, full) + d + 3 * k
}

/**
 * One step of the scaled forward pass (Rabiner 1989, A Tutorial on Hidden Markov Models, V.A): probabilities of the states given
 * the sample, of those expected before it.
 *
 * @param scaled the densities up to a factor that is the same for all states
 * @returns the logarithm of the density of the sample given all before it; NaN where no state can have made it
 */
export function weigh(expected: usize, logs: usize, scaled: usize, filtered: usize, k: i32): f64 {
  let most = -Infinity
  for (let s = 0; s < k; s++) most = max(most, at(logs, s))
  let sum = 0.0
  for (let s = 0; s < k; s++) {
    const density = Math.exp(at(logs, s) - most)
    const weight = at(expected, s) * density
    store<f64>(scaled + (<usize>s << 3), density)
    store<f64>(filtered + (<usize>s << 3), weight)
    sum += weight
  }
  if (!(sum > FAINT)) {
    most = -Infinity
    let top = 0.0
    for (let s = 0; s < k; s++) {
      const joint = at(logs, s) + Math.log(at(expected, s))
      if (!(joint > most)) continue
      most = joint
      top = at(logs, s)
    }
    if (!(most > -Infinity)) return NaN
    sum = 0
    for (let s = 0; s < k; s++) {
      const weight = Math.exp(at(logs, s) + Math.log(at(expected, s)) - most)
      store<f64>(scaled + (<usize>s << 3), Math.exp(min(at(logs, s) - top, CEILING)))
      store<f64>(filtered + (<usize>s << 3), weight)
      sum += weight
    }
  }
  const inverse = 1.0 / sum
  for (let s = 0; s < k; s++) store<f64>(filtered + (<usize>s << 3), at(filtered, s) * inverse)
  return most + Math.log(sum)
}

/** Probabilities of the states one sample on. */
// @ts-ignore: decorator
@inline export function expect(filtered: usize, model: usize, dst: usize, k: i32): void {
  const chances = model + (<usize>k << 3)
  for (let to = 0; to < k; to++) {
    let sum = 0.0
    for (let s = 0; s < k; s++) sum += at(filtered, s) * at(chances, s * k + to)
    store<f64>(dst + (<usize>to << 3), sum)
  }
}

/**
 * Probabilities of the states at each of n samples (rows of d), given it and those before it: nothing of what follows.
 *
 * @param model see hmmdensity
 * @param before probabilities of the states at the sample before the first; 0 where there is none
 * @param dst n * k doubles
 * @param room `hmmFilterRoom` doubles
 * @returns the logarithm of the likelihood; NaN where the model cannot have made the samples
 */
export function hmmFilter(
  rows: usize,
  model: usize,
  before: usize,
  dst: usize,
  room: usize,
  n: i32,
  k: i32,
  d: i32,
  full: i32,
): f64 {
  const apart = room + (<usize>(k + k * spreadSize(d, full)) << 3)
  const logs = apart + (<usize>d << 3)
  const scaled = logs + (<usize>k << 3)
  const expected = scaled + (<usize>k << 3)
  if (!prepareDensities(model, room, k, d, full)) return NaN
  let likelihood = 0.0
  let last = before
  for (let i = 0; i < n; i++) {
    const filtered = dst + (<usize>(i * k) << 3)
    if (last) expect(last, model, expected, k)
    else memory.copy(expected, model, <usize>k << 3)
    logDensities(rows + (<usize>(i * d) << 3), model, room, apart, logs, k, d, full)
    const more = weigh(expected, logs, scaled, filtered, k)
    if (isNaN(more)) return NaN
    likelihood += more
    last = filtered
  }
  return likelihood
}

/** Doubles that `hmmPath` works in. */
export function hmmPathRoom(n: i32, k: i32, d: i32, full: i32): i32 {
  return hmmFilterRoom(k, d, full) + n * k
}

/**
 * The likeliest path of states (Viterbi 1967), of equal ones that of the lower states.
 *
 * @param dst n states as whole numbers of 4 bytes
 * @param room `hmmPathRoom` doubles
 * @returns the logarithm of the density of samples and path; NaN where the variances are no variances
 */
export function hmmPath(rows: usize, model: usize, dst: usize, room: usize, n: i32, k: i32, d: i32, full: i32): f64 {
  const apart = room + (<usize>(k + k * spreadSize(d, full)) << 3)
  const logs = apart + (<usize>d << 3)
  const scores = logs + (<usize>k << 3)
  const next = scores + (<usize>k << 3)
  const origins = next + (<usize>k << 3)
  const chances = model + (<usize>k << 3)
  if (!prepareDensities(model, room, k, d, full)) return NaN
  for (let i = 0; i < n; i++) {
    logDensities(rows + (<usize>(i * d) << 3), model, room, apart, logs, k, d, full)
    for (let s = 0; s < k; s++) {
      let best = i == 0 ? Math.log(at(model, s)) : -Infinity
      let origin = 0
      for (let from = 0; i > 0 && from < k; from++) {
        const score = at(scores, from) + Math.log(at(chances, from * k + s))
        if (!(score > best)) continue
        best = score
        origin = from
      }
      store<f64>(next + (<usize>s << 3), best + at(logs, s))
      store<i32>(origins + (<usize>(i * k + s) << 3), origin)
    }
    memory.copy(scores, next, <usize>k << 3)
  }
  let state = 0
  for (let s = 1; s < k; s++) if (at(scores, s) > at(scores, state)) state = s
  const best = n > 0 ? at(scores, state) : 0.0
  for (let i = n - 1; i >= 0; i--) {
    store<i32>(dst + (<usize>i << 2), state)
    state = load<i32>(origins + (<usize>(i * k + state) << 3))
  }
  return best
}
