import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addCluster, atDesk, makeRepository, verifyAll } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('A place for copies is added by itself, takes a copy, and is forgotten without being touched', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-here', { plain: true, nights: 1 })
  const [backupId = ''] = lab.backupIds
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addCluster(client, { name: 'kiok-here', address: lab.address })
    await verifyAll(client, cluster.id)
    return cluster.id
  })
  const elsewhere = join(holdfast.dir, 'elsewhere')
  await mkdir(elsewhere)
  await holdfast.start(page)
  const copy = page.getByRole('dialog', { name: 'Copy this backup' })
  const askCopy = async (): Promise<void> => {
    await goTo(page, `/clusters/${id}/backups?backup=${backupId}`)
    await page.getByRole('button', { name: 'Copy…' }).click()
  }

  await askCopy()
  await copy.getByRole('link', { name: 'Add one' }).click()
  await expect(page.getByRole('heading', { name: 'Add a repository' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Address' }).fill(`file://${elsewhere}`)
  const tested = page.getByRole('complementary', { name: 'Test of what is typed' })
  await expect(tested).toContainText('No kiok backup lies there')
  await expect(page.getByText(/holdfast repositories add --system kiok .* elsewhere$/)).toBeVisible()
  await tested.getByRole('button', { name: 'Add elsewhere' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'elsewhere' })).toBeVisible()

  await askCopy()
  await copy.getByRole('radio', { name: /^elsewhere/ }).check()
  await expect(copy).toContainText(`holdfast copy ${backupId}`)
  await expect(copy).toContainText('--cluster kiok-here --into elsewhere')
  await copy.getByRole('button', { name: 'Copy', exact: true }).last().click()
  await expect(page.getByRole('heading', { level: 2, name: /^Copy kiok-here\s*Done/ })).toBeVisible()
  expect(await readdir(elsewhere)).toContain(backupId)

  await goTo(page, '/repositories')
  // A cluster of the same name stands beside the table before it is there.
  await page.getByRole('table', { name: 'Repositories' }).getByRole('link', { name: 'kiok-here' }).click()
  await expect(page.getByRole('button', { name: 'Change…' })).toBeVisible()
  // A cluster has its backups there.
  await expect(page.getByRole('button', { name: 'Remove…' })).toHaveCount(0)
  await goTo(page, '/repositories')
  await page.getByRole('link', { name: 'elsewhere' }).click()
  await page.getByRole('button', { name: 'Remove…' }).click()
  await expect(page.getByRole('dialog')).toContainText('holdfast repositories remove elsewhere')
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Repositories' })).toBeVisible()
  await expect(page.getByRole('table', { name: 'Repositories' }).getByRole('row')).toHaveCount(2)
  expect(await readdir(elsewhere)).toContain(backupId)
})

test('The posture of a repository is told check by check once it is asked for, with a planted key by its name alone', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-open', { plain: true, nights: 1 })
  await writeFile(join(fileURLToPath(lab.address), 'master.key'), 'canary-of-the-key')
  await atDesk(holdfast, async (client) => addCluster(client, { name: 'kiok-open', address: lab.address }))
  await holdfast.start(page)
  await goTo(page, '/repositories')
  // A cluster of the same name stands beside the table before it is there.
  await page.getByRole('table', { name: 'Repositories' }).getByRole('link', { name: 'kiok-open' }).click()
  const table = page.getByRole('table', { name: 'How well it is protected' })
  await expect(page.getByText('holdfast posture --cluster kiok-open')).toBeVisible()
  await page.getByRole('button', { name: /^Look (at it now|again)$/ }).click()
  const keys = table.getByRole('row', { name: /Keys beside the backups/ })
  await expect(keys).toContainText('Bad')
  await expect(keys).toContainText('master.key: named as a master key')
  await expect(table.getByRole('row', { name: /Offline copy/ })).toContainText(
    'No other repository of this system',
  )
  await expect(table.getByRole('row', { name: /Object lock/ })).toContainText('Does not apply')
  await expect(page.locator('body')).not.toContainText('canary-of-the-key')

  // The fleet knows it from then on.
  await goTo(page, '/')
  const row = page.getByRole('row', { name: /^kiok-open/ })
  await expect(row).toContainText('key beside data')
})
