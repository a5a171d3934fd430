import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clocked, owning, owningSignals, scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { runOracle } from '../oracle/broker.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import { difference, runEngine, runEngineSignals } from './adapter.ts'

// `npm run fuzz -- 100000` runs more of them, from another seed each time unless FUZZ_SEED is given.
const RUNS = Number(process.env.FUZZ_RUNS ?? 2500)
const SEED =
  process.env.FUZZ_SEED === undefined
    ? process.env.FUZZ_RUNS === undefined
      ? 20261121
      : undefined
    : Number(process.env.FUZZ_SEED)

describe('the kernel equals the oracle, exactly', () => {
  it(`on ${RUNS} random scenarios of orders, rules and settings`, { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })

  it(`on ${Math.ceil(RUNS / 4)} random scenarios of costs of the strategy's own`, { timeout: 3_600_000 }, () => {
    const options = { numRuns: Math.ceil(RUNS / 4), seed: SEED }
    const check = fc.property(owning, (scenario) => {
      expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
    })
    fc.assert(check, options)
    const signals = fc.property(owningSignals, (scenario) => {
      expect(difference(runEngineSignals(scenario), runSignalsOracle(scenario))).toBeUndefined()
    })
    fc.assert(signals, { ...options, numRuns: Math.ceil(RUNS / 16) })
  })

  it(`on ${Math.ceil(RUNS / 4)} random scenarios of the clock`, { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(clocked, (scenario) => {
        expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
      }),
      { numRuns: Math.ceil(RUNS / 4), seed: SEED },
    )
  })

  it(`on ${Math.ceil(RUNS / 4)} random scenarios of signal columns`, { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(signalScenarios, (scenario) => {
        expect(difference(runEngineSignals(scenario), runSignalsOracle(scenario))).toBeUndefined()
      }),
      { numRuns: Math.ceil(RUNS / 4), seed: SEED },
    )
  })
})
