import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { addCluster, atDesk, makeRepository, slowDown, spoil, verifyAll, type LabRepository } from './desk.ts'
import { expect, type Holdfast } from './holdfast.ts'
import { goTo, type Visit } from './walks.ts'

const large = { metadata: 200_000, kms: 200_000, iam: 200_000, connections: 200_000, joblog: 2_200_000 }

/** Restores on their way, and those that did not come to their end; the way back of one that did. */
export async function walkRestores(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  const [slow, damaged, whole] = await Promise.all([
    makeRepository(holdfast, 'kiok-slow', { nights: 1, plain: true, storeSizes: large }),
    makeRepository(holdfast, 'kiok-damaged', { nights: 1, plain: true }),
    makeRepository(holdfast, 'kiok-whole', { nights: 1, plain: true }),
  ])
  const ids = await atDesk(holdfast, async (client) => {
    const added = async (name: string, { address }: LabRepository) => {
      const cluster = await addCluster(client, { name, address })
      await verifyAll(client, cluster.id)
      return cluster
    }
    const { id, repositoryId } = await added('kiok-slow', slow)
    // Minutes of reading, so that it is met in its middle however long it is looked at.
    await slowDown(client, repositoryId, 20_000)
    return {
      slow: id,
      damaged: (await added('kiok-damaged', damaged)).id,
      whole: (await added('kiok-whole', whole)).id,
    }
  })
  await holdfast.start(page)
  const begin = async (
    id: string,
    name: string,
    folder: string,
    planned = async () => Promise.resolve(),
  ): Promise<void> => {
    await goTo(page, `/clusters/${id}/restore/newest`)
    await page.getByRole('textbox', { name: 'Path' }).fill(join(holdfast.dir, folder))
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByRole('button', { name: 'Continue to plan' }).click()
    await page.getByRole('button', { name: 'Continue to confirm' }).click()
    await page.getByRole('textbox', { name: `Type ${name} to confirm` }).fill(name)
    await planned()
    await page.getByRole('button', { name: `Restore ${name}` }).click()
  }

  // It was whole when it was checked.
  const harm = async (): Promise<void> => spoil(damaged, `${damaged.backupIds[0]}/iam.bin`)
  await begin(ids.damaged, 'kiok-damaged', 'never', harm)
  await expect(page.getByText('The restore stopped.')).toBeVisible()
  await visit('restore-failed')

  await begin(ids.whole, 'kiok-whole', 'whole')
  await page.getByRole('button', { name: 'Roll back…' }).click()
  const back = page.getByRole('region', { name: 'Roll back' })
  await back.getByRole('textbox', { name: 'Type whole to confirm' }).fill('whole')
  await back.getByRole('button', { name: 'Roll back whole' }).click()
  await expect(page.getByText('What stood there before is back.')).toBeVisible()
  await visit('restore-7-rolled-back')

  await begin(ids.slow, 'kiok-slow', 'slow')
  await expect(page.getByText('Restoring.', { exact: true })).toBeVisible()
  await visit('restore-running')
  await page.getByRole('button', { name: 'Cancel restore…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the restore' }).click()
  await expect(page.getByText('The restore was cancelled.')).toBeVisible()
  await visit('restore-cancelled')

  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await begin(ids.slow, 'kiok-slow', 'slow')
  await expect(page.getByText('Restoring.', { exact: true })).toBeVisible()
  await holdfast.kill()
  await holdfast.start(page)
  await goTo(page, '/activity/jobs')
  await page.getByRole('region', { name: 'Needs an answer' }).getByRole('link').click()
  await expect(page.getByText(/holdfast jobs resume [0-9a-f]{24}/)).toBeVisible()
  await visit('restore-interrupted')
}
