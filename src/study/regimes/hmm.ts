import { FillgridError, show } from '../../errors.ts'
import type { Kernels } from '../../kernel/load.ts'
import { Scratch } from '../../kernel/scratch.ts'
import { onlyNames } from '../../market/names.ts'
import { checkModel, flatten, type HmmModel, MOST_FEATURES, MOST_STATES, unflatten } from './model.ts'

/** How a model is trained. */
export interface HmmOptions {
  /** 1 to 20; 3 by default. */
  states?: number
  /** 'diagonal' by default. */
  covariance?: 'diagonal' | 'full'
  /** A whole number from 0 that the starts are drawn from; 1 by default. */
  seed?: number
  /** Starts that the likeliest outcome is taken of, 1 to 1,000; 5 by default. Left out where `from` is given. */
  restarts?: number
  /** Most steps of Baum and Welch a start, 1 to 100,000; 30 by default. */
  iterations?: number
  /** Training ends once a step adds less to the logarithm of the likelihood; 0.01 by default. */
  tolerance?: number
  /** Added to every sum of squares, with the meaning of hmmlearn's `covars_prior`; 0 by default. */
  prior?: number
  /** With the meaning of hmmlearn's `covars_weight`; 0 by default. */
  priorWeight?: number
  /** Smallest variance; 0.000001 by default, for features of a variance of 1. */
  minimumVariance?: number
  /** Added to the variances of full matrices, so that features which follow from others do no harm; 0.000001 by default. */
  ridge?: number
  /** A model to go on from, of as many states and features. */
  from?: HmmModel
}

/** What training came to. */
export interface HmmTraining {
  model: HmmModel
  /** The logarithm of the likelihood before each step of the start that was taken. */
  history: number[]
  /** That of the model. */
  logLikelihood: number
  /** Akaike's criterion (1974): 2 parameters - 2 log likelihood. Lower is better. */
  aic: number
  /** Schwarz's criterion (1978): parameters * log(samples) - 2 log likelihood. Lower is better. */
  bic: number
  /** Steps of all starts. */
  iterations: number
}

const NAMES = new Set([
  'states',
  'covariance',
  'seed',
  'restarts',
  'iterations',
  'tolerance',
  'prior',
  'priorWeight',
  'minimumVariance',
  'ridge',
  'from',
])

/**
 * Trains a model by Baum and Welch's steps, from seeded k-means++ starts or from a model.
 *
 * @param rows samples one after the other, `features` numbers each
 * @throws FillgridError invalid_value where a number is not finite, there are fewer different samples than states, or no start leads
 * to a model
 */
export function trainHmm(rows: Float64Array, features: number, options: HmmOptions = {}): HmmTraining {
  const read = readOptions(options)
  const { states, covariance, from, iterations, minimumVariance, ridge } = read
  const samples = checkRows(rows, features, 'training')
  const full = covariance === 'full' ? 1 : 0
  if (from) checkModel(from, features)
  if (from && (from.states !== states || from.covariance !== covariance))
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: \`from\` must have ${states} states and ${covariance} covariance, found ${from.states} and ${from.covariance}.`,
    )
  if (samples < states)
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: ${states} states need at least as many samples, found ${samples}.`,
    )
  return Scratch.use('the training of a hidden Markov model', (scratch) => {
    const { kernels } = scratch
    const size = kernels.hmmSize(states, features, full)
    const data = scratch.place(rows)
    const model = scratch.room(size * 8)
    const history = scratch.room(iterations * 8)
    const room = scratch.room(
      8 *
        Math.max(
          kernels.hmmRoom(samples, states, features, full),
          kernels.hmmStartRoom(samples, states, features),
          samples * states + kernels.hmmFilterRoom(states, features, full),
        ),
    )
    const seed = scratch.place(Int32Array.of(read.seed, read.seed / 2 ** 32))
    let best: { values: Float64Array; history: number[]; logLikelihood: number } | undefined
    let steps = 0
    for (let start = 0; start < (from ? 1 : read.restarts); start++) {
      if (from) scratch.write(model, flatten(from))
      else if (!kernels.hmmStart(data, model, seed, room, samples, states, features, full, minimumVariance, ridge))
        throw new FillgridError(
          'invalid_value',
          `hidden Markov model: ${states} states need at least as many different samples, found fewer among ${samples}.`,
        )
      const made = kernels.hmmFit(
        data,
        model,
        history,
        room,
        samples,
        states,
        features,
        full,
        iterations,
        read.tolerance,
        read.prior,
        read.priorWeight,
        minimumVariance,
        ridge,
      )
      if (made < 0) continue
      steps += made
      const probabilities = room + 8 * kernels.hmmFilterRoom(states, features, full)
      const logLikelihood = kernels.hmmFilter(data, model, 0, probabilities, room, samples, states, features, full)
      if (Number.isNaN(logLikelihood) || (best && best.logLikelihood >= logLikelihood)) continue
      best = { values: scratch.read(model, size), history: [...scratch.read(history, made)], logLikelihood }
    }
    if (!best)
      throw new FillgridError(
        'invalid_value',
        `hidden Markov model: no start leads to a model of these ${samples} samples. Leave out features that follow from others, or take fewer states.`,
      )
    const spread = full ? (features * (features + 1)) / 2 : features
    const free = states - 1 + states * (states - 1) + states * (features + spread)
    return {
      model: unflatten(best.values, states, features, covariance),
      history: best.history,
      logLikelihood: best.logLikelihood,
      aic: 2 * free - 2 * best.logLikelihood,
      bic: free * Math.log(samples) - 2 * best.logLikelihood,
      iterations: steps,
    }
  })
}

/** What a model says of samples. */
export interface HmmProbabilities {
  /** Chance of each state at each sample, `states` numbers each. */
  probabilities: Float64Array
  /** The logarithm of the likelihood of all samples. */
  logLikelihood: number
}

/**
 * Chances of the states at each sample, given it and those before it alone: what was knowable then.
 *
 * @param rows samples one after the other
 * @param before chances of the states at the sample before the first; the model's start where there is none
 * @throws FillgridError invalid_value
 */
export function filterHmm(model: HmmModel, rows: Float64Array, before?: ArrayLike<number>): HmmProbabilities {
  return weighed(model, rows, 'the filter of a hidden Markov model', (kernels, data, parameters, samples, scratch) => {
    const { states, features } = model
    const full = model.covariance === 'full' ? 1 : 0
    const dst = scratch.room(Math.max(8, samples * states * 8))
    const room = scratch.room(kernels.hmmFilterRoom(states, features, full) * 8)
    const last = before ? scratch.place(Float64Array.from(before)) : 0
    const logLikelihood = kernels.hmmFilter(data, parameters, last, dst, room, samples, states, features, full)
    return { probabilities: scratch.read(dst, samples * states), logLikelihood }
  })
}

/**
 * Chances of the states at each sample given all of them, **those after it too**: for looking back, never for a decision.
 *
 * @throws FillgridError invalid_value
 */
export function smoothHmm(model: HmmModel, rows: Float64Array): HmmProbabilities {
  return weighed(model, rows, 'the states of samples', (kernels, data, parameters, samples, scratch) => {
    const { states, features } = model
    const full = model.covariance === 'full' ? 1 : 0
    const dst = scratch.room(Math.max(8, samples * states * 8))
    const room = scratch.room(kernels.hmmRoom(samples, states, features, full) * 8)
    const logLikelihood = kernels.hmmPosterior(data, parameters, dst, room, samples, states, features, full)
    return { probabilities: scratch.read(dst, samples * states), logLikelihood }
  })
}

/**
 * The likeliest path of states through all samples (Viterbi 1967): for looking back, never for a decision.
 *
 * @throws FillgridError invalid_value
 */
export function pathHmm(model: HmmModel, rows: Float64Array): { path: Int32Array; logLikelihood: number } {
  return weighed(model, rows, 'the path of a hidden Markov model', (kernels, data, parameters, samples, scratch) => {
    const { states, features } = model
    const full = model.covariance === 'full' ? 1 : 0
    const dst = scratch.room(Math.max(8, samples * 4))
    const room = scratch.room(kernels.hmmPathRoom(samples, states, features, full) * 8)
    const logLikelihood = kernels.hmmPath(data, parameters, dst, room, samples, states, features, full)
    return { path: scratch.readInts(dst, samples), logLikelihood }
  })
}

/** Runs a kernel over samples and a model. */
function weighed<T extends { logLikelihood: number }>(
  model: HmmModel,
  rows: Float64Array,
  purpose: string,
  work: (kernels: Kernels, data: number, parameters: number, samples: number, scratch: Scratch) => T,
): T {
  checkModel(model, model?.features)
  const samples = checkRows(rows, model.features, 'samples')
  const found = Scratch.use(purpose, (scratch) =>
    work(scratch.kernels, scratch.place(rows), scratch.place(flatten(model)), samples, scratch),
  )
  if (Number.isNaN(found.logLikelihood))
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: it cannot have made these ${samples} samples: no state is possible at one of them, or its covariances are none.`,
    )
  return found
}

/** How many samples there are. */
function checkRows(rows: Float64Array, features: number, subject: string): number {
  if (!(Number.isInteger(features) && features >= 1 && features <= MOST_FEATURES))
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: features must be a whole number from 1 to ${MOST_FEATURES}, found ${show(features)}.`,
    )
  if (!(rows instanceof Float64Array) || rows.length % features !== 0)
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: ${subject} must be doubles (Float64Array), ${features} a sample, found ${rows instanceof Float64Array ? `${rows.length} doubles` : show(rows)}.`,
    )
  const wrong = rows.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0)
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: ${subject} must be finite, found ${rows[wrong]} in sample ${Math.floor(wrong / features)}, feature ${wrong % features}. Leave such samples out.`,
    )
  return rows.length / features
}

function readOptions(options: HmmOptions): Required<Omit<HmmOptions, 'from'>> & { from?: HmmModel } {
  if (options === null || typeof options !== 'object')
    throw new FillgridError('invalid_value', `hidden Markov model: options expected, found ${show(options)}.`)
  onlyNames(options, NAMES, 'hidden Markov model', 'an option')
  const { covariance = 'diagonal', from } = options
  if (covariance !== 'diagonal' && covariance !== 'full')
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: covariance must be 'diagonal' or 'full', found ${show(covariance)}.`,
    )
  const number = (name: keyof HmmOptions, value: unknown, whole: boolean, least: number, most: number): number => {
    const fits = whole ? Number.isSafeInteger(value) : typeof value === 'number' && !Number.isNaN(value)
    if (fits && (value as number) >= least && (value as number) <= most) return value as number
    throw new FillgridError(
      'invalid_value',
      `hidden Markov model: ${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, found ${show(value)}.`,
    )
  }
  return {
    covariance,
    from,
    states: number('states', options.states ?? 3, true, 1, MOST_STATES),
    seed: number('seed', options.seed ?? 1, true, 0, Number.MAX_SAFE_INTEGER),
    restarts: number('restarts', options.restarts ?? 5, true, 1, 1000),
    iterations: number('iterations', options.iterations ?? 30, true, 1, 100_000),
    tolerance: number('tolerance', options.tolerance ?? 0.01, false, -1e300, 1e300),
    prior: number('prior', options.prior ?? 0, false, 0, 1e300),
    priorWeight: number('priorWeight', options.priorWeight ?? 0, false, 0, 1e300),
    minimumVariance: number('minimumVariance', options.minimumVariance ?? 1e-6, false, 1e-300, 1e300),
    ridge: number('ridge', options.ridge ?? 1e-6, false, 0, 1e300),
  }
}
