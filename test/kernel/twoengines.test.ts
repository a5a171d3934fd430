/** Plain runs are the same in both engines: what the plain one leaves out is nothing that they ask for. */
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { Lane } from '../../src/kernel/lane.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { difference, runEngine, runEngineSignals } from './adapter.ts'

const takeEngine = Lane.prototype.takeEngine
afterEach(() => {
  Lane.prototype.takeEngine = takeEngine
})

/** Runs twice: with the engine that the settings ask for, and with the whole one. Returns whether the first was plain. */
function compare<Outcome>(run: () => Outcome, different: (one: Outcome, other: Outcome) => unknown): boolean {
  let plain = false
  Lane.prototype.takeEngine = function () {
    takeEngine.call(this)
    plain = this.kernels === this.engine.kernels
  }
  const one = run()
  if (!plain) return false
  Lane.prototype.takeEngine = function () {
    this.kernels = this.engine.whole
    this.engine.bound = 0
    this.bind()
  }
  expect(different(one, run())).toBeUndefined()
  return true
}

it('on random scenarios', () => {
  let plain = 0
  for (const scenario of fc.sample(scenarios, { numRuns: 1500, seed: 7 })) {
    if (compare(() => runEngine(scenario), difference)) plain++
  }
  expect(plain).toBeGreaterThan(100)
  // As well as others.
  expect(plain).toBeLessThan(1400)
})

it('on random scenarios of signal columns', () => {
  let plain = 0
  for (const scenario of fc.sample(signalScenarios, { numRuns: 500, seed: 7 })) {
    if (compare(() => runEngineSignals(scenario), difference)) plain++
  }
  expect(plain).toBeGreaterThan(50)
})
