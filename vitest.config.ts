import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,conformance,integration,checks}/**/*.test.{ts,tsx}'],
    globalSetup: 'test/lab/global-setup.ts',
    // Two slow cores shared with real servers: generous limits, so that only a hang fails.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // Most of them wait for servers and for each other’s processes, not for the processor.
    maxWorkers: 3,
  },
})
