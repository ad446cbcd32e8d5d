import type { Page } from 'playwright/test'
import { addCluster, atDesk, makeRepository, type DeskClient, type LabRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'

/** Some seconds of reading at this limit, so that a job can be met in its middle. */
const slow = {
  plain: true,
  nights: 1,
  storeSizes: { metadata: 200_000, kms: 200_000, iam: 200_000, connections: 200_000, joblog: 2_200_000 },
}
const maxBytesPerSecond = 500_000

async function addSlow(client: DeskClient, name: string, lab: LabRepository): Promise<void> {
  await addCluster(client, { name, address: lab.address, access: { maxBytesPerSecond } })
}

test('A verification is cancelled in its middle, and what it has read is remembered', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-slow', slow)
  await atDesk(holdfast, async (client) => addSlow(client, 'kiok-slow', lab))
  await holdfast.start(page)
  await page
    .getByRole('row', { name: 'kiok-slow: Not proved' })
    .getByRole('button', { name: 'Verify…' })
    .click()
  const dialog = page.getByRole('dialog', { name: 'Verify kiok-slow' })
  const cost = dialog.getByRole('region', { name: 'What it costs' })
  await expect(cost).toContainText('Reads 5 objects, 3.00 MB')
  await dialog.getByRole('button', { name: 'Start' }).click()

  await expect(page.getByRole('button', { name: 'Cancel verify' })).toBeVisible()
  await expect(page.getByText(/Stops reading\. What was read until then is remembered/)).toBeVisible()
  await readSome(page)
  await page.getByRole('button', { name: 'Cancel verify' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /Verify kiok-slow\s*Cancelled/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Cancel verify' })).toBeHidden()

  await page.getByRole('link', { name: 'Open the cluster' }).click()
  await page.getByRole('button', { name: 'Verify…' }).first().click()
  await expect(cost).toContainText(/Reads [1-4] objects?, [\d.]+\s(kB|MB)/)
})

test('A verification whose program was killed is interrupted at the next start, and resuming finishes it', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-cut', slow)
  await atDesk(holdfast, async (client) => addSlow(client, 'kiok-cut', lab))
  await holdfast.start(page)
  await page
    .getByRole('row', { name: 'kiok-cut: Not proved' })
    .getByRole('button', { name: 'Verify…' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await readSome(page)
  await holdfast.kill()
  await expect(page.getByRole('alert').filter({ hasText: 'Holdfast does not answer since' })).toBeVisible()

  await holdfast.start(page)
  await page.getByRole('link', { name: 'Activity' }).click()
  const waiting = page.getByRole('region', { name: 'Needs an answer' })
  await expect(waiting).toContainText('Holdfast ended before this job did.')
  await waiting.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 2, name: /Verify kiok-cut\s*Interrupted/ })).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /Verify kiok-cut\s*Done/ })).toBeVisible()
  // What was read before the kill is not read again. A cluster without a key service keeps its stores unsealed.
  await expect(
    page.getByRole('heading', {
      name: /^0 of 1 backup good [1-4] objects?, 2\.\d+\sMB read, 1 with a warning/,
    }),
  ).toBeVisible()
  await expect(page.getByRole('table', { name: 'Backups that are not good' })).toContainText(
    'metadata is stored without encryption',
  )
  await page.getByRole('link', { name: 'Fleet' }).first().click()
  await expect(page.getByRole('row', { name: /^kiok-cut: (?!Not proved)/ })).toBeVisible()
})

test('A job that ends while the window is not seen is told by the system, once that was allowed', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-unseen', slow)
  await atDesk(holdfast, async (client) => addSlow(client, 'kiok-unseen', lab))
  // What the browser would hand to the system.
  await page.addInitScript(`
    window.told = []
    window.Notification = class extends EventTarget {
      static permission = 'default'
      static async requestPermission() { return (window.Notification.permission = 'granted') }
      constructor(title, { body }) { super(); window.told.push(title + ': ' + body) }
    }`)
  await holdfast.start(page)
  await page
    .getByRole('row', { name: 'kiok-unseen: Not proved' })
    .getByRole('button', { name: 'Verify…' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await expect(page.getByText('You can close this window: jobs go on, and show here again.')).toBeVisible()
  await page.getByRole('button', { name: 'Tell me when it is done…' }).click()
  await expect(page.getByRole('button', { name: 'Tell me when it is done…' })).toBeHidden()
  await page.evaluate(`Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })`)
  await expect
    .poll(async () => page.evaluate('window.told'))
    .toEqual([expect.stringMatching(/^Verify kiok-unseen: .*1\sbackup/)])
})

/** Waits until the shown job, which is to read 3 MB, has read one of them. */
async function readSome(page: Page): Promise<void> {
  await expect(page.getByText(/^[12]\.\d+\sMB\sof\s3\.00\sMB/).first()).toBeVisible()
}
