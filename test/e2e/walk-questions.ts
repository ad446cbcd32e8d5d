import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import type { NewSecret } from '../../src/shared/contract/vault.ts'
import {
  addCluster,
  atDesk,
  chooseVault,
  makeRepository,
  passphrase,
  slowDown,
  spoil,
  verifyAll,
} from './desk.ts'
import { expect, type Holdfast } from './holdfast.ts'
import { goTo, type Visit } from './walks.ts'

const large = { metadata: 200_000, kms: 200_000, iam: 200_000, connections: 200_000, joblog: 2_200_000 }

/** By the screen that asks for it anew. */
const kinds = {
  'secret-login': { kind: 'login', user: 'admin', password: 'of the walk' },
  'secret-token': { kind: 'token', token: 'of the walk' },
  'secret-password': { kind: 'password', password: 'of the walk' },
} as const satisfies Record<string, NewSecret>

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
    await chooseVault(client)
    for (const secret of Object.values(kinds)) await client.vault.add({ label: `A ${secret.kind}`, secret })
    return cluster.id
  })
  await holdfast.start(page)
  await page.getByRole('button', { name: 'Copy or save' }).click()
  await expect(page.getByRole('menuitem', { name: 'Save as CSV' })).toBeVisible()
  await visit('table-menu')
  await page.keyboard.press('Escape')

  await walkSecretKinds(page, visit)
  await goTo(page, '/repositories')
  await page.getByRole('link', { name: 'elsewhere' }).click()
  await page.getByRole('button', { name: 'Remove…' }).click()
  await expect(page.getByRole('dialog', { name: 'Remove elsewhere?' })).toBeVisible()
  await visit('repository-remove')
  await page.keyboard.press('Escape')

  await goTo(page, '/')
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

/** A secret of each kind that is put in elsewhere than in the settings. */
async function walkSecretKinds(page: Page, visit: Visit): Promise<void> {
  await goTo(page, '/settings')
  await page.getByRole('main').getByRole('button', { name: 'Unlock…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Passphrase').fill(passphrase)
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await expect(dialog).toBeHidden()
  for (const [screen, { kind }] of Object.entries(kinds)) {
    await page.getByRole('button', { name: `Replace… A ${kind}` }).click()
    await expect(dialog).toBeVisible()
    await visit(screen)
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
}
