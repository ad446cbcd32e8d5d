import { join } from 'node:path'
import { expect, type Holdfast } from './holdfast.ts'
import type { Page } from 'playwright/test'

/** Is called on every screen of a walk, with the screen's name. */
export type Visit = (screen: string) => Promise<void>

/** Opens a place of the window by the part of its address after "#". The session lives in the page, so nothing is loaded anew. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`#${path}`, page.url()).href)
}

/** The demonstration's screens but those of a restore. */
export async function walkDesk(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  await holdfast.startDemonstration(page)
  await expect(page.getByText('Damaged object.').first()).toBeVisible()
  await visit('fleet')

  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').fill('kiok')
  await expect(page.getByText('kiok-stage').last()).toBeVisible()
  await visit('palette')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('Shift+?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await visit('keys')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  await goTo(page, '/clusters/kiok-prod/overview')
  await expect(page.getByRole('heading', { name: 'kiok-prod' })).toBeVisible()
  await visit('cluster-overview')
  await goTo(page, '/clusters/kiok-prod/backups')
  await page.getByRole('gridcell').first().click()
  await expect(
    page.getByRole('complementary', { name: 'Backup' }).getByText('metadata').first(),
  ).toBeVisible()
  await visit('backups-stores')
  await page.getByRole('tab', { name: 'Manifest' }).click()
  await expect(page.getByText('as it stands in the repository')).toBeVisible()
  await visit('backups-manifest')
  await page.getByRole('tab', { name: 'Compare' }).click()
  await page.getByRole('combobox', { name: 'Backup to compare with' }).click()
  await page.getByRole('option').nth(3).click()
  await expect(page.getByRole('table', { name: 'Differences by store' })).toBeVisible()
  await visit('backups-compare')
  await page.getByRole('tab', { name: 'History' }).click()
  await visit('backups-history')

  await goTo(page, '/clusters/chango-core/backups')
  await page.getByRole('gridcell').first().click()
  await page.getByRole('tab', { name: 'Contents' }).click()
  await page.getByRole('button', { name: 'Read and list' }).click()
  await expect(page.getByText('the whole archive')).toBeVisible()
  await visit('backups-contents')

  await goTo(page, '/')
  await page.getByText('Show what hangs on it').first().click()
  await expect(page.getByText('Dies with it').first()).toBeVisible()
  await visit('chain-map')
  await goTo(page, '/clusters/kiok-prod/connection')
  await expect(page.getByText('Repository').first()).toBeVisible()
  await visit('cluster-connection')
  await goTo(page, '/clusters/kiok-prod/activity')
  await expect(page.getByRole('table').first()).toBeVisible()
  await visit('cluster-activity')

  await goTo(page, '/clusters/kiok-prod/overview')
  await page.getByRole('button', { name: 'Verify…' }).first().click()
  await expect(page.getByRole('dialog').getByText(/^(Reads|Nothing has to be read)/)).toBeVisible()
  await visit('verify')
  await page.getByRole('button', { name: 'Cancel' }).click()

  await goTo(page, '/repositories')
  await expect(page.getByRole('table').first()).toBeVisible()
  await visit('repositories')
  await page.getByRole('table').getByRole('link').first().click()
  await expect(page).toHaveURL(/#\/repositories\/./)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await visit('repository')

  await goTo(page, '/activity/jobs')
  await page.locator('main a[href*="/activity/jobs/"]').first().click()
  await expect(page.getByRole('heading', { name: /^What it (does|did)/ })).toBeVisible()
  await visit('jobs')
  await page.keyboard.press('Control+j')
  await expect(page.getByRole('dialog', { name: 'Job centre' })).toBeVisible()
  await visit('job-centre')
  await page.keyboard.press('Escape')
  await goTo(page, '/activity/audit')
  await expect(page.getByRole('table').first()).toBeVisible()
  await visit('audit-chain')
  await goTo(page, '/add')
  await expect(page.getByRole('textbox').first()).toBeVisible()
  await visit('add-cluster')
  await goTo(page, '/settings')
  await expect(page.getByText('Where secrets are kept').first()).toBeVisible()
  await visit('settings')
  await page.getByRole('button', { name: 'Lock now' }).click()
  await page.getByRole('button', { name: 'Unlock…' }).click()
  await expect(page.getByRole('dialog', { name: 'The vault is locked' })).toBeVisible()
  await visit('unlock')
  await page.keyboard.press('Escape')
  await goTo(page, '/clusters/no-such-cluster/overview')
  await expect(page.getByText('There is no such cluster here.')).toBeVisible()
  await visit('not-found')
}

/** A restore into a folder, to its result, and back. */
export async function walkRestore(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  await holdfast.startDemonstration(page)
  await goTo(page, '/clusters/chango-core/restore/newest')
  const path = page.getByRole('textbox', { name: 'Path' })
  await path.fill('/proc/no-folder')
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByText('Likely cause').first()).toBeVisible()
  await visit('error')
  await page.getByRole('button', { name: 'Back' }).click()
  await path.fill(join(holdfast.dir, 'chango-drill'))
  await expect(page.getByRole('radio').first()).toBeVisible()
  await visit('restore-1-choose')
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('button', { name: 'Continue to plan' })).toBeEnabled()
  await visit('restore-2-check')
  await page.getByRole('button', { name: 'Continue to plan' }).click()
  await expect(page.getByRole('button', { name: 'Continue to confirm' })).toBeVisible()
  await visit('restore-3-plan')
  await page.getByRole('button', { name: 'Continue to confirm' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('Drill, ticket 4711')
  const typed = page.getByRole('textbox', { name: /^Type .* to confirm$/ })
  await typed.fill(/^Type (.*) to confirm$/.exec((await typed.getAttribute('aria-label')) ?? '')?.[1] ?? '')
  await visit('restore-4-confirm')
  await page.getByRole('button', { name: /^Restore / }).click()
  await expect(page.getByText('Restored, and every byte read back.')).toBeVisible()
  await visit('restore-5-result')
  await page.getByRole('button', { name: 'Roll back…' }).click()
  await visit('restore-6-roll-back')
}

/** What is seen before anything is set up, and a page without its Holdfast. */
export async function walkFirstStart(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  await holdfast.startEmpty(page)
  await expect(page.getByRole('heading', { name: 'Holdfast knows no cluster yet.' })).toBeVisible()
  await visit('fleet-empty')
  await goTo(page, '/settings')
  await page.getByRole('button', { name: 'Choose a place…' }).click()
  await page.getByRole('radio', { name: /sealed file/ }).check()
  await visit('vault-choice')
  await page.keyboard.press('Escape')
  // A reload forgets the session; the link was good for one.
  await page.reload()
  await expect(page.getByText('Likely cause').first()).toBeVisible()
  await visit('no-session')
}
