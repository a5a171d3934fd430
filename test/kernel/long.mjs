/**
 * The long versions of some tests: `fuzz N` compares kernel and oracle on N random scenarios (and a quarter as many of
 * signals and of all magnitudes), from another seed each time (FUZZ_SEED fixes it); `fuzz:io [N]` gives N changed files to each reader, and N of all kinds to the way that users go;
 * `mutate [N]` gets each rule of the oracle wrong and looks for N scenarios that show it.
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TESTS = {
  fuzz: { files: ['test/kernel/fuzz.test.ts', 'test/kernel/magnitudes.test.ts'], variable: 'FUZZ_RUNS', runs: 20_000 },
  'fuzz:io': { files: ['test/io/fuzz.test.ts', 'test/io/damage.test.ts'], variable: 'FUZZ_IO_RUNS', runs: 100_000 },
  mutate: { files: ['test/kernel/mutate.test.ts'], variable: 'MUTATE_RUNS', runs: 20_000 },
}

const [name, count] = process.argv.slice(2)
const test = TESTS[/** @type {keyof typeof TESTS} */ (name)]
const runs = count === undefined ? test?.runs : Number(count)
if (!test || !(Number.isInteger(runs) && runs > 0)) {
  console.error(`usage: npm run ${test ? name : 'fuzz'} -- N, with N a whole number of scenarios from 1`)
  process.exit(2)
}
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...test.files, '--reporter', 'verbose'], {
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
  stdio: 'inherit',
  env: { ...process.env, [test.variable]: String(runs) },
})
process.exitCode = status ?? 1
