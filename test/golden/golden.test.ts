import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Golden, runScenario } from './scenario.ts'

const FILE = new URL('fingerprints.json', import.meta.url)

/** Without the part that names the engine's binary, which changes with every build of it. */
function outcomes(golden: Golden): Golden {
  return Object.fromEntries(Object.entries(golden).filter(([name]) => !name.endsWith('.all')))
}

// After a change of the rules: `UPDATE_GOLDEN=1 npx vitest run test/golden`, and say in the changelog what moved.
it('the fixed scenario has the outcome it had, on this version of Node as on all others', async () => {
  const found = outcomes(await runScenario())
  if (process.env.UPDATE_GOLDEN) writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`)
  expect(found).toEqual(JSON.parse(readFileSync(FILE, 'utf8')))
})
