import { defineConfig } from 'vitest/config'

// Where a JSON report is wanted, as .ci/run wants it to count the tests, VITEST_JSON names its file.
const report = process.env.VITEST_JSON

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores are both used: by default one is left idle.
    maxWorkers: '100%',
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    // Two cores may be shared with other work; what hangs is found all the same.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
