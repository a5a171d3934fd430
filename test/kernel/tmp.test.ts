import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scenariosWith } from '../oracle/arbitrary.ts'
import { runOracle } from '../oracle/broker.ts'
import { settingsWith } from '../oracle/options.ts'
import { bracketsDraw, commandsDraw, livingDraw, postedDraw, scaledDraw, waitingDraw } from '../oracle/requests.ts'
import { difference, runEngine } from './adapter.ts'

it('late', { timeout: 600000 }, () => {
  const draw = settingsWith('latency').chain((d) => fc.constantFrom(d, { ...d, extras: { latency: d.extras.latency, lots: 'fifo' as const } }))
  fc.assert(
    fc.property(scenariosWith(draw, fc.oneof(commandsDraw, bracketsDraw, livingDraw, postedDraw, scaledDraw, waitingDraw)), (scenario) => {
      expect(scenario.settings.latency).toBeGreaterThan(0)
      expect(difference(runEngine(scenario), runOracle(scenario))).toBeUndefined()
    }),
    { numRuns: 3000, seed: 5 },
  )
})
