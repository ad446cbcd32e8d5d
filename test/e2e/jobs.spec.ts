import type { Page } from 'playwright/test'
import { addCluster, atDesk, makeRepository, type DeskClient, type LabRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'

/** Some seconds of reading at this limit, so that a job can be met in its middle. */
const slow = {
  storeSizes: { metadata: 600_000, kms: 600_000, iam: 600_000, connections: 600_000, joblog: 600_000 },
}
const maxBytesPerSecond = 500_000

async function addSlow(client: DeskClient, name: string, lab: LabRepository): Promise<void> {
  await addCluster(client, { name, address: lab.address, access: { maxBytesPerSecond } })
}

test('A verification is cancelled in its middle, and what it has read is remembered', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-slow', { nights: 1, plain: true, ...slow })
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
  await readSome(page, 1)
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
  const lab = await makeRepository(holdfast, 'kiok-cut', { nights: 1, plain: true, ...slow })
  await atDesk(holdfast, async (client) => addSlow(client, 'kiok-cut', lab))
  await holdfast.start(page)
  await page
    .getByRole('row', { name: 'kiok-cut: Not proved' })
    .getByRole('button', { name: 'Verify…' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await readSome(page, 1)
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
  await expect(page.getByRole('heading', { name: /1 of 1 backup good/ })).toBeVisible()
  await page.getByRole('link', { name: 'Fleet' }).first().click()
  await expect(page.getByRole('row', { name: 'kiok-cut: Good' })).toBeVisible()
})

/** Waits until the shown job has read so many MB. */
async function readSome(page: Page, mb: number): Promise<void> {
  await expect
    .poll(async () => {
      const text = await page.locator('dl', { hasText: 'Read and written' }).first().innerText()
      const found = /([\d.]+)\sMB/.exec(text.split('of')[0] ?? '')?.[1]
      return Number(found ?? 0)
    })
    .toBeGreaterThanOrEqual(mb)
}
