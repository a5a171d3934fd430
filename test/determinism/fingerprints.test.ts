import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Fingerprints, runScenario } from './scenario.ts'

const FILE = new URL('fingerprints.json', import.meta.url)

/** Without those that name the engine's binary, which changes with every build of it. */
function outcomes(all: Fingerprints): Fingerprints {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.endsWith('.all')))
}

// After a change of the rules: `UPDATE_FINGERPRINTS=1 npx vitest run test/determinism`, and the changelog says what moved.
it('the fixed scenario has the outcome it had, on this version of Node as on all others', async () => {
  const found = outcomes(await runScenario())
  if (process.env.UPDATE_FINGERPRINTS) writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`)
  expect(found).toEqual(JSON.parse(readFileSync(FILE, 'utf8')))
})
