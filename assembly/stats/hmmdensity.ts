// Densities of the states of a Gaussian hidden Markov model.
import { at } from './columns'

// A model is a row of doubles: k chances to start in a state, k * k of going from one (row) to another (column), k * d means, and
// the variances (k * d) or, where `full`, covariances (k * d * d) of the states.

/** log(2 pi) */
const LOG_TWO_PI: f64 = 1.8378770664093454836

/** Where the means of a model stand. */
// @ts-ignore: decorator
@inline export function meansOf(model: usize, k: i32): usize {
  return model + (<usize>(k + k * k) << 3)
}

/** Where its variances stand. */
// @ts-ignore: decorator
@inline export function covariancesOf(model: usize, k: i32, d: i32): usize {
  return model + (<usize>(k + k * k + k * d) << 3)
}

/** Doubles of the variances of one state. */
// @ts-ignore: decorator
@inline export function spreadSize(d: i32, full: i32): i32 {
  return full ? d * d : d
}

/**
 * What the densities need of the variances, once for all samples: a constant for each state, then 1 / variance of each feature, or
 * the lower triangle of Cholesky with the inverse of its diagonal. 0 where a variance is not above 0, or a covariance matrix is not
 * positive definite.
 */
export function prepareDensities(model: usize, prepared: usize, k: i32, d: i32, full: i32): i32 {
  const size = spreadSize(d, full)
  for (let s = 0; s < k; s++) {
    const from = covariancesOf(model, k, d) + (<usize>(s * size) << 3)
    const to = prepared + (<usize>(k + s * size) << 3)
    const logs = full ? decompose(from, to, d) : invert(from, to, d)
    if (isNaN(logs)) return 0
    store<f64>(prepared + (<usize>s << 3), -0.5 * (<f64>d * LOG_TWO_PI + logs))
  }
  return 1
}

/** The sum of the logarithms of some variances, whose inverses are written; NaN where one is not above 0. */
function invert(variances: usize, dst: usize, d: i32): f64 {
  let logs = 0.0
  for (let f = 0; f < d; f++) {
    const variance = at(variances, f)
    if (!(variance > 0 && variance < Infinity)) return NaN
    store<f64>(dst + (<usize>f << 3), 1.0 / variance)
    logs += Math.log(variance)
  }
  return logs
}

/** The logarithm of the determinant of a matrix, whose triangle is written; NaN where it is not positive definite. */
function decompose(matrix: usize, dst: usize, d: i32): f64 {
  let logs = 0.0
  for (let row = 0; row < d; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = at(matrix, row * d + column)
      for (let i = 0; i < column; i++) sum -= at(dst, row * d + i) * at(dst, column * d + i)
      if (column < row) store<f64>(dst + (<usize>(row * d + column) << 3), sum * at(dst, column * d + column))
      else {
        if (!(sum > 0 && sum < Infinity)) return NaN
        store<f64>(dst + (<usize>(row * d + row) << 3), 1.0 / sqrt(sum))
        logs += Math.log(sum)
      }
    }
  }
  return logs
}

/** The logarithm of the density of one sample in every state. @param apart room for d doubles */
export function logDensities(
  row: usize,
  model: usize,
  prepared: usize,
  apart: usize,
  dst: usize,
  k: i32,
  d: i32,
  full: i32,
): void {
  const size = spreadSize(d, full)
  const means = meansOf(model, k)
  for (let s = 0; s < k; s++) {
    const mean = means + (<usize>(s * d) << 3)
    const spread = prepared + (<usize>(k + s * size) << 3)
    let squares = 0.0
    if (full) {
      for (let f = 0; f < d; f++) {
        const triangle = spread + (<usize>(f * d) << 3)
        let value = at(row, f) - at(mean, f)
        for (let i = 0; i < f; i++) value -= at(triangle, i) * at(apart, i)
        value *= at(triangle, f)
        store<f64>(apart + (<usize>f << 3), value)
        squares += value * value
      }
    } else {
      for (let f = 0; f < d; f++) {
        const away = at(row, f) - at(mean, f)
        squares += away * away * at(spread, f)
      }
    }
    store<f64>(dst + (<usize>s << 3), at(prepared, s) - 0.5 * squares)
  }
}
