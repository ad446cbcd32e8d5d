import type { Browser, Page } from 'playwright'
import { launchChromium } from '../lab/chromium.ts'
import { median } from './compare.ts'
import { lookAtAll, makeFleet } from './fleet-lab.ts'
import type { Row, Section } from './report.ts'
import { serve, type LoopDelay, type Serving } from './serving.ts'
import { longTasks, openWindow, scrollAndFilter, type PageTask } from './window-page.ts'

const size = { clusters: 200, backups: 500 }
const jobs = 3
/** Looking at all takes a minute and a half; what a piece of it costs shows in less. */
const phaseSeconds = 25

/** How the window behaves with a large fleet: when it is there, whether it ever stands still, what its process takes. */
export async function windowSection(dir: string, rounds: number): Promise<Section> {
  const { stateFolder } = await makeFleet(dir, size)
  const browser = await launchChromium()
  const opened = <T>(work: (window: OpenedWindow) => Promise<T>): Promise<T> =>
    withWindow(stateFolder, { dir, browser }, work)
  try {
    const first = await opened(async (window) => [
      startRow([window.serving.readyMs]),
      interactiveRow('first page load, no look known', [window.interactiveMs]),
      ...(await phase('looking for the first time, scrolling and searching', window, () =>
        scrollingUntil(window.page, () => isLookedAt(window.page)),
      )),
      peakRow('the first start', await window.serving.peakBytes()),
    ])
    const looked = await lookAtAll(stateFolder)
    const starts: number[] = []
    const loads: number[] = []
    for (let round = 1; round < rounds; round += 1) {
      await opened(async ({ serving, interactiveMs }) => {
        starts.push(serving.readyMs)
        loads.push(interactiveMs)
      })
    }
    const later = await opened(async (window) => {
      const { page, serving } = window
      starts.push(serving.readyMs)
      loads.push(window.interactiveMs)
      return [
        ...(await phase('looking again at all, scrolling and searching', window, () =>
          scrollingUntil(page, () => isLookedAt(page)),
        )),
        ...(await phase(`${jobs} verifications of all backups meanwhile`, window, async () => {
          for (let job = 0; job < jobs; job += 1) await startVerification(page, job)
          await scrollingUntil(page, () => noJobRuns(page))
        })),
        peakRow('the later start', await serving.peakBytes()),
      ]
    })
    return {
      title: `The window with ${size.clusters} clusters of ${size.backups} backups each`,
      rows: [
        ...first,
        {
          what: '– looked at by then',
          measured: `${looked} of ${size.clusters} clusters`,
          wanted: '',
          isMet: null,
        },
        startRow(starts),
        interactiveRow('page load, looks known', loads, 1.5),
        ...later,
      ],
      runs: [],
    }
  } finally {
    await browser.close()
  }
}

interface OpenedWindow {
  readonly serving: Serving
  readonly page: Page
  readonly interactiveMs: number
}

async function withWindow<T>(
  stateFolder: string,
  { dir, browser }: { readonly dir: string; readonly browser: Browser },
  work: (window: OpenedWindow) => Promise<T>,
): Promise<T> {
  const serving = await serve(stateFolder, dir)
  try {
    const { page, interactiveMs } = await openWindow(browser, serving.link)
    const result = await work({ serving, page, interactiveMs })
    await page.close()
    return result
  } finally {
    await serving.stop()
  }
}

/** What the page and the process cost while something is done. */
async function phase(
  what: string,
  { page, serving }: OpenedWindow,
  work: () => Promise<void>,
): Promise<readonly Row[]> {
  const startedAt = performance.now()
  // What was before is not of this phase.
  await serving.loopDelay()
  const tasks = await longTasks(page, work)
  const seconds = (performance.now() - startedAt) / 1000
  return [
    { what, measured: `${seconds.toFixed(1)} s`, wanted: '', isMet: null },
    longTasksRow(tasks),
    loopRow(await serving.loopDelay()),
  ]
}

function longTasksRow(tasks: readonly PageTask[]): Row {
  const longest = (of: (task: PageTask) => number): string => `${Math.max(0, ...tasks.map(of)).toFixed(0)} ms`
  const own = tasks.filter(({ workMs }) => workMs > 50).length
  return {
    what: '– the page stands still',
    measured:
      tasks.length === 0
        ? 'never'
        : `${tasks.length} times, ${longest(({ tookMs }) => tookMs)}; by its own work ${own} times, ${longest(({ workMs }) => workMs)}`,
    wanted: 'own work not over 50 ms',
    isMet: own === 0,
  }
}

function loopRow({ maxMs, usualMs, workMs }: LoopDelay): Row {
  return {
    what: '– the main process does not answer',
    measured: `${maxMs.toFixed(0)} ms, ${usualMs.toFixed(0)} ms in 99 of 100; by its own work ${workMs.toFixed(0)} ms`,
    wanted: 'own work not over 50 ms',
    isMet: workMs <= 50,
  }
}

/** Of the process, until it serves the window. */
function startRow(startsMs: readonly number[]): Row {
  const measured = `${(median(startsMs) / 1000).toFixed(2)} s`
  return { what: 'start', measured, wanted: '', isMet: null }
}

function interactiveRow(what: string, loadsMs: readonly number[], under?: number): Row {
  const seconds = median(loadsMs) / 1000
  return {
    what,
    measured: `${seconds.toFixed(2)} s`,
    wanted: under === undefined ? '' : `under ${under} s`,
    isMet: under === undefined ? null : seconds < under,
  }
}

function peakRow(what: string, bytes: number): Row {
  return {
    what: `peak memory of the main process, ${what}`,
    measured: `${(bytes / 1e6).toFixed(0)} MB`,
    wanted: 'under 400 MB',
    isMet: bytes < 400e6,
  }
}

/**
 * The page is asked by the shortest way: a locator by role goes through every element in the thread that is measured, and
 * takes longer there than what the page itself does.
 */
const lookedAt = `[...document.querySelectorAll('main header button')]
  .some((button) => button.textContent === 'Look again' && !button.disabled)`
const atRest = `!/running|waiting/.test(document.querySelector('header').textContent)`

async function isLookedAt(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(lookedAt)
}

async function scrollingUntil(page: Page, isDone: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + phaseSeconds * 1000
  do await scrollAndFilter(page)
  while (performance.now() < endMs && !(await isDone()))
}

async function startVerification(page: Page, place: number): Promise<void> {
  await page.locator('main button', { hasText: 'Verify…' }).nth(place).click()
  const dialog = page.locator('[role=dialog]')
  await dialog.filter({ hasText: /Reads \d+ objects/ }).waitFor({ timeout: 120_000 })
  await dialog.locator('button', { hasText: 'Start' }).click()
  await page.locator('main h2', { hasText: /^Verify/ }).waitFor()
  await page.locator('nav a', { hasText: 'Fleet' }).last().click()
  await page.locator('main [data-row]').first().waitFor()
}

async function noJobRuns(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(atRest)
}
