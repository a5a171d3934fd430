import * as L from '../../assembly/layout.ts'
import { Scratch } from '../kernel/scratch.ts'
import { expectFields } from '../market/expect.ts'
import { onlyNames } from '../market/names.ts'
import type { Result } from '../results/result.ts'
import { oneOf, quantiles, SAMPLES, type Sample, sampleOf, within } from './returns.ts'

/** How returns are drawn. */
export const DRAWS = ['replace', 'shuffle', 'blocks', 'skip'] as const
export type Draw = (typeof DRAWS)[number]

const KINDS: Readonly<Record<Draw, number>> = {
  replace: L.RESAMPLE_REPLACE,
  shuffle: L.RESAMPLE_SHUFFLE,
  blocks: L.RESAMPLE_BLOCKS,
  skip: L.RESAMPLE_SKIP,
}

/** What a Monte Carlo simulation is asked for. */
export interface MonteCarloOptions {
  /** What is drawn; 'trades'. */
  sample?: Sample
  /**
   * How: with replacement; the same ones in another order; blocks of neighbours, which keeps their memory; all in their order but those that are
   * left out by chance. 'replace', of days 'blocks'.
   */
  draw?: Draw
  /** Simulations, 1 to 10,000,000; 1,000. */
  simulations?: number
  /** Returns in each; 50 trades, or as many as there are of days, and where they are shuffled or left out. */
  length?: number
  /** Neighbours in a block; 10. */
  block?: number
  /** Probability with which one is left out, 'skip' alone; 0.1. */
  skip?: number
  /** Taken off each return, a fraction: what costs could be more; 0. */
  cost?: number
  /** Capital, of the start, at or below which it counts as ruin; 0.5. */
  ruin?: number
  /** Capital, of the start, that is the goal; 1.2. */
  goal?: number
  /** Begins the random numbers, a whole number from 0 to 2^53 - 1; 1. */
  seed?: number
  /** Simulations that the bands of `fan` are of, at most; 1,000. */
  paths?: number
}

/** Percentiles that are told, in percent. */
export const PERCENTILES = [5, 25, 50, 75, 95] as const

/** Values by percentile. */
export type Percentiles = Readonly<Record<(typeof PERCENTILES)[number], number>>

/** What came of it. Returns and drawdowns are fractions. */
export interface MonteCarlo {
  /** Of the capital at the end of each simulation: capital - 1. */
  readonly returns: Float64Array
  /** Deepest drawdown of each. */
  readonly drawdowns: Float64Array
  /** Mean and standard deviation (of all of them, not of a sample) of the returns. */
  readonly meanReturn: number
  readonly stdReturn: number
  readonly percentiles: Percentiles
  readonly drawdownPercentiles: Percentiles
  /** Share of the simulations that were at or below the ruin, at or above the goal, at any time. */
  readonly ruin: number
  readonly goal: number
  /** Percentiles of the capital after 0, 1, 2, ... returns, of the first simulations. */
  readonly fan: Readonly<Record<(typeof PERCENTILES)[number], Float64Array>>
  /** The options with their defaults. */
  readonly options: Readonly<Required<MonteCarloOptions>>
}

const NAMES: ReadonlySet<string> = new Set([
  ...['sample', 'draw', 'simulations', 'length', 'block', 'skip', 'cost', 'ruin', 'goal', 'seed', 'paths'],
])

/**
 * Draws returns of trades or days again and again, and says what the capital could have become: the same bytes for the same seed everywhere.
 *
 *     const { percentiles, ruin } = monteCarlo(result, { simulations: 10_000, seed: 7 })
 *
 * @param given a result, or returns as fractions
 * @throws FillgridError invalid_value, unknown_name
 */
export function monteCarlo(given: Result | ArrayLike<number>, options: MonteCarloOptions = {}): MonteCarlo {
  const subject = 'monteCarlo'
  expectFields(options, subject, 'options by name')
  onlyNames(options, NAMES, subject, 'an option of it')
  const sample = oneOf(`${subject}.sample`, options.sample ?? 'trades', SAMPLES)
  const returns = sampleOf(given, sample, subject)
  const n = returns.length
  const draw = oneOf(`${subject}.draw`, options.draw ?? (sample === 'days' ? 'blocks' : 'replace'), DRAWS)
  const isOnce = draw === 'shuffle' || draw === 'skip'
  const number = (name: keyof MonteCarloOptions, value: number, least: number, most: number, whole = false) =>
    within(`${subject}.${name}`, options[name] ?? value, least, most, whole)
  const all: Required<MonteCarloOptions> = {
    sample,
    draw,
    simulations: number('simulations', 1000, 1, 1e7, true),
    length: number('length', isOnce || sample === 'days' ? n : 50, 1, isOnce ? n : 1e6, true),
    block: number('block', 10, 1, 1e6, true),
    skip: number('skip', 0.1, 0, 1),
    cost: number('cost', 0, 0, 1),
    ruin: number('ruin', 0.5, 0, 1),
    goal: number('goal', 1.2, 1, Number.MAX_VALUE),
    seed: number('seed', 1, 0, Number.MAX_SAFE_INTEGER, true),
    paths: number('paths', 1000, 0, 100_000, true),
  }
  const { simulations: count, length } = all
  const shown = Math.min(all.paths, count)
  const { columns, paths } = Scratch.use('a Monte Carlo simulation', (scratch) => {
    const dst = scratch.room(4 * 8 * count)
    const room = shown > 0 ? scratch.room(8 * shown * length) : 0
    const [place, picks] = [
      scratch.place(returns.map((value) => value - all.cost)),
      scratch.room(4 * Math.max(n, length)),
    ]
    const how = [KINDS[draw], all.block, all.skip, all.seed] as const
    scratch.kernels.resample(place, n, length, ...how, picks, count, dst, room, shown)
    return {
      columns: scratch.read(dst, 4 * count),
      paths: shown > 0 ? scratch.read(room, shown * length) : new Float64Array(0),
    }
  })
  const [finals, drawdowns, lows, highs] = [0, 1, 2, 3].map((k) => columns.subarray(k * count, (k + 1) * count))
  // Plain loops: there may be millions.
  const made = new Float64Array(count)
  let [sum, squares, ruined, reached] = [0, 0, 0, 0]
  for (let s = 0; s < count; s++) {
    made[s] = finals[s] - 1
    sum += made[s]
    if (lows[s] <= all.ruin) ruined++
    if (highs[s] >= all.goal) reached++
  }
  const mean = sum / count
  for (let s = 0; s < count; s++) squares += (made[s] - mean) ** 2
  return {
    returns: made,
    drawdowns: drawdowns.slice(),
    meanReturn: mean,
    stdReturn: Math.sqrt(squares / count),
    percentiles: percentilesOf(made),
    drawdownPercentiles: percentilesOf(drawdowns),
    ruin: ruined / count,
    goal: reached / count,
    fan: fanOf(paths, shown, length),
    options: Object.freeze(all),
  }
}

const SHARES = PERCENTILES.map((percent) => percent / 100)

function percentilesOf(values: Float64Array): Percentiles {
  const found = quantiles(values.slice().sort(), SHARES)
  return Object.freeze(Object.fromEntries(PERCENTILES.map((percent, k) => [percent, found[k]]))) as Percentiles
}

/** Bands of the capital, step by step. */
function fanOf(paths: Float64Array, shown: number, length: number): MonteCarlo['fan'] {
  const bands = PERCENTILES.map(() => new Float64Array(shown > 0 ? length + 1 : 0))
  const step = new Float64Array(shown)
  if (shown > 0) for (const band of bands) band[0] = 1
  for (let i = 0; shown > 0 && i < length; i++) {
    for (let s = 0; s < shown; s++) step[s] = paths[s * length + i]
    const found = quantiles(step.sort(), SHARES)
    bands.forEach((band, k) => {
      band[i + 1] = found[k]
    })
  }
  return Object.fromEntries(PERCENTILES.map((percent, k) => [percent, bands[k]])) as unknown as MonteCarlo['fan']
}

/** The same in the words and percents of files: `simulations`, `mean_return`, `std_return`, `percentiles` with `5th` to `95th`. */
export function monteCarloJson(given: MonteCarlo): {
  simulations: number[]
  mean_return: number
  std_return: number
  percentiles: Record<'5th' | '25th' | '50th' | '75th' | '95th', number>
} {
  expectFields(given, 'monteCarloJson', 'what monteCarlo gives', ['returns', 'percentiles'])
  const { returns, meanReturn, stdReturn, percentiles } = given
  const percent = (value: number) => 100 * value
  return {
    simulations: Array.from(returns, percent),
    mean_return: percent(meanReturn),
    std_return: percent(stdReturn),
    percentiles: {
      '5th': percent(percentiles[5]),
      '25th': percent(percentiles[25]),
      '50th': percent(percentiles[50]),
      '75th': percent(percentiles[75]),
      '95th': percent(percentiles[95]),
    },
  }
}
