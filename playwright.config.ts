import { defineConfig } from 'playwright/test'
import { chromiumOptions } from './test/lab/chromium.ts'

/**
 * Specs of the window in a real Chromium over the browser shell. Each spec starts its own Holdfast in a folder of its own,
 * so they neither depend on each other nor on what this machine remembers.
 */
const has = (name: string): boolean => process.env[name] !== undefined

export default defineConfig({
  testDir: 'test/e2e',
  // `npm run screenshots` takes the pictures of docs/screens instead, `npm run test:recover` goes through the runbooks of
  // every system: a quarter of an hour that the usual run spends on kiok's alone.
  testMatch: has('HOLDFAST_SCREENSHOTS')
    ? 'screenshots.ts'
    : has('HOLDFAST_RECOVER')
      ? '*.long.ts'
      : '*.spec.ts',
  outputDir: '/tmp/holdfast-e2e',
  // Two slow cores: generous limits, so that only a hang fails.
  timeout: has('HOLDFAST_RECOVER') ? 1_800_000 : 600_000,
  expect: { timeout: 60_000 },
  workers: 2,
  // What passes only when it is tried again is said by the test command.
  retries: 2,
  forbidOnly: true,
  reporter: 'line',
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 60_000,
    launchOptions: chromiumOptions,
  },
})
