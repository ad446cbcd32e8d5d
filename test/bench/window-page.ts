import type { Browser, Page } from 'playwright'

/** In the page, before anything of it: presses J until it moves the focus to a row. */
const watch = `
  globalThis.bench = { interactiveMs: null }
  const look = () => {
    if (document.querySelector('main [data-row]') !== null) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true, cancelable: true }))
      if (document.activeElement?.matches('[data-row]')) return void (bench.interactiveMs = performance.now())
    }
    requestAnimationFrame(look)
  }
  if (location.protocol === 'http:') requestAnimationFrame(look)`

declare global {
  var bench: { readonly interactiveMs: number | null }
}

/** Opens the window; resolves when a key press has moved the selection in the fleet. */
export async function openWindow(
  browser: Browser,
  link: string,
): Promise<{ readonly page: Page; readonly interactiveMs: number }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.addInitScript(watch)
  await page.goto(link)
  await page.waitForFunction(() => globalThis.bench.interactiveMs !== null)
  const { interactiveMs } = await page.evaluate(() => globalThis.bench)
  return { page, interactiveMs: interactiveMs ?? Number.NaN }
}

/** A piece of work of the page's main thread: how long it took, and how much of that the thread computed. */
export interface PageTask {
  readonly tookMs: number
  /** What other processes take from the thread is not in this. */
  readonly workMs: number
}

/** Runs `work` and tells the pieces of work that took longer than 50 ms meanwhile. */
export async function longTasks(page: Page, work: () => Promise<void>): Promise<readonly PageTask[]> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('no browser')
  await browser.startTracing(page, { categories: ['toplevel'] })
  let trace: Buffer
  try {
    await work()
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents: events } = JSON.parse(trace.toString()) as {
    readonly traceEvents: readonly TraceEvent[]
  }
  const mainThreads = new Set(
    events.filter(({ args }) => args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return events
    .filter(
      ({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && mainThreads.has(`${pid} ${tid}`),
    )
    .map(({ dur = 0, tdur = 0 }) => ({ tookMs: dur / 1000, workMs: tdur / 1000 }))
    .filter(({ tookMs }) => tookMs > 50)
}

/** Of Chromium's trace format, with times in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  /** As `dur`, of the thread's own clock. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
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
  await page.locator('[role=dialog]').waitFor({ state: 'hidden' })
}

async function twoFrames(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}
