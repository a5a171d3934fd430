import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { MUTATIONS, runOracle } from '../oracle/broker.ts'
import { magnitudes } from '../oracle/magnitudes.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import type { Outcome, Scenario, SignalScenario } from '../oracle/types.ts'
import { difference, runEngine, runEngineSignals } from './adapter.ts'

// What a mistake in the oracle has to show in: the first scenarios of these seeds. `npm run mutate -- N` tries N.
const RUNS = Number(process.env.MUTATE_RUNS ?? 8000)
const SEED = 1
/** Rules that only numbers of unusual size come to. */
const LARGE = ['1.8/', '3.2/finer']

/** Scenarios with what the kernel makes of them, run when they are first needed. */
class Kernel<S> {
  readonly #scenarios: readonly S[]
  readonly #run: (scenario: S) => Outcome
  readonly #outcomes: Outcome[] = []

  constructor(scenarios: readonly S[], run: (scenario: S) => Outcome) {
    this.#scenarios = scenarios
    this.#run = run
  }

  /** Index of the first scenario in which the mistake shows and the oracle without it is right; -1 when there is none. */
  firstDifference(oracle: (scenario: S, mutation?: string) => Outcome, mutation: string): number {
    return this.#scenarios.findIndex((scenario, i) => {
      this.#outcomes[i] ??= this.#run(scenario)
      const outcome = this.#outcomes[i]
      if (difference(outcome, oracle(scenario, mutation)) === undefined) return false
      return difference(outcome, oracle(scenario)) === undefined
    })
  }
}

describe(`a mistake in the oracle shows in ${RUNS} scenarios`, () => {
  const hooks = new Kernel<Scenario>(fc.sample(scenarios, { numRuns: RUNS, seed: SEED }), runEngine)
  const large = new Kernel<Scenario>(fc.sample(magnitudes, { numRuns: Math.ceil(RUNS / 2), seed: SEED }), runEngine)
  const signals = new Kernel<SignalScenario>(
    fc.sample(signalScenarios, { numRuns: Math.ceil(RUNS / 5), seed: SEED }),
    runEngineSignals,
  )

  it.each(MUTATIONS)('$id: $what', ({ id }) => {
    const first = id.startsWith('8.2')
      ? signals.firstDifference((scenario, mutation) => runSignalsOracle(scenario, { mutation }), id)
      : (LARGE.some((rule) => id.startsWith(rule)) ? large : hooks).firstDifference(
          (scenario, mutation) => runOracle(scenario, { mutation }),
          id,
        )
    expect(first).toBeGreaterThanOrEqual(0)
  })
})
