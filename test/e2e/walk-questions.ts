import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import { addCluster, atDesk, makeRepository, spoil, verifyAll, type DeskClient } from './desk.ts'
import { expect, type Holdfast } from './holdfast.ts'
import { goTo, type Visit } from './walks.ts'

const large = { metadata: 200_000, kms: 200_000, iam: 200_000, connections: 200_000, joblog: 2_200_000 }

/** What comes over a screen for a moment: the menu of a table, the end of a job, and the question before one is cancelled. */
export async function walkQuestions(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  const whole = await makeRepository(holdfast, 'kiok-whole', { nights: 1, plain: true, storeSizes: large })
  const damaged = await makeRepository(holdfast, 'kiok-damaged', { nights: 1, plain: true })
  await spoil(damaged, `${damaged.backupIds[0]}/iam.bin`)
  const elsewhere = join(holdfast.dir, 'elsewhere')
  await mkdir(elsewhere)
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addCluster(client, { name: 'kiok-whole', address: whole.address })
    await verifyAll(client, cluster.id)
    // Minutes of copying, so that it is met in its middle however long it is looked at.
    await slowDown(client, cluster.repositoryId, 20_000)
    const bad = await addCluster(client, { name: 'kiok-damaged', address: damaged.address })
    // Some seconds, in which its own page is left.
    await slowDown(client, bad.repositoryId, 8_000)
    const { access, system } = (await client.repositories.list())[0] ?? {}
    if (access === undefined || system === undefined) throw new Error('Nothing was added.')
    await client.repositories.add({
      name: 'elsewhere',
      system,
      address: pathToFileURL(elsewhere).href,
      access: { ...access, maxBytesPerSecond: null },
    })
    return cluster.id
  })
  await holdfast.start(page)
  await page.getByRole('button', { name: 'Copy or save' }).click()
  await expect(page.getByRole('menuitem', { name: 'Save as CSV' })).toBeVisible()
  await visit('table-menu')
  await page.keyboard.press('Escape')

  await page
    .getByRole('row', { name: /^kiok-damaged:/ })
    .getByRole('button', { name: 'Verify…' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await expect(page.getByRole('button', { name: 'Cancel verify' })).toBeVisible()
  await goTo(page, `/clusters/${id}/backups`)
  // What went wrong stays until it is read.
  await expect(page.getByRole('alert').filter({ hasText: 'Verify kiok-damaged' })).toBeVisible()
  await visit('job-toast')
  await page.getByRole('alert').getByRole('button', { name: 'Open' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /^Verify kiok-damaged/ })).toBeVisible()

  await goTo(page, `/clusters/${id}/backups`)
  await page.getByRole('gridcell').first().click()
  await page.getByRole('button', { name: 'Copy…' }).click()
  const copy = page.getByRole('dialog', { name: 'Copy this backup' })
  await copy.getByRole('radio', { name: /^elsewhere/ }).check()
  await copy.getByRole('button', { name: 'Copy', exact: true }).last().click()
  await page.getByRole('button', { name: 'Cancel copy…' }).click()
  const question = page.getByRole('dialog', { name: 'Cancel the copy of kiok-whole?' })
  await expect(question).toBeVisible()
  await visit('job-cancel')
  await question.getByRole('button', { name: 'Keep it running' }).click()
  await expect(question).toBeHidden()

  await holdfast.kill()
  await holdfast.start(page)
  await goTo(page, '/activity/jobs')
  await page.getByRole('region', { name: 'Needs an answer' }).getByRole('link').click()
  await expect(page.getByText(/holdfast jobs resume [0-9a-f]{24}/)).toBeVisible()
  await visit('job-interrupted')
}

async function slowDown(client: DeskClient, id: string, maxBytesPerSecond: number): Promise<void> {
  const { name, address, access } = (await client.repositories.list()).find((each) => each.id === id) ?? {}
  if (name === undefined || address === undefined || access === undefined) throw new Error(id)
  await client.repositories.edit({ id, name, address, access: { ...access, maxBytesPerSecond } })
}
