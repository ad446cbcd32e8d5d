import { existsSync } from 'node:fs'
import { chromium, type Browser, type LaunchOptions } from 'playwright'

/** Debian's. */
const program = '/usr/bin/chromium'

/** False where the program is not installed: Playwright's own may be there still. */
export const hasChromium = existsSync(program)

/** Nothing is asked of the network but by the pages. */
export const chromiumOptions: LaunchOptions = {
  ...(hasChromium && { executablePath: program }),
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-features=MediaRouter,OptimizationHints',
  ],
}

export async function launchChromium(): Promise<Browser> {
  return chromium.launch(chromiumOptions)
}
