import { AxeBuilder } from '@axe-core/playwright'
import { walks } from './all-walks.ts'
import { expect, test } from './holdfast.ts'
import { misplaced } from './screens.ts'
import type { Visit } from './walks.ts'
import type { Page } from 'playwright/test'

test.describe.configure({ mode: 'parallel' })

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The rules of these tags that look at colours. All others find the same in every look. */
const ofColours = ['color-contrast', 'link-in-text-block']

const dark = { colorScheme: 'dark', contrast: 'no-preference' } as const
const highContrast = [
  { colorScheme: 'dark', contrast: 'more' },
  { colorScheme: 'light', contrast: 'more' },
] as const
/** Where most is decided is read in high contrast too. */
const main =
  /^(fleet|cluster-overview|backups-stores|chain-map|verify|palette|host-|restore-(?!2)|settings-|job-interrupted|error|masters-|snapshot$|schedule$|schedule-preview|run-confirm-typed)/

/** A report is for paper. */
const uncopiable = ['report']

/** Reads a screen by axe in each look, switched in place. Violations are gathered, so that one run names all of them. */
function readBy(page: Page, found: string[]): Visit {
  const read = async (what: string, of: (axe: AxeBuilder) => AxeBuilder): Promise<void> => {
    const isThere: boolean = await page.evaluate('"axe" in window')
    const axe = new AxeBuilder({ page, ...(isThere && { axeSource: '0' }) })
    // The window has no frames, which is what the other way is for: it opens a page for each reading.
    const { violations } = await of(axe.setLegacyMode().options({ resultTypes: ['violations'] })).analyze()
    for (const { id, nodes } of violations)
      for (const node of nodes) found.push(`${what}: ${id} ${node.target.join(' ')}`)
  }
  return async (screen) => {
    if (!uncopiable.includes(screen)) found.push(...(await uncopied(screen, page)))
    found.push(...(await misplaced(screen, page)))
    // Its tooltip is no part of a screen.
    await page.mouse.move(0, 0)
    await read(`${screen}, light`, (axe) => axe.withTags(tags))
    for (const look of main.test(screen) ? [dark, ...highContrast] : [dark]) {
      await page.emulateMedia(look)
      await read(`${screen}, ${look.colorScheme}, contrast ${look.contrast}`, (axe) =>
        axe.withRules(ofColours),
      )
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' })
  }
}

/** Every table of a screen can be copied and saved: it has a button for each. */
async function uncopied(screen: string, page: Page): Promise<readonly string[]> {
  const tables = await page.locator('table, [role="table"], [role="grid"], [role="treegrid"]').all()
  const buttons = await page
    .getByRole('button', { name: 'Copy or save', exact: true, includeHidden: true })
    .count()
  if (tables.length <= buttons) return []
  const names = await Promise.all(
    tables.map(async (table) => (await table.getAttribute('aria-label')) ?? 'one'),
  )
  return [`${screen}: of the tables ${names.join('; ')} only ${buttons} can be copied`]
}

for (const [what, walk] of Object.entries(walks)) {
  test(`${what}: axe finds nothing, light and dark, in normal and high contrast`, async ({
    page,
    holdfast,
  }) => {
    const found: string[] = []
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference', reducedMotion: 'reduce' })
    await walk(page, holdfast, readBy(page, found))
    expect(found).toEqual([])
  })
}
