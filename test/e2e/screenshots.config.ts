import { defineConfig } from 'playwright/test'
import base from '../../playwright.config.ts'

export default defineConfig(base, {
  testDir: '.',
  testMatch: 'screenshots.ts',
  expect: { timeout: 20_000 },
  use: { actionTimeout: 15_000 },
})
