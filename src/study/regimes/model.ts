import { FillgridError, show } from '../../errors.ts'

/** A hidden Markov model whose states are normal distributions of features. Plain data: JSON keeps it. */
export interface HmmModel {
  /** How many states. */
  states: number
  /** How many features a sample has. */
  features: number
  /** 'diagonal': features vary independently within a state; 'full': together. */
  covariance: 'diagonal' | 'full'
  /** Chance of each state at the first sample. */
  start: number[]
  /** Chance of going from a state (row) to another at the next sample. */
  transitions: number[][]
  /** Means of the features, a row for each state. */
  means: number[][]
  /** Variances of the features, a row for each state; for 'full' the matrix, row after row. */
  covariances: number[][]
}

/** Most states and features: matrices grow with their squares. */
export const MOST_STATES = 20
export const MOST_FEATURES = 64

/** A model as the kernel has it. */
export function flatten(model: HmmModel): Float64Array {
  return Float64Array.from([model.start, ...model.transitions, ...model.means, ...model.covariances].flat())
}

/** And back. */
export function unflatten(
  values: Float64Array,
  states: number,
  features: number,
  covariance: HmmModel['covariance'],
): HmmModel {
  let place = 0
  const take = (count: number) => {
    place += count
    return [...values.subarray(place - count, place)]
  }
  const rows = (count: number) => Array.from({ length: states }, () => take(count))
  const spread = covariance === 'full' ? features * features : features
  return {
    states,
    features,
    covariance,
    start: take(states),
    transitions: rows(states),
    means: rows(features),
    covariances: rows(spread),
  }
}

/**
 * Refuses what is no model, as of a file.
 *
 * @param features how many the samples have
 * @throws FillgridError invalid_value
 */
export function checkModel(model: HmmModel, features: number): void {
  const wrong = (rule: string, found: unknown) => {
    throw new FillgridError('invalid_value', `hidden Markov model: ${rule}, found ${show(found)}.`)
  }
  if (model === null || typeof model !== 'object') wrong('a model expected', model)
  const { states, covariance } = model
  if (!(Number.isInteger(states) && states >= 1 && states <= MOST_STATES))
    wrong(`states must be a whole number from 1 to ${MOST_STATES}`, states)
  if (!(Number.isInteger(model.features) && model.features >= 1 && model.features <= MOST_FEATURES))
    wrong(`features must be a whole number from 1 to ${MOST_FEATURES}`, model.features)
  if (model.features !== features) wrong(`a model of ${features} features expected`, model.features)
  if (covariance !== 'diagonal' && covariance !== 'full') wrong("covariance must be 'diagonal' or 'full'", covariance)
  const spread = covariance === 'full' ? features * features : features
  const table = (name: string, rows: unknown, width: number, chance: boolean) => {
    if (!Array.isArray(rows) || rows.length !== states)
      wrong(`${name} must have a row for each of ${states} states`, rows)
    for (const row of rows as unknown[]) {
      if (!Array.isArray(row) || row.length !== width || !row.every((value) => Number.isFinite(value)))
        wrong(`a row of ${name} must have ${width} finite numbers`, row)
      const values = row as number[]
      const sum = values.reduce((a, b) => a + b, 0)
      if (chance && (values.some((value) => value < 0) || Math.abs(sum - 1) > 1e-6))
        wrong(`a row of ${name} must be chances that make 1`, row)
    }
  }
  if (!Array.isArray(model.start)) wrong('start must have a number for each state', model.start)
  table(
    'start',
    Array.from({ length: states }, () => model.start),
    states,
    true,
  )
  table('transitions', model.transitions, states, true)
  table('means', model.means, features, false)
  table('covariances', model.covariances, spread, false)
}
