import * as L from '../../assembly/layout.ts'
import { Scratch } from '../kernel/scratch.ts'
import { expectFields } from '../market/expect.ts'
import { onlyNames } from '../market/names.ts'
import type { Result } from '../results/result.ts'
import { oneOf, quantiles, sampleOf, within } from './returns.ts'

/** Rules of a funded account, amounts as fractions of the capital at the start, and how days are drawn. */
export interface ChallengeOptions {
  /** A day that loses so much fails; 0.05. */
  dailyLoss?: number
  /** So does a capital so much below the start, or with 'trailing' below its highest so far; 0.1. */
  drawdown?: number
  drawdownFrom?: 'start' | 'trailing'
  /** Profit that passes; 0.1. */
  target?: number
  /** Days that it takes at least; 0. */
  minDays?: number
  /** The most of the profit that one day may have made, 0 to 1; no such rule. */
  consistency?: number
  /** Days after which it has neither passed nor failed; as many as there are. */
  days?: number
  /** Neighbouring days that are drawn together; 5. */
  block?: number
  simulations?: number
  seed?: number
}

/** How a challenge ended. */
export const CHALLENGE_OUTCOMES = ['open', 'passed', 'daily loss', 'drawdown'] as const
export type ChallengeOutcome = (typeof CHALLENGE_OUTCOMES)[number]

/** What came of it. */
export interface Challenge {
  /** The days as they were: how it ended, and after how many. */
  readonly own: { readonly outcome: ChallengeOutcome; readonly days: number }
  /** Shares of the simulations, by how they ended; 1 in all. */
  readonly chances: Readonly<Record<ChallengeOutcome, number>>
  /** Days to pass of those that passed, their 5th, 50th and 95th percentile; NaN where none did. */
  readonly daysToPass: Readonly<Record<5 | 50 | 95, number>>
}

const NAMES: ReadonlySet<string> = new Set([
  ...[
    'dailyLoss',
    'drawdown',
    'drawdownFrom',
    'target',
    'minDays',
    'consistency',
    'days',
    'block',
    'simulations',
    'seed',
  ],
])

/**
 * Whether a result would have passed the challenge of a funded account, and how likely it is where its days come in another order: they are
 * drawn in blocks of neighbours, with replacement. Days are periods of the equity curve; what happens within a day is not looked at.
 *
 * @param given a result, or returns of days as fractions
 * @throws FillgridError invalid_value, unknown_name
 */
export function challenge(given: Result | ArrayLike<number>, options: ChallengeOptions = {}): Challenge {
  const subject = 'challenge'
  expectFields(options, subject, 'options by name')
  onlyNames(options, NAMES, subject, 'an option of it')
  const returns = sampleOf(given, 'days', subject)
  const n = returns.length
  const number = (name: keyof ChallengeOptions, value: number, least: number, most: number, whole = false) =>
    within(`${subject}.${name}`, options[name] ?? value, least, most, whole)
  const small = Number.MIN_VALUE
  const rules = new Float64Array(L.CHALLENGE_COUNT)
  rules[L.CHALLENGE_DAILY] = number('dailyLoss', 0.05, small, 1)
  rules[L.CHALLENGE_DRAWDOWN] = number('drawdown', 0.1, small, 1)
  const from = oneOf(`${subject}.drawdownFrom`, options.drawdownFrom ?? 'start', ['start', 'trailing'])
  rules[L.CHALLENGE_TRAILING] = from === 'trailing' ? 1 : 0
  rules[L.CHALLENGE_TARGET] = number('target', 0.1, small, 1e6)
  rules[L.CHALLENGE_MIN_DAYS] = number('minDays', 0, 0, 1e6, true)
  rules[L.CHALLENGE_CONSISTENCY] =
    options.consistency === undefined ? Number.POSITIVE_INFINITY : number('consistency', 1, small, 1)
  const [days, block] = [number('days', n, 1, 1e6, true), number('block', 5, 1, 1e6, true)]
  const [count, seed] = [number('simulations', 1000, 1, 1e7, true), number('seed', 1, 0, Number.MAX_SAFE_INTEGER, true)]
  const played = (kind: number, most: number, times: number) =>
    Scratch.use('a challenge', (scratch) => {
      const dst = scratch.room(2 * 8 * times)
      const places = [scratch.room(4 * Math.max(n, most)), scratch.place(rules)] as const
      scratch.kernels.challenge(scratch.place(returns), n, most, kind, block, seed, ...places, times, dst)
      return scratch.read(dst, 2 * times)
    })
  const own = played(L.RESAMPLE_GIVEN, Math.min(days, n), 1)
  const drawn = played(L.RESAMPLE_BLOCKS, days, count)
  const counts = CHALLENGE_OUTCOMES.map(() => 0)
  for (let s = 0; s < count; s++) counts[drawn[s]]++
  const passed = drawn
    .subarray(count)
    .filter((_, s) => drawn[s] === L.CHALLENGE_PASSED)
    .sort()
  const [early, middle, late] = quantiles(passed, [0.05, 0.5, 0.95])
  return {
    own: { outcome: CHALLENGE_OUTCOMES[own[0]], days: own[1] },
    chances: Object.fromEntries(CHALLENGE_OUTCOMES.map((word, k) => [word, counts[k] / count])) as Challenge['chances'],
    daysToPass: { 5: early, 50: middle, 95: late },
  }
}
