/** Bringing features to a mean of 0 and a standard deviation of 1, by a training window alone. */
import type { HmmModel } from './model.ts'

/** What was taken of a training window. */
export interface Scaling {
  /** Mean of each feature. */
  mean: number[]
  /** Population standard deviation of each; 1 of a constant. */
  deviation: number[]
}

/** Of samples one after the other, `width` features each. */
export function scalingOf(rows: Float64Array, width: number): Scaling {
  const count = rows.length / width
  const mean = new Array<number>(width).fill(0)
  const deviation = new Array<number>(width).fill(0)
  for (let i = 0; i < rows.length; i++) mean[i % width] += rows[i] / count
  for (let i = 0; i < rows.length; i++) deviation[i % width] += (rows[i] - mean[i % width]) ** 2 / count
  // What is left of rounding is no spread.
  const spread = deviation.map((square, f) => (Math.sqrt(square) > 1e-12 * Math.abs(mean[f]) ? Math.sqrt(square) : 1))
  return { mean, deviation: spread }
}

/** Samples of the window, or of later, in its scale. */
export function standardised(rows: Float64Array, { mean, deviation }: Scaling): Float64Array {
  const width = mean.length
  return rows.map((value, i) => (value - mean[i % width]) / deviation[i % width])
}

/** A model in another scale: the same distributions of the same features. */
export function moved(model: HmmModel, from: Scaling, to: Scaling): HmmModel {
  const width = model.features
  const ratio = from.deviation.map((deviation, f) => deviation / to.deviation[f])
  return {
    ...model,
    means: model.means.map((line) =>
      line.map((mean, f) => mean * ratio[f] + (from.mean[f] - to.mean[f]) / to.deviation[f]),
    ),
    covariances: model.covariances.map((line) =>
      line.map((value, i) =>
        model.covariance === 'full'
          ? value * ratio[Math.floor(i / width)] * ratio[i % width]
          : value * ratio[i] * ratio[i],
      ),
    ),
  }
}
