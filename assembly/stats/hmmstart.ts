// Where the training of a hidden Markov model starts: groups of samples.
import { add, at } from './columns'
import { covariancesOf, meansOf, spreadSize } from './hmmdensity'
import { next, uniform } from './random'

/** Most rounds of grouping. */
const ROUNDS: i32 = 30

/** Doubles that `hmmStart` works in. */
export function hmmStartRoom(n: i32, k: i32, d: i32): i32 {
  return 2 * n + k + k * d + d
}

/** The next of a row of random numbers, 0 to below 1. @param seed where the row has come to */
function draw(seed: usize): f64 {
  const state = next(load<u64>(seed))
  store<u64>(seed, state)
  return uniform(state)
}

function distance(a: usize, b: usize, d: i32): f64 {
  let sum = 0.0
  for (let f = 0; f < d; f++) {
    const apart = at(a, f) - at(b, f)
    sum += apart * apart
  }
  return sum
}

/**
 * A model to start from: means by k-means++ (Arthur and Vassilvitskii 2007) and rounds of Lloyd's, variances within the groups
 * drawn towards those of all samples by the weight of one, chances as the samples went from group to group, and one more of each.
 *
 * @param seed 8 bytes, where the row of random numbers has come to; moved on
 * @param room `hmmStartRoom` doubles
 * @returns 1, or 0 where there are fewer different samples than states
 */
export function hmmStart(
  rows: usize,
  model: usize,
  seed: usize,
  room: usize,
  n: i32,
  k: i32,
  d: i32,
  full: i32,
  least: f64,
  ridge: f64,
): i32 {
  const groups = room + (<usize>n << 3)
  const counts = groups + (<usize>n << 3)
  const sums = counts + (<usize>k << 3)
  const middle = sums + (<usize>(k * d) << 3)
  const means = meansOf(model, k)
  if (!scatter(rows, means, seed, room, n, k, d)) return 0
  for (let round = 0; round < ROUNDS; round++) {
    const moved = assign(rows, means, groups, n, k, d, round == 0)
    if (!moved) break
    memory.fill(counts, 0, <usize>(k + k * d) << 3)
    for (let i = 0; i < n; i++) {
      const group = <i32>at(groups, i)
      add(counts, group, 1)
      for (let f = 0; f < d; f++) add(sums, group * d + f, at(rows, i * d + f))
    }
    for (let s = 0; s < k; s++)
      for (let f = 0; at(counts, s) > 0 && f < d; f++)
        store<f64>(means + (<usize>(s * d + f) << 3), at(sums, s * d + f) / at(counts, s))
  }
  spread(rows, model, groups, counts, middle, n, k, d, full, least, ridge)
  goFromTo(model, groups, n, k)
  return 1
}

/** The first means: samples, each drawn by the square of its distance from those before. */
function scatter(rows: usize, means: usize, seed: usize, nearest: usize, n: i32, k: i32, d: i32): i32 {
  const row = <usize>d << 3
  if (n < 1) return 0
  memory.copy(means, rows + <usize>min(<i32>(draw(seed) * <f64>n), n - 1) * row, row)
  for (let i = 0; i < n; i++) store<f64>(nearest + (<usize>i << 3), Infinity)
  for (let s = 1; s < k; s++) {
    const before = means + <usize>(s - 1) * row
    let total = 0.0
    for (let i = 0; i < n; i++) {
      const square = min(at(nearest, i), distance(rows + <usize>i * row, before, d))
      store<f64>(nearest + (<usize>i << 3), square)
      total += square
    }
    if (!(total > 0 && total < Infinity)) return 0
    let left = draw(seed) * total
    let chosen = -1
    for (let i = 0; i < n; i++) {
      if (at(nearest, i) == 0) continue
      chosen = i
      left -= at(nearest, i)
      if (left < 0) break
    }
    memory.copy(means + <usize>s * row, rows + <usize>chosen * row, row)
  }
  return 1
}

/** Puts every sample to its nearest mean; how many changed. */
function assign(rows: usize, means: usize, groups: usize, n: i32, k: i32, d: i32, first: bool): i32 {
  let moved = 0
  for (let i = 0; i < n; i++) {
    const row = rows + (<usize>(i * d) << 3)
    let best = Infinity
    let group = 0
    for (let s = 0; s < k; s++) {
      const square = distance(row, means + (<usize>(s * d) << 3), d)
      if (square >= best) continue
      best = square
      group = s
    }
    if (first || <i32>at(groups, i) != group) moved++
    store<f64>(groups + (<usize>i << 3), <f64>group)
  }
  return moved
}

/** Variances within the groups. @param middle means of all samples */
function spread(
  rows: usize,
  model: usize,
  groups: usize,
  counts: usize,
  middle: usize,
  n: i32,
  k: i32,
  d: i32,
  full: i32,
  least: f64,
  ridge: f64,
): void {
  const size = spreadSize(d, full)
  const covariances = covariancesOf(model, k, d)
  memory.fill(middle, 0, <usize>d << 3)
  memory.fill(covariances, 0, <usize>(k * size) << 3)
  memory.fill(counts, 0, <usize>k << 3)
  for (let i = 0; i < n; i++) {
    add(counts, <i32>at(groups, i), 1)
    for (let f = 0; f < d; f++) add(middle, f, at(rows, i * d + f) / <f64>n)
  }
  for (let f = 0; f < d; f++)
    for (let g = full ? 0 : f; g <= f; g++) {
      let all = 0.0
      for (let i = 0; i < n; i++) all += ((at(rows, i * d + f) - at(middle, f)) * (at(rows, i * d + g) - at(middle, g))) / <f64>n
      for (let s = 0; s < k; s++) {
        const mean = meansOf(model, k) + (<usize>(s * d) << 3)
        let sum = all
        for (let i = 0; i < n; i++)
          if (<i32>at(groups, i) == s) sum += (at(rows, i * d + f) - at(mean, f)) * (at(rows, i * d + g) - at(mean, g))
        let value = sum / (at(counts, s) + 1.0)
        if (f == g) value = max(least, value) + (full ? ridge : 0.0)
        const place = covariances + (<usize>(s * size) << 3)
        store<f64>(place + (<usize>(full ? f * d + g : f) << 3), value)
        if (full) store<f64>(place + (<usize>(g * d + f) << 3), value)
      }
    }
}

/** Chances as the samples went from group to group. */
function goFromTo(model: usize, groups: usize, n: i32, k: i32): void {
  const chances = model + (<usize>k << 3)
  for (let s = 0; s < k; s++) store<f64>(model + (<usize>s << 3), 1.0 / <f64>k)
  for (let i = 0; i < k * k; i++) store<f64>(chances + (<usize>i << 3), 1)
  for (let i = 1; i < n; i++) add(chances, <i32>at(groups, i - 1) * k + <i32>at(groups, i), 1)
  for (let s = 0; s < k; s++) {
    let total = 0.0
    for (let to = 0; to < k; to++) total += at(chances, s * k + to)
    for (let to = 0; to < k; to++) store<f64>(chances + (<usize>(s * k + to) << 3), at(chances, s * k + to) / total)
  }
}
