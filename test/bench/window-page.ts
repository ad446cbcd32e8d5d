import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright'

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(existsSync('/usr/bin/chromium') && { executablePath: '/usr/bin/chromium' }),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-features=MediaRouter,OptimizationHints',
    ],
  })
}

/** In the page, before anything of it: gathers long tasks, and presses J until it moves the focus to a row. */
const watch = `
  globalThis.bench = { longTasks: [], rowsMs: null, interactiveMs: null }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) bench.longTasks.push(duration)
  }).observe({ type: 'longtask', buffered: true })
  const look = () => {
    if (bench.rowsMs === null && document.querySelector('main [data-row]') !== null) bench.rowsMs = performance.now()
    if (bench.rowsMs !== null) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true, cancelable: true }))
      if (document.activeElement?.matches('[data-row]')) return void (bench.interactiveMs = performance.now())
    }
    requestAnimationFrame(look)
  }
  if (location.protocol === 'http:') requestAnimationFrame(look)`

interface Bench {
  longTasks: number[]
  rowsMs: number | null
  interactiveMs: number | null
}

declare global {
  var bench: Bench
}

/** Opens the window; resolves when a key press has moved the selection in the fleet. */
export async function openWindow(
  browser: Browser,
  link: string,
): Promise<{ readonly page: Page; readonly rowsMs: number; readonly interactiveMs: number }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.addInitScript(watch)
  await page.goto(link)
  await page.waitForFunction(() => globalThis.bench.interactiveMs !== null)
  const { rowsMs, interactiveMs } = await page.evaluate(() => globalThis.bench)
  return { page, rowsMs: rowsMs ?? Number.NaN, interactiveMs: interactiveMs ?? Number.NaN }
}

/** Pieces of work of the page's main thread that took longer than 50 ms, since it was asked before. */
export async function longTasks(page: Page): Promise<readonly number[]> {
  // A task is told after it has ended: a turn later all of them are.
  return page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        setTimeout(() => resolve(globalThis.bench.longTasks.splice(0)), 100)
      }),
  )
}

/** As an operator does who looks for one of many: through the list, then by its name. */
export async function scrollAndFilter(page: Page): Promise<void> {
  await page.mouse.move(800, 500)
  for (let step = 0; step < 10; step += 1) {
    await page.mouse.wheel(0, step < 6 ? 1200 : -1800)
    await twoFrames(page)
  }
  await page.keyboard.press('Control+k')
  for (const letter of 'kiok-1') {
    await page.keyboard.press(letter)
    await twoFrames(page)
  }
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function twoFrames(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}
