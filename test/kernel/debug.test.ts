/**
 * The kernel built with its assertions: the same bytes come out, and none of them speaks. It takes the place of the
 * shipped binary in this file alone.
 */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { engineBytes } from '../../src/kernel/load.ts'
import { runScenario } from '../determinism/scenario.ts'
import { scenarios, signalScenarios } from '../oracle/arbitrary.ts'
import { runOracle } from '../oracle/broker.ts'
import { runSignalsOracle } from '../oracle/signals.ts'
import { difference, runEngine, runEngineSignals } from './adapter.ts'

vi.mock('../../src/kernel/binary.ts', async () => {
  const { compile, compilerOptions } = await import('./compile.ts')
  const debug = async (name: 'plain' | 'whole') =>
    Buffer.from(await compile(compilerOptions('debug'), name)).toString('base64')
  return { engineBase64: await debug('plain'), wholeBase64: await debug('whole') }
})

it('is made of other binaries than the shipped ones', () => {
  const shipped = (name: string) => readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url))
  expect(Buffer.compare(engineBytes('plain'), shipped('engine'))).not.toBe(0)
  expect(Buffer.compare(engineBytes('whole'), shipped('whole'))).not.toBe(0)
})

it('equals the oracle on random scenarios', () => {
  const seed = 20261121
  for (const scenario of fc.sample(scenarios, { numRuns: 300, seed })) {
    expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
  }
  for (const scenario of fc.sample(signalScenarios, { numRuns: 100, seed })) {
    expect(difference(runEngineSignals(scenario), runSignalsOracle(scenario))).toBeUndefined()
  }
})

it('gives the fixed scenario the outcome of the shipped one', async () => {
  const recorded = JSON.parse(readFileSync(new URL('../determinism/fingerprints.json', import.meta.url), 'utf8'))
  expect(await runScenario()).toMatchObject(recorded)
})
