import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright'

const program = '/usr/bin/chromium'

/** Debian's Chromium; these tests are skipped where it is not installed. */
export const hasChromium = existsSync(program)

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}
