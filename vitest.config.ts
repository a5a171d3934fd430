import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Where a JSON report is wanted, as .ci/run wants it to count the tests, VITEST_JSON names its file.
const report = process.env.VITEST_JSON

/** The file that takes as long as many others goes first, so that it is not alone at the end. */
const LONGEST = 'test/real/oracle.test.ts'

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith(LONGEST)
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))]
  }
}

export default defineConfig({
  // Examples name the package as users do; in tests that is its source.
  resolve: { alias: [{ find: /^fillgrid$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) }] },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    // Two cores are both used: by default one is left idle.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // Two cores may be shared with other work; what hangs is found all the same.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
