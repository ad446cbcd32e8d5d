import type { Page } from 'playwright/test'
import { expect, test } from './holdfast.ts'
import {
  connectByForm,
  fillConnection,
  livingCluster,
  openUnlocked,
  password,
  type LivingCluster,
} from './kiok-masters.ts'
import { goTo } from './walks.ts'

const living: LivingCluster[] = []
test.afterEach(async () => {
  for (const { masters } of living.splice(0)) await masters.kill()
})

/** One that ends with its test. */
async function lab(...given: Parameters<typeof livingCluster>): Promise<LivingCluster> {
  const cluster = await livingCluster(...given)
  living.push(cluster)
  return cluster
}

function mastersOn(page: Page) {
  return page.getByRole('region', { name: 'Masters' })
}

test('Masters are connected with a login that goes to the vault, and their health shows; dead ones cost no backup', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-eu')
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/connection`)
  await expect(page.getByText('They are not connected.')).toBeVisible()
  await connectByForm(page, cluster)
  await expect(page.getByText('Masters up')).toBeVisible()
  await expect(page.getByRole('group', { name: 'Login: kiok-eu login' })).toContainText('Sealed')
  await expect(page.getByText('from its repository and its masters')).toBeVisible()
  await expect(page.getByText('Talks to 3 configured targets')).toBeVisible()
  expect(await page.content()).not.toContain(password)
  expect(holdfast.said()).not.toContain(password)

  await page.getByRole('link', { name: 'Overview' }).click()
  for (const origin of cluster.masters.origins) {
    await expect(mastersOn(page).getByText(new URL(origin).host, { exact: true })).toBeVisible()
  }
  await mastersOn(page).getByText('Evidence').first().click()
  await expect(mastersOn(page).getByText('GET /healthz → 200').first()).toBeVisible()

  cluster.masters.setReady(false)
  await mastersOn(page).getByRole('button', { name: 'Ask again' }).click()
  await expect(page.getByText('Masters attention')).toBeVisible()
  await expect(
    mastersOn(page)
      .getByText(/^Next: Its routes stay closed/)
      .first(),
  ).toBeVisible()

  await cluster.masters.kill()
  await mastersOn(page).getByRole('button', { name: 'Ask again' }).click()
  await expect(page.getByText('Masters down')).toBeVisible()
  await expect(page.getByRole('heading', { name: /^If it failed now, it could be restored/ })).toBeVisible()
  await page.getByRole('link', { name: 'Fleet' }).first().click()
  await expect(page.getByRole('row', { name: 'kiok-eu: Good' })).toContainText('masters down')
})

test('A wrong password and a missing address are told by the test before anything is kept', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-typo')
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/connection`)
  await page.getByRole('button', { name: 'Connect its masters…' }).click()
  await expect(page.getByRole('button', { name: 'Keep', exact: true })).toBeDisabled()
  await expect(page.getByText('Masters: at least one is needed.').first()).toBeVisible()
  await fillConnection(page, cluster.masters.origins, 'a password with a slip')
  const report = page.getByRole('complementary', { name: 'Test of the connection' })
  await expect(report.getByRole('heading', { name: 'It does not work yet.' })).toBeVisible()
  await expect(report.getByRole('listitem').filter({ hasText: 'Login' })).toContainText(/refuse|not accept/i)
  await page.getByRole('textbox', { name: 'Masters', exact: true }).fill('not an address')
  await expect(report.getByRole('alert')).toContainText('connection.invalid')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('They are not connected.')).toBeVisible()
  expect(cluster.masters.changes()).toBe(0)
})

test('A snapshot is taken from the fleet where a run is missing, and stands proved in the list', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-late', { connected: true, rpoMs: 3_600_000 })
  await openUnlocked(page, holdfast)
  const row = page.getByRole('row', { name: 'kiok-late: Overdue' })
  await row.getByRole('button', { name: 'Take a snapshot…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Take a snapshot of kiok-late' })
  await expect(dialog.getByText('holdfast snapshot kiok-late --way asked')).toBeVisible()
  // Cancel has the focus: Enter asks for nothing.
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  expect(cluster.masters.changes()).toBe(0)

  await row.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'kiok-late' })).toBeVisible()
  await page.keyboard.press('b')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await expect(page.getByRole('heading', { name: 'In the repository' })).toBeVisible()
  await expect(page.getByText('It is proved to the end that its format allows.').first()).toBeVisible()
  expect(cluster.masters.changes()).toBe(1)
  await page.getByRole('link', { name: 'Open the cluster' }).click()
  await page.getByRole('link', { name: /^Backups/ }).click()
  await expect(page.getByRole('gridcell').filter({ hasText: 'Restorable' })).toHaveCount(4)
  await expect(page.getByText('This backup can be restored.')).toBeVisible()
  await page.getByRole('link', { name: 'Fleet' }).first().click()
  await expect(page.getByRole('row', { name: 'kiok-late: Good' })).toBeVisible()
})

test('While a snapshot runs a second one is not begun: the dialog leads to the running one', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-busy', { connected: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  cluster.hold(promise)
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/backups`)
  const dialog = page.getByRole('dialog', { name: 'Take a snapshot of kiok-busy' })
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').fill('snapshot of kiok-busy')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Take the snapshot' }).click()
  await expect(page.getByRole('button', { name: 'Cancel snapshot' })).toBeVisible()
  await goTo(page, `/clusters/${cluster.id}/backups`)
  await page.getByRole('button', { name: 'Take a snapshot…' }).click()
  await expect(dialog).toContainText('A snapshot of this cluster runs.')
  await expect(dialog.getByRole('button', { name: 'Take the snapshot' })).toBeHidden()
  await dialog.getByRole('link', { name: 'Open the job' }).click()
  resolve()
  await expect(page.getByRole('heading', { level: 2, name: /Snapshot kiok-busy\s*Done/ })).toBeVisible()
  expect(cluster.masters.changes()).toBe(1)
})

test('A schedule is changed as it was previewed, and a protected cluster asks why', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-plan', { connected: true, mode: 'protected' })
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/schedule`)
  const theirs = page.getByRole('region', { name: 'What the cluster will do' })
  await expect(theirs).toContainText('The leader takes a backup at 0 2 * * *.')
  await expect(theirs).toContainText('It does not say in which zone the expression is meant.')
  await expect(page.getByRole('region', { name: 'What nobody does' })).toContainText(
    'Nobody deletes old backups',
  )
  await theirs.getByRole('button', { name: 'Change…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Settings of kiok-plan' })
  const cron = dialog.getByRole('textbox', { name: 'Backup schedule' })
  await cron.fill('every night')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByRole('alert')).toContainText('is no schedule')
  await cron.fill('30 3 * * 1')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByRole('table', { name: 'Changes' })).toContainText('0 2 * * *')
  await expect(dialog.getByText(/^Mon .* 03:30$/)).toHaveCount(3)
  const keep = dialog.getByRole('button', { name: 'Keep' })
  await expect(keep).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Quieter nights')
  expect(cluster.masters.changes()).toBe(0)
  await keep.click()
  await expect(dialog).toBeHidden()
  await expect(theirs).toContainText('The leader takes a backup at 30 3 * * 1.')
  expect(cluster.masters.cron()).toBe('30 3 * * 1')
  await page.getByRole('link', { name: 'Activity' }).last().click()
  await expect(page.getByRole('table', { name: 'Audit entries' })).toContainText('reason: Quieter nights')
})

test('Holdfast keeps a schedule of its own, also for masters that do not answer', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-mute', { connected: true })
  await cluster.masters.kill()
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/schedule`)
  const theirs = page.getByRole('region', { name: 'What the cluster will do' })
  await expect(theirs.getByRole('alert')).toBeVisible()
  const ours = page.getByRole('region', { name: 'What Holdfast will do' })
  await ours.getByRole('button', { name: 'Switch on…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Schedule of Holdfast for kiok-mute' })
  const when = dialog.getByRole('textbox', { name: 'When' })
  await when.fill('soon')
  await expect(dialog.getByRole('alert')).toContainText('is no schedule')
  await expect(dialog.getByRole('button', { name: 'Switch on' })).toBeDisabled()
  await when.fill('15 4 * * *')
  await expect(dialog.getByText(/ 04:15$/)).toHaveCount(3)
  await dialog.getByRole('button', { name: 'Switch on' }).click()
  await expect(dialog).toBeHidden()
  await expect(ours).toContainText('15 4 * * *')
  await expect(ours).toContainText('while it runs')
  await ours.getByRole('button', { name: 'Switch off' }).click()
  await expect(ours).toContainText('Holdfast takes no snapshot of this cluster by itself.')
})

test('Of a read-only cluster no snapshot is offered and nothing of its settings is changed', async ({
  page,
  holdfast,
}) => {
  const cluster = await lab(holdfast, 'kiok-look', { connected: true, mode: 'readOnly' })
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/overview`)
  await expect(page.getByText('No snapshot is asked of it: it is read-only here.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Take a snapshot…' })).toBeHidden()
  await page.keyboard.press('b')
  await expect(page.getByRole('dialog')).toBeHidden()
  await goTo(page, `/clusters/${cluster.id}/schedule`)
  const theirs = page.getByRole('region', { name: 'What the cluster will do' })
  await expect(theirs).toContainText('The leader takes a backup at')
  await expect(theirs.getByRole('button', { name: 'Change…' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Switch on…' })).toBeHidden()
  expect(cluster.masters.changes()).toBe(0)
})

test('Disconnecting forgets how the masters are reached, and nothing else', async ({ page, holdfast }) => {
  const cluster = await lab(holdfast, 'kiok-gone', { connected: true })
  await openUnlocked(page, holdfast)
  await goTo(page, `/clusters/${cluster.id}/connection`)
  await page.getByRole('button', { name: 'Disconnect…' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expect(page.getByText('They are not connected.')).toBeVisible()
  await page.getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByRole('button', { name: 'Take a snapshot…' })).toBeHidden()
  await expect(page.getByRole('heading', { name: /^If it failed now, it could be restored/ })).toBeVisible()
})
