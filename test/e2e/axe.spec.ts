import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './holdfast.ts'
import { walkRunbooks } from './walk-runbooks.ts'
import { walkDesk, walkFirstStart, walkMasters, walkRestore, type Visit } from './walks.ts'
import type { Page } from 'playwright/test'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Where most is decided is read in high contrast too. */
const main =
  /^(fleet|cluster-overview|backups-stores|chain-map|verify|palette|restore-[1346]|error|masters-|snapshot$|schedule$|schedule-preview|run-confirm-typed)/
const contrastsOf = (screen: string) =>
  main.test(screen) ? (['no-preference', 'more'] as const) : (['no-preference'] as const)

/** Reads a screen by axe in each look. Violations are gathered, so that one run names all of them. */
function readBy(page: Page, found: string[]): Visit {
  return async (screen) => {
    // Its tooltip is no part of a screen.
    await page.mouse.move(0, 0)
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const contrast of contrastsOf(screen)) {
        await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' })
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
        for (const { id, nodes } of violations)
          for (const node of nodes)
            found.push(`${screen}, ${colorScheme}, contrast ${contrast}: ${id} ${node.target.join(' ')}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
  }
}

test('Every screen of the desk passes axe, light and dark, in normal and high contrast', async ({
  page,
  holdfast,
}) => {
  test.setTimeout(600_000)
  const found: string[] = []
  await walkDesk(page, holdfast, readBy(page, found))
  expect(found).toEqual([])
})

test('Every step of a restore passes axe, light and dark, in normal and high contrast', async ({
  page,
  holdfast,
}) => {
  test.setTimeout(300_000)
  const found: string[] = []
  await walkRestore(page, holdfast, readBy(page, found))
  expect(found).toEqual([])
})

test('The first start passes axe, light and dark, in normal and high contrast', async ({
  page,
  holdfast,
}) => {
  test.setTimeout(300_000)
  const found: string[] = []
  await walkFirstStart(page, holdfast, readBy(page, found))
  expect(found).toEqual([])
})

test('Masters, snapshots and schedules pass axe, light and dark, in normal and high contrast', async ({
  page,
  holdfast,
}) => {
  test.setTimeout(600_000)
  const found: string[] = []
  await walkMasters(page, holdfast, readBy(page, found))
  expect(found).toEqual([])
})

test('Runbooks pass axe, light and dark, in normal and high contrast', async ({ page, holdfast }) => {
  test.setTimeout(600_000)
  const found: string[] = []
  await walkRunbooks(page, holdfast, readBy(page, found))
  expect(found).toEqual([])
})
