import { FillgridError, show } from '../../errors.ts'
import { expectMarket } from '../../market/expect.ts'
import type { Market } from '../../market/market.ts'
import { onlyNames } from '../../market/names.ts'
import { assetOf, regimeFeatures, returnsOf } from './features.ts'
import { filterHmm, type HmmOptions, pathHmm, smoothHmm, trainHmm } from './hmm.ts'
import type { HmmModel } from './model.ts'
import { moved, type Scaling, scalingOf, standardised } from './scaling.ts'
import { bearishBelow, Steady } from './steady.ts'

/** Labels of bars as numbers, so that they can be columns; NaN is unknown. */
export const BULLISH = 1
export const SIDEWAYS = 0
export const BEARISH = -1

/** How the bars of an asset are labelled. */
export interface RegimeOptions {
  /** Name of the asset; may be left out where there is one. */
  asset?: string
  /** Columns that the model sees, one value a bar; `regimeFeatures` of the asset by default. A bar without one of them is unknown. */
  features?: Readonly<Record<string, ArrayLike<number>>>
  /** The model; three states of features that vary independently by default. */
  model?: Omit<HmmOptions, 'from'>
  /** Most samples of a training, the last ones; 1,000 by default. */
  maxSamples?: number
  /** Fewest samples of a training; 50 by default. Bars before are unknown. */
  minSamples?: number
  /** Minutes from a training to the next; 60 by default. */
  everyMinutes?: number
  /**
   * A training is left out while the mean of the features has moved by less than so many standard deviations (of the last training,
   * mean over the features); 0.01 by default, 0 for never.
   */
  drift?: number
  /** Every so many trainings one starts anew, not from the model before; 50 by default. */
  renewEvery?: number
  /** By how much a label must be likelier than the one before it to follow it, 0 to 1; 0 by default. */
  hysteresis?: number
  /** Fewest labelled bars that a label stays; 1 by default. */
  minimumStay?: number
  /** A labelled bar whose close is not above the mean of so many closes is bearish; none by default. */
  trend?: number
  /**
   * 'seed-000' labels as the script of that name did: one model of the last samples of **all** bars, the likeliest path through all
   * of them, states named by their number, trend of 200. It sees the future and is there to be compared with.
   */
  profile?: 'seed-000'
}

/** One training of the model. */
export interface RegimeTraining {
  /** Bar at whose close it was. */
  bar: number
  samples: number
  /** Steps of Baum and Welch. */
  iterations: number
  /** Labelled bars of its samples whose likeliest state has another name by the new model. */
  flips: number
}

/** Labels of an asset's bars. */
export interface RegimeLabels {
  /** 1 bullish, 0 sideways, -1 bearish, NaN unknown; each known at the close of its bar. */
  labels: Float64Array
  /** Chances of the labels at each bar; NaN where it is unknown. Of the profile 'seed-000' NaN. */
  probabilities: { bullish: Float64Array; sideways: Float64Array; bearish: Float64Array }
  trainings: RegimeTraining[]
  /** Why bars are unknown, or trainings failed. */
  warnings: string[]
  /** The last model, and what brings features to its scale. */
  model?: HmmModel
  scaling?: Scaling
}

const NAMES = new Set([
  'asset',
  'features',
  'model',
  'maxSamples',
  'minSamples',
  'everyMinutes',
  'drift',
  'renewEvery',
  'hysteresis',
  'minimumStay',
  'trend',
  'profile',
])

type Read = Required<Omit<RegimeOptions, 'asset' | 'features' | 'trend' | 'profile'>> & { trend?: number }

/** Bars that have all features: what a model is trained on. */
interface Samples {
  /** The bar of each. */
  bars: Int32Array
  /** Features one after the other. */
  rows: Float64Array
  width: number
}

/** A model that is in use, with the names of its states. */
interface InUse {
  model: HmmModel
  scaling: Scaling
  names: number[]
}

/**
 * Labels the bars of an asset as bullish, sideways or bearish by a hidden Markov model that is trained again as bars come in. A label
 * goes by what was known at the close of its bar: the model by samples up to the bar of its training, the chances of states by the filter.
 * States are named by the mean return of the bars that belong to them: the highest bullish, the lowest bearish, those between sideways.
 *
 * A training that fails is a warning, and bars are unknown until one succeeds.
 *
 * @throws FillgridError invalid_value, unknown_name for options that are none
 */
export function labelRegimes(market: Market, options: RegimeOptions = {}): RegimeLabels {
  expectMarket(market, 'labelRegimes')
  const read = readOptions(options)
  const asset = assetOf(market, options.asset)
  const close = Float64Array.from({ length: market.bars }, (_, i) => market.close[i * market.assetCount + asset])
  const features = options.features ?? regimeFeatures(market, market.assets[asset])
  const samples = sampled(features, close)
  const found: RegimeLabels = {
    labels: new Float64Array(market.bars).fill(Number.NaN),
    probabilities: {
      bullish: new Float64Array(market.bars).fill(Number.NaN),
      sideways: new Float64Array(market.bars).fill(Number.NaN),
      bearish: new Float64Array(market.bars).fill(Number.NaN),
    },
    trainings: [],
    warnings: [],
  }
  if (samples.bars.length < read.minSamples)
    found.warnings.push(
      `regimes: ${read.minSamples} samples needed, found ${samples.bars.length} bars with all features. All bars are unknown.`,
    )
  else if (options.profile === 'seed-000') labelAsSeed(samples, read, found)
  else walk(market.time, returnsOf(close), samples, read, found)
  const trend = read.trend ?? (options.profile === 'seed-000' ? 200 : undefined)
  if (trend !== undefined) bearishBelow(close, trend, found.labels)
  return found
}

/** Trains and filters from bar to bar. */
function walk(time: ArrayLike<number>, returns: Float64Array, samples: Samples, read: Read, found: RegimeLabels): void {
  const { bars, rows, width } = samples
  const steady = new Steady(read.hysteresis, read.minimumStay)
  /** Name of the likeliest state of each sample, as it was given. */
  const given = new Float64Array(bars.length).fill(Number.NaN)
  let use: InUse | undefined
  let chances: Float64Array | undefined
  let trained = -Infinity
  for (let i = read.minSamples - 1; i < bars.length; i++) {
    const due = time[bars[i]] - trained >= read.everyMinutes * 60_000
    const first = Math.max(0, i + 1 - read.maxSamples)
    const part = rows.subarray(first * width, (i + 1) * width)
    const fresh = due ? scalingOf(part, width) : undefined
    if (fresh && (!use || drifted(fresh, use.scaling) >= read.drift)) {
      trained = time[bars[i]]
      try {
        const renewed = found.trainings.length % read.renewEvery === 0
        const from: HmmModel | undefined = use && !renewed ? moved(use.model, use.scaling, fresh) : undefined
        const data = standardised(part, fresh)
        const training = trainHmm(data, width, { ...read.model, from })
        const { model } = training
        const names = namesOf(model, data, returns, bars.subarray(first, i + 1))
        const { probabilities } = filterHmm(model, data)
        let flips = 0
        for (let j = first; j < i; j++) {
          const name = names[likeliest(probabilities, (j - first) * model.states, model.states)]
          if (!Number.isNaN(given[j]) && given[j] !== name) flips++
        }
        use = { model, scaling: fresh, names }
        chances = probabilities.slice(-model.states)
        found.trainings.push({ bar: bars[i], samples: i + 1 - first, iterations: training.iterations, flips })
      } catch (error) {
        if (!(error instanceof FillgridError)) throw error
        use = undefined
        found.warnings.push(`regimes: no training at bar ${bars[i]}, bars from there are unknown. ${error.message}`)
      }
    } else if (use) {
      try {
        const row = standardised(rows.subarray(i * width, (i + 1) * width), use.scaling)
        chances = filterHmm(use.model, row, chances).probabilities
      } catch (error) {
        if (!(error instanceof FillgridError)) throw error
        use = undefined
        found.warnings.push(`regimes: no label at bar ${bars[i]}, bars from there are unknown. ${error.message}`)
      }
    }
    if (!use || !chances) {
      steady.forget()
      continue
    }
    const by = { bullish: 0, sideways: 0, bearish: 0 }
    chances.forEach((chance, s) => {
      by[wordOf(use!.names[s])] += chance
    })
    for (const word of WORDS) found.probabilities[word][bars[i]] = by[word]
    given[i] = use.names[likeliest(chances, 0, chances.length)]
    found.labels[bars[i]] = steady.next(given[i], (label) => by[wordOf(label)])
  }
  found.model = use?.model
  found.scaling = use?.scaling
}

const WORDS = ['bullish', 'sideways', 'bearish'] as const

function wordOf(label: number): (typeof WORDS)[number] {
  return label === BULLISH ? 'bullish' : label === BEARISH ? 'bearish' : 'sideways'
}

/** As the seed's script: with all that it knew too early. */
function labelAsSeed(samples: Samples, read: Read, found: RegimeLabels): void {
  const { bars, rows, width } = samples
  const part = rows.subarray(Math.max(0, bars.length - read.maxSamples) * width)
  try {
    const scaling = scalingOf(part, width)
    const { model, iterations } = trainHmm(standardised(part, scaling), width, read.model)
    const { path } = pathHmm(model, standardised(rows, scaling))
    const names = [BULLISH, BEARISH, SIDEWAYS]
    path.forEach((state, i) => {
      found.labels[bars[i]] = names[state] ?? Number.NaN
    })
    found.trainings.push({ bar: bars[bars.length - 1], samples: part.length / width, iterations, flips: 0 })
    found.model = model
    found.scaling = scaling
  } catch (error) {
    if (!(error instanceof FillgridError)) throw error
    found.warnings.push(`regimes: no training, all bars are unknown. ${error.message}`)
  }
}

/** Labels of the states by the mean return of what belongs to each; equal ones by their number. */
function namesOf(model: HmmModel, data: Float64Array, returns: Float64Array, bars: Int32Array): number[] {
  const { states } = model
  const { probabilities } = smoothHmm(model, data)
  const means = Array.from({ length: states }, (_, s) => {
    let sum = 0
    let weight = 0
    for (let i = 0; i < bars.length; i++) {
      const value = returns[bars[i]]
      if (Number.isNaN(value)) continue
      sum += probabilities[i * states + s] * value
      weight += probabilities[i * states + s]
    }
    return weight > 0 ? sum / weight : 0
  })
  const order = means.map((_, s) => s).sort((a, b) => means[b] - means[a] || a - b)
  const names = new Array<number>(states).fill(SIDEWAYS)
  if (states > 1) {
    names[order[0]] = BULLISH
    names[order[states - 1]] = BEARISH
  }
  return names
}

/** The first of the largest chances. */
function likeliest(chances: Float64Array, from: number, states: number): number {
  let best = 0
  for (let s = 1; s < states; s++) if (chances[from + s] > chances[from + best]) best = s
  return best
}

/** Mean over the features of how far their means have moved, in standard deviations of before. */
function drifted(now: Scaling, before: Scaling): number {
  return (
    now.mean.reduce((sum, mean, f) => sum + Math.abs(mean - before.mean[f]) / before.deviation[f], 0) / now.mean.length
  )
}

/** Bars that have a close and every feature. */
function sampled(features: Readonly<Record<string, ArrayLike<number>>>, close: Float64Array): Samples {
  const columns = Object.entries(features)
  if (columns.length === 0)
    throw new FillgridError('invalid_value', 'regimes: at least one feature expected, found none.')
  for (const [name, values] of columns)
    if (values.length !== close.length)
      throw new FillgridError(
        'invalid_value',
        `regimes: feature ${name} must have one value for each of ${close.length} bars, found ${values.length}.`,
      )
  const bars = Int32Array.from(
    Array.from(close.keys()).filter(
      (i) => Number.isFinite(close[i]) && columns.every(([, values]) => Number.isFinite(values[i])),
    ),
  )
  const width = columns.length
  const rows = new Float64Array(bars.length * width)
  bars.forEach((bar, i) => {
    columns.forEach(([, values], f) => {
      rows[i * width + f] = values[bar]
    })
  })
  return { bars, rows, width }
}

function readOptions(options: RegimeOptions): Read {
  if (options === null || typeof options !== 'object')
    throw new FillgridError('invalid_value', `regimes: options expected, found ${show(options)}.`)
  onlyNames(options, NAMES, 'regimes', 'an option')
  if (options.profile !== undefined && options.profile !== 'seed-000')
    throw new FillgridError('unknown_name', `regimes: profile must be 'seed-000', found ${show(options.profile)}.`)
  const number = (name: keyof RegimeOptions, otherwise: number, whole: boolean, least: number, most: number) => {
    const value = options[name] ?? otherwise
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return value
    throw new FillgridError(
      'invalid_value',
      `regimes: ${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, found ${show(value)}.`,
    )
  }
  const maxSamples = number('maxSamples', 1000, true, 2, 1_000_000)
  return {
    model: options.model ?? {},
    maxSamples,
    minSamples: number('minSamples', Math.min(50, maxSamples), true, 2, maxSamples),
    everyMinutes: number('everyMinutes', 60, false, 0, 1e9),
    drift: number('drift', 0.01, false, 0, 1e9),
    renewEvery: number('renewEvery', 50, true, 1, 1e9),
    hysteresis: number('hysteresis', 0, false, 0, 1),
    minimumStay: number('minimumStay', 1, true, 1, 1e9),
    trend: options.trend === undefined ? undefined : number('trend', 200, true, 1, 1e9),
  }
}
