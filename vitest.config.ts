import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores may be shared with other work; what hangs is found all the same.
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
