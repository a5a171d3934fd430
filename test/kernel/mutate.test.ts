import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { MUTATIONS, runOracle } from '../oracle/broker.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import type { Outcome, Scenario, SignalScenario } from '../oracle/types.ts'
import { difference, runEngine, runEngineSignals } from './adapter.ts'

// What a mistake in the oracle has to show in: the first scenarios of these seeds. `npm run mutate -- N` tries N.
const RUNS = Number(process.env.MUTATE_RUNS ?? 8000)
const SEED = 1

/** Scenarios with what the kernel makes of them, run when they are first needed. */
class Kernel<S> {
  readonly #scenarios: readonly S[]
  readonly #run: (scenario: S) => Outcome
  readonly #outcomes: (Outcome | undefined)[] = []

  constructor(scenarios: readonly S[], run: (scenario: S) => Outcome) {
    this.#scenarios = scenarios
    this.#run = run
  }

  /** Index of the first scenario in which the mistake shows and the oracle without it is right; -1 when there is none. */
  firstDifference(oracle: (scenario: S, mutation?: string) => Outcome, mutation: string): number {
    return this.#scenarios.findIndex((scenario, i) => {
      if (!(i in this.#outcomes)) this.#outcomes[i] = this.#ofKernel(scenario)
      const outcome = this.#outcomes[i]
      if (outcome === undefined || difference(outcome, oracle(scenario, mutation)) === undefined) return false
      return difference(outcome, oracle(scenario)) === undefined
    })
  }

  /** Undefined for the few draws that the broker refuses; see fuzz.test.ts. */
  #ofKernel(scenario: S): Outcome | undefined {
    try {
      return this.#run(scenario)
    } catch {
      return undefined
    }
  }
}

describe(`a mistake in the oracle shows in ${RUNS} scenarios`, () => {
  const hooks = new Kernel<Scenario>(fc.sample(scenarios, { numRuns: RUNS, seed: SEED }), runEngine)
  const signals = new Kernel<SignalScenario>(
    fc.sample(signalScenarios, { numRuns: Math.ceil(RUNS / 5), seed: SEED }),
    runEngineSignals,
  )

  it.each(MUTATIONS)('$id: $what', ({ id }) => {
    const first = id.startsWith('8.2')
      ? signals.firstDifference((scenario, mutation) => runSignalsOracle(scenario, { mutation }), id)
      : hooks.firstDifference((scenario, mutation) => runOracle(scenario, { mutation }), id)
    expect(first).toBeGreaterThanOrEqual(0)
  })
})
