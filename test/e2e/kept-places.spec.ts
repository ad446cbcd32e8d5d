import { AxeBuilder } from '@axe-core/playwright'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addCluster, atDesk, jobEnd, makeRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

const fingerprint = `SHA256:${'A'.repeat(43)}`

test('Settings list the hosts that are trusted, and one is forgotten there with a reason where the cluster is protected', async ({
  page,
  holdfast,
}) => {
  const name = 'kiok-guarded'
  const { address } = await makeRepository(holdfast, name, { plain: true, nights: 1 })
  const reason = 'INC-1'
  await atDesk(holdfast, async (client) => {
    const { id } = await addCluster(client, { name, address, mode: 'protected' })
    await client.clusters.trustHost({ id, address: 'admin@m1:22', fingerprint, reason })
  })
  await holdfast.start(page)
  await goTo(page, '/settings')
  const hosts = page.getByRole('list', { name: 'Trusted hosts' }).getByRole('listitem')
  await expect(hosts).toHaveCount(1)
  await expect(hosts).toContainText(`admin@m1:22${fingerprint}SSH host of ${name}, trusted`)

  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

  await goTo(page, '/')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').fill('forget the key of host')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Forget the key?' })
  await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
  await expect(dialog.getByRole('button', { name: 'Forget it' })).toBeDisabled()
  await dialog.getByLabel('Reason').fill(reason)
  await expect(dialog.getByText('clusters forget-host')).toBeVisible()
  await dialog.getByRole('button', { name: 'Forget it' }).click()
  await expect(hosts).toHaveCount(0)
  await expect(page.getByText('No key of a host was trusted here.')).toBeVisible()
})

test('Settings list the folders of restores, and the last restore of one is rolled back from anywhere', async ({
  page,
  holdfast,
}) => {
  const name = 'kiok-back'
  const { address, backupIds } = await makeRepository(holdfast, name, { plain: true, nights: 1 })
  const [backupId = ''] = backupIds
  const targetDir = join(holdfast.dir, 'restored')
  await mkdir(targetDir)
  await writeFile(join(targetDir, 'metadata'), 'what stood here before')
  await atDesk(holdfast, async (client) => {
    const { id: clusterId } = await addCluster(client, { name, address })
    const given = { clusterId, backupId, targetDir }
    for await (const event of await client.restore.prepare(given)) {
      if (event.type !== 'plan') continue
      const { hash, confirm } = event.plan
      await jobEnd(client, (await client.restore.start({ ...given, planHash: hash, confirm })).jobId)
    }
  })
  await holdfast.start(page)
  await goTo(page, '/settings')
  const folders = page.getByRole('list', { name: 'Folders of restores' }).getByRole('listitem')
  await expect(folders).toContainText(targetDir)
  await expect(folders).toContainText('can be rolled back')

  await goTo(page, '/runbooks')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').fill('roll back the restore')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Roll back' })
  await dialog.getByRole('textbox').fill('restored')
  await dialog.getByRole('button', { name: 'Roll back restored' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /Roll back .*Done/ })).toBeVisible()
  expect(await readFile(join(targetDir, 'metadata'), 'utf8')).toBe('what stood here before')
})
