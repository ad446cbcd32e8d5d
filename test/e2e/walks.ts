import { join } from 'node:path'
import { expect, type Holdfast } from './holdfast.ts'
import { fillConnection, livingCluster, openUnlocked } from './kiok-masters.ts'
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

/** A cluster whose masters live: connected, asked, told to take a snapshot, and scheduled. */
export async function walkMasters(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  const { id, name, masters } = await livingCluster(holdfast, 'kiok-live')
  try {
    await openUnlocked(page, holdfast)
    await goTo(page, `/clusters/${id}/schedule`)
    await expect(page.getByText('What its masters do on time is not known here.')).toBeVisible()
    await visit('schedule-not-connected')
    await goTo(page, `/clusters/${id}/connection`)
    await page.getByRole('button', { name: 'Connect its masters…' }).click()
    await fillConnection(page, [...masters.origins, 'http://127.0.0.1:9'])
    await page.getByRole('button', { name: /^TLS / }).click()
    await page.getByRole('checkbox', { name: /^Believe any certificate/ }).check()
    await page.getByRole('textbox', { name: 'Why' }).fill('A lab without names')
    await expect(page.getByText('It does not work yet.')).toBeVisible()
    await visit('masters-connect')
    await page.getByRole('checkbox', { name: /^Believe any certificate/ }).uncheck()
    await page.getByRole('button', { name: 'Keep' }).click()
    await expect(page.getByRole('button', { name: 'Disconnect…' })).toBeVisible()
    await expect(page.getByText('Masters attention').first()).toBeVisible()
    await visit('masters-connected')

    await goTo(page, `/clusters/${id}/overview`)
    await expect(page.getByRole('region', { name: 'Masters' }).getByText('Schedule').first()).toBeVisible()
    await visit('masters-health')
    await goTo(page, `/clusters/${id}/schedule`)
    await expect(page.getByText('The leader takes a backup at')).toBeVisible()
    await visit('schedule')
    await page
      .getByRole('region', { name: 'What the cluster will do' })
      .getByRole('button', { name: 'Change…' })
      .click()
    const settings = page.getByRole('dialog', { name: `Settings of ${name}` })
    await settings.getByRole('textbox', { name: 'Backup schedule' }).fill('30 3 * * *')
    await settings.getByRole('button', { name: 'Preview' }).click()
    await expect(settings.getByRole('table', { name: 'Changes' })).toBeVisible()
    await visit('schedule-preview')
    await settings.getByRole('button', { name: 'Keep' }).click()
    await expect(settings).toBeHidden()
    await page.getByRole('button', { name: 'Switch on…' }).click()
    const own = page.getByRole('dialog', { name: /^Schedule of Holdfast/ })
    await expect(own.getByRole('listitem').nth(2)).toBeVisible()
    await visit('schedule-own')
    await own.getByRole('button', { name: 'Switch on' }).click()
    await expect(own).toBeHidden()
    await visit('schedule-both')

    await page.keyboard.press('b')
    const dialog = page.getByRole('dialog', { name: `Take a snapshot of ${name}` })
    await expect(dialog.getByRole('radio')).toBeVisible()
    await visit('snapshot')
    await dialog.getByRole('button', { name: 'Take the snapshot' }).click()
    await expect(page.getByRole('heading', { name: 'In the repository' })).toBeVisible()
    await visit('snapshot-job')
    await goTo(page, '/')
    await expect(page.getByRole('row', { name: /^kiok-live:/ })).toBeVisible()
    await visit('fleet-connected')
  } finally {
    await masters.kill()
  }
}
